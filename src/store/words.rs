//! Which words stood in which versions of a document: what a search asks before any text is opened.

use crate::model::Document;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
        let words: BTreeSet<String> = document.clauses.iter().flat_map(|clause| words_of(&clause.text)).collect();
        for word in words {
            let runs = self.words.entry(word).or_default();
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
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
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
