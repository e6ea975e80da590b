//! License keys.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod revisions;
pub(super) mod show;
pub(super) mod token;
pub(super) mod update;

use grantry_license::Payload;
use grantry_model::license_key::LicenseKey;
use grantry_wire::Time;
use grantry_wire::license_key as wire;
use serde_json::value::RawValue;

pub(super) fn present(key: &LicenseKey) -> wire::LicenseKey {
    let terms = &key.current.terms;
    wire::LicenseKey {
        id: key.id.0,
        created_at: Time(key.created_at),
        name: key.name.as_str().to_owned(),
        description: Some(key.description.clone()).filter(|text| !text.is_empty()),
        payload: raw(&terms.payload),
        not_before: Time(terms.not_before),
        expires_at: Time(terms.expires_at),
        grace_seconds: Some(terms.grace).filter(|&grace| grace > 0),
        last_revised_at: Time(key.current.created_at),
        revision: key.current.seq,
        customer_organization_id: key.customer.map(|customer| customer.0),
        reference: key.reference(),
    }
}

/// The payload exactly as it stands in the token. It is valid JSON, or it would be no payload.
fn raw(payload: &Payload) -> Box<RawValue> {
    RawValue::from_string(payload.as_str().to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
