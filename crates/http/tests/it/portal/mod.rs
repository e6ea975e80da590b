//! The portals, as a browser without script sees them.

mod browser;
mod csrf;
mod guards;
mod place;
mod state;
