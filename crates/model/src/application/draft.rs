//! Applications and versions as they come in, read with every error at once.

use super::{Chart, ChartKind, TargetKind, UnknownChartKind, UnknownTargetKind, VersionFiles};
use crate::compose::ComposeFile;
use crate::field::{Check, FieldError, Invalid};
use crate::name::Name;
use crate::template::LinkTemplate;
use crate::yaml::{Document, FileError};

/// Most bytes of a file of a version, and of a document.
pub const MAX_FILE: usize = 100 * 1024;
/// Most documents of a version.
pub const MAX_RESOURCES: usize = 50;
/// Most characters of a template of an address.
pub const MAX_LINK_TEMPLATE: usize = 2000;
/// Most characters of a chart's address, name or version.
const MAX_CHART_TEXT: usize = 1000;

/// An application to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationDraft {
    /// See [`super::Application::name`].
    pub name: Name,
    /// See [`super::Application::kind`].
    pub kind: TargetKind,
}

impl ApplicationDraft {
    /// Reads an application from input.
    ///
    /// # Errors
    /// All fields that are not valid.
    pub fn parse(name: &str, kind: &str) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", name));
        let kind = check.take(kind.parse().map_err(|UnknownTargetKind| {
            let message = format!("There is no type “{kind}”: choose docker or kubernetes.");
            FieldError::new("type", "type_unknown", message)
        }));
        check.finish(name.zip(kind).map(|(name, kind)| Self { name, kind }))
    }
}

/// A version as it came in, nothing checked.
#[derive(Debug, Clone, Default)]
pub struct VersionInput<'a> {
    /// Its name.
    pub name: &'a str,
    /// A template of the address of a deployment; may be empty.
    pub link_template: &'a str,
    /// The chart, of a Kubernetes application.
    pub chart: ChartInput<'a>,
    /// The files, empty ones as if they were absent.
    pub files: VersionFiles,
    /// The documents, in order.
    pub resources: Vec<ResourceInput<'a>>,
}

/// A chart as it came in. An empty text is as if it were absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChartInput<'a> {
    /// A [`ChartKind`].
    pub kind: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its address.
    pub url: Option<&'a str>,
    /// Its version.
    pub version: Option<&'a str>,
}

/// A document as it came in.
#[derive(Debug, Clone, Copy, Default)]
pub struct ResourceInput<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The Markdown.
    pub content: &'a str,
    /// Whether customers read it.
    pub visible_to_customers: bool,
}

/// A version to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionDraft {
    /// See [`super::Version::name`].
    pub name: Name,
    /// See [`super::Version::link_template`].
    pub link_template: String,
    /// See [`super::Version::chart`].
    pub chart: Option<Chart>,
    /// The files.
    pub files: VersionFiles,
    /// The documents, in order.
    pub resources: Vec<ResourceDraft>,
}

/// A document to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDraft {
    /// What it is called.
    pub name: Name,
    /// The Markdown.
    pub content: String,
    /// Whether customers read it.
    pub visible_to_customers: bool,
}

impl VersionDraft {
    /// Reads a version of an application of this kind from input.
    ///
    /// # Errors
    /// All fields that are missing or not valid, and files that don't belong to this kind.
    pub fn parse(kind: TargetKind, input: VersionInput<'_>) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", input.name));
        let link_template = check.take(parse_link_template(input.link_template));
        let chart = parse_chart(kind, input.chart, &mut check);
        let resources = parse_resources(&input.resources, &mut check);
        let files = parse_files(kind, input.files, &mut check);
        check.finish(name.zip(link_template).map(|(name, link_template)| Self {
            name,
            link_template,
            chart,
            files,
            resources,
        }))
    }
}

fn parse_link_template(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.chars().count() > MAX_LINK_TEMPLATE {
        let message = format!("The link is longer than {MAX_LINK_TEMPLATE} characters. Shorten it.");
        return Err(FieldError::new("linkTemplate", "link_template_too_long", message));
    }
    if let Err(error) = LinkTemplate::parse(text) {
        return Err(FieldError::new("linkTemplate", "link_template_malformed", error.to_string()));
    }
    Ok(text.to_owned())
}

