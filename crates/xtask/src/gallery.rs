//! `cargo xtask gallery`: every page in every state as a file, to look at and to take pictures of.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use grantry_ui::{asset, gallery};

use crate::shell::{say, target};

/// Writes all samples of `grantry-ui` and the files they refer to into `target/gallery`, with an index.
///
/// # Errors
/// If the folder cannot be written.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = folder();
    let assets = folder.join("assets");
    // A page that is gone must not stay in the gallery.
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("can't empty {}", folder.display()))?;
    }
    fs::create_dir_all(&assets).with_context(|| format!("can't make {}", assets.display()))?;
    for name in asset::names() {
        if let Some(file) = asset::asset(&name) {
            fs::write(assets.join(name), file.bytes)?;
        }
    }
    let samples: Vec<_> = gallery::samples().into_iter().chain(gallery::guides()).collect();
    for (name, html) in &samples {
        fs::write(folder.join(format!("{name}.html")), relative(html))?;
    }
    fs::write(folder.join("index.html"), index(samples.iter().map(|(name, _)| &**name)))?;
    say(format_args!("{} pages in {}", samples.len(), folder.display()));
    say("icons need a server: python3 -m http.server --bind 127.0.0.1 --directory target/gallery");
    Ok(())
}

/// Where the gallery is.
pub(crate) fn folder() -> PathBuf {
    target().join("gallery")
}

/// The page with its files beside it instead of at the root of a hub.
fn relative(html: &str) -> String {
    html.replace("\"/assets/", "\"assets/")
}

/// A page that lists all others. Names of samples are words with hyphens, so nothing needs escaping.
fn index<'name>(names: impl Iterator<Item = &'name str>) -> String {
    let items: String = names.map(|name| format!("<li><a href=\"{name}.html\">{name}</a></li>\n")).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Grantry: all pages</title>\n\
         <h1>All pages</h1>\n<ul>\n{items}</ul>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_page_are_found_beside_it() {
        let html =
            "<link href=\"/assets/app.css\"><use href=\"/assets/icons.svg#key\"/><a href=\"/licenses\">";
        let expected =
            "<link href=\"assets/app.css\"><use href=\"assets/icons.svg#key\"/><a href=\"/licenses\">";
        assert_eq!(relative(html), expected);
    }

    #[test]
    fn names_of_samples_are_fit_for_files() {
        let fit = |name: &str| {
            name.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-')
        };
        let samples = gallery::samples();
        assert!(!samples.is_empty());
        for (name, _) in samples {
            assert!(fit(&name), "{name}");
        }
    }
}
