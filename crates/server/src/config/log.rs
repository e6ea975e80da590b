//! What is logged, and how it is written.

use super::Refusal;

/// How log events are written to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl LogFormat {
    /// Reads `text` or `json`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("{text:?} is not a log format; write text or json")),
        }
    }
}

/// Checks a log filter: a level, or directives such as `info,grantry_http=debug`. A bare word must be a level, although
/// the filter language would take it for a module: `inof` would otherwise silence the log.
pub fn parse_log_filter(text: &str) -> Result<String, Refusal> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    const RIGHT: &str =
        "write off, error, warn, info, debug or trace, or directives like info,grantry_http=debug";
    let bare = text.split(',').map(str::trim).filter(|part| !part.contains(['=', '[', ']', '{', '}']));
    for word in bare {
        if !LEVELS.contains(&word.to_ascii_lowercase().as_str()) {
            return Err(format!("{word:?} is not a log level; {RIGHT}"));
        }
    }
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("{text:?} is not a log filter; {RIGHT}")),
    }
}
