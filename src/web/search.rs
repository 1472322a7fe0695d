//! Search over the clauses of all versions. The store knows which words stood in which versions; only the texts that hold all of them are
//! opened.

use super::answer::Page;
use super::requests::Fields;
use super::server::Made;
use super::shelf::{Shelf, Shelved};
use crate::compose::clean;
use crate::model::Document;
use crate::store::{StoreError, words_of};
use askama::Template;

/// How many documents an answer shows.
const SHOWN: usize = 40;
/// How many clauses of one document it shows.
const CLAUSES: usize = 3;
/// How many words of a query are looked for.
const WORDS: usize = 12;

/// A document that holds the words.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) document: Shelved,
    /// The versions that hold them, newest first.
    pub(super) versions: Vec<u32>,
    /// Clauses of the newest of them: those that hold the most words, with their places.
    pub(super) clauses: Vec<(usize, String)>,
}

/// What holds all words of a query: documents whose newest version does come first.
pub(super) fn find(shelf: &Shelf, query: &str) -> Result<(Vec<String>, Vec<Hit>), StoreError> {
    let mut words: Vec<String> = words_of(query).take(WORDS).collect();
    words.dedup();
    let mut hits = Vec::new();
    if words.is_empty() {
        return Ok((words, Vec::new()));
    }
    for watch in shelf.watches().iter() {
        let versions = shelf.store().words(&watch.id)?.versions_with(&words, 500);
        if let Some(newest) = versions.first().copied()
            && let (Some(document), Some(text)) = (shelf.document(&watch.id)?, shelf.text(&watch.id, newest)?)
        {
            hits.push((newest == document.state.version, Hit { document, versions, clauses: clauses(&text, &words) }));
        }
    }
    let together = |hit: &Hit| hit.clauses.first().map_or(0, |(_, text)| held(text, &words));
    hits.sort_by_key(|(is_today, hit)| (std::cmp::Reverse((together(hit), *is_today)), hit.document.id.clone()));
    Ok((words, hits.into_iter().map(|(_, hit)| hit).collect()))
}

fn held(text: &str, words: &[String]) -> usize {
    let there: Vec<String> = words_of(text).collect();
    words.iter().filter(|word| there.iter().any(|other| other.starts_with(word.as_str()))).count()
}

fn clauses(document: &Document, words: &[String]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, usize)> = document
        .clauses
        .iter()
        .enumerate()
        .map(|(place, clause)| (held(&clause.text, words), place))
        .filter(|(count, _)| *count > 0)
        .collect();
    found.sort_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
    let best = found.first().map_or(0, |(count, _)| *count);
    found.retain(|(count, _)| *count == best);
    found.truncate(CLAUSES);
    found.into_iter().map(|(_, place)| (place, document.clauses[place].text.clone())).collect()
}

#[derive(Template)]
#[template(path = "web/search.html")]
struct View {
    at: &'static str,
    query: String,
    found: String,
    hits: Vec<Shown>,
}

struct Shown {
    path: String,
    source: String,
    versions: String,
    clauses: Vec<Vec<(String, bool)>>,
}

/// The page of a search.
pub(super) fn page(shelf: &Shelf, query: &Fields) -> Made {
    let query: String = query.one("q").chars().take(200).collect();
    let (words, hits) = find(shelf, &query)?;
    let total = hits.len();
    let found = match total {
        1 => "1 document holds these words.".to_owned(),
        more if more > SHOWN => format!("{more} documents hold these words; the first {SHOWN} are shown."),
        more => format!("{more} documents hold these words."),
    };
    let hits = hits.into_iter().take(SHOWN).map(|hit| shown(&hit, &words)).collect();
    Ok(Page::of(&View { at: "search", query, found, hits }, None))
}

fn shown(hit: &Hit, words: &[String]) -> Shown {
    let newest = hit.versions.first().copied().unwrap_or_default();
    let today = hit.document.state.version;
    let place = hit.clauses.first().map_or(0, |(place, _)| *place);
    Shown {
        path: format!("{}/versions/{newest}#c{place}", hit.document.path()),
        source: format!("{} · {}", hit.document.platform, hit.document.name),
        versions: match (newest == today, hit.versions.len()) {
            (true, 1) if today == 1 => "In the only version.".to_owned(),
            (true, 1) => "In today’s version, and in none before.".to_owned(),
            (true, count) => format!("In today’s version, and in {count} of {today} in all."),
            (false, count) => format!("No longer: last in version {newest} of {today} ({count} held them)."),
        },
        clauses: hit.clauses.iter().map(|(_, text)| marked(&excerpt(text, words), words)).collect(),
    }
}

/// A clause, or, where it is long, what stands around the first place that holds most of the words.
fn excerpt(text: &str, words: &[String]) -> String {
    const LONGEST: usize = 480;
    let text = clean::line(text, 20_000);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let pieces: Vec<&str> = text.split(' ').collect();
    let window = LONGEST / 6;
    let lower: Vec<String> = pieces.iter().map(|piece| piece.to_lowercase()).collect();
    let is_one = |piece: &str, word: &String| words_of(piece).any(|other| other.starts_with(word.as_str()));
    let count = |from: usize| {
        let slice = &lower[from..(from + window).min(lower.len())];
        words.iter().filter(|word| slice.iter().any(|piece| is_one(piece, word))).count()
    };
    let step = window / 3;
    let from = (0..pieces.len()).step_by(step.max(1)).max_by_key(|from| (count(*from), std::cmp::Reverse(*from))).unwrap_or(0);
    let until = (from + window).min(pieces.len());
    let (before, after) = (if from > 0 { "… " } else { "" }, if until < pieces.len() { " …" } else { "" });
    format!("{before}{}{after}", pieces[from..until].join(" "))
}

/// A text in which the words are marked.
fn marked(text: &str, words: &[String]) -> Vec<(String, bool)> {
    let mut spans: Vec<(String, bool)> = Vec::new();
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let lower = word.to_lowercase();
        let is_one = !word.is_empty() && words.iter().any(|one| lower.starts_with(one.as_str()));
        for (text, mark) in [(word, is_one), (&piece[word.len()..], false)] {
            match spans.last_mut().filter(|(_, last)| *last == mark) {
                Some((last, _)) => last.push_str(text),
                None if !text.is_empty() => spans.push((text.to_owned(), mark)),
                None => {}
            }
        }
    }
    spans
}
