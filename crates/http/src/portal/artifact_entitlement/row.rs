//! Rows of the form: what was typed, with what there is to choose and what it covers now.

use std::str::FromStr;

use grantry_model::artifact::TagEntry;
use grantry_model::artifact_entitlement::Scope;
use grantry_model::field::FieldError;
use grantry_model::id::{ArtifactId, ManifestId};
use grantry_ops::Ops;
use grantry_ops::artifact::tags::covered;
use grantry_ops::artifact::{manifest, tags};
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ui::form::FormState;
use grantry_ui::pages::artifact_entitlement::fields::GrantValues;
use grantry_ui::pages::artifact_entitlement::grant::{GrantRow, ManifestChoice, TagChoice};
use grantry_ui::pages::entitlement::Matches;

/// Most tags that are offered to choose from, besides the chosen ones.
const OFFERED: usize = 100;
/// Tags that are named of many.
const NAMED: usize = 10;

/// A row. `kept` are manifests that stay to be chosen when they no longer are.
pub(super) async fn row(
    ops: &Ops,
    caller: &Caller,
    form: FormState<GrantValues>,
    kept: &[ManifestId],
) -> Result<GrantRow, Error> {
    let Ok(artifact) = form.values.artifact.parse::<ArtifactId>() else {
        return Ok(GrantRow { form, ..GrantRow::default() });
    };
    let now = match tags::list(ops, caller, artifact, "").await {
        Ok(now) => now,
        // An artifact that was deleted meanwhile can't be chosen any more.
        Err(Error::NotFound(_)) => return Ok(GrantRow { form, ..GrantRow::default() }),
        Err(error) => return Err(error),
    };
    let (offered, more) = offered(&form.values, &now);
    Ok(GrantRow {
        tags_now: now.len() as u64,
        newest: names(now.iter().map(|tag| &tag.name)),
        tags: offered,
        more,
        manifests: manifests(ops, caller, artifact, (&form.values, kept)).await?,
        pattern: matches(form.values.pattern.trim().parse().map(Scope::Pattern), &now),
        range: matches(form.values.range.trim().parse().map(Scope::Range), &now),
        form,
    })
}

/// All chosen tags, then the newest that fit the search; and how many more do.
fn offered(values: &GrantValues, now: &[TagEntry]) -> (Vec<TagChoice>, u64) {
    let at = |name: &str| now.iter().find(|tag| tag.name.as_str() == name).map(|tag| tag.updated_at);
    let chosen = values.tags.iter().map(|name| TagChoice { name: name.clone(), pushed_at: at(name) });
    let search = values.search.trim().to_lowercase();
    let fits = |tag: &&TagEntry| {
        let name = tag.name.as_str();
        name.to_lowercase().contains(&search) && !values.tags.iter().any(|chosen| chosen == name)
    };
    let others: Vec<_> = now.iter().filter(fits).collect();
    let more = others.len().saturating_sub(OFFERED) as u64;
    let others = others
        .into_iter()
        .take(OFFERED)
        .map(|tag| TagChoice { name: tag.name.to_string(), pushed_at: Some(tag.updated_at) });
    (chosen.chain(others).collect(), more)
}

