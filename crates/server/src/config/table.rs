//! The one table of settings. A new setting is one entry here and one field of `Config`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use grantry_model::plan::Plan;

use super::Config;
use super::blob_storage::{BlobStorage, parse_s3_secret};
use super::database_url::DatabaseUrl;
use super::log::{LogFormat, parse_log_filter};
use super::network::Network;
use super::public_url::PublicUrl;
use super::secret::{parse_license_key, parse_master_key};
use super::setting::{Fallback, Setting, Shape, Visibility};

/// A config to apply settings to, in the order of the table. No value in it outlives that: every setting with a
/// default overwrites its own.
pub(super) fn blank() -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        registry_listen: None,
        data_dir: PathBuf::new(),
        public_url: PublicUrl::of_listener(SocketAddr::from(([127, 0, 0, 1], 0))),
        database_url: DatabaseUrl::Sqlite(PathBuf::new()),
        blobs: BlobStorage::folder_of(std::path::Path::new("")),
        s3_access_key: None,
        s3_secret_key: None,
        master_key: None,
        master_key_file: None,
        license_key: None,
        license_key_file: None,
        default_plan: Plan::Community,
        trusted_proxies: Vec::new(),
        upstream_exceptions: Vec::new(),
        agent_image: String::new(),
        helm_agent_image: String::new(),
        log: String::new(),
        log_format: LogFormat::Text,
    }
}

