use super::Case;
use super::candidate::Candidate;
use super::edit::{Words, came, grown, left, names_ai, words_of};
use super::{kind::Kind, learning::learning};
use crate::model::{
    Actor, ChangeKind, Condition, Direction, Document, Frame, LimitKind, Modality, Object, Piece, SentenceRef, Severity, Stance, Topic,
};
use crate::reading::{self, Rule};
use crate::text;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What a change of a provision amounts to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grade {
    pub(super) kind: Kind,
    pub(super) direction: Direction,
    pub(super) severity: Severity,
    pub(super) stance_before: Stance,
    pub(super) stance_after: Stance,
}

/// Grades a candidate; `None` where nothing of substance happened.
pub(super) fn grade(case: Case<'_>, candidate: &Candidate<'_>) -> Option<Grade> {
    let (kind, direction, severity) = match candidate.topic {
        Topic::Training | Topic::TrainingSharing => learning(case, candidate)?,
        Topic::Scraping => scraping(case, candidate),
        Topic::Likeness => likeness(case, candidate),
        Topic::Conduct => conduct(case, candidate),
        Topic::AutomatedDecisions => decisions(case, candidate),
        Topic::Outputs => outputs(case, candidate),
        Topic::Other => {
            Some(other(case, candidate)).filter(|(kind, ..)| *kind != Kind::ClauseAboutAi || candidate.change == ChangeKind::Added)?
        }
    };
    if kind.is_silent() {
        return None;
    }
    let (stance_before, stance_after) = stances(case, candidate);
    Some(Grade { kind, direction, severity, stance_before, stance_after })
}

/// Stances of training, sharing, scraping and likeness are the whole document's, but a clause that takes a side speaks for itself;
/// those of the other topics are the clause's own.
fn stances(case: Case<'_>, candidate: &Candidate<'_>) -> (Stance, Stance) {
    let topic = candidate.topic;
    let whole = matches!(topic, Topic::Training | Topic::TrainingSharing | Topic::Scraping | Topic::Likeness);
    let (mut before, mut after) = if whole {
        (case.before.stance(topic), case.after.stance(topic))
    } else {
        // A provision that was edited and no longer names AI still stands.
        let stands = candidate.old.filter(|_| candidate.change == ChangeKind::Modified);
        let stance = |frame: Option<&Frame>| frame.map_or(Stance::Silent, |frame| frame.stance);
        (stance(candidate.old), stance(candidate.new.or(stands)))
    };
    if whole {
        let own = |frame: &Frame, document: Stance| match (frame.stance, document) {
            (Stance::Permits, Stance::PermitsOptOut) => Stance::PermitsOptOut,
            (Stance::ProhibitsPartly, Stance::Prohibits) if topic == Topic::Scraping => Stance::Prohibits,
            (stance, _) => stance,
        };
        if let Some(frame) = candidate.new {
            after = own(frame, after);
        }
        if let (Some(frame), false) = (candidate.old, candidate.change == ChangeKind::Added) {
            before = own(frame, before);
        }
    }
    (before, after)
}

/// How much a stance leaves the platform free to do: 0 nothing, 6 everything.
pub(super) fn freedom(stance: Stance) -> u8 {
    match stance {
        Stance::Prohibits => 0,
        Stance::PermitsOptIn => 1,
        Stance::ProhibitsPartly => 2,
        Stance::Silent | Stance::Describes => 3,
        Stance::PermitsOptOut => 5,
        Stance::Permits => 6,
    }
}

pub(super) fn values<T: Copy + Ord>(frame: Option<&Frame>, list: impl Fn(&Frame) -> Vec<T>) -> BTreeSet<T> {
    frame.map(list).unwrap_or_default().into_iter().collect()
}

pub(super) fn objects(frame: Option<&Frame>) -> BTreeSet<Object> {
    values(frame, |frame| frame.objects.iter().map(|slot| slot.value).collect())
}

/// The kind of a change, for whom it is better, and how much it matters.
pub(super) type Verdict = (Kind, Direction, Severity);

