//! License keys: named records whose content lives in revisions, each with its signed token.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use grantry_license::{Payload, PayloadError};

use crate::field::{Check, FieldError, Invalid};
use crate::id::{CustomerId, LicenseKeyId, RevisionId};
use crate::name::Name;

/// Most characters of a description.
pub const MAX_DESCRIPTION: usize = 2000;
/// Longest grace, in seconds: ten years.
pub const MAX_GRACE: u32 = 10 * 366 * 24 * 3600;
/// The last moment that a validity may name: the end of the year 9999, RFC 3339's last.
const LAST_SECOND: i64 = 253_402_300_799;

/// A license key with its current content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseKey {
    /// Its id, the token's `sub`.
    pub id: LicenseKeyId,
    /// Its name: unique in the organization without regard to case, fixed at creation.
    pub name: Name,
    /// What it is for; may be empty.
    pub description: String,
    /// The customer it was issued to. `None`: organization-wide, every customer sees it.
    pub customer: Option<CustomerId>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The content in force: the newest revision.
    pub current: Revision,
}

/// One immutable content of a license key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its id, the token's `jti`.
    pub id: RevisionId,
    /// Its number in the key, from 1.
    pub seq: u32,
    /// What it grants, and when.
    pub terms: Terms,
    /// When it was made, the token's `iat`.
    pub created_at: DateTime<Utc>,
    /// What its maker was called at the time.
    pub created_by: String,
}

/// What a revision grants, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The vendor's own claims.
    pub payload: Payload,
    /// The token is valid from this moment on; whole seconds.
    pub not_before: DateTime<Utc>,
    /// The token is valid until this moment; whole seconds, after `not_before`.
    pub expires_at: DateTime<Utc>,
    /// How long after `expires_at` the application should go on and warn, in seconds.
    pub grace: u32,
}

/// Which license keys a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// All that the permit reaches.
    Any,
    /// Those of one customer.
    Customer(CustomerId),
    /// Those without a customer.
    OrganizationWide,
}

/// Where a moment lies in a revision's validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidityState {
    /// Before its start.
    Future,
    /// In force.
    Active,
    /// In force, and ends within [`EXPIRING_SOON`].
    ExpiringSoon,
    /// After its end.
    Expired,
}

/// An end this near is pointed out.
pub const EXPIRING_SOON: TimeDelta = TimeDelta::days(30);

impl Terms {
    /// Where `now` lies in the validity.
    pub fn state(&self, now: DateTime<Utc>) -> ValidityState {
        if now >= self.expires_at {
            ValidityState::Expired
        } else if now < self.not_before {
            ValidityState::Future
        } else if self.expires_at - now <= EXPIRING_SOON {
            ValidityState::ExpiringSoon
        } else {
            ValidityState::Active
        }
    }

    /// Whether both grant the same: equal times and grace, and payloads equal as JSON.
    pub fn same_as(&self, other: &Self) -> bool {
        self.not_before == other.not_before
            && self.expires_at == other.expires_at
            && self.grace == other.grace
            && self.payload.same_as(&other.payload)
    }
}

/// The content of a license key as it came in, nothing checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct TermsInput<'a> {
    /// JSON text.
    pub payload: Option<&'a str>,
    /// Start of the validity.
    pub not_before: Option<DateTime<Utc>>,
    /// End of the validity.
    pub expires_at: Option<DateTime<Utc>>,
    /// Grace in seconds.
    pub grace: Option<i64>,
}

/// A license key to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseKeyDraft {
    /// See [`LicenseKey::name`].
    pub name: Name,
    /// See [`LicenseKey::description`].
    pub description: String,
    /// See [`LicenseKey::customer`].
    pub customer: Option<CustomerId>,
    /// The first revision's content.
    pub terms: Terms,
}

impl LicenseKeyDraft {
    /// Reads a license key from input.
    ///
    /// # Errors
    /// All fields that are missing or not valid.
    pub fn parse(
        name: &str,
        description: &str,
        customer: Option<CustomerId>,
        terms: TermsInput<'_>,
    ) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", name));
        let description = check.take(parse_description(description));
        let terms = parse_terms(terms, None, &mut check);
        let all = name.zip(description).zip(terms);
        check.finish(all.map(|((name, description), terms)| Self { name, description, customer, terms }))
    }
}

/// What an edit of a license key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The description from now on.
    pub description: String,
    /// The content of the revision that the edit makes; `None` if the content stays as it is.
    pub revision: Option<Terms>,
}

impl LicenseKey {
    /// Decides what an edit does. The description is replaced in place; content that differs from the current
    /// revision's makes a new one, and a field that is left out keeps its value.
    ///
    /// # Errors
    /// All fields that are not valid.
    pub fn edit(&self, description: &str, terms: TermsInput<'_>) -> Result<Edit, Invalid> {
        let mut check = Check::new();
        let description = check.take(parse_description(description));
        let terms = parse_terms(terms, Some(&self.current.terms), &mut check);
        check.finish(description.zip(terms).map(|(description, terms)| {
            let revision = (!terms.same_as(&self.current.terms)).then_some(terms);
            Edit { description, revision }
        }))
    }

