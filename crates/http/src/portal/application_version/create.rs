//! Adding a version to an application.

use axum::extract::State;
use grantry_model::application::TargetKind;
use grantry_model::application::VersionFiles;
use grantry_model::application::draft::{ChartInput, ResourceInput, VersionInput};
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use grantry_ops::Ops;
use grantry_ops::application::{self, Detail};
use grantry_ops::application_version::create;
use grantry_ops::once::Once;
use grantry_ui::form::{FormState, Step};
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::application_version::fields::{VersionForm, VersionValues};
use grantry_ui::pages::application_version::new::New;
use grantry_ui::route::ShowApplicationVersion;

use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

impl ReadForm for VersionForm {
    fn read(fields: &Fields) -> Self {
        Self::read(|name| fields.all(name).collect()).stepped()
    }
}

fn page(detail: &Detail, form: FormState<VersionValues>) -> New {
    New {
        application: detail.application.id,
        application_name: detail.application.name.as_str().to_owned(),
        kind: detail.application.kind,
        form,
        documents: Vec::new(),
    }
}

/// The form.
pub(crate) async fn show(
    State(ops): State<Ops>,
    member: Member,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let detail = application::show(&ops, &member.caller, id).await?;
    Ok(member.page(Nav::Applications, &page(&detail, FormState::default())))
}

/// Adds it, or shows the form again with a document more or less.
pub(crate) async fn create(
    State(ops): State<Ops>,
    Path(id): Path<ApplicationId>,
    MemberForm { member, form }: MemberForm<VersionForm>,
) -> PageResult {
    ops.require(&member.caller, Action::EditApplications).await?;
    let detail = application::show(&ops, &member.caller, id).await?;
    if form.step != Step::Save {
        let page = New { documents: form.documents, ..page(&detail, FormState::fresh(form.values)) };
        return Ok(member.page(Nav::Applications, &page));
    }
    let input = (id, input(&form, detail.application.kind));
    match checked(create::create(&ops, &member.caller, input, &Once::without_key()).await)? {
        Ok(outcome) => {
            let version = outcome.made()?.id;
            Ok(go(&ShowApplicationVersion { application: id, version }, Notice::Created))
        }
        Err(refusal) => {
            let refused = FormState::refused(form.values, refusal.errors.clone());
            let page = New { documents: form.documents, ..page(&detail, refused) };
            Ok(member.refused(&refusal, Nav::Applications, &page))
        }
    }
}

/// What was typed, as the operation takes it. What the form of this kind has no field for is not sent on.
fn input(form: &VersionForm, kind: TargetKind) -> VersionInput<'_> {
    let values = &form.values;
    let is_chart = kind == TargetKind::Kubernetes;
    let given = |text: &str, wanted: bool| (wanted && !text.is_empty()).then(|| text.as_bytes().to_vec());
    let chart = ChartInput {
        kind: Some(values.chart_kind.as_str()),
        name: Some(&values.chart_name),
        url: Some(&values.chart_url),
        version: Some(&values.chart_version),
    };
    VersionInput {
        name: &values.name,
        link_template: &values.link_template,
        chart: if is_chart { chart } else { ChartInput::default() },
        files: VersionFiles {
            compose: given(&values.compose, !is_chart),
            values: given(&values.values, is_chart),
            template: given(&values.template, true),
        },
        resources: form
            .documents
            .iter()
            .map(|one| ResourceInput {
                name: &one.name,
                content: &one.content,
                visible_to_customers: one.visible,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_on_what_its_kind_has() {
        let values = VersionValues {
            name: "1.0.0".to_owned(),
            chart_url: "oci://registry.example/chart".to_owned(),
            compose: "services: {}".to_owned(),
            values: "a: 1".to_owned(),
            ..VersionValues::default()
        };
        let form = VersionForm { values, documents: Vec::new(), step: Step::Save };
        let docker = input(&form, TargetKind::Docker);
        assert!(
            docker.files.compose.is_some() && docker.files.values.is_none() && docker.chart.url.is_none()
        );
        let chart = input(&form, TargetKind::Kubernetes);
        assert!(chart.files.compose.is_none() && chart.files.values.is_some());
        assert_eq!((chart.chart.kind, chart.files.template), (Some("oci"), None));
    }
}
