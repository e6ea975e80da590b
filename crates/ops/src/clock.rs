//! The time, as operations see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine.
    System,
    /// A time that stands still until it is moved; for tests and sample data. Microseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `time`.
    pub fn manual(time: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(time.timestamp_micros())))
    }

    /// Now, to the microsecond, as the database keeps it.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match self {
            Self::System => system_micros(),
            Self::Manual(micros) => micros.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Sets a manual clock to `time`; the machine's is left alone.
    pub fn set(&self, time: DateTime<Utc>) {
        if let Self::Manual(micros) = self {
            micros.store(time.timestamp_micros(), Ordering::Relaxed);
        }
    }

    /// Moves a manual clock; the machine's is left alone.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_micros() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
