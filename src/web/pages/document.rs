use super::platform::health;
use super::signals::{self, Beside, Means};
use super::{Line, Quote, clause_for, read};
use crate::compose::clean;
use crate::model::{Change, CheckRecord, CheckResult, Document, Topic, Version, WatchId};
use crate::web::answer::Page;
use crate::web::rows::{Row, day, minute, stamp};
use crate::web::server::{Made, Missing};
use crate::web::shelf::{Shelf, Shelved, slug_of};
use crate::web::{picture, stances};
use askama::Template;
use jiff::Timestamp;

/// How many entries the time line has.
const ENTRIES: usize = 300;

#[derive(Template)]
#[template(path = "web/document.html")]
struct View {
    at: &'static str,
    platform: String,
    platform_path: String,
    name: String,
    path: String,
    url: String,
    told: String,
    unread: Option<String>,
    lines: Vec<Line>,
    means: Option<Vec<Means>>,
    beside: Option<Beside>,
    promises: Vec<(String, String)>,
    chart: Option<String>,
    timeline: Vec<Entry>,
    versions: u32,
    previous: u32,
    numbers: Vec<u32>,
    facts: Vec<(&'static str, String)>,
}

struct Entry {
    at: Timestamp,
    class: &'static str,
    text: String,
    path: Option<String>,
    stamp: String,
    date: String,
    links: Vec<(String, String)>,
}

impl Entry {
    fn new(at: Timestamp, class: &'static str, text: String) -> Self {
        Self { at, class, text, path: None, stamp: stamp(at), date: minute(at), links: Vec::new() }
    }
}

/// A document: what it says today, what it said before, what came of its fetches.
pub(in crate::web) fn document(shelf: &Shelf, id: &str) -> Made {
    let id: WatchId = id.parse().map_err(|_| Missing::NotFound)?;
    let document = shelf.document(&id)?.ok_or(Missing::NotFound)?;
    let newest = document.state.version;
    let text = match newest {
        0 => None,
        version => shelf.text(&id, version)?,
    };
    let means = text.as_ref().filter(|_| id.is_of_signals()).map(signals::all);
    let beside = match &text {
        Some(text) if means.is_none() => signals::beside(shelf, &id, newest, text)?,
        _ => None,
    };
    let (lines, unread) = if means.is_some() { (Vec::new(), None) } else { today(text) };
    let mut versions = Vec::new();
    for number in (1..=newest).rev().take(ENTRIES) {
        versions.extend(shelf.version(&id, number)?);
    }
    let changes = shelf.store().changes(Some(&id), ENTRIES)?;
    let checks = shelf.store().history(&id, ENTRIES)?;
    let chart = if versions.len() > 1 && !id.is_of_signals() { Some(chart(shelf, &id, &versions)?) } else { None };
    let view = View {
        at: "",
        platform: document.platform.clone(),
        platform_path: format!("/platforms/{}", slug_of(&id)),
        name: document.name.clone(),
        path: document.path(),
        url: clean::link(&document.url).unwrap_or_default(),
        told: told(&document),
        unread,
        lines,
        means,
        beside,
        promises: promises(shelf, &id)?,
        chart,
        timeline: timeline(&document.path(), &versions, &changes, &checks),
        versions: newest,
        previous: newest.saturating_sub(1).max(1),
        numbers: (1..=newest).rev().take(ENTRIES).collect(),
        facts: facts(shelf, &document)?,
    };
    Ok(Page::of(&view, None))
}

/// What was promised for the document, and what is missing of it.
fn promises(shelf: &Shelf, id: &WatchId) -> Result<Vec<(String, String)>, Missing> {
    let of = format!("promise {id} ");
    let known = shelf.store().incidents()?.into_iter().filter(|incident| incident.key.starts_with(&of));
    Ok(known.map(|one| (clean::line(&one.what, 1_200), clean::line(&one.advice, 1_200))).collect())
}

/// What a reader must know before anything else.
fn told(document: &Shelved) -> String {
    match (&document.state.rejection, document.state.last_good) {
        (Some(rejection), Some(good)) if document.state.failures > 2 => {
            format!("The page could not be read lately: {rejection}. What stands here is the text of {}.", day(good))
        }
        _ => String::new(),
    }
}

fn today(text: Option<Document>) -> (Vec<Line>, Option<String>) {
    let Some(text) = text else { return (Vec::new(), Some("It was not fetched yet.".to_owned())) };
    let reading = read(&text);
    if !reading.supported {
        let language = clean::language(text.language.as_deref());
        return (
            Vec::new(),
            Some(format!("It is in a language that is not read ({language}). Its versions are kept and compared all the same.")),
        );
    }
    let language = clean::language(text.language.as_deref());
    let line = |topic: &Topic| {
        let stance = reading.stance(*topic);
        let quote = clause_for(&text, &reading, *topic);
        Line {
            topic: stances::title(*topic),
            word: stances::word(stance),
            class: stances::class(*topic, stance),
            quote: quote.map(|text| Quote { text, language: language.clone(), document: String::new(), path: String::new() }),
        }
    };
    let other = Topic::ALL.iter().filter(|topic| **topic == Topic::Other && reading.frames.iter().any(|frame| frame.topic == **topic));
    (stances::TOPICS.iter().chain(other).map(line).collect(), None)
}

/// The stances of all versions as a picture.
fn chart(shelf: &Shelf, id: &WatchId, versions: &[Version]) -> Result<String, Missing> {
    let mut points = Vec::new();
    for version in versions.iter().rev() {
        points.push((version.first_seen, shelf.stances(id, version.number)?));
    }
    Ok(picture::chart(&points, shelf.monitor.now()))
}

fn timeline(path: &str, versions: &[Version], changes: &[Change], checks: &[CheckRecord]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for change in changes {
        let row = Row::of(change);
        let class = match row.tone {
            "alarm" | "warn" => "hot",
            "good" => "fine",
            _ => "",
        };
        let text = row.grade.map_or(row.said.clone(), |grade| format!("{grade}: {}", row.said));
        entries.push(Entry {
            path: Some(row.path),
            links: vec![(format!("version {}", change.new_version), format!("{path}/versions/{}", change.new_version))],
            ..Entry::new(change.confirmed, class, text)
        });
    }
    for version in versions.iter().filter(|version| !changes.iter().any(|change| change.new_version == version.number)) {
        let text = if version.number == 1 {
            "The first version was kept".to_owned()
        } else {
            format!("Version {} was kept: places, numbers or typography changed", version.number)
        };
        entries.push(Entry { path: Some(format!("{path}/versions/{}", version.number)), ..Entry::new(version.first_seen, "", text) });
    }
    for check in checks {
        let text = match &check.result {
            CheckResult::Rejected(rejection) => format!("A fetch did not count: {rejection}"),
            CheckResult::Variant => "Another text was there once, and gone at the second look".to_owned(),
            CheckResult::Flap => "An older text came back and went again: the page is served in variants".to_owned(),
            _ => continue,
        };
        entries.push(Entry::new(check.at, "faint", text));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries.truncate(ENTRIES);
    entries
}

fn facts(shelf: &Shelf, document: &Shelved) -> Result<Vec<(&'static str, String)>, Missing> {
    let state = &document.state;
    let never = || "never".to_owned();
    let mut facts = vec![
        ("State", health(document)),
        ("Last fetch", state.last_check.map_or_else(never, minute)),
        ("Text last seen", state.last_good.map_or_else(never, minute)),
        ("Fetches so far", state.checks.to_string()),
        ("Next fetch", shelf.store().due_at(&document.id)?.map_or_else(|| "not planned".to_owned(), minute)),
    ];
    for (index, trouble) in state.troubles.iter().enumerate() {
        if let Some(trouble) = trouble.as_ref().filter(|_| !document.id.is_of_signals()) {
            let since = minute(trouble.since);
            facts.push((
                "One of its pages",
                format!("Page {} can't be read since {since}: {}. Its last good text stands in.", index + 1, trouble.rejection),
            ));
        }
    }
    if !state.missed.is_empty() {
        facts.push(("Selectors that match nothing", state.missed.join(", ")));
    }
    Ok(facts)
}
