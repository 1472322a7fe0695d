//! HTML to a [`Page`]: parse with a cap on nesting, flatten the tree to an arena in reading order, drop what is not the document,
//! descend to the document's root, emit clauses. Linear in the page's size; the parsed tree is never changed.

mod arena;
mod chrome;
mod emit;
mod head;
mod lines;
mod parse;
mod phrases;
mod prune;
mod select;

pub use head::{Head, Link, head, links};
pub use select::check_selector;

use super::verdict::legal_share;
use super::{Page, Rules, embedded};
use crate::model::{Clause, Document, Rejection};
use crate::text;
use arena::{Arena, Facts};
use scraper::Html;
use std::collections::HashSet;

/// A page with fewer words shows no legal text of its own: its data is looked through.
const SHOWS_NOTHING: usize = 150;
/// A page with fewer words may show the first sections only, and ship the rest.
const SHOWS_A_PART: usize = 600;
/// Data that is a document has at least so many times the words of what the page shows.
const RICHER: usize = 2;
/// The share of legal words in what a page ships as data, from which on it is a legal text: known documents have 0.03 to 0.1, the
/// messages of an interface hardly any.
const LEGAL_SHARE: f64 = 0.02;

/// Reads an HTML page.
pub(super) fn read(markup: &str, rules: Rules<'_>) -> Result<Page, Rejection> {
    let html = parse::parse(markup).ok_or(Rejection::TooDeep)?;
    let facts = Facts::of(&html);
    let mut page = Page { title: facts.title.clone(), refresh: facts.refresh, asks_password: facts.asks_password, ..Page::default() };
    (page.document, page.missed) = shown(&html, rules, facts.title.as_deref());
    let words = page.document.word_count();
    if words < SHOWS_A_PART
        && let Some(document) = shipped(&html, facts.title.as_deref())
        && document.word_count() >= SHOWS_NOTHING.max(RICHER * words)
        && (words < SHOWS_NOTHING || holds_all(&document, &page.document))
    {
        page.document = document;
    }
    Ok(page)
}

/// Whether nearly all of what the page shows stands in what it ships.
fn holds_all(shipped: &Document, shown: &Document) -> bool {
    let key = |clause: &Clause| text::sentence_fingerprint(&clause.text);
    let shipped: HashSet<u64> = shipped.clauses.iter().map(key).collect();
    let shared = shown.clauses.iter().filter(|clause| shipped.contains(&key(clause))).count();
    shared * 10 >= shown.clauses.len() * 7
}

/// The text that the page shows, and the selectors that matched nothing.
fn shown(html: &Html, rules: Rules<'_>, title: Option<&str>) -> (Document, Vec<String>) {
    let arena = Arena::of(html);
    let mut live = prune::Live::all(&arena);
    let mut missed = select::remove(html, &arena, rules.remove, &mut live);
    let mut chosen = live.clone();
    let (found, selectors_missed) = select::keep(html, &arena, rules.select, &mut chosen);
    missed.extend(selectors_missed);
    if found {
        return (emit::document(&arena, &chosen, title), missed);
    }
    prune::drop_chrome(&arena, &mut live);
    prune::leave_document(&arena, &mut live);
    lines::drop_by_order(&arena, &mut live);
    (emit::document(&arena, &live, title), missed)
}

/// The legal text that the page ships as data for its scripts.
fn shipped(html: &Html, title: Option<&str>) -> Option<Document> {
    let inner = parse::parse(&embedded::markup(html)?)?;
    let (document, _) = shown(&inner, Rules::default(), title);
    (legal_share(&document) >= LEGAL_SHARE).then_some(document)
}

#[cfg(test)]
mod tests;
