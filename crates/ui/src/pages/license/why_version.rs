//! “Why?”: whether a customer may deploy a version of an application, and by which rule.

use chrono::{DateTime, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use super::question::{Input, Question, Verdict, answer, until as until_words};
use crate::components::time;
use crate::gallery;
use crate::pages::application_entitlement::{EntitlementRef, Scope};

/// Why a customer may or may not deploy a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionAnswer {
    /// It may, because the organization does not restrict applications.
    Unrestricted,
    /// It may by an entitlement; of several, by the one that ends last.
    Granted {
        /// The entitlement.
        by: EntitlementRef,
        /// Which versions it grants.
        scope: Scope,
        /// Until when; `None` for ever.
        until: Option<DateTime<Utc>>,
    },
    /// It could by an entitlement or without one, but the version is archived: what runs goes on.
    Archived,
    /// It may not, because deployments are switched off for it.
    FeatureOff,
    /// It may not, because none of its entitlements is to the application.
    NotNamed,
    /// It may not, because those to the application leave this version out.
    LeftOut(Vec<(EntitlementRef, Scope)>),
    /// It no longer may, because what granted it has ended.
    Ended {
        /// The entitlement that ended last.
        by: EntitlementRef,
        /// When it did.
        at: DateTime<Utc>,
    },
    /// There is no such application, or no such version of it.
    Unknown,
}

/// The question and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhyVersion {
    /// The application that was asked about, by name; `application` in the query.
    pub application: String,
    /// The version, by name; `version` in the query.
    pub version: String,
    /// The answer, if something was asked.
    pub answer: Option<VersionAnswer>,
    /// Names of applications to propose.
    pub applications: Vec<String>,
}

impl VersionAnswer {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Unrestricted | Self::Granted { .. } => Verdict::Allowed,
            Self::Unknown => Verdict::NotThere,
            _ => Verdict::NotAllowed,
        }
    }

    fn rule(&self, now: DateTime<Utc>) -> Markup {
        html! {
            @match self {
                Self::Unrestricted => p { "Your organization does not restrict applications, so every customer may deploy all of them." },
                Self::Granted { by, scope, until: end } => {
                    p { (by.link()) " grants it: " (scope.words()) }
                    (until_words(*end, now))
                }
                Self::Archived => p { "The version is archived, so nobody can deploy it anew. What runs goes on." },
                Self::FeatureOff => p { "Deployments are switched off for this customer." },
                Self::NotNamed => p { "No entitlement of this customer is to the application." },
                Self::LeftOut(all) => { @for (by, scope) in all { p { (by.link()) " " (scope.leaves_out()) } } }
                Self::Ended { by, at } => p { (by.link()) " granted it until " (time::day(*at)) " and has ended. What runs goes on." },
                Self::Unknown => p { "There is no such version of an application of this name." },
            }
        }
    }
}

impl WhyVersion {
    /// The question as a form, with the answer beneath.
    pub(super) fn card(&self, customer: CustomerId, now: DateTime<Utc>) -> Markup {
        let asked = html! { (self.application) " " code { (self.version) } };
        let answered = self.answer.as_ref().map(|one| answer(one.verdict(), &asked, &one.rule(now)));
        let question = Question {
            id: "why-version",
            title: "Why may they deploy?",
            about: "Whether a version, and by which rule.",
            thing: (
                Input { name: "application", label: "Application", value: &self.application },
                &self.applications,
            ),
            part: Input { name: "version", label: "Version", value: &self.version },
            button: "about a version",
        };
        question.card(customer, answered.as_ref())
    }

    /// A question of every outcome.
    pub(super) fn samples() -> Vec<(&'static str, Self)> {
        let asked = |answer| Self {
            application: "Fleet Manager".to_owned(),
            version: "4.0.0".to_owned(),
            answer: Some(answer),
            applications: vec!["Fleet Manager".to_owned()],
        };
        let by = |number: u128, name: &str| EntitlementRef {
            entitlement: gallery::id(900 + number),
            name: name.to_owned(),
            can_open: true,
        };
        let granted = VersionAnswer::Granted {
            by: by(4, "Fleet 3"),
            scope: Scope::Range { expression: ">=3, <5".to_owned(), versions: 4 },
            until: Some(gallery::midnight(341)),
        };
        let window = Scope::PublishedUntil { until: gallery::midnight(-37), versions: 5 };
        let left_out = VersionAnswer::LeftOut(vec![
            (by(5, "Trial"), Scope::Current { versions: 3 }),
            (by(3, "Hotfix 2.8"), Scope::Chosen { versions: vec!["2.8.4".to_owned()] }),
            (by(4, "Fleet 3"), Scope::Range { expression: ">=3, <4".to_owned(), versions: 4 }),
            (by(2, "Maintenance"), window),
            (by(1, "Fleet Manager"), Scope::All { versions: 7 }),
        ]);
        vec![
            ("granted", asked(granted)),
            ("left-out", asked(left_out)),
            ("unrestricted", asked(VersionAnswer::Unrestricted)),
            ("archived", asked(VersionAnswer::Archived)),
            ("feature-off", asked(VersionAnswer::FeatureOff)),
            ("not-named", asked(VersionAnswer::NotNamed)),
            ("ended", asked(VersionAnswer::Ended { by: by(5, "Trial"), at: gallery::midnight(-20) })),
            ("unknown", asked(VersionAnswer::Unknown)),
        ]
    }
}
