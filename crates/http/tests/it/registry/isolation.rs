//! Who may see what: everything in the registry, asked for by everybody, by every method. What somebody may not see answers
//! them byte for byte as what does not exist.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, Vendor};
use grantry_testkit::registry::{IMAGE, INDEX, Pushed};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

use super::grants::{all, chosen, entitle, matching, restrict};
use super::tags::link;
use super::token::token;
use super::{begin, chunk, count, get, part, push_as, sha256};
use crate::agents::stock::{Agent, docker, new_secret, target};
use crate::snapshot::check_text;

/// What is reached through what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The tag `1.0` of `acme/app`.
    One,
    /// Both tags of it.
    Both,
    /// The tag `v2.0.0` of it, an index.
    Two,
    /// Neither: pushed, but of no tag.
    Loose,
    /// Another artifact of the same vendor.
    Secret,
    /// An artifact of another vendor, which has the same name.
    Globex,
}

/// Somebody.
struct Identity {
    name: &'static str,
    /// The header that they send; nothing if it is empty.
    authorization: String,
    /// What they see.
    sees: Vec<Of>,
    /// Whether they are known.
    is_known: bool,
}

/// What is asked for.
struct Target {
    name: &'static str,
    path: String,
    /// The same about what does not exist.
    twin: String,
    of: Of,
}

/// What the two vendors have.
struct World {
    one: Pushed,
    two: Pushed,
    secret: Pushed,
    globex: Pushed,
    sbom_of_one: Pushed,
    sbom_of_two: Pushed,
    sbom_of_child: Pushed,
    signature_of_one: Pushed,
    signature_of_two: Pushed,
    /// What an older client keeps of what is attached to 2.0, under the tag for that.
    list_of_two: Pushed,
    loose: String,
}

