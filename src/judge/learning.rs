//! What happened to a clause about learning from people's material.

use super::Case;
use super::candidate::{self, Candidate};
use super::edit::{came, grown, left, names_ai};
use super::grade::{Verdict, freedom, narrows, objects, values};
use super::{cause, kind::Kind};
use crate::model::{Act, Actor, ChangeKind, Condition, Direction, Document, Frame, Object, Piece, Severity, Stance, Topic};
use crate::reading::{self, Reading, Rule};
use std::cmp::Ordering;
use std::collections::BTreeSet;

pub(super) fn learning(case: Case<'_>, candidate: &Candidate<'_>) -> Option<Verdict> {
    let sharing = candidate.topic == Topic::TrainingSharing;
    let denied = |frame: &Frame| frame.rule == "choice-denied";
    match (candidate.change, candidate.old, candidate.new) {
        (ChangeKind::Added, _, Some(new)) if denied(new) => Some((Kind::ControlNarrowed, Direction::Worse, Severity::Critical)),
        (ChangeKind::Removed, Some(old), _) if denied(old) => Some((Kind::ControlExtended, Direction::Better, Severity::Major)),
        (ChangeKind::Added, _, Some(new)) if is_control(new) && freedom(case.before.stance(candidate.topic)) > freedom(Stance::Silent) => {
            Some((Kind::ChoiceIntroduced, Direction::Better, Severity::Major))
        }
        (ChangeKind::Added, _, Some(new)) => Some(learning_added(new, sharing)),
        (ChangeKind::Removed, Some(old), _) if old.negated => Some((Kind::ProhibitionRemoved, Direction::Worse, Severity::Critical)),
        (ChangeKind::Removed, Some(_), _) => Some(permission_removed(case, candidate)),
        (_, Some(old), Some(new)) if old.topic == new.topic => Some(learning_modified(case, old, new, candidate)),
        (_, _, Some(new)) if new.rule == "row-of-learning" => Some(reach(case, candidate)),
        (_, _, Some(new)) => Some(learning_added(new, sharing)),
        (_, Some(old), None) if old.negated => Some((Kind::ProhibitionRemoved, Direction::Worse, Severity::Critical)),
        (_, Some(_), None) => Some(permission_removed(case, candidate)),
        _ => None,
    }
}

/// A permission that goes gives something back only where no other says the same.
fn permission_removed(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    if freedom(case.after.stance(candidate.topic)) >= freedom(Stance::PermitsOptOut) {
        (Kind::Reworded, Direction::Neutral, Severity::Minor)
    } else {
        (Kind::PermissionRemoved, Direction::Better, Severity::Major)
    }
}

fn learning_added(new: &Frame, sharing: bool) -> Verdict {
    if new.negated {
        return (Kind::ProhibitionIntroduced, Direction::Better, Severity::Major);
    }
    let only_usage = objects(Some(new)).into_iter().all(|object| object == Object::UsageData) && !objects(Some(new)).is_empty();
    let severity = if only_usage || matches!(new.condition.value, Condition::OptIn | Condition::Consent) {
        Severity::Major
    } else {
        Severity::Critical
    };
    let kind = match (sharing, new.condition.value) {
        _ if is_control(new) => Kind::ImpliedPermission,
        (true, _) => Kind::ThirdPartySharingAdded,
        (false, Condition::OptOut) => Kind::PermissionWithOptOutIntroduced,
        _ => Kind::PermissionIntroduced,
    };
    (kind, Direction::Worse, severity)
}

/// What an edit of a clause about learning amounts to, its kind named after the slot that made the difference.
fn learning_modified(case: Case<'_>, old: &Frame, new: &Frame, candidate: &Candidate<'_>) -> Verdict {
    let (kind, direction, severity) = learning_compared(case, old, new, candidate);
    (cause::named(old, new, candidate, kind), direction, severity)
}

