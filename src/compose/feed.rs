//! Changes as an Atom feed (RFC 4287).

use super::clean;
use super::origin::change_url;
use super::wording;
use crate::model::{Change, Event};
use askama::Template;
use jiff::Timestamp;

/// A feed: what it is called and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its title.
    pub title: String,
    /// Where the site is, without a trailing slash.
    pub site: String,
    /// The path of the feed itself; with the site it is also its id.
    pub path: String,
    /// The path of the page that it belongs to.
    pub page: String,
}

/// The feed of some changes, newest first, each with the events that belong into it.
#[must_use]
pub fn feed(feed: &Feed, changes: &[(Change, Vec<Event>)]) -> String {
    let entries = changes.iter().map(|(change, events)| entry(&feed.site, change, events)).collect();
    let updated = changes.iter().map(|(change, _)| change.confirmed).max().unwrap_or(Timestamp::UNIX_EPOCH);
    // Writing to a string can't fail.
    Atom { feed, updated: updated.to_string(), entries }.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Atom<'a> {
    feed: &'a Feed,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    link: String,
    title: String,
    updated: String,
    categories: Vec<&'static str>,
    findings: Vec<Finding>,
}

struct Finding {
    grade: String,
    summary: String,
    before: Option<String>,
    after: Option<String>,
    not_covered: Vec<String>,
}

fn entry(site: &str, change: &Change, events: &[Event]) -> Entry {
    let name = format!("{} · {}", clean::line(&change.platform, 80), clean::line(&change.document, 80));
    let said = events.first().map_or_else(|| "changed, not about AI".to_owned(), wording::happened);
    let text = |quote: &Option<String>| quote.as_deref().map(|quote| clean::line(quote, 600));
    let mut categories: Vec<&'static str> = events.iter().map(|event| event.topic.word()).collect();
    categories.sort_unstable();
    categories.dedup();
    Entry {
        link: change_url(site, change.id),
        title: format!("{name}: {said}"),
        updated: change.confirmed.to_string(),
        categories,
        findings: events
            .iter()
            .map(|event| Finding {
                grade: wording::grade(event),
                summary: clean::line(&event.summary, 400),
                before: text(&event.before),
                after: text(&event.after),
                not_covered: event.not_covered.iter().map(|line| clean::line(line, 400)).collect(),
            })
            .collect(),
    }
}