impl World {
    async fn make(hub: &TestHub) -> (Self, Vendor) {
        let (acme, globex) = (&hub.acme, hub.add_vendor("Globex", "globex").await);
        let one = image(acme, "1.0", &["shared", "one"], "config of one").await;
        let child = image(acme, "", &["shared", "two"], "config of two").await;
        let listed = json!({ "mediaType": IMAGE, "digest": child.digest, "size": child.size });
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [listed] }).to_string();
        push_as(&acme.admin, "/v2/acme/app/manifests/v2.0.0", INDEX, index.clone()).await.expect(201);
        let two = index_of(&index, vec![child]);
        let signature_of_two = acme.sign("app", &two).await;
        let entry =
            json!({ "mediaType": IMAGE, "digest": signature_of_two.digest, "size": signature_of_two.size });
        let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] }).to_string();
        let path = format!("/v2/acme/app/manifests/{}", two.attached_tag(""));
        push_as(&acme.admin, &path, INDEX, list.clone()).await.expect(201);
        let world = Self {
            sbom_of_one: acme.attach("app", &one, "application/spdx+json").await,
            sbom_of_two: acme.attach("app", &two, "application/spdx+json").await,
            sbom_of_child: acme.attach("app", &two.children[0], "application/spdx+json").await,
            signature_of_one: acme.sign("app", &one).await,
            signature_of_two,
            list_of_two: index_of(&list, Vec::new()),
            loose: acme.push_blob("app", b"of nothing yet").await,
            secret: acme.push("secret", "1.0").await,
            globex: globex.push("app", "3.0").await,
            one,
            two,
        };
        (world, globex)
    }

    /// Everything that is pulled by a tag or a digest.
    fn targets(&self) -> (Vec<Target>, Vec<Target>) {
        let (nothing, child) = (sha256("nothing"), &self.two.children[0]);
        let manifests = [
            ("app tag 1.0", "acme/app", "1.0", Of::One),
            ("app tag v2.0.0", "acme/app", "v2.0.0", Of::Two),
            ("app digest of 1.0", "acme/app", &self.one.digest, Of::One),
            ("app digest of 2.0", "acme/app", &self.two.digest, Of::Two),
            ("app child of 2.0", "acme/app", &child.digest, Of::Two),
            ("app SBOM of 1.0", "acme/app", &self.sbom_of_one.digest, Of::One),
            ("app SBOM of 2.0", "acme/app", &self.sbom_of_two.digest, Of::Two),
            ("app SBOM of the child", "acme/app", &self.sbom_of_child.digest, Of::Two),
            ("app signature tag of 1.0", "acme/app", &self.one.attached_tag(".sig"), Of::One),
            ("app signature tag of 2.0", "acme/app", &self.two.attached_tag(".sig"), Of::Two),
            ("app signature of 1.0", "acme/app", &self.signature_of_one.digest, Of::One),
            ("app signature of 2.0", "acme/app", &self.signature_of_two.digest, Of::Two),
            ("app referrers tag of 2.0", "acme/app", &self.two.attached_tag(""), Of::Two),
            ("app referrers index of 2.0", "acme/app", &self.list_of_two.digest, Of::Two),
            ("app digest of globex", "acme/app", &self.globex.digest, Of::Globex),
            ("secret tag 1.0", "acme/secret", "1.0", Of::Secret),
            ("secret digest", "acme/secret", &self.secret.digest, Of::Secret),
            ("app digest of secret", "acme/app", &self.secret.digest, Of::Globex),
            ("globex tag 3.0", "globex/app", "3.0", Of::Globex),
            ("globex digest", "globex/app", &self.globex.digest, Of::Globex),
        ]
        .map(|(name, repository, reference, of)| {
            let missing = if reference.contains(':') { &nothing } else { "9.9" };
            let path = |reference: &str| format!("/v2/{repository}/manifests/{reference}");
            Target { name, path: path(reference), twin: path(missing), of }
        });
        let blobs = [
            ("app shared layer", "acme/app", &sha256("shared"), Of::Both),
            ("app layer of 1.0", "acme/app", &sha256("one"), Of::One),
            ("app layer of 2.0", "acme/app", &sha256("two"), Of::Two),
            ("app config of 1.0", "acme/app", &self.one.config, Of::One),
            ("app config of 2.0", "acme/app", &child.config, Of::Two),
            ("app content of SBOM 1.0", "acme/app", &self.sbom_of_one.layer, Of::One),
            ("app content of SBOM 2.0", "acme/app", &self.sbom_of_two.layer, Of::Two),
            ("app content of signature 2.0", "acme/app", &self.signature_of_two.layer, Of::Two),
            ("app loose blob", "acme/app", &self.loose, Of::Loose),
            ("secret layer", "acme/secret", &self.secret.layer, Of::Secret),
            ("app layer of secret", "acme/app", &self.secret.layer, Of::Globex),
            ("app layer of globex", "acme/app", &self.globex.layer, Of::Globex),
            ("globex layer", "globex/app", &self.globex.layer, Of::Globex),
        ]
        .map(|(name, repository, digest, of)| {
            let path = |digest: &str| format!("/v2/{repository}/blobs/{digest}");
            Target { name, path: path(digest), twin: path(&nothing), of }
        });
        (manifests.into(), blobs.into())
    }
}

fn index_of(index: &str, children: Vec<Pushed>) -> Pushed {
    let (config, layer) = (String::new(), String::new());
    Pushed { digest: sha256(index), media_type: INDEX, size: index.len(), config, layer, children }
}

/// An image with these layers and this configuration.
async fn image(vendor: &Vendor, tag: &str, layers: &[&str], config: &str) -> Pushed {
    for blob in layers.iter().chain([&config]) {
        vendor.push_blob("app", blob.as_bytes()).await;
    }
    let layers: Vec<_> = layers.iter().map(|layer| part("a/b", layer)).collect();
    let body = json!({ "schemaVersion": 2, "config": part("a/b", config), "layers": layers }).to_string();
    let digest = sha256(&body);
    let path = format!("/v2/acme/app/manifests/{}", if tag.is_empty() { &digest } else { tag });
    push_as(&vendor.admin, &path, IMAGE, body.clone()).await.expect(201);
    let config = sha256(config);
    Pushed { digest, media_type: IMAGE, size: body.len(), config, layer: String::new(), children: Vec::new() }
}

