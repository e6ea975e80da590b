//! Which addresses may be connected to.
//!
//! A vendor names the registry, and the registry names further hosts, so that without a guard both could make the hub
//! talk to the operator's own network. Names are judged by the addresses they resolve to, and exactly these addresses
//! are connected to: there is no second resolution that could answer otherwise.

mod network;
mod resolver;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::Url;

pub(crate) use resolver::{Barred, Reach, Resolver, Unresolved};

/// Admits public addresses, and what the operator allows beyond them.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Arc<[Allowed]>,
}

/// An exception that the operator makes: `private`, a network such as `10.1.0.0/16`, an address, or a host name.
///
/// `private` allows the addresses that organizations use inside: loopback, private (RFC 1918), shared (RFC 6598) and
/// unique local ones (RFC 4193). Others that are not public, such as the link-local ones under which clouds
/// tell machines their secrets, are allowed by name or network only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed(Exception);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Exception {
    Private,
    Network(IpNet),
    Host(String),
}

/// A text that is no exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not \"private\", a network such as 10.1.0.0/16, an IP address, or a host name")]
pub struct InvalidAllowed;

impl Guard {
    /// Admits public addresses and these exceptions.
    pub fn allowing(allowed: impl IntoIterator<Item = Allowed>) -> Self {
        Self { allowed: allowed.into_iter().collect() }
    }

    /// Whether an address may be connected to under the name of this host.
    pub fn admits(&self, host: &str, address: IpAddr) -> bool {
        // An IPv4 address stays what it is when it is written as an IPv6 one.
        let address = address.to_canonical();
        network::is_public(address) || self.allowed.iter().any(|one| one.covers(host, address))
    }

    /// Whether a URL may be followed as far as it can be told before a name is resolved.
    pub(crate) fn admits_url(&self, url: &Url) -> bool {
        literal(url).is_none_or(|address| self.admits("", address))
    }

    /// Whether a URL is of this machine, and allowed: it may be spoken to without TLS.
    pub(crate) fn admits_local(&self, url: &Url) -> bool {
        let named = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        let admitted = || match (literal(url), url.domain()) {
            (Some(address), _) => self.admits("", address),
            (None, name) => named.into_iter().any(|one| self.admits(name.unwrap_or_default(), one)),
        };
        is_local(url) && admitted()
    }
}

impl Allowed {
    fn covers(&self, host: &str, address: IpAddr) -> bool {
        match &self.0 {
            Exception::Private => network::is_internal(address),
            Exception::Network(network) => network.contains(&address),
            Exception::Host(name) => name.eq_ignore_ascii_case(host),
        }
    }
}

impl FromStr for Allowed {
    type Err = InvalidAllowed;

    fn from_str(text: &str) -> Result<Self, InvalidAllowed> {
        if text == "private" {
            return Ok(Self(Exception::Private));
        }
        if let Ok(network) = text.parse() {
            return Ok(Self(Exception::Network(network)));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(Exception::Network(address.into())));
        }
        let word = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'.' | b'_');
        let named = text.bytes().all(word) && text.bytes().any(|one| one.is_ascii_alphabetic());
        if named { Ok(Self(Exception::Host(text.to_owned()))) } else { Err(InvalidAllowed) }
    }
}

/// Whether an address is the machine itself.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Whether a URL is of this machine, by its address or by the name that every machine has for itself (RFC 6761).
pub(crate) fn is_local(url: &Url) -> bool {
    match (literal(url), url.domain()) {
        (Some(address), _) => is_loopback(address),
        (None, Some(name)) => name == "localhost" || name.ends_with(".localhost"),
        (None, None) => false,
    }
}

/// The address that a URL has in the place of a host name. No resolver is asked about these.
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str]) -> Guard {
        Guard::allowing(allowed.iter().map(|text| text.parse().unwrap()))
    }

    fn admitted(allowed: &[&str], host: &str, addresses: &[&str]) -> Vec<bool> {
        let guard = guard(allowed);
        addresses.iter().map(|text| guard.admits(host, text.parse().unwrap())).collect()
    }

    #[test]
    fn only_public_addresses_are_admitted_by_default() {
        let addresses = ["140.82.112.34", "2606:50c0:8000::153", "127.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"];
        assert_eq!(admitted(&[], "a.io", &addresses), [true, true, false, false, false]);
    }

    #[test]
    fn private_allows_what_organizations_use_inside() {
        let inside =
            ["127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"];
        assert_eq!(admitted(&["private"], "a.io", &inside), [true; 7]);
        let others =
            ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"];
        assert_eq!(admitted(&["private"], "a.io", &others), [false; 7]);
    }

    #[test]
    fn networks_addresses_and_hosts_are_allowed_one_by_one() {
        let addresses = ["10.1.2.3", "10.2.0.1", "::ffff:10.1.0.1", "fd00::1", "169.254.1.1"];
        let expected = [true, false, true, false, true];
        assert_eq!(admitted(&["10.1.0.0/16", "169.254.1.1"], "a.io", &addresses), expected);
        assert_eq!(admitted(&["registry.corp"], "Registry.Corp", &["10.0.0.1"]), [true]);
        assert_eq!(admitted(&["registry.corp"], "evil.corp", &["10.0.0.1"]), [false]);
        assert_eq!(admitted(&["registry.corp"], "x.registry.corp", &["10.0.0.1"]), [false]);
    }

    #[test]
    fn addresses_in_urls_are_judged_in_every_spelling() {
        let hidden = [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://0/",
            "https://10.0.0.1:5000/",
        ];
        for text in hidden {
            assert!(!guard(&[]).admits_url(&text.parse().unwrap()), "{text}");
        }
        assert!(guard(&[]).admits_url(&"https://ghcr.io/".parse().unwrap()));
        assert!(guard(&["127.0.0.1"]).admits_url(&"https://127.1/".parse().unwrap()));
    }

    #[test]
    fn only_the_machine_itself_is_local() {
        let local = |allowed: &[&str], text: &str| guard(allowed).admits_local(&text.parse().unwrap());
        for text in ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost/", "http://a.localhost:1/"] {
            assert!(local(&["private"], text), "{text}");
            assert!(!local(&[], text), "{text}");
        }
        for text in
            ["http://10.0.0.1/", "http://registry.corp/", "http://localhost.corp/", "http://140.82.112.34/"]
        {
            assert!(!local(&["private", "registry.corp"], text), "{text}");
        }
    }

    #[test]
    fn what_is_no_exception_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0", "*", "https://a.io", "a.io:5000", "a b"] {
            assert_eq!(text.parse::<Allowed>(), Err(InvalidAllowed), "{text:?}");
        }
    }
}
