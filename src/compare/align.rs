use super::likeness::{Bag, pair_alike};
use super::unit::{Keyed, Side};

/// A clause of fewer words is no anchor: headings like "General" stand in many places.
const ANCHOR_WORDS: usize = 4;
/// Two clauses at least this alike are versions of one another.
const ALIKE: f32 = 0.5;
/// Two headings at least this alike are.
const ALIKE_HEADINGS: f32 = 0.6;
/// A heading that became a paragraph must be this alike.
const ALIKE_ACROSS_KINDS: f32 = 0.7;
/// Between two paired neighbours, the one clause left on each side needs only this.
const ALIKE_BETWEEN: f32 = 0.25;

/// Which clause of the old version stands for which of the new.
#[derive(Debug)]
pub(super) struct Alignment {
    old_to_new: Vec<Option<usize>>,
    new_to_old: Vec<Option<usize>>,
    /// Whether a pair's words are equal, by old index.
    exact: Vec<bool>,
}

impl Alignment {
    fn new(old: usize, new: usize) -> Self {
        Self { old_to_new: vec![None; old], new_to_old: vec![None; new], exact: vec![false; old] }
    }

    pub(super) fn new_of(&self, old: usize) -> Option<usize> {
        self.old_to_new.get(old).copied().flatten()
    }

    pub(super) fn old_of(&self, new: usize) -> Option<usize> {
        self.new_to_old.get(new).copied().flatten()
    }

    pub(super) fn is_exact(&self, old: usize) -> bool {
        self.exact.get(old).copied().unwrap_or(false)
    }

    /// New and old index of every pair, in the order of the new version.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.new_to_old.iter().enumerate().filter_map(|(new, old)| Some((new, (*old)?)))
    }

    fn pair(&mut self, old: usize, new: usize, exact: bool) {
        self.old_to_new[old] = Some(new);
        self.new_to_old[new] = Some(old);
        self.exact[old] = exact;
    }

    fn free(&self, old: usize, new: usize) -> bool {
        self.old_to_new[old].is_none() && self.new_to_old[new].is_none()
    }
}

/// Pairs clauses: equal ones, then alike ones, then what stands alone between pairs.
pub(super) fn align(old: &Side<'_>, new: &Side<'_>) -> Alignment {
    let mut alignment = Alignment::new(old.clauses.len(), new.clauses.len());
    pair_anchors(old, new, &mut alignment);
    spread(old, new, &mut alignment);
    pair_equal_rest(old, new, &mut alignment);
    pair_similar(old, new, &mut alignment);
    pair_between(old, new, &mut alignment);
    alignment
}

/// Where the free clauses with the same words stand.
fn places(side: &Side<'_>, free: impl Fn(usize) -> bool) -> Keyed<Vec<usize>> {
    let mut places: Keyed<Vec<usize>> = Keyed::default();
    for (index, unit) in side.clauses.iter().enumerate().filter(|(index, _)| free(*index)) {
        places.entry(unit.key).or_default().push(index);
    }
    places
}

/// The place of a clause that is the only one with its words, by its key.
fn once(side: &Side<'_>) -> Keyed<Option<usize>> {
    let mut places: Keyed<Option<usize>> = Keyed::default();
    for (index, unit) in side.clauses.iter().enumerate().filter(|(_, unit)| unit.words.len() >= ANCHOR_WORDS) {
        places.entry(unit.key).and_modify(|place| *place = None).or_insert(Some(index));
    }
    places
}

/// Equal clauses that stand once in either version (Heckel 1978).
fn pair_anchors(old: &Side<'_>, new: &Side<'_>, alignment: &mut Alignment) {
    let in_new = once(new);
    for (key, at_old) in once(old) {
        if let (Some(one), Some(Some(other))) = (at_old, in_new.get(&key)) {
            alignment.pair(one, *other, true);
        }
    }
}

/// Equal neighbours of pairs are pairs.
fn spread(old: &Side<'_>, new: &Side<'_>, alignment: &mut Alignment) {
    let anchors: Vec<(usize, usize)> = alignment.pairs().collect();
    for (at_new, at_old) in anchors {
        let (mut i, mut j) = (at_old + 1, at_new + 1);
        while i < old.clauses.len() && j < new.clauses.len() && alignment.free(i, j) && old.clauses[i].key == new.clauses[j].key {
            alignment.pair(i, j, true);
            i += 1;
            j += 1;
        }
        let (mut i, mut j) = (at_old, at_new);
        while i > 0 && j > 0 && alignment.free(i - 1, j - 1) && old.clauses[i - 1].key == new.clauses[j - 1].key {
            alignment.pair(i - 1, j - 1, true);
            i -= 1;
            j -= 1;
        }
    }
}

