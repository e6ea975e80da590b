//! The pulls as comma-separated values (RFC 4180), for spreadsheets.

use axum::extract::State;
use axum::response::IntoResponse;
use chrono::SecondsFormat;
use grantry_ops::Ops;
use grantry_ops::pulls;
use grantry_store::pull::Pull;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::Params;
use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The columns.
const HEAD: [&str; 10] = [
    "Date",
    "Customer",
    "User",
    "Email",
    "Address",
    "Artifact",
    "Reference",
    "Digest",
    "Media type",
    "Client",
];

/// The file.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Query(params): Query<Params>) -> PageResult {
    let found = pulls::export(&ops, &member.caller, &params.filter()).await?;
    let mut file = line(&HEAD.map(str::to_owned));
    file.extend(found.iter().map(|pull| line(&cells(pull))));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"pulls.csv\""),
    ];
    Ok((headers, file).into_response())
}

fn cells(pull: &Pull) -> [String; 10] {
    [
        pull.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        pull.customer_name.clone().unwrap_or_default(),
        pull.user_name.clone(),
        pull.user_email.clone(),
        pull.address.clone(),
        pull.artifact_name.clone(),
        pull.reference.clone(),
        pull.digest.clone(),
        pull.media_type.clone(),
        pull.user_agent.clone(),
    ]
}

fn line(cells: &[String; 10]) -> String {
    let mut line = cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// A cell. Text that a spreadsheet would take for a formula gets an apostrophe, because customers choose their names and
/// their programs'.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_ends_early() {
        for (text, written) in [
            ("Initech", "\"Initech\""),
            ("", "\"\""),
            ("a \"b\", c\r\nd", "\"a \"\"b\"\", c\r\nd\""),
            ("=1+1", "\"'=1+1\""),
            ("-2", "\"'-2\""),
            ("@x", "\"'@x\""),
            ("\t=1", "\"'\t=1\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
