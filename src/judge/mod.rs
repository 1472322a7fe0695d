//! What a difference means. In: a comparison and the readings of both versions. Out: [`Event`]s, gravest first, each proved by quotes.
//! This room must never make an event of text alone: where the frames on both sides say the same, nothing happened.

mod answer;
mod candidate;
mod cause;
mod choice;
mod edit;
mod grade;
mod kind;
mod learning;
mod promise;
mod quote;
mod unread;
mod wording;

pub use promise::assess;

use crate::compare;
use crate::model::{ChangeKind, Comparison, Document, Event, Frame, Stance, Topic};
use crate::reading::Reading;
use crate::text;
use candidate::Candidate;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The two versions and everything that is known about them.
#[derive(Debug, Clone, Copy)]
pub struct Case<'case> {
    /// The version before.
    pub old: &'case Document,
    /// The version after.
    pub new: &'case Document,
    /// How they relate.
    pub comparison: &'case Comparison,
    /// What the version before says.
    pub before: &'case Reading,
    /// What the version after says.
    pub after: &'case Reading,
}

/// The events of a change, gravest first. The same case always gives the same events.
#[must_use]
pub fn judge(case: Case<'_>) -> Vec<Event> {
    if !case.after.supported {
        return unread::event(case).into_iter().collect();
    }
    let candidates = one_with_its_choice(join_replaced(case, candidate::candidates(case)));
    let removed_permissions: Vec<&Frame> = candidates
        .iter()
        .filter(|candidate| candidate.change == ChangeKind::Removed && matches!(candidate.topic, Topic::Training | Topic::TrainingSharing))
        .filter_map(|candidate| candidate.old.filter(|frame| !frame.negated))
        .collect();
    let mut events: Vec<Event> = candidates.iter().filter_map(|candidate| event(case, candidate, &removed_permissions)).collect();
    events.sort_by(|one, other| other.severity.cmp(&one.severity).then(one.topic.cmp(&other.topic)));
    let mut told: Vec<Event> = Vec::new();
    for event in events {
        if !told.iter().any(|other| is_told(other, &event)) {
            told.push(event);
        }
    }
    told
}

/// Whether an event says again what another says: the same topic, in much the same words.
fn is_told(told: &Event, event: &Event) -> bool {
    const ALIKE: f64 = 0.8;
    let words = |quote: &Option<String>| -> BTreeSet<String> {
        quote.iter().flat_map(|text| text::words(text).into_iter().map(|word| text[word.range].to_lowercase())).collect()
    };
    #[expect(clippy::cast_precision_loss, reason = "a quote has at most 500 characters")]
    let share = |one: &Option<String>, other: &Option<String>| {
        let (one, other) = (words(one), words(other));
        let shorter = one.len().min(other.len());
        if shorter == 0 { 0.0 } else { one.intersection(&other).count() as f64 / shorter as f64 }
    };
    told.topic == event.topic
        && told.direction == event.direction
        && (share(&told.after, &event.after) >= ALIKE || share(&told.before, &event.before) >= ALIKE)
}

/// Compares two versions, reads both and judges the difference.
#[must_use]
pub fn explain(old: &Document, new: &Document) -> (Comparison, Vec<Event>) {
    let comparison = compare::compare(old, new);
    let (before, after) = (crate::reading::read(old), crate::reading::read(new));
    let events = judge(Case { old, new, comparison: &comparison, before: &before, after: &after });
    (comparison, events)
}

