//! What changed between two texts, line by line.

use maud::{Markup, Render, html};

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// Only in the newer text.
    Added(String),
    /// Only in the older text.
    Removed(String),
    /// This many equal lines are left out.
    Gap(usize),
}

/// How many equal lines stand around a change.
const CONTEXT: usize = 3;
/// Above this many cells the table of the longest common subsequence is not built.
const CELLS: usize = 4_000_000;

/// A comparison of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Its lines, with long equal stretches left out.
    pub lines: Vec<Line>,
}

impl Diff {
    /// Compares two texts. If both are very long and differ almost everywhere, the older one is shown as removed and
    /// the newer one as added.
    pub fn between(old: &str, new: &str) -> Self {
        let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
        let prefix = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let rest = old[prefix..].iter().rev().zip(new[prefix..].iter().rev());
        let suffix = rest.take_while(|(a, b)| a == b).count();
        let same = |line: &&str| Line::Same((*line).to_owned());
        let mut lines: Vec<Line> = old[..prefix].iter().map(same).collect();
        lines.extend(middle(&old[prefix..old.len() - suffix], &new[prefix..new.len() - suffix]));
        lines.extend(old[old.len() - suffix..].iter().map(same));
        Self { lines: fold(lines) }
    }

    /// Whether the texts are equal.
    pub fn is_empty(&self) -> bool {
        !self.lines.iter().any(|line| matches!(line, Line::Added(_) | Line::Removed(_)))
    }
}

fn removed(line: &str) -> Line {
    Line::Removed(line.to_owned())
}

fn added(line: &str) -> Line {
    Line::Added(line.to_owned())
}

/// The lines between common start and common end, by their longest common subsequence.
fn middle(old: &[&str], new: &[&str]) -> Vec<Line> {
    if old.len().saturating_mul(new.len()) > CELLS {
        return old.iter().map(|l| removed(l)).chain(new.iter().map(|l| added(l))).collect();
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = if old[i] == new[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            lines.push(Line::Same(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            lines.push(removed(old[i]));
            i += 1;
        } else {
            lines.push(added(new[j]));
            j += 1;
        }
    }
    lines.extend(old[i..].iter().map(|l| removed(l)));
    lines.extend(new[j..].iter().map(|l| added(l)));
    lines
}

/// Leaves out equal lines far from any change.
fn fold(lines: Vec<Line>) -> Vec<Line> {
    let mut keep = vec![false; lines.len()];
    for (at, line) in lines.iter().enumerate() {
        if !matches!(line, Line::Same(_)) {
            let end = (at + CONTEXT + 1).min(lines.len());
            keep[at.saturating_sub(CONTEXT)..end].fill(true);
        }
    }
    let mut folded = Vec::new();
    for (line, kept) in lines.into_iter().zip(keep) {
        match (kept, folded.last_mut()) {
            (true, _) => folded.push(line),
            (false, Some(Line::Gap(count))) => *count += 1,
            (false, _) => folded.push(Line::Gap(1)),
        }
    }
    folded
}

impl Render for Diff {
    fn render(&self) -> Markup {
        html! {
            div.diff tabindex="0" role="group" aria-label="Changes" {
                @for line in &self.lines { (render_line(line)) }
            }
        }
    }
}

fn render_line(line: &Line) -> Markup {
    html! {
        @match line {
            Line::Same(text) => div { span.sign { " " } (text) },
            Line::Added(text) => div.a { span.sr { "Added: " } span.sign aria-hidden="true" { "+" } (text) },
            Line::Removed(text) => div.d { span.sr { "Removed: " } span.sign aria-hidden="true" { "−" } (text) },
            Line::Gap(1) => div.gap { "1 line unchanged" },
            Line::Gap(count) => div.gap { (count) " lines unchanged" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_stand_between_their_neighbours() {
        let old = "{\n 1\n 2\n 3\n 4\n 5\n a\n}";
        let new = "{\n 1\n 2\n 3\n 4\n 5\n b\n c\n}";
        let lines = Diff::between(old, new).lines;
        let expected = vec![
            Line::Gap(3),
            Line::Same(" 3".to_owned()),
            Line::Same(" 4".to_owned()),
            Line::Same(" 5".to_owned()),
            removed(" a"),
            added(" b"),
            added(" c"),
            Line::Same("}".to_owned()),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn both_texts_can_be_read_back() {
        let texts = ["", "a", "a\nb\nc", "c\na\nb", "a\nx\nb\ny\nc", "b\nb\nb"];
        for old in texts {
            for new in texts {
                let lines = Diff::between(old, new).lines;
                // No text is long enough here for more than one gap at either end, so only changes are compared.
                let count = |wanted: fn(&Line) -> bool| lines.iter().filter(|l| wanted(l)).count();
                let (plus, minus) =
                    (count(|l| matches!(l, Line::Added(_))), count(|l| matches!(l, Line::Removed(_))));
                assert_eq!(old.lines().count() + plus, new.lines().count() + minus, "{old:?} {new:?}");
                assert_eq!(Diff::between(old, new).is_empty(), old == new);
            }
        }
    }

    #[test]
    fn enormous_texts_are_replaced_whole() {
        let (old, new) = ("a\n".repeat(3000), "b\n".repeat(3000));
        assert_eq!(Diff::between(&old, &new).lines.len(), 6000);
    }
}
