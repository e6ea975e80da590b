//! Everything that a hub keeps, for showing that a refused form has changed nothing.

use grantry_store::db::{Database, params};
use uuid::Uuid;

/// What each table holds, as an id and a text. Left out are times of last use, and what the hub notes of a refusal.
const TABLES: [&str; 28] = [
    "select id, name || ' ' || slug || ' ' || plan || case when artifacts_restricted then ' restricted' else '' end
       || case when tags_mutable then ' mutable' else '' end
       || case when applications_restricted then ' applications' else '' end from organization order by id",
    "select id, name || ' ' || kind from application order by id",
    "select id, name || ' ' || case when archived_at is null then '' else 'archived' end from application_version order by id",
    "select id, name || ' ' || content from application_resource order by id",
    "select id, name || ' ' || scope || ' ' || coalesce(expression, '') || ' ' || coalesce(cast(expires_at as text), '')
       || coalesce(registry_host, '') || ' ' || coalesce(registry_username, '') from application_entitlement order by id",
    "select version_id, 'granted' from application_grant_version order by entitlement_id, version_id",
    "select id, name || ' ' || cast(credential as text) || case when metrics_enabled then ' metrics' else '' end
       from deployment_target order by id",
    "select target_id, side || ' ' || text from deployment_target_note order by target_id, side",
    "select id, cast(current_seq as text) || case when keep_volumes then ' keeps' else '' end from deployment order by id",
    "select id, reason || ' ' || coalesce(env_file, '') || coalesce(values_yaml, '') from deployment_revision order by id",
    "select id, key || ' ' || cast(updated_at as text) from secret order by id",
    "select id, name || ' ' || coalesce(upstream_url, '') || ' ' || coalesce(upstream_username, '') from artifact order by id",
    "select id, digest from manifest order by id",
    "select manifest_id, name from tag order by id",
    "select id, name || ' ' || coalesce(cast(expires_at as text), '') from artifact_entitlement order by id",
    "select entitlement_id, scope || ' ' || coalesce(expression, '') from artifact_grant order by entitlement_id, position",
    "select entitlement_id, tag from artifact_grant_tag order by entitlement_id, artifact_id, tag",
    "select id, name || ' ' || features from customer order by id",
    "select id, name || ' ' || email || ' ' || coalesce(password_hash, '') from user_account order by id",
    "select user_id, role from membership order by user_id, organization_id",
    "select id, user_agent from session order by id",
    "select organization_id, 'session' from session where organization_id is not null order by id",
    "select id, label || ' ' || coalesce(role, '') from access_token order by id",
    "select id, 'link' from one_time_link order by id",
    "select id, name || ' ' || description || ' ' || cast(current_seq as text) from license_key order by id",
    "select id, payload || ' ' || token from license_key_revision order by id",
    "select id, content_type from file order by id",
    "select id, kind from audit_event where kind <> 'access.denied' order by id",
];

/// Everything that is kept.
pub(super) async fn state(database: &Database) -> Vec<(Uuid, String)> {
    let mut tx = database.read().await.unwrap();
    let mut rows = Vec::new();
    for sql in TABLES {
        let found = tx.query(sql, params![]).await.unwrap();
        rows.extend(found.iter().map(|row| (row.get::<Uuid>(0).unwrap(), row.get::<String>(1).unwrap())));
    }
    rows
}
