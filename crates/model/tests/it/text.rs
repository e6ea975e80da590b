//! Texts that people and clients send: parsers never panic, and what they take they take again unchanged.

use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::{LicenseKeyDraft, TermsInput, reference};
use grantry_model::name::{Email, MAX_NAME, MAX_SLUG, Name, Slug};
use grantry_model::page::Cursor;
use grantry_model::plan::Plan;
use grantry_model::role::Role;
use proptest::prelude::*;
use uuid::Uuid;

/// Any text, with those more often that parsers stumble over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9._-]{0,70}",
        "[ \t\u{a0}\u{3000}]*[A-Za-zÄßİ\u{1F600}]{0,210}[ \n]*",
        "[a-z@. \u{0}]{0,30}",
    ]
}

proptest! {
    #[test]
    fn a_name_that_is_taken_is_taken_again(text in text()) {
        if let Ok(name) = Name::parse("name", &text) {
            prop_assert_eq!(&Name::parse("name", name.as_str()).unwrap(), &name);
            prop_assert_eq!(name.as_str(), text.trim());
            prop_assert!((1..=MAX_NAME).contains(&name.as_str().chars().count()));
            prop_assert!(!name.as_str().chars().any(char::is_control));
        }
    }

    #[test]
    fn names_that_differ_by_case_are_the_same(text in "[A-Za-zÄÖÜéßΩя]{1,40}") {
        let folded = |text: &str| Name::parse("name", text).unwrap().fold();
        prop_assert_eq!(folded(&text.to_lowercase()), folded(&text));
        let twice = Name::parse("name", &folded(&text)).unwrap().fold();
        prop_assert_eq!(&twice, &folded(&text), "folding twice is folding once");
    }

    #[test]
    fn a_slug_follows_the_grammar_of_registry_paths(text in text()) {
        if let Ok(slug) = Slug::parse("slug", &text) {
            prop_assert_eq!(&Slug::parse("slug", slug.as_str()).unwrap(), &slug);
            prop_assert!(slug.as_str().len() <= MAX_SLUG);
            prop_assert!(slug.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)));
            prop_assert!(!slug.as_str().contains("..") && !slug.as_str().contains("___"));
        }
    }

    #[test]
    fn words_joined_by_one_separator_are_a_slug(words in prop::collection::vec("[a-z0-9]{1,5}", 1..8), joint in "\\.|_|__|-{1,3}") {
        let slug = words.join(&joint);
        let parsed = Slug::parse("slug", &slug).unwrap();
        prop_assert_eq!(parsed.as_str(), slug.as_str());
    }

    #[test]
    fn an_address_that_is_taken_is_taken_again(text in text()) {
        if let Ok(email) = Email::parse("email", &text) {
            prop_assert_eq!(&Email::parse("email", email.as_str()).unwrap(), &email);
            prop_assert_eq!(email.as_str().matches('@').count(), 1);
        }
    }

    #[test]
    fn a_cursor_survives_the_wire(key in any::<String>(), id in any::<u128>()) {
        let cursor = Cursor { key, id: Uuid::from_u128(id) };
        prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn no_text_makes_the_cursor_panic(text in prop_oneof![any::<String>(), "[0-9a-f]{0,80}", "[0-9a-fA-F+-]{30,40}"]) {
        if let Some(cursor) = Cursor::decode(&text) {
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
    }

    #[test]
    fn an_id_has_one_form(text in prop_oneof![any::<String>(), "[0-9a-f-]{36}", "\\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\\}?"]) {
        if let Ok(id) = text.parse::<LicenseKeyId>() {
            prop_assert_eq!(id.to_string(), text.to_ascii_lowercase());
        }
    }

    #[test]
    fn names_of_roles_and_plans_are_read_as_they_are_printed(text in any::<String>()) {
        prop_assert_eq!(text.parse::<Role>().ok().map(|role| role.to_string()), Role::ALL.iter().map(Role::to_string).find(|name| *name == text));
        prop_assert_eq!(text.parse::<Plan>().ok().map(|plan| plan.to_string()), Plan::ALL.iter().map(Plan::to_string).find(|name| *name == text));
    }

    #[test]
    fn a_reference_is_one_template_action(name in "[^\u{0}-\u{1f}\u{7f}-\u{9f}]{1,40}") {
        let reference = reference(&name);
        prop_assert!(reference.starts_with("{{ ") && reference.ends_with(" }}"));
        if let Some(quoted) = reference.strip_prefix("{{ index .LicenseKeys \"").and_then(|rest| rest.strip_suffix("\" }}")) {
            let unquoted = quoted.replace("\\\"", "\u{1}").replace("\\\\", "\\").replace('\u{1}', "\"");
            prop_assert!(!quoted.replace("\\\\", "").replace("\\\"", "").contains('"'), "nothing ends the text early");
            if !name.contains('\\') {
                prop_assert_eq!(unquoted, name);
            }
        }
    }

    #[test]
    fn no_input_makes_a_draft_panic(name in text(), description in text(), payload in text(), grace in any::<i64>(), start in any::<i64>(), length in any::<i64>()) {
        let at = |seconds: i64| chrono::DateTime::from_timestamp(seconds % 400_000_000_000, 0);
        let terms = TermsInput { payload: Some(&payload), not_before: at(start), expires_at: at(start.wrapping_add(length)), grace: Some(grace) };
        if let Ok(draft) = LicenseKeyDraft::parse(&name, &description, None, terms) {
            prop_assert!(draft.terms.not_before < draft.terms.expires_at);
            let again = TermsInput {
                payload: Some(draft.terms.payload.as_str()),
                not_before: Some(draft.terms.not_before),
                expires_at: Some(draft.terms.expires_at),
                grace: Some(i64::from(draft.terms.grace)),
            };
            prop_assert_eq!(&LicenseKeyDraft::parse(draft.name.as_str(), &draft.description, None, again).unwrap(), &draft);
        }
    }
}
