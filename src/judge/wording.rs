//! The sentences that people read. One place, so that they can be translated.

use super::Case;
use super::candidate::Candidate;
use super::grade::Grade;
use super::kind::Kind;
use crate::model::{
    Act, Actor, ChangeKind, Condition, Direction, Document, Frame, Limit, LimitKind, Modality, Object, Span, Stance, Time, Topic,
};
use std::collections::BTreeSet;

/// One plain sentence for an event, and one more where the reader had to assume something.
pub(super) fn summary(case: Case<'_>, candidate: &Candidate<'_>, grade: Grade) -> String {
    let mut text = sentence(case, candidate, grade);
    if assumes_actor(candidate) {
        text.push_str(" The clause does not say who would do it.");
    }
    if candidate.change == ChangeKind::Added {
        text.push_str(&time(candidate));
    }
    if !names_ai(candidate) {
        text.push_str(" The clause does not name AI itself; what stands before it does.");
    }
    text
}

/// What a new permission says of the past and of a way back.
fn time(candidate: &Candidate<'_>) -> String {
    let permission = candidate.new.filter(|frame| frame.topic == Topic::Training && !frame.negated);
    let has = |time: Time| permission.is_some_and(|frame| frame.time.iter().any(|slot| slot.value == time));
    let mut text = String::new();
    if has(Time::Retroactive) {
        text.push_str(" It reaches what was there before.");
    }
    if has(Time::Irreversible) {
        text.push_str(" It says that it cannot be undone or ended.");
    }
    text
}

/// Whether either side names AI, training on models or machines in its own words.
fn names_ai(candidate: &Candidate<'_>) -> bool {
    candidate.old.into_iter().chain(candidate.new).any(|frame| frame.ai.is_some())
}

/// A right to train that is given to nobody by name: "may be used to train".
fn assumes_actor(candidate: &Candidate<'_>) -> bool {
    candidate.new.is_some_and(|frame| {
        frame.topic == Topic::Training
            && !frame.negated
            && frame.modality.value == Modality::Permission
            && frame.actor.value == Actor::Unknown
    })
}

