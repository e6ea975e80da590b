//! Files that people upload: bad ones are refused with their place, and no bytes harm.

use std::time::Instant;

use grantry_model::compose::ComposeFile;
use grantry_model::env_file;
use grantry_model::helm_values::merge;
use grantry_model::yaml::{Document, FileComplaint, FileError, MAX_DOCUMENT, Place};
use proptest::prelude::*;
use serde_json::json;

fn refused(bytes: impl AsRef<[u8]>, line: usize, column: usize, complaint: FileComplaint) {
    let begin = Instant::now();
    let error = Document::parse(bytes.as_ref()).unwrap_err();
    let start = String::from_utf8_lossy(&bytes.as_ref()[..bytes.as_ref().len().min(200)]).into_owned();
    assert_eq!(error, FileError { place: Place { line, column }, complaint }, "{start}");
    assert!(begin.elapsed().as_secs() < 10, "{start} took {:?}", begin.elapsed());
}

fn not_yaml(bytes: impl AsRef<[u8]>, line: usize, column: usize) {
    let error = Document::parse(bytes.as_ref()).unwrap_err();
    assert!(matches!(error.complaint, FileComplaint::NotYaml(_)), "{error}");
    assert_eq!((error.place.line, error.place.column), (line, column), "{error}");
}

fn read(text: &str, expected: impl Into<serde_json::Value>) {
    assert_eq!(Document::parse(text.as_bytes()).unwrap().to_json().unwrap(), expected.into(), "{text}");
}

#[test]
fn files_that_are_not_one_mapping_are_refused_with_their_place() {
    let first = |complaint| move |text: &str| refused(text, 1, 1, complaint);
    for text in ["", " \n\n", "# only a comment\n", "---\n", "~\n", "--- null\n"] {
        let error = Document::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.complaint, FileComplaint::Empty, "{text:?}");
    }
    first(FileComplaint::NotAMapping)("- a\n- b\n");
    first(FileComplaint::NotAMapping)("just words\n");
    first(FileComplaint::NotAMapping)("<!doctype html>\n<html></html>\n");
    refused("a: 1\n---\nb: 2\n", 2, 1, FileComplaint::SeveralDocuments);
    refused(b"a: \xff", 1, 4, FileComplaint::NotUtf8);
    refused("é: 1\nb: \u{e9}".bytes().chain([0xc3]).collect::<Vec<_>>(), 2, 5, FileComplaint::NotUtf8);
    refused(b"\xff\xfea\0:\0", 1, 1, FileComplaint::NotUtf8);
    refused(vec![b'#'; MAX_DOCUMENT + 1], 1, 1, FileComplaint::TooLong);
}

#[test]
fn what_is_not_yaml_is_refused_with_its_place() {
    refused("a:\n\tb: 1\n", 2, 1, FileComplaint::Tab);
    refused("a:\n  b: 1\n\tc: 2\n", 3, 1, FileComplaint::Tab);
    let colon = "a name lacks its colon, here or in the line above";
    refused("a:\n  b: 1\n  c\n  d: 2\n", 4, 3, FileComplaint::NotYaml(colon.to_owned()));
    not_yaml("a: b: c\n", 1, 5);
    not_yaml("a: [1, 2\n", 2, 1);
    not_yaml("a: *nowhere\n", 1, 4);
    not_yaml("a: @b\n", 1, 4);
    not_yaml("{{ .Values.a }}: 1\n{{ x\n", 3, 1);
    for text in
        ["a: \"open\n", "a: {b: 1\nc", "key: 'x' y\n", "%YAML 9\n%YAML 9\n---\na: 1\n", "a: 1\n b: 2\n"]
    {
        let error = Document::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(error.complaint, FileComplaint::NotYaml(_)), "{text:?}: {error}");
    }
}

