//! A license token with its three parts told apart by colour.

use maud::{Markup, html};

/// The token in a box; `id` lets a copy button find it.
pub fn token(id: &str, text: &str) -> Markup {
    let mut parts = text.splitn(3, '.');
    let part = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (header, claims, signature) = (part(parts.next()), part(parts.next()), part(parts.next()));
    html! {
        div.token id=(id) role="group" aria-label="License token" {
            span.h title="Header" { (header) } "." span.p title="Claims" { (claims) } "."
            span.s title="Signature" { (signature) }
        }
    }
}
