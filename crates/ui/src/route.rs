//! Addresses of the portals. One type per URL: its `PATH` is what a router takes, its `Display` is what a page links to.

use std::fmt;

use grantry_model::id::{
    AccessTokenId, ApplicationEntitlementId, ApplicationId, ApplicationVersionId, ArtifactEntitlementId,
    ArtifactId, CustomerId, DeploymentId, DeploymentTargetId, FileId, LicenseKeyId, ManifestId, SecretId,
    SessionId, UserId,
};

/// A text as one segment of a path, percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment(pub String);

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(&self.0))
    }
}

/// A query string, built pair by pair; empty values are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(String);

impl Query {
    /// Adds a pair unless the value is empty.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push(if self.0.is_empty() { '?' } else { '&' });
            self.0.push_str(name);
            self.0.push('=');
            self.0.push_str(&encode(value));
        }
        self
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    out
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident $({ $($field:ident: $type:ty),+ })? = $path:literal;)*) => {
        $(route! { $(#[$doc])* $name $({ $($field: $type),+ })? = $path })*

        /// Every address that a page may link to.
        pub const PATHS: &[&str] = &[$($name::PATH),*];
    };
}

macro_rules! route {
    ($(#[$doc:meta])* $name:ident = $path:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        route! { @path $name = $path }
    };
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),+ } = $path:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $(#[doc = concat!("The `", stringify!($field), "` of the path.")] pub $field: $type),+
        }

        route! { @path $name = $path, $($field),+ }
    };
    (@path $name:ident = $path:literal $(, $field:ident)*) => {
        impl $name {
            /// The address as a router takes it.
            pub const PATH: &str = $path;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $path $(, $field = self.$field)*)
            }
        }
    };
}

