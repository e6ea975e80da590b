//! What every page needs to know of the request that asks for it.

use grantry_ops::Ops;
use grantry_ui::layout::notice::Notice;
use grantry_ui::layout::{Theme, Visit};
use http::request::Parts;

use crate::extract::caller::cookie;

/// The cookie that keeps the choice of light or dark; script on the pages writes it, too.
pub(crate) const THEME_COOKIE: &str = "theme";

/// What a page needs to know, with the token that its forms send back.
pub(crate) fn visit(ops: &Ops, parts: &Parts, csrf: String) -> Visit {
    Visit {
        now: ops.clock().now(),
        csrf,
        theme: cookie(&parts.headers, THEME_COOKIE).map(Theme::of).unwrap_or_default(),
        path: path(parts),
        notice: pairs(parts).find_map(|pair| Notice::of(pair.strip_prefix("done=")?)),
    }
}

fn pairs(parts: &Parts) -> impl Iterator<Item = &str> {
    parts.uri.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty())
}

/// The address without what was just done, which is not done again by coming back.
fn path(parts: &Parts) -> String {
    let kept: Vec<&str> = pairs(parts).filter(|pair| !pair.starts_with("done=")).collect();
    let path = parts.uri.path();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}
