use super::align::Alignment;
use super::unit::Side;
use crate::model::{ClauseRelation, RelationKind, SentencePair, Similarity};
use std::collections::BTreeMap;

/// What happened to clauses as wholes.
pub(super) fn of(old: &Side<'_>, new: &Side<'_>, clauses: &Alignment, pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    let mut relations = Vec::new();
    for (new_index, old_index) in clauses.pairs() {
        if old.clauses[old_index].label != new.clauses[new_index].label {
            relations.push(relation(RelationKind::Renumbered, &[old_index], &[new_index]));
        }
    }
    relations.extend(retitled(old, new, pairs));
    for run in moved_clauses(old, clauses).chunk_by(|(j, i), (next_j, next_i)| (j + 1, i + 1) == (*next_j, *next_i)) {
        let (new, old): (Vec<usize>, Vec<usize>) = run.iter().copied().unzip();
        relations.push(relation(RelationKind::Moved, &old, &new));
    }
    relations.extend(splits_and_merges(new, pairs));
    relations
}

fn relation(kind: RelationKind, old: &[usize], new: &[usize]) -> ClauseRelation {
    let indices = |from: &[usize]| from.iter().map(|index| u32::try_from(*index).unwrap_or(u32::MAX)).collect();
    ClauseRelation { kind, old: indices(old), new: indices(new) }
}

/// Headings with other words in them.
fn retitled(old: &Side<'_>, new: &Side<'_>, pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    let edited = pairs.iter().filter(|pair| pair.similarity == Similarity::Edited);
    let clauses = edited.filter_map(|pair| Some((pair.old.as_ref()?.clause, pair.new.as_ref()?.clause)));
    let headings = clauses.filter(|(before, after)| {
        old.clauses[*before as usize].clause.is_heading() && new.clauses[*after as usize].clause.is_heading()
    });
    headings.map(|(before, after)| ClauseRelation { kind: RelationKind::Retitled, old: vec![before], new: vec![after] }).collect()
}

/// The pairs of clauses (new, old) that left their place: everything outside the longest run that kept its order, by words.
fn moved_clauses(old: &Side<'_>, clauses: &Alignment) -> Vec<(usize, usize)> {
    let pairs: Vec<(usize, usize)> = clauses.pairs().collect();
    if pairs.is_sorted_by_key(|(_, i)| *i) {
        return Vec::new();
    }
    let weights: Vec<usize> = pairs.iter().map(|(_, i)| old.clauses[*i].words.len().max(1)).collect();
    let kept = heaviest_increasing(&pairs.iter().map(|(_, i)| *i).collect::<Vec<_>>(), &weights);
    pairs.into_iter().zip(kept).filter(|(_, kept)| !kept).map(|(pair, _)| pair).collect()
}

/// Which places belong to the increasing subsequence with the greatest weight, by a Fenwick tree of prefix maxima: O(n log n).
fn heaviest_increasing(values: &[usize], weights: &[usize]) -> Vec<bool> {
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
    let mut kept = vec![false; values.len()];
    std::iter::successors(best.1, |place| previous[*place]).for_each(|place| kept[place] = true);
    kept
}

/// Clauses whose sentences became several clauses, or came from several. A sentence that only went over to a clause that stood there
/// already makes neither.
fn splits_and_merges(new: &Side<'_>, pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    // How many words went from one clause to another.
    let mut flow: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (before, after) in pairs.iter().filter_map(|pair| Some((pair.old.as_ref()?, pair.new.as_ref()?))) {
        *flow.entry((before.clause, after.clause)).or_default() += after.range.len();
    }
    if flow.len() <= new.clauses.len() && flow.keys().map(|(before, _)| before).is_sorted_by(|one, next| one < next) {
        let mut targets: Vec<u32> = flow.keys().map(|(_, after)| *after).collect();
        targets.sort_unstable();
        targets.dedup();
        if targets.len() == flow.len() {
            return Vec::new();
        }
    }
    let owners = strongest(flow.iter().map(|((before, after), words)| (*after, *before, *words)));
    let heirs = strongest(flow.iter().map(|((before, after), words)| (*before, *after, *words)));
    let splits = gathered(&owners).into_iter().map(|(before, parts)| ClauseRelation { kind: RelationKind::Split, old: vec![before], new: parts });
    let merges = gathered(&heirs).into_iter().map(|(after, parts)| ClauseRelation { kind: RelationKind::Merged, old: parts, new: vec![after] });
    splits.chain(merges).collect()
}

/// For each clause the one of the other version that it shares most words with.
fn strongest(flow: impl Iterator<Item = (u32, u32, usize)>) -> BTreeMap<u32, u32> {
    let mut best: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
    for (clause, other, words) in flow {
        let entry = best.entry(clause).or_insert((words, other));
        if words > entry.0 {
            *entry = (words, other);
        }
    }
    best.into_iter().map(|(clause, (_, other))| (clause, other)).collect()
}

/// The clauses that share most words with one and the same, where they are several.
fn gathered(strongest: &BTreeMap<u32, u32>) -> BTreeMap<u32, Vec<u32>> {
    let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (part, whole) in strongest {
        parts.entry(*whole).or_default().push(*part);
    }
    parts.retain(|_, parts| parts.len() > 1);
    parts
}
