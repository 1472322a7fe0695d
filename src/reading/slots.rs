use super::choice;
use super::lexicon::{Concept as C, Lexicon};
use super::reader::Sight;
use super::rule::Rule as R;
use super::topic;
use crate::model::{
    Act, Actor, Binding, Condition, Frame, Limit, LimitKind, Modality, Object, Population, Scope, Slot, Span, Stance, Time, Topic,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// Fills the frame of a sentence that is about `topic`, but for its stance, which is `stance::of_clause`'s to say.
pub(super) fn fill(sight: &Sight<'_, '_>, topic: Topic, rule: &'static str) -> Frame {
    let bound = topic::is_bound(sight);
    let waived = topic::waives(sight);
    let denies = topic::reserves(sight) || rule == "left-out" || negation(sight, topic, bound);
    let negated = denies && !waived && (bound || !after_opting_out(sight) && !choice::is_denied(sight.lexicon, &sight.plain));
    let modality = modality(sight, topic, bound, negated);
    let actor = actor(sight, topic, bound);
    let mut frame = Frame {
        sentence: Span { clause: sight.passage.clause, range: sight.passage.range.clone() },
        topic,
        ai: named_ai(sight),
        beneficiaries: parties(sight).filter(|party| party.value != actor.value).collect(),
        actor,
        acts: acts(sight),
        objects: objects(sight),
        scope: scope(sight),
        negated,
        condition: condition(sight, topic, negated),
        exceptions: exceptions(sight),
        time: time(sight),
        binding: binding(sight, &modality),
        population: population(sight),
        limits: Vec::new(),
        stance: Stance::Describes,
        rule,
        modality,
    };
    frame.limits = match (negated, bound) {
        (false, _) => Vec::new(),
        (true, true) => found_limits(sight, &[(R::SelfExempt, LimitKind::SelfExempt)]).collect(),
        (true, false) => limits(sight, &frame),
    };
    frame
}

impl Sight<'_, '_> {
    /// The words of the sentence that a range of its normal form came from.
    fn span(&self, range: Range<usize>) -> Span {
        choice::span(self.passage, range)
    }

    /// The value of a rule, with the words that it found.
    fn ruled<T>(&self, rule: R, value: T) -> Option<Slot<T>> {
        let range = self.lexicon.rule(rule)?.find(&self.plain)?;
        Some(Slot { value, span: Some(self.span(range)) })
    }

    /// The value of a rule, at every place where it fits.
    fn each<T: Copy>(&self, rule: R, value: T) -> Vec<Slot<T>> {
        let found = self.lexicon.rule(rule).into_iter().flat_map(|rule| rule.find_iter(&self.plain));
        found.map(|found| Slot { value, span: Some(self.span(found)) }).collect()
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

/// The words about AI, or about training and algorithms where nothing else names it.
fn named_ai(sight: &Sight<'_, '_>) -> Option<Span> {
    [C::Ai, C::AiMade, C::Algorithm, C::Model, C::HardScrape, C::Biometric]
        .into_iter()
        .find_map(|concept| sight.lexicon.find(concept, &sight.plain))
        .map(|range| sight.span(range))
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
    parties(sight).next().unwrap_or(Slot { value: Actor::Unknown, span: None })
}

/// Those who are named besides the user, the platform first.
fn parties(sight: &Sight<'_, '_>) -> impl Iterator<Item = Slot<Actor>> {
    let parties =
        [(C::Platform, Actor::Platform), (C::Affiliate, Actor::Affiliate), (C::Vendor, Actor::Vendor), (C::ThirdParty, Actor::ThirdParty)];
    parties.into_iter().filter_map(|(concept, actor)| sight.slot(concept, actor))
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
        Some(rule) => rule.blanked(&sight.full),
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
        let clause_between = act.is_some_and(|act| {
            let between = full.get(found.end..act).unwrap_or_default();
            let speaks_anew = |(place, _): (usize, &str)| sight.lexicon.says(R::NewSubject, &between[place + 2..]);
            between.contains(". ") || between.match_indices("; ").any(speaks_anew)
        });
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
    lexicon.rule(R::LearningVerb)?.find_iter(text).last().map(|found| found.start)
}

fn modality(sight: &Sight<'_, '_>, topic: Topic, bound: bool, negated: bool) -> Slot<Modality> {
    let ban = |value| sight.slot(C::Ban, value).unwrap_or(Slot { value, span: None });
    let labels = sight.has(C::Label) && sight.has(C::Duty);
    let forbids_content = topic == Topic::Conduct && !sight.says(R::Drafter) && (sight.has(C::Ban) || sight.has(C::CovenantNot) && !labels);
    if bound || forbids_content {
        let duty = bound && topic == Topic::Conduct && sight.has(C::Duty) && !sight.has(C::YouBan);
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
    let labels = topic == Topic::Conduct && sight.has(C::Label) && sight.has(C::User) && !sight.has(C::Permission);
    if labels || matches!(topic, Topic::Conduct | Topic::Other) && sight.has(C::Duty) && sight.has(C::User) {
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
        sight
            .ruled(R::OnlyIfChosen, Condition::OptIn)
            .or_else(|| find(C::OptOut, Condition::OptOut))
            .or_else(|| find(C::OptIn, Condition::OptIn))
            .or_else(|| find(C::Consent, Condition::Consent))
            .or_else(|| find(C::LegitimateInterest, Condition::LegitimateInterest))
            .or_else(|| find(C::Agreement, Condition::Agreement))
    };
    found.unwrap_or(Slot { value: Condition::Unconditional, span: None })
}

fn scope(sight: &Sight<'_, '_>) -> Vec<Slot<Scope>> {
    let models = [
        (C::LimitImitation, Scope::Imitating),
        (C::LimitOutput, Scope::OutputType),
        (C::LimitGenerative, Scope::Generative),
        (C::LimitModelClass, Scope::ModelClass),
    ];
    let purposes = [(R::Operates, Scope::Operational), (R::OwnService, Scope::OwnService)];
    let models = models.into_iter().filter_map(|(concept, value)| sight.slot(concept, value));
    models.chain(purposes.into_iter().filter_map(|(rule, value)| sight.ruled(rule, value))).collect()
}

/// Each exception, up to the next one or the end of the sentence.
fn exceptions(sight: &Sight<'_, '_>) -> Vec<Span> {
    let starts: Vec<usize> = sight.lexicon.find_all(C::Exception, &sight.plain).map(|found| found.start).collect();
    let ends = starts.iter().skip(1).copied().chain([sight.plain.trim_end_matches(['.', ';', ' ']).len()]);
    starts.iter().zip(ends).filter(|(start, end)| *start < end).map(|(start, end)| sight.span(*start..end)).collect()
}

fn time(sight: &Sight<'_, '_>) -> Vec<Slot<Time>> {
    let ruled = [(R::Retroactive, Time::Retroactive), (R::Irreversible, Time::Irreversible), (R::Pending, Time::Pending)];
    sight
        .slot(C::Prospective, Time::Prospective)
        .into_iter()
        .chain(ruled.into_iter().filter_map(|(rule, value)| sight.ruled(rule, value)))
        .collect()
}

fn binding(sight: &Sight<'_, '_>, modality: &Slot<Modality>) -> Slot<Binding> {
    let own = if modality.value == Modality::Practice { Binding::Statement } else { Binding::Term };
    sight.ruled(R::PointsElsewhere, Binding::Elsewhere).unwrap_or(Slot { value: own, span: modality.span.clone() })
}

fn population(sight: &Sight<'_, '_>) -> Vec<Slot<Population>> {
    let list = [(R::SomePlans, Population::Plan), (R::SomePlaces, Population::Place), (R::SomeAges, Population::Age)];
    list.into_iter().flat_map(|(rule, value)| sight.each(rule, value)).collect()
}

/// What narrows a promise, in the order of the text.
pub(super) fn limits(sight: &Sight<'_, '_>, frame: &Frame) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    let mut narrowed = |kind: LimitKind, span: &Option<Span>| limits.extend(span.clone().map(|span| Limit { kind, span }));
    for slot in &frame.scope {
        let kind = match slot.value {
            Scope::Imitating => LimitKind::ImitationOnly,
            Scope::OutputType => LimitKind::OutputType,
            Scope::Generative => LimitKind::GenerativeOnly,
            Scope::ModelClass => LimitKind::ModelClass,
            Scope::Operational | Scope::OwnService => continue,
        };
        narrowed(kind, &slot.span);
    }
    for slot in frame.time.iter().filter(|slot| slot.value == Time::Prospective) {
        narrowed(LimitKind::Prospective, &slot.span);
    }
    for slot in &frame.population {
        let kind = match slot.value {
            Population::Plan => LimitKind::Plan,
            Population::Place => LimitKind::Place,
            Population::Age => LimitKind::Age,
        };
        narrowed(kind, &slot.span);
    }
    if frame.binding.value == Binding::Elsewhere {
        narrowed(LimitKind::Pointer, &frame.binding.span);
    }
    if frame.modality.value == Modality::Practice {
        narrowed(LimitKind::PracticeOnly, &sight.slot(C::CovenantNot, ()).and_then(|slot| slot.span));
    }
    let by_consent = sight.has(C::OptIn) || sight.has(C::Consent);
    if !by_consent || frame.exceptions.len() > 1 {
        narrowed(LimitKind::Exception, &sight.slot(C::Exception, ()).and_then(|slot| slot.span));
    }
    for (concept, kind) in [(C::Hedge, LimitKind::Hedge), (C::LawDependent, LimitKind::LawDependent), (C::Intent, LimitKind::Intent)] {
        narrowed(kind, &sight.slot(concept, ()).and_then(|slot| slot.span));
    }
    if frame.rule == "left-out" {
        let what = frame.objects.first().and_then(|object| object.span.clone());
        limits.extend(what.map(|span| Limit { kind: LimitKind::ObjectOnly, span }));
    }
    limits.extend(weak_consent(sight));
    limits.extend(own_acts_only(sight));
    limits.extend(found_limits(sight, &NARROWED));
    limits.sort_by_key(|limit| (limit.span.range.start, limit.kind));
    let mut seen = BTreeSet::new();
    limits.retain(|limit| seen.insert(limit.kind));
    limits
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

/// The promise holds for some content, some data or some contracts only, or calls by another name what it does not cover.
const NARROWED: [(R, LimitKind); 5] = [
    (R::SomeObjects, LimitKind::ObjectOnly),
    (R::Identifiable, LimitKind::Deidentified),
    (R::SeparatelyLicensed, LimitKind::SeparateAgreement),
    (R::SelfExempt, LimitKind::SelfExempt),
    (R::Redefines, LimitKind::Redefinition),
];

/// The limits whose rules fit the sentence.
fn found_limits(sight: &Sight<'_, '_>, list: &[(R, LimitKind)]) -> impl Iterator<Item = Limit> {
    list.iter().filter_map(|(rule, kind)| sight.ruled(*rule, *kind)).filter_map(|slot| Some(Limit { kind: slot.value, span: slot.span? }))
}
