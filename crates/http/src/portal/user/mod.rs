//! Members.

pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod invite;
pub(crate) mod list;

use axum::response::Response;
use grantry_model::user::{Member as Person, User};
use grantry_ops::account::LINK_VALIDITY;
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ops::member::invite::Invited;
use grantry_ops::{Ops, customer};
use grantry_ui::layout::Nav;
use grantry_ui::pages::user::invited::{self, Purpose};

use crate::api::users::link_url;
use crate::app::App;
use crate::portal::frame::Member;

/// The page that shows a link, this once.
fn invited(app: &App, member: Member, invited: &Invited) -> Response {
    let purpose = match invited.link {
        Some(_) => Purpose::Invitation,
        None => Purpose::AlreadyMember,
    };
    let page = invited::Invited {
        purpose,
        email: invited.member.user.email.as_str().to_owned(),
        link: link_url(app, invited),
        expires_at: app.ops.clock().now() + LINK_VALIDITY,
    };
    member.page(Nav::Users, &page)
}

/// The name of the customer whose member somebody is.
async fn customer_name(ops: &Ops, caller: &Caller, person: &Person) -> Result<Option<String>, Error> {
    let found = customer::find_all(ops, caller, &person.customer.into_iter().collect()).await?;
    Ok(found.first().map(|customer| customer.name.as_str().to_owned()))
}

fn display_name(user: &User) -> String {
    user.display_name().to_owned()
}
