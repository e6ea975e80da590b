//! Tokens that a later revision or a revocation list has overtaken.

use crate::vectors::case::{Case, usual_key};
use crate::vectors::forge::{Fields, LICENSE_KEY, REVISION, token};
use crate::vectors::lists;

const OTHER: &str = "0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0f09";

pub(super) fn cases() -> Vec<Case> {
    [superseded(), revoked()].concat()
}

fn superseded() -> Vec<Case> {
    let usual = Fields::usual();
    let distr = Fields::distr();
    vec![
        Case::token("seq-lower", "Revision 3, but 4 was seen.", token(&usual))
            .lowest_seq(4)
            .refuses("superseded"),
        Case::token("seq-equal", "Revision 3, and 3 was seen.", token(&usual))
            .lowest_seq(3)
            .accepts("valid", &usual.text()),
        Case::token("seq-higher", "Revision 3, and 2 was seen.", token(&usual))
            .lowest_seq(2)
            .accepts("valid", &usual.text()),
        Case::token("distr-superseded", "A token without `lic` has seq 0.", token(&distr))
            .lowest_seq(1)
            .refuses("superseded"),
        Case::token("distr-lowest-zero", "Any token is at least 0.", token(&distr))
            .lowest_seq(0)
            .accepts("valid", &distr.text()),
    ]
}

fn revoked() -> Vec<Case> {
    let usual = Fields::usual();
    let distr = Fields::distr();
    let list = |entries: &[String]| lists::signed(&lists::usual(entries), &usual_key());
    let this = lists::entry(Some(REVISION), LICENSE_KEY);
    let sibling = lists::entry(Some(OTHER), LICENSE_KEY);
    let stranger = lists::entry(Some(OTHER), OTHER);
    let whole_key = lists::entry(None, LICENSE_KEY);
    let other_organization = lists::usual(std::slice::from_ref(&this)).set("org", format!("{OTHER:?}"));
    let with = |name, description, claims: &Fields, list: String| {
        Case::token(name, description, token(claims)).revocations(list)
    };
    vec![
        with("revoked-revision", "The list names the revision.", &usual, list(&[stranger.clone(), this]))
            .refuses("revoked"),
        with("revoked-key", "The list names the license key and no revision.", &usual, list(&[whole_key]))
            .refuses("revoked"),
        with(
            "revoked-distr",
            "A token without `jti` is revoked by any entry for its license key.",
            &distr,
            list(std::slice::from_ref(&sibling)),
        )
        .refuses("revoked"),
        with(
            "not-revoked-sibling",
            "The list names another revision of the license key.",
            &usual,
            list(&[sibling]),
        )
        .accepts("valid", &usual.text()),
        with("not-revoked-stranger", "The list names another license key.", &usual, list(&[stranger]))
            .accepts("valid", &usual.text()),
        with("not-revoked-empty-list", "The list is empty.", &usual, list(&[]))
            .accepts("valid", &usual.text()),
        with(
            "not-revoked-other-organization",
            "A list of another organization says nothing about this token.",
            &usual,
            lists::signed(&other_organization, &usual_key()),
        )
        .organization(None)
        .accepts("valid", &usual.text()),
    ]
}
