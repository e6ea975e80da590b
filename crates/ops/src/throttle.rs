//! Sign-in tries, limited by account and by address.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use grantry_model::name::fold;

use crate::error::{Error, Result};

/// Tries in a row under one account, and how soon each comes back.
const PER_ACCOUNT: (u32, Duration) = (10, Duration::from_secs(15));
/// Tries in a row from one address, and how soon each comes back.
const PER_ADDRESS: (u32, Duration) = (60, Duration::from_secs(2));
/// Above this many remembered accounts or addresses, those at rest are forgotten.
const REMEMBERED: usize = 10_000;

/// Counts tries in this process.
pub(crate) struct Throttle {
    accounts: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<String>,
}

impl Default for Throttle {
    fn default() -> Self {
        let limiter = |(burst, period): (u32, Duration)| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN));
            RateLimiter::keyed(quota.allow_burst(burst))
        };
        Self { accounts: limiter(PER_ACCOUNT), addresses: limiter(PER_ADDRESS) }
    }
}

impl Throttle {
    /// Counts a try.
    ///
    /// # Errors
    /// [`Error::Throttled`]: one too many.
    pub(crate) fn count(&self, account: &str, address: &str) -> Result<()> {
        let clock = DefaultClock::default();
        for (limiter, key) in [(&self.addresses, address.to_owned()), (&self.accounts, fold(account.trim()))]
        {
            if limiter.len() > REMEMBERED {
                limiter.retain_recent();
            }
            limiter
                .check_key(&key)
                .map_err(|refused| Error::Throttled { retry_after: refused.wait_time_from(clock.now()) })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_is_limited_wherever_the_tries_come_from() {
        let throttle = Throttle::default();
        for n in 0..PER_ACCOUNT.0 {
            throttle.count("mara@example.com", &format!("192.0.2.{n}")).unwrap();
        }
        let refused = throttle.count("MARA@example.com ", "192.0.2.99").unwrap_err();
        assert!(
            matches!(refused, Error::Throttled { retry_after } if retry_after <= PER_ACCOUNT.1),
            "{refused:?}"
        );
        throttle.count("peter@example.com", "192.0.2.99").unwrap();
    }

    #[test]
    fn one_address_is_limited_whatever_accounts_it_tries() {
        let throttle = Throttle::default();
        for n in 0..PER_ADDRESS.0 {
            throttle.count(&format!("user{n}@example.com"), "192.0.2.1").unwrap();
        }
        assert!(throttle.count("other@example.com", "192.0.2.1").is_err());
        throttle.count("other@example.com", "192.0.2.2").unwrap();
    }
}
