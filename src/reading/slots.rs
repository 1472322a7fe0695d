use super::lexicon::{Concept as C, Lexicon};
use super::reader::{Sight, denies_choice};
use super::rule::Rule as R;
use super::topic;
use crate::model::{Act, Actor, Condition, Limit, LimitKind, Modality, Object, Slot, Span, Topic};
use std::borrow::Cow;
use std::ops::Range;

/// The slots of a frame, filled.
pub(super) struct Slots {
    pub(super) actor: Slot<Actor>,
    pub(super) acts: Vec<Slot<Act>>,
    pub(super) objects: Vec<Slot<Object>>,
    pub(super) modality: Slot<Modality>,
    pub(super) negated: bool,
    pub(super) condition: Slot<Condition>,
    pub(super) limits: Vec<Limit>,
}

/// Fills the slots of a sentence that is about `topic`.
pub(super) fn fill(sight: &Sight<'_, '_>, topic: Topic) -> Slots {
    let bound = topic::is_bound(sight);
    let waived = topic::waives(sight);
    let denies = topic::reserves(sight) || negation(sight, topic, bound);
    let negated = denies && !waived && (bound || !after_opting_out(sight) && !denies_choice(sight.lexicon, &sight.plain));
    let modality = modality(sight, topic, bound, negated);
    Slots {
        actor: actor(sight, topic, bound),
        acts: acts(sight),
        objects: objects(sight),
        negated,
        condition: condition(sight, topic, negated),
        limits: if !negated {
            Vec::new()
        } else if bound {
            found_limits(sight, &[(R::SelfExempt, LimitKind::SelfExempt)]).collect()
        } else {
            limits(sight, modality.value)
        },
        modality,
    }
}

impl Sight<'_, '_> {
    /// The words of the sentence that a range of its normal form came from.
    fn span(&self, range: Range<usize>) -> Span {
        let source = self.passage.own.source_range(range);
        Span { clause: self.passage.clause, range: self.passage.range.start + source.start..self.passage.range.start + source.end }
    }

    /// How many words of exception the sentence has.
    fn exceptions(&self) -> usize {
        self.lexicon.find_all(C::Exception, &self.plain).count()
    }

    fn slot<T>(&self, concept: C, value: T) -> Option<Slot<T>> {
        let named = || self.own_name.clone().filter(|_| concept == C::Platform);
        self.lexicon.find(concept, &self.plain).or_else(named).map(|range| Slot { value, span: Some(self.span(range)) })
    }
}

/// "If you opt out, we will not …": what such a sentence gives is the choice, no promise to those who don't make it.
fn after_opting_out(sight: &Sight<'_, '_>) -> bool {
    let Some((head, _)) = sight.plain.split_once(',') else { return false };
    sight.lexicon.says(R::OpensCondition, head) && sight.lexicon.has(C::OptOut, head)
}

fn actor(sight: &Sight<'_, '_>, topic: Topic, bound: bool) -> Slot<Actor> {
    if bound {
        return sight.slot(C::User, Actor::User).unwrap_or(Slot { value: Actor::User, span: None });
    }
    if topic == Topic::TrainingSharing {
        let others = [(C::ThirdParty, Actor::ThirdParty), (C::Affiliate, Actor::Affiliate), (C::Vendor, Actor::Vendor)];
        return others
            .into_iter()
            .find_map(|(concept, actor)| sight.slot(concept, actor))
            .unwrap_or(Slot { value: Actor::ThirdParty, span: None });
    }
    let first =
        [(C::Platform, Actor::Platform), (C::Affiliate, Actor::Affiliate), (C::Vendor, Actor::Vendor), (C::ThirdParty, Actor::ThirdParty)];
    first.into_iter().find_map(|(concept, actor)| sight.slot(concept, actor)).unwrap_or(Slot { value: Actor::Unknown, span: None })
}

fn acts(sight: &Sight<'_, '_>) -> Vec<Slot<Act>> {
    let list = [
        (C::Train, Act::Train),
        (C::Develop, Act::Develop),
        (C::Input, Act::Input),
        (C::Share, Act::Share),
        (C::HardScrape, Act::Scrape),
        (C::Compete, Act::Compete),
        (C::Replicate, Act::Replicate),
        (C::Decide, Act::Decide),
        (C::Label, Act::Label),
        (C::Generate, Act::Generate),
        (C::Feature, Act::Operate),
    ];
    let mut found: Vec<Slot<Act>> = list.into_iter().filter_map(|(concept, act)| sight.slot(concept, act)).collect();
    found.sort_by_key(|slot| slot.span.as_ref().map_or(0, |span| span.range.start));
    found
}

