//! The question before an artifact, a manifest or a tag is deleted, and what holds it.

use grantry_model::id::{ArtifactId, ManifestId};
use maud::{Markup, html};

use super::{short_digest, way_below};
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::confirm::Confirm;
use crate::components::size::{bytes, counted};
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::artifact_entitlement::EntitlementRef;
use crate::pages::license_key::Owner;
use crate::route::{CustomerLicenses, DeleteArtifact, DeleteManifest, DeleteTag, Segment, ShowArtifact};

/// What is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doomed {
    /// The artifact with everything in it.
    Artifact {
        /// How many tags go along.
        tags: u64,
        /// How many manifests go along.
        manifests: u64,
        /// How many bytes may be freed.
        size: u64,
    },
    /// A manifest with its tags.
    Manifest {
        /// The manifest.
        manifest: ManifestId,
        /// Its digest.
        digest: String,
        /// Its tags, which go along.
        tags: Vec<String>,
    },
    /// A tag alone.
    Tag {
        /// Its name.
        tag: String,
        /// The digest of the manifest it stands for, which stays.
        digest: String,
        /// Whether the manifest has other tags.
        has_others: bool,
    },
}

/// An active entitlement that names what is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The entitlement.
    pub entitlement: EntitlementRef,
    /// The customer it is of.
    pub customer: Owner,
}

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// What of it.
    pub doomed: Doomed,
    /// What holds it; as long as there is something, it can't be deleted.
    pub held_by: Vec<Holder>,
    /// How many tags that customers see only because of a pattern, a range or “all” go along.
    pub seen_tags: u64,
}

/// So many tags are written out.
const NAMED: usize = 12;

impl Delete {
    fn what(&self) -> String {
        match &self.doomed {
            Doomed::Artifact { .. } => self.name.clone(),
            Doomed::Manifest { digest, .. } => short_digest(digest),
            Doomed::Tag { tag, .. } => format!("tag {tag}"),
        }
    }

