//! The form that deploys, with what there is to choose and what to know before.

use grantry_model::application::TargetKind;
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationVersionId, DeploymentId, DeploymentTargetId};
use grantry_model::license_key;
use grantry_model::policy::Action;
use grantry_ops::deployment::choices::{Asked, Choice, Choices, Deployable, Opened, choices};
use grantry_ops::error::Error;
use grantry_ui::form::FormState;
use grantry_ui::pages::application::ApplicationChoice;
use grantry_ui::pages::application_entitlement::EntitlementRef;
use grantry_ui::pages::deployment::editor::{DeployVersion, Editor, Reference};
use grantry_ui::pages::deployment::fields::DeployValues;
use grantry_ui::pages::secret;

use super::input::{At, place};
use crate::app::App;
use crate::portal::frame::Member;

/// A form whose choices fit together.
pub(super) struct Prepared {
    choices: Choices,
    /// The deployment that is changed, and the version that it runs.
    running: Option<(DeploymentId, ApplicationVersionId)>,
    /// The values, with a version of the chosen application and the text that belongs to it.
    pub(super) values: DeployValues,
    /// Whether the text was replaced by the template of the chosen version.
    is_replaced: bool,
    /// The version that was asked for.
    asked: String,
    /// The version whose settings the reader was shown.
    seen: String,
}

/// Fits the values of a form together with what there is to choose: of another application its newest version is chosen, and as long
/// as nobody has typed, another version brings its own template.
pub(super) async fn prepare(
    app: &App,
    member: &Member,
    (target, running): (DeploymentTargetId, Option<(DeploymentId, ApplicationVersionId)>),
    mut values: DeployValues,
) -> Result<Prepared, Error> {
    let deployment = running.map(|(deployment, _)| deployment);
    let version_asked = values.version.clone();
    let mut open = parsed(&values);
    let asked = Asked { deployment, open: &open };
    let mut found = choices(&app.ops, &member.caller, target, asked).await?;
    choose(&mut values, &found, running.map(|(_, version)| version));
    if parsed(&values) != open {
        open = parsed(&values);
        let asked = Asked { deployment, open: &open };
        found = choices(&app.ops, &member.caller, target, asked).await?;
    }
    let seen = values.seen.clone();
    let is_replaced = begin(&mut values, &found.opened);
    propose_release(&mut values, &found);
    Ok(Prepared { choices: found, running, values, is_replaced, asked: version_asked, seen })
}

fn parsed(values: &DeployValues) -> Vec<ApplicationVersionId> {
    let mut ids: Vec<_> =
        [&values.version, &values.begun].into_iter().filter_map(|id| id.parse().ok()).collect();
    ids.dedup();
    ids
}

/// Chooses the only application there is, and a version of the chosen one.
fn choose(values: &mut DeployValues, found: &Choices, running: Option<ApplicationVersionId>) {
    if let [only] = &found.applications[..] {
        values.application = only.application.id.to_string();
    }
    let Some(chosen) = chosen(values, found) else {
        values.version.clear();
        return;
    };
    let is_there = |id: &str| chosen.versions.iter().any(|one| one.version.id.to_string() == id);
    if !is_there(&values.version) {
        let first = running.or_else(|| chosen.versions.first().map(|one| one.version.id));
        values.version = first.map(|id| id.to_string()).unwrap_or_default();
    }
}

fn chosen<'c>(values: &DeployValues, found: &'c Choices) -> Option<&'c Choice> {
    found.applications.iter().find(|one| one.application.id.to_string() == values.application)
}

/// Puts the template of the chosen version in, unless somebody has typed; whether that replaced a text.
fn begin(values: &mut DeployValues, opened: &[Opened]) -> bool {
    let template = |id: &str| {
        let found = opened.iter().find(|one| one.version.to_string() == id);
        found.map(|one| one.template.as_str())
    };
    if values.begun == values.version {
        return false;
    }
    let untouched = match template(&values.begun) {
        Some(before) => before == values.source,
        None => values.source.is_empty(),
    };
    let Some(own) = template(&values.version).filter(|_| untouched) else { return false };
    let is_replaced = own != values.source;
    values.source = own.to_owned();
    values.begun.clone_from(&values.version);
    is_replaced
}

/// Proposes a name for a new Helm release, made of the application's.
fn propose_release(values: &mut DeployValues, found: &Choices) {
    let is_helm = found.target.environment.kind() == TargetKind::Kubernetes;
    let Some(chosen) = chosen(values, found).filter(|_| is_helm && values.release_name.is_empty()) else {
        return;
    };
    let name = chosen.application.name.as_str().to_ascii_lowercase();
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut proposed = words.collect::<Vec<_>>().join("-");
    proposed.truncate(53);
    values.release_name = proposed.trim_end_matches('-').to_owned();
}

