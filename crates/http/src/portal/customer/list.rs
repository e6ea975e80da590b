//! The customers of the organization.

use axum::extract::State;
use grantry_model::customer::{Customer, CustomerContents};
use grantry_model::policy::Action;
use grantry_ops::customer;
use grantry_ui::layout::Nav;
use grantry_ui::pages::customer::list::{List, Row};

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
    let customers = customer::list(&app.ops, &member.caller, &query.request()).await?;
    let page = List {
        rows: customers.items.iter().map(row).collect(),
        total: customer::count(&app.ops, &member.caller).await?,
        q: query.q,
        after: query.after,
        next: customers.next.map(|cursor| cursor.encode()),
        can_edit: member.may(&app, Action::EditCustomer),
        can_delete: member.may(&app, Action::DeleteCustomer),
    };
    Ok(member.page(Nav::Customers, &page))
}

fn row((customer, contents): &(Customer, CustomerContents)) -> Row {
    Row {
        customer: customer.id,
        name: customer.name.as_str().to_owned(),
        members: contents.members,
        keys: contents.license_keys,
        created_at: customer.created_at,
    }
}
