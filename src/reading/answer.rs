//! Short answers to questions, as help pages have them: "Do you use my photos to train AI?" "No."

use super::context::Passage;
use super::lexicon::{Concept as C, Lexicon};
use super::reader::Sight;
use super::rule::Rule as R;
use super::{choice, slots, stance, topic};
use crate::model::{Actor, Condition, Frame, Limit, LimitKind, Modality, Slot, Span, Topic};

/// The rule of a frame whose sentence is an answer, while its slots quote the question.
pub(super) const RULE: &str = "answer";

/// Whether a sentence asks something.
pub(super) fn is_question(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '"' | '”' | '»' | ')')).ends_with(['?', '？', '\u{37e}'])
}

/// What "yes" or "no" says of learning from people's material, where that is what was asked.
pub(super) fn read(question: &Sight<'_, '_>, answer: &Passage<'_>) -> Option<Frame> {
    let lexicon = question.lexicon;
    let denies = polarity(lexicon, answer.text())?;
    let learns = question.has(C::Train) && (question.ai || question.has(C::Model)) || question.says(R::DevelopsAi);
    if !learns {
        return None;
    }
    if lexicon.says(R::AsksForUsers, question.passage.text()) {
        // "May I train a model on your articles?" "No." is a ban on readers, and "yes" takes nothing from anybody.
        return denies.then(|| ban(question, answer));
    }
    let named =
        topic::names_material(question) || question.says(R::AsksOfMine) || question.has(C::PublicWeb) || question.has(C::InputsOutputs);
    let others = question.has(C::ThirdParty) || question.has(C::Vendor) || question.has(C::Affiliate);
    let topic = if others && question.has(C::Share) { Topic::TrainingSharing } else { Topic::Training };
    named.then(|| of_platform(question, topic, answer, denies))
}

/// Whether an answer denies; `None` for what is no yes and no no.
fn polarity(lexicon: &Lexicon, answer: &str) -> Option<bool> {
    if lexicon.says(R::AnswersNo, answer) {
        return Some(true);
    }
    lexicon.says(R::AnswersYes, answer).then_some(false)
}

fn of_platform(question: &Sight<'_, '_>, topic: Topic, answer: &Passage<'_>, denies: bool) -> Frame {
    let place = |concept| question.lexicon.find(concept, answer.text()).map(|range| choice::span(answer, range));
    let find = |concept, value| Some(Slot { value, span: Some(place(concept)?) });
    let condition = find(C::OptOut, Condition::OptOut)
        .filter(|_| !denies)
        .or_else(|| find(C::OptIn, Condition::OptIn))
        .or_else(|| find(C::Consent, Condition::Consent))
        .unwrap_or(Slot { value: Condition::Unconditional, span: None });
    let frame = Frame {
        sentence: whole(answer),
        negated: denies,
        condition,
        modality: Slot { value: Modality::Practice, span: None },
        limits: Vec::new(),
        // Whoever is called "you" is asked.
        actor: Slot { value: Actor::Platform, span: None },
        ..slots::fill(question, topic, RULE)
    };
    let mut limits = if denies { slots::limits(question, &frame) } else { Vec::new() };
    limits.extend(place(C::Hedge).filter(|_| denies).map(|span| Limit { kind: LimitKind::Hedge, span }));
    let frame = Frame { limits, ..frame };
    Frame { stance: stance::of_clause(question, &frame), ..frame }
}

fn ban(question: &Sight<'_, '_>, answer: &Passage<'_>) -> Frame {
    let topic = if question.has(C::InputsOutputs) { Topic::Outputs } else { Topic::Scraping };
    let frame = Frame {
        sentence: whole(answer),
        negated: true,
        actor: Slot { value: Actor::User, span: None },
        modality: Slot { value: Modality::Ban, span: None },
        ..slots::fill(question, topic, RULE)
    };
    Frame { stance: stance::of_clause(question, &frame), ..frame }
}

fn whole(answer: &Passage<'_>) -> Span {
    Span { clause: answer.clause, range: answer.range.clone() }
}
