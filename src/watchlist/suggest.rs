/// The known word that a mistyped one was most likely meant to be.
pub(super) fn closest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let fold = |word: &str| word.to_lowercase().replace('-', "_");
    let word = fold(word);
    let near = known.iter().map(|candidate| (distance(&word, &fold(candidate)), *candidate)).min()?;
    // A third of the letters wrong is still a typing error; more is another word.
    let tolerated = word.chars().count().max(near.1.len()).div_ceil(3);
    (near.0 <= tolerated).then_some(near.1)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_the_one_that_was_meant() {
        let known = ["platform", "document", "url", "urls", "timezone", "confirm_after"];
        for (typed, meant) in [
            ("ulr", Some("url")),
            ("Platform", Some("platform")),
            ("plattform", Some("platform")),
            ("time_zone", Some("timezone")),
            ("confirm-after", Some("confirm_after")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, &known), meant, "{typed}");
        }
    }
}
