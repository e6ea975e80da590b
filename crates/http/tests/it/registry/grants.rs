//! Entitlements for the tests of who may see what.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use grantry_model::artifact::Manifest;
use grantry_model::artifact_entitlement::{ArtifactEntitlement, Grant, Scope};
use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, OrganizationId};
use grantry_model::name::Name;
use grantry_model::policy::Permit;
use grantry_store::audit::Stamp;
use grantry_store::seal::MasterKey;
use grantry_store::store::{Store, Tx};
use grantry_testkit::hub::{TestHub, Vendor};
use uuid::Uuid;

/// Grants and revokes, as the vendor's staff does.
pub(super) struct Grants<'h> {
    hub: &'h TestHub,
    store: Store,
    number: AtomicU32,
}

/// Tags chosen by their names.
pub(super) fn chosen(tags: &[&str]) -> Scope {
    Scope::Chosen { tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(), manifests: [].into() }
}

fn permit(vendor: &Vendor) -> Permit {
    Permit::operator(OrganizationId(vendor.id))
}

impl<'h> Grants<'h> {
    pub(super) fn of(hub: &'h TestHub) -> Self {
        let store = Store::new(hub.database.clone(), MasterKey::from_bytes([7; 32]));
        Self { hub, store, number: AtomicU32::new(1) }
    }

    fn id(&self) -> Uuid {
        Uuid::from_u128(
            0x0193_0000_0000_7000_8000_0000_0000_0000
                + u128::from(self.number.fetch_add(1, Ordering::Relaxed)),
        )
    }

    /// Grants a customer what of an artifact the scope covers.
    pub(super) async fn grant(
        &self,
        vendor: &Vendor,
        customer: &str,
        (artifact, scope): (&str, Scope),
        expires_at: Option<DateTime<Utc>>,
    ) -> ArtifactEntitlementId {
        let (permit, id) = (permit(vendor), ArtifactEntitlementId(self.id()));
        let mut tx = self.store.write().await.unwrap();
        let entitlement = ArtifactEntitlement {
            id,
            customer: customer.parse().unwrap(),
            name: Name::parse("name", &format!("Entitlement {id}")).unwrap(),
            expires_at,
            created_at: self.hub.clock.now(),
            grants: vec![Grant { artifact: self.artifact(&mut tx, vendor, artifact).await, scope }],
        };
        tx.insert_artifact_entitlement(&permit, &entitlement).await.unwrap();
        self.record(tx, vendor, EventKind::ArtifactEntitlementCreated).await;
        id
    }

    /// Replaces the scope of an entitlement.
    pub(super) async fn change(&self, vendor: &Vendor, id: ArtifactEntitlementId, scope: Scope) {
        let mut tx = self.store.write().await.unwrap();
        let mut entitlement = tx.find_artifact_entitlement(&permit(vendor), id).await.unwrap().unwrap();
        entitlement.grants[0].scope = scope;
        tx.update_artifact_entitlement(&permit(vendor), &entitlement).await.unwrap();
        self.record(tx, vendor, EventKind::ArtifactEntitlementUpdated).await;
    }

    /// Takes an entitlement away.
    pub(super) async fn revoke(&self, vendor: &Vendor, id: ArtifactEntitlementId) {
        let mut tx = self.store.write().await.unwrap();
        tx.delete_artifact_entitlement(&permit(vendor), id).await.unwrap();
        self.record(tx, vendor, EventKind::ArtifactEntitlementDeleted).await;
    }

    /// A manifest of an artifact.
    pub(super) async fn manifest(&self, vendor: &Vendor, artifact: &str, digest: &str) -> Manifest {
        let mut tx = self.store.read().await.unwrap();
        let artifact = self.artifact(&mut tx, vendor, artifact).await;
        tx.find_manifest(&permit(vendor), artifact, &digest.parse().unwrap()).await.unwrap().unwrap()
    }

    async fn artifact(&self, tx: &mut Tx, vendor: &Vendor, artifact: &str) -> ArtifactId {
        let name = artifact.parse().unwrap();
        tx.find_artifact_by_name(&permit(vendor), &name).await.unwrap().unwrap().id
    }

    async fn record(&self, mut tx: Tx, vendor: &Vendor, kind: EventKind) {
        let stamp = Stamp { id: self.id().into(), at: self.hub.clock.now() };
        let event = Event::new(kind, Subject::new("artifact_entitlement", "", ""));
        tx.record(OrganizationId(vendor.id), stamp, &Author::operator(), &event).await.unwrap();
        tx.commit().await.unwrap();
    }
}
