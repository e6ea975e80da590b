//! Editing a license key.

use axum::extract::State;
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::LicenseKey;
use grantry_model::policy::Action;
use grantry_ops::deployment::affected::Confirmation;
use grantry_ops::error::{Affects, Error};
use grantry_ops::license_key::edit::{self, Input};
use grantry_ops::license_key::show;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::license_key::edit::Edit;
use grantry_ui::pages::license_key::fields::{KeyValues, Preview};
use grantry_ui::route::ShowLicenseKey;
use http::StatusCode;

use super::{owner, terms};
use crate::app::App;
use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::deployment::affected;
use crate::portal::error::{PageResult, Refusal, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<LicenseKeyId>) -> PageResult {
    app.ops.require(&member.caller, Action::EditLicenseKey).await?;
    let key = show::show(&app.ops, &member.caller, id).await?;
    let form = FormState::fresh(terms::written(&key.description, &key.current.terms));
    let page = page(&app, &member, &key, form).await?;
    Ok(member.page(Nav::Licenses, &page))
}

/// The form as it is sent.
pub(crate) struct EditForm {
    values: KeyValues,
    /// Whether it was sent with the deployments that a revision redeploys in sight.
    confirmation: Confirmation,
}

impl ReadForm for EditForm {
    fn read(fields: &Fields) -> Self {
        let is_given = fields.text("confirm") == "true";
        let confirmation = if is_given { Confirmation::Given } else { Confirmation::Missing };
        Self { values: KeyValues::read(fields), confirmation }
    }
}

/// Edits it.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<LicenseKeyId>,
    MemberForm { member, form: EditForm { values, confirmation } }: MemberForm<EditForm>,
) -> PageResult {
    let key = show::show(&app.ops, &member.caller, id).await?;
    let outcome = match terms::touched(&values, &terms::written(&key.description, &key.current.terms)) {
        Ok(terms) => {
            let input = Input { description: Some(&values.description), terms };
            match edit::edit(&app.ops, &member.caller, id, input, confirmation).await {
                Err(Error::Affects(affects)) => return ask(&app, member, &key, (values, affects)).await,
                outcome => checked(outcome)?,
            }
        }
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(edited) => Ok(go(&ShowLicenseKey { key: id }, notice(&key, &edited.key))),
        Err(refusal) => refused(&app, member, &key, (values, refusal)).await,
    }
}

fn notice(before: &LicenseKey, after: &LicenseKey) -> Notice {
    match (before.current.seq == after.current.seq, before.description == after.description) {
        (false, _) => Notice::Revised,
        (true, false) => Notice::Saved,
        (true, true) => Notice::Unchanged,
    }
}

/// The form once more, with what a revision redeploys.
async fn ask(
    app: &App,
    member: Member,
    key: &LicenseKey,
    (values, affects): (KeyValues, Affects),
) -> PageResult {
    let form = FormState::fresh(values);
    let page = Edit {
        affected: affected::present(&app.ops, &member, &affects.deployments).await?,
        ..page(app, &member, key, form).await?
    };
    let refusal = Refusal { status: StatusCode::CONFLICT, errors: Vec::new() };
    Ok(member.refused(&refusal, Nav::Licenses, &page))
}

async fn refused(
    app: &App,
    member: Member,
    key: &LicenseKey,
    (values, refusal): (KeyValues, Refusal),
) -> PageResult {
    let form = FormState::refused(values, refusal.errors.clone());
    let page = page(app, &member, key, form).await?;
    Ok(member.refused(&refusal, Nav::Licenses, &page))
}

async fn page(
    app: &App,
    member: &Member,
    key: &LicenseKey,
    form: FormState<KeyValues>,
) -> Result<Edit, Error> {
    let preview = Preview {
        issuer: app.public_url().to_owned(),
        organization: member.caller.actor.organization,
        subject: Some(key.id.to_string()),
        revision: key.current.seq + 1,
    };
    Ok(Edit {
        key: key.id,
        name: key.name.as_str().to_owned(),
        owner: owner(&app.ops, &member.caller, key).await?,
        form,
        preview,
        affected: Vec::new(),
    })
}
