//! `/api/v1/access`: what customers may reach, and why.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::id::CustomerId;
use grantry_model::page::Cursor;
use grantry_ops::Ops;
use grantry_ops::access::explain::{self, Answer, Named};
use grantry_ops::access::explain_application::{self, Answer as ApplicationAnswer, Explanation};
use grantry_ops::access::sight::{self, Sees};
use grantry_ops::access::sight_application::{self, Sees as SeesApplications};
use grantry_wire::Time;
use grantry_wire::access::{
    AccessExplanation, ExplainedScope, NamedEntitlement, SeenApplication, SeenArtifact, SeenTag, SeenVersion,
    Sight,
};
use grantry_wire::problem::Problem;
use http::Uri;
use serde::Deserialize;
use uuid::Uuid;

use super::{application_entitlements, artifact_entitlements, parameter};
use crate::extract::{Api, Paging, Query};
use crate::problem::{ApiProblem, of_field};
use crate::respond::{Json, with_next};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// The customer.
    #[param(value_type = uuid::Uuid)]
    customer: Option<String>,
    /// The artifact, by its name or its id.
    artifact: Option<String>,
    /// A tag of the artifact, or the digest of a manifest, of a child of an index, or of a blob.
    reference: Option<String>,
    /// The application, by its name or its id, instead of an artifact.
    application: Option<String>,
    /// A version of the application, by its name or its id; without: anything of the application.
    version: Option<String>,
}

fn present_entitlement<E: Into<Uuid> + Copy>(named: &Named<E>) -> NamedEntitlement {
    NamedEntitlement { id: named.id.into(), name: named.name.as_str().to_owned() }
}

fn present(answer: &Answer) -> AccessExplanation {
    let (rule, scope, until, through) = match answer {
        Answer::Granted { rule, scope, until, through, .. } => {
            (Some(rule), Some(scope), *until, through.as_ref())
        }
        Answer::Expired { at, .. } => (None, None, Some(*at), None),
        Answer::OutsideScope(all) => (None, all.first().map(|(_, scope)| scope), None, None),
        Answer::Unrestricted | Answer::FeatureOff | Answer::NoEntitlement | Answer::Unknown => {
            (None, None, None, None)
        }
    };
    AccessExplanation {
        allowed: answer.is_allowed(),
        code: answer.code().to_owned(),
        sentence: answer.sentence(),
        rule: rule.map(|rule| rule.as_str().to_owned()),
        entitlement: answer.entitlement().map(present_entitlement),
        scope: scope.map(|scope| ExplainedScope::Artifact(artifact_entitlements::present_scope(scope))),
        until: until.map(Time),
        through: through.map(ToString::to_string),
    }
}

fn present_application(explanation: &Explanation) -> AccessExplanation {
    let answer = &explanation.answer;
    let (rule, scope, until) = match answer {
        ApplicationAnswer::Granted { rule, scope, until, .. } => (Some(rule), Some(scope), *until),
        ApplicationAnswer::Expired { at, .. } => (None, None, Some(*at)),
        ApplicationAnswer::OutsideScope(all) => (None, all.first().map(|(_, scope)| scope), None),
        ApplicationAnswer::Unrestricted
        | ApplicationAnswer::FeatureOff
        | ApplicationAnswer::NoEntitlement
        | ApplicationAnswer::Unknown => (None, None, None),
    };
    let scope = scope.map(application_entitlements::present_scope);
    AccessExplanation {
        allowed: answer.is_allowed(),
        code: answer.code().to_owned(),
        sentence: explanation.sentence(),
        rule: rule.map(|rule| rule.as_str().to_owned()),
        entitlement: answer.entitlement().map(present_entitlement),
        scope: scope.map(ExplainedScope::Application),
        until: until.map(Time),
        through: None,
    }
}

/// Why a customer may or may not pull or deploy something
///
/// Of an artifact and a tag or digest, or of an application and a version. Of several entitlements that grant it, the one that
/// ends last is named.
#[utoipa::path(get, operation_id = "access_explain",
    path = "/api/v1/access/explain", tag = "artifact entitlements", security(("token" = [])),
    params(Question),
    responses(
        (status = 200, body = AccessExplanation),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem, description = "There is no such customer."),
    ))]
