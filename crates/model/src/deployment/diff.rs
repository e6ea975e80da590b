//! What changed between two texts, line by line.

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub change: Change,
    /// Its text, without the line break.
    pub text: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It stayed.
    Same,
    /// It is gone.
    Removed,
    /// It is new.
    Added,
}

/// Most pairs of lines that are compared to find what stayed; beyond that all is removed and added.
const MAX_PAIRS: usize = 4_000_000;

/// Compares two texts by their lines: as few as possible are removed and added, removed ones first.
pub fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old_mid, new_mid) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let mut lines: Vec<DiffLine> = old[..head].iter().map(|line| entry(Change::Same, line)).collect();
    middle(old_mid, new_mid, &mut lines);
    lines.extend(old_rest[old_rest.len() - tail..].iter().map(|line| entry(Change::Same, line)));
    lines
}

fn entry(change: Change, text: &str) -> DiffLine {
    DiffLine { change, text: text.to_owned() }
}

fn middle(old: &[&str], new: &[&str], lines: &mut Vec<DiffLine>) {
    let (mut i, mut j) = (0, 0);
    if old.len().saturating_mul(new.len()) <= MAX_PAIRS {
        let common = common(old, new);
        let width = new.len() + 1;
        while i < old.len() && j < new.len() {
            if old[i] == new[j] {
                lines.push(entry(Change::Same, old[i]));
                (i, j) = (i + 1, j + 1);
            } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
                lines.push(entry(Change::Removed, old[i]));
                i += 1;
            } else {
                lines.push(entry(Change::Added, new[j]));
                j += 1;
            }
        }
    }
    lines.extend(old[i..].iter().map(|line| entry(Change::Removed, line)));
    lines.extend(new[j..].iter().map(|line| entry(Change::Added, line)));
}

/// The length of the longest common subsequence of what is left, from each pair of lines on.
fn common(old: &[&str], new: &[&str]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut lengths = vec![0; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(before: &str, after: &str) -> String {
        let sign = |change| match change {
            Change::Same => ' ',
            Change::Removed => '-',
            Change::Added => '+',
        };
        lines(before, after).iter().map(|line| format!("{}{}\n", sign(line.change), line.text)).collect()
    }

    #[test]
    fn lines_that_stay_are_told_from_those_that_change() {
        for (before, after, expected) in [
            ("", "", ""),
            ("", "a", "+a\n"),
            ("a\nb", "a\nb\n", " a\n b\n"),
            ("A=1\nB=2\nC=3\n", "A=1\nB=4\nC=3\n", " A=1\n-B=2\n+B=4\n C=3\n"),
            ("a\nb\nc\nd", "x\nb\ny\nd", "-a\n+x\n b\n-c\n+y\n d\n"),
            ("a", "a\na", " a\n+a\n"),
        ] {
            assert_eq!(written(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn long_texts_are_not_compared_for_ever() {
        let text = |letter: char| (0..3000).map(|n| format!("{letter}{n}\n")).collect::<String>();
        assert_eq!(lines(&text('a'), &text('b')).len(), 6000);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_a_comparison(before in "([a-c]\n){0,12}", after in "([a-c]\n){0,12}") {
            let side = |left: Change| {
                let all = lines(&before, &after);
                all.iter().filter(|line| line.change != left).map(|line| line.text.clone() + "\n").collect::<String>()
            };
            prop_assert_eq!(side(Change::Added), before.clone());
            prop_assert_eq!(side(Change::Removed), after.clone());
        }
    }
}
