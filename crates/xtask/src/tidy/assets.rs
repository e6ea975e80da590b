//! What the browser loads, and what the lock files of other languages say.

use super::Violation;
use super::tree::Tree;

/// Lines of script that the portals may have in all.
const SCRIPT_LIMIT: usize = 400;

/// The script of the portals stays small: every page works without it.
pub(super) fn script_stays_small(tree: &Tree) -> Vec<Violation> {
    let is_script = |path: &str| {
        path.starts_with("crates/ui/src/assets/") && (path.ends_with(".js") || path.ends_with(".mjs"))
    };
    let scripts = tree.files.iter().filter(|(path, _)| is_script(path));
    let sizes: Vec<(&String, usize)> = scripts.map(|(path, text)| (path, code_lines(text))).collect();
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    let longest = sizes.iter().max_by_key(|(_, size)| size).filter(|_| total > SCRIPT_LIMIT);
    let advice = || {
        format!(
            "the portals have {total} lines of script, {SCRIPT_LIMIT} is the limit: let the server do more"
        )
    };
    longest.map(|(path, _)| Violation::new(path, 1, advice())).into_iter().collect()
}

fn code_lines(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// Lock files of npm hold hashes but no host, so that they work with any registry.
pub(super) fn lock_files_name_no_host(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in tree.files.iter().filter(|(path, _)| path.ends_with("package-lock.json")) {
        let hosts =
            text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("\"resolved\""));
        let advice = "set omit-lockfile-registry-resolved=true in .npmrc and write the lock file anew";
        found.extend(hosts.map(|(index, _)| Violation::new(path, index + 1, advice)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_script_is_found_over_all_files() {
        let half = "f();\n".repeat(200);
        let (a, b) = ("crates/ui/src/assets/a.js", "crates/ui/src/assets/b.mjs");
        assert_eq!(script_stays_small(&Tree::of(&[(a, &half), (b, &format!("\n// note\n{half}"))])), []);
        let found =
            script_stays_small(&Tree::of(&[(a, &half), (b, &format!("g();\n{half}")), ("e2e/c.mjs", &half)]));
        assert_eq!(found.iter().map(|one| &*one.path).collect::<Vec<_>>(), [b]);
    }

    #[test]
    fn host_in_a_lock_file_is_found() {
        let text = "{\n  \"version\": \"1\",\n  \"resolved\": \"https://example.com/a.tgz\"\n}\n";
        let found =
            lock_files_name_no_host(&Tree::of(&[("e2e/package-lock.json", text), ("e2e/other.json", text)]));
        assert_eq!(
            found.iter().map(|one| (&*one.path, one.line)).collect::<Vec<_>>(),
            [("e2e/package-lock.json", 3)]
        );
    }
}
