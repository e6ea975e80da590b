//! The secrets of the organization, or of a customer.

use std::collections::BTreeSet;

use axum::extract::State;
use grantry_model::id::UserId;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_model::secret::Secret;
use grantry_ops::error::Error;
use grantry_ops::{member, secret};
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::license_key::Owner;
use grantry_ui::pages::secret::list::{List, Row};

use super::{owner_in, owners_of};
use crate::app::App;
use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::form::ListQuery;
use crate::portal::frame::Member;

/// The list.
pub(crate) async fn list(
    State(app): State<App>,
    member: Member,
    Query(query): Query<ListQuery>,
) -> PageResult {
    let (ops, caller) = (&app.ops, &member.caller);
    let found = secret::list(ops, caller, None, &query.request()).await?;
    let ids = found.items.iter().filter_map(|secret| secret.customer).collect();
    let owners = owners_of(ops, &member, &ids).await?;
    let known = known(&app, &member).await?;
    let page = List {
        portal: member.shell.portal(),
        rows: found.items.iter().map(|secret| row(secret, &owners, known.as_ref())).collect(),
        total: secret::count(ops, caller).await?,
        q: query.q,
        after: query.after,
        next: found.next.map(|cursor| cursor.encode()),
        can_edit: member.may(&app, Action::EditSecrets),
    };
    Ok(member.page(Nav::Secrets, &page))
}

/// Whose names the reader may know; `None` for everybody's. A customer's member knows the customer's.
async fn known(app: &App, reader: &Member) -> Result<Option<BTreeSet<UserId>>, Error> {
    if reader.shell.portal() == Portal::Vendor {
        return Ok(None);
    }
    let mut known = BTreeSet::from([reader.caller.actor.user]);
    if reader.may(app, Action::ViewMembers) {
        let members = member::list(&app.ops, &reader.caller, &PageRequest::default()).await?.items;
        known.extend(members.iter().map(|one| one.user.id));
    }
    Ok(Some(known))
}

fn row(secret: &Secret, owners: &[Owner], known: Option<&BTreeSet<UserId>>) -> Row {
    let may_know = |user: &UserId| known.is_none_or(|known| known.contains(user));
    Row {
        secret: secret.id,
        key: secret.key.as_str().to_owned(),
        customer: owner_in(owners, secret.customer),
        updated_at: secret.updated_at,
        updated_by: secret.updated_by.filter(may_know).map(|_| secret.updated_by_name.clone()),
    }
}
