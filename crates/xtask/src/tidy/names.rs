//! Names say what a thing is.

use super::Violation;
use super::tree::Tree;

/// Names of modules and crates that say nothing.
const MEANINGLESS: &[&str] = &["common", "utils", "util", "helpers", "helper", "misc", "core", "types"];

/// First words of function names that say nothing.
const EMPTY_VERBS: &[&str] = &["get_", "do_", "handle_", "process_"];

/// Last words of type names that say nothing.
const EMPTY_NOUNS: &[&str] = &["Manager", "Helper", "Util", "Utils"];

/// No module and no crate is a drawer for everything.
pub(super) fn no_meaningless_module(tree: &Tree) -> Vec<Violation> {
    let advice = |name: &str| format!("`{name}` says nothing: name it for what is in it");
    let crates = tree.crates.iter().filter(|one| MEANINGLESS.contains(&&*one.name));
    let mut found: Vec<_> = crates.map(|one| Violation::new(&one.manifest, 1, advice(&one.name))).collect();
    for file in &tree.rust {
        let parts = file.path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
        let named = parts.filter(|part| MEANINGLESS.contains(part));
        found.extend(named.map(|part| Violation::new(&file.path, 1, advice(part))));
        for (line, code) in file.program() {
            let inline = code.trim_end().strip_suffix('{').and_then(|code| word_after(code, "mod "));
            let inline = inline.filter(|name| MEANINGLESS.contains(name));
            found.extend(inline.map(|name| Violation::new(&file.path, line, advice(name))));
        }
    }
    found
}

/// No function is called `get_`, `do_`, `handle_` or `process_` something, and no type is a manager or helper.
pub(super) fn functions_and_types_say_what_they_do(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in &tree.rust {
        for (line, code) in file.program() {
            let function =
                word_after(code, "fn ").filter(|name| EMPTY_VERBS.iter().any(|verb| name.starts_with(verb)));
            let kinds = ["struct ", "enum ", "trait "].into_iter();
            let named = kinds.filter_map(|kind| word_after(code, kind));
            let kind = named.into_iter().find(|name| EMPTY_NOUNS.iter().any(|noun| name.ends_with(noun)));
            found.extend(function.into_iter().chain(kind).map(|name| {
                Violation::new(
                    &file.path,
                    line,
                    format!("`{name}` says little: use a word of the domain (docs/glossary.md)"),
                )
            }));
        }
    }
    found
}

/// The name that follows a keyword.
fn word_after<'code>(code: &'code str, keyword: &str) -> Option<&'code str> {
    let (before, rest) = code.split_once(keyword)?;
    let end = rest.find(|one: char| !one.is_alphanumeric() && one != '_').unwrap_or(rest.len());
    let whole = before.chars().last().is_none_or(|last| !last.is_alphanumeric() && last != '_');
    rest.get(..end).filter(|name| whole && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawers_are_found() {
        let tree = Tree::of(&[
            ("crates/http/src/utils.rs", "//! x\n"),
            ("crates/http/src/types/a.rs", "//! x\n"),
            ("crates/http/src/b.rs", "//! x\nmod helpers {\n}\nfn remod() {\n}\n"),
            ("crates/http/src/licenses.rs", "//! x\nmod commons {\n}\n"),
        ]);
        let found = no_meaningless_module(&tree.with_crate("core", &[]).with_crate("http", &[]));
        let places: Vec<_> = found.iter().map(|one| (&*one.path, one.line)).collect();
        let expected = [
            ("crates/core/Cargo.toml", 1),
            ("crates/http/src/b.rs", 2),
            ("crates/http/src/types/a.rs", 1),
            ("crates/http/src/utils.rs", 1),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn empty_words_are_found() {
        let text = "//! x\nfn get_key() {}\npub async fn handle_it() {}\nstruct KeyManager;\nfn target() {}\nfn getter() {}\n\
                    struct Managed;\n#[cfg(test)]\nmod tests {\n    fn do_it() {}\n}\n";
        let found = functions_and_types_say_what_they_do(&Tree::of(&[("crates/a/src/b.rs", text)]));
        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [2, 3, 4]);
    }
}
