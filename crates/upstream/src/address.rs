//! Where an artifact is: a registry and a repository in it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use grantry_oci::name::{Name, NameError};
use reqwest::Url;

/// Names of Docker Hub. People write the first; the registry answers under the last.
const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// A repository in a registry, as in `ghcr.io/acme/ship` or `registry.example.com:5000/ship`.
///
/// Written as container tools write it, without a scheme and without a tag. On Docker Hub a name of one part is one of
/// the official images, so that `docker.io/nginx` is `docker.io/library/nginx`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Host and port in their one spelling, as printed.
    registry: String,
    repository: String,
    /// The registry over TLS, with the path `/`.
    url: Url,
    port: Option<u16>,
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It begins with `https://` or the like.
    #[error("write the address without https://, as in ghcr.io/acme/ship")]
    Scheme,
    /// The first part is no host, as in `library/nginx`.
    #[error("the address begins with no registry; write docker.io/library/nginx, not library/nginx")]
    NoRegistry,
    /// Nothing follows the host.
    #[error("the address names no repository; write ghcr.io/acme/ship, not ghcr.io")]
    NoRepository,
    /// The host is none.
    #[error("the registry is neither a host name nor an IP address")]
    Host,
    /// The port is none.
    #[error("the port of the registry is not a number from 1 to 65535")]
    Port,
    /// A tag or a digest follows.
    #[error("write the address without a tag or a digest")]
    Reference,
    /// The repository is not of the grammar.
    #[error("the repository can't be used: {0}")]
    Repository(#[from] NameError),
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.contains("://") {
            return Err(AddressError::Scheme);
        }
        let (registry, repository) = text.split_once('/').unwrap_or((text, ""));
        if !(registry.contains(['.', ':']) || registry.eq_ignore_ascii_case("localhost")) {
            return Err(AddressError::NoRegistry);
        }
        let (host, port) = split_port(registry)?;
        let mut host = canonical_host(host)?;
        let hub = DOCKER_HUB.contains(&&*host);
        if hub {
            DOCKER_HUB[0].clone_into(&mut host);
        }
        let repository = canonical_repository(repository, hub)?;
        let endpoint = if hub { DOCKER_HUB[2] } else { &host };
        let suffix = port.map(|port| format!(":{port}")).unwrap_or_default();
        // What the URL parser refuses here is a host that looks like an internationalized one and is not.
        let url = Url::parse(&format!("https://{endpoint}{suffix}/")).map_err(|_| AddressError::Host)?;
        Ok(Self { registry: format!("{host}{suffix}"), repository, url, port })
    }

    /// The registry's host, with its port if one is named.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository in the registry.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The registry over TLS.
    pub(crate) fn secure_url(&self) -> Url {
        self.url.clone()
    }

    /// The registry without TLS; `None` where the port says that it is with.
    pub(crate) fn plain_url(&self) -> Option<Url> {
        let mut url = self.url.clone();
        url.set_scheme("http").ok()?;
        url.set_port(self.port).ok()?;
        (self.port != Some(443)).then_some(url)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)
    }
}

fn split_port(registry: &str) -> Result<(&str, Option<u16>), AddressError> {
    // The colons of an IPv6 address are within brackets.
    let after = registry.rfind(']').unwrap_or(0);
    let Some(colon) = registry[after..].rfind(':') else { return Ok((registry, None)) };
    let (host, port) = registry.split_at(after + colon);
    let port = &port[1..];
    let digits = port.bytes().all(|one| one.is_ascii_digit());
    match port.parse() {
        Ok(port) if digits && port != 0 => Ok((host, Some(port))),
        _ => Err(AddressError::Port),
    }
}

fn canonical_host(host: &str) -> Result<String, AddressError> {
    if let Some(text) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Ipv6Addr = text.parse().map_err(|_| AddressError::Host)?;
        return Ok(format!("[{address}]"));
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(address.to_string());
    }
    let label = |label: &str| {
        let word = label.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'-');
        word && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    // Where the last label begins with a digit, URL parsers see an IPv4 address, also in `0x7f.1`.
    let last = host.rsplit('.').next().unwrap_or_default();
    let named = last.starts_with(|one: char| one.is_ascii_alphabetic());
    let valid = named && host.len() <= 253 && host.split('.').all(label);
    if valid { Ok(host.to_ascii_lowercase()) } else { Err(AddressError::Host) }
}