fn scraping(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    // A hole in a ban that named AI or mining weighs as much as its loss.
    let named_ai = |at: &&SentenceRef| {
        let text = super::candidate::sentence(case.old, at).unwrap_or_default();
        reading::mentions_ai(case.old, text) || reading::says(case.old, Rule::NamesMining, text)
    };
    let weight = if candidate.old_sentences.iter().any(named_ai) { Severity::Critical } else { Severity::Major };
    match (candidate.change, candidate.old, candidate.new) {
        (ChangeKind::Added, _, Some(new)) if new.stance == Stance::Permits => {
            (Kind::PermissionToScrape, Direction::Neutral, Severity::Major)
        }
        (ChangeKind::Added, ..) => (Kind::UserRestrictionAdded, Direction::Better, Severity::Major),
        (ChangeKind::Removed, Some(old), _) if old.stance == Stance::Prohibits => {
            (Kind::UserRestrictionRemoved, Direction::Worse, Severity::Critical)
        }
        (ChangeKind::Removed, ..) => (Kind::UserRestrictionRemoved, Direction::Worse, Severity::Major),
        (_, Some(old), Some(new)) if old.topic != new.topic => (Kind::UserRestrictionAdded, Direction::Better, Severity::Major),
        (_, Some(old), Some(new)) if freedom(new.stance) < freedom(old.stance) => {
            (Kind::UserRestrictionExtended, Direction::Better, Severity::Major)
        }
        (_, Some(old), Some(new)) if freedom(new.stance) > freedom(old.stance) => (Kind::UserRestrictionNarrowed, Direction::Worse, weight),
        (_, None, Some(_)) => (Kind::UserRestrictionAdded, Direction::Better, Severity::Major),
        (_, Some(old), Some(new)) if old.negated && new.negated && asks_owners(case, candidate) == (true, false) => {
            (Kind::UserRestrictionNarrowed, Direction::Worse, Severity::Critical)
        }
        (_, Some(old), Some(new)) if old.negated && new.negated && asks_owners(case, candidate) == (false, true) => {
            (Kind::UserRestrictionExtended, Direction::Better, Severity::Major)
        }
        (_, Some(old), Some(new)) if old.negated && new.negated && came(case, candidate).say(Rule::NarrowsBan) => {
            (Kind::UserRestrictionNarrowed, Direction::Worse, weight)
        }
        (_, Some(old), Some(new)) if exempts_itself(new) && !exempts_itself(old) => {
            (Kind::SelfExemption, Direction::Worse, Severity::Major)
        }
        (_, Some(old), Some(new)) if is_exception(candidate, &came(case, candidate), new.exceptions.len() > old.exceptions.len()) => {
            (Kind::UserRestrictionNarrowed, Direction::Worse, weight)
        }
        (_, Some(old), Some(new)) if is_exception(candidate, &left(case, candidate), new.exceptions.len() < old.exceptions.len()) => {
            (Kind::UserRestrictionExtended, Direction::Better, Severity::Major)
        }
        (_, Some(_), None) => (Kind::UserRestrictionRemoved, Direction::Worse, Severity::Major),
        _ => ban_edited(case, candidate),
    }
}

/// Whether words that came or left are an exception, rather than more of what is banned with one inside.
fn is_exception(candidate: &Candidate<'_>, words: &Words<'_>, counted: bool) -> bool {
    const HEAD: usize = 3;
    // The last word before it may have lost a full stop.
    const EDIT: usize = 2;
    let head: Vec<&str> = words.text.split_whitespace().take(HEAD).collect();
    let in_words = |piece: &&Piece| match piece {
        Piece::Removed(text) | Piece::Added(text) => text.contains(char::is_alphanumeric),
        Piece::Same(_) => false,
    };
    let edits = candidate.redline.iter().filter(in_words).count();
    counted && !names_ai(words) || edits <= EDIT && reading::says(words.document, Rule::OpensException, &head.join(" "))
}

/// Whether a ban left it to those who made the content to allow something, and whether it does so now.
fn asks_owners(case: Case<'_>, candidate: &Candidate<'_>) -> (bool, bool) {
    let says = |document: &Document, sentences: &[&SentenceRef]| {
        let mut texts = sentences.iter().filter_map(|at| super::candidate::sentence(document, at));
        texts.any(|text| reading::says(document, Rule::OwnersConsent, text))
    };
    (says(case.old, &candidate.old_sentences), says(case.new, &candidate.new_sentences))
}

/// The platform left itself out of the ban.
fn exempts_itself(frame: &Frame) -> bool {
    frame.limits.iter().any(|limit| limit.kind == LimitKind::SelfExempt)
}

