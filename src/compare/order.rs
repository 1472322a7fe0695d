use super::align::Alignment;
use super::redline::redline;
use super::sentences::Matched;
use super::unit::{SentenceUnit, Side};
use crate::model::{ClauseRelation, RelationKind, SentencePair, SentenceRef, Similarity};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// The pairs in the order of the new version; a removed sentence stands behind what it stood behind.
pub(super) fn in_reading_order(old: &Side<'_>, new: &Side<'_>, matched: &Matched) -> Vec<SentencePair> {
    let removed = removed_by_anchor(matched);
    let mut pairs = Vec::with_capacity(matched.new.len());
    let push_removed = |pairs: &mut Vec<SentencePair>, anchor: Option<usize>| {
        for index in removed.get(&anchor).into_iter().flatten() {
            pairs.push(one_sided(Some(&matched.old[*index]), None, Similarity::Removed));
        }
    };
    push_removed(&mut pairs, None);
    for (index, unit) in matched.new.iter().enumerate() {
        match matched.new_to_old[index] {
            Some(before) => pairs.push(two_sided(old, new, &matched.old[before], unit)),
            None => pairs.push(one_sided(None, Some(unit), Similarity::Added)),
        }
        push_removed(&mut pairs, Some(index));
    }
    pairs
}

/// For each removed sentence the new sentence that its nearest surviving predecessor became.
fn removed_by_anchor(matched: &Matched) -> BTreeMap<Option<usize>, Vec<usize>> {
    let mut removed: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    let mut anchor = None;
    for (index, partner) in matched.old_to_new.iter().enumerate() {
        match partner {
            Some(new) => anchor = Some(*new),
            None => removed.entry(anchor).or_default().push(index),
        }
    }
    removed
}

fn reference(unit: &SentenceUnit) -> SentenceRef {
    SentenceRef { clause: u32::try_from(unit.clause).unwrap_or(u32::MAX), range: unit.range.clone() }
}

fn one_sided(old: Option<&SentenceUnit>, new: Option<&SentenceUnit>, similarity: Similarity) -> SentencePair {
    SentencePair { old: old.map(reference), new: new.map(reference), similarity, relocated: false, redline: Vec::new() }
}

fn two_sided(old: &Side<'_>, new: &Side<'_>, before: &SentenceUnit, after: &SentenceUnit) -> SentencePair {
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
    let redline =
        if similarity == Similarity::Edited || similarity == Similarity::Dated { redline(old_text, new_text) } else { Vec::new() };
    SentencePair { old: Some(reference(before)), new: Some(reference(after)), similarity, relocated: false, redline }
}

/// The pairs of clauses (new, old) that left their place: everything outside the longest run that kept its order, by words.
pub(super) fn moved_clauses(old: &Side<'_>, clauses: &Alignment) -> Vec<(usize, usize)> {
    let pairs: Vec<(usize, usize)> = clauses.pairs().collect();
    let weights: Vec<usize> = pairs.iter().map(|(_, i)| old.clauses[*i].words.len().max(1)).collect();
    let kept = heaviest_increasing(&pairs.iter().map(|(_, i)| *i).collect::<Vec<_>>(), &weights);
    pairs.into_iter().enumerate().filter(|(place, _)| !kept.contains(place)).map(|(_, pair)| pair).collect()
}

/// The places of the increasing subsequence with the greatest weight, by a Fenwick tree of prefix maxima: O(n log n).
fn heaviest_increasing(values: &[usize], weights: &[usize]) -> BTreeSet<usize> {
    let top = values.iter().max().map_or(0, |max| max + 2);
    let mut tree: Vec<(usize, Option<usize>)> = vec![(0, None); top + 1];
    let mut previous = vec![None; values.len()];
    let mut best = (0, None);
    for (place, value) in values.iter().enumerate() {
        let (mut sum, mut last) = (0, None);
        let mut at = *value;
        while at > 0 {
            if tree[at].0 > sum {
                (sum, last) = tree[at];
            }
            at -= at & at.wrapping_neg();
        }
        previous[place] = last;
        sum += weights[place];
        let mut at = value + 1;
        while at <= top {
            if sum > tree[at].0 {
                tree[at] = (sum, Some(place));
            }
            at += at & at.wrapping_neg();
        }
        if sum > best.0 {
            best = (sum, Some(place));
        }
    }
    std::iter::successors(best.1, |place| previous[*place]).collect()
}

/// Clauses whose sentences went to several, or came from several.
pub(super) fn splits_and_merges(pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    let mut targets: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut sources: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for (old, new) in pairs.iter().filter_map(|pair| Some((pair.old.as_ref()?, pair.new.as_ref()?))) {
        targets.entry(old.clause).or_default().insert(new.clause);
        sources.entry(new.clause).or_default().insert(old.clause);
    }
    let several = |(_, set): &(u32, BTreeSet<u32>)| set.len() > 1;
    let splits = targets.into_iter().filter(several).map(|(old, new)| ClauseRelation {
        kind: RelationKind::Split,
        old: vec![old],
        new: new.into_iter().collect(),
    });
    let merges = sources.into_iter().filter(several).map(|(new, old)| ClauseRelation {
        kind: RelationKind::Merged,
        old: old.into_iter().collect(),
        new: vec![new],
    });
    splits.chain(merges).collect()
}
