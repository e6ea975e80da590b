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
    /// The proxies whose word about the client's address is taken.
    pub trusted_proxies: Arc<[Trusted]>,
}

/// An address, or a range of them, whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trusted {
    /// The first address of the range.
    pub address: IpAddr,
    /// How many leading bits an address must share with it.
    pub prefix: u8,
}

impl Trusted {
    /// Whether the range holds this address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (u128::from(ours.to_bits()), u128::from(theirs.to_bits()), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        let ignored = width - u32::from(self.prefix).min(width);
        ours.checked_shr(ignored).unwrap_or(0) == theirs.checked_shr(ignored).unwrap_or(0)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_the_addresses_that_share_its_prefix() {
        let check = |range: (&str, u8), address: &str, expected| {
            let trusted = Trusted { address: range.0.parse().unwrap(), prefix: range.1 };
            assert_eq!(trusted.contains(address.parse().unwrap()), expected, "{range:?} {address}");
        };
        check(("10.1.0.0", 16), "10.1.255.255", true);
        check(("10.1.0.0", 16), "10.2.0.0", false);
        check(("10.1.0.0", 32), "10.1.0.0", true);
        check(("0.0.0.0", 0), "203.0.113.9", true);
        check(("10.1.0.0", 16), "::ffff:10.1.2.3", true);
        check(("fd00::", 8), "fd12::1", true);
        check(("fd00::", 8), "fe80::1", false);
        check(("::", 0), "10.0.0.1", false);
    }
}
