//! A client of HTTP/1.1 that leaves the processors to the hub.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is kept for many requests, one after the other.
pub(super) struct Connection {
    stream: TcpStream,
    /// The last answer.
    received: Vec<u8>,
}

/// What the hub answered.
pub(super) struct Answer<'c> {
    pub(super) status: u16,
    pub(super) body: &'c [u8],
}

/// A request as it is sent, which is made once and sent often.
pub(super) fn request(method: &str, path: &str, access_token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let content = match length {
        0 => String::new(),
        _ => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: AccessToken {access_token}\r\n{content}\r\n{body}")
        .into_bytes()
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the hub takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(8192) })
    }

    /// Sends a request and waits for the whole answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.received.clear();
        loop {
            ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the hub closed the connection");
            let Some(head) = Head::parse(&self.received)? else { continue };
            if self.received.len() >= head.bytes + head.content_length {
                let body = &self.received[head.bytes..];
                return Ok(Answer { status: head.status, body });
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    bytes: usize,
    status: u16,
    content_length: usize,
}

impl Head {
    /// `None` as long as it is not there to its end. An answer without a length is an error: the hub knows it always.
    fn parse(received: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let head = std::str::from_utf8(&received[..end])?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let mut fields = lines.filter_map(|line| line.split_once(':'));
        let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let (_, length) = length.context("an answer without Content-Length")?;
        Ok(Some(Self {
            bytes: end + 4,
            status: status.context("no status line")?.parse()?,
            content_length: length.trim().parse()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_read_when_it_is_whole() {
        let answer = b"HTTP/1.1 404 Not Found\r\nx: y\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(Head::parse(&answer[..40]).unwrap(), None);
        let expected = Head { bytes: answer.len() - 5, status: 404, content_length: 5 };
        assert_eq!(Head::parse(answer).unwrap(), Some(expected));
        Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").unwrap_err();
    }

    #[test]
    fn request_with_a_body_says_its_length() {
        let text = String::from_utf8(request("POST", "/a", "t", "{}")).unwrap();
        assert!(
            text.starts_with("POST /a HTTP/1.1\r\n") && text.ends_with("\r\nContent-Length: 2\r\n\r\n{}"),
            "{text}"
        );
        assert!(request("GET", "/a", "t", "").ends_with(b"AccessToken t\r\n\r\n"));
    }
}
