//! The database's URL, and how URLs are shown without their passwords.

use std::fmt;
use std::path::PathBuf;

use super::Refusal;

/// Which database the hub uses. `Debug` masks the password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// An SQLite file, made if it is missing.
    Sqlite(PathBuf),
    /// The connection URL of a PostgreSQL database, password included.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return parse_sqlite(path);
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        match rest {
            Some("") => {
                Err("the URL names no host; write it like postgres://user:password@host/database".to_owned())
            }
            Some(_) => Ok(Self::Postgres(text.to_owned())),
            None => Err(format!(
                "{:?} is no database URL; write sqlite:PATH or postgres://user:password@host/database",
                mask_url(text)
            )),
        }
    }
}

fn parse_sqlite(path: &str) -> Result<DatabaseUrl, Refusal> {
    // `sqlite:///var/x` is the URL form of an absolute path. `sqlite://x` would name the host x.
    let path = match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(relative) => {
            return Err(format!("\"sqlite://{relative}\" names a host; write sqlite:{relative}"));
        }
        None => path,
    };
    match path {
        "" => Err("the URL names no file; write it like sqlite:grantry-data/grantry.db".to_owned()),
        ":memory:" => {
            Err("a database in memory would be lost at every stop; write sqlite:PATH with a file".to_owned())
        }
        _ => Ok(DatabaseUrl::Sqlite(PathBuf::from(path))),
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&mask_url(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The URL with every password in it replaced by `****`. Made for text that may be no URL at all: if in doubt it
/// masks too much.
#[must_use]
pub fn mask_url(text: &str) -> String {
    let (head, query) = match text.rsplit_once('@') {
        // A password may hold an unescaped `?`, so the query starts after the last `@`.
        Some((credentials, rest)) => {
            let scheme_end = credentials.find("://").map_or(0, |at| at + 3);
            let (scheme, user_info) = credentials.split_at(scheme_end);
            let user_info = match user_info.split_once(':') {
                Some((user, _)) => format!("{user}:****"),
                None => user_info.to_owned(),
            };
            let (host, query) = split_query(rest);
            (format!("{scheme}{user_info}@{host}"), query)
        }
        None => {
            let (host, query) = split_query(text);
            (host.to_owned(), query)
        }
    };
    let Some(query) = query else { return head };
    let masked: Vec<String> = query.split('&').map(mask_parameter).collect();
    format!("{head}?{}", masked.join("&"))
}

fn split_query(text: &str) -> (&str, Option<&str>) {
    text.split_once('?').map_or((text, None), |(head, query)| (head, Some(query)))
}

fn mask_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("pass") => format!("{name}=****"),
        _ => parameter.to_owned(),
    }
}
