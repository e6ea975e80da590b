//! The form that a new and an existing application entitlement share.

use chrono::{DateTime, Utc};
use grantry_model::id::ApplicationVersionId;
use maud::{Markup, html};

use super::fields::{EntitlementValues, NAMES, ScopeChoice};
use crate::components::field::{CheckBox, Field};
use crate::components::size::counted;
use crate::form::FormState;
use crate::gallery;
use crate::layout::Visit;
use crate::pages::application::ApplicationChoice;
use crate::pages::entitlement::{FirstOfAll, Frame, Matches, customer_field, sample_customer};
use crate::pages::license_key::Owner;

/// What the organization's first application entitlement changes for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// How many customers the organization has.
    pub customers: u64,
    /// How many applications it has, which all of them see until now.
    pub applications: u64,
}

/// A version to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionChoice {
    /// The version.
    pub version: ApplicationVersionId,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Whether it can't be newly deployed.
    pub is_archived: bool,
}

/// The versions of the application that is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// How many there are now.
    pub now: u64,
    /// The names of the newest; ten are enough.
    pub newest: Vec<String>,
    /// Those to choose from: all chosen ones, then the newest that fit the search; a hundred are enough.
    pub offered: Vec<VersionChoice>,
    /// How many more fit the search.
    pub more: u64,
    /// What the range covers.
    pub range: Matches,
    /// What was added before the day of the maintenance window.
    pub published: Matches,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    /// Values, and what is wrong with them by the names of the inputs.
    pub form: FormState<EntitlementValues>,
    /// The customer, if it is fixed.
    pub customer: Option<Owner>,
    /// The customers to choose from, by name, if it is not.
    pub customers: Vec<Owner>,
    /// The application, if it is fixed: that of an existing entitlement never changes.
    pub application: Option<ApplicationChoice>,
    /// The applications to choose from, by name, if it is not.
    pub applications: Vec<ApplicationChoice>,
    /// The versions of the chosen application.
    pub versions: Versions,
    /// Whether a registry's password is kept, which an empty field leaves as it is.
    pub keeps_password: bool,
    /// What saving changes for everybody, if this is the organization's first.
    pub first: Option<First>,
}

impl Editor {
    /// The form, which posts to `to` and saves by a button of these words.
    pub(super) fn render(&self, to: &str, save: &str, visit: &Visit) -> Markup {
        let inputs = html! {
            (self.about())
            (self.scopes())
            (self.registry())
            @if let Some(first) = &self.first { (self.first(first)) }
        };
        let (errors, until) = (self.form.others(&NAMES), &*self.form.values.expires_at);
        let frame = Frame { to, save, customer: self.customer.as_ref(), errors, until };
        frame.render(&inputs, &self.preview(), visit)
    }

    /// Whether an application is chosen.
    pub(super) fn is_chosen(&self) -> bool {
        self.application_name().is_some()
    }

    /// The name of the application that is chosen.
    pub(super) fn application_name(&self) -> Option<String> {
        let chosen = &self.form.values.application;
        let mut all = self.application.iter().chain(&self.applications);
        all.find(|one| one.application.to_string() == *chosen).map(|one| one.name.clone())
    }

    fn about(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        html! {
            section.card aria-label="Entitlement" {
                div.body.stack.tight.roomy {
                    (customer_field(form, self.customer.as_ref(), (&self.customers, &values.customer)))
                    (self.application())
                    (Field::line("text", "name", "Name").value(&values.name).required().autocomplete("off").error(form.error("name"))
                        .hint("The customer sees it when it deploys. Unique for the customer."))
                    (Field::line("date", "expiresAt", "Until").value(&values.expires_at).error(form.error("expiresAt"))
                        .hint("From 00:00 UTC of that day on nothing can be deployed by it. What runs goes on. Empty for ever."))
                }
            }
        }
    }

