//! Deletes images that an earlier revision left.

use std::collections::BTreeSet;

use super::engine::{Deletion, Engine};

/// Deletes those that no container has, also none of other projects or of no project. Gives those that are still there.
pub(super) async fn clean(engine: &Engine, images: BTreeSet<String>) -> BTreeSet<String> {
    if images.is_empty() {
        return images;
    }
    let in_use = match engine.images_in_use().await {
        Ok(in_use) => in_use,
        Err(error) => {
            tracing::debug!("images are not cleaned up: {error:#}");
            return images;
        }
    };
    let mut left = BTreeSet::new();
    for image in images {
        if in_use.contains(&image) {
            left.insert(image);
            continue;
        }
        match delete(engine, &image).await {
            Ok(Deletion::Done) => tracing::debug!(image, "deleted an image of an earlier revision"),
            Ok(Deletion::InUse) => drop(left.insert(image)),
            Err(error) => {
                tracing::debug!(image, "an image of an earlier revision stays: {error:#}");
                left.insert(image);
            }
        }
    }
    left
}

/// By all of its names, because an image with several can't be deleted by its id.
async fn delete(engine: &Engine, id: &str) -> anyhow::Result<Deletion> {
    let Some(image) = engine.find_image(id).await? else { return Ok(Deletion::Done) };
    let mut names: Vec<_> =
        image.repo_tags.into_iter().flatten().filter(|name| name != "<none>:<none>").collect();
    if names.is_empty() {
        names = image.repo_digests.into_iter().flatten().filter(|name| !name.starts_with("<none>")).collect();
    }
    for name in names {
        if engine.delete_image(&name).await? == Deletion::InUse {
            return Ok(Deletion::InUse);
        }
    }
    // What had no name, or has some left.
    engine.delete_image(id).await
}
