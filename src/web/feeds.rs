//! Atom feeds: of all changes about AI, of a platform, a document, a tag, a topic, from a severity on.

use super::answer::{Kind, Page};
use super::rows::Filter;
use super::server::{Made, Missing};
use super::shelf::Shelf;
use super::stances;
use crate::compose::{self, Feed, clean};
use crate::model::{Event, Severity, Topic, WatchId};

/// How many changes a feed holds.
const ENTRIES: usize = 50;
/// Where links lead while the operator has not said how readers reach the site.
const HERE: &str = "http://127.0.0.1:8420";

/// The feed of a path.
pub(super) fn feed(shelf: &Shelf, parts: &[&str], site: Option<&str>) -> Made {
    let (filter, title, page) = match parts {
        ["feed.atom"] => (Filter::default(), "fineprint: changes about AI".to_owned(), "/".to_owned()),
        ["platforms", slug, _] => {
            let platform = shelf.platforms()?.into_iter().find(|platform| platform.slug == *slug).ok_or(Missing::NotFound)?;
            let filter = Filter { platform: Some((*slug).to_owned()), ..Filter::default() };
            (filter, format!("fineprint: {}", platform.name), platform.path())
        }
        ["documents", platform, document, _] => {
            let id: WatchId = format!("{platform}/{document}").parse().map_err(|_| Missing::NotFound)?;
            let document = shelf.document(&id)?.ok_or(Missing::NotFound)?;
            let filter = Filter { watch: Some(id.to_string()), all: true, ..Filter::default() };
            (filter, format!("fineprint: {} · {}", document.platform, document.name), document.path())
        }
        ["tags", tag, _] if shelf.tags().iter().any(|other| other.eq_ignore_ascii_case(tag)) => {
            let filter = Filter { tag: Some((*tag).to_owned()), ..Filter::default() };
            (filter, format!("fineprint: {tag}"), "/".to_owned())
        }
        ["topics", topic, _] => {
            let topic = Topic::from_word(topic).ok_or(Missing::NotFound)?;
            let filter = Filter { topic: Some(topic), ..Filter::default() };
            (filter, format!("fineprint: {}", stances::title(topic)), format!("/changes?topic={topic}"))
        }
        ["severities", severity, _] => {
            let severity = Severity::from_word(severity).ok_or(Missing::NotFound)?;
            let filter = Filter { severity: Some(severity), ..Filter::default() };
            (filter, format!("fineprint: {severity} or graver"), format!("/changes?severity={severity}"))
        }
        _ => return Err(Missing::NotFound),
    };
    let mut changes = Vec::new();
    for change in shelf.store().changes(None, usize::MAX)? {
        // A reader of feeds takes every entry that it does not know for news.
        if change.imported_from.is_none()
            && let Some(events) = filter.of(&change)
        {
            let events: Vec<Event> = events.into_iter().cloned().collect();
            changes.push((change, events));
        }
        if changes.len() == ENTRIES {
            break;
        }
    }
    let modified = changes.first().map(|(change, _)| change.confirmed);
    let encoded: Vec<String> = parts.iter().map(|part| percent_encoding::utf8_percent_encode(part, PATH).to_string()).collect();
    let title = clean::line(&title, 200);
    let feed = Feed { title, site: site.unwrap_or(HERE).to_owned(), path: format!("/{}", encoded.join("/")), page };
    Ok(Page::new(Kind::Atom, compose::feed(&feed, &changes), modified))
}

/// What stays as it is in a part of a path (RFC 3986, "unreserved").
const PATH: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