async fn manifests(
    ops: &Ops,
    caller: &Caller,
    artifact: ArtifactId,
    (values, kept): (&GrantValues, &[ManifestId]),
) -> Result<Vec<ManifestChoice>, Error> {
    let mut ids: Vec<ManifestId> =
        values.manifests.iter().filter_map(|id| ManifestId::from_str(id).ok()).collect();
    ids.extend(kept.iter().filter(|id| !values.manifests.contains(&id.to_string())));
    let mut choices = Vec::with_capacity(ids.len());
    for id in ids {
        match manifest::find(ops, caller, artifact, id).await {
            Ok((manifest, tags)) => choices.push(ManifestChoice {
                manifest: id,
                digest: manifest.digest.to_string(),
                tags: tags.iter().map(|tag| tag.name.to_string()).collect(),
            }),
            // It belongs to another artifact, or was deleted meanwhile; so it can't be chosen here.
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(choices)
}

/// What an expression covers now; nothing as long as it can't be read.
fn matches<E>(scope: Result<Scope, E>, now: &[TagEntry]) -> Matches {
    let Ok(scope) = scope else { return Matches::default() };
    let found = covered(&scope, now);
    Matches { count: found.len() as u64, newest: names(found.into_iter()) }
}

fn names<'t>(tags: impl Iterator<Item = &'t grantry_oci::reference::Tag>) -> Vec<String> {
    tags.take(NAMED).map(ToString::to_string).collect()
}

/// What stands before what is wrong with a grant of an input.
const PREFIX: &str = "Artifact ";

/// Of errors about the grants of an input: the row that each belongs to, if it is about one, and the error as that row shows
/// it. Operations name a grant by its place in the list, from 1.
pub(super) fn place(error: FieldError) -> (Option<usize>, FieldError) {
    let about = |error: &FieldError| {
        let (number, words) = error.message.strip_prefix(PREFIX)?.split_once(" of the list")?;
        let words = words.strip_prefix(": ").unwrap_or(words.trim_start()).to_owned();
        Some((number.parse::<usize>().ok()?.checked_sub(1)?, words))
    };
    let Some((row, words)) = (if error.field == "artifacts" { about(&error) } else { None }) else {
        return (None, error);
    };
    let field = match error.code {
        "artifact_unknown" | "artifact_twice" => "artifactId",
        "pattern_malformed" | "range_malformed" => "expression",
        _ => "scope",
    };
    let words = match error.code {
        "artifact_twice" => format!("This {words}"),
        _ => sentence(&words),
    };
    (Some(row), FieldError::new(field, error.code, words))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_grant_stands_in_its_row() {
        let error = |code, words: &str| FieldError::new("artifacts", code, words);
        for (given, row, field, words) in [
            (
                error("scope_empty", "Artifact 2 of the list: nothing of it is chosen."),
                Some(1),
                "scope",
                "Nothing of it is chosen.",
            ),
            (
                error("range_malformed", "Artifact 12 of the list: “x” is no range."),
                Some(11),
                "expression",
                "“x” is no range.",
            ),
            (
                error("artifact_twice", "Artifact 3 of the list is the same as artifact 1."),
                Some(2),
                "artifactId",
                "This is the same as artifact 1.",
            ),
            (
                error("artifacts_missing", "Add at least one artifact."),
                None,
                "artifacts",
                "Add at least one artifact.",
            ),
            (error("x", "Artifact 0 of the list: no."), None, "artifacts", "Artifact 0 of the list: no."),
            (
                FieldError::new("name", "name_blank", "Artifact 1 of the list: no."),
                None,
                "name",
                "Artifact 1 of the list: no.",
            ),
        ] {
            let (found, error) = place(given);
            assert_eq!((found, error.field, error.message.as_str()), (row, field, words));
        }
    }

    #[test]
    fn chosen_tags_stand_first_and_the_others_fit_the_search() {
        let entry = |number: u128, name: &str| TagEntry {
            id: uuid::Uuid::from_u128(number).into(),
            name: name.parse().unwrap(),
            manifest: uuid::Uuid::nil().into(),
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        };
        let now: Vec<_> = (0..150).map(|number| entry(number, &format!("1.{number}-RC"))).collect();
        let values = GrantValues {
            search: " rc".to_owned(),
            tags: vec!["1.149-RC".to_owned(), "gone".to_owned()],
            ..GrantValues::default()
        };
        let (offered, more) = offered(&values, &now);
        let first: Vec<_> =
            offered.iter().take(3).map(|tag| (tag.name.as_str(), tag.pushed_at.is_some())).collect();
        assert_eq!(first, [("1.149-RC", true), ("gone", false), ("1.0-RC", true)]);
        assert_eq!((offered.len(), more), (102, 49));
    }
}
