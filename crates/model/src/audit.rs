//! What the audit log records.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::actor::{Actor, Credential};
use crate::agent::Agent;
use crate::id::{AuditEventId, CustomerId, DeploymentTargetId, OrganizationId, UserId};

/// Something that happened and is worth an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub subject: Subject,
    /// The customer it concerns, if one.
    pub customer: Option<CustomerId>,
    /// The deployment target that it happened at, if at one. It is not part of the entry: it says whose agent hears of it.
    pub target: Option<DeploymentTargetId>,
    /// Further facts, such as values before and after. Never a secret or a token.
    pub details: Value,
}

/// The agents for whom an event may change what they should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concerned {
    /// That of one deployment target.
    Target(DeploymentTargetId),
    /// Those of a customer's targets.
    Customer(CustomerId),
    /// Those of the vendor's own targets.
    Own,
    /// All of the organization.
    Everybody,
}

impl Event {
    /// An event without further facts.
    pub fn new(kind: EventKind, subject: Subject) -> Self {
        Self { kind, subject, customer: None, target: None, details: Value::Null }
    }

    /// The event with the deployment target that it happened at.
    pub fn at_target(self, target: DeploymentTargetId) -> Self {
        Self { target: Some(target), ..self }
    }

    /// The agents that have to be told anew, or looked at anew; `None`: nobody. An event that does not say at which target or for
    /// which customer it happened concerns everybody: none may be missed.
    pub fn concerned(&self) -> Option<Concerned> {
        let customer = self.customer.map(Concerned::Customer);
        Some(match self.kind.desired()? {
            Reach::Target => self.target.map_or(Concerned::Everybody, Concerned::Target),
            Reach::Customer => customer.unwrap_or(Concerned::Everybody),
            Reach::Owner => customer.unwrap_or(Concerned::Own),
            Reach::Everybody => Concerned::Everybody,
        })
    }

    /// The event with the customer it concerns.
    pub fn of_customer(self, customer: Option<CustomerId>) -> Self {
        Self { customer, ..self }
    }

    /// The event with further facts.
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// What an event happened to. The name is kept as it was then, so that an entry reads well after a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing, for example `license_key`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name at the time.
    pub name: String,
}

impl Subject {
    /// A subject.
    pub fn new(kind: &'static str, id: impl fmt::Display, name: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string(), name: name.to_string() }
    }
}

/// Who caused an event, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The user; `None` for the operator and for people who are not signed in.
    pub user: Option<UserId>,
    /// What they were called at the time.
    pub name: String,
    /// How they showed who they are: `session`, `access_token`, `agent`, `operator` or `anonymous`.
    pub credential: &'static str,
    /// The network address the request came from; empty on the command line.
    pub address: String,
}

impl Author {
    /// A member.
    pub fn member(actor: &Actor, address: &str) -> Self {
        let credential = match actor.credential {
            Credential::Session(_) => "session",
            Credential::AccessToken { .. } => "access_token",
        };
        let user = Some(actor.user);
        Self { user, name: actor.name.clone(), credential, address: address.to_owned() }
    }

    /// An agent, by the name of its deployment target.
    pub fn agent(agent: &Agent, address: &str) -> Self {
        let name = agent.name.as_str().to_owned();
        Self { user: None, name, credential: "agent", address: address.to_owned() }
    }

    /// The hub's operator, on the command line.
    pub fn operator() -> Self {
        Self { user: None, name: "Operator".to_owned(), credential: "operator", address: String::new() }
    }

    /// Somebody who is not signed in, or not yet.
    pub fn anonymous(user: Option<UserId>, name: &str, address: &str) -> Self {
        Self { user, name: name.to_owned(), credential: "anonymous", address: address.to_owned() }
    }
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $verb:literal;)*) => {
        /// What can happen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind { $($(#[$doc])* $variant,)* }

        impl EventKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name, on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What an entry says between the author's and the subject's name.
            pub fn verb(self) -> &'static str {
                match self { $(Self::$variant => $verb,)* }
            }
        }
    };
}

