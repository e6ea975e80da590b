//! `grantry organization …`: what the operator decides about an organization.

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand};
use grantry_model::plan::{Plan, Subscription};
use grantry_ops::organization::change_plan::change_plan;

use super::hub::{self, refused};
use crate::cli::Failure;
use crate::config::{SettingFlags, Surroundings};
use crate::output;

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

/// Changes the plan and says what it is now.
pub fn run(args: &OrganizationArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let OrganizationAction::Plan(args) = &args.action;
    hub::run(&args.settings, surroundings, async |ops| {
        let to = Subscription { plan: args.plan, until: args.until };
        let changed = change_plan(&ops, &args.slug, to).await.map_err(refused)?;
        let until = args.until.map_or_else(String::new, |until| format!(" until {}", until.to_rfc3339()));
        Ok(output::result(&format!("{} has the plan {}{until}.\n", changed.name, args.plan))?)
    })
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
