//! The members in reach.

use std::collections::{BTreeSet, HashMap};

use axum::extract::State;
use grantry_model::id::CustomerId;
use grantry_model::policy::Action;
use grantry_model::user::Member as Person;
use grantry_ops::{customer, member as members};
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::user::list::{List, Row};

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
    let found = members::list(&app.ops, &member.caller, &query.request()).await?;
    let customers: BTreeSet<CustomerId> = found.items.iter().filter_map(|person| person.customer).collect();
    let customers = customer::find_all(&app.ops, &member.caller, &customers).await?;
    let names: HashMap<CustomerId, &str> =
        customers.iter().map(|customer| (customer.id, customer.name.as_str())).collect();
    let page = List {
        rows: found.items.iter().map(|person| row(&app, &member, person, &names)).collect(),
        q: query.q,
        after: query.after,
        next: found.next.map(|cursor| cursor.encode()),
        with_customers: member.shell.portal() == Portal::Vendor,
        can_edit: member.may(&app, Action::ManageCustomerMembers),
    };
    Ok(member.page(Nav::Users, &page))
}

fn row(app: &App, reader: &Member, person: &Person, customers: &HashMap<CustomerId, &str>) -> Row {
    let is_self = person.user.id == reader.caller.actor.user;
    Row {
        user: person.user.id,
        name: person.user.name.clone(),
        email: person.user.email.as_str().to_owned(),
        role: person.role,
        customer: person.customer.and_then(|id| customers.get(&id)).map(|name| (*name).to_owned()),
        joined_at: person.joined_at,
        invited: !person.user.active,
        is_self,
        can_edit: !is_self && reader.may(app, members::managing(person.customer)),
    }
}
