//! What every handler can reach.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRef;
use grantry_ops::Ops;

/// The hub, as handlers see it. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The operations.
    pub ops: Ops,
    /// Whether a peer is a proxy whose word about the client's address is taken.
    pub is_trusted_proxy: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
}

impl App {
    /// The hub's base URL, for links that leave it.
    pub fn public_url(&self) -> &str {
        &self.ops.settings().public_url
    }

    /// Whether browsers reach the hub by HTTPS, so that cookies may say `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }
}

impl FromRef<App> for Ops {
    fn from_ref(app: &App) -> Self {
        app.ops.clone()
    }
}
