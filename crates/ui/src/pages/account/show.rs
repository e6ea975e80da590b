//! Name, password and sessions of the reader.

use chrono::{DateTime, Utc};
use grantry_model::id::SessionId;
use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::table::{Table, actions, text};
use crate::components::time;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Nav, Page, Visit};
use crate::pages::session::password_hint;
use crate::route;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; never its secret.
    pub session: SessionId,
    /// The browser, in a few words.
    pub browser: String,
    /// The network address that it was last used from.
    pub address: String,
    /// When it was last used.
    pub last_used_at: DateTime<Utc>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Whether it is the one at work.
    pub current: bool,
}

/// The account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// E-mail address.
    pub email: String,
    /// The name's form, which posts `action=name`; its value is `name`.
    pub name: FormState<String>,
    /// The password's form, which posts `action=password` with `currentPassword` and `password`.
    pub password: FormState<()>,
    /// The sessions.
    pub sessions: Vec<Session>,
}

impl Account {
    fn name(&self, visit: &Visit) -> Markup {
        let content = html! {
            form.stack method="post" action=(route::Account) {
                (visit.csrf_field())
                input type="hidden" name="action" value="name";
                (form_errors(&self.name.others(&["name"])))
                (Field::line("text", "name", "Name").value(&self.name.values).required().autocomplete("name").error(self.name.error("name")))
                div.row { (Button::new(Weight::Normal, "Save").submit()) }
            }
        };
        html! { (Card::padded("profile", "Profile", &content).about(html! { (self.email) })) }
    }

    fn password(&self, visit: &Visit) -> Markup {
        let form = &self.password;
        let content = html! {
            form.stack method="post" action=(route::Account) {
                (visit.csrf_field())
                input type="hidden" name="action" value="password";
                (form_errors(&form.others(&["currentPassword", "password"])))
                (Field::line("password", "currentPassword", "Current password").required().autocomplete("current-password")
                    .error(form.error("currentPassword")))
                (Field::line("password", "password", "New password").required().autocomplete("new-password").error(form.error("password"))
                    .hint(&password_hint()))
                div.row { (Button::new(Weight::Normal, "Change password").submit()) }
            }
        };
        let about = html! { "A new password ends all other sessions." };
        html! { (Card::padded("password-card", "Password", &content).about(about)) }
    }

    fn sessions(&self, visit: &Visit) -> Markup {
        let rows = self.sessions.iter().map(|session| cells(session, visit)).collect();
        let columns = vec![text("Browser"), text("Last used"), text("Since"), actions()];
        let table = Table { caption: "Sessions", columns, rows };
        let about = html! { "Where you are signed in. End what you don’t recognize." };
        html! { (Card::flush("sessions", "Sessions", html! { (table) }).about(about)) }
    }
}

fn cells(session: &Session, visit: &Visit) -> Vec<Markup> {
    let to = route::DeleteSession { session: session.session };
    vec![
        html! { (session.browser) span.sub { (session.address) } },
        time::ago(session.last_used_at, visit.now),
        time::stacked(session.created_at, visit.now),
        html! {
            @if session.current {
                (Badge::new(Tone::Good, "This one"))
            } @else {
                form method="post" action=(to) {
                    (visit.csrf_field())
                    (Button::new(Weight::Quiet, "End").about(&session.browser).submit())
                }
            }
        },
    ]
}

impl Page for Account {
    fn title(&self) -> String {
        "Account".to_owned()
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            div.cols.half { (self.name(visit)) (self.password(visit)) }
            (self.sessions(visit))
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let session = |number: u128, browser: &str, used: i64| Session {
        session: gallery::id(900 + number),
        browser: browser.to_owned(),
        address: format!("203.0.113.{number}"),
        last_used_at: gallery::days(used),
        created_at: gallery::days(used - 20),
        current: number == 1,
    };
    let typical = Account {
        email: "mara.klein@northwind.example".to_owned(),
        name: FormState::fresh("Mara Klein".to_owned()),
        password: FormState::default(),
        sessions: vec![session(1, "Firefox on Linux", 0), session(2, "Safari on iPhone", -2)],
    };
    let errors = vec![
        gallery::error("currentPassword", "This is not your password."),
        gallery::error("password", "The new password is too short."),
    ];
    let error = Account {
        name: FormState::refused(String::new(), vec![gallery::error("name", "A name is needed.")]),
        password: FormState::refused((), errors),
        ..typical.clone()
    };
    vec![
        Sample::vendor("account-show-typical", Nav::Account, &typical),
        Sample::vendor("account-show-error", Nav::Account, &error),
        Sample::customer("account-show-customer", Nav::Account, &typical),
    ]
}
