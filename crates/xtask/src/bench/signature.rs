//! Sign and verify a license token, against the bare algorithm.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, ensure};
use ed25519_dalek::{Signature, Signer as _, Verifier as _};
use grantry_license::{ExpectedOrganization, KeySet, Payload, SigningKey, TokenContent, Verifier, sign};
use serde_json::Value;

use super::table::{Line, Table, median};

/// How often all variants are timed, one after the other, so that a disturbance meets them alike.
const ROUNDS: usize = 400;
/// Calls that are timed together.
const CALLS: u32 = 16;
/// How much more than the bare check verifying may cost.
const GOAL: f64 = 1.10;

/// The vendor's part of a typical license: about 260 bytes.
const PAYLOAD: &str = r#"{"edition":"enterprise","seats":250,"features":["sso","audit-log","high-availability","support-24x7"],"limits":{"clusters":12,"nodes":480,"storageGiB":20000},"support":{"tier":"gold","contact":"support@vendor.example"},"contract":"C-2026-004711","region":"eu-central"}"#;

/// Times all variants and adds them to the table.
///
/// # Errors
/// If the token that is signed does not verify.
pub(super) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let seed = [42; 32];
    let (key, raw_key) = (SigningKey::from_seed(seed), ed25519_dalek::SigningKey::from_bytes(&seed));
    let payload = Payload::parse(PAYLOAD)?;
    let content = content(&payload)?;
    let token = sign(&content, &key)?;
    let (signed, _) = token.rsplit_once('.').context("a token has three parts")?;
    let signature: Signature = raw_key.sign(signed.as_bytes());
    let public_key = raw_key.verifying_key();
    let verifier = Verifier::new(
        [key.public_key()].into_iter().collect::<KeySet>(),
        ExpectedOrganization::Exactly(content.organization),
    );
    ensure!(verifier.verify(&token, content.not_before).is_ok(), "the token of the bench does not verify");
    let times = Times::take([
        &mut || drop(black_box(verifier.verify(black_box(&token), content.not_before))),
        &mut || drop(black_box(public_key.verify(black_box(signed.as_bytes()), &signature))),
        &mut || drop(black_box(public_key.verify_strict(black_box(signed.as_bytes()), &signature))),
        &mut || drop(black_box(sign(black_box(&content), &key))),
        &mut || _ = black_box(raw_key.sign(black_box(signed.as_bytes()))),
    ]);
    let what = |verb| format!("{verb} a token of {} bytes, payload {}", token.len(), PAYLOAD.len());
    let [verify, bare, strict, signing, bare_signing] = [0, 1, 2, 3, 4];
    // The format asks for the strict check: canonical encodings, no points of small order.
    let ratio = times.ratio(verify, strict);
    let line = Line::of(what("verify"), times.text(verify));
    let against = format!("bare strict check {}", times.text(strict));
    table.add(line.against(against, ratio).goal("≤ 1.10", ratio <= GOAL));
    let line = Line::of(what("verify"), times.text(verify));
    table.add(line.against(format!("bare lax check {}", times.text(bare)), times.ratio(verify, bare)));
    let line = Line::of(what("sign"), times.text(signing));
    let against = format!("bare signature {}", times.text(bare_signing));
    table.add(line.against(against, times.ratio(signing, bare_signing)));
    Ok(())
}

fn content(payload: &Payload) -> anyhow::Result<TokenContent<'_>> {
    Ok(TokenContent {
        issuer: "https://licenses.vendor.example",
        license_key: "0192f5d4-7c1a-7000-8000-0000000000a1".parse()?,
        revision: "0192f5d4-7c1a-7000-8000-0000000000b2".parse()?,
        organization: "0192f5d4-7c1a-7000-8000-0000000000c3".parse()?,
        customer: Some("0192f5d4-7c1a-7000-8000-0000000000d4".parse()?),
        name: "Production",
        seq: 3,
        grace: 1_209_600,
        issued_at: 1_790_000_000,
        not_before: 1_790_000_000,
        expires_at: 1_821_536_000,
        payload,
    })
}

/// Nanoseconds a call, by round and variant.
struct Times<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Times<N> {
    fn take(mut variants: [&mut dyn FnMut(); N]) -> Self {
        let mut time = |variant: &mut &mut dyn FnMut()| {
            let start = Instant::now();
            (0..CALLS).for_each(|_| variant());
            start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
        };
        let mut round = || variants.each_mut().map(&mut time);
        // The first rounds fill the caches.
        (0..ROUNDS / 10).for_each(|_| _ = round());
        Self((0..ROUNDS).map(|_| round()).collect())
    }

    fn text(&self, variant: usize) -> String {
        let times: Vec<_> = self.0.iter().map(|round| round[variant]).collect();
        format!("{:.1} µs", median(&times) / 1000.0)
    }

    /// The median of the rounds' ratios: what disturbs a round disturbs both sides of it.
    fn ratio(&self, one: usize, other: usize) -> f64 {
        median(&self.0.iter().map(|round| round[one] / round[other]).collect::<Vec<_>>())
    }
}

/// The payload of the token that is measured, for license keys of the same size.
///
/// # Errors
/// If it is no JSON.
pub(super) fn typical_payload() -> anyhow::Result<Value> {
    Ok(serde_json::from_str(PAYLOAD)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typical_token_has_the_size_it_is_called_typical_for() {
        let payload = Payload::parse(PAYLOAD).unwrap();
        let token = sign(&content(&payload).unwrap(), &SigningKey::from_seed([1; 32])).unwrap();
        assert!((250..=270).contains(&PAYLOAD.len()), "{}", PAYLOAD.len());
        assert!((800..=1100).contains(&token.len()), "{}", token.len());
    }

    #[test]
    fn ratio_is_taken_round_by_round() {
        let times = Times(vec![[2.0, 1.0], [20.0, 10.0], [300.0, 100.0]]);
        assert_eq!(times.ratio(0, 1), 2.0);
    }
}
