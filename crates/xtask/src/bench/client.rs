//! A client of HTTP/1.1 that leaves the processors to the server.

use std::io::{ErrorKind, IoSlice};
use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::task::coop::consume_budget;

/// Drops what was received instead of copying it, which costs the client little. Where that is unknown it is copied.
#[cfg(target_os = "linux")]
const DROP: RecvFlags = RecvFlags::TRUNC;
#[cfg(not(target_os = "linux"))]
const DROP: RecvFlags = RecvFlags::empty();
/// The most that is dropped at once.
const DROP_AT_ONCE: usize = 1 << 20;

/// A connection that is kept for many requests, one after the other.
pub(super) struct Connection {
    stream: TcpStream,
    /// The last answer.
    received: Vec<u8>,
    /// Stands for dropped bytes. On Linux nobody writes to it, so that it is no memory in use.
    dropped: Vec<u8>,
}

/// What the server answered.
pub(super) struct Answer<'c> {
    pub(super) status: u16,
    head: &'c str,
    pub(super) body: &'c [u8],
}

/// A request as it is sent, which is made once and sent often.
pub(super) fn request(method: &str, path: &str, authorization: &str, body: &str) -> Vec<u8> {
    let content = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let mut request = head(method, path, authorization, (content, body.len()));
    request.extend_from_slice(body.as_bytes());
    request
}

/// The head of a request. Without authorization if that is empty; `content` are lines about the body, and its length.
pub(super) fn head(method: &str, path: &str, authorization: &str, content: (&str, usize)) -> Vec<u8> {
    let authorization = match authorization {
        "" => String::new(),
        _ => format!("Authorization: {authorization}\r\n"),
    };
    let (content, length) = content;
    let length = match (method, length) {
        ("GET" | "HEAD", 0) => String::new(),
        _ => format!("Content-Length: {length}\r\n"),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}{content}{length}\r\n")
        .into_bytes()
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(8192), dropped: vec![0; DROP_AT_ONCE] })
    }

    /// Sends a request and waits for the whole answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.send([request, &[], &[]]).await
    }

    /// Sends a request in parts, of which the first has the whole head, and waits for the whole answer.
    pub(super) async fn send(&mut self, parts: [&[u8]; 3]) -> anyhow::Result<Answer<'_>> {
        let head = self.exchange(parts).await?;
        while self.received.len() < head.bytes + head.body {
            self.receive().await?;
        }
        let (text, body) = self.received.split_at(head.bytes);
        Ok(Answer { status: head.status, head: std::str::from_utf8(text)?, body })
    }

    /// Sends a request and waits until the whole answer was received, but drops its body. Returns status and length.
    pub(super) async fn skim(&mut self, request: &[u8]) -> anyhow::Result<(u16, usize)> {
        let head = self.exchange([request, &[], &[]]).await?;
        let Self { stream, received, dropped } = self;
        let mut left = head.body.saturating_sub(received.len() - head.bytes);
        while left > 0 {
            let next =
                dropped.get_mut(..left.min(DROP_AT_ONCE)).context("as long as what is dropped at once")?;
            stream.readable().await?;
            match stream.try_io(Interest::READABLE, || Ok(recv(&*stream, next, DROP)?)) {
                Ok((_, 0)) => bail!("the server closed the connection"),
                Ok((_, length)) => left = left.saturating_sub(length),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
            // Readiness alone never lets the other connections have their turn.
            consume_budget().await;
        }
        Ok((head.status, head.content_length))
    }

    /// Sends a request and receives at least the head of the answer.
    async fn exchange(&mut self, parts: [&[u8]; 3]) -> anyhow::Result<Head> {
        let mut slices = parts.map(IoSlice::new);
        let mut left = &mut slices[..];
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            let sent = self.stream.write_vectored(left).await?;
            ensure!(sent > 0, "the server closed the connection");
            IoSlice::advance_slices(&mut left, sent);
        }
        self.received.clear();
        loop {
            self.receive().await?;
            if let Some(head) = Head::parse(&self.received, parts[0].starts_with(b"HEAD "))? {
                return Ok(head);
            }
        }
    }

    async fn receive(&mut self) -> anyhow::Result<()> {
        ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the server closed the connection");
        Ok(())
    }
}

