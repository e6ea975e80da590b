//! Requests that would change something.

use grantry_testkit::hub::TestHub;
use http::Method;

use super::super::sha256;
use super::ask::{Ask, bare};
use super::people::Identity;
use super::world::World;

/// A request that would change something.
pub(super) struct Change {
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) path: String,
    /// The same about what does not exist.
    pub(super) twin: String,
    pub(super) body: String,
    /// The status for who may.
    pub(super) allowed: u16,
}

pub(super) fn writes(world: &World, session: &str, content: &str) -> Vec<Change> {
    let nothing = sha256("nothing");
    let void = "/v2/acme/app/blobs/uploads/01940000-0000-4000-8000-000000000001";
    let of = |name, method: &str, (path, twin): (String, String), body: &str, allowed| Change {
        name,
        method: method.parse().unwrap(),
        path,
        twin,
        body: body.to_owned(),
        allowed,
    };
    let app = |rest: String| format!("/v2/acme/app/{rest}");
    let pair =
        |kind: &str, one: &str, other: &str| (app(format!("{kind}/{one}")), app(format!("{kind}/{other}")));
    let end = |place: &str| format!("{place}?digest={}", sha256("hello"));
    let mount = |digest: &str, from: &str| format!("/v2/acme/new/blobs/uploads/?mount={digest}{from}");
    // What would delete is only asked for by who may not.
    vec![
        of("PUT tag", "PUT", pair("manifests", "1.0", "9.9"), content, 201),
        of("PUT digest", "PUT", pair("manifests", &world.one.digest, &nothing), content, 201),
        of("PUT signature tag", "PUT", pair("manifests", &world.one.attached_tag(".sig"), "9.9"), "{}", 400),
        of("DELETE tag", "DELETE", pair("manifests", "1.0", "9.9"), "", 0),
        of("DELETE digest", "DELETE", pair("manifests", &world.one.digest, &nothing), "", 0),
        of("DELETE child", "DELETE", pair("manifests", &world.two.children[0].digest, &nothing), "", 0),
        of("DELETE layer", "DELETE", pair("blobs", &sha256("one"), &nothing), "", 405),
        of(
            "POST with other content",
            "POST",
            pair(
                "blobs",
                &format!("uploads/?digest={}", sha256("one")),
                &format!("uploads/?digest={nothing}"),
            ),
            "x",
            400,
        ),
        of(
            "mount from app",
            "POST",
            (mount(&sha256("one"), "&from=acme/app"), mount(&nothing, "&from=acme/app")),
            "",
            0,
        ),
        of("mount from anywhere", "POST", (mount(&sha256("one"), ""), mount(&nothing, "")), "", 0),
        of("GET session", "GET", (session.to_owned(), void.to_owned()), "", 204),
        of("PATCH session", "PATCH", (session.to_owned(), void.to_owned()), "more", 0),
        of("PUT session", "PUT", (end(session), end(void)), "", 0),
        of("DELETE session", "DELETE", (session.to_owned(), void.to_owned()), "", 0),
    ]
}

impl Change {
    /// Tries it as somebody; the status. Who may not gets the same answer about what there is and what there is not.
    pub(super) async fn by(&self, hub: &TestHub, who: &Identity) -> String {
        let may = ["vendor's admin", "vendor's writer"].contains(&who.name);
        let of_another = who.name == "vendor's writer" && self.name.ends_with("session");
        if may && !of_another && self.allowed == 0 {
            return "-".to_owned();
        }
        let ask = Ask { method: self.method.clone(), header: None, body: &self.body };
        let reply = bare(ask.of(hub, who, &self.path).await);
        let status = reply.status.as_u16();
        let expected = match () {
            () if !who.is_known => 401,
            () if of_another => 404,
            () if may => self.allowed,
            () => 403,
        };
        assert_eq!(status, expected, "{} tries {}: {reply}", who.name, self.name);
        if !may || of_another {
            let twin = bare(ask.of(hub, who, &self.twin).await);
            assert_eq!(reply, twin, "{} tries {}", who.name, self.name);
        }
        status.to_string()
    }
}
