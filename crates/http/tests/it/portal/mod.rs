//! The portals, as a browser without script sees them.

mod browser;
mod csrf;
mod guards;
mod place;
mod refused_form;
mod secrets;
mod sign_in;
mod state;
