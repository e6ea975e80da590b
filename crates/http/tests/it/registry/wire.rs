//! The registry over a socket: lengths, bodies that are cut short or too long, and connections that go on.

use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;
use grantry_testkit::socket::Listening;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{begin, count, get, image_of, sha256};

/// A hub that listens on the loopback interface.
struct Wire {
    hub: Listening,
    authorization: String,
}

/// What came back over a connection.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Wire {
    async fn listen(hub: &TestHub) -> Self {
        let authorization = super::token::basic(&format!("x:{}", hub.acme.admin.secret()));
        Self { hub: hub.listen().await, authorization }
    }

    /// The beginning of a request, without the line that ends its headers.
    fn start(&self, line: &str) -> String {
        format!("{line} HTTP/1.1\r\nhost: hub.test\r\nauthorization: {}\r\n", self.authorization)
    }

    /// Sends bytes and reads until the hub closes the connection.
    async fn exchange(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.hub.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        Self::read(stream).await
    }

    /// Sends bytes, says that there is no more, and reads until the hub closes the connection.
    async fn break_off(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.hub.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        Self::read(stream).await
    }

    async fn read(mut stream: TcpStream) -> Vec<u8> {
        let mut answer = Vec::new();
        // A hub that closes before it has read all may reset the connection; what it said counts.
        drop(stream.read_to_end(&mut answer).await);
        answer
    }

    async fn ask(&self, line: &str, headers: &str, body: &[u8]) -> Answer {
        let mut request = format!("{}connection: close\r\n{headers}\r\n", self.start(line)).into_bytes();
        request.extend(body);
        Answer::parse(&self.exchange(&request).await)
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no whole answer: {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: bytes[end + 4..].to_vec() }
    }

    fn header(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .filter(|(one, _)| *one == name)
            .map(|(_, value)| value)
            .collect()
    }

    /// The headers that must be the same for `GET` and `HEAD`.
    fn telling(&self) -> Vec<&str> {
        let differs = |line: &&str| !line.starts_with("date:") && !line.starts_with("x-request-id:");
        let mut lines: Vec<_> = self.head.lines().filter(differs).collect();
        lines.sort_unstable();
        lines
    }
}

async fn received(client: &Client, place: &str) -> String {
    get(client, place).await.expect(204).header("range").to_owned()
}

