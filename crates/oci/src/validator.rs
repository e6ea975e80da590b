//! Entity tags of content: what is addressed by digest never changes, so its digest is its strong validator.

use crate::digest::Digest;

/// The value of `ETag`.
pub fn etag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

/// Whether `If-None-Match` names the content, so that a GET or HEAD is answered with 304 (RFC 9110, 13.1.2).
pub fn is_unchanged(if_none_match: &str, digest: &Digest) -> bool {
    let own = etag(digest);
    let entries = if_none_match.split(',').map(str::trim);
    if_none_match.trim() == "*"
        || entries.map(|one| one.strip_prefix("W/").unwrap_or(one)).any(|one| one == own)
}

/// Whether `If-Range` names the content, so that `Range` counts (RFC 9110, 13.1.5). A date never does: contents have none.
pub fn allows_range(if_range: &str, digest: &Digest) -> bool {
    if_range.trim() == etag(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Algorithm;

    #[test]
    fn entity_tags_are_compared() {
        let digest = Digest::of(Algorithm::Sha256, b"");
        let own = etag(&digest);
        assert_eq!(own, format!("\"{digest}\""));
        for header in [
            &*own,
            "*",
            " * ",
            &format!("W/{own}"),
            &format!("\"x\", {own}"),
            &format!("\"x\",W/{own} ,\"y\""),
        ] {
            assert!(is_unchanged(header, &digest), "{header}");
        }
        for header in ["", "\"x\"", &digest.to_string(), "\"*\"", &format!("w/{own}")] {
            assert!(!is_unchanged(header, &digest), "{header}");
        }
    }

    #[test]
    fn only_the_strong_entity_tag_allows_a_range() {
        let digest = Digest::of(Algorithm::Sha256, b"");
        assert!(allows_range(&etag(&digest), &digest));
        for header in ["", "*", "Tue, 24 Nov 2026 00:00:00 GMT", &format!("W/{}", etag(&digest))] {
            assert!(!allows_range(header, &digest), "{header}");
        }
    }
}
