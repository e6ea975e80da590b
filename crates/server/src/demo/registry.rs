//! What happened in the sample vendors' registries: pushes, entitlements and pulls.

use std::convert::Infallible;

use bytes::Bytes;
use chrono::{DateTime, Days, Utc};
use futures_util::stream;
use grantry_model::artifact::ArtifactName;
use grantry_model::id::CustomerId;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::name::Name;
use grantry_oci::reference::Reference;
use grantry_ops::artifact_entitlement::{GrantInput, Input, ScopeInput, create};
use grantry_ops::caller::Caller;
use grantry_ops::error::{Error, Result};
use grantry_ops::hub_secret::Secret;
use grantry_ops::once::Once;
use grantry_ops::registry::client::{Client, by_password};
use grantry_ops::registry::error::Error as RegistryError;
use grantry_ops::registry::upload::Chunk;
use grantry_ops::registry::{manifest, pull, push, upload};
use grantry_ops::session::authenticate::authenticate;
use grantry_ops::{Ops, access_token, artifact};

use super::image::Push;

/// An entitlement as it was created, with one artifact.
pub(super) struct EntitlementSample {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    pub(super) customer: &'static str,
    pub(super) name: &'static str,
    pub(super) days_ago: i64,
    /// In so many days from today; negative: it has ended.
    pub(super) until: Option<i64>,
    artifact: &'static str,
    scope: Scope,
}

enum Scope {
    All,
    Tags(&'static [&'static str]),
    Pattern(&'static str),
    Range(&'static str),
}

/// Pulls of one image, again and again.
pub(super) struct PullSample {
    /// Slug of the vendor.
    pub(super) vendor: &'static str,
    pub(super) customer: &'static str,
    image: &'static str,
    tag: &'static str,
    /// The first and the last, in days before today, and how many days lie between two.
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) every: usize,
}

