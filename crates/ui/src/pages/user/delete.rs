//! The question before a member is removed.

use grantry_model::id::UserId;
use maud::{Markup, html};

use crate::components::confirm::Confirm;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{DeleteUser, EditUser, Users};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The member.
    pub user: UserId,
    /// The member's name, or the address before an invitation is accepted.
    pub name: String,
    /// How many access tokens stop working.
    pub access_tokens: u64,
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Remove {}?", self.name)
    }

    fn place(&self) -> String {
        "Remove".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Users", &Users), Crumb::new(&self.name, &EditUser { user: self.user })]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let mut losses = vec![html! { "Access to this organization, at once; open sessions end here." }];
        match self.access_tokens {
            0 => {}
            1 => losses.push(html! { "1 access token, which stops working." }),
            count => losses.push(html! { (count) " access tokens, which stop working." }),
        }
        let sentence = html! { strong { (self.name) } " loses the following. What they created stays." };
        Confirm { sentence, losses, fields: visit.csrf_field(), action: "Remove member" }
            .form(DeleteUser { user: self.user }, Users)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Delete { user: gallery::id(703), name: "Peter Bolt".to_owned(), access_tokens: 2 };
    let none = Delete { access_tokens: 0, ..typical.clone() };
    vec![
        Sample::vendor("user-delete-typical", Nav::Users, &typical),
        Sample::vendor("user-delete-without-tokens", Nav::Users, &none),
    ]
}
