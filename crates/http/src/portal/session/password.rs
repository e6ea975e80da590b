//! Setting a password by a one-time link: an invitation, or a new password.

use axum::extract::State;
use grantry_ops::account::accept_link::{self, accept_link, find_purpose};
use grantry_ui::form::FormState;
use grantry_ui::pages::session::password::{Password, Purpose};
use grantry_ui::route::Home;
use http::StatusCode;

use super::enter;
use crate::app::App;
use crate::extract::csrf::VisitorForm;
use crate::extract::form::{Fields, ReadForm};
use crate::extract::path::LinkSecret;
use crate::extract::{Guest, Path};
use crate::portal::error::{PageResult, checked};

/// What was typed.
pub(crate) struct Form {
    name: String,
    password: String,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self { name: fields.text("name"), password: fields.text("password") }
    }
}

fn page(link: &LinkSecret, found: accept_link::Purpose, form: FormState<String>) -> Password {
    let purpose = match found.invited_to {
        Some(name) => Purpose::Invitation { organization: name.as_str().to_owned() },
        None => Purpose::NewPassword,
    };
    let email = found.user.email.as_str().to_owned();
    Password { token: link.0.reveal().to_owned(), purpose, email, form }
}

/// The form.
pub(crate) async fn show(State(app): State<App>, Path(link): Path<LinkSecret>, guest: Guest) -> PageResult {
    let found = find_purpose(&app.ops, &link.0).await?;
    let form = FormState::fresh(found.user.name.clone());
    Ok(guest.page(StatusCode::OK, &page(&link, found, form)))
}

/// Sets the password and signs its owner in.
pub(crate) async fn create(
    State(app): State<App>,
    Path(link): Path<LinkSecret>,
    VisitorForm { guest, form: Form { name, password } }: VisitorForm<Form>,
) -> PageResult {
    let found = find_purpose(&app.ops, &link.0).await?;
    match checked(accept_link(&app.ops, &link.0, &name, &password, &guest.visitor).await)? {
        Ok(opened) => enter(&app, &guest, &opened, &Home.to_string()).await.map_err(Into::into),
        Err(refusal) => {
            let form = FormState::refused(name, refusal.errors);
            Ok(guest.page(refusal.status, &page(&link, found, form)))
        }
    }
}