fn basic(client: &Client) -> String {
    format!("Basic {}", STANDARD.encode(format!("anybody:{}", client.secret())))
}

/// The customers of acme, and one of globex, with what they are entitled to.
async fn customers(hub: &TestHub, globex: &Vendor) -> [String; 7] {
    let (acme, now) = (&hub.acme, hub.clock.now());
    for vendor in [acme, globex] {
        restrict(vendor, true).await;
    }
    let partial = acme.add_customer("Partial").await;
    entitle(acme, &partial, ("app", chosen(&["1.0"])), None).await;
    let expired = acme.add_customer("Expired").await;
    entitle(acme, &expired, ("app", all()), Some(now + TimeDelta::minutes(1))).await;
    let off = acme.add_customer("Off").await;
    entitle(acme, &off, ("app", all()), None).await;
    let removed = json!({ "name": "Off", "features": ["deployment_targets"] });
    acme.admin.put(&format!("/api/v1/customer-organizations/{off}"), removed).await.expect(200);
    let whole = acme.add_customer("Whole").await;
    entitle(acme, &whole, ("app", all()), Some(now + TimeDelta::hours(2))).await;
    let range = acme.add_customer("Range").await;
    entitle(acme, &range, ("app", matching("range", ">=2, <3")), None).await;
    let theirs = globex.add_customer("Theirs").await;
    entitle(globex, &theirs, ("app", all()), None).await;
    [partial, acme.add_customer("None").await, expired, off, whole, range, theirs]
}

/// Everybody. What they see of globex is only asked for under its own name.
async fn everybody(hub: &TestHub, globex: &Vendor) -> Vec<Identity> {
    use Of::{Both, Globex, Loose, One, Secret, Two};
    let acme = &hub.acme;
    let [partial, none, expired, off, whole, range, theirs] = customers(hub, globex).await;
    let member = |vendor: Vendor, customer: String, role| async move {
        hub.add_member(&vendor, Some(&customer), role).await
    };
    let revoked = hub.add_member(acme, None, Role::Admin).await;
    let tokens = revoked.client.get("/api/v1/settings/tokens").await.expect(200);
    let path = format!("/api/v1/settings/tokens/{}", tokens.field("/0/id"));
    let scopes = ["acme/app", "acme/secret", "acme/void", "globex/app", "globex/void"]
        .map(|name| format!("scope=repository:{name}:pull,push,delete"))
        .join("&");
    let revoked_bearer = token(&revoked.client, &scopes).await;
    revoked.session.delete(&path).await.expect(204);
    let in_partial = member(acme.clone(), partial.clone(), Role::Admin).await.client;
    let ended = token(&in_partial, &scopes.replace(",push,delete", "")).await;
    hub.clock.advance(TimeDelta::minutes(61));
    let partial_bearer = token(&in_partial, &scopes).await;
    let everything = vec![One, Both, Two, Loose, Secret];
    let known = |name, client: &Client, sees: &[Of]| Identity {
        name,
        authorization: basic(client),
        sees: sees.to_vec(),
        is_known: true,
    };
    let unknown =
        |name, authorization: String| Identity { name, authorization, sees: Vec::new(), is_known: false };
    let members = vec![
        known("vendor's admin", &acme.admin, &everything),
        known("vendor's reader", &hub.vendor(Role::ReadOnly).await, &everything),
        known("other vendor", &globex.admin, &[Globex]),
        known("other's customer", &member(globex.clone(), theirs, Role::Admin).await.client, &[Globex]),
        known("customer of 1.0", &in_partial, &[One, Both]),
        known(
            "its reader",
            &member(acme.clone(), partial.clone(), Role::ReadOnly).await.client,
            &[One, Both],
        ),
        Identity {
            name: "its Bearer",
            authorization: format!("Bearer {partial_bearer}"),
            sees: vec![One, Both],
            is_known: true,
        },
        known(
            "customer of >=2",
            &member(acme.clone(), range.clone(), Role::Admin).await.client,
            &[Two, Both],
        ),
        known(
            "customer of all",
            &member(acme.clone(), whole.clone(), Role::ReadWrite).await.client,
            &[One, Both, Two, Loose],
        ),
        known("of nothing", &member(acme.clone(), none.clone(), Role::Admin).await.client, &[]),
        known("expired", &member(acme.clone(), expired.clone(), Role::Admin).await.client, &[]),
        known("feature off", &member(acme.clone(), off.clone(), Role::Admin).await.client, &[]),
    ];
    let strangers = [
        unknown("anonymous", String::new()),
        unknown("revoked token", basic(&revoked.client)),
        unknown("its Bearer", format!("Bearer {revoked_bearer}")),
        unknown("ended Bearer", format!("Bearer {ended}")),
    ];
    let agents = agents(hub, &partial, (&scopes, &everything)).await;
    members.into_iter().chain(agents).chain(strangers).collect()
}

