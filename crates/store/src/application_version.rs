//! Versions of applications, their files and their documents.

use chrono::{DateTime, Utc};
use grantry_model::application::{Chart, Resource, Version, VersionFiles};
use grantry_model::id::{ApplicationId, ApplicationVersionId, ResourceId};
use grantry_model::name::Name;
use grantry_model::policy::Permit;

use crate::column::{corrupt, id, name, named};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on an application's names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "application_version_name_unique";

macro_rules! version_columns {
    () => {
        "select v.id, v.application_id, v.name, v.link_template, v.chart_kind, v.chart_name, v.chart_url,
           v.chart_version, v.created_at, v.archived_at from application_version v "
    };
}

/// Reads a version whose first column is `at`.
pub(crate) fn version(row: &Row, at: usize) -> Result<Version, Error> {
    let id: ApplicationVersionId = id(row, at)?;
    Ok(Version {
        id,
        application: self::id(row, at + 1)?,
        name: name(row, at + 2, "application_version", id)?,
        link_template: row.get(at + 3)?,
        chart: chart(row, at + 4, id)?,
        created_at: row.get(at + 8)?,
        archived_at: row.get(at + 9)?,
    })
}

/// Reads the chart of a version, of which the first column is `at`.
pub(crate) fn chart(row: &Row, at: usize, id: ApplicationVersionId) -> Result<Option<Chart>, Error> {
    if row.get::<Option<String>>(at)?.is_none() {
        return Ok(None);
    }
    let required = |index, column| {
        row.get::<Option<String>>(index)?.ok_or_else(|| corrupt("application_version", column, id.0))
    };
    Ok(Some(Chart {
        kind: named(row, at, ("application_version", "chart_kind"), id)?,
        name: row.get(at + 1)?,
        url: required(at + 2, "chart_url")?,
        version: required(at + 3, "chart_version")?,
    }))
}

impl Tx {
    /// Adds a version with its files and documents.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_application_version(
        &mut self,
        permit: &Permit,
        version: &Version,
        files: &VersionFiles,
        resources: &[Resource],
    ) -> Result<(), Error> {
        let chart = version.chart.as_ref();
        self.db
            .execute(
                "insert into application_version (id, organization_id, application_id, name, name_fold, link_template,
                   chart_kind, chart_name, chart_url, chart_version, compose_file, values_file, template_file,
                   created_at, archived_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                params![
                    version.id,
                    permit.organization(),
                    version.application,
                    version.name.as_str(),
                    version.name.fold(),
                    version.link_template.as_str(),
                    chart.map(|chart| chart.kind.as_str()),
                    chart.and_then(|chart| chart.name.as_deref()),
                    chart.map(|chart| chart.url.as_str()),
                    chart.map(|chart| chart.version.as_str()),
                    files.compose.as_ref(),
                    files.values.as_ref(),
                    files.template.as_ref(),
                    version.created_at,
                    version.archived_at
                ],
            )
            .await?;
        for (position, resource) in (0_i64..).zip(resources) {
            self.db
                .execute(
                    "insert into application_resource (id, version_id, name, content, visible_to_customers, position)
                     values ($1, $2, $3, $4, $5, $6)",
                    params![
                        resource.id,
                        version.id,
                        resource.name.as_str(),
                        resource.content.as_str(),
                        resource.visible_to_customers,
                        position
                    ],
                )
                .await?;
        }
        Ok(())
    }

    /// A version of an application of the permit's organization. Which of them a customer sees is decided elsewhere.
    pub async fn find_application_version(
        &mut self,
        permit: &Permit,
        id: ApplicationVersionId,
    ) -> Result<Option<Version>, Error> {
        let sql = concat!(version_columns!(), "where v.id = $1 and v.organization_id = $2");
        let row = self.db.query_opt(sql, params![id, permit.organization()]).await?;
        row.map(|row| version(&row, 0)).transpose()
    }

    /// All versions of an application, the first one first.
    pub async fn list_application_versions(
        &mut self,
        permit: &Permit,
        application: ApplicationId,
    ) -> Result<Vec<Version>, Error> {
        let sql = concat!(
            version_columns!(),
            "where v.organization_id = $1 and v.application_id = $2 order by v.created_at, v.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), application]).await?;
        rows.iter().map(|row| version(row, 0)).collect()
    }

    /// The files of a version of the permit's organization, byte for byte.
    pub async fn version_files(
        &mut self,
        permit: &Permit,
        id: ApplicationVersionId,
    ) -> Result<Option<VersionFiles>, Error> {
        let sql = "select id, compose_file, values_file, template_file from application_version
                   where id = $1 and organization_id = $2";
        let row = self.db.query_opt(sql, params![id, permit.organization()]).await?;
        row.map(|row| Ok(VersionFiles { compose: row.get(1)?, values: row.get(2)?, template: row.get(3)? }))
            .transpose()
    }

    /// The documents of a version of the permit's organization, in the order in which they were given.
    pub async fn list_resources(
        &mut self,
        permit: &Permit,
        version: ApplicationVersionId,
    ) -> Result<Vec<Resource>, Error> {
        let sql = "select r.id, r.name, r.content, r.visible_to_customers from application_resource r
                   join application_version v on v.id = r.version_id
                   where v.id = $1 and v.organization_id = $2 order by r.position";
        let rows = self.db.query(sql, params![version, permit.organization()]).await?;
        rows.iter().map(resource).collect()
    }

    /// Changes the name of a version, and since when it is archived.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn update_application_version(
        &mut self,
        permit: &Permit,
        id: ApplicationVersionId,
        (name, archived_at): (&Name, Option<DateTime<Utc>>),
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update application_version set name = $3, name_fold = $4, archived_at = $5
                 where id = $1 and organization_id = $2",
                params![id, permit.organization(), name.as_str(), name.fold(), archived_at],
            )
            .await?;
        Ok(())
    }
}

fn resource(row: &Row) -> Result<Resource, Error> {
    let id: ResourceId = id(row, 0)?;
    Ok(Resource {
        id,
        name: name(row, 1, "application_resource", id)?,
        content: row.get(2)?,
        visible_to_customers: row.get(3)?,
    })
}