fn parse_chart(kind: TargetKind, input: ChartInput<'_>, check: &mut Check) -> Option<Chart> {
    let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (chart, name) = (given(input.kind), given(input.name));
    let (url, version) = (given(input.url), given(input.version));
    if kind == TargetKind::Docker {
        let fields =
            [("chartType", chart), ("chartName", name), ("chartUrl", url), ("chartVersion", version)];
        for (field, _) in fields.iter().filter(|(_, text)| text.is_some()) {
            let message = "A Docker application has no chart. Leave this out.";
            check.fail(FieldError::new(field, "chart_unexpected", message));
        }
        return None;
    }
    let chart = check.take(parse_chart_kind(chart.as_deref()));
    let url = check.take(parse_chart_url(chart, url));
    let version = check.take(parse_chart_text("chartVersion", "version, for example 1.4.0", version));
    let name = match chart {
        Some(ChartKind::Repository) => {
            check.take(parse_chart_text("chartName", "name in the repository", name))
        }
        _ => name.and_then(|name| check.take(parse_chart_text("chartName", "name", Some(name)))),
    };
    Some(Chart { kind: chart?, name, url: url?, version: version? })
}

fn parse_chart_kind(text: Option<&str>) -> Result<ChartKind, FieldError> {
    let message = match text {
        None => "Say where the chart is: in a chart repository (repository) or in an OCI registry (oci)."
            .to_owned(),
        Some(text) => match text.parse() {
            Ok(kind) => return Ok(kind),
            Err(UnknownChartKind) => format!("There is no chart type “{text}”: choose repository or oci."),
        },
    };
    Err(FieldError::new("chartType", "chart_type_unknown", message))
}

/// What an agent hands to Helm has to be an address: not the path of a file there, and not an option.
fn parse_chart_url(kind: Option<ChartKind>, text: Option<String>) -> Result<String, FieldError> {
    let (prefixes, example): (&[&str], _) = match kind {
        Some(ChartKind::Oci) => (&["oci://"], "oci://registry.example.com/charts/app"),
        Some(ChartKind::Repository) => (&["https://", "http://"], "https://charts.example.com"),
        None => (&["https://", "http://", "oci://"], "https://charts.example.com"),
    };
    let text = parse_chart_text("chartUrl", "address", text)?;
    let has_host =
        prefixes.iter().any(|prefix| text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()));
    if has_host {
        return Ok(text);
    }
    let message =
        format!("The chart's address must begin with {}, for example {example}.", prefixes.join(" or "));
    Err(FieldError::new("chartUrl", "chart_url_malformed", message))
}

fn parse_chart_text(field: &'static str, what: &str, text: Option<String>) -> Result<String, FieldError> {
    let Some(text) = text else {
        return Err(FieldError::new(field, "chart_incomplete", format!("Give the chart's {what}.")));
    };
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.starts_with('-');
    if is_plain && text.len() <= MAX_CHART_TEXT {
        return Ok(text);
    }
    let message = format!(
        "The chart's {what} must be at most {MAX_CHART_TEXT} characters of ASCII without spaces, and not begin with a \
         hyphen."
    );
    Err(FieldError::new(field, "chart_malformed", message))
}

