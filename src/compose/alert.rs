use super::origin::{Origin, change_url};
use super::quote::{Quote, Side};
use super::view::{Finding, Leave, Passage, Tone, View};
use super::{clean, evidence, render, wording};
use crate::model::{Change, Direction, Event, Mail, MailBody, Severity, Sha256, Subscription, SubscriptionId};

/// The List-Id of every alert.
pub const LIST: &str = "alerts.fineprint";
/// How many events one alert shows; the rest are counted.
pub const MAX_EVENTS: usize = 12;
/// The most bytes in subject, text and HTML together; Gmail hides what an HTML part has beyond 102 KB.
pub const MAX_BYTES: usize = 100_000;

/// RFC 5322 asks for lines of 78; phones show about 40 characters of a subject, most clients fewer than these.
pub(super) const MAX_SUBJECT: usize = 120;
/// A platform's or document's name in a subject.
pub(super) const MAX_NAME: usize = 34;
/// A summary, or a line of what is not covered.
pub(super) const MAX_SENTENCE: usize = 400;
/// How many lines of what is not covered one finding shows.
const MAX_NOT_COVERED: usize = 8;
const MAX_SECTION: usize = 160;

/// The alert that tells one subscriber of a change. `events` are those that the subscriber asked for, gravest first
/// ([`Subscription::wanted`]).
#[must_use]
pub fn alert(change: &Change, events: &[&Event], subscription: &Subscription, origin: &Origin<'_>) -> Mail {
    Mail {
        to: subscription.address.clone(),
        body: body(change, events, subscription, origin, None),
        message_key: message_key(change, subscription),
        list: LIST.to_owned(),
        unsubscribe: origin.unsubscribe(subscription.id),
    }
}

/// The part of the Message-ID before the `@`: the same for every attempt to tell this subscriber of this change, and another
/// one for a change that got the same number in another store.
#[must_use]
pub fn message_key(change: &Change, subscription: &Subscription) -> String {
    let identity = format!("{}\n{}\n{}\n{}", change.watch, change.new_sha256, change.first_seen_new, subscription.address);
    let digest = Sha256::of(identity.as_bytes()).to_string();
    format!("alert-{}-{}-{}", change.id, subscription.id, &digest[..16])
}

/// Subject and both parts, with as many events as fit.
pub(super) fn body(
    change: &Change,
    events: &[&Event],
    subscription: &Subscription,
    origin: &Origin<'_>,
    notice: Option<&'static str>,
) -> MailBody {
    let mut shown = events.len().min(MAX_EVENTS);
    loop {
        let body = render::mail(&view(change, events, shown, subscription, origin, notice));
        if shown <= 1 || body.subject.len() + body.text.len() + body.html.len() <= MAX_BYTES {
            return body;
        }
        shown = shown.div_ceil(2);
    }
}

fn view(
    change: &Change,
    events: &[&Event],
    shown: usize,
    subscription: &Subscription,
    origin: &Origin<'_>,
    notice: Option<&'static str>,
) -> View {
    let shown = &events[..shown];
    let first = shown.first();
    let findings = findings(shown);
    let meaning = findings.first().map_or_else(|| "No clause about AI changed.".to_owned(), |finding| finding.summary.clone());
    View {
        source: format!("{} · {}", clean::line(&change.platform, MAX_NAME * 2), clean::line(&change.document, MAX_NAME * 2)),
        subject: subject(change, first.copied(), events.len(), notice.is_some()),
        notice,
        meaning,
        overview: overview(change, events.len()),
        findings,
        omitted: omitted(change, events.len(), shown.len(), origin),
        language: clean::language(change.language.as_deref()),
        evidence: evidence::evidence(change, shown, origin),
        reason: reason(subscription),
        ways: ways(origin, subscription.id),
    }
}