impl EventKind {
    /// Whether decisions on access that were made before may not hold any more. It moves the organization's access number.
    pub fn changes_access(self) -> bool {
        !matches!(
            self,
            Self::MemberInvited
                | Self::PasswordLinkMade
                | Self::SignedIn
                | Self::SignInFailed
                | Self::AccessTokenCreated
                | Self::LicenseKeyCreated
                | Self::LicenseKeyUpdated
                | Self::LicenseKeyRevised
                | Self::LicenseKeyDeleted
                | Self::LicenseTokenViewed
                | Self::FileCreated
                | Self::FileDeleted
                | Self::ManifestPushed
                | Self::PullDenied
                | Self::AccessDenied
                | Self::ApplicationCreated
                | Self::ApplicationUpdated
                | Self::ApplicationDeleted
                | Self::ApplicationVersionCreated
                | Self::ApplicationVersionUpdated
                | Self::AgentRefused
                | Self::DeploymentDenied
                | Self::DeploymentCreated
                | Self::DeploymentRevised
                | Self::DeploymentEnded
                | Self::SecretCreated
                | Self::SecretUpdated
                | Self::SecretDeleted
        )
    }

    /// How far it may change what agents should run, or who they are.
    fn desired(self) -> Option<Reach> {
        Some(match self {
            Self::DeploymentTargetUpdated
            | Self::DeploymentTargetDeleted
            | Self::DeploymentTargetConnected
            | Self::DeploymentCreated
            | Self::DeploymentRevised
            | Self::DeploymentEnded => Reach::Target,
            // A license key of nobody's is read at all targets.
            Self::LicenseKeyCreated
            | Self::LicenseKeyRevised
            | Self::LicenseKeyDeleted
            | Self::CustomerUpdated
            | Self::CustomerDeleted
            | Self::ApplicationEntitlementCreated
            | Self::ApplicationEntitlementUpdated
            | Self::ApplicationEntitlementDeleted => Reach::Customer,
            Self::SecretCreated | Self::SecretUpdated | Self::SecretDeleted => Reach::Owner,
            Self::OrganizationUpdated | Self::PlanChanged => Reach::Everybody,
            // Whoever adds a kind decides here; what agents run is rendered of what these kinds do not change.
            Self::OrganizationCreated
            | Self::CustomerCreated
            | Self::MemberInvited
            | Self::InvitationAccepted
            | Self::MemberUpdated
            | Self::MemberRemoved
            | Self::PasswordLinkMade
            | Self::PasswordReset
            | Self::SignedIn
            | Self::SignInFailed
            | Self::SessionEnded
            | Self::AccountUpdated
            | Self::AccessTokenCreated
            | Self::AccessTokenDeleted
            | Self::LicenseKeyUpdated
            | Self::LicenseTokenViewed
            | Self::ArtifactCreated
            | Self::ArtifactUpdated
            | Self::ArtifactDeleted
            | Self::ManifestPushed
            | Self::ManifestDeleted
            | Self::TagDeleted
            | Self::BlobDeleted
            | Self::PullDenied
            | Self::ArtifactEntitlementCreated
            | Self::ArtifactEntitlementUpdated
            | Self::ArtifactEntitlementDeleted
            | Self::ArtifactRestrictionChanged
            | Self::TagMutabilityChanged
            | Self::ApplicationCreated
            | Self::ApplicationUpdated
            | Self::ApplicationDeleted
            | Self::ApplicationVersionCreated
            | Self::ApplicationVersionUpdated
            | Self::ApplicationRestrictionChanged
            | Self::DeploymentTargetCreated
            | Self::AgentRefused
            | Self::DeploymentDenied
            | Self::FileCreated
            | Self::FileDeleted
            | Self::AccessDenied => return None,
        })
    }
}

/// How far an event of a kind reaches at most among agents.
enum Reach {
    /// To the agent of the target that it names.
    Target,
    /// To those of the customer that it names.
    Customer,
    /// To those of the customer that it names, or else to the vendor's own.
    Owner,
    /// To all.
    Everybody,
}

