//! The seconds at which a license begins, turns to grace and ends.

use crate::vectors::case::Case;
use crate::vectors::forge::{EXPIRES_AT, Fields, NOT_BEFORE, token};

/// What the tokens with grace have: an hour.
const GRACE: i64 = 3_600;

pub(super) fn cases() -> Vec<Case> {
    [edges(), grace(), extremes()].concat()
}

/// One token at one time, before its outcome is told.
struct At {
    case: Case,
    claims: String,
}

impl At {
    fn new(claims: &Fields, name: &'static str, description: &'static str, now: i64) -> Self {
        let case = Case::token(name, description, token(claims)).at(now).leeway(0);
        Self { case, claims: claims.text() }
    }

    /// With a leeway of a minute.
    fn with_leeway(self) -> Self {
        Self { case: self.case.leeway(60), ..self }
    }

    fn early(self) -> Case {
        self.case.refuses("not_yet_valid")
    }

    fn valid(self) -> Case {
        self.case.accepts("valid", &self.claims)
    }

    fn grace(self) -> Case {
        self.case.accepts("grace", &self.claims)
    }

    fn expired(self) -> Case {
        self.case.expires(&self.claims)
    }
}

fn edges() -> Vec<Case> {
    let claims = Fields::usual();
    let at = |name, description, now| At::new(&claims, name, description, now);
    vec![
        at("nbf-before-leeway", "Too early even with leeway.", NOT_BEFORE - 61).with_leeway().early(),
        at("nbf-at-leeway", "The first second with leeway.", NOT_BEFORE - 60).with_leeway().valid(),
        at("nbf-before", "One second too early without leeway.", NOT_BEFORE - 1).early(),
        at("nbf-at", "The first second without leeway.", NOT_BEFORE).valid(),
        at("exp-before", "The last second without leeway.", EXPIRES_AT - 1).valid(),
        at("exp-at", "Expired without leeway; the claims stay readable.", EXPIRES_AT).expired(),
        at("exp-before-leeway", "The last second with leeway.", EXPIRES_AT + 59).with_leeway().valid(),
        at("exp-at-leeway", "Expired even with leeway.", EXPIRES_AT + 60).with_leeway().expired(),
        at("exp-long-ago", "Expired by years.", EXPIRES_AT + 100_000_000).with_leeway().expired(),
    ]
}

fn grace() -> Vec<Case> {
    let claims = Fields::usual().set("lic", r#"{"seq":3,"grace":3600,"name":"Example"}"#);
    let at = |name, description, now| At::new(&claims, name, description, now);
    let distr = At::new(&Fields::distr(), "distr-no-grace", "No `lic`, no grace.", EXPIRES_AT + 60);
    let end = EXPIRES_AT + GRACE;
    vec![
        at("grace-before", "The last second before the grace period.", EXPIRES_AT - 1).valid(),
        at("grace-first", "The first second of the grace period.", EXPIRES_AT).grace(),
        at("grace-last", "The last second of the grace period.", end - 1).grace(),
        at("grace-over", "The grace period is over.", end).expired(),
        at("grace-before-leeway", "Leeway comes before grace.", EXPIRES_AT + 59).with_leeway().valid(),
        at("grace-first-leeway", "Grace begins after leeway.", EXPIRES_AT + 60).with_leeway().grace(),
        at("grace-last-leeway", "The last second of grace and leeway.", end + 59).with_leeway().grace(),
        at("grace-over-leeway", "Grace and leeway are over.", end + 60).with_leeway().expired(),
        distr.with_leeway().expired(),
    ]
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