/// A ban of the same force that names more, or fewer, ways of scraping and training.
fn ban_edited(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    match grown(&candidate.redline) {
        _ if !super::candidate::names_other_ai(case, candidate) => (Kind::Reworded, Direction::Neutral, Severity::Minor),
        Ordering::Greater if names_ai(&came(case, candidate)) => (Kind::UserRestrictionExtended, Direction::Better, Severity::Minor),
        Ordering::Less if names_ai(&left(case, candidate)) => (Kind::UserRestrictionNarrowed, Direction::Worse, Severity::Minor),
        _ => (Kind::Reworded, Direction::Neutral, Severity::Minor),
    }
}

fn likeness(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let kind = Kind::LikenessRule;
    let asks = candidate.new.filter(|new| candidate.old.is_none() && new.stance == Stance::PermitsOptIn);
    if let Some(new) = asks {
        // The platform that asks before it takes a face does no more than the law; whoever imitates another must ask that person.
        let of_person = new.modality.value == Modality::Ban
            || (new.negated || new.actor.value != Actor::Platform) && words_of(case, candidate).say(Rule::ImitatesPeople);
        let verdict = if of_person { (Direction::Better, Severity::Major) } else { (Direction::Neutral, Severity::Minor) };
        return (kind, verdict.0, verdict.1);
    }
    if candidate.change == ChangeKind::Added && words_of(case, candidate).say(Rule::Retention) {
        return (kind, Direction::Better, Severity::Minor);
    }
    let words = words_of(case, candidate);
    if let Some(order) = kept_longer(case, candidate).filter(|_| words.say(Rule::Retention)) {
        let direction = if order.is_gt() { Direction::Worse } else { Direction::Better };
        return (kind, direction, Severity::Major);
    }
    match (candidate.change, candidate.old, candidate.new) {
        (ChangeKind::Added, ..) if words.say(Rule::Control) => (kind, Direction::Better, Severity::Major),
        (ChangeKind::Added, _, Some(new)) => match new.stance {
            Stance::Permits | Stance::Describes if words.say(Rule::Compels) && !words.say(Rule::Retention) => {
                (kind, Direction::Worse, Severity::Major)
            }
            Stance::Prohibits | Stance::ProhibitsPartly => (kind, Direction::Better, Severity::Major),
            Stance::Permits => (kind, Direction::Worse, Severity::Major),
            // What finds imitations, or is an example of what may not be imitated, protects.
            Stance::Describes if words.say(Rule::Polices) || words.say(Rule::ImitatesPeople) => (kind, Direction::Better, Severity::Minor),
            _ => (kind, Direction::Neutral, Severity::Minor),
        },
        (ChangeKind::Removed, Some(old), _) => match old.stance {
            Stance::Prohibits | Stance::ProhibitsPartly | Stance::PermitsOptIn => (kind, Direction::Worse, Severity::Critical),
            _ if words.say(Rule::Retention) => (kind, Direction::Worse, Severity::Major),
            _ => (kind, Direction::Neutral, Severity::Minor),
        },
        (_, Some(old), Some(new)) => match freedom(new.stance).cmp(&freedom(old.stance)) {
            Ordering::Greater => (Kind::ConsentWeakened, Direction::Worse, Severity::Major),
            Ordering::Less => (kind, Direction::Better, Severity::Major),
            Ordering::Equal => (Kind::Reworded, Direction::Neutral, Severity::Minor),
        },
        _ => (kind, Direction::Neutral, Severity::Minor),
    }
}

/// Whether an edit makes the time longer or shorter for which something is kept; `None` where it names none, or leaves it.
fn kept_longer(case: Case<'_>, candidate: &Candidate<'_>) -> Option<Ordering> {
    let (old, new) = (left(case, candidate), came(case, candidate));
    let at_once = |words: &Words<'_>| reading::says(words.document, Rule::AtOnce, &words.text).then_some(0);
    let time = |words: &Words<'_>| text::longest_time(&words.text).or_else(|| at_once(words));
    let order = time(&new)?.cmp(&time(&old)?);
    order.is_ne().then_some(order)
}