impl<'c> Answer<'c> {
    /// The value of a field of the head.
    pub(super) fn field(&self, name: &str) -> Option<&'c str> {
        field(self.head, name)
    }

    /// This answer, if it has the status.
    pub(super) fn expect(self, status: u16) -> anyhow::Result<Self> {
        ensure!(
            self.status == status,
            "status {}, not {status}: {}",
            self.status,
            String::from_utf8_lossy(self.body)
        );
        Ok(self)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    bytes: usize,
    status: u16,
    content_length: usize,
    /// Bytes that follow; none to `HEAD`, whatever the length.
    body: usize,
}

impl Head {
    /// `None` as long as it is not there to its end. An answer without a length is an error: servers know it always.
    fn parse(received: &[u8], is_answer_to_head: bool) -> anyhow::Result<Option<Self>> {
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let head = std::str::from_utf8(&received[..end])?;
        let status = head.split(' ').nth(1).context("no status line")?;
        let status = status.parse()?;
        // These two never have a body (RFC 9110, 15.3.5 and 15.4.5).
        let content_length = match (status, field(head, "content-length")) {
            (204 | 304, _) => 0,
            (_, length) => length.context("an answer without Content-Length")?.parse()?,
        };
        let body = if is_answer_to_head { 0 } else { content_length };
        Ok(Some(Self { bytes: end + 4, status, content_length, body }))
    }
}

fn field<'c>(head: &'c str, name: &str) -> Option<&'c str> {
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn head_is_read_when_it_is_whole() {
        let answer = b"HTTP/1.1 404 Not Found\r\nx: y\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(Head::parse(&answer[..40], false).unwrap(), None);
        let expected = Head { bytes: answer.len() - 5, status: 404, content_length: 5, body: 5 };
        assert_eq!(Head::parse(answer, false).unwrap(), Some(expected));
        assert_eq!(Head::parse(answer, true).unwrap().unwrap().body, 0);
        Head::parse(b"HTTP/1.1 200 OK\r\n\r\n", false).unwrap_err();
        assert_eq!(Head::parse(b"HTTP/1.1 304 Not Modified\r\n\r\n", false).unwrap().unwrap().body, 0);
    }

    #[test]
    fn request_with_a_body_says_its_length() {
        let text = String::from_utf8(request("POST", "/a", "Bearer t", "{}")).unwrap();
        assert!(
            text.starts_with("POST /a HTTP/1.1\r\n") && text.ends_with("\r\nContent-Length: 2\r\n\r\n{}"),
            "{text}"
        );
        assert!(request("GET", "/a", "Bearer t", "").ends_with(b"Authorization: Bearer t\r\n\r\n"));
        assert!(request("POST", "/a", "", "").ends_with(b"Host: localhost\r\nContent-Length: 0\r\n\r\n"));
    }

    /// A dropped body is received to its last byte: the next answer on the connection is read from its beginning.
    #[test]
    fn dropped_body_leaves_the_connection_in_step() {
        let length = 3 * DROP_AT_ONCE + 5;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for body in [vec![b'x'; length], b"end".to_vec()] {
                let mut read = [0; 1024];
                assert!(stream.read(&mut read).unwrap() > 0);
                write!(stream, "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
                stream.write_all(&body).unwrap();
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = Connection::open(address).await.unwrap();
            let request = request("GET", "/a", "", "");
            assert_eq!(connection.skim(&request).await.unwrap(), (200, length));
            let answer = connection.ask(&request).await.unwrap();
            assert_eq!((answer.status, answer.field("a"), answer.body), (200, Some("b"), &b"end"[..]));
        });
        server.join().unwrap();
    }
}