fn objects(sight: &Sight<'_, '_>) -> Vec<Slot<Object>> {
    let list = [
        (C::UserContent, Object::UserContent),
        (C::PersonalData, Object::PersonalData),
        (C::Biometric, Object::Likeness),
        (C::Messages, Object::PrivateMessages),
        (C::InputsOutputs, Object::InputsOutputs),
        (C::PublicWeb, Object::PublicWeb),
        (C::PlatformContent, Object::PlatformContent),
        (C::UsageData, Object::UsageData),
    ];
    list.into_iter().filter_map(|(concept, object)| sight.slot(concept, object)).collect()
}

/// Whether the act is denied: a negation governs it from the left, however far, or from the right ("… is prohibited").
fn negation(sight: &Sight<'_, '_>, topic: Topic, bound: bool) -> bool {
    if bound {
        return true;
    }
    let full = match sight.lexicon.rule(R::NoNegation) {
        Some(rule) => rule.replace_all(&sight.full, " "),
        None => Cow::Borrowed(sight.full.as_str()),
    };
    let full = without_parentheses(&full);
    if topic == Topic::Scraping && sight.says(R::Learns) && sight.lexicon.has(C::Ban, &full) && !sight.has(C::PublicWeb) {
        return true;
    }
    let act = act_place(sight.lexicon, &full);
    sight.lexicon.find_all(C::CovenantNot, &full).any(|found| {
        let near = act.is_none_or(|act| found.start < act && act - found.start < 300)
            || sight.lexicon.says(R::BansFromTheRight, &full[found.clone()]);
        let clause_between = act.is_some_and(|act| found.end < act && full[found.end..act].contains(". "));
        near && !clause_between
    })
}

/// A text without what stands in parentheses, unless an act of learning stands in them: lists of examples push a negation far from what it
/// governs.
fn without_parentheses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let (head, tail) = rest.split_at(open);
        out.push_str(head);
        let Some(close) = tail.find(')') else {
            rest = tail;
            break;
        };
        const LABEL: usize = 8;
        if close <= LABEL {
            out.push_str(&tail[..=close]);
        }
        rest = &tail[close + 1..];
    }
    out + rest
}

/// Where the act of a clause stands: the last verb of learning, else nothing.
fn act_place(lexicon: &Lexicon, text: &str) -> Option<usize> {
    lexicon.rule(R::LearningVerb)?.find_iter(text).last().map(|found| found.start())
}

fn modality(sight: &Sight<'_, '_>, topic: Topic, bound: bool, negated: bool) -> Slot<Modality> {
    let ban = |value| sight.slot(C::Ban, value).unwrap_or(Slot { value, span: None });
    if bound {
        let duty = topic == Topic::Conduct && sight.has(C::Duty) && !sight.has(C::YouBan);
        return if duty {
            sight.slot(C::Duty, Modality::Duty).unwrap_or(Slot { value: Modality::Duty, span: None })
        } else {
            ban(Modality::Ban)
        };
    }
    if negated {
        let value = if sight.says_in_full(R::Promise) { Modality::Covenant } else { Modality::Practice };
        return sight.slot(C::CovenantNot, value).unwrap_or(Slot { value, span: None });
    }
    if topic == Topic::Outputs && sight.has(C::Disclaimer) {
        return sight.slot(C::Disclaimer, Modality::Disclaimer).unwrap_or(Slot { value: Modality::Disclaimer, span: None });
    }
    if matches!(topic, Topic::Conduct | Topic::Other) && sight.has(C::Duty) && sight.has(C::User) {
        return sight.slot(C::Duty, Modality::Duty).unwrap_or(Slot { value: Modality::Duty, span: None });
    }
    if matches!(topic, Topic::Outputs | Topic::Other | Topic::Scraping) && sight.says(R::Undertakes) {
        return Slot { value: Modality::Duty, span: None };
    }
    permission(sight).unwrap_or(Slot { value: Modality::Practice, span: None })
}

/// A word of permission; what the law permits is no permission of the drafter's.
fn permission(sight: &Sight<'_, '_>) -> Option<Slot<Modality>> {
    let by_law: Vec<Range<usize>> = sight.lexicon.find_all(C::LawDependent, &sight.plain).collect();
    let free = |found: &Range<usize>| !by_law.iter().any(|law| law.start <= found.start && found.end <= law.end);
    let range = sight.lexicon.find_all(C::Permission, &sight.plain).find(free)?;
    Some(Slot { value: Modality::Permission, span: Some(sight.span(range)) })
}

