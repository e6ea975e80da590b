//! Artifacts: the repositories of an organization's registry, with their manifests and tags.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use grantry_oci::digest::Digest;
use grantry_oci::manifest::Kind;
use grantry_oci::name::{Name, NameError};
use grantry_oci::reference::Tag;

use crate::field::{FieldError, Invalid};
use crate::id::{ArtifactEntitlementId, ArtifactId, CustomerId, FileId, ManifestId, TagId};
use crate::name::Name as PlainName;
use crate::page::Cursor;

/// The name of an artifact within its organization: what follows the organization's slug in a reference. May have several
/// parts, as in `charts/ship`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactName(String);

impl ArtifactName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Name> for ArtifactName {
    fn from(name: &Name) -> Self {
        Self(name.artifact().to_owned())
    }
}

impl FromStr for ArtifactName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        // A reference needs room for a slug of one letter at least; a longer one is judged when it is used.
        format!("a/{text}").parse::<Name>().map(|name| Self::from(&name))
    }
}

impl fmt::Display for ArtifactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its id.
    pub id: ArtifactId,
    /// Its name, unique in the organization.
    pub name: ArtifactName,
    /// When it was made, by its first push or by a member.
    pub created_at: DateTime<Utc>,
    /// When a manifest was pushed last; `None` before the first.
    pub pushed_at: Option<DateTime<Utc>>,
    /// Where it is pulled through from; `None` for one that is pushed to.
    pub upstream: Option<Upstream>,
    /// The image shown with its name.
    pub image: Option<FileId>,
}

/// The registry that an artifact is pulled through from. Credentials are kept sealed, apart from this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// `host[:port]/repository`, without scheme.
    pub url: String,
    /// The user name of the credentials, if there are any.
    pub username: Option<String>,
    /// When its tags were compared last.
    pub synced_at: Option<DateTime<Utc>>,
    /// Why the last comparison failed, as a sentence.
    pub sync_error: Option<String>,
    /// How the artifact looks after what it keeps.
    pub upkeep: Upkeep,
}

/// How an artifact that is pulled through looks after what it keeps of its upstream. Nothing is done by itself where `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upkeep {
    /// Bytes of blobs that it keeps at most; those not pulled for longest go first.
    pub cache_limit: Option<u64>,
    /// Days without a pull after which a blob goes.
    pub cache_days: Option<u32>,
    /// Hours between two comparisons of all its tags.
    pub sync_hours: Option<u32>,
}

impl Upkeep {
    /// Most bytes that a limit can name: 1 PiB.
    pub const MOST_BYTES: u64 = 1 << 50;
    /// Most days without a pull: about ten years.
    pub const MOST_DAYS: u32 = 3_650;
    /// Most hours between two comparisons: a year.
    pub const MOST_HOURS: u32 = 8_760;

    /// Judges the numbers.
    ///
    /// # Errors
    /// Every field whose number is zero or too large.
    pub fn check(self) -> Result<Self, Invalid> {
        let fields = [
            ("upstreamCacheLimit", self.cache_limit, Self::MOST_BYTES, "bytes"),
            ("upstreamCacheDays", self.cache_days.map(u64::from), Self::MOST_DAYS.into(), "days"),
            ("upstreamSyncHours", self.sync_hours.map(u64::from), Self::MOST_HOURS.into(), "hours"),
        ];
        let wrong =
            fields.into_iter().filter(|(_, value, most, _)| value.is_some_and(|one| one == 0 || one > *most));
        let errors: Vec<FieldError> = wrong
            .map(|(field, _, most, unit)| {
                let message = format!("Give a whole number of {unit} from 1 to {most}, or leave it out.");
                FieldError::new(field, "out_of_range", message)
            })
            .collect();
        if errors.is_empty() { Ok(self) } else { Err(Invalid(errors)) }
    }
}

/// A manifest of an artifact. Its bytes are kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its id.
    pub id: ManifestId,
    /// The artifact it was pushed to.
    pub artifact: ArtifactId,
    /// Its digest, with the algorithm it was pushed under.
    pub digest: Digest,
    /// Its media type, as pushed.
    pub media_type: String,
    /// What it is.
    pub kind: Kind,
    /// The bytes of the manifest alone.
    pub size: u64,
    /// The bytes of everything that a pull of it moves: the manifest, its distinct blobs, and the same of its children.
    pub total_size: u64,
    /// When it was pushed first.
    pub pushed_at: DateTime<Utc>,
}

/// A tag of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagEntry {
    /// Its id.
    pub id: TagId,
    /// Its name.
    pub name: Tag,
    /// The manifest it stands for now.
    pub manifest: ManifestId,
    /// When it was pushed first.
    pub created_at: DateTime<Utc>,
    /// When it moved last.
    pub updated_at: DateTime<Utc>,
}

/// What an artifact has, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtifactContents {
    /// Its tags, without those that are attached to a manifest by their form.
    pub tags: u64,
    /// The bytes of its blobs, each counted once.
    pub size: u64,
    /// The manifests of its registry that are there, tagged or not.
    pub manifests: u64,
}

/// In which order artifacts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ArtifactOrder {
    /// The one that was pushed to last comes first.
    #[default]
    Newest,
    /// By name.
    Name,
}

/// A manifest with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The manifest.
    pub manifest: Manifest,
    /// The platforms of an image, as `linux/amd64`.
    pub platforms: Vec<String>,
    /// Who pushed it, if they still have an account.
    pub pushed_by: Option<String>,
    /// Its tags, by name, without those that attach it to another manifest by their form.
    pub tags: Vec<TagEntry>,
    /// What is attached to it, each kind once.
    pub attached: Vec<Kind>,
}

impl Version {
    /// Its place in a list of the newest.
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.manifest.pushed_at.timestamp_micros().to_string(), id: self.manifest.id.0 }
    }
}

/// An entitlement that keeps something from being deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// Its name.
    pub name: PlainName,
    /// Its customer.
    pub customer: CustomerId,
    /// What that is called.
    pub customer_name: PlainName,
}