fn conduct(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let frame = candidate.new.or(candidate.old);
    let protects = frame.is_some_and(|frame| frame.stance == Stance::ProhibitsPartly);
    let duty = frame.is_some_and(|frame| matches!(frame.modality.value, Modality::Duty | Modality::Ban));
    let same_rule = candidate.old.zip(candidate.new).is_some_and(|(old, new)| old.stance == new.stance);
    match candidate.change {
        ChangeKind::Added if protects => (Kind::ContentRule, Direction::Better, Severity::Major),
        ChangeKind::Added => (Kind::ContentRule, Direction::Neutral, if duty { Severity::Major } else { Severity::Minor }),
        ChangeKind::Removed => (Kind::ContentRule, if protects { Direction::Worse } else { Direction::Neutral }, Severity::Minor),
        ChangeKind::Modified if protects => (Kind::ContentRule, Direction::Better, Severity::Major),
        ChangeKind::Modified if same_rule && (grown(&candidate.redline).is_eq() || !super::candidate::names_other_ai(case, candidate)) => {
            (Kind::Reworded, Direction::Neutral, Severity::Minor)
        }
        ChangeKind::Modified => (Kind::ContentRule, Direction::Neutral, Severity::Minor),
    }
}

fn decisions(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let kind = Kind::OperationalAiDisclosed;
    let text = words_of(case, candidate);
    let recourse = text.say(Rule::Recourse);
    let denied = text.say(Rule::NotAutomated);
    let by_human = |document: &Document, sentences: &[&SentenceRef]| {
        sentences
            .iter()
            .filter_map(|at| super::candidate::sentence(document, at))
            .any(|text| reading::says(document, Rule::HumanDecides, text))
    };
    let (human_before, human_now) = (by_human(case.old, &candidate.old_sentences), by_human(case.new, &candidate.new_sentences));
    let reaches_people = by_platform(candidate) && !text.say(Rule::ByHuman) && text.say(Rule::AboutPeople);
    match candidate.change {
        ChangeKind::Added if text.say(Rule::HumanReview) => (kind, Direction::Neutral, Severity::Major),
        ChangeKind::Added if recourse => (Kind::RecourseAdded, Direction::Better, Severity::Major),
        ChangeKind::Removed if recourse => (Kind::RecourseRemoved, Direction::Worse, Severity::Major),
        ChangeKind::Added if denied => (kind, Direction::Better, Severity::Minor),
        ChangeKind::Modified if human_before && (!human_now || machines_too(case, candidate)) => {
            (Kind::RecourseRemoved, Direction::Worse, Severity::Major)
        }
        ChangeKind::Added if text.say(Rule::ActsAutomatically) => (kind, Direction::Worse, Severity::Major),
        ChangeKind::Modified if came(case, candidate).say(Rule::ActsAutomatically) => (kind, Direction::Worse, Severity::Major),
        ChangeKind::Removed if denied => (kind, Direction::Worse, Severity::Major),
        ChangeKind::Added if reaches_people => (kind, Direction::Worse, Severity::Minor),
        ChangeKind::Added => (kind, Direction::Neutral, Severity::Minor),
        ChangeKind::Removed => (Kind::OperationalAiNoLongerDescribed, Direction::Neutral, Severity::Minor),
        ChangeKind::Modified if left(case, candidate).say(Rule::Recourse) && !came(case, candidate).say(Rule::Recourse) => {
            (Kind::RecourseRemoved, Direction::Worse, Severity::Major)
        }
        ChangeKind::Modified if came(case, candidate).say(Rule::Recourse) => (Kind::RecourseAdded, Direction::Better, Severity::Minor),
        ChangeKind::Modified
            if grown(&candidate.redline).is_gt() && (by_permission(candidate) || reaches_people && reaches_further(case, candidate)) =>
        {
            (kind, Direction::Worse, Severity::Minor)
        }
        ChangeKind::Modified if now_names_ai(case, candidate) => (kind, Direction::Neutral, Severity::Minor),
        ChangeKind::Modified => (Kind::Reworded, Direction::Neutral, Severity::Minor),
    }
}

/// Machines were named in what came, and not in what left: "by automated systems, by a person, or by both".
fn machines_too(case: Case<'_>, candidate: &Candidate<'_>) -> bool {
    names_ai(&came(case, candidate)) && !names_ai(&left(case, candidate))
}

