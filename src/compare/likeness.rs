use std::collections::HashMap;

/// The words and word pairs of a text, sorted, for a quick likeness.
#[derive(Debug, Clone)]
pub(super) struct Bag {
    words: Vec<u64>,
    pairs: Vec<u64>,
}

impl Bag {
    pub(super) fn of(words: &[u64]) -> Self {
        let mut pairs: Vec<u64> =
            words.windows(2).map(|pair| pair[0].rotate_left(17) ^ pair[1].wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
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
}

/// The Dice coefficient of two sorted multisets.
#[expect(clippy::cast_precision_loss, reason = "word counts of a clause are far below 2^24")]
fn dice(one: &[u64], other: &[u64]) -> f32 {
    let (mut i, mut j, mut shared) = (0, 0, 0usize);
    while i < one.len() && j < other.len() {
        match one[i].cmp(&other[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    if one.len() + other.len() == 0 { 0.0 } else { 2.0 * shared as f32 / (one.len() + other.len()) as f32 }
}

/// How many candidates are looked at for each text.
const CANDIDATES: usize = 6;

/// Pairs texts of two lists that are alike, the most alike first, each once. `bonus` rewards a pair for its surroundings: it decides
/// between candidates, the likeness alone decides whether there is a pair.
pub(super) fn pair_alike(
    old: &[(usize, &[u64])],
    new: &[(usize, &[u64])],
    least: f32,
    bonus: impl Fn(usize, usize) -> f32,
) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let index = Index::of(new);
    let bags: Vec<Bag> = new.iter().map(|(_, words)| Bag::of(words)).collect();
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for (id, words) in old {
        let bag = Bag::of(words);
        for place in index.candidates(words) {
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
    let mut out = Vec::new();
    for (_, old, new) in found {
        if !used_old.contains(&old) && !used_new.contains(&new) {
            used_old.insert(old);
            used_new.insert(new);
            out.push((old, new));
        }
    }
    out
}

/// An inverted index over words and word pairs; what is common says nothing and is left out.
struct Index {
    postings: HashMap<u64, Vec<u32>>,
    longest: usize,
}

impl Index {
    fn of(texts: &[(usize, &[u64])]) -> Self {
        let mut postings: HashMap<u64, Vec<u32>> = HashMap::new();
        for (place, (_, words)) in texts.iter().enumerate() {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            for shingle in shingles(words) {
                let list = postings.entry(shingle).or_default();
                if list.last() != Some(&place) {
                    list.push(place);
                }
            }
        }
        Self { postings, longest: (texts.len() / 20).clamp(8, 64) }
    }

    #[expect(clippy::cast_precision_loss, reason = "posting lists are short")]
    fn candidates(&self, words: &[u64]) -> Vec<usize> {
        let mut scores: HashMap<u32, f32> = HashMap::new();
        for shingle in shingles(words) {
            if let Some(list) = self.postings.get(&shingle).filter(|list| list.len() <= self.longest) {
                for place in list {
                    *scores.entry(*place).or_default() += 1.0 / list.len() as f32;
                }
            }
        }
        let mut scores: Vec<(u32, f32)> = scores.into_iter().collect();
        scores.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        scores.into_iter().take(CANDIDATES).map(|(place, _)| place as usize).collect()
    }
}

fn shingles(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    words.iter().copied().chain(words.windows(2).map(|pair| pair[0].rotate_left(23).wrapping_add(pair[1])))
}
