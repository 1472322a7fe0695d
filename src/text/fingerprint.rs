use super::words::{Fnv, words};
use crate::model::{Document, Sha256};
use std::hash::Hasher as _;

/// A fingerprint of a sentence's words: case, punctuation, typography and white space don't change it.
#[must_use]
pub fn sentence_fingerprint(sentence: &str) -> u64 {
    let mut hasher = Fnv::default();
    for word in words(sentence) {
        hasher.write(&word.key.to_le_bytes());
    }
    hasher.finish()
}

/// A digest of a document's words in order: by it an unchanged text is recognised, whatever happened to the page around it.
#[must_use]
pub fn document_fingerprint(document: &Document) -> Sha256 {
    let keys: Vec<u8> = document.clauses.iter().flat_map(|clause| words(&clause.text)).flat_map(|word| word.key.to_le_bytes()).collect();
    Sha256::of(&keys)
}
