//! `Link` headers (RFC 8288): where a list goes on.

/// The target of the link to the next page, from the values of all `Link` headers of an answer.
pub(crate) fn next<'value>(values: impl IntoIterator<Item = &'value str>) -> Option<&'value str> {
    values.into_iter().find_map(next_of)
}

fn next_of(value: &str) -> Option<&str> {
    let mut rest = value;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        // A link's parameters end where the next one begins.
        let end = after.find('<').unwrap_or(after.len());
        if is_next(&after[..end]) {
            return Some(target);
        }
        rest = &after[end..];
    }
}

fn is_next(parameters: &str) -> bool {
    parameters.split([';', ',']).any(|one| {
        let (key, value) = one.split_once('=').unwrap_or((one, ""));
        let kinds = value.trim().trim_matches('"');
        key.trim().eq_ignore_ascii_case("rel")
            && kinds.split(' ').any(|kind| kind.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn next_page_is_found_among_links() {
        let check = |values: &[&str], expected: Option<&str>| {
            assert_eq!(next(values.iter().copied()), expected, "{values:?}");
        };
        check(&["</v2/a/tags/list?n=2&last=b>; rel=\"next\""], Some("/v2/a/tags/list?n=2&last=b"));
        check(&["<x>;rel=next"], Some("x"));
        check(&["<x>; title=\"a\"; Rel=\"last NEXT\""], Some("x"));
        check(&["<a>; rel=\"prev\", <b>; rel=\"next\""], Some("b"));
        check(&["<a>; rel=\"prev\"", "<b>; rel=\"next\""], Some("b"));
        check(&["<a,b;c>; rel=next"], Some("a,b;c"));
        check(&[], None);
        check(&["<x>"], None);
        check(&["<x; rel=next"], None);
        check(&["x; rel=next"], None);
        check(&["<a>; rel=\"prev\""], None);
    }

    proptest! {
        #[test]
        fn any_value_is_survived(value in "[<>;,=\" a-z]{0,40}") {
            next([&*value]);
        }
    }
}
