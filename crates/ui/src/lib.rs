//! Pages of the Vendor Portal and the Customer Portal.
//!
//! Plain view structs go in, HTML comes out. A page is a struct in [`pages`] that holds exactly what it shows;
//! [`layout::Shell`] or [`layout::Bare`] puts the portal around it. Links are the types of [`route`].

pub mod asset;
pub mod components;
pub mod form;
pub mod gallery;
pub mod guide;
pub mod layout;
pub mod pages;
mod picture;
pub mod route;
pub mod token;
pub mod validity;
