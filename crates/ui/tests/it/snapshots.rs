//! Every sample of every page, as reviewed.

use grantry_ui::gallery::samples;

#[test]
fn pages_are_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, html) in samples() {
            insta::assert_snapshot!(name, in_lines(&html));
        }
    });
}

/// One element a line, so that a changed page shows in a review what changed; hashes of files are left out, so that a
/// changed stylesheet does not change every page.
fn in_lines(html: &str) -> String {
    let mut text = String::with_capacity(html.len() + html.len() / 8);
    for (at, part) in html.split("/assets/").enumerate() {
        if at == 0 {
            text.push_str(part);
            continue;
        }
        let (name, rest) = part.split_once('"').unwrap_or((part, ""));
        let (stem, ending) = name.split_once('-').unwrap_or((name, ""));
        text.push_str(&format!("/assets/{stem}-…{}\"{rest}", &ending[ending.find('.').unwrap_or(0)..]));
    }
    [
        "<div", "<section", "<form", "<li", "<tr", "<td", "<th", "<p", "<h1", "<h2", "<dt", "<label", "<a ",
        "<button", "<details", "<script", "<link", "<body", "<main",
    ]
    .iter()
    .fold(text, |text, tag| text.replace(tag, &format!("\n{tag}")))
}
