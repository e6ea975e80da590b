//! What a template writes is what Go's own text/template writes. `tests/go` renders the same corpus with it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use grantry_model::template::{
    Complaint, Fault, LinkData, LinkTemplate, ParseError, ReadNames, RenderError, Source, Template, Values,
};
use serde_json::{Value, json};

use super::corpus::{BY_HAND, Generator, LINKS_BY_HAND};
use super::texts;

/// What our side says to a template: its text, or the refusal.
enum Ours {
    Text(String),
    Unparsed(ParseError),
    Unrendered(RenderError),
}

impl Ours {
    fn of(
        parsed: Result<Template, ParseError>,
        render: impl FnOnce(Template) -> Result<String, RenderError>,
    ) -> Self {
        match parsed.map(render) {
            Ok(Ok(text)) => Self::Text(text),
            Ok(Err(error)) => Self::Unrendered(error),
            Err(error) => Self::Unparsed(error),
        }
    }

    /// Whether this is a refusal where we differ from Go on purpose; `template.rs` says why for each.
    fn is_deviation(&self, of_go: &str) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Unparsed(error) => match &error.complaint {
                Complaint::NoFunction(name) => ["js", "call"].contains(&&**name),
                Complaint::Grammar(sentence) => [
                    "Templates within a template can't be used here.",
                    "Variables are set at the begin of an action, not in parentheses.",
                    "This is not a number that can be used here.", // 1_000
                ]
                .contains(sentence),
                Complaint::NoVariable(_) | Complaint::TooDeep | Complaint::TooLarge => false,
            },
            Self::Unrendered(error) => match &error.fault {
                // Through `index` alone: by field Go refuses too, so it has no text. `with_nothing_for_what_is_missing`
                // renders again where the name is told.
                Fault::Missing { .. } | Fault::NoSection => true,
                // Go writes `<no value>` or `<nil>`, though not always to where it can be seen.
                Fault::NoValue => true,
                Fault::FormatVerb | Fault::FormatArguments | Fault::FormatValue { .. } => true,
                // A slice that cuts a character: Go's text is not UTF-8 then, and JSON replaces it.
                Fault::OutOfRange => of_go.contains('\u{fffd}'),
                _ => false,
            },
        }
    }
}

impl std::fmt::Display for Ours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Unparsed(error) => write!(f, "not a template: {error}"),
            Self::Unrendered(error) => write!(f, "not rendered: {error}"),
        }
    }
}

/// What our side says if, as in Go, there is nothing where a name is missing.
fn with_nothing_for_what_is_missing(text: &str, given: Values<'_>) -> Ours {
    let (mut license_keys, mut secrets) = (given.license_keys.clone(), given.secrets.clone());
    loop {
        let values = Values { license_keys: &license_keys, secrets: &secrets };
        let ours = Ours::of(Template::parse(text), |one| one.render(values));
        let Ours::Unrendered(RenderError { fault: Fault::Missing { of, name: Some(name) }, .. }) = &ours
        else {
            return ours;
        };
        let names = if *of == Source::Secrets { &mut secrets } else { &mut license_keys };
        assert_eq!(names.insert(name.clone(), String::new()), None, "{text}");
    }
}