fn sentence(case: Case<'_>, candidate: &Candidate<'_>, grade: Grade) -> String {
    let frame = candidate.new.or(candidate.old);
    let document = if candidate.new.is_some() { case.new } else { case.old };
    let what = frame.map_or_else(|| "content".to_owned(), |frame| material(document, frame));
    let what = what.as_str();
    let sharing = candidate.topic == Topic::TrainingSharing;
    match grade.kind {
        Kind::PermissionIntroduced => format!("The document now says that {what} may be used to {}{}.", purpose(frame), control(frame)),
        Kind::PermissionWithOptOutIntroduced => {
            format!("The document now says that {what} may be used to {}, unless you opt out.", purpose(frame))
        }
        Kind::ImpliedPermission => {
            format!(
                "There is now a way to say no to the use of {what} to {}: the document had not said that it is used so.",
                purpose(frame)
            )
        }
        Kind::DelayLifted => {
            format!("The use of {what} to {}, which was announced or on hold, goes ahead{}.", purpose(frame), control(frame))
        }
        Kind::LegalBasisChanged => {
            format!("The legal ground for the use of {what} to {} is another now{}.", purpose(frame), control(frame))
        }
        Kind::Redefinition => {
            "The promise about AI training stands, but something that it covered is called by another name now.".to_owned()
        }
        Kind::PointerMoved => "How far the promise about AI training goes stands in another document now.".to_owned(),
        Kind::TierMoved if grade.direction == Direction::Better => {
            "The clause about AI training now protects other groups of people too: other plans, places or ages.".to_owned()
        }
        Kind::TierMoved => "The clause about AI training now holds for other groups of people: other plans, places or ages.".to_owned(),
        Kind::Irreversible => format!("The document now says that the use of {what} to {} cannot be undone.", purpose(frame)),
        Kind::Retroactive => format!("The use of {what} to {} now reaches what was there before.", purpose(frame)),
        Kind::ActorAdded if frame.is_some_and(|frame| frame.negated) => {
            "The promise about AI training now binds more companies than before.".to_owned()
        }
        Kind::ActorAdded => format!("More companies than before may now use {what} to {}.", purpose(frame)),
        Kind::ActorDropped if frame.is_some_and(|frame| frame.negated) => {
            "The promise about AI training now binds fewer companies than before.".to_owned()
        }
        Kind::ActorDropped => format!("Fewer companies than before may now use {what} to {}.", purpose(frame)),
        Kind::ThirdPartySharingAdded => {
            format!("The document now says that {what} may reach other companies for their own AI training{}.", control(frame))
        }
        Kind::PermissionRemoved if sharing => {
            format!(
                "The document no longer says that {what} may reach other companies for their own AI training. That is silence, not a promise."
            )
        }
        Kind::PermissionRemoved => {
            format!("The document no longer says that {what} may be used to {}. That is silence, not a promise.", purpose(frame))
        }
        Kind::ProhibitionIntroduced if sharing => promise(frame, &format!("to keep {what} from other companies\u{2019} AI training")),
        Kind::ProhibitionIntroduced => promise(frame, &format!("not to use {what} to {}", purpose(frame))),
        Kind::ProhibitionRemoved if sharing => {
            format!("The document no longer promises to keep {what} from other companies\u{2019} AI training.")
        }
        Kind::ProhibitionRemoved => format!("The document no longer promises that {what} will not be used to {}.", purpose(frame)),
        Kind::ProhibitionTurnedIntoPermission if sharing => {
            format!(
                "A promise to keep {what} from other companies\u{2019} AI training has become a permission to pass it on{}.",
                control(frame)
            )
        }
        Kind::ProhibitionTurnedIntoPermission => {
            format!("A promise not to use {what} to {} has become a permission to do so{}.", purpose(frame), control(frame))
        }
        Kind::ChoiceIntroduced => "There is now a way to say no to a use for AI training that the document allowed before.".to_owned(),
        Kind::ControlExtended => "There are now more ways to say no to AI training.".to_owned(),
        Kind::ControlNarrowed => "There are now fewer ways to say no to AI training.".to_owned(),
        Kind::ExceptionWidened if frame.is_some_and(|frame| frame.negated) => {
            "The promise about AI training now has more exceptions.".to_owned()
        }
        Kind::ExceptionWidened => "More is now left out of the permission for AI training.".to_owned(),
        Kind::ExceptionNarrowed if frame.is_some_and(|frame| frame.negated) => {
            "The promise about AI training now has fewer exceptions.".to_owned()
        }
        Kind::ExceptionNarrowed => "Less is now left out of the permission for AI training: a protection became smaller.".to_owned(),
        Kind::ProhibitionWeakened => "The promise about AI training now covers less than before.".to_owned(),
        Kind::ProhibitionStrengthened => "The promise about AI training now covers more than before.".to_owned(),
        Kind::ConsentWeakened => format!("People now have less say in whether {what} may be used{}.", control(frame)),
        Kind::PermissionLimited => format!("The permission to use {what} for AI is now tied to people\u{2019}s choice{}.", control(frame)),
        Kind::ScopeWidened => format!("The clause about AI training now reaches further: more of {what}, or more uses of it."),
        Kind::ScopeNarrowed => "The clause about AI training now reaches less far.".to_owned(),
        Kind::UserRestrictionAdded if grade.stance_after == Stance::Prohibits => {
            "Others are now forbidden to use the platform\u{2019}s content for AI, by scraping, mining or training on it.".to_owned()
        }
        Kind::UserRestrictionAdded => "Others are now forbidden to crawl or scrape the platform; the clause does not name AI.".to_owned(),
        Kind::UserRestrictionExtended => "The ban on others\u{2019} scraping and training now covers more.".to_owned(),
        Kind::UserRestrictionNarrowed => "The ban on others\u{2019} scraping and training now covers less.".to_owned(),
        Kind::SelfExemption => "What others are forbidden to do, the platform now leaves itself free to do.".to_owned(),
        Kind::UserRestrictionRemoved => {
            "A ban that kept others from scraping or training on the platform\u{2019}s content is gone.".to_owned()
        }
        Kind::PermissionToScrape => "The document now lets content be collected by machines.".to_owned(),
        _ => about_machines(candidate, grade),
    }
}

