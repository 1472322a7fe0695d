//! What it means that signals changed: the same directions as for clauses, and never more than a major change.

use super::Class;
use super::normal::{BY_VENDOR, EVERYBODY, Mechanism, Purpose, Signal, Value, WHOLE, signals};
use crate::compare;
use crate::model::{ChangeKind, Direction, Document, Event, Severity, Stance, Topic};
use std::collections::{BTreeMap, BTreeSet};

/// So many names stand in a sentence before it counts the others.
const NAMED: usize = 3;

/// Where a signal stands, but for whom it addresses.
type Place<'doc> = (&'doc str, Mechanism, Purpose, Direction);

/// Somebody for whom something changed.
struct Shift<'doc> {
    agent: &'doc str,
    scope: &'doc str,
    before: Option<&'doc Signal>,
    after: Option<&'doc Signal>,
    /// What held for it before and after, named or not.
    force: (u8, u8),
}

/// The events between two documents in the normal form, gravest first. A robot that lost its group falls under what holds for everybody:
/// where that is the same, nothing happened.
#[must_use]
pub fn events(old: &Document, new: &Document) -> Vec<Event> {
    let (before, after) = (signals(old), signals(new));
    let mut keys = BTreeSet::new();
    for signal in before.iter().chain(&after) {
        keys.insert((signal.origin.as_str(), signal.mechanism, signal.agent.as_str(), signal.purpose, signal.scope.as_str()));
    }
    let mut shifts: BTreeMap<Place<'_>, Vec<Shift<'_>>> = BTreeMap::new();
    for (origin, mechanism, agent, purpose, scope) in keys {
        let find = |signals: &'_ [Signal]| -> Option<usize> {
            signals.iter().position(|one| {
                one.origin == origin && one.mechanism == mechanism && one.agent == agent && one.purpose == purpose && one.scope == scope
            })
        };
        let (was, is) = (find(&before).map(|at| &before[at]), find(&after).map(|at| &after[at]));
        let was_holding = was.or_else(|| for_everybody(&before, origin, mechanism));
        let is_holding = is.or_else(|| for_everybody(&after, origin, mechanism));
        if was.map(|one| &one.value) == is.map(|one| &one.value) {
            continue;
        }
        let force = (force(mechanism, was_holding), self::force(mechanism, is_holding));
        let (same_words, was_value, is_value) = (force.0 == force.1, was_holding.map(|one| &one.value), is_holding.map(|one| &one.value));
        if same_words && (mechanism == Mechanism::Robots || was_value == is_value) {
            continue;
        }
        let direction = match force.0.cmp(&force.1) {
            std::cmp::Ordering::Less => Direction::Better,
            std::cmp::Ordering::Greater => Direction::Worse,
            std::cmp::Ordering::Equal => Direction::Neutral,
        };
        shifts.entry((origin, mechanism, purpose, direction)).or_default().push(Shift {
            agent,
            scope,
            before: was_holding,
            after: is_holding,
            force,
        });
    }
    let mut events: Vec<Event> = shifts.iter().map(|(place, shifts)| event(*place, shifts)).collect();
    for event in &mut events {
        let kept = |document: &Document| is_kept_by_vendor(document, &event.section);
        if kept(old) || kept(new) {
            event.severity = Severity::Minor;
            event.not_covered.push("Cloudflare keeps a part of the file: its default may have changed, not the site's mind.".to_owned());
        }
    }
    events.extend(prose(old, new));
    events.sort_by_key(|event| std::cmp::Reverse(event.severity));
    events
}

/// What holds for everybody who is not named: in robots.txt only.
fn for_everybody<'doc>(signals: &'doc [Signal], origin: &str, mechanism: Mechanism) -> Option<&'doc Signal> {
    let everybody = |one: &&Signal| one.origin == origin && one.mechanism == mechanism && one.agent == EVERYBODY;
    signals.iter().find(|one| mechanism == Mechanism::Robots && everybody(one))
}