/// Renders with Go.
fn go(input: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go");
    let mut go = Command::new("go");
    go.args(["run", "-buildvcs=false", "."]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut go = go.spawn().expect("this test needs Go; `cargo xtask setup` installs it");
    go.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = go.wait_with_output().unwrap();
    assert!(output.status.success(), "the Go program failed; what it wrote stands above");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Compares and says how many templates both sides render, how many both refuse, and where they differ on purpose.
fn compare(templates: &[String], ours: &[Ours], theirs: &Value) -> [usize; 3] {
    let mut counts = [0; 3];
    let mut wrong = Vec::new();
    assert_eq!(templates.len(), theirs.as_array().unwrap().len());
    for ((template, ours), theirs) in templates.iter().zip(ours).zip(theirs.as_array().unwrap()) {
        let kind = match (ours, theirs["text"].as_str()) {
            (Ours::Text(ours), Some(theirs)) if ours == theirs => 0,
            (Ours::Unparsed(_) | Ours::Unrendered(_), None) => 1,
            (ours, Some(theirs)) if ours.is_deviation(theirs) => 2,
            _ => {
                wrong.push(format!("{template}\n  ours: {ours}\n  Go:   {theirs}"));
                continue;
            }
        };
        counts[kind] += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} templates differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    counts
}

#[test]
fn templates_and_links_are_rendered_as_go_renders_them() {
    let license_keys =
        texts(&[("A", "key-1"), ("My Key", "key-2"), ("EMPTY", ""), ("QUOTE", "it's"), ("ünï", "ü")]);
    let secrets = texts(&[
        ("A", "secret-1"),
        ("EMPTY", ""),
        ("LINES", "one\ntwo"),
        ("QUOTE", "a\"b\\c <&> ü"),
        ("_x1", "{{ .Secrets.A }}"),
        ("a\"b", "quoted name"),
    ]);
    let env = texts(&[("A", "host.example"), ("EMPTY", ""), ("QUOTE", "'")]);
    let values = json!({
        "map": {"host": "h.example", "deep": {"er": [1, null, "x", {"b": 1, "a": true}]}},
        "list": ["a", 2, null, true, [1.5]],
        "number": 8443, "float": 1.5, "on": true, "none": null, "A": "a"
    });
    let whole = |by_hand: &[&str], mut generator: Generator, count: usize| -> Vec<String> {
        let by_hand = by_hand.iter().map(|&text| text.to_owned());
        by_hand.chain(std::iter::repeat_with(|| generator.template()).take(count)).collect()
    };
    let templates = whole(BY_HAND, Generator::new(4), 4000);
    let links = whole(LINKS_BY_HAND, Generator::of_links(5), 2000);

    let given = Values { license_keys: &license_keys, secrets: &secrets };
    let ours: Vec<_> =
        templates.iter().map(|text| Ours::of(Template::parse(text), |one| one.render(given))).collect();
    let mut optional = 0;
    let data = LinkData { env: &env, values: &values };
    let our_links: Vec<_> = links
        .iter()
        .map(|text| match LinkTemplate::parse(text).map(|link| link.try_render(data)) {
            Ok(Ok(text)) => Ours::Text(text),
            Ok(Err(error)) => Ours::Unrendered(error),
            Err(error) => Ours::Unparsed(error),
        })
        .collect();

    let theirs = go(&json!({
        "licenseKeys": license_keys, "secrets": secrets, "env": env, "values": values, "templates": templates, "links": links
    }));
    let counts = compare(&templates, &ours, &theirs["templates"]);
    for ((text, ours), theirs) in templates.iter().zip(&ours).zip(theirs["templates"].as_array().unwrap()) {
        let Some(theirs) = theirs["text"].as_str() else { continue };
        if !matches!(ours, Ours::Unrendered(RenderError { fault: Fault::Missing { .. }, .. })) {
            continue;
        }
        // A template that goes over all secrets sees the new name, so Go's text is another.
        let goes_over_all = Template::parse(text).unwrap().reads();
        if goes_over_all.secrets == ReadNames::All || goes_over_all.license_keys == ReadNames::All {
            continue;
        }
        let again = with_nothing_for_what_is_missing(text, given);
        assert!(
            matches!(&again, Ours::Text(text) if text == theirs) || again.is_deviation(theirs),
            "{text}\n{again}\n{theirs}"
        );
        optional += 1;
    }
    assert!(optional > 20, "{optional} templates with a missing name are too few to tell");
    println!("rendered, refused, refused by us alone: {counts:?}");
    assert!(counts[0] > 1000 && counts[1] > 500, "the corpus is too dull: {counts:?}");
    assert!(counts[2] < 400, "too many deviations for exceptions: {counts:?}");
    let counts = compare(&links, &our_links, &theirs["links"]);
    println!("of links: {counts:?}");
    assert!(counts[0] > 300, "the corpus of links is too dull: {counts:?}");
}
