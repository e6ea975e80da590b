//! The pulls as a list.

use axum::extract::State;
use grantry_model::page::Cursor;
use grantry_model::pull::{Pull, PullOption};
use grantry_ops::Ops;
use grantry_ops::pulls;
use grantry_ui::layout::Nav;
use grantry_ui::pages::artifact::ArtifactChoice;
use grantry_ui::pages::artifact::pulls as ui;
use grantry_ui::pages::license_key::Owner;

use super::Params;
use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The list.
pub(crate) async fn list(State(ops): State<Ops>, member: Member, Query(params): Query<Params>) -> PageResult {
    let before = Cursor::decode(&params.after);
    let found = pulls::list(&ops, &member.caller, &params.filter(), (before.as_ref(), None)).await?;
    let options = pulls::filter_options(&ops, &member.caller).await?;
    let page = ui::Pulls {
        rows: found.items.into_iter().map(row).collect(),
        filter: ui::PullFilter {
            customer: params.customer,
            artifact: params.artifact,
            address: params.address,
            from: params.from,
            to: params.to,
        },
        customers: options.customers.into_iter().map(customer).collect(),
        artifacts: options.artifacts.into_iter().map(artifact).collect(),
        after: params.after,
        next: found.next.map(|cursor| cursor.encode()),
    };
    Ok(member.page(Nav::Artifacts, &page))
}

fn customer(option: PullOption) -> Owner {
    Owner { customer: option.id.into(), name: option.name }
}

fn artifact(option: PullOption) -> ArtifactChoice {
    ArtifactChoice { artifact: option.id.into(), name: option.name }
}

fn row(pull: Pull) -> ui::Pull {
    let name = pull.customer_name.unwrap_or_default();
    let customer = pull.customer.map(|customer| match pull.customer_exists {
        true => ui::Puller::Known(Owner { customer, name }),
        false => ui::Puller::Gone(name),
    });
    ui::Pull {
        at: pull.at,
        customer,
        user: if pull.user_name.is_empty() { pull.user_email } else { pull.user_name },
        artifact: pull.artifact_exists.then_some(pull.artifact),
        artifact_name: pull.artifact_name,
        reference: pull.reference,
        digest: pull.digest,
        address: pull.address,
        user_agent: pull.user_agent,
    }
}
