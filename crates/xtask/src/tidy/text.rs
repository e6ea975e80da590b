//! What every text file keeps: clean lines, no traces of one machine, nothing unfinished.

use super::Violation;
use super::rust::RustFile;
use super::tree::Tree;

/// Files that a tool writes, whose white space is its own.
const MADE: &[&str] = &[".snap", "Cargo.lock", "package-lock.json", "go.sum"];

/// Folders that exist on one machine only. Put together here so that this file does not break the rule.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/tmp/", "bash_jobs")];

/// Words for open points.
const OPEN: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Every Rust file begins by saying what it is for.
pub(super) fn rust_files_open_with_a_purpose(tree: &Tree) -> Vec<Violation> {
    let silent = |file: &&RustFile| {
        let first = tree.files.get(&file.path).and_then(|text| text.lines().next()).unwrap_or_default();
        first.strip_prefix("//!").is_none_or(|rest| rest.trim().is_empty())
    };
    let advice = "begin the file with a `//!` line that says what it is for";
    tree.rust.iter().filter(silent).map(|file| Violation::new(&file.path, 1, advice)).collect()
}

/// No line ends in white space, every file ends in one line break, lines end as on Unix.
pub(super) fn lines_end_cleanly(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in tree.files.iter().filter(|(path, _)| !MADE.iter().any(|made| path.ends_with(made))) {
        for (index, line) in text.split('\n').enumerate() {
            if line.ends_with([' ', '\t', '\r']) {
                found.push(Violation::new(path, index + 1, "remove the white space at the end of the line"));
            }
        }
        if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
            found.push(Violation::new(
                path,
                text.lines().count(),
                "end the file with exactly one line break",
            ));
        }
    }
    found
}

/// No file names a folder of the machine it was written on.
pub(super) fn no_machine_paths(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in &tree.files {
        for (index, line) in text.lines().enumerate() {
            if MACHINE_PATHS.iter().any(|folder| names_folder(line, folder)) {
                found.push(Violation::new(
                    path,
                    index + 1,
                    "this path exists on one machine only: make it relative",
                ));
            }
        }
    }
    found
}

/// Whether the line has the folder at the beginning of a path, not inside of one.
fn names_folder(line: &str, folder: &str) -> bool {
    let begins = |at: usize| {
        let before = line.get(..at).and_then(|text| text.chars().last());
        before.is_none_or(|one| !one.is_alphanumeric() && !"_-./}~*".contains(one))
    };
    line.match_indices(folder).any(|(at, _)| begins(at))
}

/// No test is switched off and no code is unfinished or made for a look while debugging.
pub(super) fn no_unfinished_work(tree: &Tree) -> Vec<Violation> {
    const WORDS: &[(&str, &str)] = &[
        ("#[ignore", "a test that does not run proves nothing: make it run or remove it"),
        ("todo!", "write the code, or leave the function out"),
        ("unimplemented!", "write the code, or leave the function out"),
        ("dbg!", "remove the debugging aid"),
    ];
    let mut found = Vec::new();
    for file in &tree.rust {
        for (index, line) in file.lines.iter().enumerate() {
            let words = WORDS.iter().filter(|(word, _)| line.code.contains(word));
            found.extend(words.map(|(_, advice)| Violation::new(&file.path, index + 1, *advice)));
        }
    }
    found
}

/// Who leaves a point open names the issue that will close it.
pub(super) fn open_points_name_an_issue(tree: &Tree) -> Vec<Violation> {
    const SCRIPTS: &[&str] = &[".js", ".mjs", ".css", ".py", ".go", ".sh", ".sql", ".toml", ".yml", ".yaml"];
    let mut found = Vec::new();
    let advice = "name the issue that will close this, as in (#12), or do it now";
    for file in &tree.rust {
        let open = file.lines.iter().enumerate().filter(|(_, line)| is_open(&line.comment));
        found.extend(open.map(|(index, _)| Violation::new(&file.path, index + 1, advice)));
    }
    for (path, text) in tree.files.iter().filter(|(path, _)| SCRIPTS.iter().any(|end| path.ends_with(end))) {
        let open = text.lines().enumerate().filter(|(_, line)| is_open(line));
        found.extend(open.map(|(index, _)| Violation::new(path, index + 1, advice)));
    }
    found
}

