//! `grantry verify`: checks a license token as an application would, offline if the key is a file.
//!
//! Exit code 0 means that the license holds, 1 that the token was refused. 2 means that there is no verdict: the call
//! was wrong, or a key or the revocation list could not be used.

mod key;
mod pretty;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat};
use clap::{ArgGroup, Args};
use grantry_license::{
    Claims, ExpectedOrganization, KeySet, ListCheck, MAX_LIST_BYTES, MAX_TOKEN_BYTES, RevocationList, State,
    Verified, Verifier, VerifyError,
};
use grantry_model::id::OrganizationId;

use crate::cli::Failure;
use crate::output;

/// Arguments of `grantry verify`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["organization", "any_organization"])))]
pub struct VerifyArgs {
    /// The token; @FILE reads it from a file, - from standard input
    token: String,
    /// Public key: PEM, JWK Set or 32 raw bytes, in a file or under an http or https URL
    #[arg(long, value_name = "FILE|URL")]
    key: String,
    /// The vendor's organization; tokens of another one are refused
    #[arg(long, value_name = "ID")]
    organization: Option<OrganizationId>,
    /// Accept tokens of any organization that the key signs for
    #[arg(long)]
    any_organization: bool,
    /// The hub's public URL; tokens of another issuer are refused
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// By how many seconds clocks may differ
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    leeway: u32,
    /// Lowest number of a revision that is still accepted
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    lowest_seq: u32,
    /// Signed revocation list; tokens on it are refused
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// Check as at this time instead of now: 2027-01-31T12:00:00Z, or seconds since 1970
    #[arg(long, value_name = "RFC3339", value_parser = parse_time)]
    now: Option<i64>,
    /// Print one JSON object with the state and the claims, or with the error
    #[arg(long)]
    json: bool,
}

fn parse_time(text: &str) -> Result<i64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp())
        .map_err(|_| "not a time; write it like 2027-01-31T12:00:00Z".to_owned())
}

/// Checks the token and prints the claims, or the name of the error. `clock` says the time, in seconds since 1970, and
/// is asked only if the arguments don't.
pub fn run(args: &VerifyArgs, clock: impl Fn() -> i64) -> Result<ExitCode, Failure> {
    let now = args.now.unwrap_or_else(clock);
    let organization = match args.organization {
        Some(OrganizationId(id)) => ExpectedOrganization::Exactly(id),
        None => ExpectedOrganization::Any,
    };
    let token = read_token(&args.token)?;
    let keys = key::read(&args.key)?;
    let mut verifier =
        Verifier::new(keys.clone(), organization).leeway(args.leeway).lowest_seq(args.lowest_seq);
    if let Some(issuer) = &args.issuer {
        verifier = verifier.issuer(issuer);
    }
    if let Some(path) = &args.revocations {
        verifier = verifier.revocations(&read_revocations(args, path, &keys, organization, now)?);
    }
    let verdict = verifier.verify(&token, now);
    if args.json {
        print_json(&verdict)?
    } else {
        print_text(&verdict)?
    }
    Ok(if verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_token(argument: &str) -> Result<String, Failure> {
    // One byte over the limit is enough to have the token refused for its length; white space around it is no part of it.
    let limit = MAX_TOKEN_BYTES + 1024;
    let (name, bytes) = if argument == "-" {
        ("standard input", read_limited(io::stdin().lock(), limit))
    } else if let Some(path) = argument.strip_prefix('@') {
        (path, File::open(path).and_then(|file| read_limited(file, limit)))
    } else {
        return Ok(argument.to_owned());
    };
    let bytes =
        bytes.map_err(|problem| Failure::Usage(format!("no token can be read from {name:?}: {problem}")))?;
    // What is not UTF-8 is not a token either; the verifier says so.
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn read_revocations(
    args: &VerifyArgs,
    path: &Path,
    keys: &KeySet,
    organization: ExpectedOrganization,
    now: i64,
) -> Result<RevocationList, Failure> {
    let refuse = |problem: String| {
        Failure::Usage(format!(
            "the revocation list {path:?} can't be used, so there is no verdict: {problem}"
        ))
    };
    let bytes = File::open(path)
        .and_then(|file| read_limited(file, MAX_LIST_BYTES + 1024))
        .map_err(|problem| refuse(problem.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut check = ListCheck::new(keys, organization).leeway(args.leeway);
    if let Some(issuer) = &args.issuer {
        check = check.issuer(issuer);
    }
    RevocationList::verify(text.trim(), &check, now)
        .map_err(|error| refuse(format!("{}: {error}", error.name())))
}

fn read_limited(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Claims on standard output; what the verdict is, on standard error, the name first.
fn print_text(verdict: &Result<Verified, VerifyError>) -> io::Result<()> {
    if let Ok(verified) = verdict {
        output::result(&pretty::print(verified.claims.as_str()))?;
    }
    let (name, sentence) = match verdict {
        Ok(verified) => (verified.state.name(), describe(verified)),
        Err(VerifyError::Expired(claims)) => ("expired", describe_end(claims, "ended")),
        Err(error) => (error.name(), error.to_string()),
    };
    output::say(&format!("{name}: {sentence}"));
    Ok(())
}

fn describe(verified: &Verified) -> String {
    match verified.state {
        State::Valid => format!("the license holds until {}", time(verified.claims.expires_at)),
        State::Grace => describe_end(&verified.claims, "ends"),
    }
}

fn describe_end(claims: &Claims, ends: &str) -> String {
    let expired = format!("the license expired on {}", time(claims.expires_at));
    match i64::from(claims.grace()) {
        0 => expired,
        grace => {
            let end = time(claims.expires_at.saturating_add(grace));
            format!("{expired}; its grace period {ends} on {end}")
        }
    }
}

fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(
        || format!("second {seconds} since 1970"),
        |time| time.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

/// One object: `{state, claims}`, or `{error, message}` with the `claims` of an expired token.
fn print_json(verdict: &Result<Verified, VerifyError>) -> io::Result<()> {
    // The claims are put in as text: as values they would lose digits of numbers.
    let text = match verdict {
        Ok(verified) => {
            format!(r#"{{"state":"{}","claims":{}}}"#, verified.state.name(), verified.claims.as_str())
        }
        Err(error) => {
            let claims = match error {
                VerifyError::Expired(claims) => format!(r#","claims":{}"#, claims.as_str()),
                _ => String::new(),
            };
            // Neither names nor sentences hold a character that JSON escapes, but nothing here should rely on that.
            let message = serde_json::Value::from(error.to_string());
            format!(r#"{{"error":"{}","message":{message}{claims}}}"#, error.name())
        }
    };
    output::result(&pretty::print(&text))
}
