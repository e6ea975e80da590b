//! The servers that are compared, each with data of its own in the run's folder.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::super::hub::Hub;
use super::super::process::{Process, free_address};
use crate::shell::{command, read};

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Kind {
    /// The hub, pulled from by a customer's member, so that entitlements are looked at.
    Grantry,
    /// The hub, pulled from by the vendor's member, who needs no entitlement.
    GrantryVendor,
    /// CNCF Distribution as Debian has it, open to everybody.
    DockerRegistry,
    /// The same bytes as files, open to everybody: what this machine can give.
    Nginx,
}

impl Kind {
    /// Those that are measured unless others are named.
    pub(super) const USUAL: [Self; 3] = [Self::Grantry, Self::DockerRegistry, Self::Nginx];

    /// Whether it is the hub.
    pub(super) fn is_hub(self) -> bool {
        matches!(self, Self::Grantry | Self::GrantryVendor)
    }

    /// Whether it stores what is pushed.
    pub(super) fn takes_pushes(self) -> bool {
        self != Self::Nginx
    }

    /// What is running, and when an answer to a push says that the data will survive a power cut.
    pub(super) fn description(self) -> anyhow::Result<String> {
        let version = |program: &str, option| {
            let output = command(program).arg(option).output();
            let output = output
                .with_context(|| format!("`{program}` is missing: apt-get install docker-registry nginx"))?;
            let text = [output.stdout, output.stderr].concat();
            anyhow::Ok(String::from_utf8_lossy(&text).trim().to_owned())
        };
        Ok(match self {
            Self::Grantry | Self::GrantryVendor => {
                let who = if self == Self::Grantry { "token and entitlement" } else { "token" };
                format!(
                    "the hub, SQLite with synchronous=FULL, {who} checked; durable when answered: data, name and facts"
                )
            }
            Self::DockerRegistry => {
                let version = version("docker-registry", "--version")?;
                format!(
                    "{version}, no access check; durable when answered: data, but not the folder that names it"
                )
            }
            Self::Nginx => {
                let version = version(nginx(), "-v")?;
                format!("{version}, 2 workers, sendfile, open files cached, no access check; takes no pushes")
            }
        })
    }

    /// Starts it on the data that the folder has.
    ///
    /// # Errors
    /// If it is not installed or does not start.
    pub(super) fn start(self, folder: &Path) -> anyhow::Result<Process> {
        let address = free_address()?;
        let log = folder.join("log");
        match self {
            Self::Grantry | Self::GrantryVendor => Ok(Hub::start(folder)?.into_process()),
            Self::DockerRegistry => {
                Process::start(&mut docker_registry(folder, address)?, &log, (address, "/v2/"))
            }
            Self::Nginx => Process::start(&mut static_files(folder, address)?, &log, (address, "/ready")),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Grantry => "grantry",
            Self::GrantryVendor => "grantry-vendor",
            Self::DockerRegistry => "docker-registry",
            Self::Nginx => "nginx",
        })
    }
}

fn docker_registry(folder: &Path, address: SocketAddr) -> anyhow::Result<Command> {
    let configuration = format!(
        "version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: {}
  delete:
    enabled: true
http:
  addr: {address}
",
        folder.join("data").display()
    );
    let path = folder.join("registry.yml");
    fs::write(&path, configuration)?;
    let mut command = command("docker-registry");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"REGISTRY_"))
    {
        command.env_remove(name);
    }
    command.arg("serve").arg(path);
    Ok(command)
}

fn static_files(folder: &Path, address: SocketAddr) -> anyhow::Result<Command> {
    let [user, group] = ["-un", "-gn"].map(|option| read(command("id").arg(option)));
    let configuration = format!(
        "daemon off;
user {} {};
worker_processes 2;
error_log stderr error;
pid nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    open_file_cache max=1000;
    client_body_temp_path t1;
    proxy_temp_path t2;
    fastcgi_temp_path t3;
    uwsgi_temp_path t4;
    scgi_temp_path t5;
    server {{
        listen {address};
        root data;
        location = /ready {{ return 200; }}
    }}
}}
",
        user?.trim(),
        group?.trim()
    );
    let path = folder.join("nginx.conf");
    fs::write(&path, configuration)?;
    let mut command = command(nginx());
    command.arg("-p").arg(folder).arg("-c").arg(path).args(["-e", "stderr"]);
    Ok(command)
}

/// Debian has it where only the superuser looks.
fn nginx() -> &'static str {
    const DEBIAN: &str = "/usr/sbin/nginx";
    if Path::new(DEBIAN).exists() { DEBIAN } else { "nginx" }
}
