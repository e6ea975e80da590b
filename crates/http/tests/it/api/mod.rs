//! The JSON API.

mod license_key_create;