both_engines! {
    async fn head_tells_the_exact_length_and_sends_no_body(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let large = hub.acme.push_blob("app", &[7; 300_000]).await;
        let empty = hub.acme.push_blob("app", b"").await;
        let wire = Wire::listen(&hub).await;
        for (path, length) in [
            ("manifests/1.0".to_owned(), Some(image.size)),
            (format!("manifests/{}", image.digest), Some(image.size)),
            (format!("blobs/{large}"), Some(300_000)),
            (format!("blobs/{empty}"), Some(0)),
            (format!("blobs/{}", image.config), None),
            ("tags/list".into(), None),
            (format!("referrers/{}", image.digest), None),
            ("manifests/2.0".into(), None),
            ("manifests/sha256:totallywrong".into(), None),
            (format!("blobs/{}", sha256("nothing")), None),
            ("nothing".into(), None),
        ] {
            let got = wire.ask(&format!("GET /v2/acme/app/{path}"), "", b"").await;
            let headed = wire.ask(&format!("HEAD /v2/acme/app/{path}"), "", b"").await;
            assert_eq!(headed.telling(), got.telling(), "{path}");
            assert_eq!(headed.header("content-length"), [got.body.len().to_string()], "{path}");
            assert!(headed.body.is_empty() && got.header("transfer-encoding").is_empty(), "{path}");
            assert!(length.is_none_or(|length| length == got.body.len()), "{path}");
            assert_eq!(got.header("docker-distribution-api-version"), ["registry/2.0"]);
        }
    }

    async fn answers_without_a_body_say_so(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let wire = Wire::listen(&hub).await;
        let known = format!("if-none-match: \"{}\"\r\n", image.digest);
        let unchanged = wire.ask("GET /v2/acme/app/manifests/1.0", &known, b"").await;
        assert_eq!((unchanged.status, unchanged.header("content-length")), (304, vec![]), "{}", unchanged.head);
        let unchanged = wire.ask("HEAD /v2/acme/app/manifests/1.0", &known, b"").await;
        let length = unchanged.header("content-length");
        assert!(length.is_empty() || length == [image.size.to_string()], "{}", unchanged.head);
        let begun = wire.ask("POST /v2/acme/app/blobs/uploads/", "content-length: 0\r\n", b"").await;
        assert_eq!((begun.status, begun.header("content-length")), (202, vec!["0"]));
        let place = begun.header("location")[0].to_owned();
        // As docker sends a layer: in pieces of its own choice, with no type and no length.
        let taken = wire.ask(&format!("PATCH {place}"), "transfer-encoding: chunked\r\n", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n").await;
        assert_eq!((taken.status, taken.header("content-length"), taken.header("range")), (202, vec!["0"], vec!["0-4"]));
        let told = wire.ask(&format!("GET {place}"), "", b"").await;
        assert_eq!((told.status, told.header("content-length"), told.header("range")), (204, vec![], vec!["0-4"]));
        let path = format!("PUT {place}?digest={}", sha256("hello"));
        let done = wire.ask(&path, "content-length: 0\r\n", b"").await;
        assert_eq!((done.status, done.header("content-length")), (201, vec!["0"]));
        let range = wire.ask(&format!("GET /v2/acme/app/blobs/{}", sha256("hello")), "range: bytes=9-\r\n", b"").await;
        assert_eq!((range.status, range.header("content-length")), (416, vec![&*range.body.len().to_string()]));
    }

    async fn a_body_that_is_cut_short_changes_nothing(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        hub.acme.push_blob("app", b"{}").await;
        let wire = Wire::listen(&hub).await;
        let place = begin(admin, "acme/app").await;
        let digest = sha256("hello");
        for (line, headers, body) in [
            (format!("PATCH {place}"), "content-length: 10\r\n", &b"hello"[..]),
            (format!("PATCH {place}"), "content-length: 10\r\ncontent-range: 0-9\r\n", b"hello"),
            (format!("PATCH {place}"), "transfer-encoding: chunked\r\n", b"5\r\nhello\r\n"),
            (format!("PATCH {place}"), "transfer-encoding: chunked\r\n", b"5\r\nhel"),
            (format!("PATCH {place}"), "transfer-encoding: chunked\r\n", b"x\r\nhello\r\n0\r\n\r\n"),
            (format!("PUT {place}?digest={digest}"), "content-length: 10\r\n", b"hello"),
            (format!("POST /v2/acme/app/blobs/uploads/?digest={digest}"), "content-length: 10\r\n", b"hello"),
        ] {
            let request = format!("{}{headers}\r\n", wire.start(&line));
            let answer = wire.break_off(&[request.as_bytes(), body].concat()).await;
            assert!(answer.is_empty() || Answer::parse(&answer).status == 400, "{line}: {}", String::from_utf8_lossy(&answer));
            assert_eq!(received(admin, &place).await, "0-0", "{line}");
        }
        let manifest = image_of("1", &[]).to_string();
        let request = format!(
            "{}content-type: {IMAGE}\r\ncontent-length: {}\r\n\r\n{manifest}",
            wire.start("PUT /v2/acme/app/manifests/1.0"), manifest.len() + 1
        );
        wire.break_off(request.as_bytes()).await;
        assert_eq!((count(&hub, "select count(*) from blob").await, count(&hub, "select count(*) from manifest").await), (1, 0));
        let taken = wire.ask(&format!("PATCH {place}"), "content-length: 5\r\ncontent-range: 0-4\r\n", b"hello").await;
        assert_eq!((taken.status, taken.header("range")), (202, vec!["0-4"]), "the session goes on");
    }

    async fn a_session_goes_on_at_once_after_a_chunk_that_was_cut_short(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let wire = Wire::listen(&hub).await;
        let place = begin(admin, "acme/app").await;
        let taken = wire.ask(&format!("PATCH {place}"), "content-length: 3\r\n", b"hel").await;
        assert_eq!(taken.status, 202);
        let digest = sha256("hello");
        for line in [format!("PATCH {place}"), format!("PUT {place}?digest={digest}")] {
            for body in [&b""[..], b"l"] {
                let request = format!("{}content-length: 2\r\n\r\n", wire.start(&line));
                wire.break_off(&[request.as_bytes(), body].concat()).await;
                assert_eq!(received(admin, &place).await, "0-2");
            }
        }
        let taken = wire.ask(&format!("PATCH {place}"), "content-length: 2\r\ncontent-range: 3-4\r\n", b"lo").await;
        assert_eq!((taken.status, taken.header("range")), (202, vec!["0-4"]), "{}", taken.head);
        let done = wire.ask(&format!("PUT {place}?digest={digest}"), "content-length: 0\r\n", b"").await;
        assert_eq!(done.status, 201, "{}", done.head);
    }

    async fn a_session_goes_on_after_a_client_that_vanished(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let wire = Wire::listen(&hub).await;
        let place = begin(&hub.acme.admin, "acme/app").await;
        wire.ask(&format!("PATCH {place}"), "content-length: 3\r\n", b"hel").await;
        let request = format!("{}content-length: 999999\r\n\r\nl", wire.start(&format!("PATCH {place}")));
        let mut stream = TcpStream::connect(wire.hub.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let chunk = async || {
            wire.ask(&format!("PATCH {place}"), "content-length: 2\r\ncontent-range: 3-4\r\n", b"lo").await
        };
        // Until the hub has begun with it, the other one could win.
        while count(&hub, "select count(*) from upload where claimed_until is not null").await == 0 {}
        assert_eq!(chunk().await.status, 416, "another request writes");
        drop(stream);
        let mut tries = 0;
        while chunk().await.status == 416 {
            tries += 1;
            assert!(tries < 1000, "the session is held up for good");
        }
        assert_eq!(received(&hub.acme.admin, &place).await, "0-4");
    }

    async fn what_comes_after_the_body_is_not_part_of_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let wire = Wire::listen(&hub).await;
        let place = begin(&hub.acme.admin, "acme/app").await;
        let request = format!("{}content-length: 5\r\n\r\nhello and more", wire.start(&format!("PATCH {place}")));
        let answers = wire.exchange(request.as_bytes()).await;
        assert_eq!(Answer::parse(&answers).status, 202);
        assert_eq!(received(&hub.acme.admin, &place).await, "0-4");
        let path = format!("PATCH {place}");
        let both = wire.ask(&path, "content-length: 3\r\ntransfer-encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n").await;
        assert!(both.status == 400 || received(&hub.acme.admin, &place).await == "0-9", "never three bytes of the frame");
    }

    async fn one_connection_serves_one_request_after_the_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let wire = Wire::listen(&hub).await;
        let requests: String = [
            "HEAD /v2/acme/app/manifests/1.0".to_owned(),
            "GET /v2/acme/app/manifests/2.0".into(),
            "HEAD /v2/acme/app/manifests/2.0".into(),
            format!("HEAD /v2/acme/app/blobs/{}", image.layer),
        ].iter().map(|line| format!("{}\r\n", wire.start(line))).collect();
        let last = format!("{}connection: close\r\n\r\n", wire.start("GET /v2/acme/app/manifests/1.0"));
        let requests = requests + &last;
        let answers = wire.exchange(requests.as_bytes()).await;
        let text = String::from_utf8(answers).unwrap();
        let statuses: Vec<_> = text.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)).map(|rest| &rest[..3]).collect();
        assert_eq!(statuses, ["200", "404", "404", "200", "200"], "{text}");
        let content = hub.acme.admin.pull("acme/app", "1.0").await;
        assert!(text.ends_with(content.text()), "{text}");
    }

    async fn a_push_that_is_refused_need_not_be_sent(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let wire = Wire::listen(&hub).await;
        let globex = "POST /v2/globex/app/blobs/uploads/?digest=";
        let digest = sha256("hello");
        for (line, authorization, status) in [
            (format!("{globex}{digest}"), &*wire.authorization, 403),
            (format!("POST /v2/acme/app/blobs/uploads/?digest={digest}"), "Basic eDp5", 401),
            ("PUT /v2/acme/app/manifests/1.0".into(), &*wire.authorization, 413),
        ] {
            let request = format!(
                "{line} HTTP/1.1\r\nhost: hub.test\r\nauthorization: {authorization}\r\ncontent-length: 99999999\r\nexpect: 100-continue\r\n\r\n"
            );
            let mut stream = TcpStream::connect(wire.hub.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut start = [0; 12];
            stream.read_exact(&mut start).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&start), format!("HTTP/1.1 {status}"), "{line}");
        }
    }
}
