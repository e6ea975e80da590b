//! Deleting a customer.

use axum::extract::State;
use grantry_model::id::CustomerId;
use grantry_ops::Ops;
use grantry_ops::customer::delete;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::customer::delete::Delete;
use grantry_ui::route::Customers;

use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<CustomerId>) -> PageResult {
    let losses = delete::preview(&ops, &member.caller, id).await?;
    let page = Delete {
        customer: id,
        name: losses.customer.name.as_str().to_owned(),
        keys: losses.license_keys,
        entitlements: losses.artifact_entitlements,
        targets: losses.deployment_targets,
        secrets: losses.secrets,
        members: losses.members,
    };
    Ok(member.page(Nav::Customers, &page))
}

/// Deletes it.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<CustomerId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    delete::delete(&ops, &member.caller, id).await?;
    Ok(go(&Customers, Notice::Deleted))
}
