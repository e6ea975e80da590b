//! What the sample vendors pushed: small images that run, charts that install, bills of materials. Made here as bytes,
//! so that the first pull from the demo works with nothing downloaded.
//!
//! Pure, and for one address of the hub the same bytes each time: dates in the content are counted back from
//! [`RELEASED`], not from today, so a digest noted down from one demo is found in the next.

mod archive;
mod catalogue;
mod chart;
mod container;
mod document;
mod program;
mod sbom;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use grantry_oci::digest::{Algorithm, Digest};

use self::catalogue::{PRODUCTS, Product, Release};
use self::document::Annotations;
use super::data::OrganizationSample;

/// The day from which the dates in the content are counted back: that on which the sample was written.
const RELEASED: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date of the calendar");

/// What was pushed to one artifact at one time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Push {
    /// Name of the artifact within its organization; may have slashes.
    pub(super) artifact: String,
    /// When it was pushed, counted from the day the sample is made.
    pub(super) days_ago: i64,
    /// The blobs, none twice.
    pub(super) blobs: Vec<Vec<u8>>,
    /// The manifests, each after those that it is made of or says something about.
    pub(super) manifests: Vec<ManifestPush>,
}

/// A manifest as it was pushed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ManifestPush {
    /// What it was pushed as.
    pub(super) media_type: &'static str,
    /// The manifest.
    pub(super) bytes: Vec<u8>,
    /// The tag it was pushed with; by its digest if `None`.
    pub(super) tag: Option<String>,
}

/// A version of a product with all that its contents say about themselves.
struct Edition<'a> {
    vendor: &'a OrganizationSample,
    product: &'a Product,
    release: &'a Release,
}

/// What the vendor pushed, artifact by artifact, the longest ago first within each. `registry` is the host with the
/// port, if it needs one, under which clusters reach the hub; charts name it as where their images are.
pub(super) fn pushes(vendor: &OrganizationSample, registry: &str) -> Vec<Push> {
    let products = PRODUCTS.iter().filter(|product| product.vendor == vendor.slug);
    let editions = products
        .flat_map(|product| product.releases.iter().map(move |release| Edition { vendor, product, release }));
    let (mut images, mut charts) = (Vec::new(), Vec::new());
    for edition in editions {
        images.push(container::push(&edition));
        charts.extend(edition.release.has_chart.then(|| chart::push(&edition, registry)));
    }
    images.into_iter().chain(charts).collect()
}

impl Edition<'_> {
    /// When its contents were made.
    fn created(&self) -> DateTime<Utc> {
        let day = RELEASED - TimeDelta::days(self.release.days_ago);
        day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(9)
    }

    /// [`created`](Self::created) as JSON has it.
    fn created_text(&self) -> String {
        self.created().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The vendor's own license, as SPDX names licenses that it doesn't list.
    fn license(&self) -> String {
        format!("LicenseRef-{}", self.vendor.slug)
    }

    /// The text of the license.
    fn license_text(&self) -> String {
        format!(
            "{product}, Copyright 2026 {vendor}\n\n\
             {product} and {vendor} are made up: they belong to the demo of Grantry.\n\
             You may use, copy and change this image for any purpose, without warranty of any kind.\n",
            product = self.product.title,
            vendor = self.vendor.name,
        )
    }

    /// Annotations of the manifests that make it up.
    fn annotations(&self) -> Annotations {
        let pairs = [
            ("created", self.created_text()),
            ("description", self.product.description.to_owned()),
            ("licenses", self.license()),
            ("title", self.product.title.to_owned()),
            ("vendor", self.vendor.name.to_owned()),
            ("version", self.release.version.to_owned()),
        ];
        pairs.into_iter().map(|(key, value)| (format!("org.opencontainers.image.{key}"), value)).collect()
    }
}

impl ManifestPush {
    /// The digest it is pushed by if it has no tag.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(Algorithm::Sha256, &self.bytes)
    }
}
