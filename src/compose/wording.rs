//! The words for topics, stances and kinds of change. They say what the document says, never why.

use crate::model::{ChangeKind, Direction, Event, Severity, Stance, Topic};

/// What a subject line says happened, to stand after the document's name and a colon.
#[must_use]
pub fn happened(event: &Event) -> String {
    if is_of_signals(event) {
        return match event.direction {
            Direction::Worse => "no longer holds off all that it held off",
            Direction::Better => "holds off more than before",
            Direction::Neutral => "something else is said",
        }
        .to_owned();
    }
    // What is ruled out less than before is no news of something ruled out.
    let rules_out = matches!(event.stance_after, Stance::Prohibits | Stance::ProhibitsPartly);
    if event.stance_before == event.stance_after || (rules_out && event.direction == Direction::Worse) {
        return clause(event);
    }
    let had_a_choice = matches!(event.stance_before, Stance::PermitsOptOut | Stance::PermitsOptIn);
    match by_stance(event.topic, event.stance_after) {
        // It was allowed before: that nobody is asked any longer is the news.
        Some(says) if had_a_choice && event.stance_after == Stance::Permits => format!("{says} without a choice"),
        Some(says) => says.to_owned(),
        None => clause(event),
    }
}

/// Whether it is about what a site tells machines, rather than about what a document says.
fn is_of_signals(event: &Event) -> bool {
    event.rule.starts_with("signals/")
}

fn clause(event: &Event) -> String {
    let noun = noun(event.topic);
    match event.change {
        ChangeKind::Added => format!("has a new clause about {noun}"),
        ChangeKind::Removed => format!("drops a clause about {noun}"),
        ChangeKind::Modified => format!("changes a clause about {noun}"),
    }
}

/// What the document now says, where the topic and the stance make one plain phrase.
fn by_stance(topic: Topic, now: Stance) -> Option<&'static str> {
    Some(match (topic, now) {
        (Topic::Training, Stance::Permits) => "now allows AI training on your content",
        (Topic::Training, Stance::PermitsOptOut) => "now allows AI training on your content unless you opt out",
        (Topic::Training, Stance::PermitsOptIn) => "now allows AI training on your content only if you agree",
        (Topic::Training, Stance::ProhibitsPartly) => "now rules out some AI training on your content",
        (Topic::Training, Stance::Prohibits) => "now rules out AI training on your content",
        (Topic::Training, Stance::Silent) => "no longer mentions AI training",
        (Topic::TrainingSharing, Stance::Permits) => "now allows others to train AI on your content",
        (Topic::TrainingSharing, Stance::PermitsOptOut) => "now allows others to train AI on your content unless you opt out",
        (Topic::TrainingSharing, Stance::PermitsOptIn) => "now allows others to train AI on your content only if you agree",
        (Topic::TrainingSharing, Stance::ProhibitsPartly) => "now rules out some AI training by others",
        (Topic::TrainingSharing, Stance::Prohibits) => "now rules out AI training by others",
        (Topic::TrainingSharing, Stance::Silent) => "no longer mentions AI training by others",
        (Topic::Scraping, Stance::Permits) => "now allows scraping for AI",
        (Topic::Scraping, Stance::ProhibitsPartly) => "now rules out some scraping for AI",
        (Topic::Scraping, Stance::Prohibits) => "now rules out scraping for AI",
        (Topic::Scraping, Stance::Silent) => "no longer mentions scraping for AI",
        (Topic::Likeness, Stance::Permits) => "now allows AI to use your voice or likeness",
        (Topic::Likeness, Stance::PermitsOptOut) => "now allows AI to use your voice or likeness unless you opt out",
        (Topic::Likeness, Stance::PermitsOptIn) => "now allows AI to use your voice or likeness only if you agree",
        (Topic::Likeness, Stance::ProhibitsPartly) => "now rules out some AI uses of your voice or likeness",
        (Topic::Likeness, Stance::Prohibits) => "now rules out AI uses of your voice or likeness",
        (Topic::Likeness, Stance::Silent) => "no longer mentions your voice or likeness",
        _ => return None,
    })
}

/// A topic as it is named within a sentence.
#[must_use]
pub fn noun(topic: Topic) -> &'static str {
    match topic {
        Topic::Training => "AI training",
        Topic::TrainingSharing => "AI training by others",
        Topic::Scraping => "scraping for AI",
        Topic::Outputs => "AI features and what they generate",
        Topic::Likeness => "voice, face and likeness",
        Topic::AutomatedDecisions => "automated decisions",
        Topic::Conduct => "AI-generated posts",
        Topic::Other => "AI",
    }
}

/// Severity and direction, as a reader sees them above a finding.
#[must_use]
pub fn grade(event: &Event) -> String {
    let severity = match event.severity {
        Severity::Minor => "Minor",
        Severity::Major => "Major",
        Severity::Critical => "Critical",
    };
    let direction = match event.direction {
        Direction::Worse => "worse for you",
        Direction::Better => "better for you",
        Direction::Neutral => "neither better nor worse",
    };
    format!("{severity} · {direction}")
}

/// What the whole document says on the topic, before and now.
#[must_use]
pub fn position(event: &Event) -> Option<String> {
    if is_of_signals(event) {
        return None;
    }
    let noun = noun(event.topic);
    let now = present(event.stance_after);
    if event.stance_before == event.stance_after {
        return Some(format!("On {noun}, the document as a whole still {now}."));
    }
    Some(format!("On {noun}, the document as a whole {}; now it {now}.", past(event.stance_before)))
}

fn past(stance: Stance) -> &'static str {
    match stance {
        Stance::Prohibits => "forbade it",
        Stance::ProhibitsPartly => "forbade some of it",
        Stance::PermitsOptIn => "allowed it only with consent",
        Stance::Silent => "said nothing",
        Stance::Describes => "described it, without allowing or forbidding it",
        Stance::PermitsOptOut => "allowed it unless you object",
        Stance::Permits => "allowed it without a choice",
    }
}

fn present(stance: Stance) -> &'static str {
    match stance {
        Stance::Prohibits => "forbids it",
        Stance::ProhibitsPartly => "forbids some of it",
        Stance::PermitsOptIn => "allows it only with consent",
        Stance::Silent => "says nothing",
        Stance::Describes => "describes it, without allowing or forbidding it",
        Stance::PermitsOptOut => "allows it unless you object",
        Stance::Permits => "allows it without a choice",
    }
}

/// What stands in place of a quote that the old version doesn't have.
#[must_use]
pub fn no_quote_before(event: &Event) -> &'static str {
    match event.stance_before {
        Stance::Silent => "The old version does not mention it.",
        _ => "The old version has no clause in this place.",
    }
}

/// What stands in place of a quote that the new version doesn't have.
#[must_use]
pub fn no_quote_now(event: &Event) -> &'static str {
    match event.stance_after {
        Stance::Silent => "The document no longer mentions it.",
        _ => "This clause is no longer in the document.",
    }
}

/// A count with its noun, such as `1 sentence` or `no sentences`.
#[must_use]
pub fn count(number: usize, singular: &str) -> String {
    match number {
        0 => format!("no {singular}s"),
        1 => format!("1 {singular}"),
        more => format!("{more} {singular}s"),
    }
}
