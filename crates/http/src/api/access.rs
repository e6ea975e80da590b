//! `/api/v1/access`: what customers may reach, and why.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::id::CustomerId;
use grantry_ops::Ops;
use grantry_ops::access::explain::{self, Answer, Named};
use grantry_ops::access::sight::{self, Sees};
use grantry_wire::Time;
use grantry_wire::access::{AccessExplanation, ArtifactSight, NamedEntitlement, SeenArtifact, SeenTag};
use grantry_wire::problem::Problem;
use http::Uri;
use serde::Deserialize;

use super::artifact_entitlements::present_scope;
use super::parameter;
use crate::extract::{Api, Paging, Query};
use crate::problem::ApiProblem;
use crate::respond::{Json, with_next};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// The customer.
    #[param(value_type = uuid::Uuid)]
    customer: Option<String>,
    /// The artifact, by its name or its id.
    #[param(value_type = String)]
    artifact: Option<String>,
    /// A tag, or the digest of a manifest, of a child of an index, or of a blob.
    #[param(value_type = String)]
    reference: Option<String>,
}

fn present_entitlement(named: &Named) -> NamedEntitlement {
    NamedEntitlement { id: named.id.0, name: named.name.as_str().to_owned() }
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
        scope: scope.map(present_scope),
        until: until.map(Time),
        through: through.map(ToString::to_string),
    }
}

/// Why a customer may or may not pull something
///
/// Of several entitlements that grant it, the one that ends last is named.
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
}

/// What a customer sees now
///
/// Artifacts by name, with the tags that the customer's members see and the entitlements that grant them.
#[utoipa::path(get, operation_id = "access_sight",
    path = "/api/v1/access/sight", tag = "artifact entitlements", security(("token" = [])),
    params(
        Whose,
        ("q" = Option<String>, Query, description = "Only artifacts whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many artifacts, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses(
        (status = 200, body = ArtifactSight),
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
    let sees = sight::sight(&ops, &caller, customer, &page).await;
    let sees = sees.map_err(|error| ApiProblem::from(error).into_response())?;
    let (code, artifacts, next) = match sees {
        Sees::FeatureOff => ("feature_off", Vec::new(), None),
        Sees::Everything => ("everything", Vec::new(), None),
        Sees::Granted(page) => ("granted", page.items, page.next),
    };
    let body =
        ArtifactSight { sees: code.to_owned(), artifacts: artifacts.iter().map(present_seen).collect() };
    Ok(with_next(Json(body).into_response(), &uri, next.as_ref()))
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
