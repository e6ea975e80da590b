//! Pure crates do no I/O, and know no clock, no randomness and no environment.

use super::Violation;
use super::tree::{Dependency, Tree};

/// The pure crates.
const PURE: &[&str] = &["license", "oci", "wire", "model"];

/// What their code must not name.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::io",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "thread_rng",
    "OsRng",
];

/// What they must not depend on, but in tests.
const FORBIDDEN_PACKAGES: &[&str] = &["tokio", "getrandom", "rand", "tracing", "reqwest", "ring", "tempfile"];

/// A pure crate names nothing that reaches outside.
pub(super) fn pure_crates_do_nothing(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for name in PURE {
        for file in tree.sources_of(name) {
            for (line, code) in file.program() {
                let named = FORBIDDEN.iter().filter(|word| code.contains(**word));
                found.extend(named.map(|word| {
                    let advice = format!("`{name}` is pure, so no `{word}`: take the value as an argument");
                    Violation::new(&file.path, line, advice)
                }));
            }
        }
    }
    for one in tree.crates.iter().filter(|one| PURE.contains(&&*one.name)) {
        let outward =
            |dependency: &&Dependency| !dependency.dev && FORBIDDEN_PACKAGES.contains(&&*dependency.name);
        found.extend(one.dependencies.iter().filter(outward).map(|dependency| {
            let line = tree.line_of(&one.manifest, |line| line.starts_with(&*dependency.name));
            let advice = format!("`{}` is pure, so it can't depend on `{}`", one.name, dependency.name);
            Violation::new(&one.manifest, line, advice)
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaching_outside_is_found_in_pure_crates_alone() {
        let text =
            "//! std::fs in words is fine\nuse std::fs;\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        let tree = Tree::of(&[("crates/model/src/a.rs", text), ("crates/ops/src/a.rs", text)]);
        let found = pure_crates_do_nothing(&tree);
        assert_eq!(
            found.iter().map(|one| (&*one.path, one.line)).collect::<Vec<_>>(),
            [("crates/model/src/a.rs", 2)]
        );
    }

    #[test]
    fn outward_dependency_is_found_but_for_tests() {
        assert_eq!(
            pure_crates_do_nothing(&Tree::of(&[]).with_crate("license", &["tokio", "serde"])).len(),
            1
        );
        assert_eq!(pure_crates_do_nothing(&Tree::of(&[]).with_crate("license", &["?getrandom"])), []);
        assert_eq!(pure_crates_do_nothing(&Tree::of(&[]).with_crate("ops", &["tokio"])), []);
    }
}
