//! All addresses of the portals, and things that they can be about.

use std::sync::atomic::{AtomicU32, Ordering};

use grantry_model::role::Role;
use grantry_testkit::file::PNG;
use grantry_testkit::hub::{Member, PASSWORD, TestHub};
use grantry_ui::guide::Guide;
use grantry_ui::route as at;
use serde_json::json;

use super::application_stock;
use super::browser::Browser;
use super::stock::{all, artifact, entitle, manifest, pull_through};

/// Pages for members.
pub(super) const PAGES: [&str; 72] = [
    at::Home::PATH,
    at::Deployments::PATH,
    at::ShowDeployment::PATH,
    at::EditDeployment::PATH,
    at::DeploymentLogs::PATH,
    at::DeploymentStatus::PATH,
    at::ShowDeploymentRevision::PATH,
    at::DeleteDeployment::PATH,
    at::NewDeploymentTarget::PATH,
    at::ShowDeploymentTarget::PATH,
    at::EditDeploymentTarget::PATH,
    at::ConnectDeploymentTarget::PATH,
    at::TargetLogs::PATH,
    at::NewDeployment::PATH,
    at::DeleteDeploymentTarget::PATH,
    at::Secrets::PATH,
    at::NewSecret::PATH,
    at::EditSecret::PATH,
    at::DeleteSecret::PATH,
    at::ShowFile::PATH,
    at::ApplicationImage::PATH,
    at::ArtifactImage::PATH,
    at::Applications::PATH,
    at::NewApplication::PATH,
    at::ShowApplication::PATH,
    at::EditApplication::PATH,
    at::DeleteApplication::PATH,
    at::NewApplicationVersion::PATH,
    at::ShowApplicationVersion::PATH,
    at::EditApplicationVersion::PATH,
    at::ApplicationVersionFile::PATH,
    at::NewApplicationEntitlement::PATH,
    at::EditApplicationEntitlement::PATH,
    at::DeleteApplicationEntitlement::PATH,
    at::Artifacts::PATH,
    at::NewArtifact::PATH,
    at::Pulls::PATH,
    at::PullsFile::PATH,
    at::ShowArtifact::PATH,
    at::EditUpstream::PATH,
    at::DeleteArtifact::PATH,
    at::DeleteTag::PATH,
    at::DeleteManifest::PATH,
    at::NewArtifactEntitlement::PATH,
    at::EditArtifactEntitlement::PATH,
    at::DeleteArtifactEntitlement::PATH,
    at::CopyLicenses::PATH,
    at::Licenses::PATH,
    at::OrganizationLicenses::PATH,
    at::CustomerLicenses::PATH,
    at::NewLicenseKey::PATH,
    at::ShowLicenseKey::PATH,
    at::EditLicenseKey::PATH,
    at::DeleteLicenseKey::PATH,
    at::ShowRevision::PATH,
    at::TokenFile::PATH,
    at::Customers::PATH,
    at::NewCustomer::PATH,
    at::EditCustomer::PATH,
    at::DeleteCustomer::PATH,
    at::Users::PATH,
    at::InviteUser::PATH,
    at::EditUser::PATH,
    at::DeleteUser::PATH,
    at::AccessTokens::PATH,
    at::NewAccessToken::PATH,
    at::DeleteAccessToken::PATH,
    at::Account::PATH,
    at::AuditLog::PATH,
    at::Guides::PATH,
    at::ShowGuide::PATH,
    at::Settings::PATH,
];

/// Pages about nothing of anybody's: they are the same for every member.
pub(super) const SAME: [&str; 2] = [at::Guides::PATH, at::ShowGuide::PATH];

