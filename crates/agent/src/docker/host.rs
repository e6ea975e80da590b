//! Where the engine is, and what programs that speak to it must know.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

/// Variables of the agent that programs get too. Compose fills them into files of vendors, so there is no secret among them.
const PASSED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "DOCKER_API_VERSION",
    "XDG_RUNTIME_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "TMPDIR",
];

/// The address of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A socket of this machine.
    Socket(PathBuf),
    /// Host and port, without TLS.
    Tcp(String),
}

impl Address {
    fn parse(text: &str) -> anyhow::Result<Self> {
        match text.split_once("://") {
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Socket(path.into())),
            Some(("tcp" | "http", at)) if !at.is_empty() => {
                Ok(Self::Tcp(at.trim_end_matches('/').to_owned()))
            }
            _ => bail!("DOCKER_HOST must be unix:///path or tcp://host:port"),
        }
    }

    fn to_variable(&self) -> OsString {
        match self {
            Self::Socket(path) => {
                let mut text = OsString::from("unix://");
                text.push(path);
                text
            }
            Self::Tcp(at) => format!("tcp://{at}").into(),
        }
    }
}

/// The engine's machine.
#[derive(Debug, Clone)]
pub(super) struct Host {
    pub(super) address: Address,
    variables: Vec<(OsString, OsString)>,
    /// Where the docker CLI keeps its configuration.
    pub(super) config: Option<PathBuf>,
}

impl Host {
    /// Reads `DOCKER_HOST`, `DOCKER_CONFIG` and what is passed on.
    ///
    /// # Errors
    /// The engine can't be spoken to: only sockets, and TCP without TLS.
    pub(super) fn of_environment() -> anyhow::Result<Self> {
        let read = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let address = match read("DOCKER_HOST") {
            Some(value) => Address::parse(value.to_str().context("DOCKER_HOST is no text")?)?,
            None => Address::Socket("/var/run/docker.sock".into()),
        };
        if matches!(address, Address::Tcp(_)) && read("DOCKER_TLS_VERIFY").is_some() {
            bail!(
                "an engine behind TLS is not supported; run the agent beside the engine and give it the socket"
            );
        }
        let variables = PASSED_ON.iter().filter_map(|name| Some(((*name).into(), read(name)?))).collect();
        let config = read("DOCKER_CONFIG").map(PathBuf::from);
        let config = config.or_else(|| Some(PathBuf::from(read("HOME")?).join(".docker")));
        Ok(Self { address, variables, config })
    }

    /// The variables for a program, which finds its Docker configuration at `config`.
    pub(super) fn variables(&self, config: Option<PathBuf>) -> Vec<(OsString, OsString)> {
        let mut variables = self.variables.clone();
        // Else a context in the configuration of the machine could lead to another engine.
        variables.push(("DOCKER_HOST".into(), self.address.to_variable()));
        if let Some(folder) = config.or_else(|| self.config.clone()) {
            variables.push(("DOCKER_CONFIG".into(), folder.into()));
        }
        // No colours, no advertisements, no usage reports.
        for (name, value) in
            [("LC_ALL", "C.UTF-8"), ("DOCKER_CLI_HINTS", "false"), ("DOCKER_SCAN_SUGGEST", "false")]
        {
            variables.push((name.into(), value.into()));
        }
        variables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_at_sockets_or_ports() {
        for (text, expected) in [
            ("unix:///var/run/docker.sock", Some(Address::Socket("/var/run/docker.sock".into()))),
            ("tcp://127.0.0.1:2375", Some(Address::Tcp("127.0.0.1:2375".into()))),
            ("tcp://", None),
            ("unix://relative", None),
            ("ssh://user@host", None),
            ("/var/run/docker.sock", None),
        ] {
            let found = Address::parse(text).ok();
            assert_eq!(found, expected, "{text}");
            assert!(found.is_none_or(|address| address.to_variable() == text), "{text}");
        }
    }
}
