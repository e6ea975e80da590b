//! The guides that the hub serves itself: a hub without a network has no other place for them. They are the files under
//! `docs/`, as they are, so that there is one text of each.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::layout::Portal;
use crate::route::{Segment, ShowGuide};

/// A guide, or a page of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guide {
    /// What a customer finds in its portal, and how to use it.
    CustomerPortal,
    /// License keys, and how an application verifies them.
    LicenseKeys,
    /// Which versions a customer may deploy.
    ApplicationEntitlements,
    /// What a customer may pull.
    ArtifactEntitlements,
    /// Push and pull.
    Registry,
    /// Targets, agents and what they run.
    Deployments,
    /// Editions.
    TieredPricing,
    /// What a license lets a customer use, and how much of it.
    SeatsAndFeatureFlags,
    /// Everything for a while.
    Trial,
    /// Sold once, with updates until a day.
    MaintenanceWindow,
    /// What is not released, for some.
    EarlyAccess,
    /// A fix for one customer.
    Hotfix,
    /// Verification without any network.
    AirGapped,
    /// What templates can do.
    Templates,
    /// What agents and the hub say to each other, and its limits.
    Agents,
    /// How the agent's program is run.
    AgentProgram,
    /// The format of license tokens.
    LicenseToken,
    /// Settings of the hub.
    Configuration,
}

/// Where guides of one kind stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// What the product does, one thing after the other.
    Basics,
    /// How it is used for a purpose.
    Recipes,
    /// To look things up.
    Reference,
}

impl Shelf {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Basics, Self::Recipes, Self::Reference];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Basics => "Step by step",
            Self::Recipes => "For a purpose",
            Self::Reference => "Reference",
        }
    }
}

/// Whom a guide is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// A vendor's staff.
    Vendors,
    /// Customers, too.
    Everybody,
}

/// What is known of a guide.
struct Entry {
    path: &'static str,
    text: &'static str,
    shelf: Shelf,
    readers: Readers,
    purpose: &'static str,
}

macro_rules! guide {
    ($shelf:ident, $readers:ident, $name:literal, $purpose:literal) => {
        entry!($shelf, $readers, concat!("docs/guides/", $name, ".md"), $purpose)
    };
}

macro_rules! entry {
    ($shelf:ident, $readers:ident, $path:expr, $purpose:literal) => {
        Entry {
            path: $path,
            text: include_str!(concat!("../../../", $path)),
            shelf: Shelf::$shelf,
            readers: Readers::$readers,
            purpose: $purpose,
        }
    };
}

impl Guide {
    /// All of them, in the order of their list.
    pub const ALL: [Self; 18] = [
        Self::CustomerPortal,
        Self::LicenseKeys,
        Self::ApplicationEntitlements,
        Self::ArtifactEntitlements,
        Self::Registry,
        Self::Deployments,
        Self::TieredPricing,
        Self::SeatsAndFeatureFlags,
        Self::Trial,
        Self::MaintenanceWindow,
        Self::EarlyAccess,
        Self::Hotfix,
        Self::AirGapped,
        Self::Templates,
        Self::Agents,
        Self::AgentProgram,
        Self::LicenseToken,
        Self::Configuration,
    ];

    fn entry(self) -> Entry {
        match self {
            Self::CustomerPortal => guide!(
                Basics,
                Everybody,
                "customer-portal",
                "find and use what a vendor has licensed: tokens, images and deployments"
            ),
            Self::LicenseKeys => guide!(
                Basics,
                Vendors,
                "license-keys",
                "say what a customer’s copy may do, and verify it in Rust, Go, Python, JavaScript or Java"
            ),
            Self::ApplicationEntitlements => guide!(
                Basics,
                Vendors,
                "application-entitlements",
                "say which versions a customer may deploy"
            ),
            Self::ArtifactEntitlements => guide!(
                Basics,
                Vendors,
                "artifact-entitlements",
                "say which images, charts and files a customer may pull"
            ),
            Self::Registry => {
                guide!(Basics, Everybody, "registry", "push and pull, or pull through from another registry")
            }
            Self::Deployments => {
                guide!(Basics, Everybody, "deployments", "deploy at a customer’s site")
            }
            Self::TieredPricing => guide!(Recipes, Vendors, "tiered-pricing", "sell editions"),
            Self::SeatsAndFeatureFlags => {
                guide!(Recipes, Vendors, "seats-and-feature-flags", "limit seats and switch features")
            }
            Self::Trial => {
                guide!(Recipes, Vendors, "trial", "let somebody try everything for a while")
            }
            Self::MaintenanceWindow => {
                guide!(Recipes, Vendors, "maintenance-window", "sell once, with updates until a day")
            }
            Self::EarlyAccess => {
                guide!(Recipes, Vendors, "early-access", "let some try what is not released")
            }
            Self::Hotfix => {
                guide!(Recipes, Vendors, "hotfix", "fix something for one customer")
            }
            Self::AirGapped => {
                guide!(Recipes, Everybody, "air-gapped", "check a license without any network")
            }
            Self::Templates => entry!(
                Reference,
                Everybody,
                "docs/reference/templates.md",
                "fill license keys and secrets into env files, Helm values and links"
            ),
            Self::Agents => entry!(
                Reference,
                Everybody,
                "docs/reference/agents.md",
                "know what agents ask, and the limits that hold for them"
            ),
            Self::AgentProgram => entry!(
                Reference,
                Everybody,
                "deploy/agent/README.md",
                "run the agent as a container, as a systemd service or in a cluster"
            ),
            Self::LicenseToken => {
                entry!(Reference, Vendors, "spec/license-token.md", "write a verifier of your own")
            }
            Self::Configuration => {
                entry!(Reference, Vendors, "docs/reference/configuration.md", "set up the hub")
            }
        }
    }

