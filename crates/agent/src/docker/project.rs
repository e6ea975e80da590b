//! What the hub sends of a Compose project or a stack: the file, its name, and the env file.

use std::path::Path;

use grantry_wire::agent::AgentDeployment;

use super::write;
use crate::failure::Failure;

/// The files' names in the deployment's folder.
pub(super) const COMPOSE_FILE: &str = "compose.yaml";
pub(super) const ENV_FILE: &str = ".env";

/// What the hub sent for a deployment.
pub(super) struct Project<'wanted> {
    name: String,
    file: &'wanted str,
    env: Option<&'wanted [u8]>,
}

impl<'wanted> Project<'wanted> {
    /// Reads what the hub sent.
    ///
    /// # Errors
    /// There is no Compose file, or no project name in it.
    pub(super) fn read(wanted: &'wanted AgentDeployment) -> Result<Self, Failure> {
        let bytes =
            wanted.compose_file.as_ref().ok_or_else(|| Failure::new("the hub sent no Compose file"))?;
        let file = std::str::from_utf8(&bytes.0).map_err(|_| Failure::new("the Compose file is no text"))?;
        let name = find_name(file).ok_or_else(|| Failure::new("the Compose file has no project name"))?;
        let env = wanted.env_file.as_ref().map(|env| &*env.0);
        Ok(Self { name, file, env })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The Compose file as the hub sent it.
    pub(super) fn file(&self) -> &str {
        self.file
    }

    /// The Compose file without the project's name, for programs that do not know the key.
    pub(super) fn file_without_name(&self) -> String {
        without_name(self.file)
    }

    /// The env file; empty if the hub sent none.
    pub(super) fn env(&self) -> &[u8] {
        self.env.unwrap_or_default()
    }

    /// Writes a Compose file and the env file into the deployment's folder.
    ///
    /// # Errors
    /// They can't be written.
    pub(super) fn write(&self, folder: &Path, file: &str) -> Result<(), Failure> {
        write(&folder.join(COMPOSE_FILE), file.as_bytes())?;
        // Compose reads this file by itself, so without one there must be none of an earlier revision.
        write(&folder.join(ENV_FILE), self.env())
    }
}

/// The value of the top-level key `name`. The hub writes it as a plain or quoted scalar on a line of its own.
fn find_name(file: &str) -> Option<String> {
    let name = if file.trim_start().starts_with('{') {
        serde_json::from_str::<serde_json::Value>(file).ok()?.get("name")?.as_str()?.to_owned()
    } else {
        let value = file.lines().find_map(|line| line.strip_prefix("name:"))?;
        let value = value.split(" #").next()?.trim();
        let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        quoted.unwrap_or(value).to_owned()
    };
    // Compose's own rule. It also keeps a name from looking like an option.
    let lower = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let valid = name.starts_with(lower) && name.chars().all(|one| lower(one) || one == '-' || one == '_');
    valid.then_some(name)
}

/// Neither Compose v1 nor most versions of `docker stack` know the key.
fn without_name(file: &str) -> String {
    if file.trim_start().starts_with('{') {
        let parsed = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(file);
        return parsed.map_or_else(
            |_| file.to_owned(),
            |mut file| {
                file.remove("name");
                serde_json::Value::Object(file).to_string()
            },
        );
    }
    file.split_inclusive('\n').filter(|line| !line.starts_with("name:")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projects_name_is_read() {
        for (file, expected) in [
            ("name: distr-0123abcd\nservices: {}\n", Some("distr-0123abcd")),
            ("services:\n  web:\n    name: inner\nname: 'ship' # ours\n", Some("ship")),
            ("---\nname: \"ship_2\"\n", Some("ship_2")),
            ("{\"services\": {}, \"name\": \"ship\"}", Some("ship")),
            ("services:\n  name: x\n", None),
            ("name: --help\n", None),
            ("name: ../up\n", None),
            ("name: Ship\n", None),
            ("name:\n", None),
            ("", None),
            ("{", None),
        ] {
            assert_eq!(find_name(file).as_deref(), expected, "{file}");
        }
    }

    #[test]
    fn a_name_can_be_left_out() {
        assert_eq!(without_name("name: ship\nservices:\n  name: x\n"), "services:\n  name: x\n");
        assert_eq!(without_name("{\"name\":\"ship\",\"services\":{}}"), "{\"services\":{}}");
        assert_eq!(without_name("{ broken"), "{ broken");
    }
}
