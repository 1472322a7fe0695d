use super::align::Alignment;
use super::likeness::{Bag, best_first, pair_alike};
use super::unit::{SentenceUnit, Side};
use std::collections::HashMap;

/// A sentence of fewer words is not looked for outside its clause.
const WANDERING_WORDS: usize = 4;
/// Two sentences of one pair of clauses at least this alike are versions of one another.
const ALIKE_INSIDE: f32 = 0.4;
/// The last sentence left on each side of a pair needs only this.
const ALIKE_LEFT_OVER: f32 = 0.2;
/// A sentence that went elsewhere must be this alike, and this long.
const ALIKE_ANYWHERE: f32 = 0.55;
const ANYWHERE_WORDS: usize = 6;
/// Inside one pair of clauses every sentence is held against every other up to this many combinations.
const COMBINATIONS: usize = 400;

/// Which sentence of the old version stands for which of the new.
#[derive(Debug)]
pub(super) struct Matched {
    pub(super) old: Vec<SentenceUnit>,
    pub(super) new: Vec<SentenceUnit>,
    pub(super) old_to_new: Vec<Option<usize>>,
    pub(super) new_to_old: Vec<Option<usize>>,
}

/// Pairs the sentences of two versions.
pub(super) fn pair(old: &Side<'_>, new: &Side<'_>, clauses: &Alignment) -> Matched {
    let (old_units, old_first) = cut(old);
    let (new_units, new_first) = cut(new);
    let mut matched =
        Matched { old_to_new: vec![None; old_units.len()], new_to_old: vec![None; new_units.len()], old: old_units, new: new_units };
    let spans: Vec<_> =
        clauses.pairs().map(|(j, i)| (old_first[i]..old_first[i + 1], new_first[j]..new_first[j + 1], clauses.is_exact(i))).collect();
    for (one, other, _) in &spans {
        equal_inside(&mut matched, one.clone(), other.clone());
    }
    equal_anywhere(&mut matched);
    for (one, other, exact) in spans {
        if !exact {
            alike_inside(&mut matched, one, other);
        }
    }
    alike_anywhere(&mut matched);
    matched
}

/// All sentences, and where each clause's begin (one more at the end).
fn cut(side: &Side<'_>) -> (Vec<SentenceUnit>, Vec<usize>) {
    let mut units = Vec::new();
    let mut first = Vec::with_capacity(side.clauses.len() + 1);
    for clause in 0..side.clauses.len() {
        first.push(units.len());
        units.extend(side.sentences(clause));
    }
    first.push(units.len());
    (units, first)
}

impl Matched {
    fn link(&mut self, old: usize, new: usize) {
        self.old_to_new[old] = Some(new);
        self.new_to_old[new] = Some(old);
    }

    fn free_old(&self, range: std::ops::Range<usize>) -> Vec<usize> {
        range.filter(|index| self.old_to_new[*index].is_none()).collect()
    }

    fn free_new(&self, range: std::ops::Range<usize>) -> Vec<usize> {
        range.filter(|index| self.new_to_old[*index].is_none()).collect()
    }
}

fn equal_inside(matched: &mut Matched, one: std::ops::Range<usize>, other: std::ops::Range<usize>) {
    let mut at: HashMap<u64, Vec<usize>> = HashMap::new();
    for new in other.rev() {
        at.entry(matched.new[new].key).or_default().push(new);
    }
    for old in one {
        if let Some(new) = at.get_mut(&matched.old[old].key).and_then(Vec::pop) {
            matched.link(old, new);
        }
    }
}

fn equal_anywhere(matched: &mut Matched) {
    let mut at: HashMap<u64, Vec<usize>> = HashMap::new();
    for new in matched.free_new(0..matched.new.len()).into_iter().rev() {
        if matched.new[new].words.len() >= WANDERING_WORDS {
            at.entry(matched.new[new].key).or_default().push(new);
        }
    }
    for old in matched.free_old(0..matched.old.len()) {
        if let Some(new) = at.get_mut(&matched.old[old].key).and_then(Vec::pop) {
            matched.link(old, new);
        }
    }
}

fn alike_inside(matched: &mut Matched, one: std::ops::Range<usize>, other: std::ops::Range<usize>) {
    let old = matched.free_old(one);
    let new = matched.free_new(other);
    if old.is_empty() || new.is_empty() {
        return;
    }
    let pairs = if old.len() * new.len() <= COMBINATIONS {
        let least = if old.len() == 1 && new.len() == 1 { ALIKE_LEFT_OVER } else { ALIKE_INSIDE };
        let bags: Vec<Bag> = new.iter().map(|index| Bag::of(&matched.new[*index].words)).collect();
        let mut found = Vec::new();
        for i in &old {
            let bag = Bag::of(&matched.old[*i].words);
            for (j, other) in new.iter().zip(&bags) {
                let likeness = bag.likeness(other);
                if likeness >= least {
                    found.push((likeness, *i, *j));
                }
            }
        }
        best_first(found)
    } else {
        alike(matched, &old, &new, ALIKE_INSIDE)
    };
    pairs.into_iter().for_each(|(i, j)| matched.link(i, j));
}

fn alike(matched: &Matched, old: &[usize], new: &[usize], least: f32) -> Vec<(usize, usize)> {
    let old: Vec<(usize, &[u64])> = old.iter().map(|index| (*index, matched.old[*index].words.as_slice())).collect();
    let new: Vec<(usize, &[u64])> = new.iter().map(|index| (*index, matched.new[*index].words.as_slice())).collect();
    pair_alike(&old, &new, least, |_, _| 0.0)
}

fn alike_anywhere(matched: &mut Matched) {
    let long_enough = |units: &[SentenceUnit], index: &usize| units[*index].words.len() >= ANYWHERE_WORDS;
    let old: Vec<usize> = matched.free_old(0..matched.old.len()).into_iter().filter(|index| long_enough(&matched.old, index)).collect();
    let new: Vec<usize> = matched.free_new(0..matched.new.len()).into_iter().filter(|index| long_enough(&matched.new, index)).collect();
    for (i, j) in alike(matched, &old, &new, ALIKE_ANYWHERE) {
        matched.link(i, j);
    }
}
