//! What the form of an artifact entitlement sends, and how its inputs are named.

use crate::form::Step;

/// How much of an artifact a row of the form grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScopeChoice {
    /// Every tag, now and later.
    #[default]
    All,
    /// The tags that there are when it is saved.
    Current,
    /// Chosen tags and manifests.
    Chosen,
    /// Tags whose name fits a pattern.
    Pattern,
    /// Tags that are versions in a range.
    Range,
}

impl ScopeChoice {
    /// All choices.
    pub const ALL: [Self; 5] = [Self::All, Self::Current, Self::Chosen, Self::Pattern, Self::Range];

    /// The value in the form, as `scope.kind` on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Current => "current",
            Self::Chosen => "chosen",
            Self::Pattern => "pattern",
            Self::Range => "range",
        }
    }

    /// Reads the value; anything else grants nothing until something is chosen.
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text).unwrap_or(Self::Chosen)
    }
}

/// A row of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantValues {
    /// The artifact's id; empty if none is chosen yet.
    pub artifact: String,
    /// How much of it.
    pub scope: ScopeChoice,
    /// What its tags are searched for.
    pub search: String,
    /// The names of the chosen tags.
    pub tags: Vec<String>,
    /// The ids of the chosen manifests.
    pub manifests: Vec<String>,
    /// The pattern.
    pub pattern: String,
    /// The range.
    pub range: String,
}

/// What stands above the rows, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntitlementValues {
    /// `customerOrganizationId`; empty if none is chosen yet.
    pub customer: String,
    /// `name`.
    pub name: String,
    /// `expiresAt`, a day such as `2027-11-24`, up to its first second, UTC; empty for never.
    pub expires_at: String,
    /// `confirm`: whether the consequences of the organization's first entitlement were accepted.
    pub confirmed: bool,
}

/// Everything that the form sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementForm {
    /// What stands above the rows.
    pub values: EntitlementValues,
    /// The rows, in their order.
    pub grants: Vec<GrantValues>,
    /// What the button asked for.
    pub step: Step,
}

/// The names of the inputs above the rows, and `artifacts` for what is wrong with the rows as a whole.
pub(super) const NAMES: [&str; 5] = ["customerOrganizationId", "name", "expiresAt", "artifacts", "confirm"];

/// Most rows that are read; more than anybody fills in by hand.
const MOST_ROWS: usize = 1_000;

/// The name of an input of a row.
pub(super) fn named(part: &str, row: usize) -> String {
    format!("{part}-{row}")
}

impl EntitlementForm {
    /// Takes the values from the fields of a request: `all` gives the values of a field, in the order they were sent.
    pub fn read(all: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let rows = all("row").len().min(MOST_ROWS);
        let grant = |row: usize| GrantValues {
            artifact: first(&named("artifact", row)),
            scope: ScopeChoice::of(&first(&named("scope", row))),
            search: first(&named("search", row)),
            tags: all(&named("tag", row)),
            manifests: all(&named("manifest", row)),
            pattern: first(&named("pattern", row)),
            range: first(&named("range", row)),
        };
        Self {
            values: EntitlementValues {
                customer: first("customerOrganizationId"),
                name: first("name"),
                expires_at: first("expiresAt"),
                confirmed: first("confirm") == "true",
            },
            grants: (0..rows).map(grant).collect(),
            step: Step::of(&first("step")),
        }
    }

    /// Adds or takes away the row that the button asked for; nothing else changes.
    #[must_use]
    pub fn stepped(mut self) -> Self {
        match self.step {
            Step::Add => self.grants.push(GrantValues::default()),
            Step::Remove(row) if row < self.grants.len() => {
                self.grants.remove(row);
            }
            Step::Remove(_) | Step::Preview | Step::Save => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> EntitlementForm {
        EntitlementForm::read(|name| {
            let found = fields.iter().filter(|(field, _)| *field == name);
            found.map(|(_, value)| (*value).to_owned()).collect()
        })
    }

    #[test]
    fn rows_are_read_by_their_number() {
        let form = read(&[
            ("name", "Images"),
            ("row", "0"),
            ("artifact-0", "a"),
            ("scope-0", "chosen"),
            ("tag-0", "1"),
            ("tag-0", "2"),
            ("row", "1"),
            ("artifact-1", "b"),
            ("scope-1", "range"),
            ("range-1", ">=2"),
            ("artifact-2", "no row"),
            ("step", "remove-0"),
        ]);
        assert_eq!(form.grants.len(), 2);
        assert_eq!(form.grants[0].tags, ["1", "2"]);
        let left = form.stepped().grants;
        assert_eq!((left.len(), left[0].range.as_str()), (1, ">=2"));
    }

    #[test]
    fn a_missing_scope_grants_nothing() {
        assert_eq!(read(&[("row", "0")]).grants[0].scope, ScopeChoice::Chosen);
    }

    #[test]
    fn what_is_not_there_is_not_taken_away() {
        assert_eq!(read(&[("step", "remove-3")]).stepped().grants, []);
    }
}