/// Agents of a customer that is entitled to the first version, of the vendor, and one whose secret was replaced.
async fn agents(hub: &TestHub, partial: &str, (scopes, everything): (&str, &[Of])) -> Vec<Identity> {
    use Of::{Both, One};
    let theirs_at = target(hub, Some(partial), &docker("Theirs")).await;
    let replaced_at = target(hub, Some(partial), &docker("Replaced")).await;
    let [agent, own_agent, replaced] = [
        Agent::connect(hub, &theirs_at).await,
        Agent::connect(hub, &target(hub, None, &docker("Own")).await).await,
        Agent::connect(hub, &replaced_at).await,
    ];
    let agent_bearer = token(&hub.anonymous().with_secret(agent.token()), scopes).await;
    new_secret(hub, replaced_at.id).await;
    let by_token = |agent: &Agent| format!("Basic {}", STANDARD.encode(format!("-:{}", agent.token())));
    let known = |name, authorization, sees: &[Of]| Identity {
        name,
        authorization,
        sees: sees.to_vec(),
        is_known: true,
    };
    vec![
        known("agent of 1.0", by_token(&agent), &[One, Both]),
        known("its Bearer", format!("Bearer {agent_bearer}"), &[One, Both]),
        known("vendor's agent", by_token(&own_agent), everything),
        Identity {
            name: "replaced agent",
            authorization: by_token(&replaced),
            sees: Vec::new(),
            is_known: false,
        },
    ]
}

/// A request of somebody.
struct Ask<'a> {
    method: Method,
    header: Option<(&'static str, String)>,
    body: &'a str,
}

impl Ask<'_> {
    async fn of(&self, hub: &TestHub, who: &Identity, path: &str) -> Reply {
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

fn plain<'a>(method: Method) -> Ask<'a> {
    Ask { method, header: None, body: "" }
}

/// Manifests, blobs, tags and artifacts that there are.
async fn counts(hub: &TestHub) -> [i64; 4] {
    [
        count(hub, "select count(*) from manifest").await,
        count(hub, "select count(*) from artifact_blob").await,
        count(hub, "select count(*) from tag").await,
        count(hub, "select count(*) from artifact").await,
    ]
}

/// The entries of every page of a list.
async fn follow(ask: &impl AsyncFn(String) -> Reply, first: String, member: &str) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), Some(first));
    while let Some(path) = next {
        let page = ask(path).await.expect(200);
        let entries = page.json()[member].as_array().unwrap().clone();
        pages.push(entries.iter().map(|entry| entry.as_str().unwrap().to_owned()).collect());
        next = link(page.header("link"));
    }
    pages
}

/// An answer without what differs between any two.
fn bare(mut reply: Reply) -> Reply {
    reply.headers.remove("x-request-id");
    reply.headers.remove("date");
    reply
}

