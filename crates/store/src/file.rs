//! Files: small images, with their bytes.

use grantry_model::file::{File, FileUsage};
use grantry_model::id::FileId;
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use uuid::Uuid;

use crate::artifact::{newest_before, newest_cursor};
use crate::column::{PageParams, count, id, named};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// Whether something shows the file `f`.
macro_rules! is_used {
    () => {
        "(exists (select 1 from application a where a.image_id = f.id)
          or exists (select 1 from artifact a where a.image_id = f.id)
          or exists (select 1 from customer c where c.image_id = f.id))"
    };
}

fn file(row: &Row) -> Result<File, Error> {
    let id: FileId = id(row, 0)?;
    Ok(File {
        id,
        kind: named(row, 1, ("file", "content_type"), id)?,
        size: count(row, 2)?,
        created_at: row.get(3)?,
    })
}

impl Tx {
    /// Adds a file.
    pub async fn insert_file(&mut self, permit: &Permit, file: &File, content: &[u8]) -> Result<(), Error> {
        self.db
            .execute(
                "insert into file (id, organization_id, content_type, size, content, created_at)
                 values ($1, $2, $3, $4, $5, $6)",
                params![
                    file.id,
                    permit.organization(),
                    file.kind.media_type(),
                    i64::try_from(file.size).unwrap_or(i64::MAX),
                    content,
                    file.created_at
                ],
            )
            .await?;
        Ok(())
    }

    /// A file of the permit's organization.
    pub async fn find_file(&mut self, permit: &Permit, id: FileId) -> Result<Option<File>, Error> {
        let sql =
            "select id, content_type, size, created_at from file where id = $1 and organization_id = $2";
        self.db.query_opt(sql, params![id, permit.organization()]).await?.as_ref().map(file).transpose()
    }

    /// A file of the permit's organization with its bytes.
    pub async fn find_file_content(
        &mut self,
        permit: &Permit,
        id: FileId,
    ) -> Result<Option<(File, Vec<u8>)>, Error> {
        let sql = "select id, content_type, size, created_at, content from file
                   where id = $1 and organization_id = $2";
        let row = self.db.query_opt(sql, params![id, permit.organization()]).await?;
        row.map(|row| Ok((file(&row)?, row.get(4)?))).transpose()
    }

    /// Files of the permit's organization, the newest first, each with whether something shows it.
    pub async fn list_files(
        &mut self,
        permit: &Permit,
        page: &PageRequest,
    ) -> Result<Page<(File, bool)>, Error> {
        let (at, id): (_, Uuid) = newest_before(page.after.as_ref());
        let rows = self
            .db
            .query(
                concat!(
                    "select f.id, f.content_type, f.size, f.created_at, case when ",
                    is_used!(),
                    " then 1 else 0 end from file f
                     where f.organization_id = $1 and (f.created_at, f.id) < ($2, $3)
                     order by f.created_at desc, f.id desc limit $4"
                ),
                params![permit.organization(), at, id, PageParams::new(page).limit],
            )
            .await?;
        let items =
            rows.iter().map(|row| Ok((file(row)?, count(row, 4)? > 0))).collect::<Result<_, Error>>()?;
        Ok(Page::from_surplus(items, page.limit, |(file, _): &(File, bool)| -> Cursor {
            newest_cursor(file.created_at, file.id)
        }))
    }

    /// How many files the organization has, and how many bytes they have together.
    pub async fn file_usage(&mut self, permit: &Permit) -> Result<FileUsage, Error> {
        let sql =
            "select count(*), cast(coalesce(sum(size), 0) as bigint) from file where organization_id = $1";
        let Some(row) = self.db.query_opt(sql, params![permit.organization()]).await? else {
            return Ok(FileUsage::default());
        };
        Ok(FileUsage { files: count(&row, 0)?, bytes: count(&row, 1)? })
    }

    /// Keeps other transactions waiting that upload, show or delete a file of the organization. Taken before any row is changed.
    pub async fn lock_files(&mut self, permit: &Permit) -> Result<(), Error> {
        // The organization's id alone locks its members and artifacts, with 1 its deployments.
        const FILES: u128 = 2;
        self.db.lock(Uuid::from_u128(permit.organization().0.as_u128() ^ FILES)).await
    }

    /// Deletes a file. What showed it shows none from then on.
    pub async fn delete_file(&mut self, permit: &Permit, id: FileId) -> Result<(), Error> {
        let keys = params![permit.organization(), id];
        for sql in [
            "update application set image_id = null where organization_id = $1 and image_id = $2",
            "update artifact set image_id = null where organization_id = $1 and image_id = $2",
            "update customer set image_id = null where organization_id = $1 and image_id = $2",
            "delete from file where organization_id = $1 and id = $2",
        ] {
            self.db.execute(sql, keys).await?;
        }
        Ok(())
    }

    /// Deletes a file that nothing shows, and says whether it did.
    pub async fn delete_unused_file(&mut self, permit: &Permit, id: FileId) -> Result<bool, Error> {
        let sql = concat!(
            "delete from file where organization_id = $1 and id = $2
               and id in (select f.id from file f where f.id = $2 and not ",
            is_used!(),
            ")"
        );
        Ok(self.db.execute(sql, params![permit.organization(), id]).await? > 0)
    }
}