/// The sentence of an event that is not about learning.
fn about_machines(candidate: &Candidate<'_>, grade: Grade) -> String {
    match grade.kind {
        Kind::LikenessRule | Kind::ContentRule => rule_sentence(candidate, grade),
        Kind::RecourseAdded => "People gain recourse against decisions made by machines: a review, an appeal or a human.".to_owned(),
        Kind::RecourseRemoved => "A right to a review, an appeal or a human in decisions made by machines is gone.".to_owned(),
        Kind::OperationalAiDisclosed => by_change(
            candidate,
            "The document now describes a use of automated systems.",
            "A use of automated systems is no longer described.",
            "The description of automated systems changed.",
        ),
        Kind::OutputOwnership => "The document now says who owns what its AI features generate.".to_owned(),
        Kind::OutputLicence => {
            "The document now takes or grants a right in what people put into AI features, or in what these generate.".to_owned()
        }
        Kind::OutputRestriction => "The document now restricts what people may do with AI features or their output.".to_owned(),
        Kind::DisclaimerAdded => "The platform now declines responsibility for what its AI features produce, or puts it on you.".to_owned(),
        Kind::DisclaimerRemoved => "A disclaimer about AI features is gone.".to_owned(),
        Kind::IndemnityAdded => "The platform now answers for claims about what its AI features make.".to_owned(),
        Kind::IndemnityRemoved => "The platform answers for fewer claims about what its AI features make, or for none.".to_owned(),
        Kind::ControlAdded => "People gain a control or a safeguard over an AI feature.".to_owned(),
        Kind::ControlRemoved => "A control or safeguard over an AI feature is no longer mentioned.".to_owned(),
        Kind::UserDuty => "The document now lays a duty on people who use AI features or their output.".to_owned(),
        Kind::FeatureWithData => "An AI feature is described that works with people\u{2019}s data.".to_owned(),
        Kind::FeatureDescribed => "A feature that uses AI is now described.".to_owned(),
        Kind::VendorDisclosed => "The document now says more about outside AI providers that receive data.".to_owned(),
        Kind::ConsentRequired => "A use that involves AI now needs people\u{2019}s consent.".to_owned(),
        _ => by_change(candidate, "A clause about AI was added.", "A clause about AI was removed.", "A clause about AI changed."),
    }
}

fn by_change(candidate: &Candidate<'_>, added: &str, removed: &str, modified: &str) -> String {
    match candidate.change {
        ChangeKind::Added => added,
        ChangeKind::Removed => removed,
        ChangeKind::Modified => modified,
    }
    .to_owned()
}

fn rule_sentence(candidate: &Candidate<'_>, grade: Grade) -> String {
    let about = if candidate.topic == Topic::Likeness { "faces, voices or likeness" } else { "AI-made content" };
    let verb = match (candidate.change, grade.stance_after) {
        (ChangeKind::Removed, _) => return format!("A clause about {about} is gone."),
        (_, Stance::Prohibits | Stance::ProhibitsPartly) => "forbids something about",
        (_, Stance::PermitsOptIn) => "allows, with consent, a use of",
        (_, Stance::Permits | Stance::PermitsOptOut) => "allows a use of",
        _ => "says something about",
    };
    format!("The document {} {verb} {about}.", if candidate.change == ChangeKind::Added { "now" } else { "in new words" })
}