fn parse_resources(input: &[ResourceInput<'_>], check: &mut Check) -> Vec<ResourceDraft> {
    if input.len() > MAX_RESOURCES {
        let message = format!("A version has at most {MAX_RESOURCES} documents.");
        check.fail(FieldError::new("resources", "too_many_resources", message));
        return Vec::new();
    }
    let mut drafts = Vec::with_capacity(input.len());
    for (number, resource) in (1..).zip(input) {
        let name = Name::parse("resources", resource.name).map_err(|error| FieldError {
            message: format!("Document {number} of the list: {}", error.message),
            ..error
        });
        if resource.content.len() > MAX_FILE {
            let message = format!("Document {number} of the list is larger than {} KiB.", MAX_FILE / 1024);
            check.fail(FieldError::new("resources", "file_too_large", message));
        }
        if let Some(name) = check.take(name) {
            drafts.push(ResourceDraft {
                name,
                content: resource.content.to_owned(),
                visible_to_customers: resource.visible_to_customers,
            });
        }
    }
    drafts
}

fn parse_files(kind: TargetKind, files: VersionFiles, check: &mut Check) -> VersionFiles {
    let given = |file: Option<Vec<u8>>| file.filter(|bytes| !bytes.is_empty());
    let (compose, values, template) = (given(files.compose), given(files.values), given(files.template));
    if kind == TargetKind::Docker && compose.is_none() {
        let message = "Add the Compose file of this version.";
        check.fail(FieldError::new("composefile", "compose_file_missing", message));
    }
    if kind == TargetKind::Docker && values.is_some() {
        let message = "A Docker application has no values file. Leave it out.";
        check.fail(FieldError::new("valuesfile", "values_file_unexpected", message));
    }
    // A published client may send a Compose file whatever the kind.
    let compose = compose.filter(|_| kind == TargetKind::Docker);
    type Reading = fn(&[u8]) -> Result<(), FileError>;
    let readings: [(_, _, Reading); 3] = [
        ("composefile", &compose, |bytes| ComposeFile::parse(bytes).map(|_| ())),
        ("valuesfile", &values, |bytes| Document::parse(bytes).map(|_| ())),
        ("templatefile", &template, |bytes| crate::yaml::text(bytes).map(|_| ())),
    ];
    for (field, file, read) in readings {
        let Some(bytes) = file else { continue };
        if bytes.len() > MAX_FILE {
            let message = format!("The file is larger than {} KiB. Shorten it.", MAX_FILE / 1024);
            check.fail(FieldError::new(field, "file_too_large", message));
        } else if let Err(error) = read(bytes) {
            check.fail(FieldError::new(field, "file_malformed", error.to_string()));
        }
    }
    VersionFiles { compose, values, template }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Option<Vec<u8>> {
        Some(text.as_bytes().to_vec())
    }

    fn docker() -> VersionInput<'static> {
        let files = VersionFiles { compose: file("services: {}\n"), ..VersionFiles::default() };
        VersionInput { name: "1.0.0", files, ..VersionInput::default() }
    }

    fn helm() -> VersionInput<'static> {
        let chart = ChartInput {
            kind: Some("repository"),
            name: Some("fleet"),
            url: Some("https://charts.example.com"),
            version: Some("1.4.0"),
        };
        VersionInput { name: "1.0.0", chart, ..VersionInput::default() }
    }

    fn oci() -> VersionInput<'static> {
        let url = Some("oci://registry.example.com/charts/fleet");
        let chart = ChartInput { kind: Some("oci"), name: None, url, ..helm().chart };
        VersionInput { chart, ..helm() }
    }

    fn codes(kind: TargetKind, input: VersionInput<'_>) -> Vec<(&'static str, &'static str)> {
        match VersionDraft::parse(kind, input) {
            Ok(_) => Vec::new(),
            Err(Invalid(errors)) => errors.iter().map(|error| (error.field, error.code)).collect(),
        }
    }

    #[test]
    fn docker_version_needs_a_compose_file_and_no_chart() {
        use TargetKind::Docker;
        assert_eq!(codes(Docker, docker()), []);
        let none = VersionInput { files: VersionFiles::default(), ..docker() };
        assert_eq!(codes(Docker, none), [("composefile", "compose_file_missing")]);
        let empty = VersionFiles { compose: file(""), ..VersionFiles::default() };
        assert_eq!(
            codes(Docker, VersionInput { files: empty, ..docker() }),
            [("composefile", "compose_file_missing")]
        );
        let values = VersionFiles { values: file("a: 1"), ..docker().files };
        assert_eq!(
            codes(Docker, VersionInput { files: values, ..docker() }),
            [("valuesfile", "values_file_unexpected")]
        );
        assert_eq!(
            codes(Docker, VersionInput { chart: helm().chart, ..docker() }),
            ["chartType", "chartName", "chartUrl", "chartVersion"].map(|field| (field, "chart_unexpected"))
        );
    }

    #[test]
    fn kubernetes_version_needs_a_chart() {
        use TargetKind::Kubernetes;
        assert_eq!(codes(Kubernetes, helm()), []);
        assert_eq!(codes(Kubernetes, oci()), []);
        let none = VersionInput { chart: ChartInput::default(), ..helm() };
        assert_eq!(
            codes(Kubernetes, none),
            [
                ("chartType", "chart_type_unknown"),
                ("chartUrl", "chart_incomplete"),
                ("chartVersion", "chart_incomplete")
            ]
        );
        let unnamed = VersionInput { chart: ChartInput { name: Some(" "), ..helm().chart }, ..helm() };
        assert_eq!(codes(Kubernetes, unnamed), [("chartName", "chart_incomplete")]);
        let git = VersionInput { chart: ChartInput { kind: Some("git"), ..helm().chart }, ..helm() };
        assert_eq!(codes(Kubernetes, git), [("chartType", "chart_type_unknown")]);
        let files = VersionFiles { compose: file("services: {}"), ..VersionFiles::default() };
        let draft = VersionDraft::parse(Kubernetes, VersionInput { files, ..helm() }).unwrap();
        assert_eq!(draft.files.compose, None, "left out, as published clients expect");
    }

    #[test]
    fn chart_is_an_address_and_never_an_option() {
        for (kind, url) in [
            ("repository", "oci://registry.example.com/charts"),
            ("repository", "/srv/charts"),
            ("repository", "file:///srv/charts"),
            ("repository", "https://"),
            ("oci", "https://charts.example.com"),
            ("oci", "registry.example.com/charts"),
        ] {
            let chart = ChartInput { kind: Some(kind), url: Some(url), ..helm().chart };
            let input = VersionInput { chart, ..helm() };
            assert_eq!(codes(TargetKind::Kubernetes, input), [("chartUrl", "chart_url_malformed")], "{url}");
        }
        for text in ["--post-renderer=/bin/sh", "1.0 0", "1.0\n0", "ü"] {
            let chart = ChartInput { version: Some(text), name: Some(text), ..helm().chart };
            let input = VersionInput { chart, ..helm() };
            assert_eq!(
                codes(TargetKind::Kubernetes, input),
                [("chartVersion", "chart_malformed"), ("chartName", "chart_malformed")],
                "{text}"
            );
        }
    }

    #[test]
    fn every_error_is_reported_at_once() {
        let large = "x".repeat(MAX_FILE + 1);
        let (long, resource) = ("x".repeat(MAX_LINK_TEMPLATE + 1), "x".repeat(MAX_FILE + 1));
        let input = VersionInput {
            name: " ",
            link_template: &long,
            chart: ChartInput::default(),
            files: VersionFiles { compose: file(&large), values: None, template: Some(b"a\n\xff".to_vec()) },
            resources: vec![
                ResourceInput { name: "", content: "x", visible_to_customers: false },
                ResourceInput { name: "Manual", content: &resource, visible_to_customers: true },
            ],
        };
        let Err(Invalid(errors)) = VersionDraft::parse(TargetKind::Docker, input) else { panic!("taken") };
        let codes: Vec<_> = errors.iter().map(|error| (error.field, error.code)).collect();
        assert_eq!(
            codes,
            [
                ("name", "name_blank"),
                ("linkTemplate", "link_template_too_long"),
                ("resources", "name_blank"),
                ("resources", "file_too_large"),
                ("composefile", "file_too_large"),
                ("templatefile", "file_malformed"),
            ]
        );
        assert_eq!(errors[5].message, "Line 2, column 1: The file is not UTF-8. Save it in that encoding.");
    }

    #[test]
    fn files_and_documents_are_kept_byte_for_byte() {
        let compose = "# \u{e9}\nservices:\r\n  a: {}\t\r\n\r\n";
        let files = VersionFiles { compose: file(compose), template: file("A=1 \n"), values: None };
        let manual = ResourceInput { name: " Manual ", content: " # Hi\r\n", visible_to_customers: true };
        let input = VersionInput { files: files.clone(), resources: vec![manual], ..docker() };
        let draft = VersionDraft::parse(TargetKind::Docker, input).unwrap();
        assert_eq!(draft.files, files);
        assert_eq!((draft.resources[0].name.as_str(), &*draft.resources[0].content), ("Manual", " # Hi\r\n"));
        let largest = format!("{compose}{}", "#".repeat(MAX_FILE - compose.len()));
        let largest = VersionFiles { compose: file(&largest), ..VersionFiles::default() };
        assert_eq!(codes(TargetKind::Docker, VersionInput { files: largest, ..docker() }), []);
        let resources = vec![ResourceInput { name: "a", ..ResourceInput::default() }; MAX_RESOURCES + 1];
        assert_eq!(
            codes(TargetKind::Docker, VersionInput { resources, ..docker() }),
            [("resources", "too_many_resources")]
        );
    }

    #[test]
    fn file_that_is_no_mapping_is_refused_with_its_place() {
        for (text, message) in [
            (
                "services:\n\ta: {}\n",
                "Line 2, column 1: This is not YAML: lines are indented with blanks, and here is a tab.",
            ),
            (
                "- a\n",
                "Line 1, column 1: The file has to be a mapping (“key: value”), not a list or a single value.",
            ),
            (
                "services:\n  web: nginx\n",
                "Line 2, column 3: The service “web” has to be a mapping, with “image:” and more.",
            ),
        ] {
            let files = VersionFiles { compose: file(text), ..VersionFiles::default() };
            let refused = VersionDraft::parse(TargetKind::Docker, VersionInput { files, ..docker() });
            assert_eq!(refused.unwrap_err().to_string(), message);
        }
        let files = VersionFiles { values: file("# nothing\n"), ..VersionFiles::default() };
        assert_eq!(
            codes(TargetKind::Kubernetes, VersionInput { files, ..helm() }),
            [("valuesfile", "file_malformed")]
        );
        let link = VersionInput { link_template: "https://{{ .Env.HOST }", ..docker() };
        assert_eq!(codes(TargetKind::Docker, link), [("linkTemplate", "link_template_malformed")]);
    }

    #[test]
    fn application_has_a_name_and_a_kind() {
        let draft = ApplicationDraft::parse(" Fleet ", "kubernetes").unwrap();
        assert_eq!((draft.name.as_str(), draft.kind), ("Fleet", TargetKind::Kubernetes));
        let Err(Invalid(errors)) = ApplicationDraft::parse("", "") else { panic!("taken") };
        assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), ["name_blank", "type_unknown"]);
    }
}
