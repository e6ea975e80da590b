//! The HTTP surfaces of Grantry: the API, the portals, and what anybody may read. A handler extracts, calls one operation
//! and presents its result.

mod agents;
pub mod api;
mod app;
mod csv;
mod extract;
mod fallback;
mod health;
mod observe;
mod portal;
mod problem;
mod registry;
mod respond;
mod security;

pub use app::App;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Uri;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Most bytes of a request's body.
pub const MAX_BODY: usize = 1024 * 1024;

/// Most bytes of an uploaded file.
const MAX_FILE: usize = grantry_model::application::draft::MAX_FILE;

/// The whole hub as one service.
///
/// It needs [`axum::extract::ConnectInfo`] of the peer's address with each request.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .merge(api::router())
        .merge(agents::router())
        .merge(portal::router())
        .merge(health::router())
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(app.clone(), portal::error::in_shell))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(axum::middleware::from_fn(security::headers))
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe::observe))
        .layer(CompressionLayer::new())
        .merge(registry_routes(&app))
        .with_state(app);
    // A layer of a router runs after routing, so the path is mended around it.
    Router::new().fallback_service(tower::Layer::layer(&MapRequestLayer::new(without_trailing_slash), routes))
}

/// The registry alone, for a listener of its own.
///
/// It needs [`axum::extract::ConnectInfo`] of the peer's address with each request.
pub fn registry_router(app: App) -> Router {
    registry_routes(&app).with_state(app)
}

/// The registry's content is never compressed, and its bodies have limits of their own.
fn registry_routes(app: &App) -> Router<App> {
    registry::router()
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe::observe))
}

/// Every collection of the API answers with and without a slash at its end.
fn without_trailing_slash(mut request: Request) -> Request {
    let path = request.uri().path();
    if !path.starts_with("/api/") || !path.ends_with('/') {
        return request;
    }
    let path = path.trim_end_matches('/');
    let path_and_query = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if let Ok(uri) = path_and_query.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}
