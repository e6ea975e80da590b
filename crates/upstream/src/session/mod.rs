//! One artifact in one registry, and who asks for it.

mod blob;
mod manifest;
mod referrers;
mod tags;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue, LINK, WWW_AUTHENTICATE};
use reqwest::{Method, Url};

pub use blob::BlobStream;
pub use manifest::{Fetched, Head};
pub use tags::TagList;

use crate::auth::challenge::Challenge;
use crate::auth::tokens::Key;
use crate::body;
use crate::credentials::Credentials;
use crate::error::{Defect, Error, Outage, Refusal, Result};
use crate::link;
use crate::transport::{Answer, Ask, has_credentials, host_of};
use crate::upstream::Shared;

/// How long a registry that takes credentials as they are is not asked again whether it does.
const BASIC_LIFETIME: Duration = Duration::from_mins(5);

/// Most pages of a list that are followed. A registry that gives one entry a page is not worth more.
const MAX_PAGES: usize = 1000;

/// Most bytes of one page of a list.
const MAX_PAGE_BYTES: usize = 8 << 20;

/// Asks a registry for one artifact. Cheap to clone; holds no connection of its own.
///
/// Every method answers `None` for what the registry does not have, and
/// [`Refused`](Error::Refused), [`RateLimited`](Error::RateLimited), [`Unavailable`](Error::Unavailable),
/// [`Malformed`](Error::Malformed) or [`Forbidden`](Error::Forbidden) for what goes wrong.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) shared: Arc<Shared>,
    /// The registry with the path `/`.
    pub(crate) base: Url,
    repository: String,
    pub(crate) credentials: Option<Credentials>,
    /// What pulling needs permission for, in the words of token servers.
    pub(crate) scope: String,
    key: Key,
}

/// An answer read whole.
struct Document {
    bytes: Bytes,
    content_type: Option<String>,
    digest: Option<String>,
    /// The next page, if it is one of several.
    next: Option<Url>,
    host: String,
}

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        base: Url,
        repository: &str,
        credentials: Option<Credentials>,
    ) -> Self {
        let scope = format!("repository:{repository}:pull");
        let key = match &credentials {
            None => Key::of(&[base.as_str(), &scope]),
            Some(one) => Key::of(&[base.as_str(), &scope, &one.username, &one.password]),
        };
        Self { shared, base, repository: repository.to_owned(), credentials, scope, key }
    }

    /// Checks that the registry is there and accepts the credentials. Whether it has the artifact is not asked.
    ///
    /// # Errors
    /// See [`Session`].
    pub async fn ping(&self) -> Result<()> {
        let mut url = self.base.clone();
        url.set_path("/v2/");
        let answer = self.within(self.exchange(Method::GET, url, "application/json")).await?;
        match answer {
            Some(_) => Ok(()),
            None => Err(self.malformed(Defect::NoRegistry)),
        }
    }

    /// The URL of something in the repository. Neither names nor references need escapes.
    fn url(&self, kind: &str, last: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("/v2/{}/{kind}/{last}", self.repository));
        url
    }

    /// Sends a request, and says who we are if that is asked. An answer is a 200.
    async fn exchange(&self, method: Method, url: Url, accept: &str) -> Result<Option<Answer>> {
        let ask = Ask { method, url, accept };
        let transport = &self.shared.transport;
        if let Some(known) = self.shared.tokens.find(self.key, Instant::now()) {
            let answer = transport.follow(&ask, Some(&known)).await?;
            if !answer.is_challenge() {
                return answer.judge(self.refusal());
            }
            self.shared.tokens.forget(self.key, &known);
        }
        // Asked without a token, also when one was refused: some registries name another token server then.
        let answer = transport.follow(&ask, None).await?;
        if !answer.is_challenge() {
            return answer.judge(self.refusal());
        }
        let authorization = self.answer_challenge(&answer).await?;
        let answer = transport.follow(&ask, Some(&authorization)).await?;
        if answer.is_challenge() {
            self.shared.tokens.forget(self.key, &authorization);
        }
        answer.judge(self.refusal())
    }

    async fn answer_challenge(&self, answer: &Answer) -> Result<HeaderValue> {
        let refused = |reason| Error::Refused { host: answer.host.clone(), reason };
        let (value, lifetime) = match Challenge::choose(answer.headers(WWW_AUTHENTICATE)) {
            Some(Challenge::Bearer(wanted)) => self.within(self.fetch_token(&wanted)).await?,
            Some(Challenge::Basic) => {
                let credentials = self.credentials.as_ref().ok_or_else(|| refused(Refusal::Anonymous))?;
                (credentials.basic(), BASIC_LIFETIME)
            }
            None => return Err(refused(Refusal::UnknownScheme)),
        };
        self.shared.tokens.keep(self.key, value.clone(), lifetime, Instant::now());
        Ok(value)
    }

    /// Reads a document whole.
    async fn fetch(&self, url: Url, accept: &str, limit: usize) -> Result<Option<Document>> {
        self.within(async {
            let from = url.clone();
            let Some(mut answer) = self.exchange(Method::GET, url, accept).await? else { return Ok(None) };
            let bytes = body::read(&mut answer, limit).await?;
            let next = link::next(answer.headers(LINK)).map(|target| self.next_page(&from, target));
            let text = |value: Option<&str>| value.map(str::to_owned);
            Ok(Some(Document {
                bytes,
                content_type: text(answer.header(CONTENT_TYPE)),
                digest: text(answer.header(manifest::DIGEST)),
                next: next.transpose()?,
                host: answer.host,
            }))
        })
        .await
    }

    /// The next page of a list, which the registry itself has and nobody else.
    fn next_page(&self, from: &Url, target: &str) -> Result<Url> {
        let own = |next: &Url| next.origin() == self.base.origin() && !has_credentials(next);
        let next = from.join(target).ok().filter(own);
        next.ok_or_else(|| self.malformed(Defect::Link))
    }

    /// Gives up what takes too long.
    async fn within<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let work = tokio::time::timeout(self.shared.timeouts.whole, Box::pin(work));
        work.await.unwrap_or_else(|_| {
            let host = host_of(&self.base);
            Err(Error::Unavailable { host, reason: Outage::TimedOut, source: None })
        })
    }

    /// What it means that we are not let in.
    pub(crate) fn refusal(&self) -> Refusal {
        if self.credentials.is_some() { Refusal::Credentials } else { Refusal::Anonymous }
    }

    fn malformed(&self, reason: Defect) -> Error {
        Error::Malformed { host: host_of(&self.base), reason }
    }
}

impl Document {
    fn malformed(&self, reason: Defect) -> Error {
        Error::Malformed { host: self.host.clone(), reason }
    }
}
