//! Members: the vendor's staff and customers' people.

use grantry_model::role::Role;

pub mod delete;
pub mod edit;
pub mod invite;
pub mod invited;
pub mod list;

/// The roles to choose from, strongest first, up to the chooser's own.
pub(crate) fn role_choices(up_to: Role) -> Vec<(String, String)> {
    let allowed = Role::ALL.into_iter().rev().filter(|role| *role <= up_to);
    allowed
        .map(|role| (role.as_str().to_owned(), format!("{}: {}", role.label(), consequence(role))))
        .collect()
}

fn consequence(role: Role) -> &'static str {
    match role {
        Role::Admin => "everything, members and settings too",
        Role::ReadWrite => "everything but members and settings",
        Role::ReadOnly => "sees everything, changes nothing",
    }
}
