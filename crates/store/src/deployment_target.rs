//! Deployment targets and the notes on them.

use grantry_model::application::TargetKind;
use grantry_model::deployment_target::{
    DeploymentTarget, Environment, KnownAgent, Resources, TargetNote, TargetOptions,
};
use grantry_model::id::{CustomerId, DeploymentTargetId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use uuid::Uuid;

use crate::column::{PageParams, corrupt, count, id, name, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::session::SecretHash;
use crate::store::Tx;

/// The unique index on a customer's names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "deployment_target_name_unique";
/// The unique index on the names of the vendor's own targets.
pub const OWN_NAME_UNIQUE: &str = "deployment_target_own_name_unique";

macro_rules! columns {
    () => {
        "t.id, t.customer_id, t.name, t.kind, t.namespace, t.namespace_scope, t.docker_endpoint, t.resources,
         t.metrics_enabled, t.logs_enabled, t.logs_after, t.image_cleanup_enabled, t.autoheal_enabled,
         t.automatic_updates_enabled, t.created_at, t.credential, t.agent_version, t.seen_at"
    };
}

/// The targets that a permit reaches, from `deployment_target t`: the organization is `$1`, the permit's customer `$2`.
macro_rules! reached {
    () => {
        "t.organization_id = $1 and (t.customer_id = $2 or $2 is null)"
    };
}

/// The ids of a page of targets: of the customer `$3` (if it is not null), after the place `$4` and the id `$5`, with a name, or
/// for the vendor a customer's name, like `$6`, and at most `$7`. They are ordered by the customer's name and their own, with a character between that no name has.
macro_rules! paged {
    () => {
        concat!(
            "select t.id, coalesce(c.name_fold, '') || $8 || t.name_fold as place from deployment_target t
             left join customer c on c.id = t.customer_id where ",
            reached!(),
            " and (t.customer_id = $3 or $3 is null)
              and (coalesce(c.name_fold, '') || $8 || t.name_fold, t.id) > ($4, $5)
              and (t.name_fold like $6 escape '\\' or ($2 is null and c.name_fold like $6 escape '\\'))
              order by place, t.id limit $7"
        )
    };
}

/// Stands between two names; no name holds a control character, so it orders before all that one can go on with.
const BETWEEN: &str = "\u{1}";

/// A target in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTarget {
    /// The target.
    pub target: DeploymentTarget,
    /// What the list is ordered by.
    place: String,
}

fn environment(row: &Row, id: DeploymentTargetId) -> Result<Environment, Error> {
    let bad = |column| corrupt("deployment_target", column, id.0);
    let text = |index: usize| row.get::<Option<String>>(index);
    Ok(match named(row, 3, ("deployment_target", "kind"), id)? {
        TargetKind::Docker => Environment::Docker {
            endpoint: text(6)?.map(|url| url.parse()).transpose().map_err(|_| bad("docker_endpoint"))?,
            image_cleanup: row.get(11)?,
            autoheal: row.get(12)?,
        },
        TargetKind::Kubernetes => Environment::Kubernetes {
            namespace: text(4)?.unwrap_or_default().parse().map_err(|_| bad("namespace"))?,
            scope: text(5)?.unwrap_or_default().parse().map_err(|_| bad("namespace_scope"))?,
            resources: text(7)?
                .map(|json| serde_json::from_str(&json))
                .transpose()
                .map_err(|_| bad("resources"))?,
        },
    })
}

pub(crate) fn target(row: &Row) -> Result<DeploymentTarget, Error> {
    let id: DeploymentTargetId = id(row, 0)?;
    Ok(DeploymentTarget {
        id,
        customer: optional_id(row, 1)?,
        name: name(row, 2, "deployment_target", id)?,
        environment: environment(row, id)?,
        options: TargetOptions {
            metrics: row.get(8)?,
            logs: row.get(9)?,
            logs_after: row.get(10)?,
            automatic_updates: row.get(13)?,
        },
        created_at: row.get(14)?,
        agent: KnownAgent { credential: count(row, 15)?, version: row.get(16)?, seen_at: row.get(17)? },
    })
}

/// The columns of an environment: namespace, scope, endpoint, resources, image clean-up, autoheal.
#[derive(Default)]
struct Columns<'a> {
    namespace: Option<&'a str>,
    scope: Option<&'a str>,
    endpoint: Option<&'a str>,
    resources: Option<String>,
    image_cleanup: bool,
    autoheal: bool,
}

