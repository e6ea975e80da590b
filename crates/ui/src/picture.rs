//! The image that is shown with a name, always in a box of the same size, so that nothing moves when it comes.

use grantry_model::id::FileId;
use maud::{Markup, html};

use crate::route::ShowFile;

/// The image, or without one the initials of the name. Nothing of it is read aloud: the name stands beside it.
pub(crate) fn picture(image: Option<FileId>, name: &str) -> Markup {
    html! {
        @match image {
            Some(file) => img.picture src=(ShowFile { file }) alt="" width="32" height="32" decoding="async";,
            None => span.picture aria-hidden="true" { (initials(name)) }
        }
    }
}

/// A name and what belongs to it, with the image at its left.
pub(crate) fn beside(image: Option<FileId>, name: &str, words: &Markup) -> Markup {
    html! { div.pictured { (picture(image, name)) div { (words) } } }
}

fn initials(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(2).filter_map(|word| word.chars().next()?.to_uppercase().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_two_words() {
        for (name, expected) in [
            ("Fleet Manager (Kubernetes)", "FM"),
            ("charts/fleet", "CF"),
            ("ship", "S"),
            ("étage 2", "É2"),
            ("ßeta", "S"),
            ("…", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
