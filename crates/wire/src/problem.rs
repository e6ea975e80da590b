//! Errors: problem documents as in RFC 9457.

use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, for a program (`code`) and for a person (`detail`).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The status as words.
    #[schema(example = "Bad Request")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What a program can act on; stable.
    #[schema(example = "name_taken")]
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The field at fault, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// All fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// By which the operator finds the cause in the log; only with a status of 500 and above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// What a program can act on; stable.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
}