    fn action(&self) -> &'static str {
        match self.doomed {
            Doomed::Artifact { .. } => "Delete artifact",
            Doomed::Manifest { .. } => "Delete manifest",
            Doomed::Tag { .. } => "Delete tag",
        }
    }

    fn address(&self) -> String {
        let artifact = self.artifact;
        match &self.doomed {
            Doomed::Artifact { .. } => DeleteArtifact { artifact }.to_string(),
            Doomed::Manifest { manifest, .. } => DeleteManifest { artifact, manifest: *manifest }.to_string(),
            Doomed::Tag { tag, .. } => DeleteTag { artifact, tag: Segment(tag.clone()) }.to_string(),
        }
    }

    fn held(&self) -> Markup {
        let noun = if self.held_by.len() == 1 { "An entitlement holds" } else { "Entitlements hold" };
        let title = format!("{noun} {}, so it can’t be deleted.", self.what());
        let detail = html! {
            ul.losses.plain {
                @for holder in &self.held_by {
                    li {
                        (holder.entitlement.link()) " of "
                        a.link href=(CustomerLicenses { customer: holder.customer.customer }) { (holder.customer.name) }
                    }
                }
            }
            p { "Take it out of them, or let them end, and try again." }
        };
        let back = Button::new(Weight::Normal, "Back to the artifact")
            .link(ShowArtifact { artifact: self.artifact });
        html! {
            div.narrow { (Alert::new(Tone::Warning, title).detail(detail)) }
            div.row { (back) }
        }
    }

    fn sentence(&self) -> Markup {
        html! {
            @match &self.doomed {
                Doomed::Artifact { .. } => { strong { (self.name) } " goes for good, with all that was pushed to it. Whoever pulled it keeps what they have." }
                Doomed::Manifest { digest, .. } => { "The manifest " code { (digest) } " goes for good. Whoever pulled it keeps what they have." }
                Doomed::Tag { tag, digest, has_others } => {
                    "The tag " strong { (tag) } " goes. Its manifest " code { (short_digest(digest)) }
                    @if *has_others { " keeps its other tags." } @else { " stays in the artifact without a tag." }
                }
            }
        }
    }

    fn losses(&self) -> Vec<Markup> {
        let mut losses = Vec::new();
        match &self.doomed {
            Doomed::Artifact { tags, manifests, size } => {
                losses.push(html! { (counted(*tags, "tag", "tags")) " and " (counted(*manifests, "manifest", "manifests")) });
                losses.push(html! { (bytes(*size)) " of content, as far as no other artifact has it" });
            }
            Doomed::Manifest { tags, .. } if !tags.is_empty() => {
                let named = tags.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = tags.len().saturating_sub(NAMED);
                losses.push(html! {
                    (counted(tags.len() as u64, "tag", "tags")) ": " (named) @if more > 0 { " and " (more) " more" }
                });
            }
            Doomed::Manifest { .. } | Doomed::Tag { .. } => {}
        }
        if self.seen_tags > 0 {
            let words = counted(self.seen_tags, "tag that customers see now", "tags that customers see now");
            losses.push(html! { (words) ", by entitlements that name no tags" });
        }
        losses
    }
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.what())
    }

    fn place(&self) -> String {
        "Delete".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.artifact, &self.name)
    }

    fn body(&self, visit: &Visit) -> Markup {
        if !self.held_by.is_empty() {
            return self.held();
        }
        let confirm = Confirm {
            sentence: self.sentence(),
            losses: self.losses(),
            fields: visit.csrf_field(),
            action: self.action(),
        };
        confirm.form(self.address(), ShowArtifact { artifact: self.artifact })
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let digest = format!("sha256:{}", "4f1c7d9e0ab35c22".repeat(4));
    let artifact = Delete {
        artifact: gallery::id(602),
        name: "fleet/api".to_owned(),
        doomed: Doomed::Artifact { tags: 38, manifests: 41, size: 2_300_000_000 },
        held_by: Vec::new(),
        seen_tags: 12,
    };
    let tags = |count| (0..count).map(|number| format!("nightly-{number}")).collect();
    let manifest = |count| Delete {
        doomed: Doomed::Manifest { manifest: gallery::id(651), digest: digest.clone(), tags: tags(count) },
        seen_tags: 0,
        ..artifact.clone()
    };
    let tag = |has_others| Delete {
        doomed: Doomed::Tag { tag: "3.1.0".to_owned(), digest: digest.clone(), has_others },
        seen_tags: u64::from(has_others),
        ..artifact.clone()
    };
    let holder = |number: u128, name: &str, customer: &str| Holder {
        entitlement: EntitlementRef {
            entitlement: gallery::id(700 + number),
            name: name.to_owned(),
            can_open: true,
        },
        customer: Owner { customer: gallery::id(100 + number), name: customer.to_owned() },
    };
    let holders = vec![holder(1, "Hotfix 2.8", "Initech GmbH"), holder(2, "Images", "Hooli")];
    let held = Delete { held_by: holders.clone(), ..tag(true) };
    let held_artifact = Delete { held_by: holders[..1].to_vec(), ..artifact.clone() };
    vec![
        Sample::vendor("artifact-delete-artifact", Nav::Artifacts, &artifact),
        Sample::vendor("artifact-delete-manifest", Nav::Artifacts, &manifest(40)),
        Sample::vendor("artifact-delete-untagged", Nav::Artifacts, &manifest(0)),
        Sample::vendor("artifact-delete-tag", Nav::Artifacts, &tag(true)),
        Sample::vendor("artifact-delete-last-tag", Nav::Artifacts, &tag(false)),
        Sample::vendor("artifact-delete-held-tag", Nav::Artifacts, &held),
        Sample::vendor("artifact-delete-held-artifact", Nav::Artifacts, &held_artifact),
    ]
}
