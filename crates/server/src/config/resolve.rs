//! Merges flags, environment, file and defaults, and remembers where each value came from.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use super::error::ConfigError;
use super::flags::SettingFlags;
use super::setting::{Fallback, Setting, Shape};
use super::table::{SETTINGS, blank};
use super::{Config, Surroundings, environment, file};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File {
        /// As it was named.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// An environment variable of this name.
    Variable(String),
    /// A flag, without its dashes.
    Flag(&'static str),
}

impl Source {
    /// One word for the kind of source, for programs: `default`, `file`, `environment` or `flag`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File { .. } => "file",
            Self::Variable(_) => "environment",
            Self::Flag(_) => "flag",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// A text that somebody gave for a setting, and where.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) source: Source,
}

/// What one source gives, by the setting's name.
pub(super) type Layer = HashMap<&'static str, Given>;

/// One setting with the text that is in force.
#[derive(Debug)]
pub struct InForce {
    /// The setting.
    pub setting: &'static Setting,
    /// Its text; `None` if it has no value. May be secret: see `Setting::visibility`.
    pub(super) text: Option<String>,
    /// Where it came from.
    pub source: Source,
}

/// All settings in force, as values and with their sources.
#[derive(Debug)]
pub struct Settings {
    /// The values.
    pub config: Config,
    /// Every setting of the table, in its order.
    pub in_force: Vec<InForce>,
}

impl Settings {
    /// Reads flags, environment and file, and checks every value. Touches no file but the configuration file.
    pub fn load(flags: &SettingFlags, surroundings: &Surroundings) -> Result<Self, ConfigError> {
        let environment = environment::read(&surroundings.environment)?;
        let file = file::read(flags.config.as_deref(), environment.config, &surroundings.folder)?;
        let layers = [flags.layer(), environment.layer, file];
        let mut config = blank();
        let mut in_force = Vec::with_capacity(SETTINGS.len());
        for setting in SETTINGS {
            let given = layers.iter().find_map(|layer| layer.get(setting.name)).cloned();
            in_force.push(resolve(setting, given, &mut config)?);
        }
        let settings = Self { config, in_force };
        settings.refuse_both("master_key", "master_key_file")?;
        settings.refuse_both("license_key", "license_key_file")?;
        Ok(settings)
    }

    /// Where the value of the setting came from; `None` if there is no such setting.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.find(name).map(|in_force| &in_force.source)
    }

    fn find(&self, name: &str) -> Option<&InForce> {
        self.in_force.iter().find(|in_force| in_force.setting.name == name)
    }

    fn refuse_both(&self, first: &str, second: &str) -> Result<(), ConfigError> {
        match (self.find(first), self.find(second)) {
            (Some(first), Some(second)) if first.text.is_some() && second.text.is_some() => {
                Err(ConfigError::Both {
                    first: first.setting.name,
                    first_origin: first.source.clone(),
                    second: second.setting.name,
                    second_origin: second.source.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

fn resolve(
    setting: &'static Setting,
    given: Option<Given>,
    config: &mut Config,
) -> Result<InForce, ConfigError> {
    let (text, source) = match given {
        Some(given) => (Some(given.text), given.source),
        None => (fallback(setting, config), Source::Default),
    };
    if let Some(text) = &text {
        let applied = if text.trim().is_empty() && setting.shape == Shape::Text {
            Err("the value is empty; write one, or leave the setting out".to_owned())
        } else {
            (setting.apply)(config, text)
        };
        applied.map_err(|refusal| ConfigError::Value {
            setting: setting.name,
            origin: source.clone(),
            refusal,
        })?;
    }
    Ok(InForce { setting, text, source })
}

fn fallback(setting: &Setting, config: &Config) -> Option<String> {
    match &setting.default {
        Fallback::Text(text) => Some((*text).to_owned()),
        Fallback::Follows { from, .. } => Some(from(config)),
        Fallback::Nothing(_) => None,
    }
}
