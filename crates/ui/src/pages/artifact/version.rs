//! The versions of an artifact: its manifests with the tags that stand for them.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, ManifestId};
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use super::{digest, kind_words};
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;
use crate::components::size::{bytes, grouped};
use crate::components::table::{Table, actions, number, text};
use crate::components::time;
use crate::gallery;
use crate::route::{DeleteManifest, DeleteTag, Segment};

/// A manifest that was pushed, with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The manifest.
    pub manifest: ManifestId,
    /// Its digest.
    pub digest: String,
    /// What it is.
    pub kind: Kind,
    /// Its tags, newest first; of these only those that the reader may see.
    pub tags: Vec<String>,
    /// Its platforms, as in `linux/arm64`; empty for what runs nowhere.
    pub platforms: Vec<String>,
    /// What is attached to it, each kind once: signature, attestation, SBOM.
    pub attached: Vec<Kind>,
    /// The bytes that a pull of it moves.
    pub size: u64,
    /// When it was pushed first.
    pub pushed_at: DateTime<Utc>,
    /// By whom, if that is known and the reader may know it.
    pub pushed_by: Option<String>,
    /// How often it was pulled, if the reader may know it.
    pub pulls: Option<u64>,
}

/// Who reads the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A customer.
    Customer,
    /// The vendor's staff.
    Vendor {
        /// Whether they may delete.
        can_delete: bool,
    },
}

/// So many tags and platforms of a version are written out.
const NAMED: usize = 6;

/// The table.
pub(crate) fn table(
    artifact: ArtifactId,
    versions: &[Version],
    reader: Reader,
    now: DateTime<Utc>,
) -> Markup {
    let mut columns = vec![text("Tags"), text("Platforms"), text("Digest"), number("Size"), text("Pushed")];
    if reader != Reader::Customer {
        columns.push(number("Pulls"));
    }
    if reader == (Reader::Vendor { can_delete: true }) {
        columns.push(actions());
    }
    let rows = versions.iter().map(|version| cells(artifact, version, reader, now)).collect();
    html! { (Table { caption: "Versions, newest first", columns, rows }) }
}

fn cells(artifact: ArtifactId, version: &Version, reader: Reader, now: DateTime<Utc>) -> Vec<Markup> {
    let named = version.tags.first().cloned().unwrap_or_else(|| super::short_digest(&version.digest));
    let can_delete = reader == (Reader::Vendor { can_delete: true });
    let mut cells = vec![
        tags(artifact, version, can_delete),
        platforms(&version.platforms),
        digest(&version.digest, &format!("digest of {named}")),
        html! { (bytes(version.size)) },
        html! {
            (time::ago(version.pushed_at, now))
            @if let Some(by) = &version.pushed_by { span.sub.wrap { "by " (by) } }
        },
    ];
    if reader != Reader::Customer {
        let pulls = version.pulls.unwrap_or_default();
        cells.push(html! { span.zero[pulls == 0] { (grouped(pulls)) } });
    }
    if can_delete {
        let delete = DeleteManifest { artifact, manifest: version.manifest };
        cells.push(Button::new(Weight::Quiet, "Delete").about(&named).link(delete));
    }
    cells
}

fn tags(artifact: ArtifactId, version: &Version, can_delete: bool) -> Markup {
    html! {
        div.chips {
            @if version.tags.is_empty() { span.muted { "untagged" } }
            @for tag in version.tags.iter().take(NAMED) {
                span.chip {
                    code { (tag) }
                    @if can_delete {
                        a.copy href=(DeleteTag { artifact, tag: Segment(tag.clone()) }) aria-label={ "Delete tag " (tag) } { (Icon::Trash) }
                    }
                }
            }
            @if version.tags.len() > NAMED { span.muted { "and " (version.tags.len() - NAMED) " more" } }
            @if version.kind != Kind::ContainerImage && version.kind != Kind::HelmChart {
                (Badge::new(Tone::Neutral, kind_words(version.kind)))
            }
            @for kind in &version.attached { (Badge::new(Tone::Info, attached(*kind))) }
        }
    }
}

/// What an attachment says of what it is attached to.
fn attached(kind: Kind) -> &'static str {
    match kind {
        Kind::Signature => "Signed",
        other => kind_words(other),
    }
}

fn platforms(all: &[String]) -> Markup {
    html! {
        @if all.is_empty() { span.zero { "–" } } @else {
            (all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "))
            @if all.len() > NAMED { " and " (all.len() - NAMED) " more" }
        }
    }
}

/// Versions of the samples.
pub(crate) fn sample_versions() -> Vec<Version> {
    let version = |number: u8, tags: &[&str], platforms: &[&str], attached: &[Kind]| Version {
        manifest: gallery::id(650 + u128::from(number)),
        digest: format!("sha256:{}", hex::encode([number.wrapping_mul(37) ^ 0x5c; 32])),
        kind: Kind::ContainerImage,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        platforms: platforms.iter().map(|platform| (*platform).to_owned()).collect(),
        attached: attached.to_vec(),
        size: 184_000_000 + u64::from(number) * 1_300_000,
        pushed_at: gallery::days(-6 * i64::from(number)),
        pushed_by: (number < 4).then(|| "Jonas Weber".to_owned()),
        pulls: Some(u64::from(number) * 211 % 380),
    };
    let both = ["linux/amd64", "linux/arm64"];
    vec![
        version(1, &["3.1.0", "3.1", "3", "latest"], &both, &[Kind::Signature, Kind::Sbom]),
        version(2, &["3.0.4", "3.0"], &both, &[Kind::Signature]),
        version(3, &["3.0.3"], &both, &[]),
        version(4, &["2.8.3-p1"], &["linux/amd64"], &[]),
        version(5, &[], &["linux/amd64"], &[]),
    ]
}
