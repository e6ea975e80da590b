//! Stylesheet, scripts and icons, served under names that carry a hash of their content, so that they may be cached
//! for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::route::{AssetFile, Segment};

/// A file that pages refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// The content.
    pub bytes: &'static [u8],
    /// Its media type, with charset.
    pub content_type: &'static str,
}

/// The files, by the place they have in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// The one stylesheet.
    Stylesheet,
    /// The sprite of icons.
    Icons,
    /// The icon of the browser's tab.
    Favicon,
    /// Menus, theme, search key, copy buttons.
    Shell,
    /// Times in the reader's time zone.
    Times,
    /// Filters that search as one types.
    Filter,
    /// Check and preview of a license key's payload.
    Payload,
    /// Rows and preview of an artifact entitlement.
    Grants,
}

impl File {
    /// Every file.
    pub const ALL: [Self; 8] = [
        Self::Stylesheet,
        Self::Icons,
        Self::Favicon,
        Self::Shell,
        Self::Times,
        Self::Filter,
        Self::Payload,
        Self::Grants,
    ];

    fn source(self) -> (&'static str, &'static str, Asset) {
        const JS: &str = "text/javascript; charset=utf-8";
        const SVG: &str = "image/svg+xml";
        let (stem, extension, content_type, bytes): (_, _, _, &'static [u8]) = match self {
            Self::Stylesheet => ("app", "css", "text/css; charset=utf-8", include_bytes!("assets/app.css")),
            Self::Icons => ("icons", "svg", SVG, include_bytes!("assets/icons.svg")),
            Self::Favicon => ("favicon", "svg", SVG, include_bytes!("assets/favicon.svg")),
            Self::Shell => ("shell", "js", JS, include_bytes!("assets/shell.js")),
            Self::Times => ("times", "js", JS, include_bytes!("assets/times.js")),
            Self::Filter => ("filter", "js", JS, include_bytes!("assets/filter.js")),
            Self::Grants => ("grants", "js", JS, include_bytes!("assets/grants.js")),
            Self::Payload => ("payload", "js", JS, include_bytes!("assets/payload.js")),
        };
        (stem, extension, Asset { bytes, content_type })
    }

    /// The address of the file.
    pub fn link(self) -> AssetFile {
        let name = NAMED.iter().find(|named| named.file == self).map(|named| named.name.clone());
        AssetFile { name: Segment(name.unwrap_or_default()) }
    }
}

struct Named {
    file: File,
    name: String,
    asset: Asset,
}

static NAMED: LazyLock<Vec<Named>> = LazyLock::new(|| {
    let named = |file: File| {
        let (stem, extension, asset) = file.source();
        let digest = hex::encode(Sha256::digest(asset.bytes));
        Named { file, name: format!("{stem}-{}.{extension}", &digest[..12]), asset }
    };
    File::ALL.into_iter().map(named).collect()
});

/// The file of that hashed name, if there is one. An unknown name is for a 404, never for another version.
pub fn asset(name: &str) -> Option<Asset> {
    NAMED.iter().find(|named| named.name == name).map(|named| named.asset)
}

/// The hashed names of all files, to write them out beside a gallery.
pub fn names() -> Vec<String> {
    NAMED.iter().map(|named| named.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_under_its_link() {
        for file in File::ALL {
            let found = asset(&file.link().name.0).map(|asset| asset.bytes);
            assert_eq!(found, Some(file.source().2.bytes));
        }
        assert_eq!(asset("app.css"), None);
    }
}
