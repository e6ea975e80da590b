//! Creations that happen once, however often the request for them arrives.

use chrono::{DateTime, Utc};
use grantry_model::field::FieldError;
use grantry_model::policy::Permit;
use grantry_store::idempotency::{ANSWER_UNIQUE, Answer};
use grantry_store::store::Tx;

use crate::error::{Error, OnConflict, Result};

/// Most characters of an `Idempotency-Key`.
pub const MAX_KEY: usize = 255;

/// How a creation is recognized when its request arrives again, and what is answered then.
pub struct Once<'a, T> {
    /// The client's key, with what identifies the request that it stands for; `None`: the client gave none.
    pub request: Option<Request>,
    /// The answer's body as it is kept: without secrets, which are shown once.
    pub answer: &'a (dyn Fn(&T) -> String + Send + Sync),
}

/// A request that can be recognized.
#[derive(Debug, Clone)]
pub struct Request {
    /// The client's key.
    pub key: String,
    /// A hash of what was asked for.
    pub hash: String,
}

/// What a creation came to.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was made now.
    Created(T),
    /// It had been made before; the body of the first answer.
    Repeated(String),
}

impl Request {
    /// A request with the client's key.
    ///
    /// # Errors
    /// The key is empty, too long, or not visible ASCII.
    pub fn new(key: &str, hash: String) -> Result<Self> {
        if key.is_empty()
            || key.len() > MAX_KEY
            || !key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        {
            let message = format!("Idempotency-Key must be 1 to {MAX_KEY} visible ASCII characters.");
            return Err(FieldError::new("Idempotency-Key", "idempotency_key_malformed", message).into());
        }
        Ok(Self { key: key.to_owned(), hash })
    }
}

impl<T> Once<'static, T> {
    /// A creation whose request nobody can repeat, such as a form's: the client gave no key.
    pub fn without_key() -> Self {
        Self { request: None, answer: &|_| String::new() }
    }
}

impl<T> Outcome<T> {
    /// What was made by a request [without key](Once::without_key).
    ///
    /// # Errors
    /// It had been made before, which no request without key can have.
    pub fn made(self) -> Result<T> {
        match self {
            Self::Created(made) => Ok(made),
            Self::Repeated(_) => Err(Error::Internal("a request without key was taken for a repeat".into())),
        }
    }
}

impl<T> Once<'_, T> {
    /// The first answer, if the request was answered before.
    pub(crate) async fn repeated(&self, tx: &mut Tx, permit: &Permit) -> Result<Option<String>> {
        let Some(request) = &self.request else { return Ok(None) };
        let Some(answer) = tx.find_answer(permit, &request.key).await? else { return Ok(None) };
        if answer.request_hash != request.hash {
            let message = "This Idempotency-Key was used for another request. Use a new one.";
            return Err(Error::conflict("idempotency_key_reused", message));
        }
        Ok(Some(answer.body))
    }

    /// Keeps the answer, in the transaction that makes the thing.
    pub(crate) async fn remember(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        made: &T,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Some(request) = &self.request else { return Ok(()) };
        let answer = Answer { request_hash: request.hash.clone(), body: (self.answer)(made) };
        tx.insert_answer(permit, &request.key, &answer, now).await.on_conflict(ANSWER_UNIQUE, || {
            let message = "The same request is being answered right now. Send it again in a moment.";
            Error::conflict("idempotency_in_progress", message)
        })
    }
}
