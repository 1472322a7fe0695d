//! What a document says about AI. In: a document. Out: a [`Reading`]: frames of its clauses about AI, each slot with the words that
//! filled it, and the stance on each topic. This room must never compare versions, and never read a language it has no lexicon for.

mod answer;
mod choice;
mod context;
mod lexicon;
mod pattern;
mod reader;
mod rule;
mod slots;
mod stance;
mod topic;
mod unread;

pub use lexicon::LexiconError;
pub use rule::Rule;
pub use unread::names_ai;

use crate::model::{Document, Frame, Span, Stance, Topic};
use lexicon::Lexicon;
use std::collections::{BTreeMap, BTreeSet};

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
    let Some(lexicon) = lexicon_of(document) else { return Reading::default() };
    let frames = reader::frames(document, lexicon);
    Reading { stances: stance::of_document(&frames), frames, supported: true }
}

/// Whether a document is in a language that is read.
#[must_use]
pub fn reads(document: &Document) -> bool {
    lexicon_of(document).is_some()
}

/// The languages that are read, as ISO 639-1 codes.
pub fn languages() -> impl Iterator<Item = &'static str> {
    reader::languages()
}

/// Whether a piece of a document's text holds words about AI, training or automation at all.
#[must_use]
pub fn mentions_ai(document: &Document, text: &str) -> bool {
    lexicon_of(document).is_some_and(|lexicon| reader::mentions_ai(lexicon, text))
}

/// The words about AI, training or automation in a piece of a document's text, in lower case and without their endings.
#[must_use]
pub fn ai_words(document: &Document, text: &str) -> BTreeSet<String> {
    lexicon_of(document).map(|lexicon| reader::ai_words(lexicon, text)).unwrap_or_default()
}

/// What a piece of a document's text says is people's own, and what the models are for, in lower case: "recordings" in "your recordings",
/// "speech" in "models for speech".
#[must_use]
pub fn belongings(document: &Document, text: &str) -> Vec<String> {
    let Some(rule) = lexicon_of(document).and_then(|lexicon| lexicon.rule(Rule::Belongs)) else { return Vec::new() };
    let normal = crate::text::Normal::of(text);
    rule.named(normal.text()).map(|(_, thing)| thing.to_lowercase()).collect()
}

/// Whether two texts, each of its document, speak with the same force: both forbid, allow, ask for consent or leave a way out, or neither
/// does.
#[must_use]
pub fn same_force(one: (&Document, &str), other: (&Document, &str)) -> bool {
    let force = |(document, text): (&Document, &str)| lexicon_of(document).map(|lexicon| reader::force(lexicon, text));
    force(one) == force(other)
}

/// Where the question stands that a frame answers: what "No." says depends on it. `None` for a frame that says by itself what it says.
#[must_use]
pub fn question(frame: &Frame) -> Option<&Span> {
    let named = frame.acts.iter().filter_map(|slot| slot.span.as_ref()).chain(&frame.ai);
    (frame.rule == answer::RULE).then(|| named.into_iter().next()).flatten()
}

/// Whether a rule fits a piece of a document's text, in the document's language.
#[must_use]
pub fn says(document: &Document, rule: Rule, text: &str) -> bool {
    lexicon_of(document).is_some_and(|lexicon| lexicon.says(rule, crate::text::Normal::of(text).text()))
}

/// The lexicon of a document: a text too short to be told is read as English; a known language without a lexicon is not read.
fn lexicon_of(document: &Document) -> Option<&'static Lexicon> {
    reader::lexicon(document.language.as_deref().unwrap_or("en"))
}

#[cfg(test)]
mod tests;
