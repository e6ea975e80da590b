//! People with an account, and their memberships in organizations.

use chrono::{DateTime, Utc};

use crate::field::{Check, FieldError, Invalid};
use crate::id::{CustomerId, OrganizationId, UserId};
use crate::name::{Email, Name};
use crate::role::Role;

/// Fewest characters of a password.
pub const MIN_PASSWORD: usize = 10;
/// Most bytes of a password; more would only make hashing slow.
pub const MAX_PASSWORD: usize = 1024;

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their address, unique in the hub without regard to case.
    pub email: Email,
    /// Their name; empty until they gave one.
    pub name: String,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// Whether they have set a password, and thereby shown that the link sent to them reached them.
    pub active: bool,
}

impl User {
    /// What to call them: the name, or the address without one.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { self.email.as_str() } else { &self.name }
    }
}

/// A user's place in an organization: vendor's staff, or member of one of its customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: User,
    /// The customer whose member they are; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// What they may do.
    pub role: Role,
    /// When they joined.
    pub joined_at: DateTime<Utc>,
}

/// One of the places that a user can switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: Name,
    /// The customer, with its name, whose member the user is; `None` for the vendor's staff.
    pub customer: Option<(CustomerId, Name)>,
    /// What they may do there.
    pub role: Role,
    /// When they joined.
    pub joined_at: DateTime<Utc>,
}

/// Who is invited, to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationDraft {
    /// The address; an account that has it joins, else one is made.
    pub email: Email,
    /// Their name, may be empty.
    pub name: String,
    /// The role they get.
    pub role: Role,
    /// The customer they join; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
}

impl InvitationDraft {
    /// Reads an invitation from input.
    ///
    /// # Errors
    /// All fields that are not valid.
    pub fn parse(email: &str, name: &str, role: &str, customer: Option<CustomerId>) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let email = check.take(Email::parse("email", email));
        let name = check.take(parse_optional_name(name));
        let role = check.take(parse_role(role));
        let all = email.zip(name).zip(role);
        check.finish(all.map(|((email, name), role)| Self { email, name, role, customer }))
    }
}

/// Reads a role from input, field `userRole`.
///
/// # Errors
/// The text names none.
pub fn parse_role(text: &str) -> Result<Role, FieldError> {
    text.parse()
        .map_err(|error| FieldError::new("userRole", "role_unknown", format!("Choose a role: {error}.")))
}

/// Reads a person's name that may be left out, field `name`.
///
/// # Errors
/// Too long, or with control characters.
pub fn parse_optional_name(text: &str) -> Result<String, FieldError> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    Name::parse("name", text).map(|name| name.as_str().to_owned())
}

/// Refuses passwords that are too easily guessed or too long to hash, field `password`.
///
/// # Errors
/// Shorter than [`MIN_PASSWORD`] characters, longer than [`MAX_PASSWORD`] bytes, or one character repeated.
pub fn check_password(password: &str) -> Result<(), FieldError> {
    if password.chars().count() < MIN_PASSWORD {
        let message = format!("The password is too short. Use at least {MIN_PASSWORD} characters.");
        return Err(FieldError::new("password", "password_too_short", message));
    }
    if password.len() > MAX_PASSWORD {
        let message = format!("The password is longer than {MAX_PASSWORD} bytes. Use a shorter one.");
        return Err(FieldError::new("password", "password_too_long", message));
    }
    let first = password.chars().next();
    if password.chars().all(|c| Some(c) == first) {
        let message = "The password is one character repeated. Use a phrase of several words.";
        return Err(FieldError::new("password", "password_too_simple", message));
    }
    Ok(())
}
