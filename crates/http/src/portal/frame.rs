//! The frame around the page of a signed-in member, and what leads from one page to the next.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{Html, IntoResponse, Redirect, Response};
use grantry_model::actor::{Actor, Side};
use grantry_model::policy::{Action, Denied};
use grantry_model::user::Membership;
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ops::session::switch::list_memberships;
use grantry_ui::layout::notice::Notice;
use grantry_ui::layout::{self, Nav, Page, Portal, Shell, Visit};
use grantry_ui::route::Query;
use http::StatusCode;
use http::request::Parts;

use crate::app::App;
use crate::extract::Signed;
use crate::extract::csrf::CsrfForm;
use crate::extract::form::ReadForm;
use crate::portal::error::{self, Refusal};
use crate::portal::session::nowhere;

/// A member at one of the portals.
pub(crate) struct Member {
    /// They, as operations want them.
    pub(crate) caller: Caller,
    /// What stands around their pages.
    pub(crate) shell: Shell,
}

/// A form that a member has sent from a page of this hub.
pub(crate) struct MemberForm<T> {
    pub(crate) member: Member,
    pub(crate) form: T,
}

impl FromRequestParts<App> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let signed = Signed::from_request_parts(parts, app).await?;
        Self::of(app, signed).await
    }
}

impl<T: ReadForm> FromRequest<App> for MemberForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let CsrfForm { signed, form } = CsrfForm::from_request(request, app).await?;
        Ok(Self { member: Member::of(app, signed).await?, form })
    }
}

impl Member {
    async fn of(app: &App, signed: Signed) -> Result<Self, Response> {
        let memberships = list_memberships(&app.ops, signed.identity.user).await.map_err(error::respond)?;
        let Some(actor) = signed.identity.actor else {
            return Err(nowhere::respond(signed.visit, &memberships));
        };
        let shell = shell(app, &actor, signed.visit, &memberships);
        Ok(Self { caller: Caller { actor, address: signed.address }, shell })
    }

    /// A page of one of the sections.
    pub(crate) fn page(self, section: Nav, page: &impl Page) -> Response {
        self.page_as(StatusCode::OK, section, page)
    }

    /// The page of a form that was refused.
    pub(crate) fn refused(self, refusal: &Refusal, section: Nav, page: &impl Page) -> Response {
        self.page_as(refusal.status, section, page)
    }

    /// A page with this status.
    pub(crate) fn page_as(self, status: StatusCode, section: Nav, page: &impl Page) -> Response {
        let shell = Shell { active: section, ..self.shell };
        (status, Html(shell.render(page))).into_response()
    }

    /// Whether the policy lets them do this, for leaving out what would be refused.
    pub(crate) fn may(&self, app: &App, action: Action) -> bool {
        app.ops.may(&self.caller.actor, action).is_ok()
    }
}

fn shell(app: &App, actor: &Actor, visit: Visit, memberships: &[Membership]) -> Shell {
    let here = |membership: &&Membership| membership.organization == actor.organization;
    let others = memberships.iter().filter(|membership| !here(membership)).map(present).collect();
    let current = memberships.iter().find(here).map(present);
    Shell {
        visit,
        current: current.unwrap_or_else(|| layout::Membership {
            organization: actor.organization,
            customer: actor.customer,
            name: String::new(),
            customer_name: None,
            role: actor.role,
        }),
        others,
        user_name: actor.name.clone(),
        user_email: actor.email.clone(),
        sections: sections(app, actor),
        active: Nav::Account,
    }
}

/// A membership as the switch shows it.
pub(crate) fn present(membership: &Membership) -> layout::Membership {
    let customer = membership.customer.as_ref();
    layout::Membership {
        organization: membership.organization,
        customer: customer.map(|(id, _)| *id),
        name: membership.organization_name.as_str().to_owned(),
        customer_name: customer.map(|(_, name)| name.as_str().to_owned()),
        role: membership.role,
    }
}

fn sections(app: &App, actor: &Actor) -> Vec<Nav> {
    let portal = match actor.side() {
        Side::Vendor => Portal::Vendor,
        Side::Customer => Portal::Customer,
    };
    Nav::of(portal).into_iter().filter(|section| is_offered(app, actor, *section)).collect()
}

/// A section is there for who may open it. The vendor also sees one that only the plan lacks: it explains itself there.
fn is_offered(app: &App, actor: &Actor, section: Nav) -> bool {
    match app.ops.may(actor, opens(section)) {
        Ok(()) => true,
        Err(denied) => denied == Denied::Plan && actor.side() == Side::Vendor,
    }
}

/// What it takes to open a section.
fn opens(section: Nav) -> Action {
    match section {
        Nav::Home => Action::ManageOwnAccount,
        Nav::Deployments => Action::ViewDeployments,
        Nav::Applications => Action::ViewApplications,
        Nav::Artifacts => Action::ViewArtifacts,
        Nav::Licenses => Action::ViewLicenseKeys,
        Nav::Customers => Action::ViewCustomers,
        Nav::Users => Action::ViewMembers,
        Nav::Secrets => Action::ViewSecrets,
        Nav::AccessTokens => Action::ManageOwnAccessTokens,
        Nav::AuditLog => Action::ViewAuditLog,
        Nav::Settings => Action::ViewOrganization,
        Nav::Guides | Nav::Account => Action::ManageOwnAccount,
    }
}

/// Leads to a page after something was done, so that loading it again does not do it again.
pub(crate) fn go(to: &impl ToString, notice: Notice) -> Response {
    let query = Query::default().with("done", notice.as_str());
    Redirect::to(&format!("{}{query}", to.to_string())).into_response()
}

/// A path of this hub that somebody may be led to; the front page for anything that could lead elsewhere.
pub(crate) fn own_path(text: &str) -> &str {
    let elsewhere = text.starts_with("//") || text.contains('\\');
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.starts_with('/') && !elsewhere && is_plain { text } else { "/" }
}

impl<E: Into<Error>> From<E> for error::PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for path in ["/", "/licenses?q=a%20b&after=1", "/license-keys/new"] {
            assert_eq!(own_path(path), path);
        }
        for path in [
            "",
            "licenses",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/a\\b",
            "/\t/evil.example",
            "/a b",
            "javascript:alert(1)",
            "/é",
        ] {
            assert_eq!(own_path(path), "/", "{path:?}");
        }
    }
}
