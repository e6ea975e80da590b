//! The licenses overview: one row a customer, with what it has and when that ends.

use chrono::{DateTime, Utc};

use crate::id::CustomerId;
use crate::name::Name;

/// Counts of a customer's license keys, or of its entitlements, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LicenseCounts {
    /// All of them.
    pub total: u64,
    /// Those that have not expired.
    pub active: u64,
    /// Those that have not expired and will within [`EXPIRING_SOON`](crate::license_key::EXPIRING_SOON).
    pub expiring: u64,
    /// Those that have expired.
    pub expired: u64,
}

/// A customer with a summary of its licenses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRow {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: Name,
    /// Its license keys, without the organization-wide ones.
    pub keys: LicenseCounts,
    /// Its application entitlements.
    pub application_entitlements: LicenseCounts,
    /// Its artifact entitlements.
    pub artifact_entitlements: LicenseCounts,
    /// When the next of all these expires.
    pub next_expiry: Option<DateTime<Utc>>,
    /// When the last of those that have expired did.
    pub last_expiry: Option<DateTime<Utc>>,
}

/// Which customers the overview shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OverviewFilter {
    /// All.
    #[default]
    All,
    /// Those with something that expires soon.
    Expiring,
    /// Those with something that has expired.
    Expired,
    /// Those without any license.
    Unlicensed,
}

/// In which order the overview shows customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OverviewOrder {
    /// Those of whom something expires next come first.
    #[default]
    NextExpiry,
    /// By name.
    Name,
}

/// How many customers each filter shows, and the organization-wide keys beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OverviewTotals {
    /// All customers.
    pub customers: u64,
    /// Customers with something that expires soon.
    pub expiring: u64,
    /// Customers with something that has expired.
    pub expired: u64,
    /// Customers without any license.
    pub unlicensed: u64,
    /// The license keys without a customer.
    pub organization_wide: LicenseCounts,
}
