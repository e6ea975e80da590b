//! Deployment targets with what is deployed there.

use axum::extract::State;
use grantry_model::policy::Action;
use grantry_ops::deployment::outlook;
use grantry_ops::deployment_target::{self, TargetDetails};
use grantry_ops::error::Error;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::deployment_target::list::{Card, List};
use grantry_ui::pages::license_key::Owner;

use crate::app::App;
use crate::extract::Query;
use crate::portal::deployment::line;
use crate::portal::entitlement::present_owner;
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
    let found = deployment_target::list(ops, caller, None, &query.request()).await?;
    let mut targets = Vec::with_capacity(found.items.len());
    for details in &found.items {
        targets.push(card(&app, &member, details).await?);
    }
    let page = List {
        portal: member.shell.portal(),
        targets,
        total: deployment_target::count(ops, caller).await?,
        q: query.q,
        after: query.after,
        next: found.next.map(|cursor| cursor.encode()),
        can_edit: member.may(&app, Action::EditDeployments),
    };
    Ok(member.page(Nav::Deployments, &page))
}

async fn card(app: &App, member: &Member, details: &TargetDetails) -> Result<Card, Error> {
    let target = &details.target;
    let outlooks = outlook::list(&app.ops, &member.caller, &details.deployments).await?;
    Ok(Card {
        target: target.id,
        name: target.name.as_str().to_owned(),
        kind: target.environment.kind(),
        customer: customer(member, details),
        seen_at: target.agent.seen_at,
        deployments: details
            .deployments
            .iter()
            .zip(&outlooks)
            .map(|(one, outlook)| line(one, outlook))
            .collect(),
    })
}

/// The customer whose target it is, for the vendor.
pub(super) fn customer(member: &Member, details: &TargetDetails) -> Option<Owner> {
    let customer = details.customer.as_ref().filter(|_| member.shell.portal() == Portal::Vendor);
    customer.map(present_owner)
}
