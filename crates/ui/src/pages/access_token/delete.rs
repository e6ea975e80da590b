//! The question before an access token is deleted.

use chrono::{DateTime, Utc};
use grantry_model::id::AccessTokenId;
use maud::{Markup, html};

use crate::components::confirm::Confirm;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{AccessTokens, DeleteAccessToken};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The token.
    pub token: AccessTokenId,
    /// What its maker calls it.
    pub label: String,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.label)
    }

    fn place(&self) -> String {
        self.label.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Access tokens", &AccessTokens)]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let sentence = html! {
            "Whatever uses this token is refused from now on. "
            @match self.last_used_at {
                Some(at) => { "It was last used " (time::ago(at, visit.now)) "." }
                None => "It was never used.",
            }
        };
        Confirm { sentence, losses: Vec::new(), fields: visit.csrf_field(), action: "Delete access token" }
            .form(DeleteAccessToken { token: self.token }, AccessTokens)
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let used = Some(gallery::days(-1));
    let typical =
        Delete { token: gallery::id(801), label: "Release pipeline".to_owned(), last_used_at: used };
    let unused = Delete { last_used_at: None, ..typical.clone() };
    vec![
        Sample::vendor("access-token-delete-typical", Nav::AccessTokens, &typical),
        Sample::vendor("access-token-delete-unused", Nav::AccessTokens, &unused),
    ]
}
