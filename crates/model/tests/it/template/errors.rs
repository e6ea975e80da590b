//! What is wrong with a template is said with its place, and without a value.

use grantry_model::template::{Fault, LinkData, LinkTemplate, MAX_TEXT, Source, Template};
use serde_json::json;

use super::corpus::Generator;
use super::{Given, texts};

fn check_parse(text: &str, expected: &str) {
    assert_eq!(Template::parse(text).unwrap_err().to_string(), expected, "{text}");
}

#[test]
fn texts_that_are_no_templates_are_refused_with_their_place() {
    check_parse("a\nb {{ .A", "Line 2, column 3: The braces “{{” are not closed by “}}”.");
    check_parse(
        "é {{ end }}",
        "Line 1, column 10: This “end” or “else” belongs to no “if”, “with” or “range”.",
    );
    check_parse(
        "x\n{{ if .A }}\n{{ .B }}\n",
        "Line 2, column 4: What begins here is not closed by “{{ end }}”.",
    );
    check_parse("{{ upper .A }}", "Line 1, column 4: There is no function “upper”.");
    check_parse("{{ $x }}", "Line 1, column 4: The variable “$x” is not set here.");
    check_parse(
        "{{ .Secrets.my-name }}",
        "Line 1, column 15: This character can't stand in a name: write {{ index .LicenseKeys \"the name\" }}.",
    );
    check_parse("{{ }}", "Line 1, column 4: A value is missing between the braces.");
    check_parse("{{ \"a }}", "Line 1, column 4: A quote is not closed.");
    check_parse(
        "{{ define \"x\" }}{{ end }}",
        "Line 1, column 4: Templates within a template can't be used here.",
    );
    check_parse(
        "{{ if ($x := 1) }}{{ end }}",
        "Line 1, column 15: Variables are set at the begin of an action, not in parentheses.",
    );
    let deep = format!("{}{}", "{{ if true }}".repeat(65), "{{ end }}".repeat(65));
    check_parse(
        &deep,
        "Line 1, column 836: Controls and parentheses stand more than 64 deep in one another.",
    );
    check_parse(&" ".repeat(MAX_TEXT + 1), "Line 1, column 1: The template is longer than 256 KiB.");
    let long_chain = format!("{{{{ if false }}}}{}{{{{ end }}}}", "{{ else if false }}a".repeat(10_000));
    assert!(Template::parse(&long_chain).is_ok(), "a chain is not deep");
}

#[test]
fn missing_name_is_an_error_that_names_it() {
    let given = Given::new(&[("A", "token")], &[("S", "hunter2")]);
    let check = |text: &str, expected: &str| {
        assert_eq!(given.render(text).unwrap_err().to_string(), expected, "{text}")
    };
    check("a\n\n{{ .LicenseKeys.FOO }}", "Line 3: There is no license key “FOO”.");
    check("{{ .Secrets.FOO }}", "Line 1: There is no secret “FOO”.");
    check("\n{{ index .LicenseKeys \"Foo Bar\" }}", "Line 2: There is no license key “Foo Bar”.");
    check(
        "{{ if true\n}}{{ index .Secrets \"FOO\" | printf \"%q\" }}{{ end }}",
        "Line 2: There is no secret “FOO”.",
    );
    check("{{ if eq (index .Secrets \"FOO\") \"\" }}{{ end }}", "Line 1: There is no secret “FOO”.");
    check(
        "{{ with index .Secrets \"S\" }}{{ .FOO }}{{ end }}",
        "Line 1: The field “.FOO” is read of a text, which has no fields.",
    );
    check("{{ if .Secrets.FOO }}{{ end }}", "Line 1: There is no secret “FOO”.");
    check("{{ .Foo }}", "Line 1: There is no field “.Foo” here.");
    check(
        "{{ index .Secrets .Secrets.S }}",
        "Line 1: There is no secret of the name that the template computes here.",
    );
}

#[test]
fn name_that_may_be_missing_can_be_asked_for() {
    let given = Given::new(&[], &[("S", "x"), ("EMPTY", "")]);
    let check =
        |text: &str, expected: &str| assert_eq!(given.render(text).as_deref(), Ok(expected), "{text}");
    check("{{ if index .Secrets \"FOO\" }}a{{ else }}b{{ end }}", "b");
    check(
        "{{ with index .Secrets \"FOO\" }}{{ . }}{{ else with index .Secrets \"S\" }}{{ . }}{{ end }}",
        "x",
    );
    check("{{ or (index .Secrets \"FOO\") .Secrets.EMPTY \"default\" }}", "default");
    check("{{ if not (index .Secrets \"FOO\") }}a{{ end }}", "a");
    check("{{ $x := index .Secrets \"FOO\" }}{{ if and $x true }}a{{ end }}", "");
    let missing = given.render("{{ and (index .Secrets \"FOO\") true }}").unwrap_err().fault;
    assert_eq!(missing, Fault::Missing { of: Source::Secrets, name: Some("FOO".to_owned()) });
}

