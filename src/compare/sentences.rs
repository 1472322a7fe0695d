use super::align::Alignment;
use super::likeness::{Bag, best_first, pair_alike};
use super::unit::{Keyed, Side};

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
pub(super) struct Matched<'side> {
    pub(super) old: &'side Side<'side>,
    pub(super) new: &'side Side<'side>,
    pub(super) old_to_new: Vec<Option<usize>>,
    pub(super) new_to_old: Vec<Option<usize>>,
}

/// Pairs the sentences of two versions.
pub(super) fn pair<'side>(old: &'side Side<'_>, new: &'side Side<'_>, clauses: &Alignment) -> Matched<'side> {
    let mut matched = Matched { old_to_new: vec![None; old.sentences.len()], new_to_old: vec![None; new.sentences.len()], old, new };
    let spans = || clauses.pairs().map(|(j, i)| (old.clauses[i].sentences.clone(), new.clauses[j].sentences.clone(), clauses.is_exact(i)));
    for (one, other, _) in spans() {
        equal_inside(&mut matched, one, other);
    }
    equal_anywhere(&mut matched);
    for (one, other, exact) in spans() {
        if !exact {
            alike_inside(&mut matched, one, other);
        }
    }
    alike_anywhere(&mut matched);
    matched
}

impl Matched<'_> {
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

fn equal_inside(matched: &mut Matched<'_>, one: std::ops::Range<usize>, other: std::ops::Range<usize>) {
    let (old, new) = (matched.old, matched.new);
    let in_order = one.len() == other.len() && one.clone().zip(other.clone()).all(|(i, j)| old.sentences[i].key == new.sentences[j].key);
    if in_order {
        one.zip(other).for_each(|(i, j)| matched.link(i, j));
        return;
    }
    let mut at: Keyed<Vec<usize>> = Keyed::default();
    for j in other.rev() {
        at.entry(new.sentences[j].key).or_default().push(j);
    }
    for i in one {
        if let Some(j) = at.get_mut(&old.sentences[i].key).and_then(Vec::pop) {
            matched.link(i, j);
        }
    }
}

fn equal_anywhere(matched: &mut Matched<'_>) {
    let (old, new) = (matched.old, matched.new);
    let mut at: Keyed<Vec<usize>> = Keyed::default();
    for j in matched.free_new(0..new.sentences.len()).into_iter().rev() {
        if new.sentences[j].words.len() >= WANDERING_WORDS {
            at.entry(new.sentences[j].key).or_default().push(j);
        }
    }
    for i in matched.free_old(0..old.sentences.len()) {
        if let Some(j) = at.get_mut(&old.sentences[i].key).and_then(Vec::pop) {
            matched.link(i, j);
        }
    }
}

fn alike_inside(matched: &mut Matched<'_>, one: std::ops::Range<usize>, other: std::ops::Range<usize>) {
    let old = matched.free_old(one);
    let new = matched.free_new(other);
    if old.is_empty() || new.is_empty() {
        return;
    }
    if let ([i], [j]) = (old.as_slice(), new.as_slice())
        && [matched.old.heading_of(*i), matched.new.heading_of(*j)] == [true, true]
    {
        // Whatever it is called now, it is the heading of the same section.
        matched.link(*i, *j);
        return;
    }
    let pairs = if old.len() * new.len() <= COMBINATIONS {
        let least = if old.len() == 1 && new.len() == 1 { ALIKE_LEFT_OVER } else { ALIKE_INSIDE };
        let bags: Vec<Bag> = new.iter().map(|index| Bag::of(matched.new.sentence_words(*index))).collect();
        let mut found = Vec::new();
        for i in &old {
            let bag = Bag::of(matched.old.sentence_words(*i));
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

fn alike(matched: &Matched<'_>, old: &[usize], new: &[usize], least: f32) -> Vec<(usize, usize)> {
    let old: Vec<(usize, &[u64])> = old.iter().map(|index| (*index, matched.old.sentence_words(*index))).collect();
    let new: Vec<(usize, &[u64])> = new.iter().map(|index| (*index, matched.new.sentence_words(*index))).collect();
    pair_alike(&old, &new, least, |_| None, |_, _| 0.0)
}

fn alike_anywhere(matched: &mut Matched<'_>) {
    let long_enough = |side: &Side<'_>, index: &usize| side.sentences[*index].words.len() >= ANYWHERE_WORDS;
    let mut old = matched.free_old(0..matched.old.sentences.len());
    old.retain(|index| long_enough(matched.old, index));
    let mut new = matched.free_new(0..matched.new.sentences.len());
    new.retain(|index| long_enough(matched.new, index));
    for (i, j) in alike(matched, &old, &new, ALIKE_ANYWHERE) {
        matched.link(i, j);
    }
}
