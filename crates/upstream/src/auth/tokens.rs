//! Tokens that are still good.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use grantry_oci::digest::{Algorithm, Digest, Hasher};
use reqwest::header::HeaderValue;

/// Most tokens that are kept. Beyond that the one that ends first makes room.
const MOST: usize = 10_000;

/// No token is believed longer, whatever its server says.
const LONGEST: Duration = Duration::from_hours(24);

/// What an `Authorization` header may say again, by who says it to whom about what.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<Key, Held>>);

/// Registry, credentials and scope, as one hash, so that no password is kept with every token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(Digest);

#[derive(Debug)]
struct Held {
    authorization: HeaderValue,
    until: Instant,
}

impl Key {
    /// The key of these parts, in this order.
    pub(crate) fn of(parts: &[&str]) -> Self {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        for part in parts {
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finish())
    }
}

impl fmt::Debug for Key {
    /// Passwords can be guessed from their hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Tokens {
    /// What is good to send at this moment.
    pub(crate) fn find(&self, key: Key, now: Instant) -> Option<HeaderValue> {
        let held = self.lock();
        held.get(&key).filter(|one| now < one.until).map(|one| one.authorization.clone())
    }

    /// Keeps a token for four fifths of its lifetime, so that it does not end on the way.
    pub(crate) fn keep(&self, key: Key, authorization: HeaderValue, lifetime: Duration, now: Instant) {
        let until = now + lifetime.min(LONGEST) * 4 / 5;
        if until <= now {
            return;
        }
        let mut held = self.lock();
        if held.len() >= MOST && !held.contains_key(&key) {
            held.retain(|_, one| now < one.until);
        }
        if held.len() >= MOST
            && !held.contains_key(&key)
            && let Some(first) = held.iter().min_by_key(|(_, one)| one.until).map(|(key, _)| *key)
        {
            held.remove(&first);
        }
        held.insert(key, Held { authorization, until });
    }

    /// Forgets a token that was refused, unless another has taken its place.
    pub(crate) fn forget(&self, key: Key, refused: &HeaderValue) {
        let mut held = self.lock();
        if held.get(&key).is_some_and(|one| one.authorization == refused) {
            held.remove(&key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Held>> {
        // Every change is one insertion or removal, so that a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &'static str) -> HeaderValue {
        HeaderValue::from_static(text)
    }

    #[test]
    fn token_is_good_for_four_fifths_of_its_lifetime() {
        let (tokens, key, now) = (Tokens::default(), Key::of(&["a"]), Instant::now());
        tokens.keep(key, value("t"), Duration::from_secs(300), now);
        assert_eq!(tokens.find(key, now + Duration::from_secs(239)), Some(value("t")));
        assert_eq!(tokens.find(key, now + Duration::from_secs(240)), None);
        assert_eq!(tokens.find(Key::of(&["b"]), now), None);
    }

    #[test]
    fn token_that_lives_for_ever_is_not_believed() {
        let (tokens, key, now) = (Tokens::default(), Key::of(&["a"]), Instant::now());
        tokens.keep(key, value("t"), Duration::MAX, now);
        assert_eq!(tokens.find(key, now + Duration::from_hours(20)), None);
        tokens.forget(key, &value("t"));
        tokens.keep(key, value("t"), Duration::ZERO, now);
        assert_eq!(tokens.find(key, now), None);
    }

    #[test]
    fn only_the_refused_token_is_forgotten() {
        let (tokens, key, now) = (Tokens::default(), Key::of(&["a"]), Instant::now());
        tokens.keep(key, value("new"), Duration::from_secs(60), now);
        tokens.forget(key, &value("old"));
        assert_eq!(tokens.find(key, now), Some(value("new")));
        tokens.forget(key, &value("new"));
        assert_eq!(tokens.find(key, now), None);
    }

    #[test]
    fn number_of_tokens_is_bounded() {
        let (tokens, now) = (Tokens::default(), Instant::now());
        let key = |number: usize| Key::of(&[&number.to_string()]);
        for number in 0..MOST + 5 {
            let lifetime = Duration::from_secs(60 + number as u64);
            tokens.keep(key(number), value("t"), lifetime, now);
        }
        assert_eq!(tokens.lock().len(), MOST);
        assert_eq!(tokens.find(key(0), now), None, "the one that ends first is gone");
        assert!(tokens.find(key(MOST + 4), now).is_some());
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        assert_ne!(Key::of(&["ab", "c"]), Key::of(&["a", "bc"]));
        assert_ne!(Key::of(&["a"]), Key::of(&["a", ""]));
    }

    #[test]
    fn key_is_in_no_debug_output() {
        assert_eq!(format!("{:?}", Key::of(&["password"])), "Key");
    }
}
