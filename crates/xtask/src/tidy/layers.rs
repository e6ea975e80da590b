//! Dependencies point down.

use super::Violation;
use super::tree::{Crate, Dependency, Tree};

/// The crates by layer, lowest first. A crate may use what stands in an earlier row.
const LAYERS: &[&[&str]] = &[
    &["license", "oci", "wire"],
    &["model"],
    &["store", "blobs", "upstream", "ui"],
    &["ops"],
    &["http"],
    &["server", "agent"],
    &["testdb"],
    &["testkit"],
    &["xtask"],
];

/// Crates made for tests: everyone may use them there.
const FOR_TESTS: &[&str] = &["testdb", "testkit"];

/// A crate uses only crates of lower layers; its tests may use the test crates too.
pub(super) fn dependencies_point_down(tree: &Tree) -> Vec<Violation> {
    tree.crates.iter().flat_map(|one| check(tree, one)).collect()
}

fn check(tree: &Tree, one: &Crate) -> Vec<Violation> {
    let Some(layer) = layer(&one.name) else {
        let advice =
            format!("crate `{}` has no layer: give it one in crates/xtask/src/tidy/layers.rs", one.name);
        return vec![Violation::new(&one.manifest, 1, advice)];
    };
    let upward = |dependency: &&Dependency| {
        let allowed_in_tests = dependency.dev && FOR_TESTS.contains(&&*dependency.name);
        dependency.ours
            && !allowed_in_tests
            && self::layer(&dependency.name).is_none_or(|below| below >= layer)
    };
    let complain = |dependency: &Dependency| {
        let line =
            tree.line_of(&one.manifest, |line| line.starts_with(&format!("grantry-{}", dependency.name)));
        let advice = format!(
            "`{}` may not use `{}`, which is not in a lower layer: move what is shared down, or turn the call around",
            one.name, dependency.name
        );
        Violation::new(&one.manifest, line, advice)
    };
    one.dependencies.iter().filter(upward).map(complain).collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, dependencies: &[&str]) -> Vec<Violation> {
        dependencies_point_down(&Tree::of(&[]).with_crate(name, dependencies))
    }

    #[test]
    fn upward_and_sideways_dependencies_are_found() {
        assert_eq!(found("model", &["=store"]).len(), 1);
        assert_eq!(found("ui", &["=store"]).len(), 1);
        assert_eq!(found("ops", &["=testkit"]).len(), 1, "test crates are for tests");
        assert_eq!(found("store", &["?=http"]).len(), 1, "also in tests");
        assert_eq!(found("http", &["=ops", "=ui", "=model", "axum"]), []);
        assert_eq!(found("store", &["?=testdb"]), []);
    }

    #[test]
    fn violation_names_the_line() {
        let text = "[dependencies]\ngrantry-license.workspace = true\ngrantry-store.workspace = true\n";
        let tree =
            Tree::of(&[("crates/model/Cargo.toml", text)]).with_crate("model", &["=license", "=store"]);
        let found = dependencies_point_down(&tree);
        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn crate_without_a_layer_is_found() {
        assert_eq!(found("gizmo", &[]).len(), 1);
    }
}
