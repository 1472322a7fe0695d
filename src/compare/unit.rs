use crate::model::{Clause, Document};
use crate::text;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// A document cut into units of comparison. Its words are hashed once; clauses and sentences are ranges of them.
#[derive(Debug)]
pub(super) struct Side<'doc> {
    pub(super) document: &'doc Document,
    pub(super) clauses: Vec<ClauseUnit<'doc>>,
    pub(super) sentences: Vec<SentenceUnit>,
    words: Vec<u64>,
}

/// A clause without its numbering.
#[derive(Debug)]
pub(super) struct ClauseUnit<'doc> {
    pub(super) clause: &'doc Clause,
    pub(super) label: Option<&'doc str>,
    /// Which of the document's words.
    pub(super) words: Range<usize>,
    /// Which of the document's sentences.
    pub(super) sentences: Range<usize>,
    /// A hash of all words: equal clauses have equal keys.
    pub(super) key: u64,
}

/// A sentence of a clause; numbering is no part of its words.
#[derive(Debug)]
pub(super) struct SentenceUnit {
    pub(super) clause: usize,
    /// Bytes of the clause's whole text.
    pub(super) range: Range<usize>,
    /// Which of the document's words.
    pub(super) words: Range<usize>,
    pub(super) key: u64,
}

impl<'doc> Side<'doc> {
    pub(super) fn of(document: &'doc Document) -> Self {
        let bytes: usize = document.clauses.iter().map(|clause| clause.text.len()).sum();
        let mut side = Self {
            document,
            clauses: Vec::with_capacity(document.clauses.len()),
            sentences: Vec::with_capacity(bytes / 100),
            words: Vec::with_capacity(bytes / 5),
        };
        document.clauses.iter().enumerate().for_each(|(index, clause)| side.push(index, clause));
        side
    }

    fn push(&mut self, index: usize, clause: &'doc Clause) {
        let body = clause.body();
        let label = clause.text.len() - body.len();
        let found = text::words(body);
        let (first_word, first_sentence) = (self.words.len(), self.sentences.len());
        self.words.extend(found.iter().map(|word| word.key));
        let mut at = 0;
        for range in text::sentences(body) {
            // The number of an enumerated item inside a clause is numbering too.
            let begin = range.start + usize::from(text::label_len(&body[range.clone()]));
            at += found[at..].iter().take_while(|word| word.range.start < begin).count();
            let length = found[at..].iter().take_while(|word| word.range.start < range.end).count();
            let words = first_word + at..first_word + at + length;
            at += length;
            let key = hash(&self.words[words.clone()]);
            self.sentences.push(SentenceUnit { clause: index, range: range.start + label..range.end + label, words, key });
        }
        let words = first_word..self.words.len();
        let key = hash(&self.words[words.clone()]);
        self.clauses.push(ClauseUnit { clause, label: clause.label(), words, sentences: first_sentence..self.sentences.len(), key });
    }

    pub(super) fn words(&self, range: &Range<usize>) -> &[u64] {
        &self.words[range.clone()]
    }

    pub(super) fn clause_words(&self, clause: usize) -> &[u64] {
        self.words(&self.clauses[clause].words)
    }

    pub(super) fn sentence_words(&self, sentence: usize) -> &[u64] {
        self.words(&self.sentences[sentence].words)
    }

    /// Whether a sentence stands in a heading.
    pub(super) fn heading_of(&self, sentence: usize) -> bool {
        self.clauses[self.sentences[sentence].clause].clause.is_heading()
    }

    pub(super) fn text(&self, sentence: &SentenceUnit) -> &'doc str {
        &self.document.clauses[sentence.clause].text[sentence.range.clone()]
    }
}

pub(super) fn keys(text: &str) -> Vec<u64> {
    text::words(text).into_iter().map(|word| word.key).collect()
}

/// Mixes word keys to one; the keys are hashes already.
pub(super) fn hash(words: &[u64]) -> u64 {
    words.iter().fold(0x51_7c_c1_b7, |hash: u64, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95))
}

/// A table by keys that are hashes already.
pub(super) type Keyed<V> = HashMap<u64, V, BuildHasherDefault<Ready>>;

/// The hasher of what is hashed already.
#[derive(Debug, Default, Clone)]
pub(super) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = (self.0.rotate_left(5) ^ key).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
