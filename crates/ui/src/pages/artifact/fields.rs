//! The fields of an artifact's upstream, which the forms for a new and an existing one share.

use maud::{Markup, html};

use crate::components::field::{CheckBox, Field};
use crate::form::FormState;

/// The values of an upstream's form, as typed. The password is never among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpstreamValues {
    /// `name` of the artifact; only when it is created.
    pub name: String,
    /// `upstreamUrl`: `host[:port]/repository`, without scheme.
    pub url: String,
    /// `upstreamUsername`; empty for an upstream that lets anybody pull.
    pub username: String,
    /// `upstreamCacheLimit` in MiB; empty for no limit.
    pub cache_limit: String,
    /// `upstreamCacheDays`; empty for any number.
    pub cache_days: String,
    /// `upstreamSyncHours`; empty for only on demand.
    pub sync_hours: String,
}

/// The names of the inputs. The password is sent as `upstreamPassword`.
pub(super) const NAMES: [&str; 7] = [
    "name",
    "upstreamUrl",
    "upstreamUsername",
    "upstreamPassword",
    "upstreamCacheLimit",
    "upstreamCacheDays",
    "upstreamSyncHours",
];

/// Where to pull from, and as whom. `keeps` is whether a password is there already, which an empty field leaves.
pub(super) fn upstream(form: &FormState<UpstreamValues>, keeps: bool) -> Markup {
    let values = &form.values;
    let password = if keeps {
        "Empty keeps the one that is there. It is never shown."
    } else {
        "An access token of the upstream is better than a password. It is kept sealed and never shown."
    };
    let forget = CheckBox {
        name: "forgetCredentials".to_owned(),
        value: "true".to_owned(),
        label: "Forget user name and password".to_owned(),
        hint: "The upstream is then read as anybody may.".to_owned(),
        checked: false,
    };
    html! {
        (Field::line("text", "upstreamUrl", "Upstream repository").value(&values.url).required().autocomplete("off")
            .error(form.error("upstreamUrl")).hint("Host and repository, without https://, as in docker.io/library/postgres."))
        (Field::line("text", "upstreamUsername", "User name").value(&values.username).autocomplete("off")
            .error(form.error("upstreamUsername")).hint("Only if the upstream asks for one."))
        (Field::line("password", "upstreamPassword", "Password").autocomplete("new-password")
            .error(form.error("upstreamPassword")).hint(password))
        @if keeps { (forget) }
        (upkeep(form))
    }
}

/// How much is kept for how long, and how often tags are compared.
fn upkeep(form: &FormState<UpstreamValues>) -> Markup {
    let values = &form.values;
    html! {
        (Field::line("number", "upstreamCacheLimit", "Keep at most, in MiB").value(&values.cache_limit).autocomplete("off")
            .error(form.error("upstreamCacheLimit"))
            .hint("Beyond that, what was not pulled for longest is fetched anew when it is asked for. Empty keeps everything."))
        (Field::line("number", "upstreamCacheDays", "Keep without a pull, in days").value(&values.cache_days)
            .autocomplete("off").error(form.error("upstreamCacheDays")).hint("Empty keeps it for ever."))
        (Field::line("number", "upstreamSyncHours", "Compare all tags every so many hours").value(&values.sync_hours)
            .autocomplete("off").error(form.error("upstreamSyncHours"))
            .hint("Empty compares a tag when somebody pulls it, and all of them on demand."))
    }
}
