//! One version of an application.

use axum::extract::State;
use grantry_model::application::{Chart, Resource, TargetKind, VersionFiles};
use grantry_model::policy::Action;
use grantry_ops::{application, application_version};
use grantry_ui::layout::Nav;
use grantry_ui::pages::application_version::show as ui;

use crate::app::App;
use crate::extract::ApplicationVersionPath;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    ApplicationVersionPath(at): ApplicationVersionPath,
) -> PageResult {
    let (ops, caller) = (&app.ops, &member.caller);
    ops.require(caller, Action::ViewCustomers).await?;
    let version = application_version::show(ops, caller, at).await?;
    let application = application::show(ops, caller, at.0).await?.application;
    let files = application_version::files(ops, caller, at).await?;
    let resources = application_version::resources(ops, caller, at).await?;
    let page = ui::Show {
        application: at.0,
        application_name: application.name.as_str().to_owned(),
        version: version.id,
        name: version.name.as_str().to_owned(),
        created_at: version.created_at,
        archived_at: version.archived_at,
        chart: version.chart.map(chart),
        files: present(&files, application.kind),
        link_template: version.link_template,
        documents: resources.into_iter().map(document).collect(),
        can_edit: member.may(&app, Action::EditApplications),
    };
    Ok(member.page(Nav::Applications, &page))
}

fn chart(chart: Chart) -> ui::Chart {
    ui::Chart { kind: chart.kind, name: chart.name, url: chart.url, version: chart.version }
}

fn document(resource: Resource) -> ui::Document {
    ui::Document {
        name: resource.name.as_str().to_owned(),
        content: resource.content,
        visible: resource.visible_to_customers,
    }
}

/// The files of a version with the names that they are downloaded under.
pub(super) fn named(files: &VersionFiles, kind: TargetKind) -> Vec<(&'static str, &'static str, &[u8])> {
    let (template, title) = match kind {
        TargetKind::Docker => ("template.env", "Environment template"),
        TargetKind::Kubernetes => ("template.yaml", "Values template"),
    };
    let all = [
        ("compose.yaml", "Compose file", &files.compose),
        ("values.yaml", "Base values", &files.values),
        (template, title, &files.template),
    ];
    all.into_iter().filter_map(|(name, title, bytes)| Some((name, title, bytes.as_deref()?))).collect()
}

fn present(files: &VersionFiles, kind: TargetKind) -> Vec<ui::VersionFile> {
    let file = |(name, title, bytes): (&str, &'static str, &[u8])| ui::VersionFile {
        name: name.to_owned(),
        title,
        text: String::from_utf8_lossy(bytes).into_owned(),
    };
    named(files, kind).into_iter().map(file).collect()
}