/// The platform is the one who acts.
fn by_platform(candidate: &Candidate<'_>) -> bool {
    candidate.new.is_some_and(|frame| matches!(frame.actor.value, Actor::Platform | Actor::Unknown))
}

/// What came names machines, more of what belongs to people, or making something better.
fn reaches_further(case: Case<'_>, candidate: &Candidate<'_>) -> bool {
    let words = came(case, candidate);
    names_ai(&words) || words.say(Rule::AboutPeople) || words.say(Rule::LearningVerb)
}

/// The platform takes a right: "we may …".
fn by_permission(candidate: &Candidate<'_>) -> bool {
    candidate.new.is_some_and(|frame| frame.modality.value == Modality::Permission && frame.actor.value == Actor::Platform)
}

fn outputs(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let text = words_of(case, candidate);
    let frame = candidate.new.or(candidate.old);
    let grant = frame.is_some_and(|frame| frame.stance == Stance::Permits);
    let ban = frame.is_some_and(|frame| frame.stance == Stance::Prohibits);
    let liability = text.say(Rule::Liability);
    if let Some(verdict) = turned(candidate).filter(|_| text.say(Rule::UsesData) || text.say(Rule::AboutPeople)) {
        return verdict;
    }
    let (new_words, old_words) = (came(case, candidate), left(case, candidate));
    let defaults_on = |words: &Words<'_>| words.say(Rule::OnByDefault) || words.say(Rule::NoControl);
    match candidate.change {
        ChangeKind::Added if text.say(Rule::Indemnifies) => (Kind::IndemnityAdded, Direction::Better, Severity::Major),
        ChangeKind::Removed if text.say(Rule::Indemnifies) => (Kind::IndemnityRemoved, Direction::Worse, Severity::Major),
        ChangeKind::Added if text.say(Rule::NoControl) => (Kind::ControlRemoved, Direction::Worse, Severity::Major),
        ChangeKind::Modified if defaults_on(&new_words) => (Kind::ControlRemoved, Direction::Worse, Severity::Major),
        ChangeKind::Modified if new_words.say(Rule::OffByDefault) => (Kind::ControlAdded, Direction::Better, Severity::Major),
        ChangeKind::Modified if defaults_on(&old_words) => (Kind::ControlAdded, Direction::Better, Severity::Major),
        ChangeKind::Modified if text.say(Rule::Indemnifies) && narrows(candidate) => {
            (Kind::IndemnityRemoved, Direction::Worse, Severity::Major)
        }
        ChangeKind::Added if text.say(Rule::Ownership) => (Kind::OutputOwnership, Direction::Neutral, Severity::Major),
        ChangeKind::Added if grant => (Kind::OutputLicence, Direction::Worse, Severity::Major),
        ChangeKind::Added if ban && text.say(Rule::Harm) => (Kind::OutputRestriction, Direction::Neutral, Severity::Major),
        ChangeKind::Added if ban => (Kind::OutputRestriction, Direction::Worse, Severity::Major),
        ChangeKind::Added if text.say(Rule::Control) => (Kind::ControlAdded, Direction::Better, Severity::Minor),
        ChangeKind::Added if liability => (Kind::DisclaimerAdded, Direction::Worse, Severity::Major),
        ChangeKind::Added if text.say(Rule::UserDuty) => (Kind::UserDuty, Direction::Worse, Severity::Minor),
        ChangeKind::Added if text.say(Rule::LeavesRegion) => (Kind::FeatureWithData, Direction::Worse, Severity::Major),
        ChangeKind::Added if text.say(Rule::UsesData) => (Kind::FeatureWithData, Direction::Worse, Severity::Minor),
        ChangeKind::Added if frame.is_some_and(|frame| frame.ai.is_none() && !objects(Some(frame)).contains(&Object::InputsOutputs)) => {
            (Kind::Reworded, Direction::Neutral, Severity::Minor)
        }
        ChangeKind::Added => (Kind::FeatureDescribed, Direction::Neutral, Severity::Minor),
        ChangeKind::Removed if text.say(Rule::Control) => (Kind::ControlRemoved, Direction::Worse, Severity::Major),
        ChangeKind::Removed if liability => (Kind::DisclaimerRemoved, Direction::Better, Severity::Major),
        ChangeKind::Removed => (Kind::FeatureNoLongerDescribed, Direction::Neutral, Severity::Minor),
        ChangeKind::Modified if liability && more_is_disclaimed(case, candidate) => {
            (Kind::DisclaimerAdded, Direction::Worse, Severity::Major)
        }
        ChangeKind::Modified if grant && grown(&candidate.redline).is_gt() => (Kind::OutputLicence, Direction::Worse, Severity::Major),
        ChangeKind::Modified if ban && came(case, candidate).say(Rule::Harm) => {
            (Kind::OutputRestriction, Direction::Neutral, Severity::Major)
        }
        ChangeKind::Modified if ban && more_exceptions(candidate) => (Kind::OutputRestriction, Direction::Better, Severity::Major),
        ChangeKind::Modified if ban && grown(&candidate.redline).is_gt() => (Kind::OutputRestriction, Direction::Worse, Severity::Major),
        ChangeKind::Modified if text.say(Rule::OnlyPermits) && grown(&candidate.redline).is_lt() => {
            (Kind::OutputRestriction, Direction::Worse, Severity::Major)
        }
        ChangeKind::Modified if text.say(Rule::UsesData) && grown(&candidate.redline).is_gt() => {
            (Kind::FeatureWithData, Direction::Worse, Severity::Minor)
        }
        ChangeKind::Modified if now_names_ai(case, candidate) => (Kind::FeatureDescribed, Direction::Neutral, Severity::Minor),
        ChangeKind::Modified => (Kind::Reworded, Direction::Neutral, Severity::Minor),
    }
}