routes! {
    /// The front page; leads to the first section.
    Home = "/";
    /// Sign-in form.
    SignIn = "/login";
    /// Ends the session. POST.
    SignOut = "/logout";
    /// First set-up of the hub, by one-time link.
    SetUp { token: Segment } = "/setup/{token}";
    /// Name and password of an invited member, or a new password, by one-time link.
    SetPassword { token: Segment } = "/password/{token}";
    /// Switches to another organization. POST.
    Switch = "/switch";
    /// Keeps the choice of light, dark or system. POST.
    ChooseTheme = "/theme";
    /// Licenses overview of the vendor, or a customer's own licenses.
    Licenses = "/licenses";
    /// License keys without a customer, which every customer sees.
    OrganizationLicenses = "/licenses/organization-wide";
    /// Everything one customer is licensed for.
    CustomerLicenses { customer: CustomerId } = "/licenses/{customer}";
    /// Form that copies what another customer is licensed for.
    CopyLicenses { customer: CustomerId } = "/licenses/{customer}/copy";
    /// Deployment targets with what is deployed there: all of the organization, or a customer's own.
    Deployments = "/deployments";
    /// One deployment.
    ShowDeployment { deployment: DeploymentId } = "/deployments/{deployment}";
    /// Form that deploys another version, or other values.
    EditDeployment { deployment: DeploymentId } = "/deployments/{deployment}/edit";
    /// What the containers of a deployment wrote.
    DeploymentLogs { deployment: DeploymentId } = "/deployments/{deployment}/logs";
    /// What the agent said of a deployment, and when.
    DeploymentStatus { deployment: DeploymentId } = "/deployments/{deployment}/status";
    /// One revision of a deployment, by its number from 1.
    ShowDeploymentRevision { deployment: DeploymentId, revision: u32 } = "/deployments/{deployment}/revisions/{revision}";
    /// Makes a new revision that is like an earlier one. POST.
    RollBack { deployment: DeploymentId, revision: u32 } = "/deployments/{deployment}/revisions/{revision}/roll-back";
    /// Makes a new revision like the current one, whose containers are restarted. POST.
    RestartDeployment { deployment: DeploymentId } = "/deployments/{deployment}/restart";
    /// Question before something is undeployed.
    DeleteDeployment { deployment: DeploymentId } = "/deployments/{deployment}/delete";
    /// Form for a new deployment target.
    NewDeploymentTarget = "/deployment-targets/new";
    /// One deployment target.
    ShowDeploymentTarget { target: DeploymentTargetId } = "/deployment-targets/{target}";
    /// Form that edits a deployment target.
    EditDeploymentTarget { target: DeploymentTargetId } = "/deployment-targets/{target}/edit";
    /// Question before a target gets a new secret, and the one command that connects an agent.
    ConnectDeploymentTarget { target: DeploymentTargetId } = "/deployment-targets/{target}/connect";
    /// Saves the notes on a target. POST.
    TargetNotes { target: DeploymentTargetId } = "/deployment-targets/{target}/notes";
    /// What the agent of a target wrote about itself.
    TargetLogs { target: DeploymentTargetId } = "/deployment-targets/{target}/logs";
    /// Form that deploys an application at a target.
    NewDeployment { target: DeploymentTargetId } = "/deployment-targets/{target}/deploy";
    /// Question before a target is deleted with its deployments.
    DeleteDeploymentTarget { target: DeploymentTargetId } = "/deployment-targets/{target}/delete";
    /// An image.
    ShowFile { file: FileId } = "/files/{file}";
    /// Applications of the organization.
    Applications = "/applications";
    /// Form for a new application.
    NewApplication = "/applications/new";
    /// One application.
    ShowApplication { application: ApplicationId } = "/applications/{application}";
    /// Form that renames an application.
    EditApplication { application: ApplicationId } = "/applications/{application}/edit";
    /// Form that chooses the image of an application.
    ApplicationImage { application: ApplicationId } = "/applications/{application}/image";
    /// Question before an application is deleted with all its versions.
    DeleteApplication { application: ApplicationId } = "/applications/{application}/delete";
    /// Form for a new version of an application.
    NewApplicationVersion { application: ApplicationId } = "/applications/{application}/versions/new";
    /// One version of an application.
    ShowApplicationVersion { application: ApplicationId, version: ApplicationVersionId } = "/applications/{application}/versions/{version}";
    /// Form that renames a version.
    EditApplicationVersion { application: ApplicationId, version: ApplicationVersionId } = "/applications/{application}/versions/{version}/edit";
    /// Archives a version, or brings it back. POST.
    ArchiveApplicationVersion { application: ApplicationId, version: ApplicationVersionId } = "/applications/{application}/versions/{version}/archive";
    /// A file of a version, under the name that its page shows.
    ApplicationVersionFile { application: ApplicationId, version: ApplicationVersionId, name: Segment } = "/applications/{application}/versions/{version}/files/{name}";
    /// Form for a new application entitlement.
    NewApplicationEntitlement = "/application-entitlements/new";
    /// Form that edits an application entitlement.
    EditApplicationEntitlement { entitlement: ApplicationEntitlementId } = "/application-entitlements/{entitlement}/edit";
    /// Question before an application entitlement is deleted.
    DeleteApplicationEntitlement { entitlement: ApplicationEntitlementId } = "/application-entitlements/{entitlement}/delete";
    /// Values that templates of deployments read: all of the organization, or a customer's own.
    Secrets = "/secrets";
    /// Form for a new secret.
    NewSecret = "/secrets/new";
    /// Form that gives a secret another value.
    EditSecret { secret: SecretId } = "/secrets/{secret}/edit";
    /// Question before a secret is deleted.
    DeleteSecret { secret: SecretId } = "/secrets/{secret}/delete";
    /// Artifacts of the organization, or those that a customer may pull.
    Artifacts = "/artifacts";
    /// Form for an artifact that is pulled through from another registry.
    NewArtifact = "/artifacts/new";
    /// Who pulled what.
    Pulls = "/artifacts/pulls";
    /// The same as comma-separated values.
    PullsFile = "/artifacts/pulls.csv";
    /// One artifact.
    ShowArtifact { artifact: ArtifactId } = "/artifacts/{artifact}";
    /// Form that chooses the image of an artifact.
    ArtifactImage { artifact: ArtifactId } = "/artifacts/{artifact}/image";
    /// Question before an artifact is deleted with all its versions.
    DeleteArtifact { artifact: ArtifactId } = "/artifacts/{artifact}/delete";
    /// Form that changes where an artifact is pulled through from.
    EditUpstream { artifact: ArtifactId } = "/artifacts/{artifact}/upstream";
    /// Question before a tag is deleted.
    DeleteTag { artifact: ArtifactId, tag: Segment } = "/artifacts/{artifact}/tags/{tag}/delete";
    /// Question before a manifest is deleted with its tags.
    DeleteManifest { artifact: ArtifactId, manifest: ManifestId } = "/artifacts/{artifact}/manifests/{manifest}/delete";
    /// Form for a new artifact entitlement.
    NewArtifactEntitlement = "/artifact-entitlements/new";
    /// Form that edits an artifact entitlement.
    EditArtifactEntitlement { entitlement: ArtifactEntitlementId } = "/artifact-entitlements/{entitlement}/edit";
    /// Question before an artifact entitlement is deleted.
    DeleteArtifactEntitlement { entitlement: ArtifactEntitlementId } = "/artifact-entitlements/{entitlement}/delete";
    /// Form for a new license key.
    NewLicenseKey = "/license-keys/new";
    /// One license key.
    ShowLicenseKey { key: LicenseKeyId } = "/license-keys/{key}";
    /// Form that edits a license key.
    EditLicenseKey { key: LicenseKeyId } = "/license-keys/{key}/edit";
    /// Question before a license key is deleted.
    DeleteLicenseKey { key: LicenseKeyId } = "/license-keys/{key}/delete";
    /// One revision of a license key, by its number from 1.
    ShowRevision { key: LicenseKeyId, revision: u32 } = "/license-keys/{key}/revisions/{revision}";
    /// The current token of a license key as a file.
    TokenFile { key: LicenseKeyId } = "/license-keys/{key}/token.jwt";
    /// The customers of the organization.
    Customers = "/customers";
    /// Form for a new customer.
    NewCustomer = "/customers/new";
    /// Form that edits a customer.
    EditCustomer { customer: CustomerId } = "/customers/{customer}/edit";
    /// Question before a customer is deleted.
    DeleteCustomer { customer: CustomerId } = "/customers/{customer}/delete";
    /// The members in scope.
    Users = "/users";
    /// Form that invites a member.
    InviteUser = "/users/new";
    /// Form that changes a member's role.
    EditUser { user: UserId } = "/users/{user}/edit";
    /// Question before a member is removed.
    DeleteUser { user: UserId } = "/users/{user}/delete";
    /// The own access tokens.
    AccessTokens = "/tokens";
    /// Form for a new access token.
    NewAccessToken = "/tokens/new";
    /// Question before an access token is revoked.
    DeleteAccessToken { token: AccessTokenId } = "/tokens/{token}/delete";
    /// The own account.
    Account = "/account";
    /// Ends one of the own sessions. POST.
    DeleteSession { session: SessionId } = "/account/sessions/{session}/delete";
    /// The audit log.
    AuditLog = "/audit";
    /// The guides that the hub serves.
    Guides = "/guides";
    /// One guide, or a page of the reference.
    ShowGuide { name: Segment } = "/guides/{name}";
    /// Settings of the organization.
    Settings = "/settings";
    /// Saves who sees applications. POST.
    ApplicationSettings = "/settings/applications";
    /// Saves who sees artifacts and whether tags may move. POST.
    ArtifactSettings = "/settings/artifacts";
    /// A stylesheet, script or picture, under its hashed name.
    AssetFile { name: Segment } = "/assets/{name}";
    /// The public key as PEM; part of the API.
    PublicKey = "/api/public/v1/license-keys/public-key";
    /// The readable API reference.
    ApiReference = "/docs";
}

