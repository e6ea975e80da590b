//! What is measured, on which servers, and how far it should get.

use std::time::Duration;

use super::super::load::{Load, Until};
use super::report::Figure;
use super::server::Kind;

/// How much is done; less when it is only to be seen that everything works.
pub(super) struct Extent {
    /// How long a load lasts that is ended by time.
    pub(super) time: Duration,
    /// Lengths of the small, the middle and the large blob, in bytes.
    pub(super) lengths: [usize; 3],
    /// Connections that pull the large blob at once.
    pub(super) pulls: u64,
    /// Large blobs that are pushed.
    pub(super) large_pushes: u64,
    /// Customers beside the one who pulls, each with an entitlement of its own.
    pub(super) customers: u64,
    /// Images to which [`super::referred::REFERRERS`] manifests refer each.
    pub(super) referred: usize,
    /// Grants among which is decided.
    pub(super) grants: &'static [usize],
}

impl Extent {
    /// What the goals are about.
    pub(super) fn full(seconds: u64) -> Self {
        Self {
            time: Duration::from_secs(seconds),
            lengths: [1_000, 1_000_000, 100_000_000],
            pulls: 200,
            large_pushes: 12,
            customers: 1000,
            referred: 2000,
            grants: &[10, 1_000, 100_000, 1_000_000],
        }
    }

    /// Enough to see that everything works.
    pub(super) fn quick() -> Self {
        Self {
            time: Duration::from_millis(300),
            lengths: [1_000, 1_000_000, 10_000_000],
            pulls: 20,
            large_pushes: 2,
            customers: 20,
            referred: 40,
            grants: &[10, 1_000, 100_000],
        }
    }
}

/// One thing that is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Case {
    ManifestByTag,
    ManifestHead,
    SmallBlob,
    MiddleBlob,
    LargeBlob,
    ManyPulls,
    Referrers,
    MiddlePush,
    LargePush,
    ImageAlone,
    Images,
}

/// What should be reached.
pub(super) struct Goal {
    pub(super) figure: Figure,
    /// The bound, in the figure's unit: at least for what should be much, at most for what should be little.
    pub(super) bound: f64,
}

const fn goal(figure: Figure, bound: f64) -> Goal {
    Goal { figure, bound }
}

impl Case {
    /// All, in the order in which they are measured: what is pulled comes first, so that pushes disturb nothing.
    pub(super) const ALL: [Self; 11] = [
        Self::ManifestByTag,
        Self::ManifestHead,
        Self::SmallBlob,
        Self::MiddleBlob,
        Self::LargeBlob,
        Self::ManyPulls,
        Self::Referrers,
        Self::MiddlePush,
        Self::LargePush,
        Self::ImageAlone,
        Self::Images,
    ];

    pub(super) fn name(self, extent: &Extent) -> String {
        let [small, middle, large] = extent.lengths.map(size);
        let connections = self.connections(extent);
        match self {
            Self::ManifestByTag => format!("GET manifest by tag, c={connections}"),
            Self::ManifestHead => format!("HEAD manifest by tag, c={connections}"),
            Self::SmallBlob => format!("GET blob {small}, c={connections}"),
            Self::MiddleBlob => format!("GET blob {middle}, c={connections}"),
            Self::LargeBlob => format!("GET blob {large}, c={connections}"),
            Self::ManyPulls => format!("{connections} pulls of {large} at once"),
            Self::Referrers => {
                let manifests = extent.referred * (1 + super::referred::REFERRERS);
                format!("GET referrers among {manifests} manifests, c={connections}")
            }
            Self::MiddlePush => format!("push blob {middle}, c={connections}"),
            Self::LargePush => format!("push blob {large}, c={connections}"),
            Self::ImageAlone | Self::Images => format!("push small image, c={connections}"),
        }
    }

    /// Whether a server can do it: docker-registry lists no referrers.
    pub(super) fn runs_on(self, kind: Kind) -> bool {
        match self {
            Self::Referrers => kind.is_hub(),
            _ => kind.takes_pushes() || !self.pushes(),
        }
    }

    /// Whether it writes.
    pub(super) fn pushes(self) -> bool {
        matches!(self, Self::MiddlePush | Self::LargePush | Self::ImageAlone | Self::Images)
    }

    /// The load that is measured.
    pub(super) fn load(self, extent: &Extent) -> Load {
        let until = match self {
            Self::ManyPulls => Until::Done(extent.pulls),
            Self::LargePush => Until::Done(extent.large_pushes),
            _ => Until::Passed(extent.time),
        };
        Load { connections: self.connections(extent), until, first: 0 }
    }

    /// Bytes of one operation if they are what counts.
    pub(super) fn bytes(self, extent: &Extent) -> Option<usize> {
        let [_, middle, large] = extent.lengths;
        match self {
            Self::MiddleBlob => Some(middle),
            Self::LargeBlob | Self::ManyPulls | Self::LargePush => Some(large),
            _ => None,
        }
    }

    /// What should be reached on two processors of 2 GHz.
    pub(super) fn goals(self) -> &'static [Goal] {
        use Figure::{Cpu, Median, Megabytes, Peak, Rate};
        const MANIFEST: &[Goal] = &[goal(Rate, 20_000.0), goal(Cpu, 60.0)];
        const HEAD: &[Goal] = &[goal(Rate, 25_000.0)];
        const SMALL: &[Goal] = &[goal(Rate, 20_000.0), goal(Cpu, 70.0)];
        const MIDDLE: &[Goal] = &[goal(Megabytes, 1500.0), goal(Cpu, 600.0)];
        const LARGE: &[Goal] = &[goal(Megabytes, 1300.0), goal(Cpu, 60_000.0)];
        const MANY: &[Goal] = &[goal(Peak, 150.0)];
        const REFERRERS: &[Goal] = &[goal(Median, 1.0)];
        const MIDDLE_PUSH: &[Goal] = &[goal(Rate, 150.0)];
        const LARGE_PUSH: &[Goal] = &[goal(Megabytes, 220.0)];
        const IMAGE: &[Goal] = &[goal(Median, 25.0)];
        match self {
            Self::ManifestByTag => MANIFEST,
            Self::ManifestHead => HEAD,
            Self::SmallBlob => SMALL,
            Self::MiddleBlob => MIDDLE,
            Self::LargeBlob => LARGE,
            Self::ManyPulls => MANY,
            Self::Referrers => REFERRERS,
            Self::MiddlePush => MIDDLE_PUSH,
            Self::LargePush => LARGE_PUSH,
            Self::ImageAlone => IMAGE,
            Self::Images => &[],
        }
    }

    fn connections(self, extent: &Extent) -> u64 {
        match self {
            Self::ManyPulls => extent.pulls,
            Self::Referrers | Self::ImageAlone => 1,
            Self::LargePush => 2,
            Self::MiddlePush | Self::Images => 4,
            _ => 8,
        }
    }
}

/// A length in words.
fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} KB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_runs_on_the_hub_and_has_a_name_of_its_own() {
        let extent = Extent::full(5);
        let mut names: Vec<_> = Case::ALL.iter().map(|case| case.name(&extent)).collect();
        assert!(Case::ALL.iter().all(|case| case.runs_on(Kind::Grantry)));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), Case::ALL.len(), "{names:?}");
    }

    #[test]
    fn only_what_stores_is_pushed_to() {
        let pushed = Case::ALL.iter().filter(|case| case.pushes() && case.runs_on(Kind::DockerRegistry));
        assert_eq!(pushed.count(), 4);
        assert!(Case::ALL.iter().all(|case| !(case.pushes() && case.runs_on(Kind::Nginx))));
    }
}
