//! Giving a secret another value, in sight of what that redeploys.

use std::collections::BTreeSet;

use axum::extract::State;
use grantry_model::field::FieldError;
use grantry_model::id::SecretId;
use grantry_model::secret::Secret;
use grantry_ops::Ops;
use grantry_ops::deployment::affected::{Affected, Confirmation};
use grantry_ops::error::Error;
use grantry_ops::secret::update;
use grantry_ui::form::{FormState, lines};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::secret::edit::Edit;
use grantry_ui::route::Secrets;
use http::StatusCode;

use super::{owner_in, owners_of};
use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::deployment::affected;
use crate::portal::error::{PageResult, Refusal, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The form as it is sent.
pub(crate) struct Form {
    value: String,
    /// The deployments that were in sight when the value was typed.
    seen: BTreeSet<String>,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self { value: lines(&fields.text("value")), seen: fields.all("affected").collect() }
    }
}

/// The form.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<SecretId>) -> PageResult {
    let found = update::preview(&ops, &member.caller, id).await?;
    let page = page(&ops, &member, &found, Vec::new()).await?;
    Ok(member.page(Nav::Secrets, &page))
}

/// Changes it, if all that would be redeployed was in sight; else the form comes back with that.
pub(crate) async fn update(
    State(ops): State<Ops>,
    Path(id): Path<SecretId>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    let found = update::preview(&ops, &member.caller, id).await?;
    let is_seen = found.1.iter().all(|one| form.seen.contains(&one.deployment.to_string()));
    let outcome = if is_seen {
        let confirmation = Confirmation::Given;
        checked(update::update(&ops, &member.caller, id, &form.value, confirmation).await)?
    } else {
        Err(unseen())
    };
    match outcome {
        Ok(_) => Ok(go(&Secrets, Notice::Saved)),
        Err(refusal) => {
            let page = page(&ops, &member, &found, refusal.errors.clone()).await?;
            Ok(member.refused(&refusal, Nav::Secrets, &page))
        }
    }
}

fn unseen() -> Refusal {
    let message = "Other deployments read it by now. Look at the list, and type the value again.";
    Refusal { status: StatusCode::CONFLICT, errors: vec![FieldError::new("", "affects_others", message)] }
}

async fn page(
    ops: &Ops,
    member: &Member,
    (secret, readers): &(Secret, Vec<Affected>),
    errors: Vec<FieldError>,
) -> Result<Edit, Error> {
    let owners = owners_of(ops, member, &secret.customer.into_iter().collect()).await?;
    Ok(Edit {
        secret: secret.id,
        key: secret.key.as_str().to_owned(),
        customer: owner_in(&owners, secret.customer),
        form: FormState::refused((), errors),
        affected: affected::present(ops, member, readers).await?,
    })
}
