//! License keys.

use chrono::{DateTime, Utc};
use grantry_model::id::{CustomerId, LicenseKeyId};
use maud::{Markup, html};

use crate::components::copy::copyable;
use crate::components::table::{Table, text};
use crate::components::time;
use crate::layout::{Crumb, Portal};
use crate::route::{CustomerLicenses, Licenses, OrganizationLicenses, ShowLicenseKey};
use crate::token;
use crate::validity::{Window, grace_words};

pub mod delete;
pub mod edit;
pub mod fields;
pub mod new;
pub mod revision;
pub mod show;
mod snippets;

/// A license key in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key.
    pub key: LicenseKeyId,
    /// Its name.
    pub name: String,
    /// Number of its current revision, from 1.
    pub revision: u32,
    /// The current payload as JSON.
    pub payload: String,
    /// The current validity.
    pub window: Window,
}

/// So many changed claims are named.
const NAMED: usize = 4;

/// The customer that something belongs to, or one to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
}

/// One content of a license key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its number, from 1.
    pub number: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it, if that is known.
    pub created_by: Option<String>,
    /// Its payload as JSON.
    pub payload: String,
    /// Its validity.
    pub window: Window,
}

impl Revision {
    /// Everything that can differ between revisions, as lines to compare.
    pub(crate) fn lines(&self) -> String {
        let grace = grace_words(self.window.grace).unwrap_or_else(|| "none".to_owned());
        format!(
            "valid from   {}\nvalid until  {}\ngrace        {grace}\n{}",
            time::moment(self.window.not_before),
            time::moment(self.window.expires_at),
            token::pretty(&self.payload),
        )
    }

    /// What differs from an earlier revision, in a few words.
    pub(crate) fn change_since(&self, earlier: Option<&Self>) -> String {
        let Some(earlier) = earlier else { return token::summary(&self.payload) };
        let mut words = token::changes(&earlier.payload, &self.payload);
        if words.len() > NAMED {
            let more = words.len() - NAMED;
            words.truncate(NAMED);
            words.push(format!("{more} more"));
        }
        if self.window.not_before != earlier.window.not_before {
            words.push(format!("valid from {}", time::date(self.window.not_before)));
        }
        if self.window.expires_at != earlier.window.expires_at {
            words.push(format!("valid until {}", time::date(self.window.expires_at)));
        }
        if self.window.grace != earlier.window.grace {
            words.push(format!(
                "grace {}",
                grace_words(self.window.grace).unwrap_or_else(|| "none".to_owned())
            ));
        }
        words.join(" · ")
    }
}

/// A table of license keys.
pub(crate) fn table(caption: &str, keys: &[KeyRow], now: DateTime<Utc>) -> Markup {
    let columns = vec![text("Name"), text("Reference"), text("Valid until")];
    let rows = keys.iter().map(|key| cells(key, now)).collect();
    html! { (Table { caption, columns, rows }) }
}

fn cells(row: &KeyRow, now: DateTime<Utc>) -> Vec<Markup> {
    let claims = match token::summary(&row.payload) {
        none if none.is_empty() => format!("revision {}", row.revision),
        words => format!("{words} · revision {}", row.revision),
    };
    vec![
        html! {
            a href=(ShowLicenseKey { key: row.key }) { (row.name) }
            span.sub.wrap { (claims) }
        },
        copyable(&token::reference(&row.name), &format!("reference of {}", row.name)),
        html! {
            (row.window.short_badge(now))
            span.sub { (time::day(row.window.expires_at)) " · " (time::relative(row.window.expires_at, now)) }
        },
    ]
}

/// The way to a key's page: the licenses, then its customer or the organization-wide keys.
pub(crate) fn way_to(portal: Portal, owner: Option<&Owner>) -> Vec<Crumb> {
    if portal == Portal::Customer {
        return vec![Crumb::new("Licenses", &Licenses)];
    }
    let second = match owner {
        Some(owner) => Crumb::new(&owner.name, &CustomerLicenses { customer: owner.customer }),
        None => Crumb::new("Organization-wide keys", &OrganizationLicenses),
    };
    vec![Crumb::new("Licenses", &Licenses), second]
}

/// The way to what belongs to a key.
pub(crate) fn way_below(portal: Portal, owner: Option<&Owner>, key: LicenseKeyId, name: &str) -> Vec<Crumb> {
    let mut way = way_to(portal, owner);
    way.push(Crumb::new(name, &ShowLicenseKey { key }));
    way
}
