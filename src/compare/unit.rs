use crate::model::{Clause, Document};
use crate::text;
use std::ops::Range;

/// A document cut into units of comparison.
#[derive(Debug)]
pub(super) struct Side<'doc> {
    pub(super) document: &'doc Document,
    pub(super) clauses: Vec<ClauseUnit<'doc>>,
}

/// A clause: its words without its numbering.
#[derive(Debug)]
pub(super) struct ClauseUnit<'doc> {
    pub(super) clause: &'doc Clause,
    pub(super) label: Option<&'doc str>,
    pub(super) words: Vec<u64>,
    /// A hash of all words: equal clauses have equal keys.
    pub(super) key: u64,
}

/// A sentence of a clause.
#[derive(Debug, Clone)]
pub(super) struct SentenceUnit {
    pub(super) clause: usize,
    /// Bytes of the clause's whole text.
    pub(super) range: Range<usize>,
    pub(super) words: Vec<u64>,
    pub(super) key: u64,
}

impl<'doc> Side<'doc> {
    pub(super) fn of(document: &'doc Document) -> Self {
        let clauses = document.clauses.iter().map(ClauseUnit::of).collect();
        Self { document, clauses }
    }

    /// The sentences of a clause; numbering is no part of them.
    pub(super) fn sentences(&self, clause: usize) -> Vec<SentenceUnit> {
        let unit = &self.clauses[clause];
        let label = usize::from(unit.clause.label_len);
        text::sentences(unit.clause.body())
            .into_iter()
            .map(|range| {
                let words = keys(&unit.clause.body()[without_label(unit.clause.body(), &range)]);
                SentenceUnit { clause, key: hash(&words), words, range: range.start + label..range.end + label }
            })
            .collect()
    }

    pub(super) fn text(&self, sentence: &SentenceUnit) -> &'doc str {
        &self.document.clauses[sentence.clause].text[sentence.range.clone()]
    }
}

/// The number of an enumerated item inside a clause is numbering too.
fn without_label(body: &str, range: &Range<usize>) -> Range<usize> {
    range.start + usize::from(text::label_len(&body[range.clone()]))..range.end
}

impl<'doc> ClauseUnit<'doc> {
    fn of(clause: &'doc Clause) -> Self {
        let words = keys(clause.body());
        Self { clause, label: clause.label(), key: hash(&words), words }
    }
}

pub(super) fn keys(text: &str) -> Vec<u64> {
    text::words(text).into_iter().map(|word| word.key).collect()
}

/// Mixes word keys to one; the keys are hashes already.
pub(super) fn hash(words: &[u64]) -> u64 {
    words.iter().fold(0x51_7c_c1_b7, |hash: u64, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95))
}
