//! Signing in: challenges, access tokens as passwords, and tokens of the registry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::{Call, Client};
use grantry_testkit::hub::{PROXY, TestHub, visit};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

use super::{expect_error, get};

/// Asks for a token with an access token; `query` names the scopes.
pub(super) async fn token(client: &Client, query: &str) -> String {
    get(client, &format!("/v2/token?service=hub.test&{query}")).await.expect(200).field("/token")
}

/// A request with a token of the registry.
pub(super) fn bearer<'c>(anybody: &'c Client, method: Method, path: &str, token: &str) -> Call<'c> {
    anybody.request(method, path).header("authorization", &format!("Bearer {token}"))
}

async fn form(client: &Client, body: &str) -> Reply {
    let call =
        client.request(Method::POST, "/v2/token").header("content-type", "application/x-www-form-urlencoded");
    call.body(body.to_owned()).send().await
}

async fn with_header(hub: &TestHub, path: &str, authorization: &str) -> Reply {
    hub.anonymous().request(Method::GET, path).header("authorization", authorization).send().await
}

pub(super) fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

both_engines! {
    async fn who_has_not_signed_in_is_told_how(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let realm = "Bearer realm=\"https://hub.test/v2/token\",service=\"hub.test\"";
        let upload = "01940000-0000-4000-8000-000000000001";
        for (method, path, scope) in [
            ("GET", "/v2/".to_owned(), ""),
            ("GET", "/v2/_catalog".into(), ""),
            ("GET", "/v2/acme/app/manifests/1.0".into(), ",scope=\"repository:acme/app:pull\""),
            ("HEAD", "/v2/acme/none/manifests/1.0".into(), ",scope=\"repository:acme/none:pull\""),
            ("PUT", "/v2/acme/app/manifests/1.0".into(), ",scope=\"repository:acme/app:pull,push\""),
            ("DELETE", "/v2/acme/app/manifests/1.0".into(), ",scope=\"repository:acme/app:delete\""),
            ("POST", "/v2/acme/app/blobs/uploads/".into(), ",scope=\"repository:acme/app:pull,push\""),
            ("DELETE", format!("/v2/acme/app/blobs/uploads/{upload}"), ",scope=\"repository:acme/app:pull,push\""),
            ("GET", "/v2/nothing".into(), ""),
            ("GET", "/v2/acme/APP/tags/list".into(), ""),
            ("PATCH", "/v2/acme/app/manifests/1.0".into(), ""),
        ] {
            let reply = hub.anonymous().request(method.parse().unwrap(), &path).send().await;
            if method != "HEAD" {
                expect_error(&reply, 401, "UNAUTHORIZED");
            }
            assert_eq!(reply.status, 401);
            assert_eq!(reply.headers.get_all("www-authenticate").iter().count(), 1);
            assert_eq!(reply.header("www-authenticate"), format!("{realm}{scope}"), "{method} {path}");
        }
    }

    async fn a_trusted_proxy_says_by_which_scheme_the_client_came(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (address, said, expected) in [
            (PROXY, "https", "https://hub.test:8443"),
            (PROXY, "http", "http://hub.test:8443"),
            (PROXY, "gopher", "http://hub.test:8443"),
            ([203, 0, 113, 9], "https", "http://hub.test:8443"),
        ] {
            let anonymous = hub.anonymous().at(address);
            let ping = anonymous.request(Method::GET, "/v2/").header("host", "hub.test:8443");
            let challenge = ping.header("x-forwarded-proto", said).send().await.expect(401);
            let realm = format!("Bearer realm=\"{expected}/v2/token\"");
            assert!(challenge.header("www-authenticate").starts_with(&realm), "{said}");
        }
    }

    async fn the_realm_is_where_the_client_came_to(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (host, expected) in [
            ("hub.test", "https://hub.test"),
            ("registry.acme.test", "https://registry.acme.test"),
            ("10.0.0.7:5000", "http://10.0.0.7:5000"),
            ("[2001:db8::1]:5000", "http://[2001:db8::1]:5000"),
            ("a\"b", "https://hub.test"),
            ("evil.test/x", "https://hub.test"),
            ("evil@evil.test", "https://hub.test"),
            ("", "https://hub.test"),
        ] {
            let reply = hub.anonymous().request(Method::GET, "/v2/").header("host", host).send().await;
            let service = expected.split("://").nth(1).unwrap();
            let challenge = format!("Bearer realm=\"{expected}/v2/token\",service=\"{service}\"");
            assert_eq!(reply.header("www-authenticate"), challenge, "{host}");
        }
    }

    async fn an_access_token_is_a_password_for_any_user_name(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let secret = hub.acme.admin.secret();
        for name in ["anybody", "", "admin@acme.test", "ä", "<token>"] {
            for path in ["/v2/", "/v2/acme/app/manifests/1.0", "/v2/token"] {
                with_header(&hub, path, &basic(&format!("{name}:{secret}"))).await.expect(200);
            }
        }
        with_header(&hub, "/v2/", &basic(&format!("x:{secret}")).replace("Basic", "bAsIc")).await.expect(200);
    }

    async fn a_credential_that_is_none_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let (secret, session) = (hub.acme.admin.secret(), hub.add_member(&hub.acme, None, Role::Admin).await.session);
        let registry = token(&hub.acme.admin, "scope=repository:acme/app:pull").await;
        let broken = format!("{}A{}", &registry[..40], &registry[41..]);
        let other = if broken == registry { format!("{}B{}", &registry[..40], &registry[41..]) } else { broken };
        for authorization in [
            basic(""), basic(secret), basic(&format!("{secret}:")), basic("x:"), basic(&format!("x: {secret}")),
            basic(&format!("x:{}", session.secret())), basic(&format!("x:{registry}")),
            basic(&format!("x:{}x", secret)), basic(&format!("x:{}", &secret[..secret.len() - 1])),
            "Basic".into(), "Basic !!!".into(), "Basic /w==".into(), format!("Bearer {secret}"), format!("Bearer {other}"),
            "Bearer".into(), "Bearer ".into(), format!("Bearer {}", &registry[..30]), "Digest x".into(), secret.into(),
            format!("Bearer {}", session.secret()), format!("Basic {registry}"),
        ] {
            let reply = with_header(&hub, "/v2/acme/app/manifests/1.0", &authorization).await;
            expect_error(&reply, 401, "UNAUTHORIZED");
            assert!(reply.header("www-authenticate").starts_with("Bearer realm="), "{authorization}");
            let reply = with_header(&hub, "/v2/token?scope=repository:acme/app:pull", &authorization).await;
            expect_error(&reply, 401, "UNAUTHORIZED");
            assert_eq!(reply.header("www-authenticate"), "Basic realm=\"registry\"", "{authorization}");
        }
        expect_error(&hub.anonymous().get("/v2/token").await, 401, "UNAUTHORIZED");
    }

    async fn a_token_is_given_for_what_of_the_scopes_is_allowed(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let customer = hub.acme.add_customer("Initech").await;
        let customer = hub.customer(&customer, Role::Admin).await;
        let both = "/v2/acme/app/manifests/1.0";
        for (client, query, pull, push) in [
            (&hub.acme.admin, "scope=repository:acme/app:pull,push", 200, 201),
            (&hub.acme.admin, "scope=repository:acme/app:pull&scope=repository:acme/app:push,pull", 200, 201),
            (&hub.acme.admin, "scope=repository:acme/app:pull%20repository:acme/app:push", 200, 201),
            (&hub.acme.admin, "scope=repository:acme/app:*", 200, 201),
            (&hub.acme.admin, "scope=repository:acme/app:pull", 200, 401),
            (&hub.acme.admin, "scope=repository:acme/app:push", 401, 201),
            (&hub.acme.admin, "scope=repository:acme/other:pull,push", 401, 401),
            (&hub.acme.admin, "", 401, 401),
            (&hub.acme.admin, "scope=nonsense&scope=&scope=repository:x&scope=repository:APP:pull", 401, 401),
            (&hub.acme.admin, "scope=registry:catalog:*&account=x&client_id=docker&offline_token=true", 401, 401),
            (&customer, "scope=repository:acme/app:pull,push,delete", 200, 403),
            (&customer, "scope=repository:globex/app:pull", 401, 403),
        ] {
            let text = token(client, query).await;
            let anonymous = hub.anonymous();
            bearer(&anonymous, Method::GET, "/v2/", &text).send().await.expect(200);
            let content = hub.acme.admin.pull("acme/app", "1.0").await.body;
            let pulled = bearer(&anonymous, Method::GET, both, &text).send().await.expect(pull);
            let call = bearer(&anonymous, Method::PUT, both, &text).header("content-type", grantry_testkit::registry::IMAGE);
            let pushed = call.body(content).send().await.expect(push);
            for reply in [pulled, pushed].iter().filter(|reply| reply.status == 401) {
                expect_error(reply, 401, "UNAUTHORIZED");
                let challenge = reply.header("www-authenticate");
                assert!(challenge.ends_with(",error=\"insufficient_scope\""), "{query}: {challenge}");
            }
        }
    }

    async fn a_token_says_how_long_it_lasts(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        for (scope, seconds) in [("pull", 900), ("pull,push", 3600)] {
            let path = format!("/v2/token?scope=repository:acme/app:{scope}");
            let reply = get(&hub.acme.admin, &path).await.expect(200);
            assert_eq!(reply.header("cache-control"), "no-store");
            let json = reply.json();
            assert_eq!((&json["token"], &json["expires_in"]), (&json["access_token"], &json!(seconds)));
            let now = hub.clock.now();
            assert_eq!(json["issued_at"], grantry_wire::Time(now).to_string());
            let text = reply.field("/token");
            let pull = || async {
                bearer(&hub.anonymous(), Method::GET, "/v2/acme/app/manifests/1.0", &text).send().await
            };
            hub.clock.set(now + TimeDelta::seconds(seconds - 1));
            pull().await.expect(200);
            hub.clock.set(now + TimeDelta::seconds(seconds));
            let reply = pull().await;
            expect_error(&reply, 401, "UNAUTHORIZED");
            assert!(!reply.header("www-authenticate").contains("error="), "a new one helps");
        }
    }

    async fn a_token_is_not_good_for_another_one(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let text = token(&hub.acme.admin, "scope=repository:acme/app:pull").await;
        let anonymous = hub.anonymous();
        for query in ["", "?scope=repository:acme/app:pull", "?scope=repository:acme/app:pull,push,delete"] {
            let reply = bearer(&anonymous, Method::GET, &format!("/v2/token{query}"), &text).send().await;
            expect_error(&reply, 401, "UNAUTHORIZED");
        }
        let body = format!("grant_type=password&username=x&password={text}&scope=repository:acme/app:push");
        expect_error(&form(&anonymous, &body).await, 401, "UNAUTHORIZED");
    }

    async fn containerd_gets_its_token_by_a_form(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let (anonymous, secret) = (hub.anonymous(), hub.acme.admin.secret());
        let body = |grant: &str, password: &str| {
            format!(
                "grant_type={grant}&service=hub.test&client_id=containerd-client&access_type=offline\
                 &scope=repository%3Aacme%2Fapp%3Apull+repository%3Aacme%2Fother%3Apull&username=x&password={password}"
            )
        };
        let text = form(&anonymous, &body("password", secret)).await.expect(200).field("/access_token");
        bearer(&anonymous, Method::GET, "/v2/acme/app/manifests/1.0", &text).send().await.expect(200);
        expect_error(&form(&anonymous, &body("password", "wrong")).await, 401, "UNAUTHORIZED");
        for (grant, error) in [("refresh_token", "unsupported_grant_type"), ("", "unsupported_grant_type")] {
            let reply = form(&anonymous, &body(grant, secret)).await.expect(400);
            assert_eq!((reply.field("/error"), reply.header("content-type")), (error.into(), "application/json"));
        }
        let reply = push_as_json(&anonymous).await.expect(400);
        assert_eq!(reply.field("/error"), "unsupported_grant_type", "JSON is no form");
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let reply = hub.acme.admin.registry(method, "/v2/token").send().await;
            expect_error(&reply, 405, "UNSUPPORTED");
        }
    }

    async fn a_token_is_good_at_every_process_of_the_hub(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let text = token(&hub.acme.admin, "scope=repository:acme/app:pull").await;
        let (_, beside) = hub.beside().await;
        bearer(&beside, Method::GET, "/v2/acme/app/manifests/1.0", &text).send().await.expect(200);
        let elsewhere = visit(hub.database.clone()).await;
        bearer(&elsewhere, Method::GET, "/v2/acme/app/tags/list", &text).send().await.expect(200);
    }

    async fn a_token_says_nothing_of_its_owner(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let text = token(&hub.acme.admin, "scope=repository:acme/app:pull").await;
        let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&text).unwrap();
        let shown = String::from_utf8_lossy(&raw);
        assert!(!shown.contains("acme") && !text.contains(hub.acme.admin.secret()), "{shown}");
        assert_ne!(text, token(&hub.acme.admin, "scope=repository:acme/app:pull").await);
    }
}

async fn push_as_json(client: &Client) -> Reply {
    client.post("/v2/token", json!({ "grant_type": "password" })).await
}
