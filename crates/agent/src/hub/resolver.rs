//! Names to addresses without the C library: the agent is linked statically, and there `getaddrinfo` would load whatever modules the
//! machine's nsswitch.conf names into a process that they were not made for.

use std::net::SocketAddr;
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up as /etc/hosts and /etc/resolv.conf say. Both are read at each look-up, which comes only with a new connection: the
/// network may have changed since the agent started, or come up after it.
pub(super) struct Resolver;

impl Resolver {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let resolver = TokioResolver::builder_tokio()?.build()?;
            let found = resolver.lookup_ip(name.as_str()).await?;
            let addresses: Vec<_> = found.iter().map(|address| SocketAddr::new(address, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
