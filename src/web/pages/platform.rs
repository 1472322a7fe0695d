use super::{Line, Quote, clause_for, read};
use crate::compose::clean;
use crate::model::Topic;
use crate::web::answer::Page;
use crate::web::matrix;
use crate::web::rows::{Filter, Row, minute};
use crate::web::server::{Made, Missing};
use crate::web::shelf::{Platform, Shelf, Shelved};
use crate::web::stances;
use askama::Template;

/// How many changes a platform's page shows.
const CHANGES: usize = 50;

#[derive(Template)]
#[template(path = "web/platform.html")]
struct View {
    at: &'static str,
    name: String,
    path: String,
    lines: Vec<Line>,
    documents: Vec<Entry>,
    changes: Vec<Row>,
}

struct Entry {
    name: String,
    path: String,
    seen: String,
    versions: u32,
    health: String,
}

/// A platform: what it says on each topic and where, its documents, its changes.
pub(in crate::web) fn platform(shelf: &Shelf, slug: &str) -> Made {
    let platform = shelf.platforms()?.into_iter().find(|platform| platform.slug == slug).ok_or(Missing::NotFound)?;
    let lines = stances::TOPICS.iter().map(|topic| line(shelf, &platform, *topic)).collect::<Result<Vec<_>, Missing>>()?;
    let mut changes = Vec::new();
    let filter = Filter { all: true, ..Filter::default() };
    for document in &platform.documents {
        changes.extend(shelf.store().changes(Some(&document.id), CHANGES)?);
    }
    changes.sort_by_key(|change| std::cmp::Reverse((change.confirmed, change.id)));
    let view = View {
        at: "",
        name: platform.name.clone(),
        path: platform.path(),
        lines,
        documents: platform.documents.iter().map(entry).collect(),
        changes: changes.iter().filter(|change| filter.of(change).is_some()).take(CHANGES).map(Row::of).collect(),
    };
    Ok(Page::of(&view, None))
}

fn line(shelf: &Shelf, platform: &Platform, topic: Topic) -> Result<Line, Missing> {
    let cell = matrix::cell(shelf, platform, topic)?;
    let (_, speaker) = platform.speaks(shelf, topic)?;
    let quote = match speaker {
        Some(document) => quote(shelf, document, topic)?,
        None => None,
    };
    Ok(Line { topic: stances::title(topic), word: cell.word, class: cell.class, quote })
}

fn quote(shelf: &Shelf, document: &Shelved, topic: Topic) -> Result<Option<Quote>, Missing> {
    let Some(text) = shelf.text(&document.id, document.state.version)? else { return Ok(None) };
    let clause = clause_for(&text, &read(&text), topic);
    Ok(clause.map(|clause| Quote {
        text: clause,
        language: clean::language(text.language.as_deref()),
        document: document.name.clone(),
        path: document.path(),
    }))
}

fn entry(document: &Shelved) -> Entry {
    Entry {
        name: document.name.clone(),
        path: document.path(),
        seen: document.state.last_good.map_or_else(|| "not yet".to_owned(), minute),
        versions: document.state.version,
        health: health(document),
    }
}

/// How a document does, in a few words.
pub(super) fn health(document: &Shelved) -> String {
    match &document.state.rejection {
        Some(rejection) if document.state.failures > 0 => format!("last fetch did not count: {rejection}"),
        _ if document.state.version == 0 => "waits for its first fetch".to_owned(),
        _ if document.state.held.is_some() => "a difference was seen and waits for a second look".to_owned(),
        _ => "good".to_owned(),
    }
}
