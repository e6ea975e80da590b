//! A technology has one home.

use super::Violation;
use super::tree::{Crate, Dependency, Tree};

/// Packages and the crates that may use them.
const HOMES: &[(&[&str], &[&str])] = &[
    (&["rusqlite", "tokio-postgres", "deadpool-postgres", "tokio-postgres-rustls"], &["store", "testdb"]),
    (&["axum"], &["http", "server", "testkit", "upstream", "agent"]), // upstream has a registry in its tests, agent a hub
    (&["tower-http", "utoipa-axum", "utoipa-swagger-ui"], &["http"]),
    (&["utoipa"], &["wire", "http"]),
    (&["maud"], &["ui"]),
    (&["ed25519-dalek", "curve25519-dalek"], &["license", "xtask"]), // xtask builds the vectors that the library refuses to build
    (&["argon2", "governor"], &["ops"]),
    (&["object_store"], &["blobs"]),
    (&["reqwest"], &["server", "agent", "testkit", "upstream", "blobs"]), // blobs switches on its TLS for object_store
    (&["toml"], &["server"]),
    (&["saphyr-parser"], &["model"]),
    (&["clap"], &["server", "agent", "xtask"]),
    (&["anyhow"], &["server", "agent", "xtask", "testdb", "testkit"]),
];

/// Crates that may hold SQL. `testdb` makes the databases that `store` fills.
const SQL_HOMES: &[&str] = &["store", "testdb"];

/// How statements begin, and the word that must follow somewhere so that a sentence is not taken for one.
const STATEMENTS: &[(&str, &str)] = &[
    ("select ", " from "),
    ("insert into ", ""),
    ("update ", " set "),
    ("delete from ", ""),
    ("create table ", ""),
    ("create index ", ""),
    ("create unique index ", ""),
    ("create database ", ""),
    ("alter table ", ""),
    ("drop table ", ""),
    ("drop database ", ""),
    ("pragma ", ""),
];

/// A package that has a home is used nowhere else.
pub(super) fn technology_has_one_home(tree: &Tree) -> Vec<Violation> {
    let stray = |one: &Crate, dependency: &Dependency| {
        let (_, homes) = HOMES.iter().find(|(packages, _)| packages.contains(&&*dependency.name))?;
        if homes.contains(&&*one.name) {
            return None;
        }
        let line = tree.line_of(&one.manifest, |line| {
            line.strip_prefix(&*dependency.name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        });
        let advice = format!(
            "`{}` belongs to {}: call that crate instead of using it here",
            dependency.name,
            homes.join(", ")
        );
        Some(Violation::new(&one.manifest, line, advice))
    };
    let every =
        tree.crates.iter().flat_map(|one| one.dependencies.iter().map(move |dependency| (one, dependency)));
    every.filter_map(|(one, dependency)| stray(one, dependency)).collect()
}

/// Statements stand in the store alone.
pub(super) fn sql_stays_in_store(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for one in tree.crates.iter().filter(|one| !SQL_HOMES.contains(&&*one.name)) {
        for file in tree.sources_of(&one.name) {
            let statements = file.program_strings().filter(|(_, text)| is_statement(text));
            found.extend(statements.map(|(line, _)| {
                Violation::new(
                    &file.path,
                    line,
                    "SQL belongs to crates/store: add a method there and call it",
                )
            }));
        }
    }
    found
}

/// Whether a string begins as a statement does, in capitals or in small letters; a sentence has one capital.
fn is_statement(text: &str) -> bool {
    let text = text.trim_start();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = words.split(' ').next().unwrap_or_default();
    let even = first.chars().all(char::is_uppercase) || first.chars().all(char::is_lowercase);
    let lower = words.to_lowercase();
    even && words.contains(' ')
        && STATEMENTS.iter().any(|(begin, within)| lower.starts_with(begin) && lower.contains(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_away_from_home_is_found() {
        let manifest = "[dependencies]\nmaud-extra.workspace = true\nmaud.workspace = true\n";
        let tree = Tree::of(&[("crates/http/Cargo.toml", manifest)]).with_crate("http", &["axum", "maud"]);
        let found = technology_has_one_home(&tree);
        assert_eq!(
            found.iter().map(|one| (&*one.path, one.line)).collect::<Vec<_>>(),
            [("crates/http/Cargo.toml", 3)]
        );
        assert_eq!(technology_has_one_home(&Tree::of(&[]).with_crate("ui", &["maud", "uuid"])), []);
        assert_eq!(technology_has_one_home(&Tree::of(&[]).with_crate("ops", &["?rusqlite"])).len(), 1);
    }

    #[test]
    fn statement_outside_the_store_is_found() {
        let text = "//! x\nfn f() {\n    q(\"\n  select id from license_key\");\n}\n";
        let tree = Tree::of(&[("crates/ops/src/a.rs", text), ("crates/store/src/a.rs", text)]);
        let found = sql_stays_in_store(&tree.with_crate("ops", &[]).with_crate("store", &[]));
        assert_eq!(
            found.iter().map(|one| (&*one.path, one.line)).collect::<Vec<_>>(),
            [("crates/ops/src/a.rs", 3)]
        );
    }

    #[test]
    fn statements_are_told_from_sentences() {
        for text in
            ["SELECT a FROM b", "insert into x values (1)", "update a\n set b = 1", "PRAGMA journal_mode"]
        {
            assert!(is_statement(text), "{text}");
        }
        for text in [
            "Select a customer from the list",
            "update the key",
            "select",
            "create table",
            "from select x",
            "",
        ] {
            assert!(!is_statement(text), "{text}");
        }
    }
}
