//! Before somebody is signed in.

use grantry_model::user::MIN_PASSWORD;

pub mod nowhere;
pub mod password;
pub mod set_up;
pub mod sign_in;

/// What a good password is.
pub(crate) fn password_hint() -> String {
    format!("At least {MIN_PASSWORD} characters. A few unrelated words are good and easy to remember.")
}
