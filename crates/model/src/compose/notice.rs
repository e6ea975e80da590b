//! What a Compose file asks of its host.

use super::{HostNamespace, Notice, NoticeKind, Subject};
use crate::yaml::{Document, Node};

/// The namespaces of services.
const NAMESPACES: &[(&str, HostNamespace)] = &[
    ("network_mode", HostNamespace::Network),
    ("pid", HostNamespace::Processes),
    ("ipc", HostNamespace::SharedMemory),
    ("userns_mode", HostNamespace::Users),
    ("uts", HostNamespace::HostName),
];

/// All notices of a file.
pub(super) fn of(document: &Document) -> Vec<Notice> {
    let mut notices = Vec::new();
    for service in document.find("services").map(Node::entries).unwrap_or_default() {
        let subject = || Subject::Service(service.key.to_string());
        of_service(&service.value, &mut |line, kind| notices.push(Notice { subject: subject(), line, kind }));
    }
    for volume in document.find("volumes").map(Node::entries).unwrap_or_default() {
        let device = volume.value.find("driver_opts").and_then(|options| options.find("device"));
        let path = device.and_then(|device| Some((device.place.line, host_path(device.text()?)?)));
        if let Some((line, kind)) = path {
            notices.push(Notice { subject: Subject::Volume(volume.key.to_string()), line, kind });
        }
    }
    notices
}

fn of_service(service: &Node, note: &mut dyn FnMut(usize, NoticeKind)) {
    for volume in service.find("volumes").map(Node::elements).unwrap_or_default() {
        if let Some(kind) = of_volume(volume) {
            note(volume.place.line, kind);
        }
    }
    if let Some(privileged) =
        service.find("privileged").filter(|one| one.is_true() || is_open(one) || says(one, "true"))
    {
        note(privileged.place.line, NoticeKind::Privileged);
    }
    for (key, namespace) in NAMESPACES {
        if let Some(mode) = service.find(key).filter(|mode| says(mode, "host") || is_open(mode)) {
            note(mode.place.line, NoticeKind::Host(*namespace));
        }
    }
    // A network called “host” is the host's own.
    if let Some(networks) = service.find("networks") {
        let named = networks.elements().iter().find(|one| says(one, "host"));
        if let Some(network) = named {
            note(network.place.line, NoticeKind::Host(HostNamespace::Network));
        }
    }
    for (key, kind) in [
        ("cap_add", NoticeKind::Capabilities as fn(Vec<String>) -> NoticeKind),
        ("devices", NoticeKind::Devices as fn(Vec<String>) -> NoticeKind),
    ] {
        if let Some(list) = service.find(key).filter(|list| !list.elements().is_empty()) {
            note(list.place.line, kind(list.elements().iter().map(|one| described(one)).collect()));
        }
    }
    for option in service.find("security_opt").map(Node::elements).unwrap_or_default() {
        let text = option.text().unwrap_or_default();
        if text.contains("unconfined") || text.contains("disable") || is_open(option) {
            note(option.place.line, NoticeKind::Unprotected(text.to_owned()));
        }
    }
}

/// A device in words: its text, or the source of its long form.
fn described(node: &Node) -> String {
    node.text().or_else(|| node.find("source")?.text()).unwrap_or("…").to_owned()
}

/// The short form `source:target:mode`, or the long form.
fn of_volume(volume: &Node) -> Option<NoticeKind> {
    if let Some(text) = volume.text() {
        // `C:\data:/data`: the first colon belongs to the drive.
        let drive = text.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
        let skipped = if drive { 2 } else { 0 };
        let end = colon(text.get(skipped..)?)? + skipped;
        return host_path(text.get(..end)?);
    }
    let source = volume.find("source").or_else(|| volume.find("src"))?.text()?;
    let binds = volume.find("type").is_some_and(|kind| says(kind, "bind") || is_open(kind));
    if binds && host_path(source).is_none() {
        return Some(NoticeKind::HostPath(source.to_owned()));
    }
    host_path(source)
}

