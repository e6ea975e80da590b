//! What stands in the place of everything about licenses when the plan lacks license management.

use chrono::{DateTime, Utc};
use grantry_model::actor::Side;
use grantry_model::plan::{Plan, Subscription};
use grantry_ops::organization;
use grantry_ui::pages::license::locked::{Locked, Reader};

use crate::app::App;
use crate::portal::frame::Member;

/// The page that explains it, if a missing plan is what refused; `None` also if the organization can't be read now.
pub(crate) async fn page(app: &App, member: &Member, plan: bool) -> Option<Locked> {
    if !plan {
        return None;
    }
    let organization = organization::show(&app.ops, &member.caller).await.ok()?;
    let reader = match member.caller.actor.side() {
        Side::Vendor => {
            let (subscription, now) = (organization.subscription, app.ops.clock().now());
            Reader::Vendor {
                plan: plan_name(in_force(subscription, now)).to_owned(),
                slug: organization.slug.as_str().to_owned(),
                ended: subscription.until.filter(|until| *until <= now),
            }
        }
        Side::Customer => Reader::Customer { vendor: organization.name.as_str().to_owned() },
    };
    Some(Locked { reader })
}

/// The plan whose features the organization has now.
pub(crate) fn in_force(subscription: Subscription, now: DateTime<Utc>) -> Plan {
    let ended = subscription.until.is_some_and(|until| until <= now);
    if ended { Plan::Community } else { subscription.plan }
}

/// A plan's name for people.
pub(crate) fn plan_name(plan: Plan) -> &'static str {
    match plan {
        Plan::Community => "Community",
        Plan::Trial => "Pro trial",
        Plan::Pro => "Pro",
        Plan::Enterprise => "Enterprise",
    }
}
