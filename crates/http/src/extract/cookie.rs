//! Cookies that the hub sets. All are bound to the host and, where it is reached by HTTPS, to HTTPS.

use chrono::TimeDelta;
use http::HeaderValue;

use crate::app::App;

/// Kept from script, and sent when somebody follows a link from elsewhere; for so long.
pub(crate) fn lax(app: &App, name: &str, value: &str, lasts: TimeDelta) -> Option<HeaderValue> {
    let seconds = lasts.num_seconds();
    build(app, &format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"))
}

/// Kept from script, never sent from elsewhere, gone with the browser's window.
pub(crate) fn strict(app: &App, name: &str, value: &str) -> Option<HeaderValue> {
    build(app, &format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict"))
}

/// Open to script; kept for a year.
pub(crate) fn preference(app: &App, name: &str, value: &str) -> Option<HeaderValue> {
    build(app, &format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"))
}

/// `None` only for a value that no cookie may have; the hub makes none such.
fn build(app: &App, text: &str) -> Option<HeaderValue> {
    let secure = if app.is_https() { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{text}{secure}")).ok()
}
