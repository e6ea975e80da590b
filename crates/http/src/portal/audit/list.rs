//! The audit log of the organization.

use axum::extract::State;
use chrono::Days;
use grantry_model::audit::{AuditFilter, Entry, EventKind};
use grantry_model::page::Cursor;
use grantry_ops::{Ops, audit};
use grantry_ui::layout::Nav;
use grantry_ui::pages::audit::list as ui;
use serde::Deserialize;
use serde_json::Value;

use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::form::day;
use crate::portal::frame::Member;

/// What is looked for.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Params {
    actor: String,
    subject: String,
    kind: String,
    from: String,
    to: String,
    after: String,
}

impl Params {
    /// As the operation takes it. A day that is none is no bound.
    fn filter(&self) -> AuditFilter {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
        let moment = |field, text| day(field, text).ok().flatten();
        AuditFilter {
            author: text(&self.actor),
            subject: text(&self.subject),
            kind: text(&self.kind),
            from: moment("from", &self.from),
            until: moment("to", &self.to).and_then(|last| last.checked_add_days(Days::new(1))),
        }
    }
}

/// The log.
pub(crate) async fn list(State(ops): State<Ops>, member: Member, Query(params): Query<Params>) -> PageResult {
    let before = Cursor::decode(&params.after);
    let found = audit::list(&ops, &member.caller, &params.filter(), before.as_ref(), None).await?;
    let kinds = EventKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), sentence_case(kind.verb())));
    let page = ui::List {
        entries: found.items.iter().map(entry).collect(),
        filter: ui::AuditFilter {
            actor: params.actor,
            subject: params.subject,
            kind: params.kind,
            from: params.from,
            to: params.to,
        },
        kinds: kinds.collect(),
        after: params.after,
        next: found.next.map(|cursor| cursor.encode()),
    };
    Ok(member.page(Nav::AuditLog, &page))
}

fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn entry(entry: &Entry) -> ui::Entry {
    let mut details = serde_json::from_str::<Value>(&entry.details).unwrap_or_default();
    let mut take = |name: &str| {
        let found = details.as_object_mut().and_then(|details| details.shift_remove(name));
        found.map(|value| value.to_string()).unwrap_or_default()
    };
    let (before, after) = (take("before"), take("after"));
    let is_empty = details.is_null() || details.as_object().is_some_and(serde_json::Map::is_empty);
    let kind = EventKind::ALL.iter().find(|kind| kind.as_str() == entry.kind);
    ui::Entry {
        seq: entry.seq,
        at: entry.at,
        author: entry.author.clone(),
        verb: kind.map_or("did", |kind| kind.verb()).to_owned(),
        subject: entry.subject_name.clone(),
        origin: origin(&entry.credential, &entry.address),
        before,
        after,
        details: if is_empty { String::new() } else { details.to_string() },
        hash: entry.hash.clone(),
    }
}

fn origin(credential: &str, address: &str) -> String {
    let how = match credential {
        "session" => "Signed in",
        "access_token" => "With an access token",
        "operator" => "On the command line",
        _ => "Not signed in",
    };
    if address.is_empty() { how.to_owned() } else { format!("{how}, from {address}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_included() {
        let params =
            Params { from: "2026-11-23".to_owned(), to: "2026-11-24".to_owned(), ..Params::default() };
        let filter = params.filter();
        assert_eq!(filter.from, Some("2026-11-23T00:00:00Z".parse().unwrap()));
        assert_eq!(filter.until, Some("2026-11-25T00:00:00Z".parse().unwrap()));
        assert_eq!(Params { from: "yesterday".to_owned(), ..Params::default() }.filter().from, None);
    }
}