/// A clause that did not name AI does so now.
fn now_names_ai(case: Case<'_>, candidate: &Candidate<'_>) -> bool {
    let clause = candidate.old_sentences.first().and_then(|at| case.old.clauses.get(at.clause as usize));
    candidate.old.is_none() && names_ai(&came(case, candidate)) && clause.is_none_or(|clause| !reading::mentions_ai(case.old, &clause.text))
}

/// What is done with people's data is now denied, or no longer denied.
fn turned(candidate: &Candidate<'_>) -> Option<Verdict> {
    let (old, new) = candidate.old.zip(candidate.new).filter(|(old, new)| old.topic == new.topic)?;
    match (old.negated, new.negated) {
        (true, false) => Some((Kind::ControlRemoved, Direction::Worse, Severity::Major)),
        (false, true) => Some((Kind::ControlAdded, Direction::Better, Severity::Major)),
        _ => None,
    }
}

/// The clause holds for fewer people, or with more exceptions.
pub(super) fn narrows(candidate: &Candidate<'_>) -> bool {
    candidate
        .old
        .zip(candidate.new)
        .is_some_and(|(old, new)| new.population.len() > old.population.len() || new.exceptions.len() > old.exceptions.len())
}

fn more_exceptions(candidate: &Candidate<'_>) -> bool {
    candidate.old.zip(candidate.new).is_some_and(|(old, new)| new.exceptions.len() > old.exceptions.len())
}

/// Words of liability came into a disclaimer or an indemnity, or AI did.
fn more_is_disclaimed(case: Case<'_>, candidate: &Candidate<'_>) -> bool {
    let new_words = came(case, candidate);
    let disclaims = candidate.new.is_some_and(|frame| frame.modality.value == Modality::Disclaimer);
    new_words.say(Rule::Liability) || disclaims && reading::mentions_ai(case.new, &new_words.text) && grown(&candidate.redline).is_gt()
}

fn other(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let text = words_of(case, candidate);
    let consent = candidate.new.is_some_and(|frame| matches!(frame.condition.value, Condition::OptIn | Condition::Consent));
    let shares = text.say(Rule::OutsideProvider);
    match candidate.change {
        ChangeKind::Added if consent => (Kind::ConsentRequired, Direction::Better, Severity::Major),
        ChangeKind::Added if candidate.new.is_some_and(|new| new.negated) => (Kind::ClauseAboutAi, Direction::Better, Severity::Minor),
        ChangeKind::Added if shares => (Kind::VendorDisclosed, Direction::Worse, Severity::Minor),
        ChangeKind::Modified if shares && grown(&candidate.redline).is_gt() => (Kind::VendorDisclosed, Direction::Worse, Severity::Minor),
        _ => (Kind::ClauseAboutAi, Direction::Neutral, Severity::Minor),
    }
}
