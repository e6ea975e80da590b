//! Who may see what: everything in the registry, asked for by everybody, by every method. What somebody may not see answers
//! them byte for byte as what does not exist.

mod ask;
mod people;
mod world;
mod write;

use std::fmt::Write;

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

use self::ask::{Ask, bare, plain};
use self::people::{Identity, basic, everybody};
use self::world::{Of, World};
use self::write::writes;
use super::grants::{chosen, entitle};
use super::tags::link;
use super::{begin, chunk, count, get, sha256};
use crate::snapshot::check_text;

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
