//! Deleting an application entitlement, unless a deployment carries it.

use axum::extract::State;
use grantry_model::id::ApplicationEntitlementId;
use grantry_ops::Ops;
use grantry_ops::application_entitlement::delete;
use grantry_ops::error::Error;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application_entitlement::delete::Delete;
use grantry_ui::route::CustomerLicenses;

use crate::extract::Path;
use crate::portal::entitlement::present_owner;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

async fn page(ops: &Ops, member: &Member, id: ApplicationEntitlementId) -> Result<Delete, Error> {
    let losses = delete::preview(ops, &member.caller, id).await?;
    let customer = &losses.entitled.customer;
    Ok(Delete {
        entitlement: id,
        name: losses.entitled.entitlement.name.as_str().to_owned(),
        customer: present_owner(customer),
        application_name: losses.entitled.application.name.as_str().to_owned(),
        lost: losses.versions.iter().map(|version| version.name.as_str().to_owned()).collect(),
        is_expired: losses.is_expired,
        restricted: losses.is_restricted,
        held_by: losses.targets,
    })
}

/// The question.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<ApplicationEntitlementId>,
) -> PageResult {
    let page = page(&ops, &member, id).await?;
    Ok(member.page(Nav::Licenses, &page))
}

/// Deletes it; if a deployment carries it by now, the question comes back and says so.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<ApplicationEntitlementId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let customer = page(&ops, &member, id).await?.customer.customer;
    match checked(delete::delete(&ops, &member.caller, id).await)? {
        Ok(()) => Ok(go(&CustomerLicenses { customer }, Notice::Deleted)),
        Err(refusal) => {
            let page = page(&ops, &member, id).await?;
            Ok(member.refused(&refusal, Nav::Licenses, &page))
        }
    }
}
