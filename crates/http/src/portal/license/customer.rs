//! Everything one customer is licensed for.

use axum::extract::State;
use grantry_model::id::CustomerId;
use grantry_model::license_key::Holder;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::{customer, license_key};
use grantry_ui::layout::Nav;
use grantry_ui::pages::license::customer::Detail;
use serde::Deserialize;

use super::{applications, artifacts, copy, row};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// What is asked about: a version, or a tag.
#[derive(Deserialize)]
pub(crate) struct Question {
    #[serde(flatten)]
    version: applications::Question,
    #[serde(flatten)]
    tag: artifacts::Question,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<CustomerId>,
    Query(question): Query<Question>,
) -> PageResult {
    let (ops, all) = (&app.ops, PageRequest::default());
    let (found, contents) = customer::show(ops, &member.caller, id).await?;
    let keys = license_key::list(ops, &member.caller, Holder::Customer(id), &all).await?;
    let shared = license_key::list(ops, &member.caller, Holder::OrganizationWide, &all).await?;
    let others = customer::count(ops, &member.caller).await?.saturating_sub(1);
    let can_copy = others > 0 && !copy::offered(&app, &member).is_empty();
    let page = Detail {
        customer: id,
        name: found.name.as_str().to_owned(),
        members: contents.members,
        keys: keys.items.iter().map(row).collect(),
        organization_wide: shared.items.iter().map(row).collect(),
        applications: applications::of(&app, &member, id, question.version).await?,
        artifacts: artifacts::of(&app, &member, id, question.tag).await?,
        can_edit: member.may(&app, Action::CreateLicenseKey),
        can_copy,
    };
    Ok(member.page(Nav::Licenses, &page))
}
