//! Names become addresses that may be connected to.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Guard, is_loopback};

/// Resolves names for the HTTP client, which connects to what this returns and to nothing else.
#[derive(Debug)]
pub(crate) struct Resolver {
    pub(crate) guard: Guard,
    pub(crate) reach: Reach,
}

/// How far connections may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To whatever the guard admits.
    Guarded,
    /// Of that, only to the machine itself: what is sent without TLS.
    Local,
}

/// No address of a name may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("no address of the name is admitted")]
pub(crate) struct Barred;

/// A name has no address.
#[derive(Debug, thiserror::Error)]
#[error("the name can't be resolved")]
pub(crate) struct Unresolved(#[source] Option<io::Error>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, reach) = (self.guard.clone(), self.reach);
        Box::pin(async move {
            let host = name.as_str();
            let found = tokio::net::lookup_host((host, 0)).await.map_err(|error| Unresolved(Some(error)))?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() {
                return Err(Unresolved(None).into());
            }
            let admitted = |one: &SocketAddr| {
                guard.admits(host, one.ip()) && (reach == Reach::Guarded || is_loopback(one.ip()))
            };
            let admitted: Vec<SocketAddr> = found.into_iter().filter(admitted).collect();
            if admitted.is_empty() { Err(Barred.into()) } else { Ok(Box::new(admitted.into_iter()) as Addrs) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolve(allowed: &[&str], reach: Reach, name: &str) -> Result<Vec<SocketAddr>, String> {
        let guard = Guard::allowing(allowed.iter().map(|text| text.parse().unwrap()));
        let resolving = Resolver { guard, reach }.resolve(name.parse().unwrap());
        resolving.await.map(Iterator::collect).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn name_of_the_machine_is_barred_unless_allowed() {
        let barred = Err(Barred.to_string());
        assert_eq!(resolve(&[], Reach::Guarded, "localhost").await, barred);
        assert_eq!(resolve(&["10.0.0.0/8"], Reach::Guarded, "localhost").await, barred);
        let found = resolve(&["private"], Reach::Local, "localhost").await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|one| one.ip().is_loopback()), "{found:?}");
    }

    #[tokio::test]
    async fn addresses_that_are_not_admitted_are_left_out() {
        let found = resolve(&["127.0.0.1"], Reach::Guarded, "localhost").await.unwrap();
        assert!(found.iter().all(|one| one.ip().to_string() == "127.0.0.1"), "{found:?}");
    }

    #[tokio::test]
    async fn without_tls_nothing_but_the_machine_is_reached() {
        // An address as a name is resolved to itself.
        let public = "140.82.112.34";
        assert!(resolve(&[], Reach::Guarded, public).await.is_ok());
        assert_eq!(resolve(&[], Reach::Local, public).await, Err(Barred.to_string()));
    }
}
