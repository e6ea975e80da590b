//! The keys that sign license tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use grantry_license::{PublicKey, SigningKey, TokenContent, sign};
use grantry_model::id::OrganizationId;
use grantry_model::license_key::LicenseKey;
use grantry_store::store::Tx;
use zeroize::Zeroizing;

use crate::Ops;
use crate::error::{Error, Kind, Result};

/// Keys that were opened before, by key id: opening one costs more than signing with it.
#[derive(Default)]
pub(crate) struct Signers(Mutex<HashMap<String, Arc<SigningKey>>>);

/// A token, with the id of the key that signed it.
pub(crate) struct Signed {
    pub(crate) token: String,
    pub(crate) key_id: String,
}

/// Makes sure that the hub can sign: activates the operator's key, or makes one if there is none.
///
/// # Errors
/// The active key can't be opened with the master key; the database can't be written.
pub async fn prepare(ops: &Ops, configured: Option<SigningKey>) -> Result<()> {
    let mut tx = ops.store().write().await?;
    let active = tx.find_active_signing_key().await?;
    let wanted = match (active, configured) {
        (Some(active), Some(configured)) if active.public_key() == configured.public_key() => return Ok(()),
        (Some(_), None) => return Ok(()),
        (_, Some(configured)) => configured,
        (None, None) => generate()?,
    };
    tx.activate_signing_key(ops.new_id()?, &wanted, ops.clock().now()).await?;
    tx.commit().await?;
    Ok(())
}

fn generate() -> Result<SigningKey> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(Error::internal)?;
    Ok(SigningKey::from_seed(*seed))
}

/// Every key under which a token of the hub may still be valid, the active one first.
///
/// # Errors
/// The database can't be read.
pub async fn list_published(ops: &Ops) -> Result<Vec<PublicKey>> {
    let mut tx = ops.store().read().await?;
    Ok(tx.list_published_keys(ops.clock().now()).await?)
}

/// The keys that are right for tokens of one organization; the hub's own as long as it has none of its own.
///
/// # Errors
/// There is no such organization.
pub async fn list_published_for(ops: &Ops, organization: OrganizationId) -> Result<Vec<PublicKey>> {
    let mut tx = ops.store().read().await?;
    if !tx.organization_exists(organization).await? {
        return Err(Error::NotFound(Kind::Organization));
    }
    Ok(tx.list_published_keys(ops.clock().now()).await?)
}

/// Signs the current revision of a license key.
pub(crate) async fn sign_current(
    ops: &Ops,
    tx: &mut Tx,
    organization: OrganizationId,
    key: &LicenseKey,
) -> Result<Signed> {
    let signer = active(ops, tx).await?;
    let revision = &key.current;
    let content = TokenContent {
        issuer: &ops.settings().public_url,
        license_key: key.id.0,
        revision: revision.id.0,
        organization: organization.0,
        customer: key.customer.map(|customer| customer.0),
        name: key.name.as_str(),
        seq: revision.seq,
        grace: revision.terms.grace,
        issued_at: revision.created_at.timestamp(),
        not_before: revision.terms.not_before.timestamp(),
        expires_at: revision.terms.expires_at.timestamp(),
        payload: &revision.terms.payload,
    };
    let token = sign(&content, &signer).map_err(Error::internal)?;
    Ok(Signed { token, key_id: signer.public_key().key_id().to_owned() })
}

async fn active(ops: &Ops, tx: &mut Tx) -> Result<Arc<SigningKey>> {
    let missing = || Error::Internal("the hub has no active signing key".into());
    let id = tx.find_active_key_id().await?.ok_or_else(missing)?;
    let known = &ops.0.signers.0;
    if let Some(signer) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Ok(Arc::clone(signer));
    }
    let signer = Arc::new(tx.find_active_signing_key().await?.ok_or_else(missing)?);
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&signer));
    Ok(signer)
}
