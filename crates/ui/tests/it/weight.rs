//! How heavy pages are, and how many lines of script they have.

use grantry_ui::asset::{asset, names};

#[test]
fn scripts_stay_under_400_lines_in_all() {
    let scripts = names().into_iter().filter(|name| name.ends_with(".js"));
    let lines: usize = scripts
        .filter_map(|name| asset(&name))
        .map(|script| code_lines(&String::from_utf8_lossy(script.bytes)))
        .sum();
    assert!(lines > 0 && lines < 400, "{lines} lines");
}

/// Lines that do something: saying why costs nothing.
fn code_lines(script: &str) -> usize {
    script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}
