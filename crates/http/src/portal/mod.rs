//! The portals: pages for browsers, rendered here and improved by script there.

pub(crate) mod error;

use axum::Router;

use crate::app::App;

pub(crate) fn router() -> Router<App> {
    Router::new()
}