/// The address of a new license key's form, with its customer chosen beforehand.
pub fn new_license_key_for(customer: CustomerId) -> String {
    format!("{NewLicenseKey}{}", Query::default().with("customer", &customer.to_string()))
}

/// The address of a new artifact entitlement's form, with its customer fixed beforehand.
pub fn new_artifact_entitlement_for(customer: CustomerId) -> String {
    format!("{NewArtifactEntitlement}{}", Query::default().with("customer", &customer.to_string()))
}

/// The address of a new application entitlement's form, with its customer fixed beforehand.
pub fn new_application_entitlement_for(customer: CustomerId) -> String {
    format!("{NewApplicationEntitlement}{}", Query::default().with("customer", &customer.to_string()))
}

/// The address of a new deployment target's form, with its customer chosen beforehand.
pub fn new_deployment_target_for(customer: CustomerId) -> String {
    format!("{NewDeploymentTarget}{}", Query::default().with("customer", &customer.to_string()))
}

/// Whether `path` (without its query) is the address of some page, form or file.
pub fn is_known(path: &str) -> bool {
    PATHS.iter().any(|pattern| matches(pattern, path))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.split('/'), path.split('/'));
    let same_length = pattern.clone().count() == path.clone().count();
    same_length && pattern.zip(path).all(|(p, s)| p == s || (p.starts_with('{') && !s.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_fit_their_own_path() {
        let link = SetPassword { token: Segment("a/b ?".to_owned()) }.to_string();
        assert_eq!(link, "/password/a%2Fb%20%3F");
        assert!(matches(SetPassword::PATH, &link));
        assert!(!is_known("/licenses/1/2"));
        assert!(!is_known("/license-keys//edit"));
    }

    #[test]
    fn queries_leave_out_what_is_empty() {
        let query = Query::default().with("q", "").with("filter", "expired").with("after", "a&b");
        assert_eq!(query.to_string(), "?filter=expired&after=a%26b");
    }
}