/// How much a signal holds off: silence holds off nothing, and a condition as much as a part.
fn force(mechanism: Mechanism, signal: Option<&Signal>) -> u8 {
    match signal.map(|signal| &signal.value) {
        Some(Value::Denied) => 3,
        Some(Value::OnTerms(_) | Value::PartlyDenied) => 2,
        None | Some(Value::Unclear(_)) => 1,
        // In robots.txt silence allows; elsewhere a word that allows is more than silence.
        Some(Value::Allowed) => u8::from(mechanism == Mechanism::Robots),
    }
}

/// Whether the vendor's file is the one that an event's section speaks of.
fn is_kept_by_vendor(document: &Document, section: &str) -> bool {
    let origin = section.split(" › ").next().unwrap_or_default();
    let kept = |(at, _): &(usize, &crate::model::Clause)| document.path(*at).first() == Some(&origin);
    document.clauses.iter().enumerate().filter(|(_, clause)| clause.text == BY_VENDOR).any(|clause| kept(&clause))
}

/// What llms.txt says about AI is no permission; that it says something else is worth a line.
fn prose(old: &Document, new: &Document) -> Vec<Event> {
    let lines = |document: &Document| -> Vec<(String, String)> {
        let path = |at: usize| document.path(at).iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let below = |(at, clause): (usize, &crate::model::Clause)| match path(at).as_slice() {
            [origin, means] if means == Mechanism::LlmsTxt.words() => Some((origin.clone(), clause.text.clone())),
            _ => None,
        };
        document.clauses.iter().enumerate().filter(|(_, clause)| !clause.is_heading()).filter_map(below).collect()
    };
    let (before, after) = (lines(old), lines(new));
    let gone = before.iter().find(|line| !after.contains(line));
    let come = after.iter().find(|line| !before.contains(line));
    let Some((origin, _)) = come.or(gone) else { return Vec::new() };
    let (before, after) = (gone.map(|(_, text)| text.clone()), come.map(|(_, text)| text.clone()));
    vec![Event {
        topic: Topic::Other,
        kind: "guideline-changed".to_owned(),
        change: ChangeKind::between(before.as_deref(), after.as_deref()),
        direction: Direction::Neutral,
        severity: Severity::Minor,
        stance_before: if before.is_some() { Stance::Describes } else { Stance::Silent },
        stance_after: if after.is_some() { Stance::Describes } else { Stance::Silent },
        redline: before.as_ref().zip(after.as_ref()).map(|(before, after)| compare::redline(before, after)).unwrap_or_default(),
        section: format!("{origin} › {}", Mechanism::LlmsTxt.words()),
        not_covered: vec![not_covered(Mechanism::LlmsTxt).to_owned()],
        rule: "signals/llms.txt".to_owned(),
        summary: format!(
            "What the llms.txt of {} says to AI systems has changed.",
            origin.split_once("://").map_or(origin.as_str(), |(_, host)| host)
        ),
        before,
        after,
    }]
}

fn event((origin, mechanism, purpose, direction): Place<'_>, shifts: &[Shift<'_>]) -> Event {
    // The one that shifted most speaks for all.
    let most = |shift: &&Shift<'_>| shift.force.0.abs_diff(shift.force.1);
    let first = shifts.iter().rev().max_by_key(most);
    let (was, is) = (first.and_then(|shift| shift.before), first.and_then(|shift| shift.after));
    let (before, after_line) = (was.map(Signal::line), is.map(Signal::line));
    let change = ChangeKind::between(before.as_deref(), after_line.as_deref());
    let redline = match (&before, &after_line) {
        (Some(before), Some(after)) => compare::redline(before, after),
        _ => Vec::new(),
    };
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let whole = first.is_some_and(|shift| shift.force.0 == 3 || shift.force.1 == 3);
    let is_grave =
        whole && matches!(purpose, Purpose::Training | Purpose::Mining | Purpose::Input | Purpose::Ai) && direction != Direction::Neutral;
    Event {
        topic: Topic::Scraping,
        kind: match direction {
            Direction::Worse => "signal-withdrawn",
            Direction::Better => "signal-given",
            Direction::Neutral => "signal-changed",
        }
        .to_owned(),
        change,
        direction,
        severity: if is_grave { Severity::Major } else { Severity::Minor },
        stance_before: stance(mechanism, was),
        stance_after: stance(mechanism, is),
        before,
        after: after_line,
        redline,
        section: format!("{origin} › {}", mechanism.words()),
        not_covered: vec![not_covered(mechanism).to_owned()],
        rule: format!("signals/{}", mechanism.words()),
        summary: summary(host, mechanism, purpose, direction, shifts),
    }
}