impl Prepared {
    /// Where it is deployed.
    pub(super) fn at(&self) -> At {
        let target = &self.choices.target;
        At {
            target: target.id,
            kind: target.environment.kind(),
            deployment: self.running.map(|(deployment, _)| deployment),
        }
    }

    /// What the reader has to look at before this is deployed.
    pub(super) fn unseen(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.asked != self.values.version && !self.values.version.is_empty() {
            let message = "What was chosen before may not be deployed here. Look at the version that stands here now, and deploy then.";
            errors.push(FieldError::new("version", "version_unseen", message));
        }
        if self.is_replaced {
            let message = "This is what the chosen version starts from. Look it over, and deploy then.";
            errors.push(FieldError::new("source", "template_unseen", message));
        }
        if self.seen != self.values.version && !self.risks().is_empty() {
            let message = "This version reaches beyond its containers. Read below how, and deploy then.";
            errors.push(FieldError::new("version", "risks_unseen", message));
        }
        errors
    }

    fn risks(&self) -> Vec<String> {
        let opened = self.choices.opened.iter();
        let chosen = opened.filter(|one| one.version.to_string() == self.values.version);
        chosen.flat_map(|one| &one.notices).map(|notice| notice.to_string()).collect()
    }

    /// The form, with these errors.
    pub(super) fn editor(self, app: &App, member: &Member, errors: Vec<FieldError>) -> Editor {
        let can_open = member.may(app, Action::EditApplicationEntitlements);
        let running = self.running.map(|(_, version)| version);
        let risks = self.risks();
        let found = self.choices;
        let versions = chosen(&self.values, &found)
            .map(|one| one.versions.iter().map(|one| version(one, running, can_open)).collect());
        let fixed = found.applications.first().filter(|_| running.is_some()).map(choice);
        Editor {
            target: found.target.id,
            target_name: found.target.name.as_str().to_owned(),
            kind: found.target.environment.kind(),
            form: FormState::refused(self.values, errors.into_iter().map(place).collect()),
            applications: if fixed.is_some() {
                Vec::new()
            } else {
                found.applications.iter().map(choice).collect()
            },
            application: fixed,
            versions: versions.unwrap_or_default(),
            references: references(&found.license_keys, &found.secrets),
            sees_licenses: member.may(app, Action::ViewLicenseKeys),
            risks,
        }
    }
}

fn choice(one: &Choice) -> ApplicationChoice {
    ApplicationChoice { application: one.application.id, name: one.application.name.as_str().to_owned() }
}

fn version(one: &Deployable, running: Option<ApplicationVersionId>, can_open: bool) -> DeployVersion {
    let by = one.by.as_ref();
    DeployVersion {
        version: one.version.id,
        name: one.version.name.as_str().to_owned(),
        granted_by: by.map(|by| EntitlementRef {
            entitlement: by.entitlement,
            name: by.name.as_str().to_owned(),
            can_open,
        }),
        until: by.and_then(|by| by.until),
        is_current: running == Some(one.version.id),
    }
}

fn references(keys: &[String], secrets: &[String]) -> Vec<Reference> {
    let of = |name: &String, text: String, is_secret| Reference { name: name.clone(), text, is_secret };
    let keys = keys.iter().map(|name| of(name, license_key::reference(name), false));
    let secrets = secrets.iter().map(|key| of(key, secret::reference(key), true));
    keys.chain(secrets).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn opened(number: u128, template: &str) -> Opened {
        Opened { version: Uuid::from_u128(number).into(), template: template.to_owned(), notices: Vec::new() }
    }

    fn values(version: u128, begun: Option<u128>, source: &str) -> DeployValues {
        DeployValues {
            version: Uuid::from_u128(version).to_string(),
            begun: begun.map(|number| Uuid::from_u128(number).to_string()).unwrap_or_default(),
            source: source.to_owned(),
            ..DeployValues::default()
        }
    }

    #[test]
    fn another_version_brings_its_template_until_somebody_types() {
        let all = [opened(1, "A=1\n"), opened(2, "A=1\nB=2\n"), opened(3, "")];
        for (version, begun, source, expected, is_replaced) in [
            (1, None, "", "A=1\n", true),
            (2, Some(1), "A=1\n", "A=1\nB=2\n", true),
            (2, Some(1), "A=7\n", "A=7\n", false),
            (2, None, "A=7\n", "A=7\n", false),
            (3, Some(1), "A=1\n", "", true),
            (3, None, "", "", false),
            (1, Some(1), "", "", false),
            (9, Some(1), "A=1\n", "A=1\n", false),
        ] {
            let mut form = values(version, begun, source);
            assert_eq!(begin(&mut form, &all), is_replaced, "{version} {begun:?} {source}");
            assert_eq!(form.source, expected, "{version} {begun:?} {source}");
        }
    }
}
