//! Which payloads are accepted, what is kept of them, and what is said about the others.

use super::{MAX_PAYLOAD_BYTES, Payload, PayloadError, RESERVED_CLAIMS};

fn error(text: &str) -> PayloadError {
    Payload::parse(text).expect_err(text)
}

#[test]
fn text_is_kept_but_for_white_space() {
    for (given, kept) in [
        ("{}", "{}"),
        (" { \"b\" : 1 ,\n\t\"a\" : [ ] } \r\n", r#"{"b":1,"a":[]}"#),
        (r#"{"n":[1.0, 1E+2, -0, 0.10, 1e-7]}"#, r#"{"n":[1.0,1E+2,-0,0.10,1e-7]}"#),
        (
            r#"{"s": " a b ", "\u0061 ": "\/\u00e9\ud83d\ude00é"}"#,
            r#"{"s":" a b ","\u0061 ":"\/\u00e9\ud83d\ude00é"}"#,
        ),
        (
            r#"{"i": [9223372036854775807, -9223372036854775808]}"#,
            r#"{"i":[9223372036854775807,-9223372036854775808]}"#,
        ),
        (r#"{"": {"iss": null, "exp": true}}"#, r#"{"":{"iss":null,"exp":true}}"#),
    ] {
        let payload = Payload::parse(given).expect(given);
        assert_eq!(payload.as_str(), kept);
        assert_eq!(payload.to_string(), kept);
        assert_eq!(serde_json::to_string(&payload).unwrap(), kept);
    }
    assert_eq!(Payload::empty(), Payload::parse("{ }").unwrap());
}

#[test]
fn integers_and_strings_reach_the_application() {
    let payload =
        Payload::parse(r#"{"big":9007199254740993,"text":"\ud83d\ude00\n\u0000","half":0.5}"#).unwrap();
    let value = payload.to_value();
    assert_eq!(value["big"], 9_007_199_254_740_993_i64);
    assert_eq!(value["text"], "\u{1f600}\n\0");
    assert_eq!(value["half"], 0.5);

    #[derive(serde::Deserialize)]
    struct Mine {
        big: i64,
    }
    assert_eq!(payload.read::<Mine>().unwrap().big, 9_007_199_254_740_993);
}

#[test]
fn syntax_errors_say_where_and_why() {
    for (text, place, part_of_reason) in [
        ("", (1, 1), "ends where a value"),
        ("{", (1, 2), "name in double quotes"),
        ("{\"a\":1,}", (1, 8), "comma before the closing brace"),
        ("{\"a\":[1,]}", (1, 9), "value is expected"),
        ("{'a':1}", (1, 2), "double quotes"),
        ("{\"é\": tru}", (1, 7), "value is expected"),
        ("{\n  \"a\" 1}", (2, 7), "colon"),
        ("{\"a\":1 \"b\":2}", (1, 8), "comma or the closing brace"),
        ("{\"a\":[1 2]}", (1, 9), "comma or the closing bracket"),
        ("{} x", (1, 4), "after the end"),
        ("{\"a\":\"\n\"}", (1, 7), "control character"),
        ("{\"a\":\"x", (1, 8), "inside a string"),
        ("{\"a\":\"\\x\"}", (1, 7), "escape does not exist"),
        ("{\"a\":\"\\u12\"}", (1, 7), "hexadecimal"),
        ("{\"a\":\"\\ud800\"}", (1, 7), "surrogate"),
        ("{\"a\":\"\\udc00\\ud800\"}", (1, 7), "surrogate"),
        ("{\"a\":\"\\ud800\\u0041\"}", (1, 7), "surrogate"),
        ("{\"a\":01}", (1, 7), "start with a zero"),
        ("{\"a\":1.}", (1, 8), "digit"),
        ("{\"a\":-}", (1, 7), "digit"),
        ("{\"a\":1e+}", (1, 9), "digit"),
        ("{\"a\":NaN}", (1, 6), "value is expected"),
        ("\u{feff}{}", (1, 1), "value is expected"),
        ("{\"a\":1} // note", (1, 9), "after the end"),
    ] {
        let PayloadError::NotJson { line, column, reason } = error(text) else { panic!("{text}") };
        assert_eq!((line, column), place, "{text}");
        assert!(reason.contains(part_of_reason), "{text}: {reason}");
    }
}

#[test]
fn other_refusals_carry_what_is_needed_to_repair() {
    for text in ["[]", "null", "\"{}\"", "1"] {
        assert_eq!(error(text), PayloadError::NotAnObject);
    }
    for name in RESERVED_CLAIMS {
        assert_eq!(
            error(&format!("{{\"a\":1,\"{name}\":null}}")),
            PayloadError::ReservedName { name: name.to_owned() }
        );
    }
    assert_eq!(error(r#"{"\u0065xp":1}"#), PayloadError::ReservedName { name: "exp".to_owned() });
    assert_eq!(
        error("{\"x\":{\"a\":1,\n\"\\u0061\":2}}"),
        PayloadError::DuplicateName { name: "a".to_owned(), line: 2, column: 1 }
    );
    for number in ["9223372036854775808", "-9223372036854775809", "1e400", "-1e999999999999"] {
        assert_eq!(
            error(&format!("{{\"a\":[{number}]}}")),
            PayloadError::NumberTooLarge { line: 1, column: 7 }
        );
    }
}

#[test]
fn repeated_names_are_found_among_few_and_many() {
    for count in [1, 2, 15, 16, 17, 18, 100] {
        let members: Vec<_> = (0..count).map(|index| format!("\"n{index}\":0")).collect();
        let members = members.join(",");
        assert!(Payload::parse(&format!("{{{members},\"n\":0}}")).is_ok());
        for name in ["n0".to_owned(), format!("n{}", count - 1)] {
            let spelled = name.replace('n', "\\u006e");
            let expected = PayloadError::DuplicateName { name, line: 2, column: 1 };
            assert_eq!(error(&format!("{{{members},\n\"{spelled}\":0}}")), expected, "of {count}");
        }
    }
}

#[test]
fn depth_and_size_are_limited_exactly() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(Payload::parse(&nested(32)).is_ok());
    assert_eq!(error(&nested(33)), PayloadError::TooDeep { line: 1, column: 37 });
    assert!(matches!(error(&nested(1_000_000)), PayloadError::TooDeep { .. }));

    let sized = |bytes: usize| format!("{{\"a\" : \"{}\"}}", "x".repeat(bytes - 8));
    assert!(Payload::parse(&sized(MAX_PAYLOAD_BYTES)).is_ok());
    assert_eq!(error(&sized(MAX_PAYLOAD_BYTES + 1)), PayloadError::TooLarge { bytes: MAX_PAYLOAD_BYTES + 1 });
}

#[test]
fn messages_are_whole_sentences() {
    assert_eq!(
        error("{\"seats\": 5,}").to_string(),
        "The payload is not valid JSON: there is a comma before the closing brace (line 1, column 13)."
    );
    assert_eq!(
        error("{\"exp\": 5}").to_string(),
        "The name \"exp\" is reserved for the token itself: give this member of the payload another name."
    );
    assert_eq!(
        error("[]").to_string(),
        "The payload must be a JSON object: put your claims between { and }."
    );
}
