//! Which token servers may learn credentials.
//!
//! The registry names its token server. Where any is taken, a registry can have our credentials sent anywhere
//! (CVE-2020-15157, CVE-2026-33540).

use reqwest::Url;

use crate::upstream::TrustedRealm;

/// Token servers under a domain of their own, beside those that the operator trusts: registry and token server.
const KNOWN: [(&str, &str); 1] = [("nvcr.io", "authn.nvidia.com")];

/// Domains whose subdomains are registries of different people, and that the list of public suffixes does not have.
const SHARED: [&str; 12] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "azurecr.cn",
    "azurecr.io",
    "azurecr.us",
    "azure.com",
    "container-registry.com",
    "gcr.io",
    "jfrog.io",
    "ovh.net",
    "pkg.dev",
    "vultrcr.com",
];

/// Whether a token server belongs to a registry: by the same host, the same domain, or because it is known to.
pub(crate) fn belongs(registry: &Url, realm: &Url, trusted: &[TrustedRealm]) -> bool {
    let (Some(registry_host), Some(realm_host)) = (registry.host_str(), realm.host_str()) else {
        return false;
    };
    let configured = || trusted.iter().map(|one| (&*one.registry, &*one.realm));
    registry_host == realm_host
        || same_domain(registry, realm)
        || KNOWN.into_iter().chain(configured()).any(|pair| pair == (registry_host, realm_host))
}

fn same_domain(registry: &Url, realm: &Url) -> bool {
    let domain = |url| domain(url).filter(|domain| !SHARED.contains(domain));
    domain(registry).is_some() && domain(registry) == domain(realm)
}

/// The part of a host name that somebody registered. An address has none.
fn domain(url: &Url) -> Option<&str> {
    psl::domain_str(url.domain()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(registry: &str, realm: &str) -> bool {
        let trusted = [TrustedRealm { registry: "a.example".to_owned(), realm: "id.corp".to_owned() }];
        let url = |host: &str| format!("https://{host}/").parse().unwrap();
        belongs(&url(registry), &url(realm), &trusted)
    }

    #[test]
    fn token_servers_of_the_same_domain_belong_to_a_registry() {
        assert!(check("registry-1.docker.io", "auth.docker.io"));
        assert!(check("registry.gitlab.com", "gitlab.com"));
        assert!(check("registry.digitalocean.com", "api.digitalocean.com"));
        assert!(check("ghcr.io", "ghcr.io"));
        assert!(check("registry.acme.co.uk", "id.acme.co.uk"));
        assert!(check("localhost:5000", "localhost:5001"));
        assert!(check("10.0.0.1:5000", "10.0.0.1"));
        assert!(check("mine.azurecr.io", "mine.azurecr.io"));
    }

    #[test]
    fn token_servers_of_other_domains_do_not() {
        assert!(!check("ghcr.io", "evil.io"));
        assert!(!check("docker.io", "docker.io.evil.com"));
        assert!(!check("docker.io", "evildocker.io"));
        assert!(!check("registry.acme.co.uk", "registry.evil.co.uk"), "a public suffix is no domain");
        assert!(!check("acme.github.io", "evil.github.io"), "nor is one where anybody gets a name");
        assert!(!check("mine.azurecr.io", "evil.azurecr.io"), "also if the list does not have it");
        assert!(!check("1.dkr.ecr.eu-west-1.amazonaws.com", "2.dkr.ecr.eu-west-1.amazonaws.com"));
        assert!(!check("10.0.0.1", "10.0.0.2"), "an address has no domain");
        assert!(!check("192.168.0.1", "10.0.0.1"));
        assert!(!check("localhost", "evil.localhost"));
    }

    #[test]
    fn known_and_configured_pairs_belong_together() {
        assert!(check("nvcr.io", "authn.nvidia.com"));
        assert!(!check("ghcr.io", "authn.nvidia.com"));
        assert!(check("a.example", "id.corp"));
        assert!(!check("b.example", "id.corp"));
        assert!(!check("id.corp", "a.example"));
    }
}