fn learning_compared(case: Case<'_>, old: &Frame, new: &Frame, candidate: &Candidate<'_>) -> Verdict {
    let (before, after) = (freedom(old.stance), freedom(new.stance));
    if old.negated != new.negated && old.stance == new.stance && old.stance == Stance::PermitsOptIn {
        return (Kind::Reworded, Direction::Neutral, Severity::Minor);
    }
    if old.negated && new.negated && allows_too(case.after, new) && !allows_too(case.before, old) {
        return (Kind::ProhibitionWeakened, Direction::Worse, Severity::Critical);
    }
    if old.negated && !new.negated {
        return (Kind::ProhibitionTurnedIntoPermission, Direction::Worse, Severity::Critical);
    }
    if after > before {
        return (if new.negated { Kind::ProhibitionWeakened } else { Kind::ConsentWeakened }, Direction::Worse, Severity::Critical);
    }
    // A way out that stood in another clause is nothing new.
    let had_a_way_out = case.before.stance(candidate.topic) == Stance::PermitsOptOut && new.stance == Stance::PermitsOptOut;
    if after < before && !had_a_way_out {
        return (if old.negated { Kind::ProhibitionStrengthened } else { Kind::PermissionLimited }, Direction::Better, Severity::Major);
    }
    if is_rewritten(candidate) && says_the_same(case, old, new) {
        return (Kind::Reworded, Direction::Neutral, Severity::Minor);
    }
    if new.negated {
        let (lost, gained) = difference(&cause::limits(old), &cause::limits(new));
        let fewer = !cause::others(old).is_subset(&others_in_clause(case.after, new));
        let more = !cause::others(new).is_subset(&others_in_clause(case.before, old));
        let (lost, gained) = (lost || more && !fewer, gained || fewer && !more);
        return match (lost, gained) {
            (true, false) => (Kind::ProhibitionStrengthened, Direction::Better, Severity::Major),
            (false, true) => (Kind::ProhibitionWeakened, Direction::Worse, Severity::Critical),
            _ => promise_edited(case, candidate),
        };
    }
    if is_control(new) && narrows(candidate) {
        return (Kind::ControlNarrowed, Direction::Worse, Severity::Critical);
    }
    let has_choice = |frame: &Frame| frame.condition.value == Condition::OptOut;
    if has_choice(old) && has_choice(new) && came(case, candidate).say(Rule::LimitsChoice) {
        return (Kind::ControlNarrowed, Direction::Worse, Severity::Critical);
    }
    if is_control(new) {
        return match grown(&candidate.redline) {
            Ordering::Greater => (Kind::ControlExtended, Direction::Better, Severity::Minor),
            Ordering::Less => (Kind::ControlNarrowed, Direction::Worse, Severity::Critical),
            Ordering::Equal => (Kind::Reworded, Direction::Neutral, Severity::Minor),
        };
    }
    if let Some(verdict) = exception_edited(case, candidate, new.negated) {
        return verdict;
    }
    let (fewer_acts, more_acts) = difference(&acts(Some(old)), &acts(Some(new)));
    let restriction = restriction_edited(case, candidate);
    // "De-identified" names a kind of data by itself.
    let named = |frame| objects(Some(frame)).into_iter().filter(|object| restriction.is_none() || *object != Object::UsageData).collect();
    let (fewer_objects, more_objects) = difference::<Object>(&named(old), &named(new));
    let (_, more_others) = difference(&cause::others(old), &cause::others(new));
    match (more_acts || more_objects || more_others, fewer_acts || fewer_objects) {
        (true, _) => (Kind::ScopeWidened, Direction::Worse, Severity::Critical),
        (false, true) if restriction.is_none() && !grown(&candidate.redline).is_gt() => {
            (Kind::ScopeNarrowed, Direction::Better, Severity::Minor)
        }
        _ => reach(case, candidate),
    }
}

/// Whether the sentence of a promise allows something on the same topic in its other half.
fn allows_too(reading: &Reading, promise: &Frame) -> bool {
    reading.frames.iter().any(|frame| frame.sentence == promise.sentence && frame.topic == promise.topic && !frame.negated)
}

/// Less than half of the words stayed.
fn is_rewritten(candidate: &Candidate<'_>) -> bool {
    candidate::same_share(&candidate.redline) < candidate::REWRITTEN
}

/// Whether two sentences in other words name the same: each thing that one names stands in the other's clause too, and those who act,
/// what they do and what narrows it are the same.
fn says_the_same(case: Case<'_>, old: &Frame, new: &Frame) -> bool {
    let named_in = |from: &Document, frame: &Frame, to: &Document, other: &Frame| {
        let clause = to.clauses.get(other.sentence.clause as usize).map(|clause| clause.text.as_str()).unwrap_or_default();
        candidate::is_contained(&candidate::material(from, frame).join(" "), clause)
    };
    old.negated == new.negated
        && old.stance == new.stance
        && cause::limits(old) == cause::limits(new)
        && cause::others(old) == cause::others(new)
        && acts(Some(new)).is_subset(&acts(Some(old)))
        && old.time.iter().map(|slot| slot.value).eq(new.time.iter().map(|slot| slot.value))
        && (old.stance == Stance::PermitsOptIn || old.exceptions.len() == new.exceptions.len())
        && old.population.len() == new.population.len()
        && named_in(case.old, old, case.new, new)
        && named_in(case.new, new, case.old, old)
}