#[test]
fn license_key_is_found_by_its_alias() {
    let given = Given::new(
        &[
            ("My License Key", "a"),
            ("other-key.v2", "b"),
            ("RAW", "c"),
            ("raw", "d"),
            ("Über 1", "e"),
            ("x y", "f"),
            ("x-y", "g"),
        ],
        &[("My Secret", "s")],
    );
    let check = |text: &str, expected: Result<&str, &str>| {
        let rendered = given.render(text).map_err(|error| error.to_string());
        assert_eq!(rendered.as_deref().map_err(String::as_str), expected, "{text}");
    };
    check("{{ .LicenseKeys.MY_LICENSE_KEY }}", Ok("a"));
    check("{{ index .LicenseKeys \"My License Key\" }}{{ index .LicenseKeys \"OTHER_KEY_V2\" }}", Ok("ab"));
    check("{{ .LicenseKeys.RAW }}{{ .LicenseKeys.raw }}", Ok("cd"));
    check("{{ .LicenseKeys.ÜBER_1 }}", Ok("e"));
    check(
        "{{ .LicenseKeys.X_Y }}",
        Err(
            "Line 1: “X_Y” can mean any of the license keys “x y”, “x-y”: name one by {{ index .LicenseKeys \"…\" }}.",
        ),
    );
    check("{{ .LicenseKeys.My_License_Key }}", Err("Line 1: There is no license key “My_License_Key”."));
    check("{{ .Secrets.MY_SECRET }}", Err("Line 1: There is no secret “MY_SECRET”."));
}

#[test]
fn secret_stays_in_its_line_of_an_env_file() {
    let given = Given::new(&[("A", "token")], &[("PEM", "-----BEGIN\nabc\n-----END\n")]);
    let template =
        Template::parse("K={{ .LicenseKeys.A }}\nP={{ .Secrets.PEM }}\nL={{ len .Secrets.PEM }}\n").unwrap();
    let rendered = template.render_env(given.values()).unwrap();
    assert_eq!(rendered, "K=token\nP=-----BEGIN\\nabc\\n-----END\\n\nL=27\n");
}

#[test]
fn no_error_holds_a_value() {
    let given = Given::new(
        &[("A", "SENTINEL1"), ("My Key", "SENTINEL2")],
        &[("A", "SENTINEL3"), ("QUOTE", "SENTINEL4: \""), ("EMPTY", "")],
    );
    let mut generator = Generator::new(11);
    let mut errors = 0;
    let by_hand = [
        "{{ .Secrets }}: a: {{ .Secrets.QUOTE }}",
        "{{ index .Secrets .LicenseKeys.A }}",
        "{{ printf .Secrets.QUOTE 1 }}",
        "{{ .Secrets.A.B }}",
    ];
    let texts = by_hand
        .iter()
        .map(|&text| text.to_owned())
        .chain(std::iter::repeat_with(|| generator.template()).take(2000));
    for text in texts {
        let Ok(template) = Template::parse(&text) else { continue };
        let results = [
            template.render(given.values()),
            template.render_yaml(given.values()),
            template.render_env(given.values()),
        ];
        for error in results.into_iter().filter_map(Result::err) {
            errors += 1;
            let said = format!("{error} {error:?}");
            assert!(!said.contains("SENTINEL"), "{text}\n{said}");
        }
    }
    assert!(errors > 500, "{errors} errors are too few to tell");
    assert!(!format!("{:?}", given.values()).contains("SENTINEL"));
}

#[test]
fn link_is_made_of_env_and_values_or_there_is_none() {
    let env = texts(&[("HOST", "app.example")]);
    let values = json!({"ingress": {"host": "h.example", "port": 8443, "tls": true}, "none": null});
    let check = |text: &str, expected: Option<&str>| {
        let link = LinkTemplate::parse(text).unwrap().render(LinkData { env: &env, values: &values });
        assert_eq!(link.as_deref(), expected, "{text}");
    };
    check("https://{{ .Env.HOST }}/", Some("https://app.example/"));
    check(
        "http{{ if .Values.ingress.tls }}s{{ end }}://{{ .Values.ingress.host }}:{{ .Values.ingress.port }}",
        Some("https://h.example:8443"),
    );
    check("https://{{ .Env.MISSING }}/", None);
    check("https://{{ .Values.none }}/", None);
    check("https://{{ .Values.a.b }}/", None);
    check("", None);
    check(" {{ if false }}x{{ end }}\n", None);
}
