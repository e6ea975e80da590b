//! The seconds at which a license begins, turns to grace and ends.

use crate::vectors::case::Case;
use crate::vectors::forge::{EXPIRES_AT, Fields, NOT_BEFORE, token};

/// What the tokens with grace have: an hour.
const GRACE: i64 = 3_600;

pub(super) fn cases() -> Vec<Case> {
    let plain = Fields::usual();
    let graced = Fields::usual().set("lic", r#"{"seq":3,"grace":3600,"name":"Example"}"#);
    let distr = Fields::distr();
    let case = |name, description, claims: &Fields, now, leeway| {
        let text = claims.text();
        (Case::token(name, description, token(claims)).at(now).leeway(leeway), text)
    };
    let valid = |(case, claims): (Case, String)| case.accepts("valid", &claims);
    let grace = |(case, claims): (Case, String)| case.accepts("grace", &claims);
    let expired = |(case, claims): (Case, String)| case.expires(&claims);
    let early = |(case, _): (Case, String)| case.refuses("not_yet_valid");
    [
        vec![
            early(case(
                "nbf-before-leeway",
                "One second too early even with leeway.",
                &plain,
                NOT_BEFORE - 61,
                60,
            )),
            valid(case("nbf-at-leeway", "The first second with leeway.", &plain, NOT_BEFORE - 60, 60)),
            early(case("nbf-before", "One second too early without leeway.", &plain, NOT_BEFORE - 1, 0)),
            valid(case("nbf-at", "The first second without leeway.", &plain, NOT_BEFORE, 0)),
            valid(case("exp-before", "The last second without leeway.", &plain, EXPIRES_AT - 1, 0)),
            expired(case(
                "exp-at",
                "Expired without leeway; the claims stay readable.",
                &plain,
                EXPIRES_AT,
                0,
            )),
            valid(case("exp-before-leeway", "The last second with leeway.", &plain, EXPIRES_AT + 59, 60)),
            expired(case("exp-at-leeway", "Expired even with leeway.", &plain, EXPIRES_AT + 60, 60)),
            expired(case("exp-long-ago", "Expired by years.", &plain, EXPIRES_AT + 100_000_000, 60)),
        ],
        vec![
            valid(case(
                "grace-before",
                "The last second before the grace period.",
                &graced,
                EXPIRES_AT - 1,
                0,
            )),
            grace(case("grace-first", "The first second of the grace period.", &graced, EXPIRES_AT, 0)),
            grace(case(
                "grace-last",
                "The last second of the grace period.",
                &graced,
                EXPIRES_AT + GRACE - 1,
                0,
            )),
            expired(case("grace-over", "The grace period is over.", &graced, EXPIRES_AT + GRACE, 0)),
            valid(case("grace-before-leeway", "Leeway comes before grace.", &graced, EXPIRES_AT + 59, 60)),
            grace(case(
                "grace-first-leeway",
                "The first second of grace with leeway.",
                &graced,
                EXPIRES_AT + 60,
                60,
            )),
            grace(case(
                "grace-last-leeway",
                "The last second of grace with leeway.",
                &graced,
                EXPIRES_AT + GRACE + 59,
                60,
            )),
            expired(case(
                "grace-over-leeway",
                "Grace and leeway are over.",
                &graced,
                EXPIRES_AT + GRACE + 60,
                60,
            )),
            expired(case(
                "distr-no-grace",
                "A token without `lic` has no grace.",
                &distr,
                EXPIRES_AT + 60,
                60,
            )),
        ],
        extremes(),
    ]
    .concat()
}

fn extremes() -> Vec<Case> {
    let always = Fields::usual().set("nbf", "-62135596800").set("exp", "253402300799");
    let longest = always.clone().set("lic", r#"{"seq":4294967295,"grace":4294967295,"name":""}"#);
    let empty = Fields::usual().set("nbf", "1760000000").set("exp", "1760000000");
    let inverted = Fields::usual().set("nbf", "1770000000").set("exp", "1750000000");
    vec![
        Case::token("window-widest", "From the year 1 to the year 9999.", token(&always))
            .accepts("valid", &always.text()),
        Case::token("grace-longest", "The largest `seq` and `grace`.", token(&longest))
            .at(253_402_300_799 + 4_294_967_294)
            .leeway(0)
            .accepts("grace", &longest.text()),
        Case::token("window-empty", "`exp` equals `nbf`.", token(&empty)).leeway(0).expires(&empty.text()),
        Case::token(
            "window-inverted",
            "`exp` before `nbf`: the beginning is checked first.",
            token(&inverted),
        )
        .refuses("not_yet_valid"),
        Case::token(
            "iat-in-future",
            "`iat` is not checked.",
            token(&Fields::usual().set("iat", "1770000000")),
        )
        .accepts("valid", &Fields::usual().set("iat", "1770000000").text()),
    ]
}
