//! What happened in a sample organization, in order of time.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use grantry_model::id::{CustomerId, LicenseKeyId};
use grantry_model::license_key::TermsInput;
use grantry_ops::caller::Caller;
use grantry_ops::deployment::affected::Confirmation;
use grantry_ops::error::Result;
use grantry_ops::license_key::{create, edit};
use grantry_ops::once::{Once, Outcome};
use grantry_ops::registry::client::Client;
use grantry_ops::{Ops, customer};

use super::data::{CustomerSample, KeySample, OrganizationSample, Person, RevisionSample};
use super::image::{Push, pushes};
use super::join;
use super::registry::{self, ENTITLEMENTS, EntitlementSample, FIRST_PULLER, PULLS, PullSample, Puller};
use super::rollout::{self, Actors, Rollout};

/// One thing that happened.
enum Step<'a> {
    JoinStaff(&'a Person),
    AddCustomer(&'a CustomerSample),
    JoinCustomer(&'a CustomerSample, &'a Person),
    CreateKey(Option<&'a CustomerSample>, &'a KeySample),
    Revise(&'a KeySample, &'a RevisionSample),
    Push(Push),
    Entitle(&'a EntitlementSample),
    Pull(&'a PullSample),
    RollOut(rollout::Step),
}

/// What has been made so far, by the name it has in the sample.
#[derive(Default)]
struct Made {
    customers: HashMap<&'static str, CustomerId>,
    keys: HashMap<&'static str, LicenseKeyId>,
    /// Who pulls for a customer: its first member.
    pullers: HashMap<&'static str, Puller>,
    /// The same members, to decide what runs where.
    members: HashMap<&'static str, Caller>,
    rollout: Rollout,
}

/// What a story leaves behind.
pub(super) struct Told {
    /// Who can pull an image first.
    pub(super) puller: Option<Puller>,
    /// The deployment targets.
    pub(super) rollout: Rollout,
}

/// Lets everything happen, each at its time.
pub(super) async fn tell(
    ops: &Ops,
    (founder, client): (&Caller, &Client),
    sample: &OrganizationSample,
    now: DateTime<Utc>,
) -> Result<Told> {
    let mut made = Made::default();
    let public_url = ops.settings().public_url.as_str();
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    for (second, (days_ago, step)) in (1..).zip(steps(sample, host)) {
        ops.clock()
            .set(now - TimeDelta::days(days_ago) + TimeDelta::seconds(second * 30) - TimeDelta::hours(6));
        happen(ops, (founder, client), &mut made, (sample, &step, host), now).await?;
    }
    Ok(Told { puller: made.pullers.remove(FIRST_PULLER), rollout: made.rollout })
}

/// The steps, the longest ago first; of one day in the order in which they depend on each other.
fn steps<'a>(sample: &'a OrganizationSample, host: &str) -> Vec<(i64, Step<'a>)> {
    let mut steps = Vec::new();
    steps.extend(sample.staff.iter().map(|(days_ago, person)| (*days_ago, Step::JoinStaff(person))));
    steps.extend(sample.keys.iter().map(|key| (key.days_ago, Step::CreateKey(None, key))));
    for customer in sample.customers {
        steps.push((customer.days_ago, Step::AddCustomer(customer)));
        steps.extend(
            customer.members.iter().map(|person| (customer.days_ago, Step::JoinCustomer(customer, person))),
        );
        steps.extend(customer.keys.iter().map(|key| (key.days_ago, Step::CreateKey(Some(customer), key))));
    }
    let keys = sample.keys.iter().chain(sample.customers.iter().flat_map(|customer| customer.keys));
    for key in keys {
        steps.extend(key.revisions.iter().map(|revision| (revision.days_ago, Step::Revise(key, revision))));
    }
    steps.extend(pushes(sample, host).into_iter().map(|push| (push.days_ago, Step::Push(push))));
    let own = ENTITLEMENTS.iter().filter(|entitlement| entitlement.vendor == sample.slug);
    steps.extend(own.map(|entitlement| (entitlement.days_ago, Step::Entitle(entitlement))));
    for pull in PULLS.iter().filter(|pull| pull.vendor == sample.slug) {
        steps.extend(pull.days().map(|days_ago| (days_ago, Step::Pull(pull))));
    }
    let rollout = rollout::steps(sample).into_iter();
    steps.extend(rollout.map(|(days_ago, step)| (days_ago, Step::RollOut(step))));
    steps.sort_by_key(|(days_ago, _)| -days_ago);
    steps
}

async fn happen(
    ops: &Ops,
    (founder, client): (&Caller, &Client),
    made: &mut Made,
    (vendor, step, host): (&OrganizationSample, &Step<'_>, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    match step {
        Step::JoinStaff(person) => join(ops, founder, person, None).await.map(|_| ()),
        Step::Push(push) => registry::push(ops, client, vendor.slug, push).await,
        Step::Entitle(sample) => {
            let Some(&customer) = made.customers.get(sample.customer) else { return Ok(()) };
            registry::entitle(ops, founder, (sample, customer), now).await
        }
        Step::Pull(sample) => {
            let Some(puller) = made.pullers.get(sample.customer) else { return Ok(()) };
            registry::pull(ops, puller, sample).await
        }
        Step::RollOut(step) => {
            let actors = Actors { founder, customers: &made.customers, members: &made.members };
            made.rollout.happen(ops, actors, (step, host), now).await
        }
        Step::AddCustomer(sample) => {
            let once = Once { request: None, answer: &|_| String::new() };
            let input = customer::Input { name: sample.name, features: None, image: None };
            let outcome = customer::create::create(ops, founder, input, &once).await?;
            if let Outcome::Created(customer) = outcome {
                made.customers.insert(sample.name, customer.id);
            }
            Ok(())
        }
        Step::JoinCustomer(sample, person) => {
            let session = join(ops, founder, person, made.customers.get(sample.name).copied()).await?;
            if let Some(session) = session.filter(|_| !made.pullers.contains_key(sample.name)) {
                let puller = registry::sign_in(ops, &session).await?;
                made.members.insert(sample.name, puller.caller.clone());
                made.pullers.insert(sample.name, puller);
            }
            Ok(())
        }
        Step::CreateKey(sample, key) => {
            let customer = sample.and_then(|sample| made.customers.get(sample.name).copied());
            create_key(ops, founder, made, (customer, key), now).await
        }
        Step::Revise(key, revision) => {
            let Some(&id) = made.keys.get(key.name) else { return Ok(()) };
            let terms = TermsInput {
                payload: Some(revision.payload),
                expires_at: Some(midnight(now, revision.until)),
                ..TermsInput::default()
            };
            let input = edit::Input { description: None, terms };
            edit::edit(ops, founder, id, input, Confirmation::Given).await.map(|_| ())
        }
    }
}

async fn create_key(
    ops: &Ops,
    founder: &Caller,
    made: &mut Made,
    (customer, key): (Option<CustomerId>, &KeySample),
    now: DateTime<Utc>,
) -> Result<()> {
    let terms = TermsInput {
        payload: Some(key.payload),
        not_before: Some(midnight(now, key.from)),
        expires_at: Some(midnight(now, key.until)),
        grace: Some(key.grace_days * 24 * 3600),
    };
    let input = create::Input { name: key.name, description: key.description, customer, terms };
    let once = Once { request: None, answer: &|_| String::new() };
    if let Outcome::Created(created) = create::create(ops, founder, input, &once).await? {
        made.keys.insert(key.name, created.id);
    }
    Ok(())
}

/// The beginning of the day that lies so many days from `now`.
fn midnight(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    let today = now.date_naive();
    let span = Days::new(days.unsigned_abs());
    let day = if days < 0 { today.checked_sub_days(span) } else { today.checked_add_days(span) };
    day.unwrap_or(today).and_time(NaiveTime::MIN).and_utc()
}
