//! Setting up a new hub by its one-time link.

use axum::extract::State;
use grantry_ops::setup::by_link::{Input, check_setup_link, set_up};
use grantry_ui::form::FormState;
use grantry_ui::pages::session::set_up::{SetUp, SetUpValues};
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
    values: SetUpValues,
    password: String,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        let values = SetUpValues {
            organization: fields.text("organization"),
            slug: fields.text("slug"),
            name: fields.text("name"),
            email: fields.text("email"),
        };
        Self { values, password: fields.text("password") }
    }
}

impl Form {
    fn input(&self) -> Input<'_> {
        Input {
            organization: &self.values.organization,
            slug: &self.values.slug,
            name: &self.values.name,
            email: &self.values.email,
            password: &self.password,
        }
    }
}

fn page(link: &LinkSecret, form: FormState<SetUpValues>) -> SetUp {
    SetUp { token: link.0.reveal().to_owned(), form }
}

/// The form.
pub(crate) async fn show(State(app): State<App>, Path(link): Path<LinkSecret>, guest: Guest) -> PageResult {
    check_setup_link(&app.ops, &link.0).await?;
    Ok(guest.page(StatusCode::OK, &page(&link, FormState::fresh(SetUpValues::default()))))
}

/// Sets the hub up and signs its first administrator in.
pub(crate) async fn create(
    State(app): State<App>,
    Path(link): Path<LinkSecret>,
    VisitorForm { guest, form }: VisitorForm<Form>,
) -> PageResult {
    match checked(set_up(&app.ops, &link.0, form.input(), &guest.visitor).await)? {
        Ok(opened) => enter(&app, &guest, &opened, &Home.to_string()).await.map_err(Into::into),
        Err(refusal) => {
            let form = FormState::refused(form.values, refusal.errors);
            Ok(guest.page(refusal.status, &page(&link, form)))
        }
    }
}
