//! The reader's own access tokens.

use chrono::{DateTime, Utc};
use grantry_model::id::AccessTokenId;
use grantry_model::role::Role;
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::table::{Table, actions, text};
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Visit};
use crate::route::{ApiReference, DeleteAccessToken, NewAccessToken};

/// An access token in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The token's id; never its secret.
    pub token: AccessTokenId,
    /// What its maker calls it.
    pub label: String,
    /// Its role, if it is limited to one.
    pub role: Option<Role>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends, if it does.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// All of the reader's tokens in this organization.
    pub rows: Vec<Row>,
}

fn create() -> Markup {
    Button::new(Weight::Primary, "New access token").icon(Icon::Plus).link(NewAccessToken)
}

fn cells(row: &Row, now: DateTime<Utc>) -> Vec<Markup> {
    let end = match row.expires_at {
        None => html! { span.muted { "never" } },
        Some(at) if at <= now => html! { (Badge::new(Tone::Bad, "Expired")) span.sub { (time::date(at)) } },
        Some(at) => time::stacked(at, now),
    };
    vec![
        html! { (row.label) },
        html! { @match row.role { Some(role) => (role.label()), None => span.muted { "As yours" } } },
        time::stacked(row.created_at, now),
        html! { @match row.last_used_at { Some(at) => (time::ago(at, now)), None => span.muted { "never" } } },
        end,
        Button::new(Weight::Quiet, "Delete").about(&row.label).link(DeleteAccessToken { token: row.token }),
    ]
}

impl Page for List {
    fn title(&self) -> String {
        "Access tokens".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head {
            actions: (!self.rows.is_empty()).then(create),
            ..Head::lead(
                "Credentials for scripts and pipelines. They act in your name, in this organization only.",
            )
        }
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Registry]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let columns =
            vec![text("Name"), text("Role"), text("Created"), text("Last used"), text("Expires"), actions()];
        let content = if self.rows.is_empty() {
            html! { (EmptyState {
                icon: Icon::Terminal,
                title: "No access tokens yet",
                text: "A script sends one instead of signing in: “Authorization: AccessToken …”.",
                action: Some(create()),
            }) }
        } else {
            let rows = self.rows.iter().map(|row| cells(row, visit.now)).collect();
            html! { (Table { caption: "Access tokens", columns, rows }) }
        };
        html! {
            section.card aria-label="Access tokens" { (content) }
            p.muted { "What they can do is in the " a.link href=(ApiReference) { "API reference" } "." }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let row = |number: u128, label: &str, role, used: Option<i64>, until: Option<i64>| Row {
        token: gallery::id(800 + number),
        label: label.to_owned(),
        role,
        created_at: gallery::days(-60),
        expires_at: until.map(gallery::days),
        last_used_at: used.map(gallery::days),
    };
    let rows = vec![
        row(1, "Release pipeline", Some(Role::ReadWrite), Some(-1), Some(90)),
        row(2, "Laptop", None, None, None),
        row(3, "Old dashboard", Some(Role::ReadOnly), Some(-40), Some(-3)),
    ];
    vec![
        Sample::vendor("access-token-list-typical", Nav::AccessTokens, &List { rows: rows.clone() }),
        Sample::vendor("access-token-list-empty", Nav::AccessTokens, &List { rows: Vec::new() }),
        Sample::customer("access-token-list-customer", Nav::AccessTokens, &List { rows }),
    ]
}
