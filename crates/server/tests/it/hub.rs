//! The hub as a process, and requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::program::Program;

/// A running hub. It is killed when this is dropped, without any chance to clean up.
pub(crate) struct Hub {
    process: Child,
    /// Host and port.
    pub(crate) address: String,
    /// What it said until it was ready, and a line more.
    pub(crate) told: Receiver<String>,
}

impl Hub {
    /// Serves from the folder `data` in `folder`, on a port of its own.
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantry"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]).args(more);
        command
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (tell, told) = channel();
        let (tell_address, address) = channel();
        // The pipe has to be read to its end, or the hub would wait for it.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("ready at http://") {
                    let _ = tell_address.send(address.to_owned());
                }
                let _ = tell.send(line);
            }
        });
        let address =
            address.recv().unwrap_or_else(|_| panic!("no start: {:?}", told.iter().collect::<Vec<_>>()));
        Self { process, address, told }
    }

    /// The next line that holds this text.
    pub(crate) fn line_with(&self, text: &str) -> String {
        let lines = std::iter::from_fn(|| self.told.recv_timeout(Duration::from_secs(10)).ok());
        lines
            .into_iter()
            .find(|line| line.contains(text))
            .unwrap_or_else(|| panic!("the hub never said {text:?}"))
    }

    /// `SIGTERM`, and the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }

    /// `SIGKILL`.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends one request on a connection of its own; `None` if the hub died before its answer was whole.
pub(crate) fn call(address: &str, secret: &str, request: &str, body: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\nauthorization: Bearer {secret}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| (status, serde_json::from_str(body).unwrap_or_default()))
}

/// Sets up an organization from the command line; the access token of its administrator, `admin@acme.test`.
pub(crate) fn set_up(folder: &Path, slug: &str) -> String {
    set_up_with(folder, slug, &[])
}

/// The same with further arguments.
pub(crate) fn set_up_with(folder: &Path, slug: &str, more: &[&str]) -> String {
    let arguments = [
        "setup",
        "--organization",
        "Acme",
        "--slug",
        slug,
        "--email",
        "admin@acme.test",
        "--password-stdin",
        "--data-dir",
        "data",
    ];
    let arguments = [&arguments, more].concat();
    let output = Program::new(folder, &arguments).stdin("correct horse battery\n").output();
    let made: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(
        made.as_object().map(|made| made.keys().collect::<Vec<_>>()).unwrap(),
        ["organizationId", "userId", "accessToken"]
    );
    made["accessToken"].as_str().unwrap().to_owned()
}
