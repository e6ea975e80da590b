//! The permission policy as a table that anybody can review: who may do what, and to whose things.

use chrono::{DateTime, Utc};
use grantry_model::actor::{Actor, Credential};
use grantry_model::customer::Feature;
use grantry_model::id::{CustomerId, OrganizationId, SessionId, UserId};
use grantry_model::plan::{Plan, Subscription};
use grantry_model::policy::{Action, Denied, authorize};
use grantry_model::role::Role;
use uuid::Uuid;

const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(2));

fn actor(customer: Option<CustomerId>, role: Role, plan: Plan) -> Actor {
    Actor {
        user: UserId(Uuid::from_u128(3)),
        name: "Mara".to_owned(),
        email: "mara@example.com".to_owned(),
        organization: ORGANIZATION,
        subscription: Subscription { plan, until: None },
        customer,
        features: Feature::ALL.to_vec(),
        role,
        credential: Credential::Session(SessionId(Uuid::from_u128(4))),
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// An action's name as words.
fn words(action: Action) -> String {
    let mut words = String::new();
    for letter in format!("{action:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Whose things are reached: those of the whole organization, those of the own customer, or nobody's.
fn cell(actor: &Actor, action: Action) -> &'static str {
    match authorize(actor, action, now()) {
        Ok(permit) => {
            assert_eq!(permit.organization(), ORGANIZATION);
            assert_eq!(permit.customer(), actor.customer, "a permit reaches exactly as far as its actor");
            assert_eq!(permit.user(), Some(actor.user));
            if permit.customer().is_some() { "own" } else { "all" }
        }
        Err(Denied::Plan) => "plan",
        Err(_) => "-",
    }
}

#[test]
fn the_policy_is_this_table() {
    let mut table = String::from(
        "all: everything of that kind in the organization. own: only what belongs to the own customer, or is shared\n\
         with all customers. -: refused. Needs a plan: refused to everybody while the organization's plan does not\n\
         include license management.\n\n",
    );
    table.push_str("                               vendor's staff               customer's members\n");
    table.push_str("                               admin  read-write  read-only  admin  read-write  read-only  needs a plan\n");
    for action in Action::ALL {
        let mut line = format!("{:<31}", words(action));
        for (customer, width) in [(None, [7, 12, 11]), (Some(CUSTOMER), [7, 12, 11])] {
            for (role, width) in [Role::Admin, Role::ReadWrite, Role::ReadOnly].into_iter().zip(width) {
                let cell = cell(&actor(customer, role, Plan::Enterprise), action);
                line.push_str(&format!("{cell:<width$}"));
            }
        }
        let without_plan = cell(&actor(None, Role::Admin, Plan::Community), action);
        line.push_str(if without_plan == "plan" { "yes" } else { "no" });
        table.push_str(&line);
        table.push('\n');
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("policy", table));
}

#[test]
fn a_stronger_role_may_do_everything_that_a_weaker_one_may() {
    for action in Action::ALL {
        for customer in [None, Some(CUSTOMER)] {
            let may = |role| authorize(&actor(customer, role, Plan::Enterprise), action, now()).is_ok();
            assert!(!may(Role::ReadOnly) || may(Role::ReadWrite), "{action:?}");
            assert!(!may(Role::ReadWrite) || may(Role::Admin), "{action:?}");
        }
    }
}

#[test]
fn a_customer_never_may_what_the_staff_may_not() {
    for action in Action::ALL {
        for role in Role::ALL {
            let may = |customer| authorize(&actor(customer, role, Plan::Enterprise), action, now()).is_ok();
            let stronger = authorize(&actor(None, Role::Admin, Plan::Enterprise), action, now()).is_ok();
            assert!(!may(Some(CUSTOMER)) || stronger, "{action:?} {role}");
        }
    }
}

#[test]
fn a_section_that_is_switched_off_for_a_customer_is_closed_to_its_members() {
    let mut member = actor(Some(CUSTOMER), Role::Admin, Plan::Enterprise);
    assert!(authorize(&member, Action::ViewArtifacts, now()).is_ok());
    member.features.retain(|&feature| feature != Feature::Artifacts);
    assert_eq!(authorize(&member, Action::ViewArtifacts, now()), Err(Denied::Feature));
    assert!(authorize(&member, Action::ViewLicenseKeys, now()).is_ok());
}

#[test]
fn a_refusal_says_why() {
    let refusal =
        |customer, role, plan, action| authorize(&actor(customer, role, plan), action, now()).unwrap_err();
    let weak = refusal(None, Role::ReadOnly, Plan::Enterprise, Action::CreateLicenseKey);
    assert_eq!(weak.to_string(), "Your role does not allow this. It needs Read-write.");
    let side = refusal(Some(CUSTOMER), Role::Admin, Plan::Enterprise, Action::ViewCustomers);
    assert_eq!(side, Denied::Side);
    let plan = refusal(None, Role::Admin, Plan::Community, Action::ViewLicenseKeys);
    assert_eq!(plan, Denied::Plan);
    let first = refusal(None, Role::ReadOnly, Plan::Community, Action::CreateLicenseKey);
    assert_eq!(
        first,
        Denied::Role { needed: Role::ReadWrite },
        "who may not anyway need not know of the plan"
    );
}

#[test]
fn an_agent_reaches_as_far_as_its_customer_and_pulls_where_deployments_are_on() {
    use grantry_model::agent::{Agent, AgentAction};
    use grantry_model::id::DeploymentTargetId;
    use grantry_model::name::Name;
    use grantry_model::policy::authorize_agent;

    for customer in [None, Some(CUSTOMER)] {
        for features in [&Feature::ALL[..], &[Feature::Artifacts], &[Feature::DeploymentTargets], &[]] {
            let agent = Agent {
                target: DeploymentTargetId(Uuid::from_u128(9)),
                name: Name::parse("name", "Plant 7").unwrap(),
                organization: ORGANIZATION,
                customer,
                features: features.to_vec(),
                credential: 1,
            };
            for action in AgentAction::ALL {
                let pulls_nothing =
                    action == AgentAction::Pull && !features.contains(&Feature::DeploymentTargets);
                match authorize_agent(&agent, action) {
                    Ok(permit) => {
                        assert!(!pulls_nothing, "{features:?}");
                        let reach = (permit.organization(), permit.customer(), permit.user());
                        assert_eq!(reach, (ORGANIZATION, customer, None));
                    }
                    Err(denied) => {
                        assert!(pulls_nothing && denied == Denied::Feature, "{action:?} {features:?}")
                    }
                }
            }
        }
    }
}
