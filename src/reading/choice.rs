//! The choice that people have in what a clause about learning allows; it often stands in one of the sentences behind it.

use super::context::Passage;
use super::lexicon::{Concept, Lexicon};
use super::reader;
use super::rule::Rule;
use crate::model::{Condition, Frame, Slot, Span, Stance, Topic};
use std::ops::Range;

/// A way out that does not lead out: "the opt-out that you chose elsewhere does not apply here".
pub(super) fn is_denied(lexicon: &Lexicon, text: &str) -> bool {
    lexicon.has(Concept::OptOut, text) && lexicon.says(Rule::DeniesChoice, text)
}

/// A permission whose choice stands in one of the next sentences: "We train … You can object to this in …", "Nothing of yours is part of
/// such a dataset unless you have agreed".
pub(super) fn behind(frame: Frame, permission: &Passage<'_>, behind: &[Passage<'_>], lexicon: &Lexicon) -> Frame {
    const SENTENCES: usize = 3;
    let learns = matches!(frame.topic, Topic::Training | Topic::TrainingSharing) && !frame.negated;
    let is_open = frame.stance == Stance::Permits;
    let is_chosen = frame.stance == Stance::PermitsOptIn;
    let near = |passage: &&Passage<'_>| passage.clause <= frame.sentence.clause + 1 && !passage.is_heading();
    let named = terms(permission.text());
    let points_back = |text: &str| {
        lexicon.says(Rule::PointsBack, text) || reader::mentions_ai(lexicon, text) || named.iter().any(|term| text.contains(term))
    };
    let offers = |passage: &Passage<'_>| {
        let text = passage.text();
        // What people were said to choose is chosen for them.
        let by_default = || lexicon.rule(Rule::OnByDefault)?.find(text).map(|found| (Condition::OptOut, Stance::PermitsOptOut, found));
        if is_chosen && lexicon.says(Rule::PointsBack, text) {
            return by_default().map(|choice| placed(passage, choice));
        }
        if !is_open {
            return None;
        }
        if lexicon.says(Rule::AboutMarketing, text) && !reader::mentions_ai(lexicon, text) {
            return None;
        }
        if !points_back(text) || lexicon.says(Rule::DeniesChoice, text) {
            return None;
        }
        let out = lexicon.find(Concept::OptOut, text).map(|range| (Condition::OptOut, Stance::PermitsOptOut, range));
        let agreed = || lexicon.rule(Rule::NeedsConsent)?.find(text).map(|found| (Condition::OptIn, Stance::PermitsOptIn, found));
        out.or_else(agreed).map(|choice| placed(passage, choice))
    };
    match learns.then(|| behind.iter().take(SENTENCES).take_while(near).find_map(offers)).flatten() {
        Some((condition, stance, span)) => Frame { condition: Slot { value: condition, span: Some(span) }, stance, ..frame },
        None => frame,
    }
}

/// The terms that a sentence defines: `licensed collections ("Data Deals")`.
fn terms(text: &str) -> Vec<&str> {
    let quoted = text.split('"').skip(1).step_by(2);
    quoted.filter(|term| !term.is_empty() && term.len() < 40 && term.starts_with(char::is_uppercase)).collect()
}

/// A choice with the words that give it.
fn placed(passage: &Passage<'_>, (condition, stance, range): (Condition, Stance, Range<usize>)) -> (Condition, Stance, Span) {
    (condition, stance, span(passage, range))
}

/// The words of a passage that a range of its normal form came from.
pub(super) fn span(passage: &Passage<'_>, range: Range<usize>) -> Span {
    let source = passage.own.source_range(range);
    Span { clause: passage.clause, range: passage.range.start + source.start..passage.range.start + source.end }
}
