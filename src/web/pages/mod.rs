//! The pages for readers.

mod change;
mod document;
mod front;
mod platform;
pub(super) mod signals;
mod version;

pub(super) use change::{Pair, change, compared};
pub(super) use document::document;
pub(super) use front::{changes, front};
pub(super) use platform::platform;
pub(super) use version::{stored, version};

use super::answer::Page;
use crate::compose::clean;
use crate::model::{Document, Topic};
use crate::reading::{self, Reading};
use askama::Template;

/// The style sheet of all pages.
pub(super) const STYLE: &str = include_str!("../../../templates/web/style.css");
/// The icon: a line of small print under a glass.
pub(super) const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1b1e22"/><path d="M7 10h11M7 15h7M7 20h5" stroke="#f4f3f0" stroke-width="2" stroke-linecap="round"/><circle cx="19" cy="18" r="5.5" fill="none" stroke="#f2b56b" stroke-width="2.4"/><path d="m23 22 4 4" stroke="#f2b56b" stroke-width="2.8" stroke-linecap="round"/></svg>"##;
/// Robots may read the archive, not follow people's links, nor have everything compared with everything.
pub(super) const ROBOTS: &str =
    "User-agent: *\nDisallow: /confirm/\nDisallow: /preferences/\nDisallow: /unsubscribe/\nDisallow: /search\nDisallow: /*/compare\n";

/// Whether the page of a path is the same for ever: what it shows was written once.
pub(super) fn never_changes(parts: &[String]) -> bool {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    matches!(parts.as_slice(), ["changes", _] | ["documents", _, _, "compare"] | ["style.css" | "icon.svg" | "robots.txt"])
}

/// What a message page asks for.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) action: String,
    pub(super) label: &'static str,
}

#[derive(Template)]
#[template(path = "web/message.html")]
struct Message<'a> {
    at: &'static str,
    title: &'a str,
    lines: &'a [&'a str],
    ask: Option<Ask>,
    links: &'a [(&'a str, &'a str)],
}

/// A page with a title and a few words.
pub(super) fn message(title: &str, lines: &[&str]) -> Page {
    message_with(title, lines, None, &[])
}

/// The same with something to press, and links.
pub(super) fn message_with(title: &str, said: &[&str], ask: Option<Ask>, links: &[(&str, &str)]) -> Page {
    Page::of(&Message { at: "", title, lines: said, ask, links }, None)
}

/// What a document says on a topic, in its own words.
#[derive(Debug, Clone)]
struct Quote {
    text: String,
    language: String,
    document: String,
    path: String,
}

/// What is said on a topic: the line of a table.
struct Line {
    topic: &'static str,
    word: &'static str,
    class: &'static str,
    quote: Option<Quote>,
}

/// The clause by which a document has its stance on a topic: the first with that stance.
fn clause_for(document: &Document, reading: &Reading, topic: Topic) -> Option<String> {
    const LONGEST: usize = 360;
    let stance = reading.stance(topic);
    let of_topic = || reading.frames.iter().filter(move |frame| frame.topic == topic);
    let frame = of_topic().find(|frame| frame.stance == stance).or_else(|| of_topic().next())?;
    let sentence = document.clauses.get(frame.sentence.clause as usize)?.text.get(frame.sentence.range.clone())?;
    Some(clean::line(sentence, LONGEST)).filter(|text| !text.is_empty())
}

fn read(document: &Document) -> Reading {
    reading::read(document)
}
