//! No text harms: templates that loop or grow end in an error, and nothing panics.

use std::time::Instant;

use grantry_model::template::{Fault, LinkData, LinkTemplate, MAX_OUTPUT, Template};
use proptest::prelude::*;
use serde_json::json;

use super::{Given, texts};

fn check(text: &str, expected: &Fault) {
    let long = "x".repeat(100_000);
    let given = Given::new(&[("A", "token")], &[("LONG", &long)]);
    let begin = Instant::now();
    let error = given.render(text).unwrap_err();
    assert_eq!(error.fault, *expected, "{text}");
    assert!(begin.elapsed().as_secs() < 20, "{text} took {:?}", begin.elapsed());
}

#[test]
fn templates_that_loop_or_grow_end_in_an_error() {
    check("{{ range 9223372036854775807 }}{{ end }}", &Fault::TooManySteps);
    check("{{ range 400 }}{{ range 400 }}{{ range 400 }}{{ end }}{{ end }}{{ end }}", &Fault::TooManySteps);
    check("{{ range 100000 }}{{ range 100000 }}{{ break }}{{ end }}{{ end }}", &Fault::TooManySteps);
    check("{{ range 1000 }}{{ $.Secrets.LONG }}{{ end }}", &Fault::TooLong);
    check(
        &format!(
            "{{{{ range 100 }}}}{{{{ range 200 }}}}{}{{{{ end }}}}{{{{ end }}}}",
            "0123456789".repeat(10)
        ),
        &Fault::TooLong,
    );
    check("{{ $x := \"ab\" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}", &Fault::TooManySteps);
    check(
        "{{ range 20000 }}{{ if eq $.Secrets.LONG (print $.Secrets.LONG) }}{{ end }}{{ end }}",
        &Fault::TooManySteps,
    );
    check("{{ printf \"%999999999d\" 1 }}", &Fault::FormatVerb);
    check("{{ range 50000 }}{{ $x := printf \"%9999d\" 1 }}{{ end }}", &Fault::TooManySteps);
    let literal =
        format!("{{{{ range 100000 }}}}{{{{ $x := print \"{}\" }}}}{{{{ end }}}}", "y".repeat(200_000));
    check(&literal, &Fault::TooManySteps);
    let chain = format!(
        "{{{{ range 1000 }}}}{{{{ if false }}}}{}{{{{ end }}}}{{{{ end }}}}",
        "{{ else if false }}".repeat(10_000)
    );
    check(&chain, &Fault::TooManySteps);
}

#[test]
fn result_may_be_as_long_as_the_limit() {
    let long = "x".repeat(MAX_OUTPUT / 4);
    let given = Given::new(&[], &[("LONG", &long)]);
    assert_eq!(given.render("{{ range 4 }}{{ $.Secrets.LONG }}{{ end }}").unwrap().len(), MAX_OUTPUT);
    assert_eq!(
        given.render("{{ range 4 }}{{ $.Secrets.LONG }}{{ end }}.").unwrap_err().fault,
        Fault::TooLong
    );
}

#[test]
fn deep_values_of_a_link_do_no_harm() {
    let mut deep = json!(1);
    for _ in 0..300 {
        deep = json!([deep]);
    }
    let (env, values) = (texts(&[]), json!({"deep": deep}));
    let link = LinkTemplate::parse("{{ .Values.deep }}").unwrap();
    let error = link.try_render(LinkData { env: &env, values: &values }).unwrap_err();
    assert_eq!(error.fault, Fault::TooDeep);
}

/// Texts made of what templates are made of.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "{{", "}}", "{{- ", " -}}", "{{/*", "*/}}", " ", "\n", "if", "else", "with", "range", "end", "break", "continue", "define",
            ".Secrets", ".LicenseKeys", ".A", ".", "$", "$x", ":=", "=", ",", "|", "(", ")", "\"a\"", "`b`", "'c'", "\"", "`", "'", "\\",
            "printf", "\"%d%s%5.3f%q%\"", "index", "slice", "len", "eq", "lt", "and", "or", "not", "print", "html", "urlquery", "nil", "true",
            "0", "1", "-1", "0x", "1e9", "9223372036854775807", "é", "\u{feff}", "\0", "3"
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Templates that are more often right.
fn template() -> impl Strategy<Value = String> {
    any::<u64>().prop_map(|seed| super::corpus::Generator::new(seed).template())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_panics(text in prop_oneof![text(), template(), any::<String>()], a in any::<String>(), b in ".{0,10}") {
        let given = Given::new(&[("A", &a)], &[("A", &b), ("QUOTE", &a), ("EMPTY", "")]);
        if let Ok(template) = Template::parse(&text) {
            let plain = template.render(given.values());
            prop_assert!(plain.is_err() || plain.unwrap().len() <= MAX_OUTPUT);
            _ = template.render_env(given.values());
            _ = template.render_yaml(given.values());
            _ = template.reads();
        }
    }
}
