//! Acting in another organization.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use grantry_model::id::OrganizationId;
use grantry_ops::Ops;
use grantry_ops::error::{Error, Kind};
use grantry_ops::session::switch::switch;
use grantry_ui::route::Home;

use crate::extract::csrf::CsrfForm;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::PageResult;

/// The organization that was chosen, if it is one.
pub(crate) struct Choice(Option<OrganizationId>);

impl ReadForm for Choice {
    fn read(fields: &Fields) -> Self {
        Self(fields.text("organization").parse().ok())
    }
}

/// Switches.
pub(crate) async fn update(
    State(ops): State<Ops>,
    CsrfForm { signed, form: Choice(organization) }: CsrfForm<Choice>,
) -> PageResult {
    let organization = organization.ok_or(Error::NotFound(Kind::Organization))?;
    let session = signed.identity.session.ok_or(Error::Unauthenticated)?;
    switch(&ops, signed.identity.user, session, organization).await?;
    Ok(Redirect::to(&Home.to_string()).into_response())
}
