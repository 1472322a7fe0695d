use super::parse::{Watchlist, parse_unfinished};
use super::problem::{Problem, Report};
use super::suggest::closest;
use crate::model::{Selection, Watch, WatchId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use toml_edit::{Array, ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, Value, value};

// toml_edit writes the new entry and says where the old ones stand, but the file itself is cut and joined here: printing it
// again would turn every CRLF into LF.

/// A document to put into a watchlist; what is left empty is left out, so that the defaults hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewWatch {
    /// The platform's name.
    pub platform: String,
    /// The document's name.
    pub document: String,
    /// The pages that together are the document.
    pub urls: Vec<String>,
    /// The parts of the page that hold the document.
    pub select: Vec<Selection>,
    /// The parts to leave out.
    pub remove: Vec<Selection>,
    /// Whether the page shows nothing without a browser.
    pub needs_browser: bool,
    /// An interval or a cron expression, as in the file.
    pub schedule: Option<String>,
    /// The language that the document must have.
    pub language: Option<String>,
    /// Words by which people subscribe.
    pub tags: Vec<String>,
}

/// Puts a document behind the last one of the same platform, or at the end; every other byte stays as it was.
///
/// # Errors
/// What is wrong with the new entry (reported under the file name `new watch`), where its document stands already, or the
/// first problem of a file that is broken before the edit.
pub fn add(text: &str, file: &str, new: &NewWatch) -> Result<String, Problem> {
    parse_unfinished(text, file).map_err(first)?;
    checked_entry(new)?;
    let id = WatchId::new(&new.platform, &new.document);
    if let Some(table) = watch_tables(text).into_iter().find(|table| table.id == id) {
        return Err(at(text, file, table.span, format!("`{id}` is already watched"), "remove it first, or choose another name"));
    }
    add_all(text, file, std::slice::from_ref(new))
}

/// The entry as it is written.
///
/// # Errors
/// What is wrong with it.
pub(super) fn checked_entry(new: &NewWatch) -> Result<String, Problem> {
    let entry = entry_of(new);
    super::parse(&entry, "new watch").map_err(first)?;
    Ok(entry)
}

/// Puts documents that are sound and new to the list behind the last one of the same platform, or at the end.
pub(super) fn add_all(text: &str, file: &str, news: &[NewWatch]) -> Result<String, Problem> {
    let before = parse_unfinished(text, file).map_err(first)?;
    let tables = watch_tables(text);
    let mut places: BTreeMap<usize, Vec<&NewWatch>> = BTreeMap::new();
    for new in news {
        let last = tables.iter().rfind(|table| table.platform == new.platform.trim());
        places.entry(last.map_or(text.len(), |table| lines_of(text, &table.span).end)).or_default().push(new);
    }
    let mut edited = text.to_owned();
    for (place, mut news) in places.into_iter().rev() {
        let order: HashMap<&str, usize> = news.iter().enumerate().rev().map(|(index, new)| (new.platform.trim(), index)).collect();
        news.sort_by_key(|new| order.get(new.platform.trim()).copied());
        let entries: Vec<String> = news.iter().map(|new| entry_of(new)).collect();
        edited = insert(&edited, place, &entries.join("\n"));
    }
    let ids: HashSet<WatchId> = news.iter().map(|new| WatchId::new(&new.platform, &new.document)).collect();
    match parse_unfinished(&edited, file) {
        Ok(after) if ids.iter().all(|id| after.lists(id)) && others(&ids, &after) == others(&ids, &before) => Ok(edited),
        _ => {
            let id = news.first().map(|new| WatchId::new(&new.platform, &new.document).to_string()).unwrap_or_default();
            Err(at(
                text,
                file,
                text.len()..text.len(),
                format!("`{id}` can't be written here"),
                "give every watch a [[watch]] line of its own",
            ))
        }
    }
}

/// Takes a document out, with the comment block directly above it; every other byte stays as it was.
///
/// # Errors
/// When the document is not in the list, with the most similar one that is, or the first problem of a file that is broken
/// before the edit.
pub fn remove(text: &str, file: &str, id: &WatchId) -> Result<String, Problem> {
    let before = parse_unfinished(text, file).map_err(first)?;
    if !before.lists(id) {
        return Err(missing(text, file, id, &before));
    }
    let entangled = |span| at(text, file, span, format!("`{id}` can't be taken out alone"), "give every watch a [[watch]] line of its own");
    let table = watch_tables(text).into_iter().find(|table| &table.id == id).ok_or_else(|| entangled(0..0))?;
    let mut edited = text.to_owned();
    edited.replace_range(with_gap(text, lines_of(text, &table.span)), "");
    match parse_unfinished(&edited, file) {
        Ok(after) if !after.lists(id) && others(&[id.clone()].into(), &after) == others(&[id.clone()].into(), &before) => Ok(edited),
        _ => Err(entangled(table.span)),
    }
}

/// A failed reading has at least one problem.
fn first(mut problems: Vec<Problem>) -> Problem {
    problems.swap_remove(0)
}

fn at(text: &str, file: &str, span: Range<usize>, message: String, help: &str) -> Problem {
    Report::new(file, text).locate(span, message, help.to_owned())
}

