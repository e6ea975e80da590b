//! A client of a test hub, for one actor.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::reply::Reply;

/// Where clients call from unless a test says otherwise; an address for documentation (RFC 5737).
pub const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Somebody who calls a hub: a member with a credential, or nobody in particular. It speaks to the hub's real router, only
/// without a socket.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
    secret: Option<String>,
    address: IpAddr,
}

/// A request that is put together.
#[derive(Debug)]
#[must_use = "a request that is not sent does nothing"]
pub struct Call<'c> {
    client: &'c Client,
    request: Request<Body>,
}

impl Client {
    /// Somebody without a credential.
    pub(crate) fn anonymous(router: Router) -> Self {
        Self { router, secret: None, address: ADDRESS }
    }

    /// The same client with a credential, the secret of an access token, a session or a link.
    #[must_use]
    pub fn with_secret(&self, secret: &str) -> Self {
        Self { secret: Some(secret.to_owned()), ..self.clone() }
    }

    /// The same client at another network address.
    #[must_use]
    pub fn at(&self, address: [u8; 4]) -> Self {
        Self { address: address.into(), ..self.clone() }
    }

    /// The client's credential.
    ///
    /// # Panics
    /// If it is anonymous.
    pub fn secret(&self) -> &str {
        self.secret.as_deref().expect("the client has a credential")
    }

    /// A request without a body.
    ///
    /// # Panics
    /// If `path` can't stand in a request.
    pub fn request(&self, method: Method, path: &str) -> Call<'_> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("the path can stand in a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.address, 40_000))));
        let call = Call { client: self, request };
        match &self.secret {
            Some(secret) => call.header(AUTHORIZATION.as_str(), &format!("Bearer {secret}")),
            None => call,
        }
    }

    /// Sends `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path).send().await
    }

    /// Sends `POST` with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.request(Method::POST, path).json(&body).send().await
    }

    /// Sends `PUT` with JSON.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.request(Method::PUT, path).json(&body).send().await
    }

    /// Sends `PATCH` with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.request(Method::PATCH, path).json(&body).send().await
    }

    /// Sends `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.request(Method::DELETE, path).send().await
    }
}

impl Call<'_> {
    /// Sets a header, in place of what it was.
    ///
    /// # Panics
    /// If name or value can't stand in a request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the name can stand in a request");
        self.request
            .headers_mut()
            .insert(name, HeaderValue::try_from(value).expect("the value can stand in a request"));
        self
    }

    /// Sends JSON.
    pub fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json").body(body.to_string())
    }

    /// Sends a body as it is.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// Sends the request and gives the answer as soon as it begins.
    pub async fn begin(self) -> Response<Body> {
        let Ok(response) = self.client.router.clone().oneshot(self.request).await;
        response
    }

    /// Sends the request and waits for the whole answer.
    ///
    /// # Panics
    /// If the answer breaks off.
    pub async fn send(self) -> Reply {
        let (parts, body) = self.begin().await.into_parts();
        let body = body.collect().await.expect("the answer is whole").to_bytes();
        Reply { status: parts.status, headers: parts.headers, body }
    }
}
