//! What came out, over all rounds.

use std::collections::BTreeMap;

use super::super::load::Outcome;
use super::super::table::{Line, Table, markdown, median};
use super::case::{Case, Extent};
use super::server::Kind;

/// One case on one server in one round.
pub(super) struct Sample {
    pub(super) outcome: Outcome,
    /// The most memory that the server had in use, in MiB.
    pub(super) peak: f64,
}

/// A number of a sample.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    /// Operations a second.
    Rate,
    /// Megabytes a second, of content.
    Megabytes,
    /// Half of the operations took no longer, in milliseconds.
    Median,
    /// 99 of 100 operations took no longer, in milliseconds.
    Slow,
    /// Processor time of the server for an operation, in microseconds.
    Cpu,
    /// Peak of the server's memory, in MiB.
    Peak,
    /// Processor time of the client for an operation, in microseconds.
    ClientCpu,
    /// How much of one processor the client took, in percent.
    ClientShare,
    /// How much of one processor others took, in percent.
    Others,
}

/// All samples.
#[derive(Default)]
pub(super) struct Report(BTreeMap<(Case, Kind), Vec<Sample>>);

impl Report {
    pub(super) fn add(&mut self, case: Case, kind: Kind, sample: Sample) {
        self.0.entry((case, kind)).or_default().push(sample);
    }

    /// Each case on each server. Figures are medians of the rounds, and `±` half of the distance between the rounds that
    /// are farthest apart.
    pub(super) fn table(&self, extent: &Extent) -> String {
        let head = [
            "case",
            "server",
            "measured",
            "±",
            "p50",
            "p99",
            "CPU of server",
            "peak memory",
            "CPU of client",
            "its load",
            "others",
            "÷ docker-registry",
            "÷ nginx",
        ];
        let row = |&(case, kind): &(Case, Kind)| {
            let main = case.main_figure(extent);
            let figure = |figure| self.figure((case, kind), figure, extent);
            let text = |one: Figure| figure(one).map(|number| one.text(number)).unwrap_or_default();
            let ratio = |other| {
                let other = self.figure((case, other), main, extent).filter(|_| kind.is_hub());
                figure(main).zip(other).map(|(own, other)| format!("{:.2}", own / other)).unwrap_or_default()
            };
            [
                case.name(extent),
                kind.to_string(),
                text(main),
                self.spread((case, kind), main, extent),
                text(Figure::Median),
                text(Figure::Slow),
                text(Figure::Cpu),
                text(Figure::Peak),
                text(Figure::ClientCpu),
                text(Figure::ClientShare),
                text(Figure::Others),
                ratio(Kind::DockerRegistry),
                ratio(Kind::Nginx),
            ]
        };
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.0.keys().map(row));
        markdown(rows)
    }

    /// The goals of the hub's cases, with what docker-registry did.
    pub(super) fn goals(&self, extent: &Extent, table: &mut Table) {
        for case in Case::ALL {
            for goal in case.goals() {
                let Some(own) = self.figure((case, Kind::Grantry), goal.figure, extent) else { continue };
                let line =
                    Line::of(format!("{}: {}", case.name(extent), goal.figure.name()), goal.figure.text(own));
                let peer = self.figure((case, Kind::DockerRegistry), goal.figure, extent);
                let line = match peer {
                    Some(peer) => {
                        line.against(format!("docker-registry {}", goal.figure.text(peer)), own / peer)
                    }
                    None => line,
                };
                let (sign, is_reached) = match goal.figure.should_be_much() {
                    true => ("≥", own >= goal.bound),
                    false => ("≤", own <= goal.bound),
                };
                table.add(line.goal(&format!("{sign} {}", goal.figure.text(goal.bound)), is_reached));
            }
        }
    }

    /// The median of the rounds.
    fn figure(&self, at: (Case, Kind), figure: Figure, extent: &Extent) -> Option<f64> {
        self.0.get(&at).map(|samples| median(&figures(samples, figure, at.0, extent)))
    }

    fn spread(&self, at: (Case, Kind), figure: Figure, extent: &Extent) -> String {
        let figures =
            self.0.get(&at).map(|samples| figures(samples, figure, at.0, extent)).unwrap_or_default();
        let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
        let most = figures.iter().copied().fold(0.0, f64::max);
        match figures.len() {
            0 | 1 => String::new(),
            _ => format!("{:.0} %", (most - least) / 2.0 / median(&figures) * 100.0),
        }
    }
}

fn figures(samples: &[Sample], figure: Figure, case: Case, extent: &Extent) -> Vec<f64> {
    samples.iter().map(|sample| figure.of(sample, case.bytes(extent))).collect()
}

impl Case {
    fn main_figure(self, extent: &Extent) -> Figure {
        if self.bytes(extent).is_some() { Figure::Megabytes } else { Figure::Rate }
    }
}

impl Figure {
    fn of(self, sample: &Sample, bytes: Option<usize>) -> f64 {
        let outcome = &sample.outcome;
        match self {
            Self::Rate => outcome.rate(),
            Self::Megabytes => outcome.rate() * bytes.unwrap_or(0) as f64 / 1e6,
            Self::Median => outcome.latency(50),
            Self::Slow => outcome.latency(99),
            Self::Cpu => outcome.cpu(),
            Self::Peak => sample.peak,
            Self::ClientCpu => outcome.client_cpu(),
            Self::ClientShare => outcome.client_share() * 100.0,
            Self::Others => outcome.others_share() * 100.0,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rate | Self::Megabytes => "rate",
            Self::Median => "p50",
            Self::Slow => "p99",
            Self::Cpu => "processor time",
            Self::Peak => "peak memory",
            Self::ClientCpu => "processor time of the client",
            Self::ClientShare => "load of the client",
            Self::Others => "others",
        }
    }

    fn should_be_much(self) -> bool {
        matches!(self, Self::Rate | Self::Megabytes)
    }

    fn text(self, number: f64) -> String {
        match self {
            Self::Rate if number < 100.0 => format!("{number:.1}/s"),
            Self::Rate => format!("{number:.0}/s"),
            Self::Megabytes => format!("{number:.0} MB/s"),
            Self::Median | Self::Slow if number < 10.0 => format!("{number:.2} ms"),
            Self::Median | Self::Slow => format!("{number:.0} ms"),
            Self::Cpu | Self::ClientCpu if number < 1000.0 => format!("{number:.0} µs"),
            Self::Cpu | Self::ClientCpu => format!("{:.1} ms", number / 1000.0),
            Self::Peak => format!("{number:.0} MiB"),
            Self::ClientShare | Self::Others => format!("{number:.0} %"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(Figure::Cpu.text(1850.0), "1.9 ms");
        assert_eq!(Figure::Cpu.text(60.0), "60 µs");
        assert_eq!(Figure::Rate.text(38.91), "38.9/s");
        assert_eq!(Figure::Median.text(0.123), "0.12 ms");
    }
}
