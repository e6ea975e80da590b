//! The rules of `ARCHITECTURE.md` and `CONTRIBUTING.md` that no compiler checks.
//!
//! A rule is a function over a loaded [`Tree`] that returns [`Violation`]s. Each one is tested with a tree of a few lines
//! that breaks it and with one that keeps it.

mod assets;
mod documents;
mod homes;
mod layers;
mod manifests;
mod modules;
mod names;
mod permits;
mod purity;
mod rust;
mod size;
mod text;
mod tree;

use anyhow::bail;

use crate::shell::{root, say};
use tree::Tree;

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    /// Path from the repository root, with slashes.
    path: String,
    /// Line, from 1.
    line: usize,
    /// What is wrong and what to do about it.
    advice: String,
}

impl Violation {
    fn new(path: &str, line: usize, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, advice: advice.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

/// Every rule that fails the gate.
const RULES: &[fn(&Tree) -> Vec<Violation>] = &[
    layers::dependencies_point_down,
    homes::technology_has_one_home,
    homes::sql_stays_in_store,
    permits::permits_come_from_the_policy,
    purity::pure_crates_do_nothing,
    documents::every_crate_is_described,
    manifests::every_crate_inherits_lints,
    manifests::every_dependency_says_what_for,
    size::no_file_is_too_long,
    modules::no_crate_hands_on_another,
    modules::one_test_program_per_crate,
    names::no_meaningless_module,
    names::functions_and_types_say_what_they_do,
    text::rust_files_open_with_a_purpose,
    text::lines_end_cleanly,
    text::no_machine_paths,
    text::no_unfinished_work,
    text::open_points_name_an_issue,
    assets::script_stays_small,
    assets::lock_files_name_no_host,
];

/// Loads the repository and checks every rule.
///
/// # Errors
/// If a rule is broken or the repository cannot be read.
pub(crate) fn run() -> anyhow::Result<()> {
    let tree = Tree::load(&root())?;
    for warning in size::long_files(&tree) {
        say(format_args!("warning: {warning}"));
    }
    let mut violations: Vec<_> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    violations.sort();
    for violation in &violations {
        say(violation);
    }
    match violations.len() {
        0 => {
            say(format_args!("tidy: {} rules hold in {} files", RULES.len(), tree.files.len()));
            Ok(())
        }
        1 => bail!("tidy: 1 violation"),
        count => bail!("tidy: {count} violations"),
    }
}
