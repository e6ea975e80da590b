//! The secret of a new access token, shown this once.

use maud::{Markup, html};

use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::copy::snippet;
use crate::gallery::Sample;
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::AccessTokens;

/// The new token.
#[derive(Clone)]
pub struct Created {
    /// What its maker calls it.
    pub label: String,
    /// Its secret.
    pub secret: String,
    /// The hub's public base URL, for an example of use.
    pub hub: String,
}

impl std::fmt::Debug for Created {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Created").field("label", &self.label).finish_non_exhaustive()
    }
}

impl Page for Created {
    fn title(&self) -> String {
        "Access token created".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Access tokens", &AccessTokens)]
    }

    fn body(&self, _visit: &Visit) -> Markup {
        let example = format!(
            "curl {}/api/v1/license-keys \\\n  --header \"Authorization: AccessToken $GRANTRY_TOKEN\"",
            self.hub
        );
        html! {
            div.form.stack {
                (Alert::new(Tone::Warning, "Copy the token now. It is not shown again."))
                div.stack.tight { h2 { (self.label) } (snippet("secret", &self.secret, "access token")) }
                div.stack.tight { h2 { "Try it" } (snippet("example", &example, "example")) }
                div.row { (Button::new(Weight::Primary, "Done").link(AccessTokens)) }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Created {
        label: "Release pipeline".to_owned(),
        secret: "grantry_sample-sample-sample-sample-sample".to_owned(),
        hub: "https://hub.northwind.example".to_owned(),
    };
    vec![Sample::vendor("access-token-created-typical", Nav::AccessTokens, &typical)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_debugged() {
        let created = Created { label: "a".to_owned(), secret: "hidden".to_owned(), hub: String::new() };
        assert!(!format!("{created:?}").contains("hidden"));
    }
}
