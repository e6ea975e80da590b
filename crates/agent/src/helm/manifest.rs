//! The objects of a release, as its manifest names them.

use anyhow::{Context as _, ensure};
use saphyr_parser::{Event, Parser, ScalarStyle};

/// The most objects that the manifest of one release may have; a Secret of Helm holds far fewer.
const MOST_OBJECTS: usize = 5_000;

/// Kinds that run something, and so can be ready or not.
pub(crate) const WORKLOADS: &[(&str, &str)] =
    &[("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("batch/v1", "Job")];

/// An object that a release has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Object {
    /// Group and version, for example `apps/v1`.
    pub(crate) api_version: String,
    /// For example `Deployment`.
    pub(crate) kind: String,
    /// Its namespace, where the manifest says one.
    pub(crate) namespace: Option<String>,
    /// Its name.
    pub(crate) name: String,
}

impl Object {
    /// Whether it runs something.
    pub(crate) fn is_workload(&self) -> bool {
        WORKLOADS.contains(&(&*self.api_version, &*self.kind))
    }

    /// Whether its pods are replaced when its template changes; those of a Job never are.
    pub(crate) fn can_restart(&self) -> bool {
        self.is_workload() && self.kind != "Job"
    }

    /// How logs and messages name it: `deployments/web`.
    pub(crate) fn resource(&self) -> String {
        format!("{}s/{}", self.kind.to_lowercase(), self.name)
    }
}

/// Reads what `helm get manifest` prints: documents that are objects or lists of objects. What names no object, such as a template
/// that printed nothing, is passed over.
///
/// # Errors
/// It is not YAML, or has too many objects.
pub(crate) fn parse(text: &str) -> anyhow::Result<Vec<Object>> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.context("the manifest of the release is not YAML")?;
        reader.read(event);
        ensure!(reader.objects.len() <= MOST_OBJECTS, "the release has more than {MOST_OBJECTS} objects");
    }
    Ok(reader.objects)
}

/// Picks what names objects out of the events of a document, without keeping the rest.
#[derive(Default)]
struct Reader {
    /// The collections that the next event is inside of.
    path: Vec<Place>,
    /// Objects that have begun, with the length of the path where they did: a list and an item of it, at most.
    open: Vec<(usize, Object)>,
    objects: Vec<Object>,
}

/// A collection that has begun.
struct Place {
    is_mapping: bool,
    /// The key whose value comes next; none if a key comes next.
    key: Option<String>,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::MappingStart(..) => self.begin(true),
            Event::SequenceStart(..) => self.begin(false),
            Event::MappingEnd | Event::SequenceEnd => self.end(),
            Event::Scalar(text, style, ..) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                self.value(if is_null { "" } else { &text });
            }
            Event::Alias(_) => self.value(""),
            Event::DocumentStart(_) => (self.path, self.open) = (Vec::new(), Vec::new()),
            _ => {}
        }
    }

    fn begin(&mut self, is_mapping: bool) {
        let depth = self.path.len();
        let is_item = depth == 2 && self.path[0].key.as_deref() == Some("items") && !self.path[1].is_mapping;
        if is_mapping && (depth == 0 || is_item) {
            let object = Object {
                api_version: String::new(),
                kind: String::new(),
                namespace: None,
                name: String::new(),
            };
            self.open.push((depth, object));
        }
        self.path.push(Place { is_mapping, key: None });
    }

    fn end(&mut self) {
        self.path.pop();
        if self.open.last().is_some_and(|(depth, _)| *depth == self.path.len()) {
            let object = self.open.pop().map(|(_, object)| object);
            self.objects.extend(object.filter(|object| !object.kind.is_empty() && !object.name.is_empty()));
        }
        self.step("");
    }

    fn value(&mut self, text: &str) {
        if let Some((depth, object)) = self.open.last_mut() {
            let keys: Vec<_> = self.path[*depth..].iter().map(|place| place.key.as_deref()).collect();
            match *keys {
                [Some("apiVersion")] => text.clone_into(&mut object.api_version),
                [Some("kind")] => text.clone_into(&mut object.kind),
                [Some("metadata"), Some("name")] => text.clone_into(&mut object.name),
                [Some("metadata"), Some("namespace")] => {
                    object.namespace = Some(text.to_owned()).filter(|name| !name.is_empty())
                }
                _ => {}
            }
        }
        self.step(text);
    }

    /// In a mapping, keys and values take turns.
    fn step(&mut self, text: &str) {
        if let Some(place) = self.path.last_mut().filter(|place| place.is_mapping) {
            place.key = if place.key.is_some() { None } else { Some(text.to_owned()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "---
# Source: harbour/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: harbour
data:
  script: |
    ---
    kind: Nothing
---
# Source: harbour/templates/empty.yaml
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: other}
spec: {replicas: 2}
---
apiVersion: v1
kind: List
items:
- {apiVersion: batch/v1, kind: Job, metadata: {name: seed}}
";

    #[test]
    fn objects_are_found_in_documents_and_lists() {
        let objects = parse(MANIFEST).unwrap();
        let names: Vec<_> = objects.iter().map(Object::resource).collect();
        assert_eq!(names, ["configmaps/harbour", "deployments/web", "jobs/seed"]);
        assert_eq!(objects[1].namespace.as_deref(), Some("other"));
        let workloads: Vec<_> =
            objects.iter().map(|object| (object.is_workload(), object.can_restart())).collect();
        assert_eq!(workloads, [(false, false), (true, true), (true, false)]);
    }

    #[test]
    fn empty_release_has_no_objects() {
        assert_eq!(parse("").unwrap(), []);
        assert_eq!(parse("---\n# nothing\n---\n").unwrap(), []);
    }

    #[test]
    fn broken_manifest_is_an_error() {
        parse("kind: [").unwrap_err();
        assert_eq!(parse("- a\n- b\n--- text\n").unwrap(), [], "YAML, but no objects");
    }

    #[test]
    fn only_the_objects_own_fields_name_it() {
        let text = "{apiVersion: v1, kind: Pod, metadata: {labels: {name: no}, name: yes, namespace: ~}, spec: {kind: no}, x: [{kind: no}]}";
        let object = Object {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            namespace: None,
            name: "yes".to_owned(),
        };
        assert_eq!(parse(text).unwrap(), [object]);
        assert_eq!(parse("{? {a: b} : kind, kind: Pod, metadata: {name: '~'}}").unwrap()[0].name, "~");
    }

    #[test]
    fn deep_or_endless_yaml_does_no_harm() {
        let bomb = "a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nkind: Bomb\nmetadata: {name: c}\n";
        assert_eq!(parse(bomb).unwrap().len(), 1);
        let _ = parse(&"[".repeat(100_000));
        parse(&"kind: A\nmetadata: {name: a}\n---\n".repeat(MOST_OBJECTS + 1)).unwrap_err();
    }

    #[test]
    fn a_long_text_in_an_object_is_no_obstacle() {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: big}}\ndata:\n  a: {}\n",
            "x".repeat(900_000)
        );
        assert_eq!(parse(&text).unwrap().len(), 1);
    }
}