/// What members send. The last one ends their session.
pub(super) const FORMS: [&str; 50] = [
    at::Switch::PATH,
    at::EditDeployment::PATH,
    at::RollBack::PATH,
    at::RestartDeployment::PATH,
    at::DeleteDeployment::PATH,
    at::NewDeploymentTarget::PATH,
    at::EditDeploymentTarget::PATH,
    at::ConnectDeploymentTarget::PATH,
    at::TargetNotes::PATH,
    at::NewDeployment::PATH,
    at::DeleteDeploymentTarget::PATH,
    at::NewSecret::PATH,
    at::EditSecret::PATH,
    at::DeleteSecret::PATH,
    at::ApplicationImage::PATH,
    at::ArtifactImage::PATH,
    at::NewApplication::PATH,
    at::EditApplication::PATH,
    at::DeleteApplication::PATH,
    at::NewApplicationVersion::PATH,
    at::EditApplicationVersion::PATH,
    at::ArchiveApplicationVersion::PATH,
    at::NewApplicationEntitlement::PATH,
    at::EditApplicationEntitlement::PATH,
    at::DeleteApplicationEntitlement::PATH,
    at::ApplicationSettings::PATH,
    at::NewArtifact::PATH,
    at::EditUpstream::PATH,
    at::DeleteArtifact::PATH,
    at::DeleteTag::PATH,
    at::DeleteManifest::PATH,
    at::NewArtifactEntitlement::PATH,
    at::EditArtifactEntitlement::PATH,
    at::DeleteArtifactEntitlement::PATH,
    at::CopyLicenses::PATH,
    at::ArtifactSettings::PATH,
    at::NewLicenseKey::PATH,
    at::EditLicenseKey::PATH,
    at::DeleteLicenseKey::PATH,
    at::NewCustomer::PATH,
    at::EditCustomer::PATH,
    at::DeleteCustomer::PATH,
    at::InviteUser::PATH,
    at::EditUser::PATH,
    at::DeleteUser::PATH,
    at::NewAccessToken::PATH,
    at::DeleteAccessToken::PATH,
    at::Account::PATH,
    at::DeleteSession::PATH,
    at::Settings::PATH,
];

/// What ends the session that sends it.
pub(super) const SIGN_OUT: &str = at::SignOut::PATH;

/// Pages with a form for who has not signed in yet: a password or a link's secret is what lets them in.
pub(super) const VISITORS: [&str; 3] = [at::SignIn::PATH, at::SetUp::PATH, at::SetPassword::PATH];

/// A form that anybody may send who has a page of this hub; it changes nothing but a cookie.
pub(super) const ANYBODY: &str = at::ChooseTheme::PATH;

/// Open to all, because they are the same for all. This list may only shrink.
pub(super) const OPEN: [&str; 3] = [at::AssetFile::PATH, at::PublicKey::PATH, at::ApiReference::PATH];

/// Who is a member, for addresses that name one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Staff,
    Customer,
}

/// A hub with what its pages are about.
pub(super) struct Place {
    pub(super) hub: TestHub,
    /// A customer.
    pub(super) initech: String,
    /// An administrator, whose access tokens and sessions the addresses name.
    pub(super) mara: Member,
    /// An artifact that Initech is entitled to, and so no other customer.
    pub(super) ship: String,
    /// An application that Initech is entitled to, and so no other customer.
    pub(super) fleet: String,
    /// Its version, which Initech may deploy.
    fleet_version: String,
    other_session: String,
    made: AtomicU32,
}

impl Place {
    pub(super) async fn make(hub: TestHub) -> Self {
        let initech = hub.acme.add_customer("Initech").await;
        let mara = hub.add_member(&hub.acme, None, Role::Admin).await;
        let login = json!({ "email": mara.email, "password": PASSWORD });
        hub.anonymous().post("/api/v1/auth/login", login).await.expect(200);
        let sessions = mara.session.get("/api/v1/settings/sessions").await.expect(200).json();
        let other = sessions.as_array().unwrap().iter().find(|session| session["current"] != true).unwrap();
        let other_session = other["id"].as_str().unwrap().to_owned();
        hub.acme.push("ship", "1.0").await;
        let ship = artifact(&hub, "ship").await;
        entitle(&hub, &initech, ("Runtime", vec![(ship.as_str(), all())])).await;
        let fleet = application_stock::application(&hub, "Fleet").await;
        let fleet_version = application_stock::version(&hub, &fleet, "1.0.0").await;
        application_stock::entitle(&hub, &initech, ("Fleet", &fleet, None)).await;
        Self { hub, initech, mara, ship, fleet, fleet_version, other_session, made: AtomicU32::new(0) }
    }

