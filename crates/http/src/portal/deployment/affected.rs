//! Deployments that read what changes, as pages show them.

use grantry_ops::Ops;
use grantry_ops::deployment::affected::{Affected, Skipped};
use grantry_ops::error::Error;
use grantry_ui::pages::deployment::DeploymentRef;
use grantry_ui::pages::deployment::affected as ui;
use grantry_ui::pages::license_key::Owner;

use crate::portal::frame::Member;
use crate::portal::secret::{owner_in, owners_of};

/// They, with what becomes of each.
pub(crate) async fn present(
    ops: &Ops,
    member: &Member,
    all: &[Affected],
) -> Result<Vec<ui::Affected>, Error> {
    let refs = refs(ops, member, all).await?;
    let shown = refs.into_iter().zip(all);
    Ok(shown
        .map(|(deployment, one)| ui::Affected { deployment, skipped: one.skipped.map(skipped) })
        .collect())
}

/// They, to lead to.
pub(crate) async fn refs(ops: &Ops, member: &Member, all: &[Affected]) -> Result<Vec<DeploymentRef>, Error> {
    let owners = owners_of(ops, member, &all.iter().filter_map(|one| one.customer).collect()).await?;
    Ok(all.iter().map(|one| link(one, &owners)).collect())
}

fn link(one: &Affected, owners: &[Owner]) -> DeploymentRef {
    DeploymentRef {
        deployment: one.deployment,
        application: one.application.clone(),
        target: one.target_name.clone(),
        customer: owner_in(owners, one.customer).map(|owner| owner.name),
    }
}

fn skipped(why: Skipped) -> ui::Skipped {
    match why {
        Skipped::LicenseExpired => ui::Skipped::Expired,
        Skipped::NotEntitled => ui::Skipped::NotEntitled,
        Skipped::NotRenderable => ui::Skipped::NotRenderable,
    }
}
