//! What an edit took away and what it brought, in words.

use super::Case;
use super::candidate::{self, Candidate};
use crate::model::{ChangeKind, Document, Piece};
use crate::reading::{self, Rule};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A piece of text and the document whose language it is in.
pub(super) struct Words<'case> {
    pub(super) document: &'case Document,
    pub(super) text: String,
}

impl Words<'_> {
    pub(super) fn say(&self, rule: Rule) -> bool {
        reading::says(self.document, rule, &self.text)
    }
}

/// The text of the side that a candidate speaks of.
pub(super) fn words_of<'case>(case: Case<'case>, candidate: &Candidate<'_>) -> Words<'case> {
    let removed = candidate.change == ChangeKind::Removed;
    let (document, sentences) = if removed { (case.old, &candidate.old_sentences) } else { (case.new, &candidate.new_sentences) };
    let introduction = sentences.first().and_then(|at| candidate::introduction(document, at));
    let text: Vec<&str> = introduction.into_iter().chain(sentences.iter().filter_map(|at| candidate::sentence(document, at))).collect();
    Words { document, text: text.join(" ") }
}

/// The words that came.
pub(super) fn came<'case>(case: Case<'case>, candidate: &Candidate<'_>) -> Words<'case> {
    let text = candidate.redline.iter().filter_map(|piece| if let Piece::Added(text) = piece { Some(text.as_str()) } else { None });
    Words { document: case.new, text: text.collect::<Vec<_>>().join(" ") }
}

/// The words that left.
pub(super) fn left<'case>(case: Case<'case>, candidate: &Candidate<'_>) -> Words<'case> {
    let text = candidate.redline.iter().filter_map(|piece| if let Piece::Removed(text) = piece { Some(text.as_str()) } else { None });
    Words { document: case.old, text: text.collect::<Vec<_>>().join(" ") }
}

/// Whether clearly more words came than left; words that only moved did neither.
pub(super) fn grown(redline: &[Piece]) -> Ordering {
    let mut balance: BTreeMap<String, i32> = BTreeMap::new();
    for piece in redline {
        let (text, by) = match piece {
            Piece::Removed(text) => (text, -1),
            Piece::Added(text) => (text, 1),
            Piece::Same(_) => continue,
        };
        for word in text.split_whitespace() {
            *balance.entry(word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).or_default() += by;
        }
    }
    let count = |sign: i32| balance.values().map(|times| usize::try_from(times * sign).unwrap_or(0)).sum::<usize>();
    let (gone, come) = (count(-1), count(1));
    match come.abs_diff(gone) {
        0 | 1 => Ordering::Equal,
        // A sentence that was written anew did not shrink by what it is shorter.
        _ if gone > come && gone < 2 * come => Ordering::Equal,
        _ => come.cmp(&gone),
    }
}

pub(super) fn names_ai(words: &Words<'_>) -> bool {
    reading::mentions_ai(words.document, &words.text)
}
