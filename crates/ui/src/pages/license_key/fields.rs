//! The fields that the forms for a new and an existing license key share.

use chrono::NaiveDate;
use grantry_model::id::OrganizationId;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use crate::components::card::Card;
use crate::components::field::Field;
use crate::form::FormState;
use crate::token::{RESERVED, phrase};

/// The values of a license key's form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyValues {
    /// `name`; only when the key is created.
    pub name: String,
    /// `description`.
    pub description: String,
    /// `customerOrganizationId`; empty for an organization-wide key. Only when the key is created.
    pub customer: String,
    /// `notBefore`, a day such as `2026-11-24`, from its first second on, UTC.
    pub not_before: String,
    /// `expiresAt`, a day, up to its first second, UTC.
    pub expires_at: String,
    /// `graceDays`, whole days.
    pub grace_days: String,
    /// `payload`, JSON text.
    pub payload: String,
}

/// The names of the inputs and of the fields that errors are about.
pub(super) const NAMES: [&str; 8] = [
    "name",
    "description",
    "customerOrganizationId",
    "notBefore",
    "expiresAt",
    "graceDays",
    "graceSeconds",
    "payload",
];

/// What a preview of the token needs to know beside the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The hub's public base URL.
    pub issuer: String,
    /// The vendor's organization.
    pub organization: OrganizationId,
    /// The key's id, once it exists.
    pub subject: Option<String>,
    /// Number of the revision that would be made.
    pub revision: u32,
}

/// Validity and payload, with the check that runs as one types.
pub(super) fn terms(form: &FormState<KeyValues>) -> Markup {
    let values = &form.values;
    let grace = form.error("graceDays").or(form.error("graceSeconds"));
    html! {
        div.trio {
            (Field::line("date", "notBefore", "Valid from").value(&values.not_before).required().error(form.error("notBefore")))
            (Field::line("date", "expiresAt", "Valid until").value(&values.expires_at).required().error(form.error("expiresAt")))
            (Field::line("number", "graceDays", "Grace, in days").unmarked().value(&values.grace_days).error(grace))
        }
        p.hint {
            "Days begin at 00:00 UTC. In the grace after its end, applications go on and warn."
        }
        (payload(form))
    }
}

fn payload(form: &FormState<KeyValues>) -> Markup {
    let error = form.error("payload");
    let described = if error.is_some() { "payload-error payload-hint" } else { "payload-hint" };
    html! {
        div.field {
            label for="payload" { "Payload" }
            div.editor data-editor data-reserved=(RESERVED.join(" ")) {
                textarea id="payload" name="payload" rows="12" spellcheck="false" autocapitalize="off"
                    aria-describedby=(described) aria-invalid=[error.map(|_| "true")] { "\n" (form.values.payload) }
            }
            p.error id="payload-error" role="status" data-editor-error { (error.unwrap_or_default()) }
            p.hint id="payload-hint" {
                "A JSON object with your own claims. Reserved: " code { (RESERVED.join(", ")) } "."
            }
        }
    }
}

/// Claims and token content, as the form would have them; script keeps them up to date.
pub(super) fn preview(values: &KeyValues, about: &Preview) -> Markup {
    let payload: Option<Map<String, Value>> = serde_json::from_str(&values.payload).ok();
    let claims = html! {
        dl.claims data-claims {
            @for (name, value) in payload.iter().flatten() { dt { (name) } dd { (phrase(value)) } }
        }
    };
    let subject = about.subject.as_deref().unwrap_or("(given when saved)");
    let content = html! {
        pre tabindex="0" aria-label="Content of the token" data-content data-issuer=(about.issuer)
            data-organization=(about.organization) data-subject=(subject) data-revision=(about.revision)
            { code { (content(values, about, payload.unwrap_or_default())) } }
    };
    html! {
        (Card::padded("preview-claims", "Claims", &claims))
        (Card::padded("preview-content", "Content of the token", &content))
    }
}

fn content(values: &KeyValues, about: &Preview, payload: Map<String, Value>) -> String {
    let subject = about.subject.as_deref().unwrap_or("(given when saved)");
    let mut lic = json!({"seq": about.revision, "grace": days(&values.grace_days) * 86_400});
    if let Some(lic) = lic.as_object_mut() {
        if !values.customer.is_empty() {
            lic.insert("cus".to_owned(), json!(values.customer));
        }
        lic.insert("name".to_owned(), json!(values.name));
    }
    let mut claims = json!({
        "iss": about.issuer, "sub": subject, "aud": ["license-key"], "iat": "(when saved)",
        "nbf": midnight(&values.not_before), "exp": midnight(&values.expires_at), "jti": "(given when saved)",
        "org": about.organization.to_string(), "lic": lic,
    });
    if let Some(claims) = claims.as_object_mut() {
        claims.extend(payload);
    }
    serde_json::to_string_pretty(&claims).unwrap_or_default()
}

fn days(text: &str) -> u64 {
    text.trim().parse::<u32>().unwrap_or(0).into()
}

fn midnight(day: &str) -> Value {
    let day = day.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    day.map_or(Value::Null, |at| json!(at.and_utc().timestamp()))
}