/// Equal clauses that stand several times: in order where their number is equal, else nearest to where they are expected.
fn pair_equal_rest(old: &Side<'_>, new: &Side<'_>, alignment: &mut Alignment) {
    let in_new = places(new, |index| alignment.old_of(index).is_none());
    let mut in_old: Vec<(u64, Vec<usize>)> = places(old, |index| alignment.new_of(index).is_none()).into_iter().collect();
    in_old.sort_by(|one, other| one.1.cmp(&other.1));
    for (key, at_old) in in_old {
        let Some(at_new) = in_new.get(&key) else { continue };
        if at_old.len() == at_new.len() {
            at_old.iter().zip(at_new).for_each(|(one, other)| alignment.pair(*one, *other, true));
            continue;
        }
        for one in at_old {
            let expected = expected_place(alignment, one);
            let nearest = at_new
                .iter()
                .copied()
                .filter(|other| alignment.old_of(*other).is_none())
                .min_by_key(|other| (other.abs_diff(expected), *other));
            if let Some(other) = nearest {
                alignment.pair(one, other, true);
            }
        }
    }
}

/// Where an old clause would stand in the new version, by the nearest pair before it.
fn expected_place(alignment: &Alignment, old: usize) -> usize {
    (0..old).rev().take(50).find_map(|before| Some(alignment.new_of(before)? + (old - before))).unwrap_or(old)
}

fn pair_similar(old: &Side<'_>, new: &Side<'_>, alignment: &mut Alignment) {
    for (old_heading, new_heading, least) in
        [(false, false, ALIKE), (true, true, ALIKE_HEADINGS), (true, false, ALIKE_ACROSS_KINDS), (false, true, ALIKE_ACROSS_KINDS)]
    {
        let free_old = free_units(old, |index| alignment.new_of(index).is_none(), old_heading);
        let free_new = free_units(new, |index| alignment.old_of(index).is_none(), new_heading);
        let expected = |place: usize| {
            let at = expected_place(alignment, free_old[place].0);
            free_new.binary_search_by_key(&at, |(index, _)| *index).ok()
        };
        let pairs = pair_alike(&free_old, &free_new, least, expected, |one, other| surroundings(old, new, alignment, one, other));
        for (one, other) in pairs {
            let exact = old.clauses[one].key == new.clauses[other].key;
            alignment.pair(one, other, exact);
        }
    }
}

fn free_units<'side>(side: &'side Side<'_>, free: impl Fn(usize) -> bool, heading: bool) -> Vec<(usize, &'side [u64])> {
    let wanted = |(index, _): &(usize, &super::unit::ClauseUnit<'_>)| free(*index) && side.clauses[*index].clause.is_heading() == heading;
    side.clauses.iter().enumerate().filter(wanted).map(|(index, _)| (index, side.clause_words(index))).collect()
}

/// What the places of two clauses say for their being one: the same section, paired neighbours.
fn surroundings(old: &Side<'_>, new: &Side<'_>, alignment: &Alignment, one: usize, other: usize) -> f32 {
    let same_section = match (old.clauses[one].clause.section, new.clauses[other].clause.section) {
        (Some(before), Some(after)) => alignment.new_of(before as usize) == Some(after as usize),
        (None, None) => true,
        _ => false,
    };
    let before = one > 0 && other > 0 && alignment.new_of(one - 1) == Some(other - 1);
    let after = alignment.new_of(one + 1) == Some(other + 1);
    0.08 * f32::from(u8::from(same_section)) + 0.06 * f32::from(u8::from(before)) + 0.06 * f32::from(u8::from(after))
}

/// One clause left on each side between two pairs: a rewrite in place.
fn pair_between(old: &Side<'_>, new: &Side<'_>, alignment: &mut Alignment) {
    for one in 0..old.clauses.len() {
        if alignment.new_of(one).is_some() {
            continue;
        }
        let before = if one == 0 { Some(0) } else { alignment.new_of(one - 1).map(|index| index + 1) };
        let after = if one + 1 == old.clauses.len() { Some(new.clauses.len()) } else { alignment.new_of(one + 1) };
        let (Some(other), Some(after)) = (before, after) else { continue };
        if other + 1 != after || alignment.old_of(other).is_some() {
            continue;
        }
        let headings = old.clauses[one].clause.is_heading() && new.clauses[other].clause.is_heading();
        let alike = Bag::of(old.clause_words(one)).likeness(&Bag::of(new.clause_words(other)));
        if headings || alike >= ALIKE_BETWEEN {
            alignment.pair(one, other, false);
        }
    }
}