fn condition(sight: &Sight<'_, '_>, topic: Topic, negated: bool) -> Slot<Condition> {
    let find = |concept, value| sight.slot(concept, value);
    let found = if negated {
        find(C::OptIn, Condition::OptIn)
            .or_else(|| find(C::Consent, Condition::Consent))
            // A contract that binds those who receive data is no agreement with the person.
            .or_else(|| find(C::Agreement, Condition::Agreement).filter(|_| topic != Topic::TrainingSharing))
    } else {
        find(C::OptOut, Condition::OptOut)
            .or_else(|| find(C::OptIn, Condition::OptIn))
            .or_else(|| find(C::Consent, Condition::Consent))
            .or_else(|| find(C::LegitimateInterest, Condition::LegitimateInterest))
            .or_else(|| find(C::Agreement, Condition::Agreement))
    };
    found.unwrap_or(Slot { value: Condition::Unconditional, span: None })
}

/// What narrows a promise, in the order of the text.
fn limits(sight: &Sight<'_, '_>, modality: Modality) -> Vec<Limit> {
    let list = [
        (C::LimitImitation, LimitKind::ImitationOnly),
        (C::LimitOutput, LimitKind::OutputType),
        (C::LimitGenerative, LimitKind::GenerativeOnly),
        (C::LimitModelClass, LimitKind::ModelClass),
        (C::Hedge, LimitKind::Hedge),
        (C::Prospective, LimitKind::Prospective),
        (C::Exception, LimitKind::Exception),
        (C::LawDependent, LimitKind::LawDependent),
    ];
    let mut limits: Vec<Limit> = list
        .into_iter()
        .filter_map(|(concept, kind)| Some(Limit { kind, span: sight.span(sight.lexicon.find(concept, &sight.plain)?) }))
        .collect();
    let by_consent = sight.has(C::OptIn) || sight.has(C::Consent);
    limits.retain(|limit| limit.kind != LimitKind::Exception || !by_consent || sight.exceptions() > 1);
    limits.extend(intent(sight, &limits));
    limits.extend(weak_consent(sight));
    limits.extend(own_acts_only(sight));
    limits.extend(some_objects_only(sight));
    limits.extend(found_limits(sight, &NARROWED));
    if modality == Modality::Practice
        && let Some(range) = sight.lexicon.find(C::CovenantNot, &sight.plain)
    {
        limits.push(Limit { kind: LimitKind::PracticeOnly, span: sight.span(range) });
    }
    limits.sort_by_key(|limit| (limit.span.range.start, limit.kind));
    limits
}

/// Words of intent are worth a line only inside a narrowing: "models that aim to …".
fn intent(sight: &Sight<'_, '_>, limits: &[Limit]) -> Option<Limit> {
    let range = sight.lexicon.find(C::Intent, &sight.plain)?;
    limits.iter().any(|limit| limit.kind == LimitKind::ImitationOnly).then(|| Limit { kind: LimitKind::Intent, span: sight.span(range) })
}

fn weak_consent(sight: &Sight<'_, '_>) -> Option<Limit> {
    if sight.has(C::OptIn) {
        return None;
    }
    let range = sight.lexicon.find(C::Consent, &sight.plain)?;
    Some(Limit { kind: LimitKind::WeakConsent, span: sight.span(range) })
}

/// The promise names the drafter alone: other companies are not bound.
fn own_acts_only(sight: &Sight<'_, '_>) -> Option<Limit> {
    if sight.has(C::ThirdParty) || sight.has(C::Vendor) || sight.has(C::Affiliate) {
        return None;
    }
    let range = sight.lexicon.find(C::Platform, &sight.plain)?;
    Some(Limit { kind: LimitKind::ActorOnly, span: sight.span(range) })
}

/// The promise holds for some people, some data or some contracts only, or says elsewhere how far it goes.
const NARROWED: [(R, LimitKind); 7] = [
    (R::SomePlans, LimitKind::Plan),
    (R::SomePlaces, LimitKind::Place),
    (R::Identifiable, LimitKind::Deidentified),
    (R::SeparatelyLicensed, LimitKind::SeparateAgreement),
    (R::SelfExempt, LimitKind::SelfExempt),
    (R::Redefines, LimitKind::Redefinition),
    (R::PointsElsewhere, LimitKind::Pointer),
];

/// The limits whose rules fit the sentence.
fn found_limits(sight: &Sight<'_, '_>, list: &[(R, LimitKind)]) -> impl Iterator<Item = Limit> {
    let found = list.iter().filter_map(|(rule, kind)| Some((*kind, sight.lexicon.rule(*rule)?.find(&sight.plain)?.range())));
    found.map(|(kind, range)| Limit { kind, span: sight.span(range) })
}

/// The promise covers private messages or one kind of data only.
fn some_objects_only(sight: &Sight<'_, '_>) -> Option<Limit> {
    let range = sight.lexicon.rule(R::SomeObjects)?.find(&sight.plain)?.range();
    Some(Limit { kind: LimitKind::ObjectOnly, span: sight.span(range) })
}
