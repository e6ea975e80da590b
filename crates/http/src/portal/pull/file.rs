//! The pulls as comma-separated values, for spreadsheets.

use axum::extract::State;
use grantry_ops::{Ops, pulls};

use super::Params;
use crate::csv;
use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The file.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Query(params): Query<Params>) -> PageResult {
    let found = pulls::export(&ops, &member.caller, &params.filter()).await?;
    Ok(csv::pulls(&found))
}
