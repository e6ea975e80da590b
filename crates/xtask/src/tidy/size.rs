//! Files stay short enough to be read at one go.

use super::Violation;
use super::tree::Tree;

/// Lines of code at which a file fails.
const LIMIT: usize = 500;

/// Lines of code over which a file draws a warning.
const AIM: usize = 250;

/// No Rust file is over the limit. Tests, comments and blank lines are not counted.
pub(super) fn no_file_is_too_long(tree: &Tree) -> Vec<Violation> {
    longer_than(tree, LIMIT, usize::MAX)
}

/// Files over the aim but within the limit: worth a thought, not a failure.
pub(super) fn long_files(tree: &Tree) -> Vec<Violation> {
    longer_than(tree, AIM, LIMIT)
}

fn longer_than(tree: &Tree, low: usize, high: usize) -> Vec<Violation> {
    let sizes =
        tree.rust.iter().filter(|file| !file.is_test()).map(|file| (&file.path, file.program().count()));
    let long = sizes.filter(|(_, size)| *size > low && *size <= high);
    let advice = |size| {
        format!(
            "{size} lines of code; aim at {AIM}, {LIMIT} is the limit: split it by what its parts are for"
        )
    };
    long.map(|(path, size)| Violation::new(path, 1, advice(size))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(path: &str, lines: usize) -> Tree {
        let text = format!(
            "//! x\n\n{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            "f();\n".repeat(lines),
            "g();\n".repeat(900)
        );
        Tree::of(&[(path, &text)])
    }

    #[test]
    fn only_the_code_of_the_program_counts() {
        assert_eq!(no_file_is_too_long(&tree("crates/a/src/b.rs", 500)), []);
        assert_eq!(no_file_is_too_long(&tree("crates/a/src/b.rs", 501)).len(), 1);
        assert_eq!(no_file_is_too_long(&tree("crates/a/tests/it/b.rs", 501)), []);
    }

    #[test]
    fn warning_begins_over_the_aim_and_ends_at_the_limit() {
        let counts = [250, 251, 500, 501].map(|lines| long_files(&tree("crates/a/src/b.rs", lines)).len());
        assert_eq!(counts, [0, 1, 1, 0]);
    }
}
