//! Icons of the sprite. Drawn for this product on a grid of 24 with round strokes.

use maud::{Markup, Render, html};

use crate::asset::File;

/// An icon; decoration only, so it is hidden from assistive technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Arrow that turns back, for what is done again.
    Again,
    /// Warning sign.
    Alert,
    /// A window, for an application.
    Application,
    /// Arrow to the left.
    Back,
    /// Open book, for guides.
    Book,
    /// A buyer's building.
    Building,
    /// Check mark.
    Check,
    /// Triangle that opens a menu.
    Chevron,
    /// Two sheets.
    Copy,
    /// Arrow into a tray.
    Download,
    /// The whole organization.
    Globe,
    /// House, for the start page.
    Home,
    /// A picture.
    Image,
    /// License key.
    Key,
    /// Layers on each other, for what is deployed.
    Layers,
    /// Two links of a chain.
    Link,
    /// Padlock.
    Lock,
    /// Audit log.
    Log,
    /// Crescent, for the theme.
    Moon,
    /// Box of a registry.
    Package,
    /// Pencil.
    Pencil,
    /// Plug, for what connects.
    Plug,
    /// Plus sign.
    Plus,
    /// Question mark.
    Question,
    /// Magnifying glass.
    Search,
    /// Asterisks, for a value that is not shown.
    Secret,
    /// Rack, for an environment.
    Server,
    /// Gear.
    Settings,
    /// The product's mark.
    Shield,
    /// Door with an arrow.
    SignOut,
    /// Command prompt, for access tokens.
    Terminal,
    /// Waste bin.
    Trash,
    /// One person.
    User,
    /// Several people.
    Users,
}

impl Icon {
    /// Every icon.
    pub const ALL: [Self; 34] = [
        Self::Again,
        Self::Alert,
        Self::Application,
        Self::Back,
        Self::Book,
        Self::Building,
        Self::Check,
        Self::Chevron,
        Self::Copy,
        Self::Download,
        Self::Globe,
        Self::Home,
        Self::Image,
        Self::Key,
        Self::Layers,
        Self::Link,
        Self::Lock,
        Self::Log,
        Self::Moon,
        Self::Package,
        Self::Pencil,
        Self::Plug,
        Self::Plus,
        Self::Question,
        Self::Search,
        Self::Secret,
        Self::Server,
        Self::Settings,
        Self::Shield,
        Self::SignOut,
        Self::Terminal,
        Self::Trash,
        Self::User,
        Self::Users,
    ];

    /// The id of its symbol in the sprite.
    pub fn id(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Alert => "alert",
            Self::Application => "application",
            Self::Back => "back",
            Self::Book => "book",
            Self::Building => "building",
            Self::Check => "check",
            Self::Chevron => "chevron",
            Self::Copy => "copy",
            Self::Download => "download",
            Self::Globe => "globe",
            Self::Home => "home",
            Self::Image => "image",
            Self::Key => "key",
            Self::Layers => "layers",
            Self::Link => "link",
            Self::Lock => "lock",
            Self::Log => "log",
            Self::Moon => "moon",
            Self::Package => "package",
            Self::Pencil => "pencil",
            Self::Plug => "plug",
            Self::Plus => "plus",
            Self::Question => "question",
            Self::Search => "search",
            Self::Secret => "secret",
            Self::Server => "server",
            Self::Settings => "settings",
            Self::Shield => "shield",
            Self::SignOut => "sign-out",
            Self::Terminal => "terminal",
            Self::Trash => "trash",
            Self::User => "user",
            Self::Users => "users",
        }
    }
}

impl Render for Icon {
    fn render(&self) -> Markup {
        html! { svg.i aria-hidden="true" { use href={ (File::Icons.link()) "#" (self.id()) } {} } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_has_every_icon() {
        let sprite = include_str!("../assets/icons.svg");
        for icon in Icon::ALL {
            assert!(sprite.contains(&format!("<symbol id=\"{}\" ", icon.id())), "{}", icon.id());
        }
        assert_eq!(sprite.matches("<symbol ").count(), Icon::ALL.len());
    }
}
