//! Plans: which of them include license management, and until when.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

/// What an organization may use of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Without license management.
    Community,
    /// Everything that `pro` has, to try it; given with an end.
    Trial,
    /// With license management.
    Pro,
    /// With license management; what a self-hosted hub gives unless configured otherwise.
    Enterprise,
}

impl Plan {
    /// All plans.
    pub const ALL: [Self; 4] = [Self::Community, Self::Trial, Self::Pro, Self::Enterprise];

    /// The name on the wire, in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Trial => "trial",
            Self::Pro => "pro",
            Self::Enterprise => "enterprise",
        }
    }

    // By exclusion: a plan that is added later has license management until somebody says otherwise.
    fn includes_license_management(self) -> bool {
        self != Self::Community
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a plan is community, trial, pro or enterprise")]
pub struct UnknownPlan;

impl FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(text: &str) -> Result<Self, UnknownPlan> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == text).ok_or(UnknownPlan)
    }
}

/// An organization's plan and when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// The plan.
    pub plan: Plan,
    /// From this moment on the organization has what `community` has. `None`: no end.
    pub until: Option<DateTime<Utc>>,
}

impl Subscription {
    /// Whether licenses may be seen and changed. Without it, what was granted stays enforced and nothing is deleted.
    pub fn includes_license_management(&self, now: DateTime<Utc>) -> bool {
        self.plan.includes_license_management() && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn license_management_comes_with_every_plan_but_community_until_its_end() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let check = |plan, until: Option<i64>, now, expected| {
            let subscription = Subscription { plan, until: until.map(at) };
            assert_eq!(subscription.includes_license_management(at(now)), expected, "{plan} {until:?} {now}");
        };
        check(Plan::Community, None, 0, false);
        check(Plan::Pro, None, 0, true);
        check(Plan::Enterprise, None, 0, true);
        check(Plan::Trial, Some(100), 99, true);
        check(Plan::Trial, Some(100), 100, false);
        check(Plan::Pro, Some(100), 101, false);
    }
}