/// All settings, in the order in which they are listed and resolved.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        flag: Some("listen"),
        placeholder: "ADDRESS",
        summary: "IP address and port on which the hub accepts connections",
        details: "Everything is served on this one listener: portals, API, public keys, registry. Port 0 takes any free port. To \
                  be reached from other machines, listen on `0.0.0.0:8080` or `[::]:8080`, with a proxy for TLS in front.",
        default: Fallback::Text("127.0.0.1:8080"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.listen = text.parse().map_err(|_| {
                format!(
                    "{text:?} is not an IP address with a port; write it like 127.0.0.1:8080 or [::1]:8080"
                )
            })?;
            Ok(())
        },
    },
    Setting {
        name: "registry_listen",
        flag: Some("registry-listen"),
        placeholder: "ADDRESS",
        summary: "IP address and port of a second listener that serves the registry alone",
        details: "For a host name of its own for `docker pull`. The registry stays reachable on `listen` too.",
        default: Fallback::Nothing("no second listener"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.registry_listen = Some(text.parse().map_err(|_| {
                format!(
                    "{text:?} is not an IP address with a port; write it like 127.0.0.1:8585 or [::1]:8585"
                )
            })?);
            Ok(())
        },
    },
    Setting {
        name: "data_dir",
        flag: Some("data-dir"),
        placeholder: "FOLDER",
        summary: "folder of database, master key and content",
        details: "Made at first start, readable by its owner only. A relative path starts at the working directory.",
        default: Fallback::Text("grantry-data"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.data_dir = PathBuf::from(text);
            Ok(())
        },
    },
    Setting {
        name: "public_url",
        flag: Some("public-url"),
        placeholder: "URL",
        summary: "URL under which users and applications reach the hub",
        details: "`http` or `https`, host, and the port if it is not the scheme's own; no slash at the end, no path. \
                  License tokens carry exactly this text as their issuer (`iss`), so settle it before you issue any: \
                  applications that check the issuer refuse tokens made under another URL.",
        default: Fallback::Follows {
            says: "`http://<listen>`, with `localhost` for `0.0.0.0` and `[::]`",
            from: |config| PublicUrl::of_listener(config.listen).to_string(),
        },
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.public_url = PublicUrl::parse(text)?;
            Ok(())
        },
    },
    Setting {
        name: "database_url",
        flag: Some("database-url"),
        placeholder: "URL",
        summary: "database: sqlite:PATH, or postgres://user:password@host/database",
        details: "A PostgreSQL URL may be given as `postgres://` or `postgresql://`. A password in it is never shown; \
                  prefer the environment or the file to the flag, which everybody on the machine can see.",
        default: Fallback::Follows {
            says: "`sqlite:<data_dir>/grantry.db`",
            from: |config| format!("sqlite:{}", config.data_dir.join("grantry.db").display()),
        },
        shape: Shape::Text,
        visibility: Visibility::Url,
        apply: |config, text| {
            config.database_url = DatabaseUrl::parse(text)?;
            Ok(())
        },
    },
    Setting {
        name: "blobs",
        flag: Some("blobs"),
        placeholder: "STORAGE",
        summary: "storage of the registry's content: folder:PATH, or s3://BUCKET[/PREFIX]?endpoint=&region=&style=",
        details: "`endpoint` is the URL of an S3 server other than AWS, `style` is `path` or `host`. All replicas of a hub \
                  need the same storage. The folder must be one file system, and survive a restart.",
        default: Fallback::Follows {
            says: "`folder:<data_dir>/blobs`",
            from: |config| BlobStorage::folder_of(&config.data_dir).to_string(),
        },
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.blobs = BlobStorage::parse(text)?;
            Ok(())
        },
    },
    Setting {
        name: "s3_access_key",
        flag: Some("s3-access-key"),
        placeholder: "KEY",
        summary: "id of the access key of the S3 bucket",
        details: "Set it together with `s3_secret_key`.",
        default: Fallback::Nothing("none, for a storage that needs none"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.s3_access_key = Some(text.to_owned());
            Ok(())
        },
    },
    Setting {
        name: "s3_secret_key",
        flag: None,
        placeholder: "SECRET",
        summary: "secret of the access key of the S3 bucket",
        details: "",
        default: Fallback::Nothing("none, for a storage that needs none"),
        shape: Shape::Text,
        visibility: Visibility::Secret,
        apply: |config, text| {
            config.s3_secret_key = Some(parse_s3_secret(text)?);
            Ok(())
        },
    },
    Setting {
        name: "master_key",
        flag: None,
        placeholder: "KEY",
        summary: "key that encrypts secrets at rest: 32 bytes as 64 hexadecimal digits or base64",
        details: "Without this key nobody can read the secrets in the database, so keep a copy of it apart from the \
                  database's backups. All replicas of a hub need the same one. Set this or `master_key_file`, not both.",
        default: Fallback::Nothing("the file `<data_dir>/master.key`, made at first start"),
        shape: Shape::Text,
        visibility: Visibility::Secret,
        apply: |config, text| {
            config.master_key = Some(Arc::new(parse_master_key(text)?));
            Ok(())
        },
    },
    Setting {
        name: "master_key_file",
        flag: Some("master-key-file"),
        placeholder: "FILE",
        summary: "file that holds the master key in the same form",
        details: "It must exist, and be readable by its owner only.",
        default: Fallback::Nothing("the file `<data_dir>/master.key`, made at first start"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.master_key_file = Some(PathBuf::from(text));
            Ok(())
        },
    },
    Setting {
        name: "license_key",
        flag: None,
        placeholder: "PEM",
        summary: "private key that signs license tokens: Ed25519, PKCS#8 PEM",
        details: "`openssl genpkey -algorithm ed25519` makes one. Set this or `license_key_file`, not both.",
        default: Fallback::Nothing(
            "a key that the hub makes at first start and keeps encrypted in the database",
        ),
        shape: Shape::Text,
        visibility: Visibility::Secret,
        apply: |config, text| {
            config.license_key = Some(Arc::new(parse_license_key(text)?));
            Ok(())
        },
    },
    Setting {
        name: "license_key_file",
        flag: Some("license-key-file"),
        placeholder: "FILE",
        summary: "file that holds the private key that signs license tokens",
        details: "It must exist, and be readable by its owner only.",
        default: Fallback::Nothing(
            "a key that the hub makes at first start and keeps encrypted in the database",
        ),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.license_key_file = Some(PathBuf::from(text));
            Ok(())
        },
    },
    Setting {
        name: "default_plan",
        flag: Some("default-plan"),
        placeholder: "PLAN",
        summary: "plan of new organizations: community, trial, pro or enterprise",
        details: "License management needs any but `community`. `grantry organization plan` changes it for one \
                  organization.",
        default: Fallback::Text("enterprise"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.default_plan = text.parse().map_err(|_| {
                let names = Plan::ALL.map(Plan::as_str).join(", ");
                format!("{text:?} is not a plan; write one of {names}")
            })?;
            Ok(())
        },
    },
    Setting {
        name: "trusted_proxies",
        flag: Some("trusted-proxies"),
        placeholder: "NETWORKS",
        summary: "proxies whose X-Forwarded-For is believed: IP addresses and networks, with commas between",
        details: "The address of a client limits sign-in attempts and stands in the audit log, so name only machines \
                  that set this header themselves.",
        default: Fallback::Text(""),
        shape: Shape::List,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.trusted_proxies = Network::parse_list(text)?;
            Ok(())
        },
    },
    Setting {
        name: "upstream_exceptions",
        flag: Some("upstream-exceptions"),
        placeholder: "LIST",
        summary: "private addresses that artifacts may be pulled through from: `private`, networks, addresses and host names, with commas between",
        details: "Vendors name the registry that an artifact is pulled through from, so that the hub connects to public addresses \
                  only. `private` allows loopback, RFC 1918, shared and unique local addresses; others that are not public, \
                  such as link-local ones, are allowed by network or name only.",
        default: Fallback::Text(""),
        shape: Shape::List,
        visibility: Visibility::Plain,
        apply: |config, text| {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let parsed = parts.map(|part| part.parse().map_err(|error| format!("{part:?} is {error}")));
            config.upstream_exceptions = parsed.collect::<Result<_, String>>()?;
            Ok(())
        },
    },
    Setting {
        name: "agent_image",
        flag: Some("agent-image"),
        placeholder: "IMAGE",
        summary: "image of the agent that connect commands start at Docker targets",
        details: "Its tag is the version that connected agents update themselves to. The agent published for Distr 3.x works too: \
                  `ghcr.io/distr-sh/distr/docker-agent:3.1.0`.",
        default: Fallback::Text(concat!("grantry/agent:", env!("CARGO_PKG_VERSION"))),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.agent_image = parse_image(text)?;
            Ok(())
        },
    },
    Setting {
        name: "helm_agent_image",
        flag: Some("helm-agent-image"),
        placeholder: "IMAGE",
        summary: "image of the agent that connect commands start at Kubernetes targets",
        details: "Of Distr's agents the one for Kubernetes is `ghcr.io/distr-sh/distr/kubernetes-agent:3.1.0`.",
        default: Fallback::Follows { says: "as `agent_image`", from: |config| config.agent_image.clone() },
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.helm_agent_image = parse_image(text)?;
            Ok(())
        },
    },
    Setting {
        name: "log",
        flag: Some("log"),
        placeholder: "FILTER",
        summary: "what is logged: off, error, warn, info, debug or trace, or directives with commas between",
        details: "A directive sets the level of one module: `info,grantry_http=debug`. Logs go to standard error.",
        default: Fallback::Text("info"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.log = parse_log_filter(text)?;
            Ok(())
        },
    },
    Setting {
        name: "log_format",
        flag: Some("log-format"),
        placeholder: "FORMAT",
        summary: "how logs are written: text for people, or json for one object a line",
        details: "",
        default: Fallback::Text("text"),
        shape: Shape::Text,
        visibility: Visibility::Plain,
        apply: |config, text| {
            config.log_format = LogFormat::parse(text)?;
            Ok(())
        },
    },
];

/// A reference of an image, which goes into manifests: nothing in it may have a meaning there.
fn parse_image(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"./:@_-".contains(&byte);
    let is_image =
        text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(is_plain);
    if is_image && text.len() <= 300 {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} is not an image; write it like grantry/agent:{}", env!("CARGO_PKG_VERSION")))
}

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}
