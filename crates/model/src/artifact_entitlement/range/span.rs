//! The releases between two bounds that a range stands for, to compare ranges with each other.

use semver::{Comparator, Op, VersionReq};

type Numbers = [u64; 3];

/// Releases from `low` on, and before `high` if there is one. Every range without pre-releases is one such span.
#[derive(Debug, Clone, Copy)]
struct Span {
    low: Numbers,
    high: Option<Numbers>,
}

/// Whether every release of `narrow` is one of `wide`. What can't be said by a span is included in nothing.
pub(super) fn includes(wide: &VersionReq, narrow: &VersionReq) -> bool {
    let (Some(wide), Some(narrow)) = (Span::of(wide), Span::of(narrow)) else { return false };
    let is_empty = narrow.high.is_some_and(|high| high <= narrow.low);
    let ends_before = wide.high.is_none_or(|wide| narrow.high.is_some_and(|narrow| narrow <= wide));
    is_empty || (wide.low <= narrow.low && ends_before)
}

impl Span {
    fn of(requirement: &VersionReq) -> Option<Self> {
        let all = Self { low: [0; 3], high: None };
        requirement.comparators.iter().try_fold(all, |span, one| Some(span.and(Self::of_one(one)?)))
    }

    fn and(self, other: Self) -> Self {
        let high = match (self.high, other.high) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self { low: self.low.max(other.low), high }
    }

    /// As the documentation of `semver` defines the operators: numbers that are left out stand for all.
    fn of_one(one: &Comparator) -> Option<Self> {
        if !one.pre.is_empty() {
            return None;
        }
        let low = [one.major, one.minor.unwrap_or(0), one.patch.unwrap_or(0)];
        let given = 1 + usize::from(one.minor.is_some()) + usize::from(one.patch.is_some());
        let after_given = next(low, given - 1);
        let from = |low| Some(Self { low, high: None });
        let until = |high| Some(Self { low: [0; 3], high });
        match one.op {
            Op::Exact | Op::Wildcard => Some(Self { low, high: Some(after_given?) }),
            Op::Greater => from(after_given?),
            Op::GreaterEq => from(low),
            Op::Less => until(Some(low)),
            Op::LessEq => until(Some(after_given?)),
            Op::Tilde => Some(Self { low, high: Some(next(low, given.min(2) - 1)?) }),
            Op::Caret => {
                let first_above_zero = low.iter().take(given).position(|&number| number > 0);
                Some(Self { low, high: Some(next(low, first_above_zero.unwrap_or(given - 1))?) })
            }
            _ => None,
        }
    }
}

/// The first release after all that agree with `numbers` up to the place `at`; `None` beyond the greatest number.
fn next(numbers: Numbers, at: usize) -> Option<Numbers> {
    let mut next = [0; 3];
    next[..at].copy_from_slice(&numbers[..at]);
    next[at] = numbers[at].checked_add(1)?;
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::super::VersionRange;

    #[test]
    fn range_includes_what_it_surely_covers() {
        for (wide, narrow, expected) in [
            (">=1", ">=2, <3", true),
            (">=2, <3", ">=1", false),
            (">=2, <4", ">=2, <3", true),
            (">=2, <3", ">=2, <4", false),
            (">=2.0.0, <3.0.0", "^2", true),
            ("^2", ">=2, <3", true),
            ("~1.4", "~1.4.2", true),
            ("~1.4.2", "~1.4", false),
            ("*", "^0.4.2", true),
            ("^0.4", "^0.4.2", true),
            ("^0.4.2", "^0.4", false),
            ("2.*", "=2.1.0", true),
            (">1", ">=2", true),
            (">=2", ">1", true),
            ("<=2", "<3", true),
            ("<3", "<=2", true),
            (">=1", ">=3, <2", true),
            (">=2.0.0-rc.1", ">=2.0.0-rc.1", true),
            (">=1", ">=2.0.0-rc.1", false),
        ] {
            let (wide, narrow): (VersionRange, VersionRange) =
                (wide.parse().unwrap(), narrow.parse().unwrap());
            assert_eq!(wide.surely_includes(&narrow), expected, "{wide} includes {narrow}");
        }
    }
}
