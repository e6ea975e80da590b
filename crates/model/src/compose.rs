//! Compose files of Docker applications: what is checked when one is uploaded, what is pointed out to who deploys it,
//! and the name of its project.

mod name;
mod notice;

use std::fmt;

use crate::yaml::{Document, FileComplaint, FileError, Node};

/// A Compose file that passed the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct ComposeFile {
    text: String,
    document: Document,
}

/// Something that a Compose file asks of its host beyond running containers. It is allowed, and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {subject} {kind}.")]
pub struct Notice {
    /// Who asks.
    pub subject: Subject,
    /// Line of the file.
    pub line: usize,
    /// What is asked.
    pub kind: NoticeKind,
}

/// Who asks something of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A service by its name.
    Service(String),
    /// A volume by its name.
    Volume(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) => write!(f, "Service “{name}”"),
            Self::Volume(name) => write!(f, "Volume “{name}”"),
        }
    }
}

/// What is asked of the host. A setting that a variable decides counts as made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeKind {
    /// A file or folder of the host is mounted.
    #[error("mounts “{0}” of the host")]
    HostPath(String),
    /// The Docker socket is mounted, which gives control over the host.
    #[error("mounts the Docker socket and so controls the host")]
    DockerSocket,
    /// `privileged`
    #[error("runs privileged, with all rights on the host")]
    Privileged,
    /// A namespace of the host is used.
    #[error("uses the host's {0}")]
    Host(HostNamespace),
    /// `cap_add`
    #[error("adds the capabilities {}", .0.join(", "))]
    Capabilities(Vec<String>),
    /// `devices`
    #[error("uses the host's devices {}", .0.join(", "))]
    Devices(Vec<String>),
    /// A `security_opt` that switches a protection off.
    #[error("switches off a protection by “{0}”")]
    Unprotected(String),
}

/// A namespace that a service can share with the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostNamespace {
    /// `network_mode: host`
    #[error("network")]
    Network,
    /// `pid: host`
    #[error("processes")]
    Processes,
    /// `ipc: host`
    #[error("shared memory")]
    SharedMemory,
    /// `userns_mode: host`
    #[error("users")]
    Users,
    /// `uts: host`
    #[error("host name")]
    HostName,
}

impl ComposeFile {
    /// Reads a Compose file: YAML, one mapping, services that are mappings, and a name that can be replaced.
    ///
    /// # Errors
    /// What is wrong first, with its place.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let document = Document::parse(bytes)?;
        mapping_or_nothing(&document, "services")?;
        mapping_or_nothing(&document, "volumes")?;
        if let Some(services) = document.find("services") {
            let wrong = services.entries().iter().find(|service| !service.value.is_mapping());
            if let Some(service) = wrong {
                let complaint = FileComplaint::NotAService(service.key.to_string());
                return Err(FileError { place: service.place, complaint });
            }
        }
        let file = Self { text: crate::yaml::text(bytes)?.to_owned(), document };
        file.with_name("project").map(|_| file)
    }

    /// What the file asks of its host, in the order of services and then of volumes.
    pub fn notices(&self) -> Vec<Notice> {
        notice::of(&self.document)
    }

    /// The text of the file with this as name of the project. All else stays as it is, comments included.
    ///
    /// # Errors
    /// None for a file that [`Self::parse`] took.
    pub fn with_name(&self, name: &str) -> Result<String, FileError> {
        name::set(&self.text, name)
    }

    /// The file's content.
    pub fn document(&self) -> &Document {
        &self.document
    }
}

fn mapping_or_nothing(document: &Document, key: &'static str) -> Result<(), FileError> {
    let wrong = |node: &&Node| !node.is_mapping() && !node.is_null();
    match document.find(key).filter(wrong) {
        Some(node) => Err(FileError { place: node.place, complaint: FileComplaint::KeyOfNoMapping(key) }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Place;

    fn refused(text: &str, line: usize, column: usize, complaint: FileComplaint) {
        let error = ComposeFile::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error, FileError { place: Place { line, column }, complaint }, "{text}");
    }

    #[test]
    fn services_are_mappings() {
        refused("services: [a]\n", 1, 11, FileComplaint::KeyOfNoMapping("services"));
        refused("services:\n  web: nginx\n", 2, 3, FileComplaint::NotAService("web".to_owned()));
        refused("volumes: x\n", 1, 10, FileComplaint::KeyOfNoMapping("volumes"));
        for text in ["services:\n", "include: [other.yaml]\n", "services:\n  web: {image: nginx}\n"] {
            assert!(ComposeFile::parse(text.as_bytes()).is_ok(), "{text}");
        }
    }
}