    fn application(&self) -> Markup {
        let error = self.form.error("applicationId");
        let all = self.applications.iter().map(|one| (one.application.to_string(), one.name.clone()));
        let choices =
            std::iter::once((String::new(), "Choose an application".to_owned())).chain(all).collect();
        html! {
            @match &self.application {
                Some(fixed) => {
                    input type="hidden" name="applicationId" value=(fixed.application);
                    dl { dt { "Application" } dd { (fixed.name) } }
                    @if let Some(error) = error { p.error { (error) } }
                }
                None if self.applications.is_empty() => p.muted { "Your organization has no applications yet. Create one first." },
                None => (Field::choice(choices, "applicationId", "Application").value(&self.form.values.application).required().error(error)),
            }
        }
    }

    fn registry(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let is_faulty = ["registryUrl", "registryUsername", "registryPassword"]
            .iter()
            .any(|name| form.error(name).is_some());
        let is_open = is_faulty || !values.registry_host.is_empty() || !values.registry_username.is_empty();
        let password = if self.keeps_password {
            "Empty keeps the one that is there. It is never shown."
        } else {
            "Kept sealed and never shown; agents of the customer get it until the entitlement ends."
        };
        let forget = CheckBox {
            name: "forgetRegistry".to_owned(),
            value: "true".to_owned(),
            label: "Remove these credentials".to_owned(),
            hint: "Agents can then no longer pull by them.".to_owned(),
            checked: values.forget_registry,
        };
        html! {
            details.card.fold open[is_open] {
                summary { "Credentials for a private registry" span.optional { "optional" } }
                div.body.stack.tight {
                    p.muted { "Only if images are kept outside of this hub." }
                    (Field::line("text", "registryUrl", "Registry").value(&values.registry_host).unmarked().autocomplete("off")
                        .error(form.error("registryUrl")).hint("Host and port, as in registry.example:5000."))
                    (Field::line("text", "registryUsername", "User name").value(&values.registry_username).unmarked().autocomplete("off")
                        .error(form.error("registryUsername")))
                    (Field::line("password", "registryPassword", "Password").unmarked().autocomplete("new-password")
                        .error(form.error("registryPassword")).hint(password))
                    @if self.keeps_password { (forget) }
                }
            }
        }
    }

    fn first(&self, first: &First) -> Markup {
        let warning = FirstOfAll {
            customers: first.customers,
            things: counted(first.applications, "application", "applications"),
            kind: "application entitlement",
            does: "sees and deploys",
            all_do: "deploy",
            meanwhile: "What runs goes on, but can’t be updated without an entitlement.",
        };
        warning.render(self.form.values.confirmed, self.form.error("confirm"))
    }
}

/// The form of the samples, for Initech and Fleet Manager.
pub(super) fn sample(scope: ScopeChoice) -> Editor {
    let names = ["3.1.0", "3.0.4", "3.0.3", "3.0.2", "2.8.4", "2.8.3-p1", "2.8.3"];
    let version = |(number, name): (i64, &&str)| VersionChoice {
        version: gallery::id(857 - u128::from(number.unsigned_abs())),
        name: (*name).to_owned(),
        created_at: gallery::days(-30 * number - 5),
        is_archived: name.starts_with('2'),
    };
    let newest: Vec<String> = names.map(str::to_owned).to_vec();
    let values = EntitlementValues {
        name: "Fleet Manager".to_owned(),
        application: gallery::id::<uuid::Uuid>(801).to_string(),
        expires_at: "2027-11-24".to_owned(),
        scope,
        versions: [857, 852].map(|number| gallery::id::<uuid::Uuid>(number).to_string()).to_vec(),
        range: ">=3, <4".to_owned(),
        published_until: "2026-09-01".to_owned(),
        ..EntitlementValues::default()
    };
    let application =
        |number, name: &str| ApplicationChoice { application: gallery::id(number), name: name.to_owned() };
    Editor {
        form: FormState::fresh(values),
        customer: Some(sample_customer()),
        customers: Vec::new(),
        application: None,
        applications: vec![application(801, "Fleet Manager"), application(802, "Fleet Manager (Kubernetes)")],
        versions: Versions {
            now: 7,
            newest: newest.clone(),
            offered: (0..).zip(&names).map(version).collect(),
            more: 0,
            range: Matches { count: 4, newest: newest[..4].to_vec() },
            published: Matches { count: 5, newest: newest[2..].to_vec() },
        },
        keeps_password: false,
        first: None,
    }
}