fn missing(text: &str, file: &str, id: &WatchId, list: &Watchlist) -> Problem {
    let known: Vec<&str> = list.watches.iter().chain(&list.disabled).map(|watch| watch.id.as_str()).collect();
    let help = match closest(id.as_str(), &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`fineprint watch list` prints what is in the list".to_owned(),
    };
    at(text, file, 0..0, format!("`{id}` is not in the list"), &help)
}

/// Everything listed but some documents: what no edit of those may change.
fn others<'l>(ids: &HashSet<WatchId>, list: &'l Watchlist) -> [Vec<&'l Watch>; 2] {
    [&list.watches, &list.disabled].map(|watches| watches.iter().filter(|watch| !ids.contains(&watch.id)).collect())
}

fn entry_of(new: &NewWatch) -> String {
    let mut table = Table::new();
    table["platform"] = value(new.platform.trim());
    table["document"] = value(new.document.trim());
    match new.urls.as_slice() {
        [url] => table["url"] = value(url),
        urls => table["urls"] = value(urls.iter().collect::<Array>()),
    }
    for (key, selections) in [("select", &new.select), ("remove", &new.remove)] {
        match selections.as_slice() {
            [] => {}
            [one] => table[key] = value(selection(one)),
            many => table[key] = value(many.iter().map(selection).collect::<Array>()),
        }
    }
    if new.needs_browser {
        table["needs"] = value("browser");
    }
    for (key, text) in [("schedule", &new.schedule), ("language", &new.language)] {
        if let Some(text) = text {
            table[key] = value(text);
        }
    }
    if !new.tags.is_empty() {
        table["tags"] = value(new.tags.iter().collect::<Array>());
    }
    let mut entries = ArrayOfTables::new();
    entries.push(table);
    let mut document = DocumentMut::new();
    document["watch"] = Item::ArrayOfTables(entries);
    document.to_string()
}

fn selection(selection: &Selection) -> Value {
    match selection {
        Selection::Css(css) => css.as_str().into(),
        Selection::Range { start, end } => InlineTable::from_iter([("start", start.as_str()), ("end", end.as_str())]).into(),
    }
}

/// Puts an entry between the lines of a text, set off by blank lines.
fn insert(text: &str, place: usize, entry: &str) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (before, after) = text.split_at(place);
    let mut edited = before.to_owned();
    if !before.is_empty() && !before.ends_with('\n') {
        edited.push_str(newline);
    }
    if !before.is_empty() && !edited.ends_with("\n\n") && !edited.ends_with("\n\r\n") {
        edited.push_str(newline);
    }
    edited.push_str(&entry.replace('\n', newline));
    if !after.is_empty() && !is_blank(first_line(after)) {
        edited.push_str(newline);
    }
    edited + after
}

/// A `[[watch]]` table and the bytes from its header to its last value.
#[derive(Debug)]
struct WatchTable {
    id: WatchId,
    platform: String,
    span: Range<usize>,
}

fn watch_tables(text: &str) -> Vec<WatchTable> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let tables = document.get("watch").and_then(Item::as_array_of_tables).into_iter().flatten();
    tables.filter_map(watch_table).collect()
}

fn watch_table(table: &Table) -> Option<WatchTable> {
    let platform = table.get("platform")?.as_str()?.trim().to_owned();
    let id = WatchId::new(&platform, table.get("document")?.as_str()?.trim());
    let header = table.span()?;
    Some(WatchTable { id, platform, span: header.start..end_of(table).max(header.end) })
}

fn end_of(table: &Table) -> usize {
    let end = |item: &Item| match item {
        Item::Table(table) => end_of(table).max(item.span().map_or(0, |span| span.end)),
        item => item.span().map_or(0, |span| span.end),
    };
    table.iter().map(|(_, item)| end(item)).max().unwrap_or(0)
}

/// The whole lines of an entry, with the comment block directly above it and the one directly below its last value.
///
/// A comment block below it that stands directly above another table belongs to that one.
fn lines_of(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    while let Some(comment) = last_line(&text[..start]).filter(|line| is_comment(line)) {
        start -= comment.len();
    }
    let end = span.end + first_line(&text[span.end..]).len();
    let mut below = end;
    while is_comment(first_line(&text[below..])) {
        below += first_line(&text[below..]).len();
    }
    let belongs_below = !is_blank(first_line(&text[below..]));
    start..if belongs_below { end } else { below }
}

/// The lines to take out so that one of the two gaps around an entry is left, the wider one.
fn with_gap(text: &str, lines: Range<usize>) -> Range<usize> {
    let mut above = lines.start;
    while let Some(blank) = last_line(&text[..above]).filter(|line| is_blank(line)) {
        above -= blank.len();
    }
    let mut below = lines.end;
    while below < text.len() && is_blank(first_line(&text[below..])) {
        below += first_line(&text[below..]).len();
    }
    let is_last = below == text.len();
    if above > 0 && (is_last || lines.start - above < below - lines.end) {
        return above..if is_last { below } else { lines.end };
    }
    lines.start..below
}

/// The first line of a text with its line break; empty at the end of the text.
fn first_line(text: &str) -> &str {
    text.split_inclusive('\n').next().unwrap_or_default()
}

fn last_line(text: &str) -> Option<&str> {
    text.split_inclusive('\n').next_back()
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

#[cfg(test)]
mod tests;
