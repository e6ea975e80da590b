//! Scopes of the token protocol: what a client asks to do, and to which repository.

use std::fmt;
use std::str::FromStr;

use crate::name::{Name, NameError};

/// What is done to a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Read manifests, blobs and lists.
    Pull,
    /// Add or move content.
    Push,
    /// Remove content.
    Delete,
}

/// A repository and what may be done to it, printed as `repository:<name>:<action>,…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The repository.
    pub name: Name,
    /// Each action once, in order.
    actions: Vec<Action>,
}

/// Why a text is no scope that can be granted. Such scopes are left out of the grant; they are no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// Not `<type>:<name>:<actions>`.
    #[error("scope is not <type>:<name>:<actions>")]
    Malformed,
    /// A type other than `repository`.
    #[error("scope is not of a repository")]
    NoRepository,
    /// No repository can have this name.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl Action {
    const ALL: [Self; 3] = [Self::Pull, Self::Push, Self::Delete];

    /// As written in scopes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
        }
    }
}

impl Scope {
    /// A scope of the actions given.
    pub fn new(name: Name, actions: &[Action]) -> Self {
        Self { name, actions: Action::ALL.into_iter().filter(|one| actions.contains(one)).collect() }
    }

    /// Reads the scopes of one parameter, separated by spaces. What can't be granted is left out.
    pub fn parse_all(text: &str) -> impl Iterator<Item = Self> {
        text.split(' ').filter_map(|one| one.parse().ok())
    }

    /// Joins the scopes of equal repositories: clients ask for `pull` and then for `pull,push` of the same one.
    pub fn union(scopes: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for scope in scopes {
            match joined.iter_mut().find(|one| one.name == scope.name) {
                Some(one) => *one = Self::new(scope.name, &[&*one.actions, &*scope.actions].concat()),
                None => joined.push(scope),
            }
        }
        joined
    }

    /// The actions, each once.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    /// Unknown actions are left out. A name may hold colons in other registries (`host:port/…`), so the text is split at
    /// the first and at the last.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let (kind, rest) = text.split_once(':').ok_or(ScopeError::Malformed)?;
        let (name, actions) = rest.rsplit_once(':').ok_or(ScopeError::Malformed)?;
        // Docker once wrote a class in brackets: `repository(plugin)`.
        if kind.split('(').next() != Some("repository") {
            return Err(ScopeError::NoRepository);
        }
        let actions = actions.split(',').filter_map(|one| match one {
            "*" => Some(Action::ALL.to_vec()),
            _ => Some(vec![Action::ALL.into_iter().find(|action| action.as_str() == one)?]),
        });
        Ok(Self::new(name.parse()?, &actions.flatten().collect::<Vec<_>>()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions: Vec<_> = self.actions.iter().map(|one| one.as_str()).collect();
        write!(f, "repository:{}:{}", self.name, actions.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, ScopeError>) {
        let found = text.parse::<Scope>().map(|scope| scope.to_string());
        assert_eq!(found.as_deref().map_err(|error| *error), expected, "{text}");
    }

    #[test]
    fn scopes_are_read_and_printed() {
        check("repository:a/b:pull", Ok("repository:a/b:pull"));
        check("repository:a/b:push,pull,push", Ok("repository:a/b:pull,push"));
        check("repository:a/b:*", Ok("repository:a/b:pull,push,delete"));
        check("repository:a/b:metadata,pull", Ok("repository:a/b:pull"));
        check("repository:a/b:", Ok("repository:a/b:"));
        check("repository(plugin):a/b:pull", Ok("repository:a/b:pull"));
        check("registry:catalog:*", Err(ScopeError::NoRepository));
        check("repository:host:5000/a/b:pull", Err(ScopeError::Name(NameError::Malformed)));
        check("repository:alpine:pull", Err(ScopeError::Name(NameError::NoOrganization)));
        check("repository:a/b", Err(ScopeError::Malformed));
        check("", Err(ScopeError::Malformed));
    }

    #[test]
    fn scopes_of_one_repository_are_joined() {
        let text = "repository:a/b:pull repository:c/d:pull  nonsense repository:a/b:pull,push";
        let joined: Vec<_> = Scope::union(Scope::parse_all(text)).iter().map(ToString::to_string).collect();
        assert_eq!(joined, ["repository:a/b:pull,push", "repository:c/d:pull"]);
    }
}
