use super::choice;
use super::lexicon::Concept as C;
use super::reader::Sight;
use super::rule::Rule as R;
use crate::model::{Condition, Frame, LimitKind, Modality, Stance, Topic};
use std::collections::BTreeMap;

/// What a clause, alone, says on its topic.
pub(super) fn of_clause(sight: &Sight<'_, '_>, frame: &Frame) -> Stance {
    match frame.topic {
        Topic::Training if choice::is_denied(sight.lexicon, &sight.plain) => Stance::Permits,
        Topic::Training | Topic::TrainingSharing => training(frame),
        Topic::Scraping => scraping(sight, frame),
        Topic::Likeness => likeness(sight, frame),
        Topic::Conduct => conduct(sight, frame),
        Topic::Outputs if frame.rule == "output-disclaimer" && !sight.has_in_full(C::YouBan) && !grants(sight) => Stance::Describes,
        Topic::Outputs if frame.modality.value == Modality::Ban && !sight.says(R::Ownership) => Stance::Prohibits,
        Topic::Outputs if grants(sight) => Stance::Permits,
        Topic::AutomatedDecisions | Topic::Other if frame.modality.value == Modality::Permission && !frame.negated && takes(sight) => {
            Stance::Permits
        }
        _ => Stance::Describes,
    }
}

/// The platform takes the right, over what is people's: "we may scan your messages".
fn takes(sight: &Sight<'_, '_>) -> bool {
    sight.has(C::Platform) && sight.says(R::AboutPeople)
}

fn training(frame: &Frame) -> Stance {
    let narrow = frame.limits.iter().any(|limit| {
        matches!(
            limit.kind,
            LimitKind::ImitationOnly
                | LimitKind::OutputType
                | LimitKind::GenerativeOnly
                | LimitKind::ModelClass
                | LimitKind::ObjectOnly
                | LimitKind::Hedge
                | LimitKind::Plan
                | LimitKind::Place
                | LimitKind::Age
                | LimitKind::Deidentified
                | LimitKind::SeparateAgreement
        )
    });
    match (frame.negated, frame.condition.value) {
        (true, _) if narrow => Stance::ProhibitsPartly,
        (true, Condition::OptIn | Condition::Consent | Condition::Agreement) => Stance::PermitsOptIn,
        (true, _) if frame.limits.iter().any(|limit| limit.kind == LimitKind::Exception) => Stance::ProhibitsPartly,
        (true, _) => Stance::Prohibits,
        (false, Condition::OptOut) => Stance::PermitsOptOut,
        (false, Condition::OptIn | Condition::Consent) => Stance::PermitsOptIn,
        (false, _) => Stance::Permits,
    }
}

/// A ban that names AI, mining or training bans it; a ban on crawling alone leaves it open.
fn scraping(sight: &Sight<'_, '_>, frame: &Frame) -> Stance {
    let names_ai = sight.ai
        || sight.ai_above
        || sight.lexicon.has(C::Train, &sight.plain) && sight.lexicon.has(C::Model, &sight.plain)
        || sight.says(R::NamesMining);
    match (frame.negated, names_ai) {
        (true, true) => Stance::Prohibits,
        (true, false) => Stance::ProhibitsPartly,
        (false, _) => Stance::Permits,
    }
}

/// What somebody may do with a face or a voice; that readers may use their own to sign in takes nothing from them.
fn likeness(sight: &Sight<'_, '_>, frame: &Frame) -> Stance {
    match (frame.modality.value, frame.condition.value) {
        (Modality::Ban, _) => Stance::Prohibits,
        (Modality::Covenant | Modality::Practice, Condition::Unconditional) if frame.negated => Stance::Prohibits,
        (_, Condition::OptIn | Condition::Consent) => Stance::PermitsOptIn,
        (_, Condition::OptOut) => Stance::PermitsOptOut,
        (Modality::Permission, _) if !frame.negated && sight.has(C::Platform) => Stance::Permits,
        _ => Stance::Describes,
    }
}

fn conduct(sight: &Sight<'_, '_>, frame: &Frame) -> Stance {
    match frame.modality.value {
        Modality::Ban if sight.has(C::PersonProtected) || sight.has(C::Exception) => Stance::ProhibitsPartly,
        Modality::Ban => Stance::Prohibits,
        _ => Stance::Describes,
    }
}

/// A licence or a right over inputs and outputs, or over what people made and AI is let loose on.
fn grants(sight: &Sight<'_, '_>) -> bool {
    let over_content = || sight.ai && sight.says(R::LicensesContent) && sight.has(C::UserContent);
    sight.says(R::GrantsRight) && sight.has(C::InputsOutputs) || over_content()
}

/// The stance of the whole document on each topic: a permission outweighs a promise, an opt-out anywhere tempers it.
pub(super) fn of_document(frames: &[Frame]) -> BTreeMap<Topic, Stance> {
    let mut by_topic: BTreeMap<Topic, Vec<Stance>> = BTreeMap::new();
    for frame in frames {
        by_topic.entry(frame.topic).or_default().push(frame.stance);
    }
    by_topic.into_iter().map(|(topic, stances)| (topic, together(topic, &stances))).collect()
}

fn together(topic: Topic, stances: &[Stance]) -> Stance {
    let has = |stance| stances.contains(&stance);
    match topic {
        Topic::Training | Topic::TrainingSharing | Topic::Likeness => {
            [Stance::PermitsOptOut, Stance::Permits, Stance::ProhibitsPartly, Stance::PermitsOptIn, Stance::Prohibits]
                .into_iter()
                .find(|stance| has(*stance))
                .unwrap_or(Stance::Describes)
        }
        Topic::Scraping => [Stance::Prohibits, Stance::ProhibitsPartly, Stance::Permits]
            .into_iter()
            .find(|stance| has(*stance))
            .unwrap_or(Stance::Describes),
        Topic::Conduct => [Stance::ProhibitsPartly, Stance::Prohibits].into_iter().find(|stance| has(*stance)).unwrap_or(Stance::Describes),
        _ => {
            [Stance::Permits, Stance::PermitsOptIn, Stance::Prohibits].into_iter().find(|stance| has(*stance)).unwrap_or(Stance::Describes)
        }
    }
}
