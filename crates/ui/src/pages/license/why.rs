//! “Why?”: whether a customer may pull something, and by which rule.

use chrono::{DateTime, Utc};
use grantry_model::id::CustomerId;
use maud::{Markup, html};

use super::question::{Input, Question, Verdict, answer, until as until_words};
use crate::components::time;
use crate::gallery;
use crate::pages::artifact_entitlement::{EntitlementRef, Scope};

/// Why a customer may or may not pull something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It may, because the organization does not restrict artifacts.
    Unrestricted,
    /// It may by an entitlement; of several, by the one that ends last.
    Granted {
        /// The entitlement.
        by: EntitlementRef,
        /// What of the artifact it grants.
        scope: Scope,
        /// Until when; `None` for ever.
        until: Option<DateTime<Utc>>,
        /// What grants it if the reference itself is not granted: the tag that reaches the digest.
        through: Option<String>,
    },
    /// It may not, because artifacts are switched off for it.
    FeatureOff,
    /// It may not, because none of its entitlements names the artifact.
    NotNamed,
    /// It may not, because those that name the artifact leave this out.
    LeftOut(Vec<(EntitlementRef, Scope)>),
    /// It no longer may, because what granted it has ended.
    Ended {
        /// The entitlement that ended last.
        by: EntitlementRef,
        /// When it did.
        at: DateTime<Utc>,
    },
    /// There is no such artifact, or no such tag or digest in it.
    Unknown,
}

/// The question and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// The artifact that was asked about, by name; `artifact` in the query.
    pub artifact: String,
    /// The tag or digest; `reference` in the query.
    pub reference: String,
    /// The answer, if something was asked.
    pub answer: Option<Answer>,
    /// Names of artifacts to propose.
    pub artifacts: Vec<String>,
}

impl Answer {
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
                Self::Unrestricted => p { "Your organization does not restrict artifacts, so every customer sees all of them." },
                Self::Granted { by, scope, until: end, through } => {
                    p { (by.link()) " grants it: " (scope.words()) }
                    @if let Some(tag) = through { p { "It is reached through the tag " code { (tag) } "." } }
                    (until_words(*end, now))
                }
                Self::FeatureOff => p { "Artifacts are switched off for this customer." },
                Self::NotNamed => p { "No entitlement of this customer names the artifact." },
                Self::LeftOut(all) => { @for (by, scope) in all { p { (by.link()) " " (scope.leaves_out()) } } }
                Self::Ended { by, at } => p { (by.link()) " granted it until " (time::day(*at)) " and has ended." },
                Self::Unknown => p { "There is no such tag or digest in an artifact of this name." },
            }
        }
    }
}

impl Why {
    /// The question as a form, with the answer beneath.
    pub(super) fn card(&self, customer: CustomerId, now: DateTime<Utc>) -> Markup {
        let sign = if self.reference.contains(':') { "@" } else { ":" };
        let asked = html! { code { (self.artifact) (sign) (self.reference) } };
        let answered = self.answer.as_ref().map(|one| answer(one.verdict(), &asked, &one.rule(now)));
        let question = Question {
            id: "why",
            title: "Why may they pull?",
            about: "Whether a tag or digest, and by which rule.",
            thing: (Input { name: "artifact", label: "Artifact", value: &self.artifact }, &self.artifacts),
            part: Input { name: "reference", label: "Tag or digest", value: &self.reference },
            button: "about a tag",
        };
        question.card(customer, answered.as_ref())
    }

    /// A question of every outcome.
    pub(super) fn samples() -> Vec<(&'static str, Self)> {
        let asked = |answer| Self {
            artifact: "charts/fleet".to_owned(),
            reference: "4.0.0".to_owned(),
            answer: Some(answer),
            artifacts: vec!["charts/fleet".to_owned(), "fleet/api".to_owned()],
        };
        let by = |number: u128, name: &str| EntitlementRef {
            entitlement: gallery::id(700 + number),
            name: name.to_owned(),
            can_open: true,
        };
        let granted = Answer::Granted {
            by: by(1, "Runtime images"),
            scope: Scope::Range { expression: ">=3, <5".to_owned(), tags: 12 },
            until: Some(gallery::midnight(341)),
            through: Some("4.0.0".to_owned()),
        };
        let left_out = Answer::LeftOut(vec![
            (by(2, "Chart"), Scope::Current { tags: 14 }),
            (by(3, "Hotfix 2.8"), Scope::Chosen { tags: vec!["2.8.4".to_owned()], manifests: 0 }),
            (by(4, "Trial"), Scope::Pattern { expression: "3.*".to_owned(), tags: 11 }),
            (by(5, "Stable"), Scope::Range { expression: ">=3, <4".to_owned(), tags: 11 }),
            (by(6, "Everything"), Scope::All { tags: 15 }),
        ]);
        let digest = format!("sha256:{}", "4f1c7d9e0ab35c22".repeat(4));
        vec![
            ("granted", Self { reference: digest, ..asked(granted) }),
            ("left-out", asked(left_out)),
            ("unrestricted", asked(Answer::Unrestricted)),
            ("feature-off", asked(Answer::FeatureOff)),
            ("not-named", asked(Answer::NotNamed)),
            ("ended", asked(Answer::Ended { by: by(4, "Trial"), at: gallery::midnight(-20) })),
            ("unknown", asked(Answer::Unknown)),
        ]
    }
}
