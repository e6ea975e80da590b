//! What every manifest says.

use super::Violation;
use super::tree::Tree;

/// Every crate inherits the lints of the workspace.
pub(super) fn every_crate_inherits_lints(tree: &Tree) -> Vec<Violation> {
    let silent = |manifest: &&str| {
        let text = tree.files.get(*manifest).map_or("", String::as_str);
        !section(text, "[lints]").any(|(_, line)| line.replace(' ', "") == "workspace=true")
    };
    let manifests = tree.crates.iter().map(|one| &*one.manifest);
    let advice = "add `[lints]` with `workspace = true`, so that the lints hold here too";
    manifests.filter(silent).map(|manifest| Violation::new(manifest, 1, advice)).collect()
}

/// Every dependency of the workspace that is not ours says at the end of its line what it is for.
pub(super) fn every_dependency_says_what_for(tree: &Tree) -> Vec<Violation> {
    let text = tree.files.get("Cargo.toml").map_or("", String::as_str);
    let silent = |line: &str| {
        let entry = !line.trim().is_empty() && !line.starts_with('#') && !line.contains("path = ");
        entry && line.rsplit_once('#').is_none_or(|(_, why)| why.trim().is_empty() || why.contains('"'))
    };
    let lines = section(text, "[workspace.dependencies]").filter(|(_, line)| silent(line));
    lines
        .map(|(line, _)| {
            Violation::new("Cargo.toml", line, "end the line with `# what the dependency is for`")
        })
        .collect()
}

/// The lines of one table of a TOML file, with their numbers from 1.
fn section<'text>(text: &'text str, header: &str) -> impl Iterator<Item = (usize, &'text str)> {
    let start = text.lines().position(|line| line.trim() == header).map_or(usize::MAX, |index| index + 1);
    let lines = text.lines().enumerate().skip(start).take_while(|(_, line)| !line.starts_with('['));
    lines.map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crate_without_the_lints_is_found() {
        let tree = Tree::of(&[
            ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n[lints]\nworkspace = true\n"),
            (
                "crates/b/Cargo.toml",
                "[package]\nname = \"b\"\nversion.workspace = true\n[lints]\n[dependencies]\n",
            ),
        ]);
        let found = every_crate_inherits_lints(&tree.with_crate("a", &[]).with_crate("b", &[]));
        assert_eq!(found.iter().map(|one| &*one.path).collect::<Vec<_>>(), ["crates/b/Cargo.toml"]);
    }

    #[test]
    fn dependency_without_a_purpose_is_found() {
        let text = "[workspace.dependencies]\n# Ours.\nx = { path = \"crates/x\" }\n\na = \"1\" # letters\nb = \"1\"\nc = \"1\" #\n\
                    d = { git = \"y#z\" }\n[profile.dev]\ne = 1\n";
        let found = every_dependency_says_what_for(&Tree::of(&[("Cargo.toml", text)]));
        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [6, 7, 8]);
    }
}
