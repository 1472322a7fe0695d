//! Two versions of a document, clause by clause. In: two documents. Out: a [`Comparison`] that accounts for every sentence of both.
//! This room must never read meaning into a difference, and never show a moved or renumbered clause as new.

mod align;
mod likeness;
mod order;
mod overview;
mod redline;
mod relations;
mod sentences;
mod unit;

pub use overview::overview;
pub use redline::redline;

use crate::model::{Comparison, Document, SentencePair, Similarity};
use unit::Side;

/// Compares two versions of a document.
///
/// Clauses are paired first: those whose words are equal, by anchors and their neighbours, then those that are much alike. Then the
/// sentences of everything that is not equal are paired, inside the pair of clauses and anywhere, so that a sentence which only moved
/// into another clause is no news. What is left was added or removed.
#[must_use]
pub fn compare(old: &Document, new: &Document) -> Comparison {
    let old_side = Side::of(old);
    let new_side = Side::of(new);
    let clauses = align::align(&old_side, &new_side);
    let matched = sentences::pair(&old_side, &new_side, &clauses);
    let pairs = order::in_reading_order(&matched, &clauses);
    let relations = relations::of(&old_side, &new_side, &clauses, &pairs);
    Comparison { pairs, relations }
}

/// How alike two texts are: 0 nothing in common, 1 the same words.
#[must_use]
pub fn likeness(one: &str, other: &str) -> f32 {
    likeness::Bag::of(&unit::keys(one)).likeness(&likeness::Bag::of(&unit::keys(other)))
}

/// Whether a pair is one that a reader should be shown.
#[must_use]
pub fn is_material(pair: &SentencePair) -> bool {
    matches!(pair.similarity, Similarity::Edited | Similarity::Added | Similarity::Removed)
}

#[cfg(test)]
mod tests;
