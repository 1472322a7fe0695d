use crate::model::Piece;
use crate::text;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Words that turn a clause round: never swallowed by a longer replacement.
const TURNING: &[&str] = &[
    "not",
    "no",
    "none",
    "nothing",
    "nobody",
    "may",
    "might",
    "must",
    "shall",
    "will",
    "would",
    "should",
    "can",
    "cannot",
    "could",
    "never",
    "neither",
    "nor",
    "without",
    "unless",
    "until",
    "except",
    "excluding",
    "only",
    "solely",
];

/// Whether a word is one that turns a clause round ("may", "not", "unless").
pub(super) fn is_turning(word: &str) -> bool {
    const LONGEST: usize = 9;
    let lower = || word.to_lowercase();
    (word.len() <= LONGEST && TURNING.contains(&lower().as_str()))
        || word.contains(['\'', '\u{2019}']) && lower().replace('\u{2019}', "'").ends_with("n't")
}

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
    let runs = absorb_islands(&runs(&ops), &old_tokens);
    let mut pieces = Vec::new();
    for run in runs {
        let (old, new) = (&old_tokens[run.old], &new_tokens[run.new]);
        if run.same {
            same(old, new, &mut pieces);
        } else {
            replaced(old, new, &mut pieces);
        }
    }
    // A sign that the normal form writes as several words ("¼") leaves pieces without any text of their own.
    pieces.retain(|piece| {
        let (Piece::Same(text) | Piece::Removed(text) | Piece::Added(text)) = piece;
        !text.is_empty()
    });
    pieces
}

/// Equal words stand in both; those that differ in case or typography are shown as they are on either side, since a quote is verbatim.
fn same(old: &[Token<'_>], new: &[Token<'_>], pieces: &mut Vec<Piece>) {
    let mut at = 0;
    while at < old.len() {
        let verbatim = old[at].text == new[at].text;
        let length = (at..old.len()).take_while(|place| (old[*place].text == new[*place].text) == verbatim).count();
        let stretch = at..at + length;
        if verbatim {
            pieces.push(Piece::Same(joined(&new[stretch])));
        } else {
            replaced(&old[stretch.clone()], &new[stretch], pieces);
        }
        at += length;
    }
}

/// What left and what came. A modal verb or a negation that only one side has is a piece of its own, so that nobody reads over it.
fn replaced(old: &[Token<'_>], new: &[Token<'_>], pieces: &mut Vec<Piece>) {
    let (gone, come) = (turning_words(old), turning_words(new));
    cut_out(old, &gone, &come).for_each(|part| pieces.push(Piece::Removed(joined(part))));
    cut_out(new, &come, &gone).for_each(|part| pieces.push(Piece::Added(joined(part))));
}

fn turning_words(tokens: &[Token<'_>]) -> Vec<u64> {
    tokens.iter().filter(|token| token.turning).map(|token| token.key).collect()
}

/// A run in parts: each turning word of which the other side has fewer stands alone, with the space behind it.
fn cut_out<'run, 'text>(tokens: &'run [Token<'text>], own: &[u64], other: &[u64]) -> impl Iterator<Item = &'run [Token<'text>]> {
    let count = |words: &[u64], key: u64| words.iter().filter(|word| **word == key).count();
    let alone: Vec<bool> = tokens.iter().map(|token| token.turning && count(own, token.key) > count(other, token.key)).collect();
    let is_space = |token: &Token<'_>| !token.word && token.text.starts_with(char::is_whitespace);
    let mut cuts = vec![0];
    for place in (0..tokens.len()).filter(|place| alone[*place]) {
        cuts.extend([place, place + 1 + usize::from(tokens.get(place + 1).is_some_and(is_space))]);
    }
    cuts.push(tokens.len());
    cuts.dedup();
    let parts: Vec<_> = cuts.windows(2).filter(|cut| cut[0] < cut[1]).map(|cut| &tokens[cut[0]..cut[1]]).collect();
    parts.into_iter()
}

fn joined(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.text).collect()
}