/// What a reader should know before the single findings.
fn overview(change: &Change, events: usize) -> Option<String> {
    let replaced = change.replaced.map(|kept| format!("The whole document was replaced: {kept} % of its words stayed."));
    let several = (events > 1).then(|| format!("{events} findings, the gravest first."));
    let lines: Vec<String> = replaced.into_iter().chain(several).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

fn subject(change: &Change, first: Option<&Event>, events: usize, is_test: bool) -> String {
    let name = format!("{} · {}", clean::line(&change.platform, MAX_NAME), clean::line(&change.document, MAX_NAME));
    let prefix = if is_test { "Test: " } else { "" };
    let Some(event) = first else { return format!("{prefix}{name}: changed, not about AI") };
    let more = if events > 1 { format!("; {events} findings") } else { String::new() };
    let grade = match event.direction {
        Direction::Neutral => event.severity.word().to_owned(),
        direction => format!("{}, {}", event.severity, direction),
    };
    let tail = format!(" ({grade}{more})");
    let room = MAX_SUBJECT - tail.chars().count();
    clean::line(&format!("{prefix}{name}: {}", wording::happened(event)), room) + &tail
}

/// What is the same for several findings is said once.
fn findings(events: &[&Event]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut is_explained = false;
    for event in events {
        let mut next = finding(event);
        if next.position.is_some() && findings.iter().any(|finding| finding.position == next.position) {
            next.position = None;
        }
        let has_marks = next.passages.iter().filter_map(|passage| passage.quote.as_ref()).any(Quote::has_marks);
        next.explains_marks = has_marks && !is_explained;
        is_explained |= has_marks;
        findings.push(next);
    }
    findings
}

fn finding(event: &Event) -> Finding {
    let (before, now) = (Quote::of(event, Side::Before), Quote::of(event, Side::Now));
    let rewritten = [&before, &now].into_iter().flatten().any(|quote| quote.rewritten);
    let summary = clean::line(&event.summary, MAX_SENTENCE);
    Finding {
        grade: wording::grade(event),
        tone: tone(event),
        summary: if summary.is_empty() { format!("The document {}.", wording::happened(event)) } else { summary },
        section: Some(clean::line(&event.section, MAX_SECTION)).filter(|section| !section.is_empty()),
        passages: [
            Passage { label: "Before", quote: before, absent: wording::no_quote_before(event) },
            Passage { label: "Now", quote: now, absent: wording::no_quote_now(event) },
        ],
        rewritten: rewritten.then_some("So much of the clause changed that single words are not marked."),
        not_covered: event.not_covered.iter().take(MAX_NOT_COVERED).map(|line| clean::line(line, MAX_SENTENCE)).collect(),
        position: wording::position(event),
        explains_marks: false,
    }
}

/// The colours that go with an event.
#[must_use]
pub fn tone(event: &Event) -> Tone {
    match (event.direction, event.severity) {
        (Direction::Worse, Severity::Critical) => Tone::Alarm,
        (Direction::Worse, _) => Tone::Warn,
        (Direction::Better, _) => Tone::Good,
        (Direction::Neutral, _) => Tone::Calm,
    }
}

fn omitted(change: &Change, wanted: usize, shown: usize, origin: &Origin<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if wanted > shown {
        let place = origin.site.map_or_else(
            || format!("The operator reads them with `fineprint show {}`.", change.id),
            |site| format!("Read them at {}", clean::line(&change_url(site, change.id), 300)),
        );
        let number = wording::count(wanted - shown, "more finding");
        lines.push(format!("This mail leaves out {number}, none graver than these. {place}"));
    }
    if change.events.len() > wanted {
        let others = wording::count(change.events.len() - wanted, "other finding");
        lines.push(format!("The change holds {others} that your subscription does not ask for."));
    }
    lines
}

/// Why a reader gets a mail.
pub(super) fn reason(subscription: &Subscription) -> String {
    let names = subscription.platforms.iter().chain(&subscription.tags).map(|name| clean::line(name, MAX_NAME));
    let names = listed(&names.collect::<Vec<_>>(), "every watched platform");
    let topics: Vec<String> = subscription.topics.iter().map(|topic| wording::noun(*topic).to_owned()).collect();
    let topics = listed(&topics, "any AI clause");
    let severity = match subscription.severity {
        Severity::Minor => "of any severity",
        Severity::Major => "that are major or critical",
        Severity::Critical => "that are critical",
    };
    format!("You asked to hear of changes {severity} at {names}, about {topics}.")
}

fn listed(names: &[String], none: &str) -> String {
    match names {
        [] => none.to_owned(),
        [one] => one.clone(),
        [init @ .., last] if names.len() <= 6 => format!("{} or {last}", init.join(", ")),
        [first, ..] => format!("{first} and {} more", names.len() - 1),
    }
}

/// How a reader changes what comes, where there are pages for it, and how a reader leaves.
pub(super) fn ways(origin: &Origin<'_>, subscription: SubscriptionId) -> Vec<Leave> {
    let preferences = origin.preferences.and_then(clean::link).map(|link| Leave {
        text: "To choose what you hear of, and when, open".to_owned(),
        shown: "your preferences".to_owned(),
        link,
    });
    let leave = match origin.leave.and_then(clean::link) {
        Some(link) => Leave { text: "To stop these mails, open".to_owned(), shown: "unsubscribe".to_owned(), link },
        None => Leave {
            text: "To stop these mails, reply with the word “unsubscribe”, or write it to".to_owned(),
            shown: clean::line(origin.answer_address(), 254),
            link: clean::line(&origin.mailto(subscription), 400),
        },
    };
    preferences.into_iter().chain([leave]).collect()
}
