//! Bringing the schema to this program's version.
//!
//! Both engines work alike: each step is one transaction that takes a lock, reads what was recorded, applies the first
//! migration that is missing and records it. So several processes may start at once, and one that is killed leaves a
//! whole number of steps.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};

use crate::db::postgres::{Mode, Postgres};
use crate::db::sqlite::connect;
use crate::db::{Migration, Options};
use crate::error::{self, Error};

macro_rules! step {
    ($file:literal, $name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $file, ".sqlite.sql")),
            postgres: include_str!(concat!("../migrations/", $file, ".postgres.sql")),
        }
    };
}

/// The hub's schema, step by step. Append only.
pub fn migrations() -> Vec<Migration> {
    vec![
        step!("0001_organizations", "organizations"),
        step!("0002_people", "people"),
        step!("0003_license_keys", "license keys"),
        step!("0004_audit", "audit"),
        step!("0005_fold", "fold"),
        step!("0006_registry", "registry"),
        step!("0007_artifact_entitlements", "artifact entitlements"),
        step!("0008_pulls", "pulls"),
        step!("0009_applications", "applications"),
        step!("0010_through_cache", "through cache"),
        step!("0011_deployments", "deployments"),
        step!("0012_desired_numbers", "desired numbers"),
        step!("0013_files", "files"),
    ]
}

/// A first start of another process may take a while.
const PATIENCE: Duration = Duration::from_secs(60);
/// Key of PostgreSQL's advisory lock around a step.
const LOCK: &str = "select pg_advisory_xact_lock(7162034511882360781)";

/// What the database knows of a migration: its name, and the SHA-256 of its text in hex.
type Recorded = (String, String);

/// The index of the next migration to apply, `None` if there is none.
fn next(recorded: &[Recorded], migrations: &[(&str, &str)]) -> Result<Option<usize>, error::Migration> {
    if recorded.len() > migrations.len() {
        return Err(error::Migration::Newer { recorded: recorded.len(), known: migrations.len() });
    }
    for (index, (theirs, (name, sql))) in recorded.iter().zip(migrations).enumerate() {
        if theirs.0 != *name || theirs.1 != checksum(sql) {
            return Err(error::Migration::Changed { version: index + 1, name: (*name).to_owned() });
        }
    }
    Ok((recorded.len() < migrations.len()).then_some(recorded.len()))
}

fn checksum(sql: &str) -> String {
    hex::encode(Sha256::digest(sql))
}

/// Migrates a SQLite file, on a connection of its own because foreign keys are off while tables are rebuilt.
pub(crate) async fn sqlite(path: &Path, migrations: &[Migration]) -> Result<(), Error> {
    let path = PathBuf::from(path);
    let migrations: Vec<(&'static str, &'static str)> =
        migrations.iter().map(|m| (m.name, m.sqlite)).collect();
    tokio::task::spawn_blocking(move || {
        let options = Options { lock_timeout: PATIENCE, ..Options::default() };
        let mut connection = connect(&path, &options)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", false)?;
        while step_sqlite(&mut connection, &migrations)? {}
        Ok(())
    })
    .await
    .map_err(|error| Error::Database(Box::new(error)))?
}

fn step_sqlite(connection: &mut Connection, migrations: &[(&str, &str)]) -> Result<bool, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "create table if not exists migration (version integer primary key, name text not null, sha256 text not null) strict",
    )?;
    let recorded: Vec<Recorded> = transaction
        .prepare("select name, sha256 from migration order by version")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let Some(index) = next(&recorded, migrations)? else {
        transaction.commit()?;
        return Ok(false);
    };
    let (name, sql) = migrations[index];
    transaction.execute_batch(sql)?;
    if transaction.prepare("pragma foreign_key_check")?.exists([])? {
        return Err(error::Migration::Dangling { name: name.to_owned() }.into());
    }
    if has_deferred_constraint(&transaction)? {
        return Err(error::Migration::Deferred { name: name.to_owned() }.into());
    }
    transaction.execute(
        "insert into migration (version, name, sha256) values (?1, ?2, ?3)",
        (index as i64 + 1, name, checksum(sql)),
    )?;
    transaction.commit()?;
    tracing::info!(version = index + 1, name, "migrated the database");
    Ok(true)
}

fn has_deferred_constraint(connection: &Connection) -> rusqlite::Result<bool> {
    let mut schema = connection.prepare("select sql from sqlite_schema where type = 'table'")?;
    let mut texts = schema.query_map([], |row| row.get::<_, String>(0))?;
    texts.try_fold(false, |found, text| {
        let words = text?.to_ascii_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        Ok(found || words.join(" ").contains("initially deferred"))
    })
}

/// Migrates a PostgreSQL database.
pub(crate) async fn postgres(database: &Postgres, migrations: &[Migration]) -> Result<(), Error> {
    let migrations: Vec<(&'static str, &'static str)> =
        migrations.iter().map(|m| (m.name, m.postgres)).collect();
    while step_postgres(database, &migrations).await? {}
    Ok(())
}

async fn step_postgres(database: &Postgres, migrations: &[(&str, &str)]) -> Result<bool, Error> {
    let transaction = database.begin(Mode::Write).await?;
    let patience =
        format!("set local lock_timeout = {}; set local statement_timeout = 0;", PATIENCE.as_millis());
    transaction.batch(&(patience + LOCK)).await?;
    transaction
        .batch("create table if not exists migration (version bigint primary key, name text not null, sha256 text not null)")
        .await?;
    let rows = transaction.query("select name, sha256 from migration order by version", &[]).await?;
    let recorded =
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<Recorded>, Error>>()?;
    let Some(index) = next(&recorded, migrations)? else {
        transaction.commit().await?;
        return Ok(false);
    };
    let (name, sql) = migrations[index];
    transaction.batch(sql).await?;
    transaction
        .execute(
            "insert into migration (version, name, sha256) values ($1, $2, $3)",
            crate::params![index as i64 + 1, name, checksum(sql)],
        )
        .await?;
    transaction.commit().await?;
    tracing::info!(version = index + 1, name, "migrated the database");
    Ok(true)
}
