use super::align::Alignment;
use super::unit::Side;
use crate::model::{ClauseRelation, RelationKind, SentencePair, Similarity};
use std::collections::{BTreeMap, BTreeSet};

/// What happened to clauses as wholes.
pub(super) fn of(old: &Side<'_>, new: &Side<'_>, clauses: &Alignment, pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    let divided = splits_and_merges(clauses, pairs);
    let mut relations = renumbered(old, new, clauses, &divided);
    relations.extend(retitled(old, new, pairs));
    for run in moved_clauses(old, clauses).chunk_by(|(j, i), (next_j, next_i)| (j + 1, i + 1) == (*next_j, *next_i)) {
        let (new, old): (Vec<usize>, Vec<usize>) = run.iter().copied().unzip();
        relations.push(relation(RelationKind::Moved, &old, &new));
    }
    relations.extend(divided);
    relations
}

/// Pairs of clauses with different numbers. A clause that was divided, or made of several, keeps its number if any part has it.
fn renumbered(old: &Side<'_>, new: &Side<'_>, clauses: &Alignment, divided: &[ClauseRelation]) -> Vec<ClauseRelation> {
    let label =
        |side: &Side<'_>, indices: &[u32], wanted: Option<&str>| indices.iter().any(|index| side.clauses[*index as usize].label == wanted);
    let keeps = |i: usize, j: usize| {
        let (before, after) = (old.clauses[i].label, new.clauses[j].label);
        let holds = |indices: &[u32], index: usize| indices.iter().any(|other| *other as usize == index);
        divided.iter().any(|relation| {
            holds(&relation.old, i) && holds(&relation.new, j) && (label(new, &relation.new, before) || label(old, &relation.old, after))
        })
    };
    let other = clauses.pairs().filter(|(j, i)| old.clauses[*i].label != new.clauses[*j].label);
    other.filter(|(j, i)| !keeps(*i, *j)).map(|(j, i)| relation(RelationKind::Renumbered, &[i], &[j])).collect()
}

fn relation(kind: RelationKind, old: &[usize], new: &[usize]) -> ClauseRelation {
    let indices = |from: &[usize]| from.iter().map(|index| u32::try_from(*index).unwrap_or(u32::MAX)).collect();
    ClauseRelation { kind, old: indices(old), new: indices(new) }
}

/// Headings with other words in them.
fn retitled(old: &Side<'_>, new: &Side<'_>, pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    let edited = pairs.iter().filter(|pair| pair.similarity == Similarity::Edited);
    let clauses = edited.filter_map(|pair| Some((pair.old.as_ref()?.clause, pair.new.as_ref()?.clause)));
    let headings = clauses
        .filter(|(before, after)| old.clauses[*before as usize].clause.is_heading() && new.clauses[*after as usize].clause.is_heading());
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
fn splits_and_merges(clauses: &Alignment, pairs: &[SentencePair]) -> Vec<ClauseRelation> {
    // How much text went from one clause to another.
    let mut flow: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let divided: BTreeSet<u32> =
        pairs.iter().filter(|pair| pair.relocated).flat_map(|pair| [&pair.old, &pair.new]).flatten().map(|at| at.clause).collect();
    if divided.is_empty() {
        return Vec::new();
    }
    for (before, after) in pairs.iter().filter_map(|pair| Some((pair.old.as_ref()?, pair.new.as_ref()?))) {
        if divided.contains(&before.clause) || divided.contains(&after.clause) {
            *flow.entry((before.clause, after.clause)).or_default() += after.range.len();
        }
    }
    let mut owners = strongest(flow.iter().map(|((before, after), length)| (*after, *before, *length)));
    owners.retain(|after, before| clauses.old_of(*after as usize).is_none_or(|partner| partner == *before as usize));
    let mut heirs = strongest(flow.iter().map(|((before, after), length)| (*before, *after, *length)));
    heirs.retain(|before, after| clauses.new_of(*before as usize).is_none_or(|partner| partner == *after as usize));
    let splits =
        gathered(&owners).into_iter().map(|(before, parts)| ClauseRelation { kind: RelationKind::Split, old: vec![before], new: parts });
    let merges =
        gathered(&heirs).into_iter().map(|(after, parts)| ClauseRelation { kind: RelationKind::Merged, old: parts, new: vec![after] });
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
