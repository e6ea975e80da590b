//! What a visitor sees when something does not work.

use maud::{Markup, html};

use crate::components::button::{Button, Weight};
use crate::gallery::Sample;
use crate::layout::{Nav, Page, Visit};
use crate::route::Home;

/// An error. It says nothing from inside the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The HTTP status code.
    pub status: u16,
    /// What happened, in a few words, such as “Not found”.
    pub title: String,
    /// What it means and what to do.
    pub sentence: String,
    /// The id under which the hub logged the request.
    pub request_id: String,
}

impl Error {
    /// The usual words for a status code.
    pub fn of(status: u16, request_id: impl Into<String>) -> Self {
        let (title, sentence) = match status {
            400 => ("Not understood", "The request was not as it should be. Go back and try again."),
            403 => ("Not allowed", "Your role does not allow this. An administrator can change your role."),
            404 => ("Not found", "There is nothing here, or it is not yours to see."),
            405 => ("Not possible", "This page cannot be asked for in this way."),
            409 => {
                ("Not possible now", "Somebody else was quicker. Load the page again and repeat your change.")
            }
            413 => ("Too large", "What was sent is larger than allowed."),
            429 => ("Too many requests", "Wait a few minutes and try again."),
            503 => {
                ("Not available", "The hub cannot answer at the moment. Nothing was changed; try again soon.")
            }
            _ => (
                "Something went wrong",
                "The hub made a mistake. Whoever operates it finds it in the log by the request’s id.",
            ),
        };
        Self { status, title: title.to_owned(), sentence: sentence.to_owned(), request_id: request_id.into() }
    }
}

impl Page for Error {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn body(&self, _visit: &Visit) -> Markup {
        html! {
            div.stack.narrow {
                p.lead { (self.sentence) }
                p.muted { "Status " (self.status) " · request " code { (self.request_id) } }
                div.row { (Button::new(Weight::Normal, "To the front page").link(Home)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let (missing, broken) = (Error::of(404, "01JD2V7Q3K"), Error::of(500, "01JD2V7Q3K"));
    vec![
        Sample::vendor("error-not-found", Nav::Licenses, &missing),
        Sample::bare("error-internal", &broken),
        Sample::bare("error-unavailable", &Error::of(503, "01JD2V7Q3K")),
    ]
}