/// A word, a mark or a run of white space.
struct Token<'text> {
    text: &'text str,
    key: u64,
    turning: bool,
    word: bool,
}

/// The tokens of a text; joined they are the text.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    for word in text::words(text) {
        let slice = &text[word.range.clone()];
        let number = |slice: &str| slice.bytes().all(|byte| byte.is_ascii_digit());
        match tokens.last_mut() {
            // "12.5" and "1,000" are one word each.
            Some(last)
                if matches!(&text[at..word.range.start], "." | ",")
                    && number(slice)
                    && last.text.ends_with(|c: char| c.is_ascii_digit()) =>
            {
                last.text = &text[at - last.text.len()..word.range.end];
                last.key = last.key.rotate_left(9) ^ word.key ^ u64::from(text.as_bytes()[at]);
            }
            _ => {
                between(&text[at..word.range.start], &mut tokens);
                tokens.push(Token { text: slice, key: word.key, turning: is_turning(slice), word: true });
            }
        }
        at = word.range.end;
    }
    between(&text[at..], &mut tokens);
    tokens
}

/// Marks one by one, white space in runs.
fn between<'text>(text: &'text str, tokens: &mut Vec<Token<'text>>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let space = rest.len() - rest.trim_start().len();
        let length = if space > 0 { space } else { first.len_utf8() };
        let (slice, tail) = rest.split_at(length);
        let key = if space > 0 { u64::from(u32::from(' ')) } else { u64::from(u32::from(first)) };
        tokens.push(Token { text: slice, key, turning: false, word: false });
        rest = tail;
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

/// White space and marks between two changes join them; then so do a few shared words, unless they turn the clause.
fn absorb_islands(runs: &[Run], old_tokens: &[Token<'_>]) -> Vec<Run> {
    let words = |run: &Run| old_tokens[run.old.clone()].iter().filter(|token| token.word).count();
    let turning = |run: &Run| old_tokens[run.old.clone()].iter().any(|token| token.turning);
    let size = |run: &Run| run.old.len().max(run.new.len());
    let joined = absorb(runs, |_, island, _| words(island) == 0);
    absorb(&joined, |before, island, after| {
        words(island) <= ISLAND_WORDS && words(island) < size(before).min(size(after)) && !turning(island)
    })
}

/// Makes changes of the equal runs between two changes that are to be absorbed.
fn absorb(runs: &[Run], is_absorbed: impl Fn(&Run, &Run, &Run) -> bool) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        let around = place.checked_sub(1).and_then(|before| Some((runs.get(before)?, runs.get(place + 1)?)));
        let absorbed = run.same && around.is_some_and(|(before, after)| is_absorbed(before, run, after));
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
            "[-Automatic tools of any kind-]{+Robots and bots of all sorts+} may {+not +}learn."
        );
    }

    #[test]
    fn a_negation_or_a_modal_verb_is_never_hidden_in_a_replacement() {
        assert_eq!(
            shown("We keep records of every session.", "Members may not download or resell anything at all."),
            "[-We keep records of every session-]{+Members +}{+may +}{+not +}{+download or resell anything at all+}."
        );
        // Where both sides have it, it turns nothing.
        assert_eq!(
            shown("The owner never lends it.", "Some never return keys."),
            "[-The owner-]{+Some+} never [-lends it-]{+return keys+}."
        );
    }

    #[test]
    fn numbers_are_whole_words() {
        assert_eq!(shown("A fee of 12.5% applies.", "A fee of 12.9% applies."), "A fee of [-12.5-]{+12.9+}% applies.");
        assert_eq!(shown("Up to €1,000 a year.", "Up to €2,000 a year."), "Up to €[-1,000-]{+2,000+} a year.");
    }

    #[test]
    fn both_sides_can_be_put_together_again() {
        for (old, new) in [
            ("(a) You “may” not; ever, train – on it.", "(b) You must never train models on it!"),
            ("Your Content stays; we don't use it.", "your content stays; we don\u{2019}t sell it."),
        ] {
            assert_rebuilt(old, new);
        }
    }

    #[track_caller]
    fn assert_rebuilt(old: &str, new: &str) {
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
