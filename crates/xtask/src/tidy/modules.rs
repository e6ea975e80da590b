//! How crates are put together: what they hand on, and how their tests are built.

use super::Violation;
use super::tree::Tree;

/// No crate hands on what belongs to another: a reader who follows a name must end in the crate that has it.
pub(super) fn no_crate_hands_on_another(tree: &Tree) -> Vec<Violation> {
    let packages: Vec<String> = tree
        .crates
        .iter()
        .flat_map(|one| &one.dependencies)
        .map(|dependency| {
            let name = dependency.name.replace('-', "_");
            if dependency.ours { format!("grantry_{name}") } else { name }
        })
        .collect();
    let mut found = Vec::new();
    for file in tree.rust.iter().filter(|file| file.path.contains("/src/")) {
        for (line, code) in file.program() {
            let Some(path) = handed_on(code) else { continue };
            let first = path.split("::").next().unwrap_or_default();
            if packages.iter().any(|package| package == first) {
                let advice = format!("don't hand on `{first}`: let users name it where they use it");
                found.push(Violation::new(&file.path, line, advice));
            }
        }
    }
    found
}

/// The path of a `pub use`.
fn handed_on(code: &str) -> Option<&str> {
    let rest = code.trim_start().strip_prefix("pub")?;
    let rest = if rest.starts_with('(') { rest.split_once(')')?.1 } else { rest };
    rest.trim_start().strip_prefix("use ").map(|path| path.trim_start_matches("::"))
}

/// The integration tests of a crate are one program, `tests/it`, so that it is linked once.
pub(super) fn one_test_program_per_crate(tree: &Tree) -> Vec<Violation> {
    let apart = |path: &str| {
        let mut parts = path.split('/');
        let place = (parts.next(), parts.nth(1), parts.next(), parts.next(), parts.next());
        match place {
            (Some("crates"), Some("tests"), Some(_), None, _) => true,
            (Some("crates"), Some("tests"), Some(folder), Some("main.rs"), None) => folder != "it",
            _ => false,
        }
    };
    let programs = tree.rust.iter().filter(|file| apart(&file.path));
    let advice = "move it below tests/it and name it in tests/it/main.rs: one program a crate is linked once";
    programs.map(|file| Violation::new(&file.path, 1, advice)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[usize]) {
        let tree = Tree::of(&[("crates/ops/src/a.rs", text)]).with_crate("ops", &["=store", "tokio-util"]);
        let lines: Vec<_> = no_crate_hands_on_another(&tree).iter().map(|one| one.line).collect();
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn handing_on_another_crate_is_found() {
        check("//! x\npub use grantry_store::audit::Filter;\npub(crate) use tokio_util::sync;\n", &[2, 3]);
        check(
            "//! x\nuse grantry_store::audit::Filter;\npub use filter::Filter;\npub use crate::b::C;\n",
            &[],
        );
        check("//! x\npub user: User,\n// pub use grantry_store::x;\n", &[]);
    }

    #[test]
    fn second_test_program_is_found() {
        let tree = Tree::of(&[
            ("crates/a/tests/it/main.rs", "//! x\n"),
            ("crates/a/tests/it/more.rs", "//! x\n"),
            ("crates/b/tests/api.rs", "//! x\n"),
            ("crates/c/tests/slow/main.rs", "//! x\n"),
            ("crates/d/src/tests/x.rs", "//! x\n"),
        ]);
        let found = one_test_program_per_crate(&tree);
        let paths: Vec<_> = found.iter().map(|one| &*one.path).collect();
        assert_eq!(paths, ["crates/b/tests/api.rs", "crates/c/tests/slow/main.rs"]);
    }
}
