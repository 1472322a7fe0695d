//! What a document says about AI. In: a document. Out: a [`Reading`]: frames of its clauses about AI, each slot with the words that
//! filled it, and the stance on each topic. This room must never compare versions, and never read a language it has no lexicon for.

mod context;
mod lexicon;
mod reader;
mod slots;
mod stance;
mod topic;

pub use lexicon::LexiconError;

use crate::model::{Document, Frame, Stance, Topic};
use std::collections::BTreeMap;

/// What a document says about AI.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The sentences about AI, in reading order; one that is about two things stands twice.
    pub frames: Vec<Frame>,
    /// The stance on each topic; a topic that is missing is silent.
    pub stances: BTreeMap<Topic, Stance>,
    /// Whether there is a lexicon for the document's language; without one nothing was read.
    pub supported: bool,
}

impl Reading {
    /// The stance on a topic.
    #[must_use]
    pub fn stance(&self, topic: Topic) -> Stance {
        self.stances.get(&topic).copied().unwrap_or(Stance::Silent)
    }
}

/// Reads a document's clauses about AI.
#[must_use]
pub fn read(document: &Document) -> Reading {
    // A text too short to be told is read as English; a known language without a lexicon is not read.
    let language = document.language.as_deref().unwrap_or("en");
    let Some(lexicon) = reader::lexicon(language) else { return Reading::default() };
    let frames = reader::frames(document, lexicon);
    Reading { stances: stance::of_document(&frames), frames, supported: true }
}

/// Whether a piece of text holds words about AI, training or automation at all.
#[must_use]
pub fn mentions_ai(text: &str) -> bool {
    reader::mentions_ai(text)
}

#[cfg(test)]
mod tests;