    /// A browser in which this member is signed in.
    pub(super) fn browser(&self, member: &Member) -> Browser {
        Browser::signed_in(self.hub.anonymous(), &member.session)
    }

    /// A browser in which nobody is signed in.
    pub(super) fn visitor(&self) -> Browser {
        Browser::new(self.hub.anonymous())
    }

    fn fresh(&self) -> String {
        format!("target{}", self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// An address of something of Acme's, made for it, because some calls use it up.
    pub(super) async fn address(&self, path: &str, whose: Whose) -> String {
        if path == at::ShowGuide::PATH {
            return Guide::LicenseKeys.to_string();
        }
        let (acme, name) = (&self.hub.acme, self.fresh());
        let mut address = path.replace("{session}", &self.other_session).replace("{revision}", "1");
        if path.contains("{customer}") {
            address = address.replace("{customer}", &acme.add_customer(&name).await);
        }
        if path.contains("{key}") {
            address = address.replace("{key}", &acme.add_license_key(&name, Some(&self.initech)).await);
        }
        if path.contains("{user}") {
            let customer = (whose == Whose::Customer).then_some(&self.initech);
            let body = json!({
                "email": format!("{name}@example.com"), "userRole": "read_only", "customerOrganizationId": customer,
            });
            let invited = acme.admin.post("/api/v1/user-accounts", body).await.expect(200);
            address = address.replace("{user}", &invited.field("/user/id"));
        }
        if path.contains("{target}") {
            return address.replace("{target}", &acme.admin.add_target(&name, Some(&self.initech)).await);
        }
        if path.contains("{deployment}") {
            return address.replace("{deployment}", &self.deployment(&name).await);
        }
        if path.contains("{file}") {
            return address.replace("{file}", &acme.admin.add_file(PNG).await);
        }
        if path.contains("{secret}") {
            return address
                .replace("{secret}", &acme.admin.add_secret(&name, "value", Some(&self.initech)).await);
        }
        if path.starts_with("/application-entitlements/") {
            let id = application_stock::entitle(&self.hub, &self.initech, (&name, &self.fleet, None)).await;
            return address.replace("{entitlement}", &id);
        }
        if path.contains("{application}") {
            let id = application_stock::application(&self.hub, &name).await;
            let version = application_stock::version(&self.hub, &id, "1.0.0").await;
            let address = address.replace("{application}", &id).replace("{version}", &version);
            return address.replace("{name}", "compose.yaml");
        }
        if path.contains("{entitlement}") {
            let id = entitle(&self.hub, &self.initech, (&name, vec![(self.ship.as_str(), all())])).await;
            address = address.replace("{entitlement}", &id);
        }
        if path == at::ShowArtifact::PATH {
            return address.replace("{artifact}", &self.ship);
        }
        if path == at::EditUpstream::PATH {
            return address.replace("{artifact}", &pull_through(&self.hub, &name).await);
        }
        if path.contains("{artifact}") {
            acme.push(&name, "1.0").await;
            let id = artifact(&self.hub, &name).await;
            let manifest = manifest(&self.hub, &id, "1.0").await;
            address =
                address.replace("{artifact}", &id).replace("{tag}", "1.0").replace("{manifest}", &manifest);
        }
        if path.contains("{token}") {
            let token = self.mara.session.post("/api/v1/settings/tokens", json!({})).await.expect(200);
            address = address.replace("{token}", &token.id());
        }
        address
    }

    /// A deployment of Initech's with two revisions, so that there is one to go back to.
    async fn deployment(&self, name: &str) -> String {
        let admin = &self.hub.acme.admin;
        let target = admin.add_target(name, Some(&self.initech)).await;
        let mut body = json!({ "deploymentTargetId": target, "applicationVersionId": self.fleet_version });
        admin.deploy(body.clone()).await.expect(204);
        let id = admin.deployments_at(&target).await[0]["id"].as_str().unwrap().to_owned();
        body["deploymentId"] = json!(id);
        admin.deploy(body).await.expect(204);
        id
    }

    /// Fields that are right for a form.
    pub(super) fn fields(&self, path: &str) -> Vec<(&'static str, String)> {
        let text = str::to_owned;
        let terms = [
            ("notBefore", text("2026-11-24")),
            ("expiresAt", text("2027-11-24")),
            ("graceDays", text("7")),
            ("payload", text("{\"seats\": 5}")),
            ("description", text("As agreed")),
        ];
        match path {
            at::NewDeploymentTarget::PATH => vec![("name", self.fresh()), ("type", text("docker"))],
            at::EditDeploymentTarget::PATH => vec![("name", self.fresh())],
            at::TargetNotes::PATH => vec![("notes", text("Ask Ms. Roth."))],
            at::NewDeployment::PATH | at::EditDeployment::PATH => vec![
                ("applicationId", self.fleet.clone()),
                ("version", self.fleet_version.clone()),
                ("source", text("A=1\n")),
                ("step", text("save")),
            ],
            at::NewSecret::PATH => vec![("key", self.fresh()), ("value", text("word"))],
            at::EditSecret::PATH => vec![("value", text("other word"))],
            at::ApplicationImage::PATH | at::ArtifactImage::PATH => vec![("step", text("remove"))],
            at::NewApplication::PATH => vec![("name", self.fresh()), ("type", text("kubernetes"))],
            at::EditApplication::PATH | at::EditApplicationVersion::PATH => vec![("name", self.fresh())],
            at::NewApplicationVersion::PATH => vec![
                ("name", self.fresh()),
                ("composefile", text(application_stock::COMPOSE)),
                ("step", text("save")),
            ],
            at::ArchiveApplicationVersion::PATH => vec![("archived", text("true"))],
            at::NewApplicationEntitlement::PATH | at::EditApplicationEntitlement::PATH => vec![
                ("customerOrganizationId", self.initech.clone()),
                ("applicationId", self.fleet.clone()),
                ("name", self.fresh()),
                ("scope", text("all")),
                ("step", text("save")),
            ],
            at::ApplicationSettings::PATH => vec![("applications", text("restricted"))],
            at::NewArtifact::PATH => {
                vec![("name", self.fresh()), ("upstreamUrl", text("registry.example.com/library/postgres"))]
            }
            at::EditUpstream::PATH => vec![
                ("upstreamUrl", text("registry.example.com/library/mariadb")),
                ("upstreamUsername", text("acme")),
            ],
            at::NewArtifactEntitlement::PATH | at::EditArtifactEntitlement::PATH => vec![
                ("customerOrganizationId", self.initech.clone()),
                ("name", self.fresh()),
                ("row", text("0")),
                ("artifact-0", self.ship.clone()),
                ("scope-0", text("all")),
                ("step", text("save")),
            ],
            at::CopyLicenses::PATH => {
                vec![("from", self.initech.clone()), ("kinds", text("artifact_entitlements"))]
            }
            at::ArtifactSettings::PATH => vec![("visibility", text("restricted")), ("tags", text("mutable"))],
            at::Switch::PATH => vec![("organization", self.hub.acme.id.to_string())],
            at::NewLicenseKey::PATH => [("name", self.fresh())].into_iter().chain(terms).collect(),
            at::EditLicenseKey::PATH => terms.into(),
            at::NewCustomer::PATH | at::EditCustomer::PATH => vec![("name", self.fresh())],
            at::InviteUser::PATH => vec![
                ("email", format!("{}@example.com", self.fresh())),
                ("userRole", text("read_only")),
                ("customerOrganizationId", self.initech.clone()),
            ],
            at::EditUser::PATH => vec![("userRole", text("read_write"))],
            at::NewAccessToken::PATH => vec![("label", self.fresh())],
            at::Account::PATH => vec![("name", self.fresh())],
            at::Settings::PATH => vec![("name", self.fresh()), ("slug", self.fresh())],
            _ => Vec::new(),
        }
    }
}

/// Borrowed, as a browser sends them.
pub(super) fn borrowed<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