impl<'a> Columns<'a> {
    fn of(environment: &'a Environment) -> Self {
        match environment {
            Environment::Docker { endpoint, image_cleanup, autoheal } => Self {
                endpoint: endpoint.as_ref().map(|endpoint| endpoint.as_str()),
                image_cleanup: *image_cleanup,
                autoheal: *autoheal,
                ..Self::default()
            },
            Environment::Kubernetes { namespace, scope, resources } => Self {
                namespace: Some(namespace.as_str()),
                scope: Some(scope.as_str()),
                resources: resources.as_ref().map(json),
                ..Self::default()
            },
        }
    }
}

/// Four texts can always be written.
fn json(resources: &Resources) -> String {
    serde_json::to_string(resources).unwrap_or_default()
}

/// The side of the trade that a permit is of, whose note it reads and writes.
fn side(permit: &Permit) -> &'static str {
    if permit.customer().is_some() { "customer" } else { "vendor" }
}

impl Tx {
    /// Adds a deployment target, which no agent can connect to yet.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`] or [`OWN_NAME_UNIQUE`].
    pub async fn insert_deployment_target(
        &mut self,
        permit: &Permit,
        target: &DeploymentTarget,
    ) -> Result<(), Error> {
        let columns = Columns::of(&target.environment);
        self.db
            .execute(
                "insert into deployment_target (id, organization_id, customer_id, name, name_fold, kind, namespace,
                   namespace_scope, docker_endpoint, resources, metrics_enabled, logs_enabled, logs_after,
                   image_cleanup_enabled, autoheal_enabled, automatic_updates_enabled, created_at, credential)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)",
                params![
                    target.id,
                    permit.organization(),
                    target.customer,
                    target.name.as_str(),
                    target.name.fold(),
                    target.environment.kind().as_str(),
                    columns.namespace,
                    columns.scope,
                    columns.endpoint,
                    columns.resources,
                    target.options.metrics,
                    target.options.logs,
                    target.options.logs_after,
                    columns.image_cleanup,
                    columns.autoheal,
                    target.options.automatic_updates,
                    target.created_at
                ],
            )
            .await?;
        Ok(())
    }

    /// Changes a target's name, options and what of its environment can change.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`] or [`OWN_NAME_UNIQUE`].
    pub async fn update_deployment_target(
        &mut self,
        permit: &Permit,
        target: &DeploymentTarget,
    ) -> Result<(), Error> {
        let columns = Columns::of(&target.environment);
        self.db
            .execute(
                "update deployment_target set name = $4, name_fold = $5, docker_endpoint = $6, resources = $7,
                   metrics_enabled = $8, logs_enabled = $9, logs_after = $10, image_cleanup_enabled = $11,
                   automatic_updates_enabled = $12
                 where id = $3 and organization_id = $1 and (customer_id = $2 or $2 is null)",
                params![
                    permit.organization(),
                    permit.customer(),
                    target.id,
                    target.name.as_str(),
                    target.name.fold(),
                    columns.endpoint,
                    columns.resources,
                    target.options.metrics,
                    target.options.logs,
                    target.options.logs_after,
                    columns.image_cleanup,
                    target.options.automatic_updates
                ],
            )
            .await?;
        Ok(())
    }

    /// Replaces the secret by which the target's agent connects. What the one before it opened is closed.
    pub async fn update_target_secret(
        &mut self,
        permit: &Permit,
        id: DeploymentTargetId,
        hash: &SecretHash,
    ) -> Result<(), Error> {
        let sql = "update deployment_target set secret_hash = $4, credential = credential + 1
                   where id = $3 and organization_id = $1 and (customer_id = $2 or $2 is null)";
        self.db.execute(sql, params![permit.organization(), permit.customer(), id, hash]).await?;
        Ok(())
    }

    /// Deletes a target with its deployments and all that agents said.
    pub async fn delete_deployment_target(
        &mut self,
        permit: &Permit,
        id: DeploymentTargetId,
    ) -> Result<(), Error> {
        if self.find_deployment_target(permit, id).await?.is_none() {
            return Ok(());
        }
        for sql in [
            "delete from log_line where target_id = $1",
            "delete from target_metric where target_id = $1",
            "delete from deployment_status where deployment_id in
               (select id from deployment where target_id = $1)",
            "delete from deployment_revision where deployment_id in
               (select id from deployment where target_id = $1)",
            "delete from deployment where target_id = $1",
            "delete from deployment_target_note where target_id = $1",
            "delete from deployment_target where id = $1",
        ] {
            self.db.execute(sql, params![id]).await?;
        }
        Ok(())
    }

    /// A target that the permit reaches.
    pub async fn find_deployment_target(
        &mut self,
        permit: &Permit,
        id: DeploymentTargetId,
    ) -> Result<Option<DeploymentTarget>, Error> {
        let sql =
            concat!("select ", columns!(), " from deployment_target t where ", reached!(), " and t.id = $3");
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer(), id]).await?;
        row.as_ref().map(target).transpose()
    }

    /// Targets that the permit reaches, by the name of their customer and their own, the vendor's own first; of one customer, if
    /// it is given.
    pub async fn list_deployment_targets(
        &mut self,
        permit: &Permit,
        of: Option<CustomerId>,
        page: &PageRequest,
    ) -> Result<Page<DeploymentTarget>, Error> {
        let params = PageParams::new(page);
        let sql = concat!(
            "select ",
            columns!(),
            ", p.place from (",
            paged!(),
            ") p join deployment_target t on t.id = p.id order by p.place, t.id"
        );
        let rows = self
            .db
            .query(
                sql,
                params![
                    permit.organization(),
                    permit.customer(),
                    of,
                    params.after.key,
                    params.after.id,
                    params.pattern,
                    params.limit,
                    BETWEEN
                ],
            )
            .await?;
        let items = rows
            .iter()
            .map(|row| Ok(ListedTarget { target: target(row)?, place: row.get(18)? }))
            .collect::<Result<_, Error>>()?;
        let cursor = |one: &ListedTarget| Cursor { key: one.place.clone(), id: one.target.id.0 };
        Ok(Page::from_surplus(items, page.limit, cursor).map(|one: ListedTarget| one.target))
    }

    /// How many targets the permit reaches.
    pub async fn count_deployment_targets(&mut self, permit: &Permit) -> Result<u64, Error> {
        let sql = concat!("select count(*) from deployment_target t where ", reached!());
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer()]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// The names of a customer's targets.
    pub async fn list_target_names(&mut self, permit: &Permit, of: CustomerId) -> Result<Vec<String>, Error> {
        let sql = concat!(
            "select t.name from deployment_target t where ",
            reached!(),
            " and t.customer_id = $3 order by t.name_fold, t.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), permit.customer(), of]).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// The note of the permit's side on a target.
    pub async fn find_target_note(
        &mut self,
        permit: &Permit,
        id: DeploymentTargetId,
    ) -> Result<Option<TargetNote>, Error> {
        let sql = concat!(
            "select n.text, n.updated_at, n.updated_by from deployment_target_note n
             join deployment_target t on t.id = n.target_id where ",
            reached!(),
            " and t.id = $3 and n.side = $4"
        );
        let params = params![permit.organization(), permit.customer(), id, side(permit)];
        let row = self.db.query_opt(sql, params).await?;
        row.map(|row| {
            Ok(TargetNote { text: row.get(0)?, updated_at: row.get(1)?, updated_by: optional_id(&row, 2)? })
        })
        .transpose()
    }

    /// Replaces the note of the permit's side on a target that the permit reaches.
    pub async fn upsert_target_note(
        &mut self,
        permit: &Permit,
        id: DeploymentTargetId,
        note: &TargetNote,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into deployment_target_note (target_id, side, text, updated_at, updated_by)
                 values ($1, $2, $3, $4, $5)
                 on conflict (target_id, side) do update set text = excluded.text, updated_at = excluded.updated_at,
                   updated_by = excluded.updated_by",
                params![id, side(permit), note.text.as_str(), note.updated_at, note.updated_by],
            )
            .await?;
        Ok(())
    }

    /// Keeps everybody else who deploys in the organization, or changes what deployments read, waiting until this transaction ends.
    pub async fn lock_deployments(&mut self, permit: &Permit) -> Result<(), Error> {
        // The organization's id alone locks its members and artifacts.
        const DEPLOYMENTS: u128 = 1;
        self.db.lock(Uuid::from_u128(permit.organization().0.as_u128() ^ DEPLOYMENTS)).await
    }
}
