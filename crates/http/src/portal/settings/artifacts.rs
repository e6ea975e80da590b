//! Who sees artifacts, and whether tags may move.

use axum::extract::State;
use grantry_model::organization::Organization;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::error::Error;
use grantry_ops::organization::artifacts::{self, Changes};
use grantry_ui::form::FormState;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::settings::artifacts::{ArtifactSettings, ArtifactValues};
use grantry_ui::route;

use crate::app::App;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The choices that were sent. One that its reader may not change is not sent, and stays.
pub(crate) struct Form {
    visibility: Option<String>,
    tags: Option<String>,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self { visibility: fields.all("visibility").next(), tags: fields.all("tags").next() }
    }
}

impl Form {
    fn changes(&self) -> Changes {
        let read = |visibility: Option<&String>, tags: Option<&String>| {
            ArtifactValues::of(visibility.map_or("", String::as_str), tags.map_or("", String::as_str))
        };
        let values = read(self.visibility.as_ref(), self.tags.as_ref());
        Changes {
            restricted: self.visibility.is_some().then_some(values.restricted),
            tags_mutable: self.tags.is_some().then_some(values.tags_mutable),
        }
    }
}

/// The section.
pub(super) async fn section(
    app: &App,
    member: &Member,
    organization: &Organization,
) -> Result<ArtifactSettings, Error> {
    let effects = artifacts::preview(&app.ops, &member.caller).await?;
    let settings = organization.artifacts;
    let values = ArtifactValues { restricted: settings.restricted, tags_mutable: settings.tags_mutable };
    Ok(ArtifactSettings {
        form: FormState::fresh(values),
        customers: effects.customers,
        entitled: effects.entitled,
        artifacts: effects.artifacts,
        can_restrict: member.may(app, Action::RestrictArtifacts),
        can_edit: member.may(app, Action::EditOrganization),
    })
}

/// Saves it.
pub(crate) async fn update(
    State(ops): State<Ops>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    artifacts::change(&ops, &member.caller, form.changes()).await?;
    Ok(go(&route::Settings, Notice::Saved))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_stays() {
        let form = |visibility: Option<&str>, tags: Option<&str>| Form {
            visibility: visibility.map(str::to_owned),
            tags: tags.map(str::to_owned),
        };
        for (form, restricted, tags_mutable) in [
            (form(None, None), None, None),
            (form(Some("open"), None), Some(false), None),
            (form(Some("restricted"), Some("mutable")), Some(true), Some(true)),
            (form(None, Some("immutable")), None, Some(false)),
            (form(Some("x"), Some("x")), Some(true), Some(false)),
        ] {
            assert_eq!(form.changes(), Changes { restricted, tags_mutable });
        }
    }
}