/// Whose material it is, in words: the clause's own where it says "your recordings".
fn material(document: &Document, frame: &Frame) -> String {
    const FEW: usize = 3;
    let content = frame.objects.iter().find(|object| object.value == Object::UserContent).and_then(|object| object.span.as_ref());
    let words = content.and_then(|span| words_of(document, span)).unwrap_or_default().to_lowercase();
    if words.starts_with("your ") && (2..=FEW).contains(&words.split_whitespace().count()) {
        return words;
    }
    kind_of_material(frame).to_owned()
}

/// The words that a span stands for.
fn words_of<'doc>(document: &'doc Document, span: &Span) -> Option<&'doc str> {
    document.clauses.get(span.clause as usize)?.text.get(span.range.clone())
}

fn kind_of_material(frame: &Frame) -> &'static str {
    let has = |object: Object| frame.objects.iter().any(|slot| slot.value == object);
    if has(Object::PrivateMessages) && !has(Object::UserContent) {
        "your messages"
    } else if has(Object::UserContent) {
        "your content"
    } else if has(Object::Likeness) {
        "your voice or likeness"
    } else if has(Object::InputsOutputs) {
        "what you put into AI features"
    } else if has(Object::PersonalData) {
        "your personal data"
    } else if has(Object::PublicWeb) {
        "publicly available content"
    } else if has(Object::UsageData) {
        "usage data"
    } else {
        "content or data"
    }
}

fn purpose(frame: Option<&Frame>) -> &'static str {
    let has = |act: Act| frame.is_some_and(|frame| frame.acts.iter().any(|slot| slot.value == act));
    match (has(Act::Train), has(Act::Input), has(Act::Develop)) {
        (true, true, _) => "train AI and to feed it",
        (true, false, true) => "train and develop AI",
        (true, false, false) => "train AI",
        (false, true, _) => "feed AI",
        _ => "develop AI",
    }
}

/// What the clause itself says about choice.
fn control(frame: Option<&Frame>) -> &'static str {
    match frame.map(|frame| frame.condition.value) {
        Some(Condition::OptOut) => ", unless you opt out",
        Some(Condition::OptIn) => ", with your express consent",
        Some(Condition::Consent) => ", with your consent",
        Some(Condition::LegitimateInterest) => ", as a legitimate interest of the company, to which you can object",
        Some(Condition::Agreement) => ", unless a separate agreement says otherwise",
        Some(Condition::Unconditional) | None => "; the clause offers no way to say no",
    }
}

/// A promise “to keep …” or “not to use …”, with what it hangs on.
fn promise(frame: Option<&Frame>, what: &str) -> String {
    let consent = match frame.map(|frame| frame.condition.value) {
        Some(Condition::OptIn) => " without your express consent",
        Some(Condition::Consent) => " without consent",
        Some(Condition::Agreement) => " without a separate agreement",
        _ => "",
    };
    let narrow = frame.is_some_and(|frame| frame.stance == Stance::ProhibitsPartly);
    let tail = if narrow { ", but only within limits" } else { "" };
    format!("The document now promises {what}{consent}{tail}.")
}

/// What a promise leaves open, each line tied to the words that limit it.
pub(super) fn not_covered(case: Case<'_>, frame: Option<&Frame>, removed_permissions: &[&Frame]) -> Vec<String> {
    let document = case.new;
    let Some(frame) = frame.filter(|frame| frame.negated) else { return Vec::new() };
    if !matches!(frame.topic, Topic::Training | Topic::TrainingSharing) {
        return frame.limits.iter().map(|limit| limit_with_words(document, limit)).collect();
    }
    let mut lines: Vec<String> = frame.limits.iter().map(|limit| limit_with_words(document, limit)).collect();
    lines.extend(defined_term_missed(document, frame));
    lines.extend(residual(frame, removed_permissions));
    lines.extend(allowed_elsewhere(case, frame));
    lines
}

fn limit_with_words(document: &Document, limit: &Limit) -> String {
    let words = words_of(document, &limit.span).unwrap_or_default();
    format!("{} (\u{201c}{words}\u{201d})", limit_line(limit.kind))
}

