//! Applications.

use grantry_model::application::{Application, Use};
use grantry_model::id::{ApplicationId, FileId};
use grantry_model::name::Name;
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;

use crate::column::{PageParams, count, id, name, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on an organization's names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "application_name_unique";

fn application(row: &Row) -> Result<Application, Error> {
    let id: ApplicationId = id(row, 0)?;
    Ok(Application {
        id,
        name: name(row, 1, "application", id)?,
        kind: named(row, 2, ("application", "kind"), id)?,
        created_at: row.get(3)?,
        image: optional_id(row, 4)?,
    })
}

impl Tx {
    /// Adds an application.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_application(
        &mut self,
        permit: &Permit,
        application: &Application,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into application (id, organization_id, name, name_fold, kind, created_at, image_id)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                params![
                    application.id,
                    permit.organization(),
                    application.name.as_str(),
                    application.name.fold(),
                    application.kind.as_str(),
                    application.created_at,
                    application.image
                ],
            )
            .await?;
        Ok(())
    }

    /// An application of the permit's organization. Which of them a customer sees is decided elsewhere.
    pub async fn find_application(
        &mut self,
        permit: &Permit,
        id: ApplicationId,
    ) -> Result<Option<Application>, Error> {
        let sql = "select id, name, kind, created_at, image_id from application
                   where id = $1 and organization_id = $2";
        let row = self.db.query_opt(sql, params![id, permit.organization()]).await?;
        row.as_ref().map(application).transpose()
    }

    /// Applications of the permit's organization, by name.
    pub async fn list_applications(
        &mut self,
        permit: &Permit,
        page: &PageRequest,
    ) -> Result<Page<Application>, Error> {
        let part = PageParams::new(page);
        let rows = self
            .db
            .query(
                "select id, name, kind, created_at, image_id from application
                 where organization_id = $1 and (name_fold, id) > ($2, $3) and name_fold like $4 escape '\\'
                 order by name_fold, id limit $5",
                params![permit.organization(), part.after.key, part.after.id, part.pattern, part.limit],
            )
            .await?;
        let items = rows.iter().map(application).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(items, page.limit, |one: &Application| Cursor {
            key: one.name.fold(),
            id: one.id.0,
        }))
    }

    /// How many applications the organization has.
    pub async fn count_applications(&mut self, permit: &Permit) -> Result<u64, Error> {
        let sql = "select count(*) from application where organization_id = $1";
        let row = self.db.query_opt(sql, params![permit.organization()]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// Keeps other transactions waiting that add versions to the application, entitle to it or delete it.
    pub async fn lock_application(&mut self, id: ApplicationId) -> Result<(), Error> {
        self.db.lock(id.0).await
    }

    /// Changes the name of an application.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn rename_application(
        &mut self,
        permit: &Permit,
        id: ApplicationId,
        to: &Name,
    ) -> Result<(), Error> {
        let sql = "update application set name = $3, name_fold = $4 where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization(), to.as_str(), to.fold()]).await?;
        Ok(())
    }

    /// Changes the image of an application, under the lock of the organization's [files](Tx::lock_files).
    pub async fn update_application_image(
        &mut self,
        permit: &Permit,
        id: ApplicationId,
        to: Option<FileId>,
    ) -> Result<(), Error> {
        let sql = "update application set image_id = $3 where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization(), to]).await?;
        Ok(())
    }

    /// What keeps an application from being deleted: entitlements, active or not, and deployments.
    pub async fn list_application_uses(
        &mut self,
        permit: &Permit,
        id: ApplicationId,
    ) -> Result<Vec<Use>, Error> {
        let keys = params![permit.organization(), id];
        let sql = "select e.name, c.id, c.name from application_entitlement e join customer c on c.id = e.customer_id
                   where e.organization_id = $1 and e.application_id = $2 order by e.name_fold, e.id";
        let mut uses = Vec::new();
        for row in &self.db.query(sql, keys).await? {
            uses.push(Use::Entitlement {
                name: row.get(0)?,
                customer: self::id(row, 1)?,
                customer_name: row.get(2)?,
            });
        }
        let sql =
            "select t.name, c.id, c.name from deployment d join deployment_target t on t.id = d.target_id
                   left join customer c on c.id = t.customer_id
                   where d.organization_id = $1 and d.application_id = $2 order by t.name_fold, d.id";
        for row in &self.db.query(sql, keys).await? {
            uses.push(Use::Deployment {
                target: row.get(0)?,
                customer: optional_id(row, 1)?,
                customer_name: row.get(2)?,
            });
        }
        Ok(uses)
    }

    /// Deletes an application with its versions. No entitlement and no deployment may use it.
    ///
    /// # Errors
    /// [`Error::ForeignKey`] if one does.
    pub async fn delete_application(&mut self, permit: &Permit, id: ApplicationId) -> Result<(), Error> {
        let keys = params![permit.organization(), id];
        for sql in [
            "delete from application_resource where version_id in
               (select id from application_version where organization_id = $1 and application_id = $2)",
            "delete from application_version where organization_id = $1 and application_id = $2",
            "delete from application where organization_id = $1 and id = $2",
        ] {
            self.db.execute(sql, keys).await?;
        }
        Ok(())
    }
}
