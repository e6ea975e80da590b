//! The current token of a license key as a file.

use axum::extract::State;
use axum::response::IntoResponse;
use grantry_model::id::LicenseKeyId;
use grantry_ops::Ops;
use grantry_ops::license_key::{show, token};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The file.
pub(crate) async fn show(State(ops): State<Ops>, member: Member, Path(id): Path<LicenseKeyId>) -> PageResult {
    let key = show::show(&ops, &member.caller, id).await?;
    let token = token::current(&ops, &member.caller, id).await?;
    let disposition = format!("attachment; filename=\"{}\"", file_name(key.name.as_str()));
    Ok(([(CONTENT_TYPE, "application/jwt".to_owned()), (CONTENT_DISPOSITION, disposition)], token)
        .into_response())
}

/// The key's name, with what file systems or headers may not like left out.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let stem: String = name.chars().map(plain).collect();
    let stem = stem.trim_matches(['-', '.']);
    format!("{}.jwt", if stem.is_empty() { "license" } else { stem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_key() {
        assert_eq!(file_name("FLEET_MAIN"), "FLEET_MAIN.jwt");
        assert_eq!(file_name("Gateway (plant \"Lyon\")"), "Gateway--plant--Lyon.jwt");
        assert_eq!(file_name("../ключ"), "license.jwt");
    }
}