fn stance(mechanism: Mechanism, signal: Option<&Signal>) -> Stance {
    match signal.map(|signal| &signal.value) {
        Some(Value::Denied) => Stance::Prohibits,
        Some(Value::PartlyDenied) => Stance::ProhibitsPartly,
        Some(Value::OnTerms(_)) => Stance::PermitsOptIn,
        Some(Value::Allowed) => Stance::Permits,
        Some(Value::Unclear(_)) => Stance::Describes,
        None if mechanism == Mechanism::Robots => Stance::Permits,
        None => Stance::Silent,
    }
}

/// One sentence for people.
fn summary(host: &str, mechanism: Mechanism, purpose: Purpose, direction: Direction, shifts: &[Shift<'_>]) -> String {
    let named: Vec<&str> = shifts.iter().map(|shift| shift.agent).filter(|agent| *agent != EVERYBODY).collect();
    let scopes: BTreeSet<&str> = shifts.iter().map(|shift| shift.scope).filter(|scope| !matches!(*scope, WHOLE | "page")).collect();
    let is_whole = shifts.iter().any(|shift| matches!(shift.scope, WHOLE | "page"));
    let of_scopes =
        if scopes.is_empty() || is_whole { String::new() } else { format!(" ({})", several(&scopes.into_iter().collect::<Vec<_>>())) };
    let what = purpose.words();
    if mechanism == Mechanism::Robots {
        let whom = if named.is_empty() {
            "robots that it does not name".to_owned()
        } else {
            format!("{} ({})", several(&named), if purpose == Purpose::Ai { "for AI, by name" } else { what })
        };
        let to = shifts.iter().map(|shift| shift.force.1).max().unwrap_or_default();
        return match (direction, to) {
            (Direction::Better, 3) => format!("The robots.txt of {host} now asks {whom} to stay away from the whole site."),
            (Direction::Better, _) => format!("The robots.txt of {host} now asks {whom} to stay away from parts of the site."),
            (Direction::Worse, 2) => {
                format!("The robots.txt of {host} asks {whom} to stay away from parts of the site only, no longer from all of it.")
            }
            _ => format!("The robots.txt of {host} no longer asks {whom} to stay away."),
        };
    }
    let means = match mechanism {
        Mechanism::ContentSignal | Mechanism::ContentUsage => format!("{host} ({})", mechanism.words()),
        _ => format!("The {} of {host}", mechanism.words()),
    };
    let whom = if named.is_empty() { String::new() } else { format!(" by {}", several(&named)) };
    match direction {
        Direction::Better => format!("{means} now says that {what}{whom}{of_scopes} is not wanted, or only on terms."),
        Direction::Worse => format!("{means} no longer says that {what}{whom}{of_scopes} is not wanted."),
        Direction::Neutral => format!("{means} says something else about {what}{whom}{of_scopes}."),
    }
}

fn several(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= NAMED => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} others", names[..NAMED].join(", "), names.len() - NAMED),
    }
}

fn not_covered(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Robots | Mechanism::ContentSignal | Mechanism::ContentUsage => {
            "Robots are asked, not hindered: it binds those that heed it, and says nothing of copies made before or elsewhere."
        }
        Mechanism::NoAi => "It binds those that heed the tag, and says nothing of copies made before or elsewhere.",
        Mechanism::Tdm => "It reserves rights under Article 4 of Directive (EU) 2019/790; elsewhere other law holds.",
        Mechanism::AiTxt | Mechanism::LlmsTxt => "It binds those that heed the file; it is no part of the terms.",
        Mechanism::Rsl => "It is an offer of terms to robots; whether it binds, no court has said.",
    }
}

/// What a robot's class is called in a sentence about it.
impl Class {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        Purpose::from(self).words()
    }
}