fn is_open(text: &str) -> bool {
    let numbered = |rest: &str| {
        let rest = rest.trim_start_matches([' ', '(', ':']);
        rest.strip_prefix('#').is_some_and(|number| number.starts_with(|one: char| one.is_ascii_digit()))
    };
    let word = |at: usize, length: usize| {
        let alone = |one: Option<char>| one.is_none_or(|one| !one.is_alphanumeric() && one != '_');
        let (before, rest) =
            (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default());
        alone(before.chars().last()) && alone(rest.chars().next()) && !numbered(rest)
    };
    OPEN.iter().any(|open| text.match_indices(open).any(|(at, found)| word(at, found.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(found: Vec<Violation>) -> Vec<(String, usize)> {
        found.into_iter().map(|one| (one.path, one.line)).collect()
    }

    fn at(path: &str, line: usize) -> (String, usize) {
        (path.to_owned(), line)
    }

    #[test]
    fn file_without_a_purpose_is_found() {
        let tree =
            Tree::of(&[("a.rs", "//! Keys.\n"), ("b.rs", "fn f() {}\n"), ("c.rs", "//!\n"), ("d.rs", "")]);
        assert_eq!(
            lines(rust_files_open_with_a_purpose(&tree)),
            [at("b.rs", 1), at("c.rs", 1), at("d.rs", 1)]
        );
    }

    #[test]
    fn unclean_lines_are_found() {
        let tree = Tree::of(&[
            ("a.md", "fine\n\nfine\n"),
            ("b.md", "fine\ntrailing \nfine\n"),
            ("c.md", "no end"),
            ("d.md", "two ends\n\n"),
            ("e.md", "windows\r\n"),
            ("f.snap", "made \n"),
            ("g.md", ""),
        ]);
        assert_eq!(
            lines(lines_end_cleanly(&tree)),
            [at("b.md", 2), at("c.md", 1), at("d.md", 2), at("e.md", 1)]
        );
    }

    #[test]
    fn machine_paths_are_found_where_they_begin() {
        for folder in MACHINE_PATHS {
            let text = format!("in {folder}x\n\"{folder}y\"\nhttps://host{folder}z\n../a{folder}b\n");
            assert_eq!(
                lines(no_machine_paths(&Tree::of(&[("a.md", &text)]))),
                [at("a.md", 1), at("a.md", 2)],
                "{folder}"
            );
        }
    }

    #[test]
    fn unfinished_work_is_found_in_code_alone() {
        let text = "//! x\n#[ignore]\nfn f() { todo!() }\n// todo!()\nlet a = \"dbg!\";\nlet b = dbg!(c);\n#[ignore = \"y\"]\n";
        assert_eq!(
            lines(no_unfinished_work(&Tree::of(&[("a.rs", text)]))),
            [2, 3, 6, 7].map(|line| at("a.rs", line))
        );
    }

    #[test]
    fn open_point_without_an_issue_is_found() {
        let open = OPEN[0];
        let rust = format!(
            "//! x\n// {open}: later\n// {open}(#12): later\nlet a = \"{open}\";\n// {open}S\n/* {open} */\n"
        );
        let script = format!("# {open} later\n# {open} #3 later\n");
        let tree = Tree::of(&[("a.rs", &rust), ("b.sh", &script), ("c.md", &script)]);
        assert_eq!(lines(open_points_name_an_issue(&tree)), [at("a.rs", 2), at("a.rs", 6), at("b.sh", 1)]);
    }
}
