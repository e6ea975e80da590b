//! One revision of a license key: its token and what it changed.

use grantry_model::id::LicenseKeyId;
use maud::{Markup, html};

use super::show::{claims_card, sample, sample_revisions};
use super::{Owner, Revision, way_below};
use crate::components::alert::Alert;
use crate::components::badge::{Badge, Tone};
use crate::components::button::Weight;
use crate::components::card::Card;
use crate::components::copy::copy_button;
use crate::components::diff::Diff;
use crate::components::{time, token as box_of};
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Portal, Visit};
use crate::route::ShowLicenseKey;
use crate::token::Decoded;

/// A revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// In which portal it is shown.
    pub portal: Portal,
    /// The key.
    pub key: LicenseKeyId,
    /// The key's name.
    pub name: String,
    /// The customer it belongs to; `None` for an organization-wide key.
    pub owner: Option<Owner>,
    /// The revision.
    pub revision: Revision,
    /// The revision before it, unless it is the first.
    pub before: Option<Revision>,
    /// Number of the current revision.
    pub current: u32,
    /// The token of this revision.
    pub token: String,
}

impl Show {
    fn changes(&self) -> Markup {
        let Some(before) = &self.before else { return html! {} };
        let title = format!("Revision {} → {}", before.number, self.revision.number);
        let diff = Diff::between(&before.lines(), &self.revision.lines());
        html! { (Card::padded("changes", &title, &html! { (diff) })) }
    }

    fn superseded(&self) -> Markup {
        let link = ShowLicenseKey { key: self.key };
        let detail = html! {
            p { "Its token stays valid until it expires. The " a href=(link) { "current revision" } " is number " (self.current) "." }
        };
        html! {
            @if self.current != self.revision.number {
                (Alert::new(Tone::Info, "This is an earlier revision.").detail(detail))
            }
        }
    }
}

impl Page for Show {
    fn title(&self) -> String {
        format!("Revision {}", self.revision.number)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.portal, self.owner.as_ref(), self.key, &self.name)
    }

    fn head(&self, visit: &Visit) -> Head {
        let by = self.revision.created_by.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
        let lead =
            format!("Of {}, made {}{by}.", self.name, time::relative(self.revision.created_at, visit.now));
        let badges = html! {
            (self.revision.window.badge(visit.now))
            @if self.current == self.revision.number { (Badge::new(Tone::Neutral, "Current")) }
        };
        Head { badges: Some(badges), ..Head::lead(lead) }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let decoded = Decoded::of(&self.token);
        let token = box_of::token("token", &self.token);
        let actions = copy_button("token", "Copy token", Weight::Primary);
        html! {
            (self.superseded())
            (Card::padded("token-card", "Token", &token).actions(actions))
            (claims_card(decoded.as_ref(), Some(self.revision.window), visit))
            (self.changes())
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let (key, mut revisions) = (sample(), sample_revisions());
    let (first, second) = (revisions.pop(), revisions.pop());
    let [third] = revisions.as_slice() else { return Vec::new() };
    let page = |revision: &Revision, before: Option<Revision>| Show {
        portal: Portal::Vendor,
        key: key.key,
        name: key.name.clone(),
        owner: key.owner.clone(),
        revision: revision.clone(),
        before,
        current: 3,
        token: gallery::token("FLEET_MAIN", revision.number, &revision.payload),
    };
    let earlier = second.iter().map(|revision| page(revision, first.clone()));
    let mut samples: Vec<Sample> =
        earlier.map(|page| Sample::vendor("license-key-revision-earlier", Nav::Licenses, &page)).collect();
    samples.push(Sample::vendor("license-key-revision-current", Nav::Licenses, &page(third, second)));
    samples.extend(
        first.iter().map(|one| Sample::vendor("license-key-revision-first", Nav::Licenses, &page(one, None))),
    );
    samples
}