fn event(case: Case<'_>, candidate: &Candidate<'_>, removed_permissions: &[&Frame]) -> Option<Event> {
    let grade = grade::grade(case, candidate)?;
    let parameters = |frame: Option<&Frame>| frame.is_some_and(|frame| frame.rule == "parameters-of-recommendations");
    if parameters(candidate.old) && parameters(candidate.new) {
        return None;
    }
    // What was read only on one side of an edit that left the force and the words about AI alone was there before.
    let is_learning = matches!(candidate.topic, Topic::Training | Topic::TrainingSharing);
    let one_sided = candidate.change == ChangeKind::Modified && (candidate.old.is_none() || candidate.new.is_none());
    if one_sided && !is_learning && !candidate::names_other_ai(case, candidate) && !candidate::changes_force(case, candidate) {
        return None;
    }
    let before = quote::quote(case.old, &candidate.old_sentences, candidate.old);
    let after = quote::quote(case.new, &candidate.new_sentences, candidate.new);
    let place =
        candidate.new_sentences.first().map(|at| (case.new, at)).or_else(|| candidate.old_sentences.first().map(|at| (case.old, at)));
    let section = place.map(|(document, at)| document.path(at.clause as usize).join(" › ")).unwrap_or_default();
    let redline = match (&before, &after) {
        (Some(before), Some(after)) => compare::redline(before, after),
        _ => Vec::new(),
    };
    Some(Event {
        topic: candidate.topic,
        kind: grade.kind.word().to_owned(),
        change: candidate.change,
        direction: grade.direction,
        severity: grade.severity,
        stance_before: grade.stance_before,
        stance_after: grade.stance_after,
        redline,
        section,
        not_covered: wording::not_covered(case, candidate.new, removed_permissions),
        rule: format!("{}/{}", candidate.new.or(candidate.old).map_or("none", |frame| frame.rule), grade.kind.word()),
        summary: wording::summary(case, candidate, grade),
        before,
        after,
    })
}

/// A permission and the sentence that says how to opt out of it, both new, are one provision.
fn one_with_its_choice(mut candidates: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    let learns = |candidate: &Candidate<'_>| {
        let is_new = candidate.old.is_none_or(|old| old.topic != candidate.topic);
        is_new && candidate.change != ChangeKind::Removed && matches!(candidate.topic, Topic::Training | Topic::TrainingSharing)
    };
    let permits = |candidate: &Candidate<'_>| candidate.new.is_some_and(|frame| !frame.negated && !learning::is_control(frame));
    let permitted: BTreeSet<Topic> = candidates.iter().filter(|one| learns(one) && permits(one)).map(|one| one.topic).collect();
    let is_choice = |candidate: &Candidate<'_>| candidate.new.is_some_and(learning::is_control);
    let is_carved_out = |candidate: &Candidate<'_>| candidate.new.is_some_and(|frame| frame.rule == "left-out");
    candidates.retain(|candidate| {
        let belongs = candidate.change == ChangeKind::Added && learns(candidate) && (is_choice(candidate) || is_carved_out(candidate));
        !(belongs && permitted.contains(&candidate.topic))
    });
    candidates
}

/// A clause that was removed and one that was added on the same topic, with the same force and much the same words, is one provision
/// that was rewritten. A promise that goes and a permission that comes stay two events.
fn join_replaced<'case>(case: Case<'case>, candidates: Vec<Candidate<'case>>) -> Vec<Candidate<'case>> {
    const ALIKE: f32 = 0.3;
    let is_gone = |candidate: &Candidate<'_>| candidate.new.is_none();
    let (mut removed, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(is_gone);
    let mut out = Vec::with_capacity(others.len());
    for mut candidate in others {
        let text = |candidate: &Candidate<'_>, old: bool| {
            let (document, at) = if old { (case.old, &candidate.old_sentences) } else { (case.new, &candidate.new_sentences) };
            quote::quote(document, at, None).unwrap_or_default()
        };
        if candidate.change == ChangeKind::Added {
            let mine = text(&candidate, false);
            let best = removed
                .iter()
                .enumerate()
                .filter(|(_, gone)| {
                    let force = |frame: Option<&Frame>| frame.map(|frame| frame.negated && frame.stance != Stance::PermitsOptIn);
                    gone.topic == candidate.topic && force(gone.old) == force(candidate.new)
                })
                .map(|(place, gone)| {
                    // What was cut out of a sentence and stands beside it now is the same provision.
                    let beside = gone
                        .new_sentences
                        .first()
                        .zip(candidate.new_sentences.first())
                        .is_some_and(|(one, other)| one.clause == other.clause);
                    let alike = if beside { 1.0 } else { compare::likeness(&text(gone, true), &mine) };
                    (alike, place)
                })
                .filter(|(likeness, _)| *likeness >= ALIKE)
                .max_by(|one, other| one.0.total_cmp(&other.0));
            if let Some((_, place)) = best {
                let gone = removed.remove(place);
                candidate.change = ChangeKind::Modified;
                candidate.redline = Cow::Owned(compare::redline(&text(&gone, true), &mine));
                candidate.old = gone.old;
                candidate.old_sentences = gone.old_sentences;
            }
        }
        out.push(candidate);
    }
    out.extend(removed);
    out
}

#[cfg(test)]
mod tests;
