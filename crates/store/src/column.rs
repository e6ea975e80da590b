//! Between columns and the model: typed ids as parameters, and values that must be valid because the hub wrote them.

use chrono::{DateTime, Utc};
use grantry_model::id::{
    AccessTokenId, ApplicationEntitlementId, ApplicationId, ApplicationVersionId, ArtifactEntitlementId,
    ArtifactId, AuditEventId, BlobId, CustomerId, DeploymentId, DeploymentRevisionId, DeploymentTargetId,
    FileId, LicenseKeyId, LogLineId, ManifestId, OrganizationId, PullId, ResourceId, RevisionId, SecretId,
    SessionId, SigningKeyId, StatusId, TagId, UserId,
};
use grantry_model::name::{Email, Name, Slug};
use grantry_model::page::{Cursor, PageRequest};
use uuid::{Builder, Uuid};

use crate::db::{Row, Value};
use crate::error::Error;

macro_rules! id_values {
    ($($id:ident),*) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Self {
                Self::Uuid(id.0)
            }
        }
    )*};
}

id_values!(
    AccessTokenId,
    ApplicationEntitlementId,
    ApplicationId,
    ApplicationVersionId,
    ArtifactEntitlementId,
    ArtifactId,
    AuditEventId,
    BlobId,
    CustomerId,
    DeploymentId,
    DeploymentRevisionId,
    DeploymentTargetId,
    FileId,
    LicenseKeyId,
    LogLineId,
    ManifestId,
    OrganizationId,
    PullId,
    ResourceId,
    RevisionId,
    SecretId,
    SessionId,
    SigningKeyId,
    StatusId,
    TagId,
    UserId
);

/// A value that the hub wrote and that is not valid any more: somebody else changed the database.
pub(crate) fn corrupt(table: &'static str, column: &'static str, id: Uuid) -> Error {
    Error::Corrupt { table, column, id: id.to_string() }
}

/// Reads a typed id.
pub(crate) fn id<T: From<Uuid>>(row: &Row, index: usize) -> Result<T, Error> {
    row.get::<Uuid>(index).map(T::from)
}

/// Reads a typed id that may be null.
pub(crate) fn optional_id<T: From<Uuid>>(row: &Row, index: usize) -> Result<Option<T>, Error> {
    Ok(row.get::<Option<Uuid>>(index)?.map(T::from))
}

/// Reads a name.
pub(crate) fn name(row: &Row, index: usize, table: &'static str, id: impl Into<Uuid>) -> Result<Name, Error> {
    Name::parse("name", &row.get::<String>(index)?).map_err(|_| corrupt(table, "name", id.into()))
}

/// Reads a slug.
pub(crate) fn slug(row: &Row, index: usize, id: impl Into<Uuid>) -> Result<Slug, Error> {
    Slug::parse("slug", &row.get::<String>(index)?).map_err(|_| corrupt("organization", "slug", id.into()))
}

/// Reads an address.
pub(crate) fn email(row: &Row, index: usize, id: impl Into<Uuid>) -> Result<Email, Error> {
    Email::parse("email", &row.get::<String>(index)?).map_err(|_| corrupt("user_account", "email", id.into()))
}

/// Reads a value that is kept by its name.
pub(crate) fn named<T: std::str::FromStr>(
    row: &Row,
    index: usize,
    (table, column): (&'static str, &'static str),
    id: impl Into<Uuid>,
) -> Result<T, Error> {
    row.get::<String>(index)?.parse().map_err(|_| corrupt(table, column, id.into()))
}

/// Reads a count.
pub(crate) fn count(row: &Row, index: usize) -> Result<u64, Error> {
    Ok(u64::try_from(row.get::<i64>(index)?).unwrap_or(0))
}

/// The least id that something of this moment can have: ids begin with their time in milliseconds (RFC 9562 5.7).
pub(crate) fn least_id(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0).min((1 << 48) - 1);
    let mut bytes = [0; 16];
    for (byte, of_time) in bytes.iter_mut().zip(&millis.to_be_bytes()[2..]) {
        *byte = *of_time;
    }
    Builder::from_bytes(bytes).into_uuid()
}

/// A page's parameters as SQL takes them.
pub(crate) struct PageParams {
    /// For `like … escape '\'`.
    pub(crate) pattern: String,
    /// The key to start after.
    pub(crate) after: Cursor,
    /// One more than asked for, see [`Page::from_surplus`](grantry_model::page::Page::from_surplus).
    pub(crate) limit: i64,
}

impl PageParams {
    pub(crate) fn new(page: &PageRequest) -> Self {
        Self {
            pattern: contains(page.search.as_deref().unwrap_or("")),
            after: page.after.clone().unwrap_or(Cursor::START),
            limit: page.limit.and_then(|limit| i64::try_from(limit).ok()?.checked_add(1)).unwrap_or(i64::MAX),
        }
    }
}

/// A pattern for `like … escape '\'` that finds `text` anywhere, without regard to case in a folded column.
pub(crate) fn contains(text: &str) -> String {
    // No stored text holds a NUL, and PostgreSQL takes none.
    let escaped = grantry_model::name::fold(text.trim())
        .replace('\0', "")
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
