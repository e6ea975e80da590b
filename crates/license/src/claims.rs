//! The claims of a license token.

use serde_json::Value;
use uuid::Uuid;

use crate::json::{Integers, Member, Node, parse, write_object};
use crate::member::{
    Malformed, audience, members, object, optional, required, small_integer, string, time, uuid,
};
use crate::payload::{MAX_DEPTH, Payload};

/// What a license token says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// `iss`: the public base URL of the hub that signed.
    pub issuer: String,
    /// `sub`: the license key.
    pub license_key: Uuid,
    /// `aud`: for whom the token is; contains `license-key`.
    pub audience: Vec<String>,
    /// `iat`: when the revision was made, in seconds since 1970.
    pub issued_at: i64,
    /// `nbf`: from when on the license holds, in seconds since 1970.
    pub not_before: i64,
    /// `exp`: until when the license holds, in seconds since 1970.
    pub expires_at: i64,
    /// `jti`: the revision of the license key; absent from tokens of older issuers.
    pub revision: Option<Uuid>,
    /// `org`: the vendor's organization.
    pub organization: Uuid,
    /// `lic`: what else is known of the license key; absent from tokens of older issuers.
    pub license: Option<LicenseClaim>,
    /// The vendor's own claims, in the order and spelling of the token.
    pub payload: Payload,
    text: String,
}

/// The claim `lic`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LicenseClaim {
    /// `seq`: the number of the revision, from 1.
    pub seq: u32,
    /// `grace`: for how many seconds after its expiry the application should go on and warn.
    pub grace: u32,
    /// `cus`: the customer; absent if the license key belongs to the whole organization.
    pub customer: Option<Uuid>,
    /// `name`: the name of the license key.
    pub name: String,
}

impl Claims {
    /// Reads claims; says nothing about whether they are true.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let all = object(text)?;
        let mut minified = String::with_capacity(text.len());
        write_object(&all, &mut minified);
        Ok(Self {
            issuer: required(&all, "iss", string)?.into_owned(),
            license_key: required(&all, "sub", uuid)?,
            audience: required(&all, "aud", audience)?.into_iter().map(Into::into).collect(),
            issued_at: required(&all, "iat", time)?,
            not_before: required(&all, "nbf", time)?,
            expires_at: required(&all, "exp", time)?,
            revision: optional(&all, "jti", uuid)?,
            organization: required(&all, "org", uuid)?,
            license: optional(&all, "lic", LicenseClaim::read)?,
            payload: Payload::of_claims(&all),
            text: minified,
        })
    }

    /// The number of the revision; 0 if the token does not say.
    #[must_use]
    pub fn seq(&self) -> u32 {
        self.license.as_ref().map_or(0, |license| license.seq)
    }

    /// For how many seconds after its expiry the application should go on; 0 if the token does not say.
    #[must_use]
    pub fn grace(&self) -> u32 {
        self.license.as_ref().map_or(0, |license| license.grace)
    }

    /// All claims as JSON text without white space, everything else exactly as in the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// All claims for display. Integers of 64 bits are exact; other numbers become the nearest double.
    #[must_use]
    pub fn to_value(&self) -> Value {
        parse(&self.text, MAX_DEPTH, Integers::Any).as_ref().map_or(Value::Null, Node::to_value)
    }
}

impl LicenseClaim {
    /// Members that are not known are left alone, so that later versions can add some.
    fn read(node: &Node<'_>) -> Result<Self, Malformed> {
        let all: &[Member<'_>] = members(node)?;
        let seq = required(all, "seq", small_integer)?;
        if seq == 0 {
            return Err(Malformed);
        }
        Ok(Self {
            seq,
            grace: required(all, "grace", small_integer)?,
            customer: optional(all, "cus", uuid)?,
            name: required(all, "name", string)?.into_owned(),
        })
    }
}