const fn entitlement(
    (vendor, customer, name): (&'static str, &'static str, &'static str),
    (days_ago, until): (i64, Option<i64>),
    (artifact, scope): (&'static str, Scope),
) -> EntitlementSample {
    EntitlementSample { vendor, customer, name, days_ago, until, artifact, scope }
}

const fn pulls(
    (vendor, customer): (&'static str, &'static str),
    (image, tag): (&'static str, &'static str),
    (from, to, every): (i64, i64, usize),
) -> PullSample {
    PullSample { vendor, customer, image, tag, from, to, every }
}

/// All entitlements.
pub(super) const ENTITLEMENTS: &[EntitlementSample] = &[
    entitlement(
        ("northwind", "Globex Corporation", "Fleet Manager, everything"),
        (250, None),
        ("fleet-manager", Scope::All),
    ),
    entitlement(
        ("northwind", "Initech GmbH", "Fleet Manager 2"),
        (118, Some(240)),
        ("fleet-manager", Scope::Range(">=2, <3")),
    ),
    entitlement(
        ("northwind", "Initech GmbH", "Fleet Manager chart"),
        (117, Some(240)),
        ("charts/fleet-manager", Scope::All),
    ),
    entitlement(
        ("northwind", "Soylent Industries", "Fleet Manager 1.4, with fixes"),
        (230, Some(21)),
        ("fleet-manager", Scope::Pattern("1.4.*")),
    ),
    entitlement(("northwind", "Soylent Industries", "Forecast"), (140, Some(160)), ("forecast", Scope::All)),
    entitlement(
        ("northwind", "Wayne Enterprises", "Fleet Manager 1.4.1, perpetual"),
        (240, None),
        ("fleet-manager", Scope::Tags(&["1.4.1"])),
    ),
    entitlement(
        ("northwind", "Tyrell Logistics", "Fleet Manager 2"),
        (110, Some(-12)),
        ("fleet-manager", Scope::Range(">=2, <3")),
    ),
    entitlement(
        ("northwind", "Hooli", "Trial of Fleet Manager"),
        (20, Some(10)),
        ("fleet-manager", Scope::Tags(&["2.0.1"])),
    ),
    entitlement(
        ("northwind", "Aperture Labs", "Early access"),
        (60, Some(120)),
        ("fleet-manager", Scope::All),
    ),
    entitlement(
        ("halden", "Fjord Energy", "Insight 3"),
        (125, Some(200)),
        ("insight", Scope::Range(">=3, <4")),
    ),
];

/// The customer whose member's token is printed, and the image that it pulls.
pub(super) const FIRST_PULLER: &str = "Globex Corporation";
const FIRST_PULL: &str = "northwind/fleet-manager:2.0.1";

/// All pulls.
pub(super) const PULLS: &[PullSample] = &[
    pulls(("northwind", "Globex Corporation"), ("fleet-manager", "1.4.1"), (245, 130, 9)),
    pulls(("northwind", "Globex Corporation"), ("fleet-manager", "2.0.0"), (118, 66, 4)),
    pulls(("northwind", "Globex Corporation"), ("fleet-manager", "2.0.1"), (60, 0, 2)),
    pulls(("northwind", "Initech GmbH"), ("fleet-manager", "2.0.1"), (62, 1, 3)),
    pulls(("northwind", "Initech GmbH"), ("charts/fleet-manager", "2.0.1"), (61, 3, 10)),
    pulls(("northwind", "Soylent Industries"), ("fleet-manager", "1.4.1"), (228, 2, 7)),
    pulls(("northwind", "Soylent Industries"), ("forecast", "1.1.0"), (31, 0, 5)),
    pulls(("northwind", "Wayne Enterprises"), ("fleet-manager", "1.4.1"), (238, 30, 40)),
    pulls(("northwind", "Tyrell Logistics"), ("fleet-manager", "2.0.0"), (108, 14, 8)),
    pulls(("northwind", "Aperture Labs"), ("fleet-manager", "2.1.0-rc.1"), (8, 0, 1)),
    pulls(("halden", "Fjord Energy"), ("insight", "3.3.0"), (46, 1, 6)),
];

impl PullSample {
    /// On which days before today.
    pub(super) fn days(&self) -> impl Iterator<Item = i64> {
        (self.to..=self.from).rev().step_by(self.every)
    }
}

/// Pushes an image, a chart or a bill of materials.
pub(super) async fn push(ops: &Ops, client: &Client, slug: &str, push: &Push) -> Result<()> {
    let name = repository(slug, &push.artifact)?;
    for blob in &push.blobs {
        let digest = Digest::of(Algorithm::Sha256, blob);
        let body = stream::iter([Ok::<_, Infallible>(Bytes::from(blob.clone()))]);
        upload::push(ops, client, (&name, &digest), Chunk::default(), body).await.map_err(refused)?;
    }
    for one in &push.manifests {
        let reference = match &one.tag {
            Some(tag) => reference(tag)?,
            None => Reference::Digest(one.digest()),
        };
        let content = Bytes::from(one.bytes.clone());
        let what = (Some(one.media_type), &content);
        push::push(ops, client, (&name, &reference), &[], what).await.map_err(refused)?;
    }
    Ok(())
}

/// Entitles a customer.
pub(super) async fn entitle(
    ops: &Ops,
    founder: &Caller,
    (sample, customer): (&EntitlementSample, CustomerId),
    now: DateTime<Utc>,
) -> Result<()> {
    let name: ArtifactName = sample.artifact.parse().map_err(|error| Error::Internal(Box::new(error)))?;
    let artifact = artifact::show::find_by_name(ops, founder, &name).await?.id;
    let scope = |kind: &str, tags: &[&str], expression: &str| ScopeInput {
        kind: kind.to_owned(),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        expression: expression.to_owned(),
    };
    let scope = match sample.scope {
        Scope::All => scope("all", &[], ""),
        Scope::Tags(tags) => scope("chosen", tags, ""),
        Scope::Pattern(pattern) => scope("pattern", &[], pattern),
        Scope::Range(range) => scope("range", &[], range),
    };
    let input = Input {
        name: sample.name,
        customer: Some(customer),
        expires_at: sample.until.map(|days| moment(now, days)),
        grants: vec![GrantInput { artifact, versions: Vec::new(), scope: Some(scope) }],
    };
    create::create(ops, founder, &input, &Once::without_key()).await?.made().map(|_| ())
}

/// A moment so many days from `now`.
pub(super) fn moment(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    let span = Days::new(days.unsigned_abs());
    let moment = if days < 0 { now.checked_sub_days(span) } else { now.checked_add_days(span) };
    moment.unwrap_or(now)
}

/// Somebody who pulls.
pub(super) struct Puller {
    /// Their access token, to be printed: the data is a sample.
    pub(super) token: Secret,
    /// Who they are.
    pub(super) caller: Caller,
    client: Client,
}

/// Lets somebody who has just signed in make an access token for docker.
pub(super) async fn sign_in(ops: &Ops, session: &Secret) -> Result<Puller> {
    let actor = authenticate(ops, session).await?.actor.ok_or(Error::Unauthenticated)?;
    let caller = Caller { actor, address: "203.0.113.20".to_owned() };
    let input = access_token::create::Input { label: "docker", role: None, expires_at: None };
    let made = access_token::create::create(ops, &caller, input, &Once::without_key()).await?.made()?;
    let client = client(ops, &made.secret, &caller.address)?;
    Ok(Puller { token: made.secret, caller, client })
}

/// A client with an access token.
pub(super) fn client(ops: &Ops, secret: &Secret, address: &str) -> Result<Client> {
    by_password(ops, secret.reveal(), address.to_owned(), "docker/27.3.1".to_owned()).map_err(refused)
}

/// Pulls an image, or rather its manifest, which is what counts.
pub(super) async fn pull(ops: &Ops, puller: &Puller, sample: &PullSample) -> Result<()> {
    let name = repository(sample.vendor, sample.image)?;
    manifest::pull(ops, &puller.client, &name, &reference(sample.tag)?).await.map_err(refused)?;
    pull::write_waiting(ops).await
}

/// What the first pull from the demo looks like, ready to be copied.
pub(super) fn first_pull(host: &str, puller: &Puller) -> String {
    let token = puller.token.reveal();
    let image = format!("{host}/{FIRST_PULL}");
    format!(
        "\nPull an image as a customer is entitled to:\n\n  echo {token} | docker login --username hank --password-stdin {host}\n  \
         docker pull {image}\n  docker run --rm {image}\n"
    )
}

fn repository(slug: &str, artifact: &str) -> Result<Name> {
    format!("{slug}/{artifact}").parse().map_err(|error| Error::Internal(Box::new(error)))
}

fn reference(tag: &str) -> Result<Reference> {
    Ok(Reference::Tag(tag.parse().map_err(|error| Error::Internal(Box::new(error)))?))
}

/// The registry's refusal as that of any operation.
fn refused(error: RegistryError) -> Error {
    match error {
        RegistryError::Hub(error) => error,
        other => Error::Internal(Box::new(other)),
    }
}
