//! Pulls: who pulled what.

pub(crate) mod file;
pub(crate) mod list;

use chrono::Days;
use grantry_model::pull::PullFilter;
use serde::Deserialize;

use crate::portal::form::day;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Params {
    customer: String,
    artifact: String,
    address: String,
    from: String,
    to: String,
    after: String,
}

impl Params {
    /// As operations take it. What can't be read is no condition; the form shows it empty.
    fn filter(&self) -> PullFilter {
        let moment = |field, text| day(field, text).ok().flatten();
        PullFilter {
            customer: self.customer.parse().ok(),
            artifact: self.artifact.parse().ok(),
            address: Some(self.address.clone()).filter(|text| !text.trim().is_empty()),
            after: moment("from", &self.from),
            before: moment("to", &self.to).and_then(|last| last.checked_add_days(Days::new(1))),
            ..PullFilter::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_included_and_nonsense_is_no_condition() {
        let params = Params {
            from: "2026-11-23".to_owned(),
            to: "2026-11-24".to_owned(),
            address: " ".to_owned(),
            ..Params::default()
        };
        let filter = params.filter();
        assert_eq!(filter.after, Some("2026-11-23T00:00:00Z".parse().unwrap()));
        assert_eq!(filter.before, Some("2026-11-25T00:00:00Z".parse().unwrap()));
        let nonsense = Params { customer: "x".to_owned(), from: "x".to_owned(), ..Params::default() };
        assert_eq!(nonsense.filter(), PullFilter::default());
        assert_eq!(filter.address, None);
    }
}
