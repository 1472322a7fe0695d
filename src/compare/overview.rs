use super::redline::is_turning;
use crate::model::{Comparison, Document, Overview, Piece, Replacement, SentencePair, SentenceRef, Similarity};
use crate::text;
use std::collections::BTreeMap;

/// A replacement in so many sentences runs through the document.
const REPEATED: usize = 3;
/// A document of which less than this stayed is another document.
const KEPT_BY_A_REWRITE: u8 = 15;
/// Below so many words on the longer side every edit can be read, whatever stayed.
const WORDS_OF_A_REWRITE: usize = 300;

/// What the comparison of two documents comes to: how much stayed, and what was replaced throughout.
#[must_use]
pub fn overview(old: &Document, new: &Document, comparison: &Comparison) -> Overview {
    let (mut stayed, mut all, mut longer) = (0, 0, [0, 0]);
    for pair in &comparison.pairs {
        let words = [words(old, pair.old.as_ref()), words(new, pair.new.as_ref())];
        longer = [longer[0] + words[0], longer[1] + words[1]];
        all += words[0] + words[1];
        stayed += match pair.similarity {
            Similarity::Added | Similarity::Removed => 0,
            Similarity::Edited => {
                2 * pair.redline.iter().map(|piece| if let Piece::Same(text) = piece { count(text) } else { 0 }).sum::<usize>()
            }
            Similarity::Same | Similarity::Cosmetic | Similarity::Dated => words[0] + words[1],
        };
    }
    let kept = u8::try_from(stayed.min(all) * 100 / all.max(1)).unwrap_or(100);
    let is_rewrite = kept < KEPT_BY_A_REWRITE && longer.into_iter().max() >= Some(WORDS_OF_A_REWRITE);
    Overview { kept, is_rewrite, replacements: replacements(&comparison.pairs) }
}

fn words(document: &Document, at: Option<&SentenceRef>) -> usize {
    at.and_then(|at| document.clauses.get(at.clause as usize)?.text.get(at.range.clone())).map_or(0, count)
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// What left and what came in one place, as written.
type Swap = (String, String);

fn replacements(pairs: &[SentencePair]) -> Vec<Replacement> {
    let swaps: Vec<(usize, Option<Vec<Swap>>)> = pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| pair.similarity == Similarity::Edited)
        .map(|(place, pair)| (place, swaps(&pair.redline)))
        .collect();
    let mut sentences: BTreeMap<Swap, usize> = BTreeMap::new();
    for (_, swaps) in &swaps {
        let mut keys: Vec<Swap> = swaps.iter().flatten().map(folded).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().for_each(|key| *sentences.entry(key).or_default() += 1);
    }
    sentences.retain(|_, count| *count >= REPEATED);
    let mut found: BTreeMap<Swap, Replacement> = BTreeMap::new();
    for (place, swaps) in &swaps {
        let Some(swaps) = swaps else { continue };
        let repeated: Vec<&Swap> = swaps.iter().filter(|swap| sentences.contains_key(&folded(swap))).collect();
        let nothing_else = repeated.len() == swaps.len();
        for (nth, swap) in repeated.into_iter().enumerate() {
            let replacement = found.entry(folded(swap)).or_insert_with(|| Replacement {
                old: swap.0.clone(),
                new: swap.1.clone(),
                places: 0,
                pairs: Vec::new(),
            });
            replacement.places += 1;
            if nth == 0 && nothing_else {
                replacement.pairs.push(*place);
            }
        }
    }
    let mut found: Vec<Replacement> = found.into_values().collect();
    found.sort_by_key(|replacement| (std::cmp::Reverse(replacement.places), replacement.pairs.first().copied()));
    found
}

fn folded(swap: &Swap) -> Swap {
    (swap.0.to_lowercase(), swap.1.to_lowercase())
}

/// The replacements of a redline, where it has no other edits than replacements; changes of typography and of the article before a
/// name don't count.
fn swaps(redline: &[Piece]) -> Option<Vec<Swap>> {
    let mut swaps = Vec::new();
    for run in redline.chunk_by(|one, next| matches!(one, Piece::Same(_)) == matches!(next, Piece::Same(_))) {
        let (mut old, mut new) = (String::new(), String::new());
        for piece in run {
            match piece {
                Piece::Same(_) => {}
                Piece::Removed(text) => old.push_str(text),
                Piece::Added(text) => new.push_str(text),
            }
        }
        if super::unit::keys(&old) != super::unit::keys(&new) {
            let swap = swap(&old, &new);
            let (old, new) = swap;
            if !is_term(&old) || !is_term(&new) {
                return None;
            }
            swaps.push((old, new));
        }
    }
    (!swaps.is_empty()).then_some(swaps)
}

/// Whether a text names something: "or" in place of "and", "may" in place of "shall" or 60 in place of 30 is another change in each
/// place.
fn is_term(text: &str) -> bool {
    const LETTERS: usize = 4;
    let mut words = text::words(text).into_iter().map(|word| &text[word.range]);
    let names = words.clone().any(|word| word.chars().count() >= LETTERS || word.starts_with(char::is_uppercase));
    names && !words.any(is_turning)
}

/// The words themselves: without marks around them, the same article before them, the same genitive behind.
fn swap(old: &str, new: &str) -> Swap {
    const ARTICLES: &[&str] = &["a ", "an "];
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let (mut old, mut new) = (bare(old), bare(new));
    let article = |text: &str| ARTICLES.iter().find(|article| text.to_lowercase().starts_with(**article)).map(|article| article.len());
    if let (Some(before), Some(after)) = (article(&old), article(&new)) {
        old.drain(..before);
        new.drain(..after);
    }
    for genitive in ["'s", "\u{2019}s"] {
        if let (Some(before), Some(after)) = (old.strip_suffix(genitive), new.strip_suffix(genitive)) {
            (old, new) = (before.to_owned(), after.to_owned());
        }
    }
    (old, new)
}
