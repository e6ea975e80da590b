//! The network address that a request came from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use grantry_ops::caller::Visitor;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{Extensions, HeaderMap};

use crate::app::App;

/// The client's address: the peer's, or what a trusted proxy says of it. In `X-Forwarded-For` each proxy appends whom it
/// saw, so the last address that is no trusted proxy is the client.
pub(crate) fn client_address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    if !(app.is_trusted_proxy)(peer) {
        return peer;
    }
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let said: Vec<&str> = said.flat_map(|value| value.split(',')).map(str::trim).collect();
    for text in said.iter().rev() {
        let Ok(address) = text.parse::<IpAddr>() else { break };
        if !(app.is_trusted_proxy)(address) {
            return address.to_canonical();
        }
    }
    peer
}

/// The scheme by which the client has reached a trusted proxy, if one says so.
pub(crate) fn forwarded_scheme(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Option<&'static str> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    if !(app.is_trusted_proxy)(peer.ip().to_canonical()) {
        return None;
    }
    let said = headers.get("x-forwarded-proto")?.to_str().ok()?;
    ["https", "http"].into_iter().find(|scheme| said.trim().eq_ignore_ascii_case(scheme))
}

/// A browser or client that nobody has signed in with yet.
pub(crate) struct Client(pub(crate) Visitor);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let address = client_address(app, &parts.headers, &parts.extensions).to_string();
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
        Ok(Self(Visitor { address, user_agent: user_agent.to_owned() }))
    }
}
