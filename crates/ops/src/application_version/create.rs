//! Adding a version to an application.

use grantry_model::application::draft::{VersionDraft, VersionInput};
use grantry_model::application::{Resource, Version, VersionFiles};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use grantry_store::application_version::NAME_UNIQUE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::name_taken;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::once::{Once, Outcome};

/// Adds a version to an application. Its files never change from then on.
///
/// # Errors
/// There is no such application; fields or files that are not valid, with the line where one breaks; a name that is taken.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    (application, input): (ApplicationId, VersionInput<'_>),
    once: &Once<'_, Version>,
) -> Result<Outcome<Version>> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_application(application).await?;
    let application =
        tx.find_application(&permit, application).await?.ok_or(Error::NotFound(Kind::Application))?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    let draft = VersionDraft::parse(application.kind, input)?;
    let now = ops.clock().now();
    let version = Version {
        id: ops.new_id()?,
        application: application.id,
        name: draft.name,
        link_template: draft.link_template,
        chart: draft.chart,
        created_at: now,
        archived_at: None,
    };
    let mut resources = Vec::with_capacity(draft.resources.len());
    for one in draft.resources {
        resources.push(Resource {
            id: ops.new_id()?,
            name: one.name,
            content: one.content,
            visible_to_customers: one.visible_to_customers,
        });
    }
    tx.insert_application_version(&permit, &version, &draft.files, &resources)
        .await
        .on_conflict(NAME_UNIQUE, name_taken)?;
    let subject =
        Subject::new("application_version", version.id, format!("{} {}", application.name, version.name));
    let event = Event::new(EventKind::ApplicationVersionCreated, subject)
        .with(json!({ "applicationId": application.id, "after": facts(&version, &draft.files) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    once.remember(&mut tx, &permit, &version, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created(version))
}

/// What an audit entry keeps of a new version; of its files, which never change, their hashes.
fn facts(version: &Version, files: &VersionFiles) -> Value {
    let hash = |file: &Option<Vec<u8>>| file.as_ref().map(|bytes| hex::encode(Sha256::digest(bytes)));
    let chart = version.chart.as_ref().map(|chart| {
        json!({ "type": chart.kind.as_str(), "name": chart.name, "url": chart.url, "version": chart.version })
    });
    json!({
        "name": version.name.as_str(),
        "linkTemplate": version.link_template,
        "chart": chart,
        "composeFileSha256": hash(&files.compose),
        "valuesFileSha256": hash(&files.values),
        "templateFileSha256": hash(&files.template),
    })
}
