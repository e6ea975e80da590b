//! Changing where an artifact is pulled through from.

use axum::extract::State;
use grantry_model::artifact::{Artifact, Upkeep, Upstream};
use grantry_model::id::ArtifactId;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::artifact::show;
use grantry_ops::artifact::upstream::{self, Changes, Credentials};
use grantry_ops::error::{Error, Kind};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::artifact::fields::UpstreamValues;
use grantry_ui::pages::artifact::upstream::Edit;
use grantry_ui::route::ShowArtifact;

use crate::app::App;
use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// What the forms of upstreams send.
pub(crate) struct Form {
    pub(super) values: UpstreamValues,
    pub(super) password: String,
    forget: bool,
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        Self {
            values: UpstreamValues {
                name: fields.text("name"),
                url: fields.text("upstreamUrl"),
                username: fields.text("upstreamUsername"),
                cache_limit: fields.text("upstreamCacheLimit"),
                cache_days: fields.text("upstreamCacheDays"),
                sync_hours: fields.text("upstreamSyncHours"),
            },
            password: fields.text("upstreamPassword"),
            forget: fields.text("forgetCredentials") == "true",
        }
    }
}

impl Form {
    pub(super) fn has_credentials(&self) -> bool {
        !self.values.username.is_empty() || !self.password.is_empty()
    }

    /// How the artifact looks after what it keeps.
    pub(super) fn upkeep(&self) -> Upkeep {
        let values = &self.values;
        Upkeep {
            cache_limit: number(&values.cache_limit).map(|mebibytes: u64| mebibytes.saturating_mul(MIB)),
            cache_days: number(&values.cache_days),
            sync_hours: number(&values.sync_hours),
        }
    }

    /// The credentials from now on; `None` keeps those that are there, which a form that shows them without the password
    /// says by leaving it empty.
    fn credentials(&self, before: &Upstream) -> Option<Option<Credentials<'_>>> {
        if self.forget {
            return Some(None);
        }
        let shown = before.username.as_deref().unwrap_or_default();
        let is_untouched = self.password.is_empty() && self.values.username == shown;
        let given = Credentials { username: &self.values.username, password: &self.password };
        (!is_untouched).then_some(Some(given))
    }
}

/// A mebibyte, in which the form counts.
const MIB: u64 = 1 << 20;

/// A number of a field that may be empty. What is none becomes 0, which is refused with the field's name.
fn number<T: std::str::FromStr + From<u8>>(text: &str) -> Option<T> {
    (!text.trim().is_empty()).then(|| text.trim().parse().unwrap_or_else(|_| T::from(0)))
}

/// A limit as the form shows it.
fn mebibytes(limit: Option<u64>) -> String {
    limit.map_or(String::new(), |limit| limit.div_ceil(MIB).to_string())
}

/// The artifact, if it is pulled through.
async fn find(app: &App, member: &Member, id: ArtifactId) -> Result<(Artifact, Upstream), Error> {
    let nothing = PageRequest { limit: Some(1), ..PageRequest::default() };
    let artifact = show::show(&app.ops, &member.caller, id, &nothing).await?.listed.artifact;
    let upstream = artifact.upstream.clone().ok_or(Error::NotFound(Kind::Artifact))?;
    Ok((artifact, upstream))
}

fn page((artifact, upstream): &(Artifact, Upstream), form: FormState<UpstreamValues>) -> Edit {
    Edit {
        artifact: artifact.id,
        name: artifact.name.to_string(),
        form,
        has_password: upstream.username.is_some(),
    }
}

/// The form.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<ArtifactId>) -> PageResult {
    app.ops.require(&member.caller, Action::PushArtifacts).await?;
    let found = find(&app, &member, id).await?;
    let upstream = &found.1;
    let upkeep = &upstream.upkeep;
    let text = |number: Option<u32>| number.map_or(String::new(), |number| number.to_string());
    let values = UpstreamValues {
        url: upstream.url.clone(),
        username: upstream.username.clone().unwrap_or_default(),
        cache_limit: mebibytes(upkeep.cache_limit),
        cache_days: text(upkeep.cache_days),
        sync_hours: text(upkeep.sync_hours),
        ..UpstreamValues::default()
    };
    let page = page(&found, FormState::fresh(values));
    Ok(member.page(Nav::Artifacts, &page))
}

/// Saves it.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<ArtifactId>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    app.ops.require(&member.caller, Action::PushArtifacts).await?;
    let found = find(&app, &member, id).await?;
    let Upkeep { cache_limit, cache_days, sync_hours } = form.upkeep();
    // One that is no whole number of MiB was given elsewhere, and stays as exact.
    let is_untouched = form.values.cache_limit == mebibytes(found.1.upkeep.cache_limit);
    let changes = Changes {
        url: Some(&form.values.url),
        credentials: form.credentials(&found.1),
        cache_limit: (!is_untouched).then_some(cache_limit),
        cache_days: Some(cache_days),
        sync_hours: Some(sync_hours),
    };
    match checked(upstream::update(&app.ops, &member.caller, id, changes).await)? {
        Ok(_) => Ok(go(&ShowArtifact { artifact: id }, Notice::Saved)),
        Err(refusal) => {
            let page = page(&found, FormState::refused(form.values, refusal.errors.clone()));
            Ok(member.refused(&refusal, Nav::Artifacts, &page))
        }
    }
}
