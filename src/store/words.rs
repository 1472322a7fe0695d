//! Which words stood in which versions of a document: what a search asks before any text is opened.

use crate::model::Document;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The words of a document's versions, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordIndex {
    /// A word and the runs of versions that held it, first and last.
    words: BTreeMap<String, Vec<(u32, u32)>>,
    /// The newest version that was taken in.
    newest: u32,
}

impl WordIndex {
    /// The newest version that was taken in; 0 before the first.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.newest
    }

    /// Takes a version in; versions come in their order.
    pub(super) fn take(&mut self, number: u32, document: &Document) {
        // Sorting every word of a page, each a string of its own, took 12 % of a first pass; most words are repeated.
        let words: HashSet<Cow<'_, str>> = document.clauses.iter().flat_map(|clause| lower_case_words(&clause.text)).collect();
        for word in words {
            let Some(runs) = self.words.get_mut(&*word) else {
                self.words.insert(word.into_owned(), vec![(number, number)]);
                continue;
            };
            match runs.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
                Some((_, last)) if *last == number => {}
                _ => runs.push((number, number)),
            }
        }
        self.newest = number;
    }

    /// The versions that hold all of the words, newest first, at most `limit`. The last letters of a word may be missing.
    #[must_use]
    pub fn versions_with(&self, words: &[String], limit: usize) -> Vec<u32> {
        let mut left: Option<BTreeSet<u32>> = None;
        for word in words {
            let alike = self.words.range(word.clone()..).take_while(|(other, _)| other.starts_with(word.as_str()));
            let found: BTreeSet<u32> = alike.flat_map(|(_, runs)| runs.iter().flat_map(|(first, last)| *first..=*last)).collect();
            left = Some(match left {
                Some(left) => left.intersection(&found).copied().collect(),
                None => found,
            });
        }
        left.into_iter().flatten().rev().take(limit).collect()
    }
}

/// The words of a text as the index knows them: runs of letters and digits in lower case.
pub fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    lower_case_words(text).map(Cow::into_owned)
}

/// The same, borrowed where they are in lower case already.
fn lower_case_words(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let is_lower = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(move |word| if is_lower(word) { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Clause, ClauseKind};

    fn document(text: &str) -> Document {
        let clause = Clause { kind: ClauseKind::Paragraph, text: text.to_owned(), label_len: 0, section: None, stem: None };
        Document { title: None, language: None, clauses: vec![clause] }
    }

    #[test]
    fn words_are_found_in_the_versions_that_held_them() {
        let mut index = WordIndex::default();
        for (number, text) in (1..).zip(["We train models.", "We train nothing.", "We train MODELS again."]) {
            index.take(number, &document(text));
        }
        let find = |query: &str| index.versions_with(&words_of(query).collect::<Vec<_>>(), 9);
        assert_eq!(find("train"), [3, 2, 1]);
        assert_eq!(find("models train"), [3, 1]);
        assert_eq!(find("noth"), [2], "a word that is still being typed");
        assert_eq!(find("nothing models"), Vec::<u32>::new());
        assert_eq!(find(""), Vec::<u32>::new());
    }
}
