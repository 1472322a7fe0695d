use super::align::Alignment;
use super::redline::redline;
use super::sentences::Matched;
use super::unit::{SentenceUnit, Side};
use crate::model::{SentencePair, SentenceRef, Similarity};
use crate::text;

/// The pairs in the order of the new version; a removed sentence stands behind what it stood behind.
pub(super) fn in_reading_order(matched: &Matched<'_>, clauses: &Alignment) -> Vec<SentencePair> {
    let (old, new) = (matched.old, matched.new);
    let removed = removed_by_anchor(matched);
    let mut removed = removed.iter().peekable();
    let mut pairs = Vec::with_capacity(new.sentences.len() + removed.len());
    for place in 0..=new.sentences.len() {
        while let Some((_, index)) = removed.next_if(|(anchor, _)| *anchor == place) {
            pairs.push(one_sided(Some(&old.sentences[*index]), None, Similarity::Removed));
        }
        let Some(unit) = new.sentences.get(place) else { break };
        pairs.push(match matched.new_to_old[place] {
            Some(before) => two_sided(old, new, &old.sentences[before], unit, clauses),
            None => one_sided(None, Some(unit), Similarity::Added),
        });
    }
    pairs
}

/// Each removed sentence, with the place right behind the new sentence that its nearest surviving predecessor became.
fn removed_by_anchor(matched: &Matched<'_>) -> Vec<(usize, usize)> {
    let mut removed = Vec::new();
    let mut anchor = 0;
    for (index, partner) in matched.old_to_new.iter().enumerate() {
        match partner {
            Some(new) => anchor = *new + 1,
            None => removed.push((anchor, index)),
        }
    }
    removed.sort_unstable();
    removed
}

fn reference(unit: &SentenceUnit) -> SentenceRef {
    SentenceRef { clause: u32::try_from(unit.clause).unwrap_or(u32::MAX), range: unit.range.clone() }
}

fn one_sided(old: Option<&SentenceUnit>, new: Option<&SentenceUnit>, similarity: Similarity) -> SentencePair {
    SentencePair { old: old.map(reference), new: new.map(reference), similarity, relocated: false, redline: Vec::new() }
}

fn two_sided(old: &Side<'_>, new: &Side<'_>, before: &SentenceUnit, after: &SentenceUnit, clauses: &Alignment) -> SentencePair {
    let (old_text, new_text) = (old.text(before), new.text(after));
    let similarity = if old_text == new_text {
        Similarity::Same
    } else if before.key == after.key || text::spelling(old_text) == text::spelling(new_text) {
        Similarity::Cosmetic
    } else if text::is_date_line(old_text) && text::is_date_line(new_text) {
        Similarity::Dated
    } else {
        Similarity::Edited
    };
    let redline = if similarity == Similarity::Same { Vec::new() } else { redline(old_text, new_text) };
    let relocated = clauses.new_of(before.clause) != Some(after.clause);
    SentencePair { old: Some(reference(before)), new: Some(reference(after)), similarity, relocated, redline }
}
