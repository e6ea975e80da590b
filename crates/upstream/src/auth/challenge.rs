//! What a registry asks for when it wants to know who we are (RFC 9110, 11.6.1).

/// One way to tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// With a token, that the server under `realm` gives.
    Bearer(Bearer),
    /// With the credentials themselves.
    Basic,
}

/// Which token is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bearer {
    /// The URL of the token server.
    pub(crate) realm: String,
    /// What the token is for, to be told to the token server.
    pub(crate) service: Option<String>,
    /// What the token must permit, to be told to the token server.
    pub(crate) scope: Option<String>,
}

/// A scheme with its parameters.
#[derive(Default)]
struct Raw {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The way to choose, from the values of all `WWW-Authenticate` headers of an answer: a token if there is the choice.
    pub(crate) fn choose<'value>(values: impl IntoIterator<Item = &'value str>) -> Option<Self> {
        let all: Vec<Raw> = values.into_iter().flat_map(read).collect();
        let bearer = all.iter().find_map(Raw::bearer).map(Self::Bearer);
        let basic = || all.iter().any(|one| one.scheme.eq_ignore_ascii_case("basic")).then_some(Self::Basic);
        bearer.or_else(basic)
    }
}

impl Raw {
    fn bearer(&self) -> Option<Bearer> {
        let realm = self.parameter("realm").filter(|_| self.scheme.eq_ignore_ascii_case("bearer"))?;
        Some(Bearer { realm, service: self.parameter("service"), scope: self.parameter("scope") })
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let found = self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }
}

/// Reads a header. A word with `=` after it is a parameter, any other is a scheme. What fits nowhere is skipped.
fn read(header: &str) -> Vec<Raw> {
    let mut all: Vec<Raw> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches(|one: char| !is_word(one));
        if rest.is_empty() {
            return all;
        }
        let word;
        (word, rest) = split_word(rest);
        match (rest.trim_start().strip_prefix('='), all.last_mut()) {
            (Some(after), Some(last)) => {
                let value;
                (value, rest) = read_value(after.trim_start());
                last.parameters.push((word.to_owned(), value));
            }
            (Some(after), None) => rest = after,
            (None, _) => all.push(Raw { scheme: word.to_owned(), ..Raw::default() }),
        }
    }
}

fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = split_word(text);
        return (word.to_owned(), rest);
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, one) in quoted.char_indices() {
        match one {
            '"' if !escaped => return (value, &quoted[at + 1..]),
            '\\' if !escaped => escaped = true,
            _ => {
                value.push(one);
                escaped = false;
            }
        }
    }
    (value, "")
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|one| !is_word(one)).unwrap_or(text.len()))
}

/// What tokens of HTTP are made of (RFC 9110, 5.6.2), and a few more that servers leave unquoted in URLs.
fn is_word(one: char) -> bool {
    one.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/:".contains(one)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        let [service, scope] = [service, scope].map(|one| one.map(str::to_owned));
        Some(Challenge::Bearer(Bearer { realm: realm.to_owned(), service, scope }))
    }

    #[test]
    fn challenges_are_read_as_servers_send_them() {
        let check = |values: &[&str], expected: Option<Challenge>| {
            assert_eq!(Challenge::choose(values.iter().copied()), expected, "{values:?}");
        };
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull""#;
        let scope = Some("repository:library/nginx:pull");
        check(&[hub], bearer("https://auth.docker.io/token", Some("registry.docker.io"), scope));
        let spaced = "bearer  realm = \"https://a.io/t\" ,\tscope=\"repository:a:pull,push\"";
        check(&[spaced], bearer("https://a.io/t", None, Some("repository:a:pull,push")));
        check(&["Bearer realm=https://a.io/t,service=a.io"], bearer("https://a.io/t", Some("a.io"), None));
        check(
            &[r#"Bearer scope="a", error="x", REALM="https://a.io/\"t""#],
            bearer("https://a.io/\"t", None, Some("a")),
        );
        check(&[r#"Bearer realm="https://a.io/t",service="""#], bearer("https://a.io/t", None, None));
        check(&[r#"Basic realm="Registry""#], Some(Challenge::Basic));
        check(&["BASIC"], Some(Challenge::Basic));
    }

    #[test]
    fn token_is_preferred_among_several() {
        let check = |values: &[&str], expected: Option<Challenge>| {
            assert_eq!(Challenge::choose(values.iter().copied()), expected, "{values:?}");
        };
        let token = bearer("https://a.io/t", None, None);
        check(&[r#"Basic realm="x", Bearer realm="https://a.io/t""#], token.clone());
        check(&[r#"Basic realm="x""#, r#"Bearer realm="https://a.io/t""#], token.clone());
        check(&[r#"Negotiate abc==, Bearer realm="https://a.io/t""#], token);
        check(&["Bearer, Basic"], Some(Challenge::Basic));
        check(&[r#"Basic realm="Bearer realm=https://evil.io/""#], Some(Challenge::Basic));
    }

    #[test]
    fn what_asks_for_nothing_known_is_no_challenge() {
        for value in
            ["", "Negotiate", "Bearer", "Bearer service=\"a\"", "=,=\"", "realm=\"https://a.io\"", "\u{e9}"]
        {
            assert_eq!(Challenge::choose([value]), None, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_survived(value in "[Bearer=,\" \\\\a\u{e9}:/]{0,60}") {
            Challenge::choose([&*value]);
        }
    }
}
