//! Lists as files of comma-separated values (RFC 4180), safe to open in a spreadsheet.

use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use grantry_model::pull::Pull;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

/// Pulls as a file to save.
pub(crate) fn pulls(pulls: &[Pull]) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"artifact-pulls.csv\""),
    ];
    (headers, pull_rows(pulls)).into_response()
}

fn pull_rows(pulls: &[Pull]) -> String {
    let mut text = String::from("Date,Customer,User,Email,Address,Artifact,Version\r\n");
    for pull in pulls {
        let at = pull.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let customer = pull.customer_name.as_deref().unwrap_or("");
        row(
            &mut text,
            &[
                &at,
                customer,
                &pull.user_name,
                &pull.user_email,
                &pull.address,
                &pull.artifact_name,
                &pull.reference,
            ],
        );
    }
    text
}

fn row(text: &mut String, values: &[&str]) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push(text, value);
    }
    text.push_str("\r\n");
}

/// A value between quotes where it needs them. One that a spreadsheet would take for a formula begins with an apostrophe, because
/// names come from people who may mean harm to who opens the file.
fn push(text: &mut String, value: &str) {
    let is_formula = value.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
        || value.starts_with(['\t', '\r', '\n']);
    let quoted = is_formula || value.contains([',', '"', '\r', '\n', ';', '\t']);
    if quoted {
        text.push('"');
    }
    if is_formula {
        text.push('\'');
    }
    text.push_str(&value.replace('"', "\"\""));
    if quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_place_and_are_no_formulas() {
        for (value, written) in [
            ("Initech GmbH", "Initech GmbH"),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            (" =1+1", "\"' =1+1\""),
            ("+49 30 1234", "\"'+49 30 1234\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("＝1", "\"'＝1\""),
            ("", ""),
            ("2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"),
        ] {
            let mut text = String::new();
            push(&mut text, value);
            assert_eq!(text, written, "{value}");
        }
    }
}
