use super::Case;
use super::candidate::Candidate;
use crate::model::{Act, ChangeKind, Condition, Direction, Frame, LimitKind, Modality, Object, Piece, Severity, Stance, Topic};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What a change of a provision amounts to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grade {
    pub(super) kind: &'static str,
    pub(super) direction: Direction,
    pub(super) severity: Severity,
    pub(super) stance_before: Stance,
    pub(super) stance_after: Stance,
}

/// Grades a candidate; `None` where nothing of substance happened.
pub(super) fn grade(case: Case<'_>, candidate: &Candidate<'_>) -> Option<Grade> {
    let (kind, direction, severity) = match candidate.topic {
        Topic::Training | Topic::TrainingSharing => learning(case, candidate)?,
        Topic::Scraping => scraping(candidate),
        Topic::Likeness => likeness(case, candidate),
        Topic::Conduct => conduct(candidate),
        Topic::AutomatedDecisions => decisions(case, candidate),
        // That a feature is no longer described takes nothing from anybody.
        Topic::Outputs => Some(outputs(case, candidate)).filter(|(kind, ..)| *kind != "feature-no-longer-described")?,
        Topic::Other => {
            Some(other(case, candidate)).filter(|(kind, ..)| *kind != "clause-about-ai" || candidate.change == ChangeKind::Added)?
        }
    };
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
        (candidate.old.map_or(Stance::Silent, |frame| frame.stance), candidate.new.map_or(Stance::Silent, |frame| frame.stance))
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

fn values<T: Copy + Ord>(frame: Option<&Frame>, list: impl Fn(&Frame) -> Vec<T>) -> BTreeSet<T> {
    frame.map(list).unwrap_or_default().into_iter().collect()
}

fn acts(frame: Option<&Frame>) -> BTreeSet<Act> {
    values(frame, |frame| {
        frame.acts.iter().map(|slot| slot.value).filter(|act| matches!(act, Act::Train | Act::Develop | Act::Input | Act::Share)).collect()
    })
}

fn objects(frame: Option<&Frame>) -> BTreeSet<Object> {
    values(frame, |frame| frame.objects.iter().map(|slot| slot.value).collect())
}

fn narrowing(frame: Option<&Frame>) -> BTreeSet<LimitKind> {
    values(frame, |frame| frame.limits.iter().map(|limit| limit.kind).collect())
}

type Verdict = (&'static str, Direction, Severity);

fn learning(case: Case<'_>, candidate: &Candidate<'_>) -> Option<Verdict> {
    let sharing = candidate.topic == Topic::TrainingSharing;
    match (candidate.change, candidate.old, candidate.new) {
        (ChangeKind::Added, _, Some(new)) => Some(learning_added(new, sharing)),
        (ChangeKind::Removed, Some(old), _) if old.negated => Some(("prohibition-removed", Direction::Worse, Severity::Critical)),
        (ChangeKind::Removed, Some(_), _) => Some(permission_removed(case, candidate)),
        (_, Some(old), Some(new)) if old.topic == new.topic => Some(learning_modified(old, new, candidate)),
        (_, _, Some(new)) => Some(learning_added(new, sharing)),
        (_, Some(old), None) if old.negated => Some(("prohibition-removed", Direction::Worse, Severity::Critical)),
        (_, Some(_), None) => Some(permission_removed(case, candidate)),
        _ => None,
    }
}

/// A permission that goes gives something back only where no other says the same.
fn permission_removed(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    if freedom(case.after.stance(candidate.topic)) >= freedom(Stance::PermitsOptOut) {
        ("permission-shortened", Direction::Neutral, Severity::Minor)
    } else {
        ("permission-removed", Direction::Better, Severity::Major)
    }
}

fn learning_added(new: &Frame, sharing: bool) -> Verdict {
    if new.negated {
        return ("prohibition-introduced", Direction::Better, Severity::Major);
    }
    let only_usage = objects(Some(new)).into_iter().all(|object| object == Object::UsageData) && !objects(Some(new)).is_empty();
    let severity = if only_usage || matches!(new.condition.value, Condition::OptIn | Condition::Consent) {
        Severity::Major
    } else {
        Severity::Critical
    };
    let kind = match (sharing, new.condition.value) {
        (true, _) => "third-party-sharing-added",
        (false, Condition::OptOut) => "permission-with-opt-out-introduced",
        _ => "permission-introduced",
    };
    (kind, Direction::Worse, severity)
}

fn learning_modified(old: &Frame, new: &Frame, candidate: &Candidate<'_>) -> Verdict {
    let (before, after) = (freedom(old.stance), freedom(new.stance));
    if old.negated && !new.negated {
        return ("prohibition-turned-into-permission", Direction::Worse, Severity::Critical);
    }
    if after > before {
        return (if new.negated { "prohibition-weakened" } else { "consent-weakened" }, Direction::Worse, Severity::Critical);
    }
    if after < before {
        return (if old.negated { "prohibition-strengthened" } else { "permission-limited" }, Direction::Better, Severity::Major);
    }
    if new.negated {
        let (lost, gained) = difference(&narrowing(Some(old)), &narrowing(Some(new)));
        return match (lost, gained) {
            (true, false) => ("prohibition-strengthened", Direction::Better, Severity::Major),
            (false, true) => ("prohibition-weakened", Direction::Worse, Severity::Critical),
            _ => promise_edited(candidate),
        };
    }
    if is_control(new) {
        return match grown(&candidate.redline) {
            Ordering::Greater => ("control-extended", Direction::Better, Severity::Minor),
            Ordering::Less => ("control-narrowed", Direction::Worse, Severity::Major),
            Ordering::Equal => ("reworded", Direction::Neutral, Severity::Minor),
        };
    }
    if let Some(verdict) = exception_edited(candidate, new.negated) {
        return verdict;
    }
    let (fewer_acts, more_acts) = difference(&acts(Some(old)), &acts(Some(new)));
    let (fewer_objects, more_objects) = difference(&objects(Some(old)), &objects(Some(new)));
    match (more_acts || more_objects, fewer_acts || fewer_objects) {
        (true, _) => ("scope-widened", Direction::Worse, Severity::Critical),
        (false, true) => ("scope-narrowed", Direction::Better, Severity::Minor),
        _ => match grown(&candidate.redline) {
            Ordering::Greater => ("scope-widened", Direction::Worse, Severity::Major),
            Ordering::Less => ("scope-narrowed", Direction::Better, Severity::Minor),
            Ordering::Equal => ("reworded", Direction::Neutral, Severity::Minor),
        },
    }
}

/// A sentence that is all about how to say no: "You can opt out of …".
fn is_control(frame: &Frame) -> bool {
    frame.stance == Stance::PermitsOptOut
        && frame.condition.span.as_ref().is_some_and(|span| span.range.start < frame.sentence.range.start + 40)
}

/// A promise whose list of what it covers, or of what it excepts, was edited.
fn promise_edited(candidate: &Candidate<'_>) -> Verdict {
    if let Some(verdict) = exception_edited(candidate, true) {
        return verdict;
    }
    if lost_condition(&candidate.redline) {
        return ("reworded", Direction::Neutral, Severity::Minor);
    }
    match grown(&candidate.redline) {
        Ordering::Greater => ("prohibition-strengthened", Direction::Better, Severity::Major),
        Ordering::Less => ("prohibition-weakened", Direction::Worse, Severity::Critical),
        Ordering::Equal => ("reworded", Direction::Neutral, Severity::Minor),
    }
}

/// "Once you turn this off, …" that goes makes a promise no weaker.
fn lost_condition(redline: &[Piece]) -> bool {
    redline.iter().any(|piece| {
        let Piece::Removed(text) = piece else { return false };
        let lower = text.trim_start().to_lowercase();
        ["once ", "if ", "when you ", "where you ", "as long as "].iter().any(|word| lower.starts_with(word))
    })
}

/// An edit behind "except" or "unless": a longer exception weakens a promise and protects from a permission.
fn exception_edited(candidate: &Candidate<'_>, negated: bool) -> Option<Verdict> {
    let mut behind = false;
    let mut edits = Vec::new();
    for piece in candidate.redline.iter() {
        match piece {
            Piece::Same(text) => behind |= opens_exception(text),
            edit if behind => edits.push(edit.clone()),
            _ => return None,
        }
    }
    let longer = match grown(&edits) {
        Ordering::Equal => return None,
        order => order == Ordering::Greater,
    };
    Some(match (negated, longer) {
        (true, true) => ("exception-widened", Direction::Worse, Severity::Critical),
        (true, false) => ("exception-narrowed", Direction::Better, Severity::Major),
        (false, true) => ("exception-widened", Direction::Better, Severity::Major),
        (false, false) => ("exception-narrowed", Direction::Worse, Severity::Critical),
    })
}

fn opens_exception(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["except", "unless", "other than", "with the exception"].iter().any(|word| lower.contains(word))
}

/// Whether something was lost, and whether something was gained.
fn difference<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>) -> (bool, bool) {
    (!old.is_subset(new), !new.is_subset(old))
}

/// Whether clearly more words came than left.
fn grown(redline: &[Piece]) -> Ordering {
    let (mut gone, mut come) = (0usize, 0usize);
    for piece in redline {
        match piece {
            Piece::Removed(text) => gone += text.split_whitespace().count(),
            Piece::Added(text) => come += text.split_whitespace().count(),
            Piece::Same(_) => {}
        }
    }
    match come.abs_diff(gone) {
        0 | 1 => Ordering::Equal,
        _ => come.cmp(&gone),
    }
}

fn scraping(candidate: &Candidate<'_>) -> Verdict {
    match (candidate.change, candidate.old, candidate.new) {
        (ChangeKind::Added, _, Some(new)) if new.stance == Stance::Permits => ("permission-to-scrape", Direction::Neutral, Severity::Major),
        (ChangeKind::Added, ..) => ("user-restriction-added", Direction::Better, Severity::Major),
        (ChangeKind::Removed, Some(old), _) if old.stance == Stance::Prohibits => {
            ("user-restriction-removed", Direction::Worse, Severity::Critical)
        }
        (ChangeKind::Removed, ..) => ("user-restriction-removed", Direction::Worse, Severity::Major),
        (_, Some(old), Some(new)) if old.topic != new.topic => ("user-restriction-added", Direction::Better, Severity::Major),
        (_, Some(old), Some(new)) if freedom(new.stance) < freedom(old.stance) => {
            ("user-restriction-extended", Direction::Better, Severity::Major)
        }
        (_, Some(old), Some(new)) if freedom(new.stance) > freedom(old.stance) => {
            ("user-restriction-narrowed", Direction::Worse, Severity::Major)
        }
        (_, None, Some(_)) => ("user-restriction-added", Direction::Better, Severity::Major),
        (_, Some(_), None) => ("user-restriction-removed", Direction::Worse, Severity::Major),
        _ => ("reworded", Direction::Neutral, Severity::Minor),
    }
}

fn likeness(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let kind = "likeness-rule";
    if candidate.change == ChangeKind::Added && any(&words_of(case, candidate), RETENTION) {
        return (kind, Direction::Better, Severity::Minor);
    }
    match (candidate.change, candidate.old, candidate.new) {
        (ChangeKind::Added, _, Some(new)) => match new.stance {
            Stance::Prohibits | Stance::ProhibitsPartly => (kind, Direction::Better, Severity::Major),
            Stance::Permits => (kind, Direction::Worse, Severity::Major),
            Stance::PermitsOptIn => (kind, Direction::Neutral, Severity::Minor),
            _ => (kind, Direction::Better, Severity::Minor),
        },
        (ChangeKind::Removed, Some(old), _) => match old.stance {
            Stance::Prohibits | Stance::ProhibitsPartly | Stance::PermitsOptIn => (kind, Direction::Worse, Severity::Critical),
            _ => (kind, Direction::Neutral, Severity::Minor),
        },
        (_, Some(old), Some(new)) => match freedom(new.stance).cmp(&freedom(old.stance)) {
            Ordering::Greater => ("consent-weakened", Direction::Worse, Severity::Major),
            Ordering::Less => (kind, Direction::Better, Severity::Major),
            Ordering::Equal => ("reworded", Direction::Neutral, Severity::Minor),
        },
        _ => (kind, Direction::Neutral, Severity::Minor),
    }
}

fn conduct(candidate: &Candidate<'_>) -> Verdict {
    let frame = candidate.new.or(candidate.old);
    let protects = frame.is_some_and(|frame| frame.stance == Stance::ProhibitsPartly);
    let duty = frame.is_some_and(|frame| matches!(frame.modality.value, Modality::Duty | Modality::Ban));
    match candidate.change {
        ChangeKind::Added if protects => ("content-rule", Direction::Better, Severity::Major),
        ChangeKind::Added => ("content-rule", Direction::Neutral, if duty { Severity::Major } else { Severity::Minor }),
        ChangeKind::Removed => ("content-rule", if protects { Direction::Worse } else { Direction::Neutral }, Severity::Minor),
        ChangeKind::Modified if protects => ("content-rule", Direction::Better, Severity::Major),
        ChangeKind::Modified => ("content-rule", Direction::Neutral, Severity::Minor),
    }
}

/// The text of the side that a candidate speaks of, in lower case.
fn words_of(case: Case<'_>, candidate: &Candidate<'_>) -> String {
    let new = candidate.new_sentences.iter().filter_map(|at| super::candidate::sentence(case.new, at));
    let old = candidate.old_sentences.iter().filter_map(|at| super::candidate::sentence(case.old, at));
    let text: Vec<&str> = if candidate.change == ChangeKind::Removed { old.collect() } else { new.collect() };
    text.join(" ").to_lowercase()
}

/// The words that came, in lower case.
fn came(candidate: &Candidate<'_>) -> String {
    candidate
        .redline
        .iter()
        .filter_map(|piece| if let Piece::Added(text) = piece { Some(text.as_str()) } else { None })
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

fn any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

const RECOURSE: &[&str] = &[
    "appeal",
    "human intervention",
    "contest",
    "not be subject to",
    "not to be subject",
    "request a review",
    "request a human",
    "request a manual",
    "option to request",
    "right to object",
    "challenge the",
    "entitled to a human",
];
/// A human who looks at what a machine found, promised and not only described.
const HUMAN_REVIEW: &[&str] = &["mandatory review", "always reviewed by a human", "will be reviewed by a human", "undergo"];
const CONTROL: &[&str] = &[
    "opt out",
    "opt-out",
    "turn off",
    "disable",
    "not be saved",
    "not stored",
    "will not be stored",
    "clearly label",
    "will indicate",
    "delete",
    "off by default",
    "your choice",
    "zero data retention",
    "do not use",
    "not used",
    "with your consent",
    "only if you",
];

fn decisions(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let kind = "operational-ai-disclosed";
    let text = words_of(case, candidate);
    let recourse = any(&text, RECOURSE);
    let denied = any(&text, NOT_AUTOMATED);
    let reaches_people = by_platform(candidate) && !text.contains("human") && any(&text, PEOPLE);
    match candidate.change {
        ChangeKind::Added if recourse => ("recourse-added", Direction::Better, Severity::Major),
        ChangeKind::Removed if recourse => ("recourse-removed", Direction::Worse, Severity::Major),
        ChangeKind::Added if denied => (kind, Direction::Better, Severity::Minor),
        ChangeKind::Removed if denied => (kind, Direction::Worse, Severity::Major),
        ChangeKind::Added if any(&text, HUMAN_REVIEW) && text.contains("human") => (kind, Direction::Neutral, Severity::Major),
        ChangeKind::Added if reaches_people => (kind, Direction::Worse, Severity::Minor),
        ChangeKind::Added | ChangeKind::Removed => (kind, Direction::Neutral, Severity::Minor),
        ChangeKind::Modified if any(&came(candidate), RECOURSE) => ("recourse-added", Direction::Better, Severity::Minor),
        ChangeKind::Modified if grown(&candidate.redline).is_gt() && (by_permission(candidate) || reaches_people) => {
            (kind, Direction::Worse, Severity::Minor)
        }
        ChangeKind::Modified => ("reworded", Direction::Neutral, Severity::Minor),
    }
}

/// Words by which a clause says that machines do not decide.
const NOT_AUTOMATED: &[&str] = &[
    "not involve automated",
    "not involve any automated",
    "no automated",
    "not use automated",
    "not make automated",
    "not carry out automated",
    "not engage in automated",
    "not conduct automated",
    "not subject to automated",
    "not based solely",
    "do not use profiling",
    "not use ai to make decisions",
];
/// What belongs to people.
const PEOPLE: &[&str] = &[
    "your data",
    "your information",
    "your personal",
    "personal data",
    "personal information",
    "about you",
    "messages",
    "your activity",
    "your content",
    "your account",
    "chats",
];

/// The platform is the one who acts.
fn by_platform(candidate: &Candidate<'_>) -> bool {
    candidate.new.is_some_and(|frame| matches!(frame.actor.value, crate::model::Actor::Platform | crate::model::Actor::Unknown))
}

/// The platform takes a right: "we may …".
fn by_permission(candidate: &Candidate<'_>) -> bool {
    candidate.new.is_some_and(|frame| frame.modality.value == Modality::Permission)
}

/// How long something is kept at most.
const RETENTION: &[&str] = &[
    "deleted within",
    "delete ",
    "never retain",
    "not retain",
    "not store",
    "not be stored",
    "permanently deleted",
    "is deleted",
    "are deleted",
];
const LIABILITY: &[&str] = &[
    " liab",
    "responsible for",
    "responsibility for",
    "no responsibility",
    "not responsible",
    "indemn",
    "disclaim",
    "as is",
    "as-is",
    "warrant",
    "not guarantee",
    "at your own risk",
    "own risk",
    "hold harmless",
    "no guarantee",
    "inaccura",
    "accuracy of",
    "be accurate",
    "incorrect",
    "mislead",
    "rely on",
    "relying on",
    "reliance on",
    "legally binding",
    "publisher or speaker",
    "on behalf of",
];
const DATA: &[&str] = &[
    "personal data",
    "personal information",
    "we may share",
    "we share",
    "your data",
    "we collect",
    "we process",
    "sent to",
    "information you share",
    "information you provide",
    "your content",
    "your messages",
    "your inputs",
    "service providers",
    "about you",
    "we keep",
];

fn outputs(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let text = words_of(case, candidate);
    let frame = candidate.new.or(candidate.old);
    let grant = frame.is_some_and(|frame| frame.stance == Stance::Permits);
    let ban = frame.is_some_and(|frame| frame.stance == Stance::Prohibits);
    let liability = any(&text, LIABILITY);
    match candidate.change {
        ChangeKind::Added if grant && any(&text, OWNERSHIP) => ("output-ownership", Direction::Neutral, Severity::Major),
        ChangeKind::Added if grant => ("output-licence", Direction::Worse, Severity::Major),
        ChangeKind::Added if ban && any(&text, HARM) => ("output-restriction", Direction::Neutral, Severity::Major),
        ChangeKind::Added if ban => ("output-restriction", Direction::Worse, Severity::Major),
        ChangeKind::Added if any(&text, CONTROL) => ("control-added", Direction::Better, Severity::Minor),
        ChangeKind::Added if liability => ("disclaimer-added", Direction::Worse, Severity::Major),
        ChangeKind::Added if any(&text, DUTY) => ("user-duty", Direction::Worse, Severity::Minor),
        ChangeKind::Added if any(&text, DATA) => ("feature-with-data", Direction::Worse, Severity::Minor),
        ChangeKind::Added => ("feature-described", Direction::Neutral, Severity::Minor),
        ChangeKind::Removed if any(&text, CONTROL) => ("control-removed", Direction::Worse, Severity::Major),
        ChangeKind::Removed if liability => ("disclaimer-removed", Direction::Better, Severity::Major),
        ChangeKind::Removed => ("feature-no-longer-described", Direction::Neutral, Severity::Minor),
        ChangeKind::Modified if liability && any(&came(candidate), LIABILITY) => ("disclaimer-added", Direction::Worse, Severity::Major),
        ChangeKind::Modified if ban && any(&came(candidate), HARM) => ("output-restriction", Direction::Neutral, Severity::Major),
        ChangeKind::Modified if ban && grown(&candidate.redline).is_gt() => ("output-restriction", Direction::Worse, Severity::Major),
        ChangeKind::Modified if any(&text, DATA) && grown(&candidate.redline).is_gt() => {
            ("feature-with-data", Direction::Worse, Severity::Minor)
        }
        ChangeKind::Modified => ("reworded", Direction::Neutral, Severity::Minor),
    }
}

const OWNERSHIP: &[&str] =
    &["you own", "no claim of ownership", "belongs to you", "belong to you", "retain ownership", "retain all rights"];
/// Uses that harm others: a ban on these takes nothing from anybody.
const HARM: &[&str] = &[
    "illegal",
    "unlawful",
    "applicable law",
    "harmful",
    "abusive",
    "abuse",
    "fraud",
    "deceptive",
    "mislead",
    "malicious",
    "harass",
    "hate",
    "violence",
    "exploit",
    "discriminat",
    "infring",
];
/// What the user has to do.
const DUTY: &[&str] =
    &["you agree to", "you must", "you are required", "you acknowledge", "you represent", "you undertake", "you will ensure", "you shall"];

fn other(case: Case<'_>, candidate: &Candidate<'_>) -> Verdict {
    let text = words_of(case, candidate);
    let consent = candidate.new.is_some_and(|frame| matches!(frame.condition.value, Condition::OptIn | Condition::Consent));
    let shares = any(&text, &["share", "provider", "third-party", "third party", "vendor", "subprocessor", "sub-processor"]);
    match candidate.change {
        ChangeKind::Added if consent => ("consent-required", Direction::Better, Severity::Major),
        ChangeKind::Added if shares => ("vendor-disclosed", Direction::Worse, Severity::Minor),
        ChangeKind::Modified if shares && grown(&candidate.redline).is_gt() => ("vendor-disclosed", Direction::Worse, Severity::Minor),
        _ => ("clause-about-ai", Direction::Neutral, Severity::Minor),
    }
}