pub(crate) async fn explain(
    State(ops): State<Ops>,
    Api(caller): Api,
    Query(question): Query<Question>,
) -> Result<Json<AccessExplanation>, Response> {
    let customer: Option<CustomerId> = parameter::id("customer", question.customer.as_deref())?;
    let customer = parameter::required("customer", customer)?;
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    if let Some(application) = given(question.application) {
        let version = given(question.version);
        let asked = (application.as_str(), version.as_deref());
        let answer = explain_application::explain(&ops, &caller, customer, asked).await;
        let answer = answer.map_err(|error| ApiProblem::from(error).into_response())?;
        return Ok(Json(present_application(&answer)));
    }
    let artifact = parameter::required("artifact", given(question.artifact))?;
    let reference = parameter::required("reference", given(question.reference))?;
    let answer = explain::explain(&ops, &caller, customer, (&artifact, &reference)).await;
    let answer = answer.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(Json(present(&answer)))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// The customer.
    #[param(value_type = uuid::Uuid)]
    customer: Option<String>,
    /// Of what: `artifacts`, also without, or `applications`.
    of: Option<String>,
}

/// What a customer sees now
///
/// Artifacts by name, with the tags that the customer's members see and the entitlements that grant them; or applications with
/// versions.
#[utoipa::path(get, operation_id = "access_sight",
    path = "/api/v1/access/sight", tag = "artifact entitlements", security(("token" = [])),
    params(
        Whose,
        ("q" = Option<String>, Query, description = "Only what has a name that contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses(
        (status = 200, body = Sight),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem, description = "There is no such customer."),
    ))]
pub(crate) async fn sight(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(whose): Query<Whose>,
    uri: Uri,
) -> Result<Response, Response> {
    let customer: Option<CustomerId> = parameter::id("customer", whose.customer.as_deref())?;
    let customer = parameter::required("customer", customer)?;
    let problem = |error| ApiProblem::from(error).into_response();
    let (body, next) = match whose.of.as_deref().unwrap_or("artifacts") {
        "artifacts" => present_sight(sight::sight(&ops, &caller, customer, &page).await.map_err(problem)?),
        "applications" => {
            let sees = sight_application::sight(&ops, &caller, customer, &page).await.map_err(problem)?;
            present_application_sight(sees)
        }
        _ => return Err(of_field("of", "kind_unknown", "of is artifacts or applications.")),
    };
    Ok(with_next(Json(body).into_response(), &uri, next.as_ref()))
}

fn present_sight(sees: Sees) -> (Sight, Option<Cursor>) {
    let (code, artifacts, next) = match sees {
        Sees::FeatureOff => ("feature_off", Vec::new(), None),
        Sees::Everything => ("everything", Vec::new(), None),
        Sees::Granted(page) => ("granted", page.items, page.next),
    };
    let artifacts = artifacts.iter().map(present_seen).collect();
    (Sight { sees: code.to_owned(), artifacts, applications: Vec::new() }, next)
}

fn present_application_sight(sees: SeesApplications) -> (Sight, Option<Cursor>) {
    let (code, applications, next) = match sees {
        SeesApplications::FeatureOff => ("feature_off", Vec::new(), None),
        SeesApplications::Everything => ("everything", Vec::new(), None),
        SeesApplications::Granted(page) => ("granted", page.items, page.next),
    };
    let applications = applications.iter().map(present_seen_application).collect();
    (Sight { sees: code.to_owned(), artifacts: Vec::new(), applications }, next)
}

fn present_seen(seen: &sight::SeenArtifact) -> SeenArtifact {
    let tags = seen.newest.iter();
    SeenArtifact {
        id: seen.artifact.0,
        name: seen.name.clone(),
        seen_tag_count: seen.seen,
        tag_count: seen.tags,
        tags: tags
            .map(|(tag, by)| SeenTag { name: tag.to_string(), entitlement: present_entitlement(by) })
            .collect(),
    }
}

fn present_seen_application(seen: &sight_application::SeenApplication) -> SeenApplication {
    let versions = seen.newest.iter().map(|(version, by)| SeenVersion {
        id: version.id.0,
        name: version.name.as_str().to_owned(),
        archived_at: version.archived_at.map(Time),
        entitlement: present_entitlement(by),
    });
    SeenApplication {
        id: seen.application.0,
        name: seen.name.as_str().to_owned(),
        seen_version_count: seen.seen,
        version_count: seen.versions,
        versions: versions.collect(),
    }
}
