//! The reference page of the settings, written from their table.

use std::fmt::Write as _;

use super::setting::{Fallback, Setting, Shape};
use super::table::SETTINGS;

const HEAD: &str = "\
<!-- Written by `grantry config --reference`; edit the table of settings in crates/server/src/config instead. -->

# Configuration

The hub runs without any configuration. Each setting below can be given

1. as a flag of the command, for example `--data-dir /var/lib/grantry`,
2. as an environment variable, for example `GRANTRY_DATA_DIR=/var/lib/grantry`,
3. in the configuration file, for example `data_dir = \"/var/lib/grantry\"`.

A flag wins over the environment, the environment over the file, the file over the default. `grantry config` prints
every setting in force and where it came from; secrets are not shown.

The configuration file is TOML. It is the one that `--config` or `GRANTRY_CONFIG` names, otherwise `grantry.toml` in
the working directory if there is one. Relative paths, in the file too, start at the working directory.

A name that is no setting, in the file or as a `GRANTRY_…` variable, and a value that is malformed stop the start with
exit code 2 and a sentence that says where it stands and what would be right. Variables that Kubernetes sets for a
Service called `grantry…` are ignored, and so are those that start with `GRANTRY_TEST_`.

";

/// The page, in Markdown.
#[must_use]
pub fn reference_page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| setting | variable | flag | default |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let flag = setting.flag.map_or_else(|| "–".to_owned(), |flag| format!("`--{flag}`"));
        let (name, variable, default) = (setting.name, setting.variable(), default_of(setting));
        // Writing to a String can't fail.
        let _ = writeln!(page, "| [`{name}`](#{name}) | `{variable}` | {flag} | {default} |");
    }
    for setting in SETTINGS {
        page.push_str(&section(setting));
    }
    page
}

fn section(setting: &Setting) -> String {
    let summary = setting.summary;
    let first = summary.chars().take(1).flat_map(char::to_uppercase);
    let sentence: String = first.chain(summary.chars().skip(1)).collect();
    let list = match setting.shape {
        Shape::Text => "",
        Shape::List => " In the file it may be an array.",
    };
    let details = if setting.details.is_empty() { String::new() } else { format!("\n{}\n", setting.details) };
    format!("\n## {}\n\n{sentence}.{list}\n{details}\nDefault: {}.\n", setting.name, default_of(setting))
}

fn default_of(setting: &Setting) -> String {
    match &setting.default {
        Fallback::Text("") => "none".to_owned(),
        Fallback::Text(text) => format!("`{text}`"),
        Fallback::Follows { says, .. } | Fallback::Nothing(says) => (*says).to_owned(),
    }
}
