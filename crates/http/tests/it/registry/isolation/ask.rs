//! Asking for something as somebody.

use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;
use grantry_testkit::reply::Reply;
use http::Method;

use super::people::Identity;
use super::world::{Of, Target};

/// A request of somebody.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) header: Option<(&'static str, String)>,
    pub(super) body: &'a str,
}

impl Ask<'_> {
    pub(super) async fn of(&self, hub: &TestHub, who: &Identity, path: &str) -> Reply {
        let anonymous = hub.anonymous();
        let mut call = anonymous.request(self.method.clone(), path);
        if !who.authorization.is_empty() {
            call = call.header("authorization", &who.authorization);
        }
        if let Some((name, value)) = &self.header {
            call = call.header(name, value);
        }
        call.header("content-type", IMAGE).body(self.body.to_owned()).send().await
    }
}

pub(super) fn plain<'a>(method: Method) -> Ask<'a> {
    Ask { method, header: None, body: "" }
}

/// An answer without what differs between any two.
pub(super) fn bare(mut reply: Reply) -> Reply {
    reply.headers.remove("x-request-id");
    reply.headers.remove("date");
    reply
}

impl Identity {
    /// Asks, requires that what is hidden looks like what is not there, and gives the status.
    pub(super) async fn ask(&self, hub: &TestHub, ask: &Ask<'_>, target: &Target) -> u16 {
        let reply = bare(ask.of(hub, self, &target.path).await);
        let status = reply.status.as_u16();
        let sees = self.sees.contains(&target.of)
            && !(target.of == Of::Globex && target.path.starts_with("/v2/acme"));
        assert_eq!((200..400).contains(&status), sees, "{} asks for {}: {reply}", self.name, target.name);
        if !sees {
            let twin = bare(ask.of(hub, self, &target.twin).await);
            assert_eq!(reply, twin, "{} asks for {}", self.name, target.name);
            assert_eq!(
                status,
                if self.is_known { 404 } else { 401 },
                "{} asks for {}",
                self.name,
                target.name
            );
        }
        status
    }
}
