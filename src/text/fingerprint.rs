use super::words::{Fnv, each_key};
use crate::model::{Document, Sha256};
use std::hash::Hasher as _;

/// A fingerprint of a sentence's words: case, punctuation, typography and white space don't change it.
#[must_use]
pub fn sentence_fingerprint(sentence: &str) -> u64 {
    let mut hasher = Fnv::default();
    each_key(sentence, |key| hasher.write(&key.to_le_bytes()));
    hasher.finish()
}

/// A digest of a document's words in order: by it an unchanged text is recognised, whatever happened to the page around it.
#[must_use]
pub fn document_fingerprint(document: &Document) -> Sha256 {
    let mut keys = Vec::new();
    for clause in &document.clauses {
        each_key(&clause.text, |key| keys.extend_from_slice(&key.to_le_bytes()));
    }
    Sha256::of(&keys)
}