    /// How a template names this key's token: by field where the name allows it, by `index` elsewhere.
    pub fn reference(&self) -> String {
        reference(self.name.as_str())
    }
}

/// How a template names the token of the key called `name`.
pub fn reference(name: &str) -> String {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if starts && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return format!("{{{{ .LicenseKeys.{name} }}}}");
    }
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{{{{ index .LicenseKeys \"{quoted}\" }}}}")
}

fn parse_description(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.chars().count() > MAX_DESCRIPTION {
        let message = format!("The description is longer than {MAX_DESCRIPTION} characters. Shorten it.");
        return Err(FieldError::new("description", "description_too_long", message));
    }
    if text.contains('\0') {
        let message = "The description holds a NUL character, which can't be stored. Remove it.";
        return Err(FieldError::new("description", "description_nul", message));
    }
    Ok(text.to_owned())
}

fn parse_terms(input: TermsInput<'_>, current: Option<&Terms>, check: &mut Check) -> Option<Terms> {
    let payload = match (input.payload, current) {
        (Some(text), _) => check.take(Payload::parse(text).map_err(|error| payload_error(&error))),
        (None, Some(current)) => Some(current.payload.clone()),
        (None, None) => {
            let message = "Give the payload: a JSON object with your claims, {} if there are none.";
            check.fail(FieldError::new("payload", "payload_missing", message));
            None
        }
    };
    let mut time = |field, given: Option<DateTime<Utc>>, kept: Option<DateTime<Utc>>| {
        check.take(
            given.or(kept).ok_or_else(|| missing_time(field)).and_then(|time| whole_second(field, time)),
        )
    };
    let not_before = time("notBefore", input.not_before, current.map(|terms| terms.not_before));
    let expires_at = time("expiresAt", input.expires_at, current.map(|terms| terms.expires_at));
    if not_before.zip(expires_at).is_some_and(|(start, end)| end <= start) {
        let message = "The expiry must be after the start. Choose a later expiry or an earlier start.";
        check.fail(FieldError::new("expiresAt", "expiry_not_after_start", message));
    }
    let grace = match (input.grace, current) {
        (Some(seconds), _) => check.take(parse_grace(seconds)),
        (None, current) => Some(current.map_or(0, |terms| terms.grace)),
    };
    let ((payload, grace), (not_before, expires_at)) = payload.zip(grace).zip(not_before.zip(expires_at))?;
    Some(Terms { payload, not_before, expires_at, grace })
}

fn missing_time(field: &'static str) -> FieldError {
    let (code, message) = match field {
        "notBefore" => ("start_missing", "Give the start of the validity."),
        _ => ("expiry_missing", "Give the end of the validity."),
    };
    FieldError::new(field, code, message)
}

/// Tokens name whole seconds (RFC 7519 `NumericDate` as this project writes it), so a validity does too.
fn whole_second(field: &'static str, time: DateTime<Utc>) -> Result<DateTime<Utc>, FieldError> {
    let out_of_range =
        || FieldError::new(field, "time_out_of_range", "Choose a time from 1970 to the year 9999.");
    if !(0..=LAST_SECOND).contains(&time.timestamp()) {
        return Err(out_of_range());
    }
    time.with_nanosecond(0).ok_or_else(out_of_range)
}

fn parse_grace(seconds: i64) -> Result<u32, FieldError> {
    u32::try_from(seconds).ok().filter(|&grace| grace <= MAX_GRACE).ok_or_else(|| {
        let message = "The grace period must be between 0 seconds and ten years.";
        FieldError::new("graceSeconds", "grace_out_of_range", message)
    })
}

fn payload_error(error: &PayloadError) -> FieldError {
    let code = match error {
        PayloadError::NotJson { .. } => "payload_not_json",
        PayloadError::NotAnObject => "payload_not_an_object",
        PayloadError::ReservedName { .. } => "payload_reserved_name",
        PayloadError::DuplicateName { .. } => "payload_duplicate_name",
        PayloadError::TooDeep { .. } => "payload_too_deep",
        PayloadError::NumberTooLarge { .. } => "payload_number_too_large",
        PayloadError::TooLarge { .. } => "payload_too_large",
        _ => "payload_not_valid",
    };
    FieldError::new("payload", code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn input(payload: &'static str) -> TermsInput<'static> {
        TermsInput {
            payload: Some(payload),
            not_before: Some(at("2026-11-24T00:00:00Z")),
            expires_at: Some(at("2027-11-24T00:00:00Z")),
            grace: None,
        }
    }

    fn key() -> LicenseKey {
        let draft = LicenseKeyDraft::parse("FLEET", "main", None, input(r#"{"seats":100}"#)).unwrap();
        let current = Revision {
            id: RevisionId(uuid::Uuid::from_u128(2)),
            seq: 1,
            terms: draft.terms,
            created_at: at("2026-11-24T00:00:00Z"),
            created_by: "Mara".to_owned(),
        };
        let id = LicenseKeyId(uuid::Uuid::from_u128(1));
        let created_at = current.created_at;
        LicenseKey {
            id,
            name: draft.name,
            description: draft.description,
            customer: None,
            created_at,
            current,
        }
    }

    fn codes<T: std::fmt::Debug>(result: Result<T, Invalid>) -> Vec<&'static str> {
        result.unwrap_err().0.iter().map(|error| error.code).collect()
    }

    #[test]
    fn a_draft_reports_every_field_that_is_wrong() {
        let all = LicenseKeyDraft::parse(" ", "", None, TermsInput::default());
        assert_eq!(codes(all), ["name_blank", "payload_missing", "start_missing", "expiry_missing"]);

        let backwards = TermsInput { expires_at: Some(at("2026-11-24T00:00:00Z")), ..input("{}") };
        assert_eq!(codes(LicenseKeyDraft::parse("a", "", None, backwards)), ["expiry_not_after_start"]);

        let far = TermsInput { not_before: Some(at("1969-12-31T23:59:59Z")), ..input("{}") };
        assert_eq!(codes(LicenseKeyDraft::parse("a", "", None, far)), ["time_out_of_range"]);

        let grace = TermsInput { grace: Some(-1), ..input("{}") };
        assert_eq!(codes(LicenseKeyDraft::parse("a", "", None, grace)), ["grace_out_of_range"]);
    }

    #[test]
    fn a_payload_is_refused_with_the_reason() {
        for (payload, code) in [
            ("[1]", "payload_not_an_object"),
            ("null", "payload_not_an_object"),
            ("{", "payload_not_json"),
            (r#"{"exp":1}"#, "payload_reserved_name"),
            (r#"{"lic":{}}"#, "payload_reserved_name"),
            (r#"{"a":1,"a":2}"#, "payload_duplicate_name"),
            (r#"{"a":9223372036854775808}"#, "payload_number_too_large"),
        ] {
            assert_eq!(codes(LicenseKeyDraft::parse("a", "", None, input(payload))), [code], "{payload}");
        }
    }

    #[test]
    fn validity_is_in_whole_seconds() {
        let fine = TermsInput { not_before: Some(at("2026-11-24T00:00:00.9Z")), ..input("{}") };
        let draft = LicenseKeyDraft::parse("a", "", None, fine).unwrap();
        assert_eq!(draft.terms.not_before, at("2026-11-24T00:00:00Z"));
        let within = TermsInput { expires_at: Some(at("2026-11-24T00:00:00.9Z")), ..input("{}") };
        assert_eq!(codes(LicenseKeyDraft::parse("a", "", None, within)), ["expiry_not_after_start"]);
    }

    #[test]
    fn only_other_content_makes_a_revision() {
        let key = key();
        assert_eq!(key.edit("other", TermsInput::default()).unwrap().revision, None);
        assert_eq!(
            key.edit("main", input(r#"{ "seats": 100 }"#)).unwrap().revision,
            None,
            "only white space"
        );
        let more =
            key.edit("main", TermsInput { payload: Some(r#"{"seats":250}"#), ..TermsInput::default() });
        let terms = more.unwrap().revision.unwrap();
        assert_eq!(terms.payload.as_str(), r#"{"seats":250}"#);
        assert_eq!(terms.expires_at, key.current.terms.expires_at, "what is left out is kept");
        let early = TermsInput { expires_at: Some(at("2026-11-23T00:00:00Z")), ..TermsInput::default() };
        assert_eq!(codes(key.edit("main", early)), ["expiry_not_after_start"], "against the kept start");
        assert!(
            key.edit("main", TermsInput { grace: Some(60), ..TermsInput::default() })
                .unwrap()
                .revision
                .is_some()
        );
    }

    #[test]
    fn a_reference_is_what_a_template_understands() {
        for (name, expected) in [
            ("FLEET_MAIN", "{{ .LicenseKeys.FLEET_MAIN }}"),
            ("_a1", "{{ .LicenseKeys._a1 }}"),
            ("My Key", "{{ index .LicenseKeys \"My Key\" }}"),
            ("1st", "{{ index .LicenseKeys \"1st\" }}"),
            ("a\"b\\", "{{ index .LicenseKeys \"a\\\"b\\\\\" }}"),
        ] {
            assert_eq!(reference(name), expected);
        }
    }

    #[test]
    fn states_change_at_their_second() {
        let terms = key().current.terms;
        for (now, expected) in [
            ("2026-11-23T23:59:59Z", ValidityState::Future),
            ("2026-11-24T00:00:00Z", ValidityState::Active),
            ("2027-10-24T23:59:59Z", ValidityState::Active),
            ("2027-10-25T00:00:00Z", ValidityState::ExpiringSoon),
            ("2027-11-23T23:59:59Z", ValidityState::ExpiringSoon),
            ("2027-11-24T00:00:00Z", ValidityState::Expired),
        ] {
            assert_eq!(terms.state(at(now)), expected, "{now}");
        }
    }
}
