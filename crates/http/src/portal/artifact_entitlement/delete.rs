//! Deleting an artifact entitlement.

use axum::extract::State;
use grantry_model::id::ArtifactEntitlementId;
use grantry_oci::reference::Tag;
use grantry_ops::Ops;
use grantry_ops::artifact_entitlement::{delete, show as find};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::artifact_entitlement::delete::{Delete, Loss};
use grantry_ui::route::CustomerLicenses;

use crate::extract::Path;
use crate::portal::entitlement::present_owner;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<ArtifactEntitlementId>,
) -> PageResult {
    let losses = delete::preview(&ops, &member.caller, id).await?;
    let page = Delete {
        entitlement: id,
        name: losses.entitled.entitlement.name.as_str().to_owned(),
        customer: present_owner(&losses.customer),
        losses: losses.losses.iter().map(loss).collect(),
        is_expired: losses.is_expired,
        restricted: losses.is_restricted,
    };
    Ok(member.page(Nav::Licenses, &page))
}

fn loss(loss: &delete::Loss) -> Loss {
    Loss {
        artifact: loss.artifact,
        name: loss.name.clone(),
        tags: loss.tags,
        named: loss.named.iter().map(Tag::to_string).collect(),
        is_all: loss.is_all,
    }
}

/// Deletes it.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<ArtifactEntitlementId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let customer = find(&ops, &member.caller, id).await?.entitlement.customer;
    delete::delete(&ops, &member.caller, id).await?;
    Ok(go(&CustomerLicenses { customer }, Notice::Deleted))
}
