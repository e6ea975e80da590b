//! Creating a deployment target.

use axum::extract::State;
use grantry_model::field::FieldError;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::deployment_target::create;
use grantry_ops::error::Error;
use grantry_ops::once::Once;
use grantry_ui::form::FormState;
use grantry_ui::layout::notice::Notice;
use grantry_ui::layout::{Nav, Portal};
use grantry_ui::pages::deployment_target::fields::TargetValues;
use grantry_ui::pages::deployment_target::new::New;
use grantry_ui::route::ConnectDeploymentTarget;
use serde::Deserialize;

use super::{input, place};
use crate::extract::Query;
use crate::portal::error::{PageResult, checked};
use crate::portal::form::customer;
use crate::portal::frame::{Member, MemberForm, go};
use crate::portal::license_key::owners;

/// Whose the target is to be.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    customer: String,
}

/// The form.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Query(params): Query<Params>) -> PageResult {
    ops.require(&member.caller, Action::EditDeployments).await?;
    let form = FormState::fresh(TargetValues { customer: params.customer, ..TargetValues::default() });
    let page = page(&ops, &member, form).await?;
    Ok(member.page(Nav::Deployments, &page))
}

/// Creates it, and leads to the command that connects an agent.
pub(crate) async fn create(
    State(ops): State<Ops>,
    MemberForm { member, form: values }: MemberForm<TargetValues>,
) -> PageResult {
    let outcome = match customer(&values.customer) {
        Ok(customer) => {
            let input = input(&values);
            checked(create::create(&ops, &member.caller, (customer, &input), &Once::without_key()).await)?
        }
        Err(error) => Err(Vec::<FieldError>::from([error]).into()),
    };
    match outcome {
        Ok(outcome) => {
            let target = outcome.made()?.target.id;
            Ok(go(&ConnectDeploymentTarget { target }, Notice::Created))
        }
        Err(refusal) => {
            let form = FormState::refused(values, place(refusal.errors.clone()));
            let page = page(&ops, &member, form).await?;
            Ok(member.refused(&refusal, Nav::Deployments, &page))
        }
    }
}

async fn page(ops: &Ops, member: &Member, form: FormState<TargetValues>) -> Result<New, Error> {
    let portal = member.shell.portal();
    let customers = match portal {
        Portal::Vendor => owners(ops, &member.caller).await?,
        Portal::Customer => Vec::new(),
    };
    Ok(New { portal, form, customers })
}
