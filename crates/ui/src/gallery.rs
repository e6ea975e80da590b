//! Every page in every state, for tests, screenshots and eyes. One invented vendor, Northwind Robotics, runs through
//! all of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::field::FieldError;
use grantry_model::id::{CustomerId, OrganizationId};
use grantry_model::role::Role;
use uuid::Uuid;

use crate::layout::notice::Notice;
use crate::layout::{Bare, Membership, Nav, Page, Portal, Shell, Theme, Visit};
use crate::pages;

/// A page in one state.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Page and state, such as `license-overview-empty`; also the name of a file.
    pub name: String,
    /// The whole document.
    pub html: String,
}

impl Sample {
    /// The page as a vendor's administrator sees it.
    pub(crate) fn vendor(name: &str, active: Nav, page: &impl Page) -> Self {
        Self { name: name.to_owned(), html: vendor(active).render(page) }
    }

    /// The page as the administrator sees it right after a change.
    pub(crate) fn after(name: &str, active: Nav, notice: Notice, page: &impl Page) -> Self {
        let mut shell = vendor(active);
        shell.visit.notice = Some(notice);
        Self { name: name.to_owned(), html: shell.render(page) }
    }

    /// The page as a customer's administrator sees it.
    pub(crate) fn customer(name: &str, active: Nav, page: &impl Page) -> Self {
        Self { name: name.to_owned(), html: customer(active).render(page) }
    }

    /// The page as somebody sees it who is not signed in.
    pub(crate) fn bare(name: &str, page: &impl Page) -> Self {
        Self { name: name.to_owned(), html: Bare { visit: visit() }.render(page) }
    }
}

/// All pages in all states: name and document.
pub fn samples() -> Vec<(String, String)> {
    pages::samples().into_iter().map(|sample| (sample.name, sample.html)).collect()
}

/// The moment at which all samples are looked at: 24 November 2026, 09:30 UTC.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(1_795_512_600)
}

/// So many days from the samples' now.
pub(crate) fn days(count: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(count)
}

/// Midnight of the day so many days from the samples' now.
pub(crate) fn midnight(count: i64) -> DateTime<Utc> {
    days(count) - TimeDelta::seconds(9 * 3600 + 1800)
}

/// The id number `count` of the samples.
pub(crate) fn id<T: From<Uuid>>(count: u128) -> T {
    Uuid::from_u128(0x0193_a2f0_7c1a_7bd2_9b1e_5200_0000_0000 + count).into()
}

/// An error of a field.
pub(crate) fn error(field: &'static str, message: &str) -> FieldError {
    FieldError::new(field, "sample", message)
}

/// What every sample knows of its request.
pub(crate) fn visit() -> Visit {
    Visit {
        now: now(),
        csrf: "7f3c-sample".to_owned(),
        theme: Theme::System,
        path: "/licenses".to_owned(),
        notice: None,
    }
}

fn membership(organization: u128, customer: Option<(u128, &str)>, name: &str, role: Role) -> Membership {
    Membership {
        organization: id::<OrganizationId>(organization),
        customer: customer.map(|(number, _)| id::<CustomerId>(number)),
        name: name.to_owned(),
        customer_name: customer.map(|(_, name)| name.to_owned()),
        role,
    }
}

/// The shell of the vendor's administrator Mara Klein.
pub(crate) fn vendor(active: Nav) -> Shell {
    Shell {
        visit: visit(),
        current: membership(1, None, "Northwind Robotics", Role::Admin),
        others: vec![
            membership(2, None, "Harbor Analytics", Role::ReadOnly),
            membership(1, Some((101, "Initech GmbH")), "Northwind Robotics", Role::ReadWrite),
        ],
        user_name: "Mara Klein".to_owned(),
        user_email: "mara.klein@northwind.example".to_owned(),
        sections: Nav::of(Portal::Vendor),
        active,
    }
}

/// The shell of the customer's administrator Peter Bolt.
pub(crate) fn customer(active: Nav) -> Shell {
    Shell {
        visit: visit(),
        current: membership(1, Some((101, "Initech GmbH")), "Northwind Robotics", Role::Admin),
        others: Vec::new(),
        user_name: "Peter Bolt".to_owned(),
        user_email: "peter.bolt@initech.example".to_owned(),
        sections: Nav::of(Portal::Customer),
        active,
    }
}

/// A token of the right shape with the given payload; its signature is made up.
pub(crate) fn token(name: &str, sequence: u32, payload: &str) -> String {
    let header = r#"{"alg":"EdDSA","typ":"JWT","kid":"kPrK_qmxVWaYVywwBF6IuOo3J2kPqcQ0V4nYx3m1Qp8"}"#;
    let own =
        payload.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default().trim();
    let comma = if own.is_empty() { "" } else { "," };
    let claims = format!(
        "{{\"iss\":\"https://hub.northwind.example\",\"sub\":\"{}\",\"aud\":[\"license-key\"],\"iat\":{},\
         \"nbf\":{},\"exp\":{},\"jti\":\"{}\",\"org\":\"{}\",\"lic\":{{\"seq\":{sequence},\"grace\":1209600,\
         \"cus\":\"{}\",\"name\":\"{name}\"}}{comma}{own}}}",
        id::<Uuid>(401),
        now().timestamp(),
        midnight(0).timestamp(),
        midnight(341).timestamp(),
        id::<Uuid>(500 + u128::from(sequence)),
        id::<Uuid>(1),
        id::<Uuid>(101),
    );
    let signature: Vec<u8> = (0..64_u8).map(|byte| byte.wrapping_mul(37) ^ 0xa5).collect();
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!("{}.{}.{}", part(header.as_bytes()), part(claims.as_bytes()), part(&signature))
}

/// A public key of the right shape.
pub(crate) const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
    -----END PUBLIC KEY-----\n";

/// Every guide as the hub serves it: name and document. They are not among the samples, whose words are reviewed: theirs
/// are reviewed under `docs/`.
pub fn guides() -> Vec<(String, String)> {
    pages::guide::show::all()
}