    /// Its file, as seen from the root of the source.
    pub fn path(self) -> &'static str {
        self.entry().path
    }

    /// Its text, in Markdown.
    pub fn text(self) -> &'static str {
        self.entry().text
    }

    /// Its name in addresses: that of its file, or of the folder that a README is about.
    pub fn name(self) -> &'static str {
        let stem = self.path().trim_end_matches("/README.md").trim_end_matches(".md");
        stem.rsplit('/').next().unwrap_or_default()
    }

    /// The guide of that name, if there is one.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guide| guide.name() == name)
    }

    /// Its title: the heading of its text.
    pub fn title(self) -> &'static str {
        self.text().lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default()
    }

    /// What one reads it for, as in “to …”.
    pub fn purpose(self) -> &'static str {
        self.entry().purpose
    }

    /// Where it stands.
    pub fn shelf(self) -> Shelf {
        self.entry().shelf
    }

    /// Whether it is for the readers of a portal, so that it is named there. Everybody who is signed in may read all of
    /// them: they hold nothing of anybody, and so no link in one of them ends at a closed door.
    pub fn is_for(self, portal: Portal) -> bool {
        portal == Portal::Vendor || self.entry().readers == Readers::Everybody
    }

    /// The place in this guide that has this anchor.
    pub fn at(self, anchor: &'static str) -> Place {
        Place { guide: self, anchor }
    }

    /// Where a link in its text leads.
    pub fn resolve(self, link: &str) -> Target {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        if path.contains("://") || path.starts_with("mailto:") {
            return Target::Outside;
        }
        if path.is_empty() {
            return Target::Guide(self, anchor.to_owned());
        }
        let folder = Path::new(self.path()).parent().unwrap_or(Path::new(""));
        let file = normal(&folder.join(path));
        let found = Self::ALL.into_iter().find(|guide| Path::new(guide.path()) == file);
        found.map_or(Target::Source(file), |guide| Target::Guide(guide, anchor.to_owned()))
    }
}

impl fmt::Display for Guide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ShowGuide { name: Segment(self.name().to_owned()) }.fmt(f)
    }
}

/// A place in a guide; its `Display` is its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The guide.
    pub guide: Guide,
    /// The anchor of a heading.
    pub anchor: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.guide, self.anchor)
    }
}

/// Where a link in a guide leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To a guide, and to one of its headings unless the anchor is empty.
    Guide(Guide, String),
    /// To a file that comes with the source of the product, and that a hub has not.
    Source(PathBuf),
    /// To another place in the web.
    Outside,
}

/// The path without `..`, which never climbs above the root here.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut whole, part| {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::Normal(name) => whole.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
        whole
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_has_a_name_and_a_title_of_its_own() {
        let names: HashSet<&str> = Guide::ALL.into_iter().map(Guide::name).collect();
        let titles: HashSet<&str> = Guide::ALL.into_iter().map(Guide::title).collect();
        assert_eq!((names.len(), titles.len()), (Guide::ALL.len(), Guide::ALL.len()));
        assert!(names.contains("license-keys") && names.contains("agent") && !titles.contains(""));
        assert!(Guide::ALL.into_iter().all(|guide| Guide::of(guide.name()) == Some(guide)));
        assert_eq!(Guide::of("adding-an-operation"), None);
    }

    #[test]
    fn links_lead_to_guides_to_the_source_or_outside() {
        let to = |link| Guide::Deployments.resolve(link);
        assert_eq!(to("registry.md#push"), Target::Guide(Guide::Registry, "push".to_owned()));
        assert_eq!(to("../reference/agents.md"), Target::Guide(Guide::Agents, String::new()));
        assert_eq!(to("#deploy"), Target::Guide(Guide::Deployments, "deploy".to_owned()));
        assert_eq!(to("../../deploy/agent/compose.yaml"), Target::Source("deploy/agent/compose.yaml".into()));
        assert_eq!(to("https://pkg.go.dev/text/template"), Target::Outside);
    }

    #[test]
    fn every_guide_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        for kind in ["guides", "reference"] {
            for file in std::fs::read_dir(folder.join(kind)).expect("the folder").flatten() {
                let path = format!("docs/{kind}/{}", file.file_name().to_string_lossy());
                assert!(Guide::ALL.iter().any(|guide| guide.path() == path), "{path} is not served");
            }
        }
    }
}