/// Others than the platform and the user whom the clause of a frame names: a promise for them may stand in a sentence of its own.
fn others_in_clause(reading: &Reading, frame: &Frame) -> BTreeSet<Actor> {
    let near = reading.frames.iter().filter(|other| other.sentence.clause == frame.sentence.clause && other.negated == frame.negated);
    near.flat_map(cause::others).collect()
}

/// What an edit does to how far a permission reaches, by its words alone.
fn reach(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let (come, gone) = (came(case, candidate), left(case, candidate));
    // "(our interest: to work well)": a remark, which names nothing that is used.
    let outside = come.text.split('(').filter_map(|piece| piece.rsplit(')').next()).flat_map(str::split_whitespace).count();
    let remarks = come.text.contains('(') && outside <= 1 + gone.text.split_whitespace().count() && !come.say(Rule::AboutPeople);
    if remarks && !names_ai(&come) {
        return (Kind::Reworded, Direction::Neutral, Severity::Minor);
    }
    restriction_edited(case, candidate).unwrap_or(match grown(&candidate.redline) {
        Ordering::Greater => (Kind::ScopeWidened, Direction::Worse, Severity::Major),
        Ordering::Less => (Kind::ScopeNarrowed, Direction::Better, Severity::Minor),
        Ordering::Equal => (Kind::Reworded, Direction::Neutral, Severity::Minor),
    })
}

/// Words that let only some of it in came or went: "publicly available", "de-identified", "only".
fn restriction_edited(case: Case<'_>, candidate: &Candidate<'_>) -> Option<Verdict> {
    match (left(case, candidate).say(Rule::Restricts), came(case, candidate).say(Rule::Restricts)) {
        (true, false) => Some((Kind::ScopeWidened, Direction::Worse, Severity::Critical)),
        (false, true) => Some((Kind::ScopeNarrowed, Direction::Better, Severity::Minor)),
        _ => None,
    }
}

/// A sentence that is all about how to say no: "You can opt out of …".
pub(super) fn is_control(frame: &Frame) -> bool {
    frame.stance == Stance::PermitsOptOut
        && frame.condition.span.as_ref().is_some_and(|span| {
            let from = frame.sentence.range.start;
            span.clause == frame.sentence.clause && (from..from + 60).contains(&span.range.start)
        })
}

/// A promise whose list of what it covers, or of what it excepts, was edited.
fn promise_edited(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    if let Some(verdict) = exception_edited(case, candidate, true) {
        return verdict;
    }
    if lost_condition(case.old, &candidate.redline) {
        return (Kind::Reworded, Direction::Neutral, Severity::Minor);
    }
    match grown(&candidate.redline) {
        Ordering::Greater => (Kind::ProhibitionStrengthened, Direction::Better, Severity::Major),
        Ordering::Less => (Kind::ProhibitionWeakened, Direction::Worse, Severity::Critical),
        Ordering::Equal => (Kind::Reworded, Direction::Neutral, Severity::Minor),
    }
}

/// "Once you turn this off, …" that goes makes a promise no weaker.
fn lost_condition(document: &Document, redline: &[Piece]) -> bool {
    redline.iter().any(|piece| {
        let Piece::Removed(text) = piece else { return false };
        reading::says(document, Rule::OpensCondition, text)
    })
}

/// An edit behind "except" or "unless": a longer exception weakens a promise and protects from a permission.
fn exception_edited(case: Case<'_>, candidate: &Candidate<'_>, negated: bool) -> Option<Verdict> {
    let mut behind = false;
    let mut edits = Vec::new();
    for piece in candidate.redline.iter() {
        match piece {
            Piece::Same(text) => behind |= reading::says(case.new, Rule::OpensException, text),
            edit if behind => edits.push(edit.clone()),
            _ => return None,
        }
    }
    let longer = match grown(&edits) {
        Ordering::Equal => return None,
        order => order == Ordering::Greater,
    };
    Some(match (negated, longer) {
        (true, true) => (Kind::ExceptionWidened, Direction::Worse, Severity::Critical),
        (true, false) => (Kind::ExceptionNarrowed, Direction::Better, Severity::Major),
        (false, true) => (Kind::ExceptionWidened, Direction::Better, Severity::Major),
        (false, false) => (Kind::ExceptionNarrowed, Direction::Worse, Severity::Critical),
    })
}

/// Whether something was lost, and whether something was gained.
fn difference<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>) -> (bool, bool) {
    (!old.is_subset(new), !new.is_subset(old))
}

fn acts(frame: Option<&Frame>) -> BTreeSet<Act> {
    values(frame, |frame| {
        frame.acts.iter().map(|slot| slot.value).filter(|act| matches!(act, Act::Train | Act::Develop | Act::Input | Act::Share)).collect()
    })
}
