//! One sentence about what the request before did. Carried by name in the address that a form redirects to, so that
//! no text from an address is ever shown.

use crate::components::badge::Tone;

/// What the request before this one did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Something was created.
    Created,
    /// Changes were saved.
    Saved,
    /// Something was deployed, anew or once more.
    Deployed,
    /// Something was undeployed.
    Undeployed,
    /// A license key got a new revision.
    Revised,
    /// Grants or keys of another customer were copied.
    Copied,
    /// Nothing was changed, because nothing differed.
    Unchanged,
    /// Something was deleted.
    Deleted,
    /// A member was removed.
    Removed,
    /// A session or access token was revoked.
    Revoked,
    /// The own password was changed.
    PasswordChanged,
    /// The session was ended.
    SignedOut,
    /// The session had run out.
    SessionExpired,
}

impl Notice {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Created,
        Self::Saved,
        Self::Deployed,
        Self::Undeployed,
        Self::Revised,
        Self::Copied,
        Self::Unchanged,
        Self::Deleted,
        Self::Removed,
        Self::Revoked,
        Self::PasswordChanged,
        Self::SignedOut,
        Self::SessionExpired,
    ];

    /// The name in the query of an address, as in `?done=created`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Saved => "saved",
            Self::Deployed => "deployed",
            Self::Undeployed => "undeployed",
            Self::Revised => "revised",
            Self::Copied => "copied",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Removed => "removed",
            Self::Revoked => "revoked",
            Self::PasswordChanged => "password-changed",
            Self::SignedOut => "signed-out",
            Self::SessionExpired => "session-expired",
        }
    }

    /// Reads the name back.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == name)
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::SessionExpired | Self::Unchanged | Self::SignedOut => Tone::Info,
            _ => Tone::Good,
        }
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Created => "Created.",
            Self::Saved => "Saved.",
            Self::Deployed => "Deployed. The agent takes it over within seconds, as soon as it is connected.",
            Self::Undeployed => "Undeployed. The agent removes what runs as soon as it hears of it.",
            Self::Revised => "Saved as a new revision. The token below is the new one.",
            Self::Copied => "Copied. What this customer has now stands below.",
            Self::Unchanged => "Nothing was different, so nothing was changed.",
            Self::Deleted => "Deleted.",
            Self::Removed => "Removed. They can no longer sign in here.",
            Self::Revoked => "Revoked.",
            Self::PasswordChanged => "Password changed. All other sessions were ended.",
            Self::SignedOut => "You are signed out.",
            Self::SessionExpired => "Your session has ended. Please sign in again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_nothing_else_is() {
        for notice in Notice::ALL {
            assert_eq!(Notice::of(notice.as_str()), Some(notice));
        }
        assert_eq!(Notice::of("<script>"), None);
    }
}
