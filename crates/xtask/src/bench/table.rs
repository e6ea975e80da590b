//! The table of results.

use std::fmt;

/// One result.
pub(super) struct Line {
    /// What was measured.
    pub(super) what: String,
    /// What came out, with its unit.
    pub(super) measured: String,
    /// What it is compared with, measured in the same run.
    pub(super) against: String,
    /// Measured divided by what it is compared with.
    pub(super) ratio: Option<f64>,
    /// The goal, and whether it is reached.
    pub(super) goal: Option<(String, bool)>,
}

/// All results, printed as a table of Markdown.
#[derive(Default)]
pub(super) struct Table(Vec<Line>);

impl Table {
    pub(super) fn add(&mut self, line: Line) {
        self.0.push(line);
    }
}

impl Line {
    /// A result that is compared with nothing.
    pub(super) fn of(what: impl Into<String>, measured: String) -> Self {
        Self { what: what.into(), measured, against: String::new(), ratio: None, goal: None }
    }

    /// Says what it is compared with.
    pub(super) fn against(mut self, against: String, ratio: f64) -> Self {
        self.against = against;
        self.ratio = Some(ratio);
        self
    }

    /// Says what was to be reached.
    pub(super) fn goal(mut self, goal: &str, is_reached: bool) -> Self {
        self.goal = Some((goal.to_owned(), is_reached));
        self
    }

    fn cells(&self) -> [String; 6] {
        let ratio = self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let (goal, reached) = match &self.goal {
            Some((goal, true)) => (goal.clone(), "yes".to_owned()),
            Some((goal, false)) => (goal.clone(), "NO".to_owned()),
            None => Default::default(),
        };
        [self.what.clone(), self.measured.clone(), self.against.clone(), ratio, goal, reached]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured", "against, in the same run", "ratio", "goal", "reached"];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.0.iter().map(Line::cells));
        formatter.write_str(&markdown(rows))
    }
}

/// A table of Markdown with aligned columns; the first row is its head.
pub(super) fn markdown<const N: usize>(mut rows: Vec<[String; N]>) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    rows.insert(rows.len().min(1), widths.map(|width| "-".repeat(width)));
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(&format!("| {cell:width$} "));
        }
        text.push_str("|\n");
    }
    text
}

/// The middle one of some numbers; of none, not a number.
pub(super) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        length if length.is_multiple_of(2) => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
        length => sorted[length / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::default();
        table.add(Line::of("verify", "1 µs".to_owned()).against("2 µs".to_owned(), 0.5).goal("≤ 1", true));
        table.add(Line::of("a", "3".to_owned()).goal("≤ 2", false));
        let text = table.to_string();
        let widths: Vec<_> = text.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths.len(), 4);
        assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
        assert!(text.contains("| 0.50 ") && text.contains("| NO "), "{text}");
    }

    #[test]
    fn median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