#[test]
fn keys_are_texts_and_stand_once() {
    let twice = |key: &str| FileComplaint::DuplicateKey(key.to_owned());
    refused("a: 1\nb: 2\na: 3\n", 3, 1, twice("a"));
    refused("x:\n  a: 1\n  \"a\": 3\n", 3, 3, twice("a"));
    refused("1: a\n\"1\": b\n", 2, 1, twice("1"));
    refused("<<: {}\n<<: {}\n", 2, 1, twice("<<"));
    refused("{a, a}", 1, 5, twice("a"));
    refused("[a, b]: c\n", 1, 1, FileComplaint::CompoundKey);
    refused("? {a: 1}\n: b\n", 1, 3, FileComplaint::CompoundKey);
    read("1: a\nyes: b\n~: c\n", json!({"1": "a", "yes": "b", "~": "c"}));
}

#[test]
fn aliases_and_merges_are_resolved() {
    read(
        "a: &x {b: 1}\nc: *x\nd: [*x, *x]\n",
        json!({"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}),
    );
    read("a: &x 1\nb: &x 2\nc: *x\n", json!({"a": 1, "b": 2, "c": 2}));
    read("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n", json!({"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}));
    read(
        "a: &x {b: 1}\nc: &y {b: 2, e: 5}\nd: {<<: [*x, *y]}\n",
        json!({"a": {"b": 1}, "c": {"b": 2, "e": 5}, "d": {"b": 1, "e": 5}}),
    );
    read("a: {\"<<\": 1}\n", json!({"a": {"<<": 1}}));
    refused("a: {<<: 1}\n", 1, 5, FileComplaint::MergesNoMapping);
    refused("a: {<<: [1]}\n", 1, 5, FileComplaint::MergesNoMapping);
    refused("a: &x [1, *x]\n", 1, 11, FileComplaint::ContainsItself);
    refused("a: &x {b: *x}\n", 1, 11, FileComplaint::ContainsItself);
    refused("a: &x {<<: *x}\n", 1, 12, FileComplaint::ContainsItself);
}

#[test]
fn files_that_explode_are_refused_soon() {
    let lines = |first: &str, line: fn(usize) -> String| -> String {
        std::iter::once(first.to_owned()).chain((1..30).map(line)).collect()
    };
    let lists = lines("a0: &a0 [x, x, x, x, x, x, x, x, x]\n", |n| {
        let before = n - 1;
        format!(
            "a{n}: &a{n} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]\n"
        )
    });
    let laughs = Document::parse(lists.as_bytes()).unwrap_err();
    assert_eq!(laughs.complaint, FileComplaint::TooMuch);
    let maps = lines("a0: &a0 {x: y}\n", |n| format!("a{n}: &a{n} {{b: *a{}, c: *a{}}}\n", n - 1, n - 1));
    assert_eq!(Document::parse(maps.as_bytes()).unwrap_err().complaint, FileComplaint::TooMuch);
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(50_000), "*a, ".repeat(10_000));
    assert_eq!(Document::parse(long.as_bytes()).unwrap_err().complaint, FileComplaint::TooMuch);
    let wide: String = (0..5000).map(|n| format!("  k{n}: 1\n")).collect();
    let merges = format!("a: &a\n{wide}b:\n{}", "  - <<: *a\n".repeat(5000));
    assert_eq!(Document::parse(merges.as_bytes()).unwrap_err().complaint, FileComplaint::TooMuch);

    refused(format!("a: {}", "[".repeat(90_000)), 1, 259, FileComplaint::TooDeep);
    refused(format!("a:\n  {}x", "- ".repeat(50_000)), 2, 129, FileComplaint::TooDeep);
    let chain =
        (1..200).fold("a0: &a0 x\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{}]\n", n - 1));
    assert_eq!(Document::parse(chain.as_bytes()).unwrap_err().complaint, FileComplaint::TooDeep);
    let deep = (0..63).fold(json!(1), |deep, _| json!([deep]));
    read(&format!("a: {}1{}", "[".repeat(63), "]".repeat(63)), json!({"a": deep}));
}

#[test]
fn odd_characters_are_no_harm() {
    read("\u{feff}a: 1\n", json!({"a": 1}));
    read("ключ: значение\n鍵: 値\n🙂: 🙃\n", json!({"ключ": "значение", "鍵": "値", "🙂": "🙃"}));
    read("a: e\u{301}\u{202e}\u{200b}x\n", json!({"a": "e\u{301}\u{202e}\u{200b}x"}));
    read("a: 1\r\nb: |\r\n  x\r\n  y\r\n", json!({"a": 1, "b": "x\ny\n"}));
}

#[test]
fn base_values_and_a_deployment_s_values_become_one() {
    let json = |text: &str| Document::parse(text.as_bytes()).unwrap().to_json().unwrap();
    let base = json("image: &i {repository: r, tag: \"1.10\"}\nreplicas: 1\nsidecar: *i\nlist: [a]\n");
    let over = json("image: {tag: 1.20}\nreplicas: 012\nsidecar: {<<: {tag: x}}\nlist: []\n");
    assert_eq!(
        merge(base, over).unwrap(),
        json!({"image": {"repository": "r", "tag": 1.2}, "replicas": 10, "sidecar": {"repository": "r", "tag": "x"}, "list": []})
    );
}

/// Texts made of what YAML is made of.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "a", "b", "name", "services", "volumes", "privileged", "true", "host", ": ", ":", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ", ",
            "&a ", "*a", "<<: ", "!!str ", "!x ", "'", "\"", "|", ">", "|-\n  ", "#", " #", "? ", "---\n", "...\n", "%YAML 1.2\n", "\t", "\\", "$",
            "${A}", "/srv:/srv", "é", "\u{feff}", "\u{85}", "\u{2028}", "\0", "012", ".inf", "~", "=", "export ", "\r\n", "'x'", "\"y\"",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_bytes_panic(bytes in prop_oneof![text().prop_map(String::into_bytes), any::<Vec<u8>>()]) {
        if let Ok(document) = Document::parse(&bytes) {
            _ = document.to_json();
        }
        if let Ok(file) = ComposeFile::parse(&bytes) {
            _ = file.notices();
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            _ = env_file::parse(text);
        }
    }

    #[test]
    fn name_of_a_project_is_all_that_changes(text in text(), name in "[a-z][a-z0-9-]{0,20}") {
        let text = format!("a: 012\nb: yes\n{text}");
        let Ok(file) = ComposeFile::parse(text.as_bytes()) else { return Ok(()) };
        let named = ComposeFile::parse(file.with_name(&name).unwrap().as_bytes()).unwrap();
        prop_assert_eq!(named.document().find("name").and_then(|name| name.text()), Some(&*name));
        let others = |file: &ComposeFile| {
            let others = file.document().entries().iter().filter(|entry| &*entry.key != "name");
            others.map(|entry| (entry.key.to_string(), entry.value.to_json().map_err(|error| error.complaint))).collect::<Vec<_>>()
        };
        prop_assert_eq!(others(&file), others(&named));
        let again = named.with_name(&name).unwrap();
        prop_assert_eq!(named.with_name("other").unwrap(), file.with_name("other").unwrap());
        prop_assert_eq!(again, file.with_name(&name).unwrap());
    }

    #[test]
    fn values_that_are_written_as_json_are_read_as_they_are(value in value()) {
        let text = json!({"a": value}).to_string();
        prop_assert_eq!(Document::parse(text.as_bytes()).unwrap().to_json().unwrap(), json!({"a": value}));
    }
}

/// Values of JSON. Floats are left to the tables: `1.0` and `1` are one number to YAML.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<String>().prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|values| json!(values)),
            prop::collection::btree_map("[a-z]{0,4}", inner, 0..5).prop_map(|values| json!(values)),
        ]
    })
}
