//! A small application that runs only with a license: what a vendor's program does with its token.
//!
//! `licensed run --keys FILE --organization ID` reads the token from `LICENSE_TOKEN`, verifies it offline, prints its claims and
//! answers on port 8080 for as long as the license lasts. `licensed health` asks it whether it is well.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use grantry_license::{ExpectedOrganization, KeySet, State, Verified, Verifier, VerifyError};

const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080);
/// A license is looked at again this often, so that one that ends is noticed.
const CHECK_EVERY: Duration = Duration::from_secs(5);
const USAGE: &str = "usage: licensed run --keys FILE --organization ID | licensed health";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["run", "--keys", file, "--organization", id] => run(file, id),
        ["health"] => health(),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&mut std::io::stderr(), &format!("licensed: {error}"));
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn std::error::Error>>;

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own: there is nobody else to read its environment"
)]
fn run(keys: &str, organization: &str) -> Done {
    let keys = KeySet::parse(&std::fs::read(keys)?)?;
    let verifier = Verifier::new(keys, ExpectedOrganization::Exactly(organization.parse()?));
    let token = std::env::var("LICENSE_TOKEN").map_err(|_| "LICENSE_TOKEN is not set")?;
    let license = check(&verifier, &token)?;
    let mut out = std::io::stdout();
    let name = license.claims.license.as_ref().map_or("", |license| license.name.as_str());
    say(&mut out, &format!("license {name} is {}", license.state.name()));
    say(&mut out, &format!("claims {}", license.claims.payload.to_value()));
    let listener = TcpListener::bind(ADDRESS)?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever asks and goes away has their answer.
            let _ = answer(stream);
        }
    });
    loop {
        std::thread::sleep(CHECK_EVERY);
        if check(&verifier, &token)?.state == State::Grace {
            say(&mut out, "the license has expired; it goes on for its grace period");
        }
    }
}

/// Verifies the token, and says in a sentence why it does not do.
#[expect(clippy::disallowed_methods, reason = "a program of its own: it has no other clock")]
fn check(verifier: &Verifier, token: &str) -> Result<Verified, Box<dyn std::error::Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    verifier.verify(token, i64::try_from(now)?).map_err(|error| match error {
        VerifyError::Expired(_) => "the license has expired".into(),
        error => format!("no license: {}", error.name()).into(),
    })
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut request = [0; 1024];
    let _ = stream.read(&mut request)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n")
}

fn health() -> Done {
    let mut stream = TcpStream::connect_timeout(&ADDRESS.into(), Duration::from_secs(2))?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err("it does not answer as it should".into()) }
}

fn say(to: &mut impl Write, line: &str) {
    // With nobody to read it, there is nobody to tell.
    let _ = writeln!(to, "{line}");
}
