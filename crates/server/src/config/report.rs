//! What `grantry config` shows: every setting in force and where it came from, without secrets.

use serde_json::{Value, json};

use super::database_url::mask_url;
use super::resolve::{InForce, Settings};
use super::setting::{Shape, Visibility};

impl InForce {
    /// The text that may be shown; `None` if the setting has no value.
    fn shown(&self) -> Option<String> {
        self.text.as_deref().map(|text| match self.setting.visibility {
            Visibility::Plain => text.to_owned(),
            Visibility::Url => mask_url(text),
            Visibility::Secret => "(set)".to_owned(),
        })
    }
}

/// The settings as an aligned table with a heading; `-` stands for no value.
#[must_use]
pub fn report_table(settings: &Settings) -> String {
    let heading = ["SETTING".to_owned(), "VALUE".to_owned(), "FROM".to_owned()];
    let rows: Vec<[String; 3]> = std::iter::once(heading)
        .chain(settings.in_force.iter().map(|in_force| {
            let value = in_force.shown().filter(|text| !text.is_empty());
            let value = value.map_or_else(|| "-".to_owned(), |text| text.escape_debug().to_string());
            [in_force.setting.name.to_owned(), value, in_force.source.to_string()]
        }))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    rows.iter().map(|[name, value, from]| format!("{name:first$}  {value:second$}  {from}\n")).collect()
}

/// The settings as a JSON array of `{name, value, source, origin}`: `value` is null if there is none, `source` one of
/// default, file, environment and flag, `origin` the source in full.
#[must_use]
pub fn report_json(settings: &Settings) -> Value {
    let entry = |in_force: &InForce| {
        let value = match (in_force.setting.shape, in_force.shown()) {
            (_, None) => Value::Null,
            (Shape::Text, Some(text)) => text.into(),
            (Shape::List, Some(text)) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
            }
        };
        json!({
            "name": in_force.setting.name,
            "value": value,
            "source": in_force.source.kind(),
            "origin": in_force.source.to_string(),
        })
    };
    settings.in_force.iter().map(entry).collect()
}
