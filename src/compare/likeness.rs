use super::unit::Keyed;

/// The words and word pairs of a text, sorted, for a quick likeness.
#[derive(Debug, Clone)]
pub(super) struct Bag {
    words: Vec<u64>,
    pairs: Vec<u64>,
}

impl Bag {
    pub(super) fn of(words: &[u64]) -> Self {
        let mut pairs: Vec<u64> = words.windows(2).map(|pair| pair_key(pair[0], pair[1])).collect();
        let mut words = words.to_vec();
        words.sort_unstable();
        pairs.sort_unstable();
        Self { words, pairs }
    }

    /// Half the Dice coefficient of the words, half that of the word pairs: 0 nothing in common, 1 the same.
    pub(super) fn likeness(&self, other: &Self) -> f32 {
        let words = dice(&self.words, &other.words);
        if self.pairs.is_empty() || other.pairs.is_empty() { words } else { f32::midpoint(words, dice(&self.pairs, &other.pairs)) }
    }

    /// More than the likeness can be, by the lengths alone.
    #[expect(clippy::cast_precision_loss, reason = "word counts of a clause are far below 2^24")]
    fn limit(&self, other: &Self) -> f32 {
        let (one, other) = (self.words.len(), other.words.len());
        2.0 * one.min(other) as f32 / (one + other).max(1) as f32
    }
}

fn pair_key(one: u64, next: u64) -> u64 {
    one.rotate_left(17) ^ next.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The Dice coefficient of two sorted multisets.
#[expect(clippy::cast_precision_loss, reason = "word counts of a clause are far below 2^24")]
fn dice(one: &[u64], other: &[u64]) -> f32 {
    let (mut i, mut j, mut shared) = (0, 0, 0usize);
    while i < one.len() && j < other.len() {
        let (a, b) = (one[i], other[j]);
        shared += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    if one.len() + other.len() == 0 { 0.0 } else { 2.0 * shared as f32 / (one.len() + other.len()) as f32 }
}

/// How many candidates are looked at for each text.
const CANDIDATES: usize = 6;

/// Pairs texts of two lists that are alike, the most alike first, each once. `bonus` rewards a pair for its surroundings: it decides
/// between candidates, the likeness alone decides whether there is a pair. `expected` is the place in `new` where a text would stand
/// had nothing else changed: where all texts are alike, it is the only thing that tells them apart.
pub(super) fn pair_alike(
    old: &[(usize, &[u64])],
    new: &[(usize, &[u64])],
    least: f32,
    expected: impl Fn(usize) -> Option<usize>,
    bonus: impl Fn(usize, usize) -> f32,
) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let bags: Vec<Bag> = new.iter().map(|(_, words)| Bag::of(words)).collect();
    let mut index = Index::of(&bags);
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for (place, (id, words)) in old.iter().enumerate() {
        let bag = Bag::of(words);
        let mut candidates = index.candidates(&bag);
        candidates.extend(expected(place).filter(|place| *place < new.len() && !candidates.contains(place)));
        for place in candidates {
            if bag.limit(&bags[place]) < least {
                continue;
            }
            let likeness = bag.likeness(&bags[place]);
            if likeness >= least {
                found.push((likeness + bonus(*id, new[place].0), *id, new[place].0));
            }
        }
    }
    best_first(found)
}

/// Takes the best pairs greedily; ties are broken by position, so that the result never depends on hashing.
pub(super) fn best_first(mut found: Vec<(f32, usize, usize)>) -> Vec<(usize, usize)> {
    found.sort_by(|one, other| {
        other
            .0
            .total_cmp(&one.0)
            .then_with(|| one.1.abs_diff(one.2).cmp(&other.1.abs_diff(other.2)))
            .then((one.1, one.2).cmp(&(other.1, other.2)))
    });
    let mut used_old = std::collections::HashSet::new();
    let mut used_new = std::collections::HashSet::new();
    found.retain(|(_, old, new)| {
        let free = !used_old.contains(old) && !used_new.contains(new);
        if free {
            used_old.insert(*old);
            used_new.insert(*new);
        }
        free
    });
    found.into_iter().map(|(_, old, new)| (old, new)).collect()
}

/// An inverted index over words and word pairs; what is common says nothing and is left out.
struct Index {
    /// Where a shingle's texts stand in `places`.
    lists: Keyed<(u32, u32)>,
    places: Vec<u32>,
    longest: usize,
    /// The score of each text, kept between queries; all 0 in between.
    scores: Vec<f32>,
}

/// A query looks up its rarest shingles until it has met so many texts: the common ones decide nothing.
const LOOKED_AT: usize = 160;

impl Index {
    fn of(bags: &[Bag]) -> Self {
        let longest = (bags.len() / 20).clamp(8, 64);
        let mut entries: Vec<(u64, u32)> = Vec::new();
        for (place, bag) in (0..).zip(bags) {
            entries.extend(shingles(bag).map(|shingle| (shingle, place)));
        }
        entries.sort_unstable();
        let mut lists = Keyed::default();
        let mut places = Vec::with_capacity(entries.len());
        for list in entries.chunk_by(|one, other| one.0 == other.0) {
            if list.len() <= longest {
                let first = places.len();
                places.extend(list.iter().map(|(_, place)| *place));
                lists.insert(list[0].0, (offset(first), offset(places.len())));
            }
        }
        Self { lists, places, longest, scores: vec![0.0; bags.len()] }
    }

    #[expect(clippy::cast_precision_loss, reason = "lists are short")]
    fn candidates(&mut self, bag: &Bag) -> Vec<usize> {
        let mut lists: Vec<&[u32]> = shingles(bag)
            .filter_map(|shingle| self.lists.get(&shingle).map(|(from, to)| &self.places[*from as usize..*to as usize]))
            .collect();
        debug_assert!(lists.iter().all(|list| list.len() <= self.longest));
        lists.sort_unstable_by_key(|list| (list.len(), list[0]));
        let mut met: Vec<u32> = Vec::new();
        let mut looked_at = 0;
        for list in lists {
            if looked_at > LOOKED_AT {
                break;
            }
            looked_at += list.len();
            for place in list {
                let score = &mut self.scores[*place as usize];
                if *score == 0.0 {
                    met.push(*place);
                }
                *score += 1.0 / list.len() as f32;
            }
        }
        let mut scores: Vec<(u32, f32)> = met.into_iter().map(|place| (place, std::mem::take(&mut self.scores[place as usize]))).collect();
        let best = |one: &(u32, f32), other: &(u32, f32)| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0));
        if scores.len() > CANDIDATES {
            scores.select_nth_unstable_by(CANDIDATES, best);
            scores.truncate(CANDIDATES);
        }
        scores.sort_unstable_by(best);
        scores.into_iter().map(|(place, _)| place as usize).collect()
    }
}

/// Documents have far fewer words than 2^32; beyond, a list is empty.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The different words and word pairs of a text.
fn shingles(bag: &Bag) -> impl Iterator<Item = u64> + '_ {
    let different = |keys: &'_ [u64]| -> Vec<u64> {
        let mut keys = keys.to_vec();
        keys.dedup();
        keys
    };
    different(&bag.words).into_iter().chain(different(&bag.pairs))
}
