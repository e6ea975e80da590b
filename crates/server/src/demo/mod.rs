//! Sample data: two vendors with their customers, members, license keys, images, applications and deployments, as if the hub
//! had run for more than a year.
//!
//! It is made by the same operations that people use, in the order in which things would have happened, with a clock
//! that is set to each moment. So the audit log, the revisions and the signed tokens are real.

pub(crate) mod agents;
mod data;
mod image;
mod registry;
mod reports;
mod rollout;
mod sites;
mod software;
mod story;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_ops::account::accept_link::accept_link;
use grantry_ops::account::update::rename;
use grantry_ops::caller::{Caller, Visitor};
use grantry_ops::clock::Clock;
use grantry_ops::error::{Error, Result};
use grantry_ops::hub_secret::Secret;
use grantry_ops::member::invite::{Input as Invitation, invite};
use grantry_ops::once::{Once, Outcome};
use grantry_ops::registry::client::Client;
use grantry_ops::session::authenticate::authenticate;
use grantry_ops::setup::by_command::{Input, set_up};
use grantry_ops::{Ops, access_token, setup};
use grantry_store::store::Store;

use self::agents::{Past, SampleAgent, catch_up, measure_last_day};
use self::data::{ORGANIZATIONS, OrganizationSample, Person};
use self::sites::SITES;
use self::story::Told;

/// The password of every sample account.
const PASSWORD: &str = "grantry-demo";

/// What was filled in.
pub(crate) struct Filled {
    /// Which accounts there are, and what to try first.
    pub(crate) summary: String,
    /// Those who report of deployment targets for as long as the hub runs.
    pub(crate) agents: Vec<SampleAgent>,
}

/// Fills a hub that has no organization yet; `None` if it has one.
pub(crate) async fn fill(store: &Store, ops: &Ops) -> Result<Option<Filled>> {
    if !setup::is_new(ops).await? {
        return Ok(None);
    }
    let now = ops.clock().now();
    let past = ops.at(store.clone(), Clock::manual(now));
    let (mut puller, mut agents) = (None, Vec::new());
    for organization in ORGANIZATIONS {
        past.clock().set(now - TimeDelta::days(organization.founded_days_ago));
        let (founder, client) = found(&past, organization).await?;
        let Told { puller: other, mut rollout } =
            story::tell(&past, (&founder, &client), organization, now).await?;
        puller = puller.or(other);
        let sites = SITES.iter().filter_map(|site| Some((site, rollout.sites.remove(site.name)?)));
        let heard = Past { ops: &past, store, founder: &founder, now };
        agents.extend(catch_up(&heard, sites).await?);
        past.clock().set(now);
        // The founder signs in with a password; the token that the set-up made was only for this.
        for token in access_token::list(&past, &founder).await? {
            access_token::delete::delete(&past, &founder, token.id).await?;
        }
    }
    measure_last_day(&past, store, &mut agents, now).await?;
    let public_url = ops.settings().public_url.as_str();
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    let first_pull = puller.map(|puller| registry::first_pull(host, &puller));
    let summary = accounts() + first_pull.as_deref().unwrap_or_default();
    Ok(Some(Filled { summary, agents }))
}

async fn found(ops: &Ops, sample: &OrganizationSample) -> Result<(Caller, Client)> {
    let input = Input {
        organization: sample.name,
        slug: sample.slug,
        email: sample.founder.email,
        password: Some(PASSWORD),
    };
    let made = set_up(ops, input).await?;
    let actor = authenticate(ops, &made.access_token).await?.actor.ok_or(Error::Unauthenticated)?;
    let caller = Caller { actor, address: "198.51.100.7".to_owned() };
    rename(ops, &caller, sample.founder.name).await?;
    let named = authenticate(ops, &made.access_token).await?.actor.ok_or(Error::Unauthenticated)?;
    let caller = Caller { actor: named, ..caller };
    let client = registry::client(ops, &made.access_token, &caller.address)?;
    Ok((caller, client))
}

/// Invites a person, who accepts at once; their session.
async fn join(
    ops: &Ops,
    inviter: &Caller,
    person: &Person,
    customer: Option<grantry_model::id::CustomerId>,
) -> Result<Option<Secret>> {
    let input = Invitation { email: person.email, name: person.name, role: person.role.as_str(), customer };
    let once = Once { request: None, answer: &|_| String::new() };
    let Outcome::Created(invited) = invite(ops, inviter, input, &once).await? else { return Ok(None) };
    let Some(link) = invited.link else { return Ok(None) };
    let visitor = Visitor { address: "203.0.113.20".to_owned(), user_agent: "Sample browser".to_owned() };
    Ok(Some(accept_link(ops, &link, person.name, PASSWORD, &visitor).await?.secret))
}

/// The accounts as a table for the operator.
fn accounts() -> String {
    let mut text = format!("Sample data was added. Sign in with the password {PASSWORD} as one of:\n\n");
    for organization in ORGANIZATIONS {
        let mut line = |place: &str, person: &Person| {
            // Writing to a string can't fail.
            let _ = writeln!(text, "  {:<36} {:<14} {place}", person.email, Role::label(person.role));
        };
        let vendor = format!("{}, vendor", organization.name);
        line(&vendor, &organization.founder);
        organization.staff.iter().for_each(|(_, person)| line(&vendor, person));
        for customer in organization.customers {
            let place = format!("{}, customer of {}", customer.name, organization.name);
            customer.members.iter().for_each(|person| line(&place, person));
        }
    }
    text
}
