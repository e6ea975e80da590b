//! Name, slug and plan of the organization, and how it distributes applications and artifacts.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::applications::ApplicationSettings;
use super::artifacts::{ArtifactSettings, ArtifactValues};
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::time;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Nav, Page, Visit};
use crate::route;

/// The values of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsValues {
    /// `name`.
    pub name: String,
    /// `slug`.
    pub slug: String,
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Values and errors of the form.
    pub form: FormState<SettingsValues>,
    /// The name of the plan in force, such as “Enterprise”.
    pub plan: String,
    /// When the plan ends, if it does.
    pub plan_until: Option<DateTime<Utc>>,
    /// The organization's id, which verifiers expect in tokens.
    pub organization: String,
    /// Who sees applications; `None` if the organization can't have any.
    pub applications: Option<ApplicationSettings>,
    /// Who sees artifacts and whether tags may move; `None` if the organization can't have artifacts.
    pub artifacts: Option<ArtifactSettings>,
    /// Whether the reader may change name and slug.
    pub can_edit: bool,
}

impl Settings {
    fn form(&self, visit: &Visit) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            (form_errors(&form.others(&["name", "slug"])))
            form.card.form method="post" action=(route::Settings) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::line("text", "name", "Name").value(&values.name).required().autocomplete("off").error(form.error("name"))
                        .hint("Your customers see it in their portal."))
                    (Field::line("text", "slug", "Slug").value(&values.slug).required().autocomplete("off").error(form.error("slug"))
                        .hint("Names your artifacts in the registry, as in slug/artifact. Lower-case letters, digits and hyphens."))
                }
                div.foot { (Button::new(Weight::Primary, "Save").submit()) }
            }
        }
    }

    fn facts(&self, visit: &Visit) -> Markup {
        let content = html! {
            dl {
                @if !self.can_edit {
                    dt { "Name" } dd { (self.form.values.name) }
                    dt { "Slug" } dd { code { (self.form.values.slug) } }
                }
                dt { "Plan" } dd { (self.plan) }
                dt { "Ends" }
                dd { @match self.plan_until { Some(at) => { (time::day(at)) " · " (time::relative(at, visit.now)) } None => "never" } }
                dt { "Organization id" } dd { code { (self.organization) } }
            }
        };
        html! { div.form { (Card::padded("facts", "Organization", &content)) } }
    }
}

impl Page for Settings {
    fn title(&self) -> String {
        "Settings".to_owned()
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            @if self.can_edit { (self.form(visit)) }
            @if let Some(applications) = &self.applications { (applications.card(visit)) }
            @if let Some(artifacts) = &self.artifacts { (artifacts.card(visit)) }
            (self.facts(visit))
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = SettingsValues { name: "Northwind Robotics".to_owned(), slug: "northwind".to_owned() };
    let artifacts = ArtifactSettings {
        form: FormState::fresh(ArtifactValues { restricted: true, tags_mutable: false }),
        customers: 214,
        entitled: 180,
        artifacts: 6,
        can_restrict: true,
        can_edit: true,
    };
    let applications = ApplicationSettings {
        form: FormState::fresh(true),
        customers: 214,
        entitled: 96,
        applications: 3,
        can_restrict: true,
    };
    let typical = Settings {
        applications: Some(applications.clone()),
        artifacts: Some(artifacts.clone()),
        form: FormState::fresh(values.clone()),
        plan: "Enterprise".to_owned(),
        plan_until: None,
        organization: gallery::id::<uuid::Uuid>(1).to_string(),
        can_edit: true,
    };
    let errors = vec![gallery::error("slug", "Another organization has this slug.")];
    let error = Settings { form: FormState::refused(values, errors), ..typical.clone() };
    let refused = FormState::refused(
        ArtifactValues { restricted: false, tags_mutable: true },
        vec![
            gallery::error("visibility", "Only an administrator may change this."),
            gallery::error("tags", "Choose one."),
            gallery::error("plan", "The plan does not include artifacts."),
        ],
    );
    let open = ArtifactSettings { form: refused, customers: 1, entitled: 0, artifacts: 1, ..artifacts };
    let open = Settings { artifacts: Some(open), ..typical.clone() };
    let refused = FormState::refused(
        false,
        vec![
            gallery::error("applications", "Only an administrator may change this."),
            gallery::error("plan", "The plan does not include applications."),
        ],
    );
    let all_open =
        ApplicationSettings { form: refused, customers: 1, entitled: 0, applications: 1, ..applications };
    let all_open = Settings { applications: Some(all_open), artifacts: None, ..typical.clone() };
    let staff = ArtifactSettings { can_restrict: false, ..artifacts.clone() };
    let read = ApplicationSettings { can_restrict: false, ..applications };
    let staff = Settings { artifacts: Some(staff), applications: Some(read), ..typical.clone() };
    let artifacts = Some(ArtifactSettings { can_restrict: false, can_edit: false, ..artifacts });
    let read_only = Settings {
        artifacts,
        applications: None,
        can_edit: false,
        plan_until: Some(gallery::midnight(20)),
        ..typical.clone()
    };
    vec![
        Sample::vendor("settings-show-typical", Nav::Settings, &typical),
        Sample::vendor("settings-show-artifacts-error", Nav::Settings, &open),
        Sample::vendor("settings-show-applications-error", Nav::Settings, &all_open),
        Sample::vendor("settings-show-read-write", Nav::Settings, &staff),
        Sample::vendor("settings-show-error", Nav::Settings, &error),
        Sample::vendor("settings-show-read-only", Nav::Settings, &read_only),
    ]
}
