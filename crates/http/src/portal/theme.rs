//! The choice of light or dark, for browsers without script.

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use grantry_ui::layout::Theme;
use http::header::SET_COOKIE;

use crate::app::App;
use crate::extract::cookie::preference;
use crate::extract::csrf::AnyForm;
use crate::extract::form::{Fields, ReadForm};
use crate::extract::visit::THEME_COOKIE;
use crate::portal::frame::own_path;

/// The theme, and the page to go back to.
pub(crate) struct Choice {
    theme: Theme,
    back: String,
}

impl ReadForm for Choice {
    fn read(fields: &Fields) -> Self {
        Self { theme: Theme::of(&fields.text("theme")), back: fields.text("back") }
    }
}

/// Keeps the choice.
pub(crate) async fn choose(State(app): State<App>, AnyForm(choice): AnyForm<Choice>) -> Response {
    let cookie = preference(&app, THEME_COOKIE, choice.theme.as_str());
    (AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie))), Redirect::to(own_path(&choice.back)))
        .into_response()
}
