use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How two versions of a document relate, sentence by sentence and clause by clause.
///
/// The sentence pairs are a partition: every sentence of either version stands in exactly one of them. So the pairs that are
/// not [`Similarity::Same`] account for every word that left or came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// In the order of the new version; a removed sentence stands where it was, between its old neighbours.
    pub pairs: Vec<SentencePair>,
    /// What happened to clauses as wholes.
    pub relations: Vec<ClauseRelation>,
}

/// A sentence of one version: a clause's index and the bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SentenceRef {
    /// Index into the document's clauses.
    pub clause: u32,
    /// Bytes of the clause's text.
    pub range: Range<usize>,
}

/// A sentence and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SentencePair {
    /// The old sentence; `None` for an added one.
    pub old: Option<SentenceRef>,
    /// The new sentence; `None` for a removed one.
    pub new: Option<SentenceRef>,
    /// How alike the two are.
    pub similarity: Similarity,
    /// Whether it left its clause for another.
    pub relocated: bool,
    /// The words that stayed, left and came; empty where a side is missing, and where both are the same.
    pub redline: Vec<Piece>,
}

/// How alike the two sides of a pair are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Similarity {
    /// The same words.
    Same,
    /// The same words but for case, punctuation or typography.
    Cosmetic,
    /// The same but for a date.
    Dated,
    /// The same sentence with other words in it.
    Edited,
    /// Only in the new version.
    Added,
    /// Only in the old version.
    Removed,
}

/// A run of a redline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Stands in both.
    Same(String),
    /// Only in the old version.
    Removed(String),
    /// Only in the new version.
    Added(String),
}

/// What happened to a clause as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseRelation {
    /// What.
    pub kind: RelationKind,
    /// Old clauses, by index.
    pub old: Vec<u32>,
    /// New clauses, by index.
    pub new: Vec<u32>,
}

/// The ways in which a clause changes without its words changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// Stands elsewhere.
    Moved,
    /// One became several.
    Split,
    /// Several became one.
    Merged,
    /// Has another number.
    Renumbered,
    /// Is a heading with other words.
    Retitled,
}

/// What a reader of a comparison should know before its single edits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// How many percent of the words of both versions stayed.
    pub kept: u8,
    /// Whether so little stayed of so much that the document was replaced: its single edits then say nothing.
    pub is_rewrite: bool,
    /// The replacements that run through the document, the most frequent first.
    pub replacements: Vec<Replacement>,
}

/// The same words replaced by the same words in many sentences, as when a company is renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The words that left.
    pub old: String,
    /// The words that came in their place.
    pub new: String,
    /// How often.
    pub places: usize,
    /// The pairs, by their place in the comparison, of which nothing else changed than such replacements; each pair stands in one
    /// replacement only.
    pub pairs: Vec<usize>,
}

impl Overview {
    /// The replacement that says all there is to say of a pair.
    #[must_use]
    pub fn replacement_of(&self, pair: usize) -> Option<&Replacement> {
        self.replacements.iter().find(|replacement| replacement.pairs.contains(&pair))
    }
}

impl Comparison {
    /// Whether any words left or came, dates aside.
    #[must_use]
    pub fn is_material(&self) -> bool {
        self.pairs.iter().any(|pair| matches!(pair.similarity, Similarity::Edited | Similarity::Added | Similarity::Removed))
    }

    /// Whether a date is all that changed.
    #[must_use]
    pub fn is_date_only(&self) -> bool {
        !self.is_material() && self.pairs.iter().any(|pair| pair.similarity == Similarity::Dated)
    }
}
