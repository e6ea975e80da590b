//! The link of an invitation or of a new password, shown this once.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::copy::snippet;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{InviteUser, Users};

/// What the link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To join.
    Invitation,
    /// To choose a new password.
    NewPassword,
    /// None is needed: the person had an account already and has joined at once.
    AlreadyMember,
}

/// The link.
///
/// No `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Invited {
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it is for.
    pub email: String,
    /// The whole link; empty if none is needed.
    pub link: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

impl Page for Invited {
    fn title(&self) -> String {
        match self.purpose {
            Purpose::Invitation => "Invitation created".to_owned(),
            Purpose::NewPassword => "Password link created".to_owned(),
            Purpose::AlreadyMember => "Member added".to_owned(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Users", &Users)]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (warning, until) =
            ("Copy the link now. It is not shown again.", time::ago(self.expires_at, visit.now));
        html! {
            div.form.stack {
                @if self.purpose == Purpose::AlreadyMember {
                    p { strong { (self.email) } " has an account already and can sign in here from now on, with the same password." }
                } @else {
                    (Alert::new(Tone::Warning, warning))
                    p { "Pass it on to " strong { (self.email) } ". It works once, and ends " (until) "." }
                    (snippet("link", &self.link, "link"))
                }
                div.row {
                    (Button::new(Weight::Primary, "Done").link(Users))
                    (Button::new(Weight::Normal, "Invite another").link(InviteUser))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Invited {
        purpose: Purpose::Invitation,
        email: "new.colleague@initech.example".to_owned(),
        link: "https://hub.northwind.example/password/VGhpcyBpcyBub3QgYSByZWFsIHRva2VuIGF0IGFsbA".to_owned(),
        expires_at: gallery::days(7),
    };
    let password = Invited { purpose: Purpose::NewPassword, ..typical.clone() };
    let already = Invited { purpose: Purpose::AlreadyMember, link: String::new(), ..typical.clone() };
    vec![
        Sample::vendor("user-invited-typical", Nav::Users, &typical),
        Sample::vendor("user-invited-password", Nav::Users, &password),
        Sample::vendor("user-invited-already", Nav::Users, &already),
    ]
}
