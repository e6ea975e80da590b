//! What a template reads is known without rendering it.

use std::collections::BTreeMap;

use grantry_model::template::{ReadNames, Reads, Template, Values};

use super::corpus::Generator;
use super::texts;

fn check(text: &str, license_keys: Option<&[&str]>, secrets: Option<&[&str]>) {
    let names = |names: Option<&[&str]>| match names {
        Some(names) => ReadNames::These(names.iter().map(|&name| name.to_owned()).collect()),
        None => ReadNames::All,
    };
    let expected = Reads { license_keys: names(license_keys), secrets: names(secrets) };
    assert_eq!(Template::parse(text).unwrap().reads(), expected, "{text}");
}

#[test]
fn names_are_found_on_every_way() {
    const NONE: Option<&[&str]> = Some(&[]);
    check("no braces", NONE, NONE);
    check(
        "{{ .LicenseKeys.A }}{{ if .Secrets.B }}{{ .Secrets.C }}{{ else }}{{ .Secrets.D }}{{ end }}",
        Some(&["A"]),
        Some(&["B", "C", "D"]),
    );
    check("{{ index .LicenseKeys \"My Key\" }}{{ \"B\" | index .Secrets }}", Some(&["My Key"]), Some(&["B"]));
    check(
        "{{ index . \"Secrets\" \"A\" }}{{ (index $ \"Secrets\").B }}{{ ($.Secrets).C }}",
        NONE,
        Some(&["A", "B", "C"]),
    );
    check("{{ $s := .Secrets }}{{ $s.A }}{{ $n := \"B\" }}{{ index $s $n }}", NONE, Some(&["A", "B"]));
    check("{{ with .Secrets.A }}{{ . }}{{ $.LicenseKeys.B }}{{ end }}", Some(&["B"]), Some(&["A"]));
}

#[test]
fn what_cannot_be_told_counts_as_all() {
    const NONE: Option<&[&str]> = Some(&[]);
    check("{{ range .Secrets }}{{ . }}{{ end }}", NONE, None);
    check("{{ .Secrets }}", NONE, None);
    check("{{ . }}", None, None);
    check("{{ len .LicenseKeys }}", None, NONE);
    check("{{ with .Secrets }}{{ .A }}{{ end }}", NONE, None);
    check("{{ index .Secrets .LicenseKeys.A }}", Some(&["A"]), None);
    check("{{ $n := \"A\" }}{{ range 2 }}{{ index $.Secrets $n }}{{ $n = \"B\" }}{{ end }}", NONE, None);
    check("{{ $s := .LicenseKeys }}{{ $s = .Secrets }}{{ $s.A }}", None, None);
    check("{{ index .Secrets (print \"A\") }}", NONE, None);
    check("{{ $ = 1 }}", None, None);
}

#[test]
fn key_is_read_by_name_or_alias() {
    let reads = Template::parse("{{ .LicenseKeys.MY_KEY }}").unwrap().reads();
    assert!(reads.license_keys.includes("My Key") && reads.license_keys.includes("MY_KEY"));
    assert!(!reads.license_keys.includes("Other") && reads.secrets.is_empty());
    assert!(ReadNames::All.includes("anything") && !ReadNames::All.is_empty());
}

/// The texts that a template is said to read.
fn restricted(texts: &BTreeMap<String, String>, names: &ReadNames) -> BTreeMap<String, String> {
    texts
        .iter()
        .filter(|(name, _)| names.includes(name))
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect()
}

#[test]
fn rendering_with_what_is_read_alone_gives_the_same() {
    let license_keys = texts(&[("A", "1"), ("My Key", "2"), ("EMPTY", ""), ("QUOTE", "'"), ("ünï", "ü")]);
    let secrets = texts(&[("A", "s"), ("EMPTY", ""), ("QUOTE", "\""), ("My Key", "x"), ("a\"b", "y")]);
    let mut generator = Generator::new(21);
    let mut partial = 0;
    for text in std::iter::repeat_with(|| generator.template()).take(4000) {
        let Ok(template) = Template::parse(&text) else { continue };
        let reads = template.reads();
        let (fewer_keys, fewer_secrets) =
            (restricted(&license_keys, &reads.license_keys), restricted(&secrets, &reads.secrets));
        let all = template.render(Values { license_keys: &license_keys, secrets: &secrets });
        let fewer = template.render(Values { license_keys: &fewer_keys, secrets: &fewer_secrets });
        assert_eq!(all, fewer, "{text}\n{reads:?}");
        partial += usize::from(
            all.is_ok() && (fewer_keys.len(), fewer_secrets.len()) != (license_keys.len(), secrets.len()),
        );
    }
    assert!(partial > 500, "{partial} templates that read less than all are too few to tell");
}