event_kinds! {
    /// The organization was set up.
    OrganizationCreated = "organization.created", "set up the organization";
    /// Name or slug of the organization changed.
    OrganizationUpdated = "organization.updated", "changed the organization";
    /// The operator changed the plan.
    PlanChanged = "organization.plan_changed", "changed the plan of";
    /// A customer was created.
    CustomerCreated = "customer.created", "created customer";
    /// A customer's name or features changed.
    CustomerUpdated = "customer.updated", "changed customer";
    /// A customer was deleted with everything it had.
    CustomerDeleted = "customer.deleted", "deleted customer";
    /// Somebody was invited.
    MemberInvited = "member.invited", "invited";
    /// An invitation was accepted, or a password set by link.
    InvitationAccepted = "member.joined", "set a password for";
    /// A member's name or role changed.
    MemberUpdated = "member.updated", "changed member";
    /// A member was removed.
    MemberRemoved = "member.removed", "removed member";
    /// A link to set a password was made for a member.
    PasswordLinkMade = "member.password_link", "made a password link for";
    /// The operator set a new password for a user.
    PasswordReset = "member.password_reset", "set a new password for";
    /// Somebody signed in.
    SignedIn = "session.created", "signed in as";
    /// Somebody could not sign in.
    SignInFailed = "session.refused", "failed to sign in as";
    /// Somebody signed out, or ended a session.
    SessionEnded = "session.ended", "ended a session of";
    /// A user changed their own name or password.
    AccountUpdated = "account.updated", "changed the account";
    /// An access token was made.
    AccessTokenCreated = "access_token.created", "made access token";
    /// An access token was deleted.
    AccessTokenDeleted = "access_token.deleted", "deleted access token";
    /// A license key was created, with its first revision.
    LicenseKeyCreated = "license_key.created", "created license key";
    /// A license key's description changed.
    LicenseKeyUpdated = "license_key.updated", "changed the description of license key";
    /// A license key got a new revision.
    LicenseKeyRevised = "license_key.revised", "revised license key";
    /// A license key was deleted.
    LicenseKeyDeleted = "license_key.deleted", "deleted license key";
    /// A license token was shown.
    LicenseTokenViewed = "license_key.token_viewed", "viewed the token of license key";
    /// An artifact was made, by its first push or as one that pulls through.
    ArtifactCreated = "artifact.created", "created artifact";
    /// The upstream of an artifact changed.
    ArtifactUpdated = "artifact.updated", "changed artifact";
    /// An artifact was deleted with all its manifests and tags.
    ArtifactDeleted = "artifact.deleted", "deleted artifact";
    /// A manifest was pushed, by tag or by digest.
    ManifestPushed = "artifact.pushed", "pushed";
    /// A manifest was deleted by its digest, with its tags.
    ManifestDeleted = "artifact.manifest_deleted", "deleted manifest";
    /// A tag was deleted.
    TagDeleted = "artifact.tag_deleted", "deleted tag";
    /// A blob was unlinked from an artifact.
    BlobDeleted = "artifact.blob_deleted", "deleted blob";
    /// A customer was refused a pull by what it is entitled to.
    PullDenied = "artifact.pull_denied", "was refused to pull";
    /// An artifact entitlement was created.
    ArtifactEntitlementCreated = "artifact_entitlement.created", "created artifact entitlement";
    /// An artifact entitlement was changed.
    ArtifactEntitlementUpdated = "artifact_entitlement.updated", "changed artifact entitlement";
    /// An artifact entitlement was deleted.
    ArtifactEntitlementDeleted = "artifact_entitlement.deleted", "deleted artifact entitlement";
    /// Customers see only artifacts that they are entitled to, or all of them again.
    ArtifactRestrictionChanged = "organization.artifact_restriction_changed", "changed who sees the artifacts of";
    /// Tags can be moved, or not any more.
    TagMutabilityChanged = "organization.tag_mutability_changed", "changed whether tags can move in";
    /// An application was created.
    ApplicationCreated = "application.created", "created application";
    /// An application was renamed.
    ApplicationUpdated = "application.updated", "changed application";
    /// An application was deleted with its versions.
    ApplicationDeleted = "application.deleted", "deleted application";
    /// A version was added to an application.
    ApplicationVersionCreated = "application.version_created", "added version";
    /// A version was renamed, archived or brought back.
    ApplicationVersionUpdated = "application.version_updated", "changed version";
    /// An application entitlement was created.
    ApplicationEntitlementCreated = "application_entitlement.created", "created application entitlement";
    /// An application entitlement was changed.
    ApplicationEntitlementUpdated = "application_entitlement.updated", "changed application entitlement";
    /// An application entitlement was deleted.
    ApplicationEntitlementDeleted = "application_entitlement.deleted", "deleted application entitlement";
    /// Customers see only applications that they are entitled to, or all of them again.
    ApplicationRestrictionChanged = "organization.application_restriction_changed", "changed who sees the applications of";
    /// A deployment target was created.
    DeploymentTargetCreated = "deployment_target.created", "created deployment target";
    /// A deployment target was changed.
    DeploymentTargetUpdated = "deployment_target.updated", "changed deployment target";
    /// A deployment target was deleted with its deployments.
    DeploymentTargetDeleted = "deployment_target.deleted", "deleted deployment target";
    /// A new secret was made, by which an agent connects.
    DeploymentTargetConnected = "deployment_target.connected", "made a connect command for";
    /// Somebody showed a wrong secret for a deployment target.
    AgentRefused = "deployment_target.agent_refused", "failed to connect an agent as";
    /// An application was deployed.
    DeploymentCreated = "deployment.created", "deployed";
    /// A deployment got a new revision.
    DeploymentRevised = "deployment.revised", "changed the deployment of";
    /// A deployment was ended.
    DeploymentEnded = "deployment.ended", "undeployed";
    /// A version was not deployed, because its customer is not entitled to it.
    DeploymentDenied = "deployment.denied", "was refused to deploy";
    /// A secret was created.
    SecretCreated = "secret.created", "created secret";
    /// A secret got another value.
    SecretUpdated = "secret.updated", "changed secret";
    /// A secret was deleted.
    SecretDeleted = "secret.deleted", "deleted secret";
    /// An image was uploaded.
    FileCreated = "file.created", "uploaded image";
    /// An image was deleted, by somebody or because nothing showed it any more.
    FileDeleted = "file.deleted", "deleted image";
    /// A member was refused something by the policy.
    AccessDenied = "access.denied", "was refused";
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: AuditEventId,
    /// The organization whose log it stands in; the nil id is the hub's own log.
    pub organization: OrganizationId,
    /// Its place in the organization's log, from 1 without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The stable name of what happened, see [`EventKind::as_str`].
    pub kind: String,
    /// The user who caused it.
    pub user: Option<UserId>,
    /// What the author was called.
    pub author: String,
    /// How the author showed who they are.
    pub credential: String,
    /// Where the request came from.
    pub address: String,
    /// What kind of thing it happened to.
    pub subject_kind: String,
    /// The thing's id.
    pub subject_id: String,
    /// The thing's name at the time.
    pub subject_name: String,
    /// The customer it concerns.
    pub customer: Option<CustomerId>,
    /// Further facts, JSON text; empty if none.
    pub details: String,
    /// The hash of this entry, over all the above and the hash of the entry before: SHA-256 in hexadecimal.
    pub hash: String,
}

