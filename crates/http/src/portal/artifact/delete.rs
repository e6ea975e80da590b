//! Deleting an artifact, a manifest or a tag, unless an entitlement holds it.

use axum::extract::State;
use axum::response::Response;
use grantry_model::artifact::Holder as Held;
use grantry_model::id::ArtifactId;
use grantry_model::policy::Action;
use grantry_oci::reference::Reference;
use grantry_ops::artifact::manifest;
use grantry_ops::artifact::remove::{self, Removal};
use grantry_ops::error::Error;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::artifact::delete::{Delete, Doomed, Holder};
use grantry_ui::pages::artifact_entitlement::EntitlementRef;
use grantry_ui::pages::license_key::Owner;
use grantry_ui::route::{Artifacts, ShowArtifact};

use crate::app::App;
use crate::extract::{ManifestPath, Path, TagPath};
use crate::portal::error::{PageError, PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// The question before the artifact goes.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<ArtifactId>) -> PageResult {
    ask(&app, member, id, None).await
}

/// Deletes the artifact.
pub(crate) async fn delete(
    State(app): State<App>,
    Path(id): Path<ArtifactId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let deleted = remove::artifact(&app.ops, &member.caller, id).await;
    answer(&app, member, (id, None), deleted, go(&Artifacts, Notice::Deleted)).await
}

/// The question before a tag goes.
pub(crate) async fn show_tag(State(app): State<App>, member: Member, path: TagPath) -> PageResult {
    ask(&app, member, path.artifact, Some(&Reference::Tag(path.tag))).await
}

/// Deletes a tag.
pub(crate) async fn delete_tag(
    State(app): State<App>,
    path: TagPath,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    delete_reference(&app, member, path.artifact, &Reference::Tag(path.tag)).await
}

/// The question before a manifest goes.
pub(crate) async fn show_manifest(State(app): State<App>, member: Member, path: ManifestPath) -> PageResult {
    let reference = digest(&app, &member, &path).await?;
    ask(&app, member, path.artifact, Some(&reference)).await
}

/// Deletes a manifest.
pub(crate) async fn delete_manifest(
    State(app): State<App>,
    path: ManifestPath,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let reference = digest(&app, &member, &path).await?;
    delete_reference(&app, member, path.artifact, &reference).await
}

/// Whoever may not delete is told so before they learn what there is.
async fn digest(app: &App, member: &Member, path: &ManifestPath) -> Result<Reference, Error> {
    app.ops.require(&member.caller, Action::DeleteArtifacts).await?;
    let (manifest, _) = manifest::find(&app.ops, &member.caller, path.artifact, path.manifest).await?;
    Ok(Reference::Digest(manifest.digest))
}

async fn delete_reference(app: &App, member: Member, id: ArtifactId, reference: &Reference) -> PageResult {
    let deleted = remove::reference(&app.ops, &member.caller, id, reference).await;
    let done = go(&ShowArtifact { artifact: id }, Notice::Deleted);
    answer(app, member, (id, Some(reference)), deleted, done).await
}

async fn ask(app: &App, member: Member, id: ArtifactId, reference: Option<&Reference>) -> PageResult {
    let removal = remove::preview(&app.ops, &member.caller, id, reference).await?;
    let page = page((app, &member), removal, reference);
    Ok(member.page(Nav::Artifacts, &page))
}

/// Leads on after the deletion; if it was refused, the question comes back and says what holds it.
async fn answer(
    app: &App,
    member: Member,
    (id, reference): (ArtifactId, Option<&Reference>),
    deleted: Result<(), Error>,
    done: Response,
) -> Result<Response, PageError> {
    match checked(deleted)? {
        Ok(()) => Ok(done),
        Err(refusal) => {
            let removal = remove::preview(&app.ops, &member.caller, id, reference).await?;
            let page = page((app, &member), removal, reference);
            Ok(member.refused(&refusal, Nav::Artifacts, &page))
        }
    }
}

fn page((app, member): (&App, &Member), removal: Removal, reference: Option<&Reference>) -> Delete {
    let can_open = member.may(app, Action::EditArtifactEntitlements);
    Delete {
        artifact: removal.artifact.id,
        name: removal.artifact.name.to_string(),
        held_by: removal.holders.iter().map(|held| holder(held, can_open)).collect(),
        seen_tags: removal.seen_tags,
        doomed: doomed(removal, reference),
    }
}

fn doomed(removal: Removal, reference: Option<&Reference>) -> Doomed {
    let tags = removal.tags.iter().map(|tag| tag.name.to_string());
    match (removal.manifest, reference) {
        (Some(manifest), Some(Reference::Tag(tag))) => Doomed::Tag {
            tag: tag.to_string(),
            digest: manifest.digest.to_string(),
            has_others: removal.tags.iter().any(|other| other.name != *tag),
        },
        (Some(manifest), _) => Doomed::Manifest {
            manifest: manifest.id,
            digest: manifest.digest.to_string(),
            tags: tags.collect(),
        },
        (None, _) => Doomed::Artifact {
            tags: removal.contents.tags,
            manifests: removal.contents.manifests,
            size: removal.contents.size,
        },
    }
}

fn holder(held: &Held, can_open: bool) -> Holder {
    Holder {
        entitlement: EntitlementRef {
            entitlement: held.entitlement,
            name: held.name.as_str().to_owned(),
            can_open,
        },
        customer: Owner { customer: held.customer, name: held.customer_name.as_str().to_owned() },
    }
}
