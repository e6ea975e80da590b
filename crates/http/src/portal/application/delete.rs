//! Deleting an application, unless something uses it.

use axum::extract::State;
use grantry_model::application::Use as Used;
use grantry_model::id::{ApplicationId, CustomerId};
use grantry_ops::Ops;
use grantry_ops::application::{self, delete};
use grantry_ops::error::Error;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application::delete::{Delete, Use};
use grantry_ui::pages::license_key::Owner;
use grantry_ui::route::Applications;

use crate::extract::Path;
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The question.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    let page = page(&ops, &member, id).await?;
    Ok(member.page(Nav::Applications, &page))
}

/// Deletes it; if something uses it by now, the question comes back and says what.
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Path(id): Path<ApplicationId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    match checked(delete::delete(&ops, &member.caller, id).await)? {
        Ok(()) => Ok(go(&Applications, Notice::Deleted)),
        Err(refusal) => {
            let page = page(&ops, &member, id).await?;
            Ok(member.refused(&refusal, Nav::Applications, &page))
        }
    }
}

async fn page(ops: &Ops, member: &Member, id: ApplicationId) -> Result<Delete, Error> {
    let (application, uses) = delete::preview(ops, &member.caller, id).await?;
    let versions = application::show(ops, &member.caller, id).await?.versions;
    Ok(Delete {
        application: id,
        name: application.name.as_str().to_owned(),
        versions: versions.len() as u64,
        uses: uses.into_iter().map(present).collect(),
    })
}

fn present(one: Used) -> Use {
    let owner = |customer: CustomerId, name: String| Owner { customer, name };
    match one {
        Used::Entitlement { name, customer, customer_name } => {
            Use::Entitlement { name, customer: owner(customer, customer_name) }
        }
        Used::Deployment { target, customer, customer_name } => Use::Deployment {
            target,
            customer: customer.zip(customer_name).map(|(customer, name)| owner(customer, name)),
        },
    }
}
