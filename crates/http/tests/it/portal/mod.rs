//! The portals, as a browser without script sees them, and the operations that only they use.

mod application_entitlement_pages;
mod application_pages;
mod application_stock;
mod artifact_pages;
mod browser;
mod csrf;
mod deployment_pages;
mod entitlement_pages;
mod guards;
mod guide_pages;
mod home_page;
mod image_pages;
mod overview;
mod place;
mod preview;
mod refused_form;
mod secrets;
mod sign_in;
mod state;
mod stock;

use grantry_ops::Ops;
use grantry_ops::caller::Caller;
use grantry_ops::hub_secret::Secret;
use grantry_ops::session::authenticate::authenticate;
use grantry_testkit::client::Client;

/// A client as operations see it.
pub(crate) async fn calling(ops: &Ops, client: &Client) -> Caller {
    let secret = Secret::parse(client.secret()).unwrap();
    let actor = authenticate(ops, &secret).await.unwrap().actor.unwrap();
    Caller { actor, address: "192.0.2.1".to_owned() }
}
