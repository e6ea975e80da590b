//! Signing in.

use axum::extract::State;
use axum::response::Response;
use grantry_ops::session::sign_in;
use grantry_ui::form::FormState;
use grantry_ui::pages::session::sign_in::{SignIn, SignInValues};
use http::StatusCode;
use serde::Deserialize;

use super::enter;
use crate::app::App;
use crate::extract::csrf::VisitorForm;
use crate::extract::form::{Fields, ReadForm};
use crate::extract::{Guest, Query};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::own_path;

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    next: String,
}

/// What was typed.
pub(crate) struct Form {
    values: SignInValues,
    password: String,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        let values = SignInValues { email: fields.text("email"), next: fields.text("next") };
        Self { values, password: fields.text("password") }
    }
}

/// The form.
pub(crate) async fn show(guest: Guest, Query(params): Query<Params>) -> Response {
    let values = SignInValues { next: params.next, ..SignInValues::default() };
    guest.page(StatusCode::OK, &SignIn { form: FormState::fresh(values) })
}

/// Signs in.
pub(crate) async fn create(
    State(app): State<App>,
    VisitorForm { guest, form: Form { values, password } }: VisitorForm<Form>,
) -> PageResult {
    let opened = sign_in::sign_in(&app.ops, &values.email, &password, &guest.visitor).await;
    match checked(opened)? {
        Ok(opened) => Ok(enter(&app, &guest, &opened, own_path(&values.next)).await?),
        Err(refusal) => {
            let form = FormState::refused(values, refusal.errors);
            Ok(guest.page(refusal.status, &SignIn { form }))
        }
    }
}