impl Identity {
    /// Asks, requires that what is hidden looks like what is not there, and gives the status.
    async fn ask(&self, hub: &TestHub, ask: &Ask<'_>, target: &Target) -> u16 {
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

fn digest_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The statuses as a table: a line for each request, a column for each identity.
fn table(people: &[Identity], rows: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for (number, who) in people.iter().enumerate() {
        writeln!(text, "{:>2} {}", number + 1, who.name).unwrap();
    }
    writeln!(text).unwrap();
    let columns: String = (1..=people.len()).map(|number| format!("{number:>4}")).collect();
    writeln!(text, "{:48}{columns}", "").unwrap();
    for (name, cells) in rows {
        let cells: String = cells.iter().map(|cell| format!("{cell:>4}")).collect();
        writeln!(text, "{name:48}{cells}").unwrap();
    }
    text
}

both_engines! {
    async fn what_is_not_granted_answers_as_what_is_not_there(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (world, globex) = World::make(&hub).await;
        let people = everybody(&hub, &globex).await;
        let (manifests, blobs) = world.targets();
        let mut rows = Vec::new();
        for (targets, ranges) in [(&manifests, &[][..]), (&blobs, &["bytes=0-1", "bytes=0-1,3-4", "bytes=900-"])] {
            for target in targets {
                let known = format!("\"{}\"", digest_of(&target.path));
                let mut asks = vec![
                    ("GET", plain(Method::GET)),
                    ("HEAD", plain(Method::HEAD)),
                    ("GET if none match", Ask { method: Method::GET, header: Some(("if-none-match", known.clone())), body: "" }),
                    ("HEAD if none match *", Ask { method: Method::HEAD, header: Some(("if-none-match", "*".into())), body: "" }),
                ];
                for range in ranges.iter().take(if target.of == Of::Globex { 1 } else { 2 }) {
                    asks.push((range, Ask { method: Method::GET, header: Some(("range", (*range).into())), body: "" }));
                }
                for (how, ask) in asks {
                    let mut cells = Vec::new();
                    for who in &people {
                        cells.push(who.ask(&hub, &ask, target).await.to_string());
                    }
                    rows.push((format!("{} {how}", target.name), cells));
                }
            }
        }
        check_text("registry_isolation_pull", &table(&people, &rows));
    }

    async fn nobody_writes_where_they_may_not_and_learns_nothing_by_trying(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (world, globex) = World::make(&hub).await;
        let mut people = everybody(&hub, &globex).await;
        let colleague = hub.vendor(Role::ReadWrite).await;
        let name = "vendor's writer";
        people.push(Identity { name, authorization: basic(&colleague), sees: Vec::new(), is_known: true });
        let session = begin(&hub.acme.admin, "acme/app").await;
        chunk(&hub.acme.admin, &session, "", b"hello").await.expect(202);
        let content = hub.acme.admin.pull("acme/app", "1.0").await.text().to_owned();
        let before = counts(&hub).await;
        let mut rows = Vec::new();
        for write in writes(&world, &session, &content) {
            let mut cells = Vec::new();
            for who in &people {
                cells.push(write.by(&hub, who).await);
            }
            rows.push((write.name.to_owned(), cells));
        }
        check_text("registry_isolation_push", &table(&people, &rows));
        assert_eq!(counts(&hub).await, before, "nothing was stored or deleted");
        get(&hub.acme.admin, &session).await.expect(204);
    }

    async fn lists_hold_exactly_what_is_granted(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (world, globex) = World::make(&hub).await;
        hub.acme.push("zebra", "1.0").await;
        let people = everybody(&hub, &globex).await;
        let [first, second, third] =
            [world.one.attached_tag(".sig"), world.two.attached_tag(".sig"), world.two.attached_tag("")];
        let tags = |of: &[Of]| {
            let known = [(Of::One, "1.0"), (Of::One, &*first), (Of::Two, &*second), (Of::Two, &*third), (Of::Two, "v2.0.0")];
            let mut tags: Vec<_> = known.into_iter().filter(|(one, _)| of.contains(one)).map(|(_, tag)| tag.to_owned()).collect();
            tags.sort();
            tags
        };
        for who in people.iter().filter(|who| who.is_known) {
            let ask = async |path: String| plain(Method::GET).of(&hub, who, &path).await;
            let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            let repositories = match () {
                () if who.sees.contains(&Of::Secret) => of(&["acme/app", "acme/secret", "acme/zebra"]),
                () if who.sees.contains(&Of::Both) => of(&["acme/app"]),
                () if who.sees.contains(&Of::Globex) => of(&["globex/app"]),
                () => Vec::new(),
            };
            for n in ["", "?n=1", "?n=2"] {
                let found = follow(&ask, format!("/v2/_catalog{n}"), "repositories").await;
                assert_eq!(found.concat(), repositories, "{}", who.name);
                if n == "?n=1" {
                    assert!(found.iter().all(|page| page.len() == 1) || repositories.is_empty(), "{}: no gaps", who.name);
                }
                let Some(name) = repositories.iter().find(|name| *name == "acme/app") else { continue };
                let found = follow(&ask, format!("/v2/{name}/tags/list{n}"), "tags").await;
                assert_eq!(found.concat(), tags(&who.sees), "{}", who.name);
                if n == "?n=1" {
                    assert!(found.iter().all(|page| page.len() == 1), "{}: no gaps", who.name);
                }
            }
            for (subject, of, referrer, tagged) in [
                (&world.one.digest, Of::One, &world.sbom_of_one.digest, None),
                (&world.two.digest, Of::Two, &world.sbom_of_two.digest, Some(&world.signature_of_two.digest)),
                (&world.two.children[0].digest, Of::Two, &world.sbom_of_child.digest, None),
            ] {
                for query in ["", "?artifactType=application/spdx%2Bjson"] {
                    let path = |digest: &str| format!("/v2/acme/app/referrers/{digest}{query}");
                    let reply = bare(ask(path(subject)).await.expect(200));
                    let listed = reply.json()["manifests"].as_array().unwrap().iter()
                        .map(|entry| entry["digest"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
                    let mut expected = vec![referrer.clone()];
                    expected.extend(tagged.filter(|_| query.is_empty()).cloned());
                    expected.sort();
                    expected.retain(|_| who.sees.contains(&of));
                    assert_eq!(listed, expected, "{} of {subject}", who.name);
                    if expected.is_empty() {
                        assert_eq!(reply, bare(ask(path(&sha256("nothing"))).await), "{}", who.name);
                    }
                }
            }
            for name in ["acme/app", "acme/secret", "globex/app"] {
                let reply = bare(ask(format!("/v2/{name}/tags/list")).await);
                if reply.status != 200 {
                    assert_eq!(reply, bare(ask("/v2/acme/void/tags/list".into()).await), "{}", who.name);
                    assert!(!repositories.contains(&name.to_owned()), "{}", who.name);
                }
            }
        }
    }

    async fn a_tag_that_is_not_visible_may_be_where_a_page_begins(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for tag in ["a", "b", "c", "d"] {
            hub.acme.push("app", tag).await;
        }
        let customer = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&customer, Role::Admin).await;
        entitle(&hub.acme, &customer, ("app", chosen(&["a", "d"])), None).await;
        for last in ["a", "b", "bb", "c"] {
            let reply = get(&member, &format!("/v2/acme/app/tags/list?last={last}&n=1")).await.expect(200);
            assert_eq!((&reply.json()["tags"], reply.header("link")), (&json!(["d"]), ""), "{last}");
        }
    }

    async fn who_is_not_restricted_sees_all_of_their_vendor(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (world, globex) = World::make(&hub).await;
        let customer = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&customer, Role::ReadOnly).await;
        let (manifests, blobs) = world.targets();
        for target in manifests.iter().chain(&blobs) {
            let status = if target.of == Of::Globex { 404 } else { 200 };
            get(&member, &target.path).await.expect(status);
        }
        get(&globex.admin, "/v2/globex/app/tags/list").await.expect(200);
    }
}

/// A request that would change something.
struct Change {
    name: &'static str,
    method: Method,
    path: String,
    /// The same about what does not exist.
    twin: String,
    body: String,
    /// The status for who may.
    allowed: u16,
}

fn writes(world: &World, session: &str, content: &str) -> Vec<Change> {
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
    async fn by(&self, hub: &TestHub, who: &Identity) -> String {
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
