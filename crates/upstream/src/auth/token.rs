//! Asks a token server for a token.

use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Method, Url};
use serde::Deserialize;

use super::challenge::Bearer;
use super::realm;
use crate::body;
use crate::error::{Defect, Error, Refusal, Result};
use crate::session::Session;
use crate::transport::{Ask, has_credentials, host_of};

/// Most bytes of the answer with a token.
const MAX_ANSWER: usize = 1 << 20;

/// How long a token is good when its server does not say.
const DEFAULT_LIFETIME: u64 = 60;

#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
    #[serde(default)]
    expires_in: Option<u64>,
}

impl Session {
    /// Fetches the token that was asked for, as the value of an `Authorization` header, and its lifetime.
    ///
    /// # Errors
    /// [`Refusal::ForeignRealm`] before anything is sent, and what a request runs into.
    pub(crate) async fn fetch_token(&self, wanted: &Bearer) -> Result<(HeaderValue, Duration)> {
        let url = self.token_url(wanted)?;
        let basic = self.credentials.as_ref().map(|one| one.basic());
        let ask = Ask { method: Method::GET, url, accept: "application/json" };
        let answer = self.shared.transport.follow(&ask, basic.as_ref()).await?;
        let host = answer.host.clone();
        let Some(mut answer) = answer.judge(self.refusal())? else {
            return Err(Error::Malformed { host, reason: Defect::Status(404) });
        };
        let bytes = body::read(&mut answer, MAX_ANSWER).await?;
        let answered: Answered =
            serde_json::from_slice(&bytes).map_err(|_| answer.malformed(Defect::Json("a token")))?;
        let token = answered.token.filter(|text| !text.is_empty()).or(answered.access_token);
        let token = token.ok_or_else(|| answer.malformed(Defect::Json("a token")))?;
        let mut value =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| answer.malformed(Defect::Token))?;
        value.set_sensitive(true);
        Ok((value, Duration::from_secs(answered.expires_in.unwrap_or(DEFAULT_LIFETIME))))
    }

    fn token_url(&self, wanted: &Bearer) -> Result<Url> {
        let defect = || Error::Malformed { host: host_of(&self.base), reason: Defect::Realm };
        let mut url: Url = wanted.realm.parse().map_err(|_| defect())?;
        // A registry without TLS is on this machine; so is its token server then, which the transport sees to.
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && self.base.scheme() == "http");
        if !scheme || has_credentials(&url) {
            return Err(defect());
        }
        if self.credentials.is_some() && !realm::belongs(&self.base, &url, &self.shared.trusted_realms) {
            let reason = Refusal::ForeignRealm { realm: host_of(&url) };
            return Err(Error::Refused { host: host_of(&self.base), reason });
        }
        let mut query = url.query_pairs_mut();
        query.extend_pairs(wanted.service.iter().map(|service| ("service", service)));
        query
            .extend_pairs(scopes(wanted.scope.as_deref(), &self.scope).into_iter().map(|one| ("scope", one)));
        drop(query);
        url.set_fragment(None);
        Ok(url)
    }
}

/// What to ask permission for: what the registry wants, unless that is more than pulling. The token goes to the registry,
/// which could do with it whatever it permits.
fn scopes<'scope>(wanted: Option<&'scope str>, own: &'scope str) -> Vec<&'scope str> {
    let wanted: Vec<&str> = wanted.unwrap_or_default().split_ascii_whitespace().collect();
    let harmless = |scope: &&str| scope.rsplit_once(':').is_none_or(|(_, actions)| actions == "pull");
    if wanted.is_empty() || !wanted.iter().all(harmless) { vec![own] } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Credentials;
    use crate::upstream::{Settings, Upstream};

    fn token_url(realm: &str) -> Result<String> {
        let upstream = Upstream::new(Settings::default()).unwrap();
        let credentials = Credentials { username: "a".to_owned(), password: "b".to_owned().into() };
        let session = upstream.open(&"registry.acme.io/ship".parse().unwrap(), Some(credentials));
        let wanted = Bearer { realm: realm.to_owned(), service: Some("a&b=c".to_owned()), scope: None };
        session.token_url(&wanted).map(|url| url.to_string())
    }

    #[test]
    fn token_server_of_a_registry_with_tls_has_tls() {
        let asked = "service=a%26b%3Dc&scope=repository%3Aship%3Apull";
        assert_eq!(
            token_url("https://id.acme.io/token").unwrap(),
            format!("https://id.acme.io/token?{asked}")
        );
        let kept = format!("https://id.acme.io/token?x=1&{asked}");
        assert_eq!(token_url("https://id.acme.io/token?x=1#y").unwrap(), kept);
        for realm in [
            "http://registry.acme.io/token",
            "http://127.0.0.1/token",
            "https://a@id.acme.io/token",
            "https://:b@id.acme.io/token",
            "ftp://id.acme.io/token",
            "token",
        ] {
            let result = token_url(realm);
            assert!(
                matches!(result, Err(Error::Malformed { reason: Defect::Realm, .. })),
                "{realm}: {result:?}"
            );
        }
    }

    #[test]
    fn token_server_of_somebody_else_is_not_asked() {
        let result = token_url("https://acme.evil.io:444/token");
        let Err(Error::Refused { host, reason }) = result else { panic!("{result:?}") };
        assert_eq!(host, "registry.acme.io");
        assert_eq!(reason, Refusal::ForeignRealm { realm: "acme.evil.io:444".to_owned() });
    }

    #[test]
    fn nothing_is_asked_for_beyond_pulling() {
        let check = |wanted: Option<&str>, expected: &[&str]| {
            assert_eq!(scopes(wanted, "repository:a/b:pull"), expected, "{wanted:?}");
        };
        check(None, &["repository:a/b:pull"]);
        check(Some(" "), &["repository:a/b:pull"]);
        check(Some("aws"), &["aws"]);
        check(Some("repository:virtual/a/b:pull"), &["repository:virtual/a/b:pull"]);
        check(Some("repository:a:pull repository:b:pull"), &["repository:a:pull", "repository:b:pull"]);
        check(Some("repository:a/b:pull,push"), &["repository:a/b:pull"]);
        check(Some("repository:a/b:*"), &["repository:a/b:pull"]);
        check(Some("repository:a/b:pull registry:catalog:*"), &["repository:a/b:pull"]);
    }
}
