//! What a template inserts into YAML stays within its scalar.

use grantry_model::template::{Fault, Template};
use grantry_model::yaml::Document;
use proptest::prelude::*;
use serde_json::json;

use super::Given;

fn render(text: &str, secret: &str) -> Result<serde_json::Value, Fault> {
    let given = Given::new(&[("A", "token")], &[("S", secret), ("OK", "fine")]);
    let rendered = Template::parse(text).unwrap().render_yaml(given.values()).map_err(|error| error.fault)?;
    Ok(Document::parse(rendered.as_bytes()).unwrap().to_json().unwrap())
}

fn taken(text: &str, secret: &str, expected: impl Into<serde_json::Value>) {
    assert_eq!(render(text, secret), Ok(expected.into()), "{text} with {secret:?}");
}

fn refused(text: &str, secret: &str) {
    let fault = render(text, secret).unwrap_err();
    let Fault::BreaksYaml { name, .. } = &fault else { panic!("{text} with {secret:?}: {fault}") };
    assert_eq!(name.as_deref(), Some("S"), "{text} with {secret:?}");
}

#[test]
fn plain_values_stay_in_their_scalar() {
    let plain = "a: {{ .Secrets.S }}\nb: 1\n";
    taken(plain, "hunter2", json!({"a": "hunter2", "b": 1}));
    taken(plain, "p4ss/w+rd==", json!({"a": "p4ss/w+rd==", "b": 1}));
    taken(plain, "it's", json!({"a": "it's", "b": 1}));
    taken(plain, "a#b:c", json!({"a": "a#b:c", "b": 1}));
    taken(plain, "two words", json!({"a": "two words", "b": 1}));
    taken(plain, "8080", json!({"a": 8080, "b": 1}));
    taken(plain, "", json!({"a": null, "b": 1}));
    for secret in [
        "x\nc: 2",
        "x\n  y",
        "x: y",
        "x #y",
        "#x",
        "'x'",
        "\"x\"",
        "x ",
        " x",
        "x\n",
        "{x: 1}",
        "[x",
        "*b",
        "&b x",
        "!!str x",
        "- x",
        "@x",
        "`x",
        "|",
        "x:",
        "? x",
        "%x\n---",
        "\t",
        "...\n---\n",
    ] {
        refused(plain, secret);
    }
}

#[test]
fn quoted_and_block_scalars_are_watched_too() {
    taken("a: \"{{ .Secrets.S }}\"\n", "x: y # z", json!({"a": "x: y # z"}));
    for secret in ["x\"", "a\\nb", "\\", "\", b: \"", "x\ny"] {
        refused("a: \"{{ .Secrets.S }}\"\n", secret);
    }
    taken("a: '{{ .Secrets.S }}'\n", "a\\n\"b\"", json!({"a": "a\\n\"b\""}));
    refused("a: '{{ .Secrets.S }}'\n", "it's");
    refused("a: '{{ .Secrets.S }}'\n", "it''s");
    taken("a: |\n  {{ .Secrets.S }}\n", "x: \"y\" # z", json!({"a": "x: \"y\" # z\n"}));
    refused("a: |\n  {{ .Secrets.S }}\n", "x\ny");
    refused("a: |{{ .Secrets.S }}\n  x\n", "+");
    taken("a: pre-{{ .Secrets.OK }}-{{ .Secrets.S }}\n", "x", json!({"a": "pre-fine-x"}));
    refused("a: pre-{{ .Secrets.OK }}-{{ .Secrets.S }}\n", "x: y");
    taken("a: [{{ .Secrets.S }}, 1]\n", "x", json!({"a": ["x", 1]}));
    refused("a: [{{ .Secrets.S }}, 1]\n", "x, y");
}

#[test]
fn structure_can_not_be_inserted() {
    refused("{{ .Secrets.S }}\n", "a: 1");
    refused("b: 1\n{{ .Secrets.S }}\n", "a: 1");
    refused("b: &x {c: 1}\na:\n  {{ .Secrets.S }}: *x\n", "<<");
    refused("# {{ .Secrets.S }}\na: 1\n", "x\nb: 2");
    taken("# {{ .Secrets.S }}\na: 1\n", "x: y", json!({"a": 1}));
    taken("{{ .Secrets.S }}: 1\n", "x", json!({"x": 1}));
    refused("{{ .Secrets.S }}: 1\n", "x: 1\ny");
    refused("b: &fine 1\na: *{{ .Secrets.S }}\n", "fine");
}

#[test]
fn text_of_the_template_itself_is_free() {
    taken("{{ \"a: 1\\nb: 2\" }}\n", "", json!({"a": 1, "b": 2}));
    taken("{{ if eq .Secrets.S \"x\" }}a: 1{{ else }}b: 2{{ end }}\n", "x", json!({"a": 1}));
    taken("{{ range 2 }}k{{ . }}: {{ $.Secrets.S }}\n{{ end }}", "x", json!({"k0": "x", "k1": "x"}));
    taken("a: {{ printf \"%s-%d\" .Secrets.S 5 }}\n", "x", json!({"a": "x-5"}));
    taken("n: {{ len .Secrets.S }}\n", "four", json!({"n": 4}));
    taken("a: {{ .Secrets.S }}\nb: zq0x0q\n", "x", json!({"a": "x", "b": "zq0x0q"}));
}

#[test]
fn error_says_what_to_do() {
    let given = Given::new(&[], &[("OK", "fine"), ("DB_PASSWORD", "a: b")]);
    let template =
        Template::parse("db:\n  user: {{ .Secrets.OK }}\n  password: {{ .Secrets.DB_PASSWORD }}\n").unwrap();
    assert_eq!(
        template.render_yaml(given.values()).unwrap_err().to_string(),
        "Line 3: The value of the secret “DB_PASSWORD” can't stand here in YAML as it is. Insert it with {{ printf \"%q\" … }}, without quotes around it."
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn printf_q_takes_every_value(secret in any::<String>()) {
        taken("a: {{ printf \"%q\" .Secrets.S }}\nb: {{ .Secrets.S | printf \"%q\" }}\n", &secret, json!({"a": secret, "b": secret}));
    }

    #[test]
    fn nothing_changes_but_the_scalar(
        secret in prop_oneof![any::<String>(), "[ab\n:#'\"{}\\[\\], &*!|>%@`?-]{0,8}", "[a-z0-9 ]{0,12}"],
        text in prop::sample::select(vec![
            "a: {{ .Secrets.S }}\nb: 1\n", "a: \"{{ .Secrets.S }}\"\nb: 1\n", "a: '{{ .Secrets.S }}'\nb: 1\n", "a: |-\n  {{ .Secrets.S }}\nb: 1\n",
            "{a: {{ .Secrets.S }}, b: 1}\n", "a: >-\n  {{ .Secrets.S }}\nb: 1\n", "b: 1\na: {{ .Secrets.S }}",
        ]),
    ) {
        if let Ok(value) = render(text, &secret) {
            prop_assert_eq!(value.as_object().unwrap().len(), 2, "{}", value);
            prop_assert_eq!(&value["b"], &json!(1));
            match &value["a"] {
                serde_json::Value::String(text) => prop_assert_eq!(text, &secret),
                other => prop_assert!(!other.is_object() && !other.is_array()),
            }
        }
    }
}