/// Which entries of the log are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Only of authors whose name contains this text.
    pub author: Option<String>,
    /// Only on things whose id or name contains this text.
    pub subject: Option<String>,
    /// Only of this kind, or of all kinds that start with it.
    pub kind: Option<String>,
    /// Only from this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Only before this moment.
    pub until: Option<DateTime<Utc>>,
}

impl Entry {
    /// The entry as a sentence, without its time.
    pub fn sentence(&self) -> String {
        let verb =
            EventKind::ALL.iter().find(|kind| kind.as_str() == self.kind).map_or("did", |kind| kind.verb());
        format!("{} {verb} {}", self.author, self.subject_name)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_event_concerns_no_more_agents_than_it_must_and_all_if_it_does_not_say() {
        let (customer, target) = (CustomerId(Uuid::from_u128(1)), DeploymentTargetId(Uuid::from_u128(2)));
        let (of, at) = (Some(Concerned::Customer(customer)), Some(Concerned::Target(target)));
        let everybody = Some(Concerned::Everybody);
        for (kind, named, customers, nobodys) in [
            (EventKind::DeploymentRevised, at, everybody, everybody),
            (EventKind::DeploymentTargetConnected, at, everybody, everybody),
            (EventKind::SecretUpdated, of, of, Some(Concerned::Own)),
            (EventKind::LicenseKeyRevised, of, of, everybody),
            (EventKind::CustomerUpdated, of, of, everybody),
            (EventKind::PlanChanged, everybody, everybody, everybody),
            (EventKind::ManifestPushed, None, None, None),
        ] {
            let event = Event::new(kind, Subject::new("thing", 1, "Thing"));
            assert_eq!(event.concerned(), nobodys, "{kind:?}");
            let event = event.of_customer(Some(customer));
            assert_eq!(event.concerned(), customers, "{kind:?} of a customer");
            assert_eq!(event.at_target(target).concerned(), named, "{kind:?} at a target");
        }
    }
}
