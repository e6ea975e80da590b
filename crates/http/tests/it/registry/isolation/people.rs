//! Everybody who may ask, with what they are to see.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, Vendor};
use serde_json::json;

use super::super::grants::{all, chosen, entitle, matching, restrict};
use super::super::token::token;
use super::world::Of;
use crate::agents::stock::{Agent, docker, new_secret, target};

/// Somebody.
pub(super) struct Identity {
    pub(super) name: &'static str,
    /// The header that they send; nothing if it is empty.
    pub(super) authorization: String,
    /// What they see.
    pub(super) sees: Vec<Of>,
    /// Whether they are known.
    pub(super) is_known: bool,
}

pub(super) fn basic(client: &Client) -> String {
    format!("Basic {}", STANDARD.encode(format!("anybody:{}", client.secret())))
}

/// The customers of acme, and one of globex, with what they are entitled to.
async fn customers(hub: &TestHub, globex: &Vendor) -> [String; 7] {
    let (acme, now) = (&hub.acme, hub.clock.now());
    for vendor in [acme, globex] {
        restrict(vendor, true).await;
    }
    let partial = acme.add_customer("Partial").await;
    entitle(acme, &partial, ("app", chosen(&["1.0"])), None).await;
    let expired = acme.add_customer("Expired").await;
    entitle(acme, &expired, ("app", all()), Some(now + TimeDelta::minutes(1))).await;
    let off = acme.add_customer("Off").await;
    entitle(acme, &off, ("app", all()), None).await;
    let removed = json!({ "name": "Off", "features": ["deployment_targets"] });
    acme.admin.put(&format!("/api/v1/customer-organizations/{off}"), removed).await.expect(200);
    let whole = acme.add_customer("Whole").await;
    entitle(acme, &whole, ("app", all()), Some(now + TimeDelta::hours(2))).await;
    let range = acme.add_customer("Range").await;
    entitle(acme, &range, ("app", matching("range", ">=2, <3")), None).await;
    let theirs = globex.add_customer("Theirs").await;
    entitle(globex, &theirs, ("app", all()), None).await;
    [partial, acme.add_customer("None").await, expired, off, whole, range, theirs]
}

/// Everybody. What they see of globex is only asked for under its own name.
pub(super) async fn everybody(hub: &TestHub, globex: &Vendor) -> Vec<Identity> {
    use Of::{Both, Globex, Loose, One, Secret, Two};
    let acme = &hub.acme;
    let [partial, none, expired, off, whole, range, theirs] = customers(hub, globex).await;
    let member = |vendor: Vendor, customer: String, role| async move {
        hub.add_member(&vendor, Some(&customer), role).await
    };
    let revoked = hub.add_member(acme, None, Role::Admin).await;
    let tokens = revoked.client.get("/api/v1/settings/tokens").await.expect(200);
    let path = format!("/api/v1/settings/tokens/{}", tokens.field("/0/id"));
    let scopes = ["acme/app", "acme/secret", "acme/void", "globex/app", "globex/void"]
        .map(|name| format!("scope=repository:{name}:pull,push,delete"))
        .join("&");
    let revoked_bearer = token(&revoked.client, &scopes).await;
    revoked.session.delete(&path).await.expect(204);
    let in_partial = member(acme.clone(), partial.clone(), Role::Admin).await.client;
    let ended = token(&in_partial, &scopes.replace(",push,delete", "")).await;
    hub.clock.advance(TimeDelta::minutes(61));
    let partial_bearer = token(&in_partial, &scopes).await;
    let everything = vec![One, Both, Two, Loose, Secret];
    let known = |name, client: &Client, sees: &[Of]| Identity {
        name,
        authorization: basic(client),
        sees: sees.to_vec(),
        is_known: true,
    };
    let unknown =
        |name, authorization: String| Identity { name, authorization, sees: Vec::new(), is_known: false };
    let members = vec![
        known("vendor's admin", &acme.admin, &everything),
        known("vendor's reader", &hub.vendor(Role::ReadOnly).await, &everything),
        known("other vendor", &globex.admin, &[Globex]),
        known("other's customer", &member(globex.clone(), theirs, Role::Admin).await.client, &[Globex]),
        known("customer of 1.0", &in_partial, &[One, Both]),
        known(
            "its reader",
            &member(acme.clone(), partial.clone(), Role::ReadOnly).await.client,
            &[One, Both],
        ),
        Identity {
            name: "its Bearer",
            authorization: format!("Bearer {partial_bearer}"),
            sees: vec![One, Both],
            is_known: true,
        },
        known(
            "customer of >=2",
            &member(acme.clone(), range.clone(), Role::Admin).await.client,
            &[Two, Both],
        ),
        known(
            "customer of all",
            &member(acme.clone(), whole.clone(), Role::ReadWrite).await.client,
            &[One, Both, Two, Loose],
        ),
        known("of nothing", &member(acme.clone(), none.clone(), Role::Admin).await.client, &[]),
        known("expired", &member(acme.clone(), expired.clone(), Role::Admin).await.client, &[]),
        known("feature off", &member(acme.clone(), off.clone(), Role::Admin).await.client, &[]),
    ];
    let strangers = [
        unknown("anonymous", String::new()),
        unknown("revoked token", basic(&revoked.client)),
        unknown("its Bearer", format!("Bearer {revoked_bearer}")),
        unknown("ended Bearer", format!("Bearer {ended}")),
    ];
    let agents = agents(hub, &partial, (&scopes, &everything)).await;
    members.into_iter().chain(agents).chain(strangers).collect()
}

/// Agents of a customer that is entitled to the first version, of the vendor, and one whose secret was replaced.
async fn agents(hub: &TestHub, partial: &str, (scopes, everything): (&str, &[Of])) -> Vec<Identity> {
    use Of::{Both, One};
    let theirs_at = target(hub, Some(partial), &docker("Theirs")).await;
    let replaced_at = target(hub, Some(partial), &docker("Replaced")).await;
    let [agent, own_agent, replaced] = [
        Agent::connect(hub, &theirs_at).await,
        Agent::connect(hub, &target(hub, None, &docker("Own")).await).await,
        Agent::connect(hub, &replaced_at).await,
    ];
    let agent_bearer = token(&hub.anonymous().with_secret(agent.token()), scopes).await;
    new_secret(hub, replaced_at.id).await;
    let by_token = |agent: &Agent| format!("Basic {}", STANDARD.encode(format!("-:{}", agent.token())));
    let known = |name, authorization, sees: &[Of]| Identity {
        name,
        authorization,
        sees: sees.to_vec(),
        is_known: true,
    };
    vec![
        known("agent of 1.0", by_token(&agent), &[One, Both]),
        known("its Bearer", format!("Bearer {agent_bearer}"), &[One, Both]),
        known("vendor's agent", by_token(&own_agent), everything),
        Identity {
            name: "replaced agent",
            authorization: by_token(&replaced),
            sees: Vec::new(),
            is_known: false,
        },
    ]
}