/// The first colon that is not within `${…}`.
fn colon(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, one)| {
        match one {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (one == ':' && depth == 0).then_some(at)
    })
}

/// What a source is of the host, unless it is the name of a volume.
fn host_path(source: &str) -> Option<NoticeKind> {
    let drive = source.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    let is_path = source.starts_with(['/', '.', '~', '\\', '$']) || source.contains('/') || drive;
    if !is_path {
        return None;
    }
    if source.ends_with("docker.sock") || source.ends_with("docker_engine") {
        return Some(NoticeKind::DockerSocket);
    }
    Some(NoticeKind::HostPath(source.to_owned()))
}

fn says(node: &Node, word: &str) -> bool {
    node.text().is_some_and(|text| text.trim() == word)
}

/// Whether a variable decides.
fn is_open(node: &Node) -> bool {
    node.text().is_some_and(|text| text.contains('$'))
}

#[cfg(test)]
mod tests {
    use super::super::ComposeFile;

    fn check(text: &str, expected: &[&str]) {
        let file = ComposeFile::parse(text.as_bytes()).unwrap();
        let notices: Vec<_> = file.notices().iter().map(ToString::to_string).collect();
        assert_eq!(notices, expected, "{text}");
    }

    #[test]
    fn mounts_of_the_host_are_pointed_out() {
        let text = "services:\n  web:\n    volumes:\n      - data:/data\n      - /data\n      - ./conf:/conf:ro\n      - ${DIR:-/srv}:/srv\n\
                    \x20     - /var/run/docker.sock:/var/run/docker.sock\n      - C:\\data:/c\n      - {type: bind, source: conf, target: /x}\n\
                    \x20     - {type: volume, source: data, target: /y}\nvolumes:\n  data:\n  disk:\n    driver_opts: {type: none, o: bind, device: /mnt}\n";
        check(
            text,
            &[
                "Line 6: Service “web” mounts “./conf” of the host.",
                "Line 7: Service “web” mounts “${DIR:-/srv}” of the host.",
                "Line 8: Service “web” mounts the Docker socket and so controls the host.",
                "Line 9: Service “web” mounts “C:\\data” of the host.",
                "Line 10: Service “web” mounts “conf” of the host.",
                "Line 15: Volume “disk” mounts “/mnt” of the host.",
            ],
        );
    }

    #[test]
    fn rights_on_the_host_are_pointed_out() {
        let text = "services:\n  a:\n    privileged: true\n    network_mode: host\n    pid: \"host\"\n    ipc: host\n    cap_add: [NET_ADMIN, SYS_TIME]\n\
                    \x20   devices:\n      - /dev/kvm\n      - {source: /dev/fuse, target: /dev/fuse}\n    security_opt: [\"seccomp:unconfined\", \"no-new-privileges:true\"]\n\
                    \x20 b:\n    privileged: false\n    network_mode: bridge\n    cap_add: []\n    pid: ${PID_MODE}\n";
        check(
            text,
            &[
                "Line 3: Service “a” runs privileged, with all rights on the host.",
                "Line 4: Service “a” uses the host's network.",
                "Line 5: Service “a” uses the host's processes.",
                "Line 6: Service “a” uses the host's shared memory.",
                "Line 7: Service “a” adds the capabilities NET_ADMIN, SYS_TIME.",
                "Line 9: Service “a” uses the host's devices /dev/kvm, /dev/fuse.",
                "Line 11: Service “a” switches off a protection by “seccomp:unconfined”.",
                "Line 16: Service “b” uses the host's processes.",
            ],
        );
    }

    #[test]
    fn what_comes_by_alias_and_merge_is_pointed_out_too() {
        let text = "x-base: &base\n  privileged: true\nservices:\n  a:\n    <<: *base\n    image: x\n  b: &b {pid: host}\n  c: *b\n";
        check(
            text,
            &[
                "Line 2: Service “a” runs privileged, with all rights on the host.",
                "Line 7: Service “b” uses the host's processes.",
                "Line 7: Service “c” uses the host's processes.",
            ],
        );
    }
}
