//! All registries, as the hub reaches them.

use std::sync::Arc;
use std::time::Duration;

use crate::address::Address;
use crate::auth::tokens::Tokens;
use crate::credentials::Credentials;
use crate::guard::Guard;
use crate::session::Session;
use crate::transport::Transport;

/// Connections to other registries, and the tokens they gave. Cheap to clone; one is enough for a hub.
#[derive(Debug, Clone)]
pub struct Upstream {
    shared: Arc<Shared>,
}

/// What all sessions have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    pub(crate) tokens: Tokens,
    pub(crate) trusted_realms: Vec<TrustedRealm>,
    pub(crate) timeouts: Timeouts,
}

/// What the operator decides.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which addresses may be connected to.
    pub guard: Guard,
    /// Token servers that may learn credentials although they are under another domain than their registry.
    pub trusted_realms: Vec<TrustedRealm>,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// A token server that belongs to a registry. Both are host names as connected to, without port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedRealm {
    /// The registry.
    pub registry: String,
    /// Its token server.
    pub realm: String,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, name and TLS included.
    pub connect: Duration,
    /// For the next bytes, also of a blob.
    pub idle: Duration,
    /// For a whole answer with all its redirections and tokens. A blob may take as long as its bytes keep coming.
    pub whole: Duration,
}

/// The HTTP client can't be set up; most likely the machine has no trusted root certificates.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client can't be set up; check that the machine has root certificates")]
pub struct SetupError(#[source] reqwest::Error);

impl Upstream {
    /// Prepares connections; makes none.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let Settings { guard, trusted_realms, timeouts } = settings;
        let transport = Transport::new(guard, timeouts).map_err(SetupError)?;
        Ok(Self {
            shared: Arc::new(Shared { transport, tokens: Tokens::default(), trusted_realms, timeouts }),
        })
    }

    /// Prepares to ask for an artifact. Nothing is sent yet.
    ///
    /// TLS is spoken always, but with a registry on the machine itself (by address or as `localhost`) that the guard
    /// allows.
    pub fn open(&self, address: &Address, credentials: Option<Credentials>) -> Session {
        let secure = address.secure_url();
        let local = self.shared.transport.admits_local(&secure);
        let base = address.plain_url().filter(|_| local).unwrap_or(secure);
        Session::new(Arc::clone(&self.shared), base, address.repository(), credentials)
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            whole: Duration::from_mins(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(allowed: &[&str], address: &str) -> String {
        let guard = Guard::allowing(allowed.iter().map(|text| text.parse().unwrap()));
        let upstream = Upstream::new(Settings { guard, ..Settings::default() }).unwrap();
        upstream.open(&address.parse().unwrap(), None).base.to_string()
    }

    #[test]
    fn tls_is_left_out_only_for_the_machine_itself_if_allowed() {
        assert_eq!(base(&[], "docker.io/nginx"), "https://registry-1.docker.io/");
        assert_eq!(base(&["private"], "ghcr.io/acme/ship"), "https://ghcr.io/");
        assert_eq!(base(&["private"], "10.0.0.1:5000/a"), "https://10.0.0.1:5000/");
        assert_eq!(base(&["registry.corp"], "registry.corp:5000/a"), "https://registry.corp:5000/");
        assert_eq!(base(&[], "127.0.0.1:5000/a"), "https://127.0.0.1:5000/");
        assert_eq!(base(&["private"], "127.0.0.1:5000/a"), "http://127.0.0.1:5000/");
        assert_eq!(base(&["localhost"], "localhost:5000/a"), "http://localhost:5000/");
        assert_eq!(base(&["private"], "localhost:443/a"), "https://localhost/");
    }
}
