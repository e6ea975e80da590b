//! Which customers the overview lists, and in which order.

/// Which customers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those of whom something ends within 30 days.
    Expiring,
    /// Those of whom something has ended.
    Expired,
    /// Those with nothing at all.
    None,
}

impl Filter {
    /// All choices.
    pub const ALL: [Self; 4] = [Self::All, Self::Expiring, Self::Expired, Self::None];

    /// The value in the query; empty for all.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::None => "none",
        }
    }

    /// Reads the value; anything else means all.
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.as_str() == text).unwrap_or_default()
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Expiring => "Expiring soon",
            Self::Expired => "Expired",
            Self::None => "Not licensed",
        }
    }
}

/// In which order customers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// What ends next stands first; then those of whom nothing ends.
    #[default]
    NextExpiry,
    /// By name.
    Name,
}

impl Sort {
    /// The value in the query; empty for the usual order.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NextExpiry => "",
            Self::Name => "name",
        }
    }

    /// Reads the value; anything else means the usual order.
    pub fn of(text: &str) -> Self {
        if text == Self::Name.as_str() { Self::Name } else { Self::NextExpiry }
    }
}
