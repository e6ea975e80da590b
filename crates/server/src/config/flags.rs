//! Settings from flags. The flags are made from the table of settings, so clap's derive can't name them.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::resolve::{Given, Layer, Source};
use super::table::SETTINGS;

/// The flags that give settings, for every command that needs the configuration.
#[derive(Debug, Clone, Default)]
pub struct SettingFlags {
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// Name of setting, flag and text, in the order of the table.
    given: Vec<(&'static str, &'static str, String)>,
}

impl SettingFlags {
    pub(super) fn layer(&self) -> Layer {
        let entry = |(name, flag, text): &(&'static str, &'static str, String)| {
            (*name, Given { text: text.clone(), source: Source::Flag(flag) })
        };
        self.given.iter().map(entry).collect()
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<PathBuf>("config").cloned();
        self.given = SETTINGS
            .iter()
            .filter_map(|setting| {
                let flag = setting.flag?;
                matches.get_one::<String>(setting.name).map(|text| (setting.name, flag, text.clone()))
            })
            .collect();
        Ok(())
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help_heading("Settings")
            .help("Configuration file [environment: GRANTRY_CONFIG] [default: grantry.toml if it is there]");
        SETTINGS.iter().fold(command.arg(config), |command, setting| match setting.flag {
            Some(flag) => command.arg(
                Arg::new(setting.name)
                    .long(flag)
                    .value_name(setting.placeholder)
                    .help_heading("Settings")
                    .allow_hyphen_values(true)
                    .help(capitalized(setting.summary)),
            ),
            None => command,
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn capitalized(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