fn canonical_repository(repository: &str, hub: bool) -> Result<String, AddressError> {
    if repository.is_empty() {
        return Err(AddressError::NoRepository);
    }
    if repository.contains(['@', ':']) {
        return Err(AddressError::Reference);
    }
    let official = hub && !repository.contains('/');
    let repository = if official { format!("library/{repository}") } else { repository.to_owned() };
    // Names of ours have an organization in front; the rest is of the same grammar.
    format!("upstream/{repository}").parse::<Name>()?;
    Ok(repository)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<(&str, &str), AddressError>) {
        let address = Address::parse(text);
        let found = address.as_ref().map(|one| (one.to_string(), one.secure_url().to_string()));
        let expected = expected.map(|(text, url)| (text.to_owned(), url.to_owned()));
        assert_eq!(found.map_err(|error| *error), expected, "{text:?}");
    }

    #[test]
    fn addresses_are_read_as_container_tools_read_them() {
        check("ghcr.io/acme/ship", Ok(("ghcr.io/acme/ship", "https://ghcr.io/")));
        check("registry.k8s.io/pause", Ok(("registry.k8s.io/pause", "https://registry.k8s.io/")));
        check("Registry.Example.COM/a", Ok(("registry.example.com/a", "https://registry.example.com/")));
        check("registry:5000/a/b/c", Ok(("registry:5000/a/b/c", "https://registry:5000/")));
        check("localhost/a", Ok(("localhost/a", "https://localhost/")));
        check("127.0.0.1:5000/a", Ok(("127.0.0.1:5000/a", "https://127.0.0.1:5000/")));
        check("[::1]:5000/a", Ok(("[::1]:5000/a", "https://[::1]:5000/")));
        check("[0:0::1]/a", Ok(("[::1]/a", "https://[::1]/")));
    }

    #[test]
    fn docker_hub_has_several_names_and_official_images() {
        let hub = "https://registry-1.docker.io/";
        check("docker.io/nginx", Ok(("docker.io/library/nginx", hub)));
        check("docker.io/library/nginx", Ok(("docker.io/library/nginx", hub)));
        check("index.docker.io/acme/ship", Ok(("docker.io/acme/ship", hub)));
        check("registry-1.docker.io/nginx", Ok(("docker.io/library/nginx", hub)));
        check("quay.io/nginx", Ok(("quay.io/nginx", "https://quay.io/")));
    }

    #[test]
    fn what_is_no_address_says_why() {
        for text in ["https://ghcr.io/acme/ship", "oci://ghcr.io/acme/ship"] {
            check(text, Err(AddressError::Scheme));
        }
        for text in ["", "nginx", "library/nginx", "/nginx"] {
            check(text, Err(AddressError::NoRegistry));
        }
        for text in ["ghcr.io", "ghcr.io/", "registry:5000"] {
            check(text, Err(AddressError::NoRepository));
        }
        for text in [
            "user@ghcr.io/a",
            "user:pass@ghcr.io/a",
            "-a.io/a",
            "a-.io/a",
            "a..io/a",
            ".io/a",
            "a.io./a",
            "a_b.io/a",
            "0x7f.1/a",
            "127.1/a",
            "1.2.3.4.5/a",
            "[::1/a",
            "[ghcr.io]/a",
            "gh\u{e9}r.io/a",
            "xn--a.io/a",
            "a.io%2f/a",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(matches!(error, AddressError::Host | AddressError::Port), "{text:?}: {error:?}");
        }
        for text in ["ghcr.io:/a", "ghcr.io:0/a", "ghcr.io:65536/a", "ghcr.io:+80/a", "::1/a", "a.io:x/a"] {
            let error = Address::parse(text).unwrap_err();
            assert!(matches!(error, AddressError::Host | AddressError::Port), "{text:?}: {error:?}");
        }
        for text in ["ghcr.io/a:latest", "ghcr.io/a@sha256:aa", "docker.io/nginx:1"] {
            check(text, Err(AddressError::Reference));
        }
        for text in
            ["ghcr.io/A", "ghcr.io/a//b", "ghcr.io/a/", "ghcr.io/../a", "ghcr.io/a?b", "ghcr.io/a%2fb"]
        {
            check(text, Err(AddressError::Repository(NameError::Malformed)));
        }
        check(&format!("ghcr.io/{}", "a".repeat(255)), Err(AddressError::Repository(NameError::TooLong)));
    }

    #[test]
    fn port_of_tls_is_never_spoken_to_without() {
        let plain = |text: &str| Address::parse(text).unwrap().plain_url().map(|url| url.to_string());
        assert_eq!(plain("localhost:5000/a").as_deref(), Some("http://localhost:5000/"));
        assert_eq!(plain("localhost/a").as_deref(), Some("http://localhost/"));
        assert_eq!(plain("localhost:443/a"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}", host in "[\\[\\]:.a0-]{0,12}") {
            for text in [text, format!("{host}/a")] {
                if let Ok(address) = Address::parse(&text) {
                    prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
                }
            }
        }
    }
}
