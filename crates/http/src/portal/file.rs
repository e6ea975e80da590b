//! Images.

use axum::extract::State;
use grantry_model::id::FileId;
use grantry_ops::{Ops, file};
use http::HeaderMap;

use crate::api::files::image;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The image.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> PageResult {
    let (file, bytes) = file::show(&ops, &member.caller, id).await?;
    Ok(image(&headers, file.kind, bytes))
}
