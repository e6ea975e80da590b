//! Members of an organization.

use grantry_model::id::{CustomerId, UserId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use grantry_model::role::Role;
use grantry_model::user::Member;

use crate::column::{PageParams, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;
use crate::user::{user, user_columns};

/// The unique index on organization and user, for mapping a conflict.
pub const MEMBER_UNIQUE: &str = "membership_unique";

fn member(row: &Row) -> Result<Member, Error> {
    let user = user(row, 0)?;
    let role: Role = named(row, 6, ("membership", "role"), user.id)?;
    Ok(Member { customer: optional_id(row, 5)?, role, joined_at: row.get(7)?, user })
}

impl Tx {
    /// Members that the permit reaches, by address.
    pub async fn list_members(&mut self, permit: &Permit, page: &PageRequest) -> Result<Page<Member>, Error> {
        let params = PageParams::new(page);
        let rows = self
            .db
            .query(
                concat!(
                    "select ",
                    user_columns!(),
                    ", m.customer_id, m.role, m.joined_at
                     from membership m join user_account u on u.id = m.user_id
                     where m.organization_id = $1 and (u.email_fold, u.id) > ($2, $3)
                       and (u.email_fold like $4 escape '\\' or fold(u.name) like $4 escape '\\')
                       and (m.customer_id = $5 or $5 is null)
                     order by u.email_fold, u.id limit $6"
                ),
                params![
                    permit.organization(),
                    params.after.key,
                    params.after.id,
                    params.pattern,
                    permit.customer(),
                    params.limit
                ],
            )
            .await?;
        let items = rows.iter().map(member).collect::<Result<_, _>>()?;
        let cursor = |member: &Member| Cursor { key: member.user.email.fold(), id: member.user.id.0 };
        Ok(Page::from_surplus(items, page.limit, cursor))
    }

    /// The members of one customer, by address.
    pub async fn list_members_of(&mut self, permit: &Permit, id: CustomerId) -> Result<Vec<Member>, Error> {
        let sql = concat!(
            "select ",
            user_columns!(),
            ", m.customer_id, m.role, m.joined_at
             from membership m join user_account u on u.id = m.user_id
             where m.organization_id = $1 and m.customer_id = $2 and (m.customer_id = $3 or $3 is null)
             order by u.email_fold, u.id"
        );
        let params = params![permit.organization(), id, permit.customer()];
        self.db.query(sql, params).await?.iter().map(member).collect()
    }

    /// A member that the permit reaches.
    pub async fn find_member(&mut self, permit: &Permit, id: UserId) -> Result<Option<Member>, Error> {
        let sql = concat!(
            "select ",
            user_columns!(),
            ", m.customer_id, m.role, m.joined_at
             from membership m join user_account u on u.id = m.user_id
             where m.user_id = $1 and m.organization_id = $2 and (m.customer_id = $3 or $3 is null)"
        );
        let params = params![id, permit.organization(), permit.customer()];
        self.db.query_opt(sql, params).await?.as_ref().map(member).transpose()
    }

    /// Keeps others from changing who the organization's members are until this transaction ends: what is counted then
    /// stays true.
    pub async fn lock_members(&mut self, permit: &Permit) -> Result<(), Error> {
        self.db.lock(permit.organization().0).await
    }

    /// How many administrators the vendor's staff has.
    pub async fn count_staff_admins(&mut self, permit: &Permit) -> Result<u64, Error> {
        let row = self
            .db
            .query_opt(
                "select count(*) from membership
                 where organization_id = $1 and customer_id is null and role = 'admin'",
                params![permit.organization()],
            )
            .await?;
        row.map_or(Ok(0), |row| crate::column::count(&row, 0))
    }

    /// Makes a user a member.
    ///
    /// # Errors
    /// A conflict with [`MEMBER_UNIQUE`].
    pub async fn insert_member(&mut self, permit: &Permit, member: &Member) -> Result<(), Error> {
        self.db
            .execute(
                "insert into membership (organization_id, user_id, customer_id, role, joined_at)
                 values ($1, $2, $3, $4, $5)",
                params![
                    permit.organization(),
                    member.user.id,
                    member.customer,
                    member.role.as_str(),
                    member.joined_at
                ],
            )
            .await?;
        Ok(())
    }

    /// Changes a member's role.
    pub async fn update_member_role(&mut self, permit: &Permit, id: UserId, role: Role) -> Result<(), Error> {
        self.db
            .execute(
                "update membership set role = $3 where organization_id = $1 and user_id = $2",
                params![permit.organization(), id, role.as_str()],
            )
            .await?;
        Ok(())
    }

    /// Ends a membership, with the member's access tokens and open links; their sessions leave the organization.
    pub async fn delete_member(&mut self, permit: &Permit, id: UserId) -> Result<(), Error> {
        let keys = params![permit.organization(), id];
        for sql in [
            "delete from access_token where organization_id = $1 and user_id = $2",
            "delete from one_time_link where organization_id = $1 and user_id = $2",
            "update session set organization_id = null where organization_id = $1 and user_id = $2",
            "delete from idempotent_answer where organization_id = $1 and user_id = $2",
            "delete from membership where organization_id = $1 and user_id = $2",
        ] {
            self.db.execute(sql, keys).await?;
        }
        Ok(())
    }
}
