//! The map shows every room.

use super::Violation;
use super::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";

/// Every crate has its row in the code map, and every row names a crate that exists.
pub(super) fn every_crate_is_described(tree: &Tree) -> Vec<Violation> {
    let rows: Vec<(usize, &str)> = tree.files.get(MAP).map(|text| rows(text)).unwrap_or_default();
    let missing =
        tree.crates.iter().filter(|one| rows.iter().all(|(_, name)| *name != one.name)).map(|one| {
            Violation::new(
                MAP,
                1,
                format!("add a row to the code map that says what crate `{}` is for", one.name),
            )
        });
    let stale = rows.iter().filter(|(_, name)| tree.crates.iter().all(|one| one.name != *name)).map(
        |(line, name)| {
            Violation::new(MAP, *line, format!("there is no crate `{name}` (any more): correct the code map"))
        },
    );
    missing.chain(stale).collect()
}

/// Rows `| layer | `crate` | …` of the code map with their lines.
fn rows(text: &str) -> Vec<(usize, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, row(line)?))).collect()
}

fn row(line: &str) -> Option<&str> {
    let cell = line.strip_prefix('|')?.split('|').nth(1)?.trim();
    cell.strip_prefix('`')?.strip_suffix('`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_stale_rows_are_found() {
        let map = "# Map\n\n| layer | crate | duty |\n|---|---|---|\n| 0 | `license` | tokens |\n| 1 | `gone` | nothing |\n";
        let tree = Tree::of(&[(MAP, map)]).with_crate("license", &[]).with_crate("model", &[]);
        let found = every_crate_is_described(&tree);
        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [1, 6]);
        assert!(found[0].advice.contains("`model`") && found[1].advice.contains("`gone`"));
    }

    #[test]
    fn complete_map_passes_and_no_map_fails() {
        let tree = Tree::of(&[(MAP, "| 0 | `license` | tokens |\n")]).with_crate("license", &[]);
        assert_eq!(every_crate_is_described(&tree), []);
        assert_eq!(every_crate_is_described(&Tree::of(&[]).with_crate("license", &[])).len(), 1);
    }
}
