use crate::model::Piece;
use crate::text;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Words that turn a clause round: never swallowed by a longer replacement.
const TURNING: &[&str] = &[
    "not", "no", "may", "must", "shall", "will", "should", "can", "cannot", "never", "neither", "nor", "without", "unless", "except",
    "only", "solely",
];

/// An island of at most so many equal words between two changes is absorbed: single shared words are confetti.
const ISLAND_WORDS: usize = 2;

/// The words that stayed, left and came between two sentences; `Same` and `Removed` joined give the old one, `Same` and `Added` the new.
#[must_use]
pub fn redline(old: &str, new: &str) -> Vec<Piece> {
    let old_tokens = tokens(old);
    let new_tokens = tokens(new);
    let old_keys: Vec<u64> = old_tokens.iter().map(|token| token.key).collect();
    let new_keys: Vec<u64> = new_tokens.iter().map(|token| token.key).collect();
    let ops = capture_diff_slices(Algorithm::Myers, &old_keys, &new_keys);
    let runs = absorb_islands(runs(&ops), &old_tokens);
    let mut pieces = Vec::new();
    for run in runs {
        let before: String = old_tokens[run.old.clone()].iter().map(|token| token.text).collect();
        let after: String = new_tokens[run.new.clone()].iter().map(|token| token.text).collect();
        if run.same {
            pieces.push(Piece::Same(after));
            continue;
        }
        if !before.is_empty() {
            pieces.push(Piece::Removed(before));
        }
        if !after.is_empty() {
            pieces.push(Piece::Added(after));
        }
    }
    pieces
}

/// A word or a mark, with the white space behind it.
struct Token<'text> {
    text: &'text str,
    key: u64,
    turning: bool,
    word: bool,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut starts: Vec<(usize, u64, bool)> = Vec::new();
    let mut at = 0;
    for word in text::words(text) {
        marks(text, at..word.range.start, &mut starts);
        starts.push((word.range.start, word.key, true));
        at = word.range.end;
    }
    marks(text, at..text.len(), &mut starts);
    let ends: Vec<usize> = starts.iter().skip(1).map(|(start, ..)| *start).chain(std::iter::once(text.len())).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|((start, key, word), end)| {
            let slice = &text[start..end];
            let plain = slice.trim().trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            Token {
                text: slice,
                key,
                turning: word && (TURNING.contains(&plain.as_str()) || plain.ends_with("n't") || plain.ends_with("n’t")),
                word,
            }
        })
        .collect()
}

fn marks(text: &str, range: std::ops::Range<usize>, starts: &mut Vec<(usize, u64, bool)>) {
    for (at, c) in text[range.clone()].char_indices() {
        if !c.is_whitespace() {
            starts.push((range.start + at, u64::from(u32::from(c)), false));
        }
    }
}

#[derive(Debug, Clone)]
struct Run {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
    same: bool,
}

fn runs(ops: &[DiffOp]) -> Vec<Run> {
    ops.iter()
        .map(|op| Run { old: op.old_range(), new: op.new_range(), same: matches!(op, DiffOp::Equal { .. }) })
        .fold(Vec::new(), push_joined)
}

fn push_joined(mut runs: Vec<Run>, run: Run) -> Vec<Run> {
    match runs.last_mut() {
        Some(last) if last.same == run.same => {
            last.old.end = run.old.end;
            last.new.end = run.new.end;
        }
        _ => runs.push(run),
    }
    runs
}

fn absorb_islands(runs: Vec<Run>, old_tokens: &[Token<'_>]) -> Vec<Run> {
    let size = |run: &Run| run.old.len().max(run.new.len());
    let mut out: Vec<Run> = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        let between = run.same && place > 0 && place + 1 < runs.len();
        let tokens = &old_tokens[run.old.clone()];
        let words = tokens.iter().filter(|token| token.word).count();
        let small = words == 0
            || (words <= ISLAND_WORDS
                && runs.get(place + 1).is_some_and(|next| words < size(next))
                && out.last().is_some_and(|last| words < size(last)));
        let absorbed = between && small && !tokens.iter().any(|token| token.turning);
        out = push_joined(out, Run { same: run.same && !absorbed, ..run.clone() });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        redline(old, new)
            .into_iter()
            .map(|piece| match piece {
                Piece::Same(text) => text,
                Piece::Removed(text) => format!("[-{text}-]"),
                Piece::Added(text) => format!("{{+{text}+}}"),
            })
            .collect()
    }

    #[test]
    fn whole_words_are_marked_and_negations_stand_out() {
        assert_eq!(shown("We may use your tracks.", "We may not use your tracks."), "We may {+not +}use your tracks.");
        assert_eq!(shown("We keep it for 30 days.", "We keep it for 24 months."), "We keep it for [-30 days-]{+24 months+}.");
        assert_eq!(
            shown("Automatic tools of any kind may learn.", "Robots and bots of all sorts may not learn."),
            "[-Automatic tools of any kind -]{+Robots and bots of all sorts +}may {+not +}learn."
        );
    }

    #[test]
    fn both_sides_can_be_put_together_again() {
        let (old, new) = ("(a) You “may” not; ever, train – on it.", "(b) You must never train models on it!");
        let side = |wanted: fn(&Piece) -> Option<&str>| redline(old, new).iter().filter_map(wanted).map(str::to_owned).collect::<String>();
        assert_eq!(
            side(|piece| match piece {
                Piece::Same(text) | Piece::Added(text) => Some(text),
                Piece::Removed(_) => None,
            }),
            new
        );
        assert_eq!(
            side(|piece| match piece {
                Piece::Same(text) | Piece::Removed(text) => Some(text),
                Piece::Added(_) => None,
            }),
            old
        );
    }
}
