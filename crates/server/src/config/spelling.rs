//! Finds what a mistyped name may have meant.

/// The candidate with the fewest edits from `word`, if they are few enough to be a slip. Case and `-` for `_` don't
/// count as edits.
pub(super) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = plain(word);
    let allowed = (word.len() / 3).max(1);
    candidates
        .map(|candidate| (edits(&word, &plain(candidate)), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

fn plain(word: &str) -> Vec<char> {
    word.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

/// Levenshtein distance, one row of the table at a time.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognized_and_strangers_are_not() {
        let names = ["listen", "data_dir", "log", "log_format"];
        let check = |word: &str, expected| assert_eq!(nearest(word, names.into_iter()), expected, "{word}");
        check("listne", Some("listen"));
        check("data-dir", Some("data_dir"));
        check("DATADIR", Some("data_dir"));
        check("logformat", Some("log_format"));
        check("logs", Some("log"));
        check("smtp_host", None);
        check("", None);
    }
}
