//! `grantry organization …`: arguments.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand};
use grantry_model::plan::Plan;

use crate::config::SettingFlags;

/// Arguments of `grantry organization`.
#[derive(Debug, Args)]
pub struct OrganizationArgs {
    /// What to do with the organization.
    #[command(subcommand)]
    pub action: OrganizationAction,
}

/// What `grantry organization` does.
#[derive(Debug, Subcommand)]
pub enum OrganizationAction {
    /// Set an organization's plan
    Plan(PlanArgs),
}

/// Arguments of `grantry organization plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Short name of the organization
    pub slug: String,
    /// The plan: community, trial, pro or enterprise
    pub plan: Plan,
    /// When the plan ends, as 2027-01-31 (the beginning of that day, UTC) or 2027-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = parse_moment)]
    pub until: Option<DateTime<Utc>>,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingFlags,
}

fn parse_moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| "not a date; write it like 2027-01-31 or 2027-01-31T12:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_begin_at_midnight_utc_and_moments_keep_their_zone() {
        let check =
            |text: &str, expected: &str| assert_eq!(parse_moment(text).unwrap().to_rfc3339(), expected);
        check("2027-01-31", "2027-01-31T00:00:00+00:00");
        check("2027-01-31T01:00:00+02:00", "2027-01-30T23:00:00+00:00");
        for wrong in ["", "tomorrow", "2027-02-30", "2027-01-31T12:00:00", "31.1.2027"] {
            assert!(parse_moment(wrong).is_err(), "{wrong}");
        }
    }
}