/// A permission in another clause of the same version, which a promise may not hold against.
fn allowed_elsewhere(case: Case<'_>, promise: &Frame) -> Option<String> {
    let allows =
        |frame: &&Frame| frame.topic == promise.topic && !frame.negated && matches!(frame.stance, Stance::Permits | Stance::PermitsOptOut);
    let permission = case.after.frames.iter().find(allows)?;
    let words = shortened(words_of(case.new, &permission.sentence)?);
    Some(format!("what another clause of the document allows (\u{201c}{words}\u{201d})"))
}

/// The beginning of a sentence, cut at a word.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 160;
    let Some((cut, _)) = text.char_indices().nth(LONGEST) else { return text.to_owned() };
    let head = &text[..cut];
    format!("{} …", head.rfind(' ').map_or(head, |space| &head[..space]))
}

fn limit_line(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::ImitationOnly => "models that do not aim to imitate you",
        LimitKind::OutputType => "models that make other kinds of output",
        LimitKind::GenerativeOnly => "AI that is not generative, such as recommendation or classification",
        LimitKind::ModelClass => "other classes of models",
        LimitKind::ActorOnly => "other companies: the promise names only the platform",
        LimitKind::WeakConsent => "consent that is given by accepting these terms: its form is not stated",
        LimitKind::Hedge => "cases outside what the hedge allows for",
        LimitKind::Prospective => "what happened before",
        LimitKind::ObjectOnly => "other content and data",
        LimitKind::Exception => "the exceptions that the clause lists",
        LimitKind::LawDependent => "places whose law does not demand it",
        LimitKind::PracticeOnly => "the future: it states a practice and promises nothing",
        LimitKind::Deidentified => "de-identified or aggregated data",
        LimitKind::SeparateAgreement => "content that is not under a separate agreement",
        LimitKind::Plan => "people with other kinds of account",
        LimitKind::Place => "people who live elsewhere",
        LimitKind::Age => "people of another age",
        LimitKind::SelfExempt => "the platform itself: it is left out of the ban",
        LimitKind::Redefinition => "what the clause calls by another name",
        LimitKind::Pointer => "what another document says: the clause points to it",
        LimitKind::Intent => "what is done without that aim: the words turn on intent",
    }
}

/// A promise about "your content" in a document that defines "your Content": it may mean less than the term.
fn defined_term_missed(document: &Document, frame: &Frame) -> Option<String> {
    const OFTEN: usize = 5;
    frame.objects.iter().filter_map(|object| words_of(document, object.span.as_ref()?)).find_map(|words| {
        let (whose, last) = words.rsplit_once(' ')?;
        let first = last.chars().next().filter(|first| first.is_lowercase())?;
        let term = format!("{}{}", first.to_uppercase(), &last[first.len_utf8()..]);
        // "Your Content" and "your Content" both end so.
        let written = format!("{} {term}", whose.get(1..)?);
        let times: usize = document.clauses.iter().map(|clause| clause.text.matches(&written).count()).sum();
        (times >= OFTEN).then(|| {
            format!("perhaps some of the defined term \u{201c}{term}\u{201d}: the promise writes it small (\u{201c}{words}\u{201d})")
        })
    })
}

/// What an old permission allowed and the new promise does not name.
fn residual(frame: &Frame, removed: &[&Frame]) -> Option<String> {
    let acts = |frame: &Frame| frame.acts.iter().map(|slot| slot.value).collect::<BTreeSet<Act>>();
    let allowed: BTreeSet<Act> = removed.iter().flat_map(|frame| acts(frame)).collect();
    let closed = acts(frame);
    let open: Vec<&str> = allowed
        .difference(&closed)
        .filter_map(|act| match act {
            Act::Develop => Some("developing AI"),
            Act::Input => Some("feeding AI"),
            Act::Share => Some("passing content on"),
            _ => None,
        })
        .collect();
    (!open.is_empty()).then(|| {
        format!("what the old clause allowed and the promise does not name: {}; on this the document is now silent", open.join(", "))
    })
}
