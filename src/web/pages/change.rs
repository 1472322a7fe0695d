use crate::compare::{compare, overview};
use crate::compose::{self, Origin, clean, wording};
use crate::judge::{Case, judge};
use crate::model::{Change, ChangeId, Comparison, Document, Event, Piece, WatchId};
use crate::web::answer::Page;
use crate::web::redline::{self, Row, Span};
use crate::web::requests::Fields;
use crate::web::rows::minute;
use crate::web::server::{Made, Missing};
use crate::web::shelf::{Shelf, slug_of};
use crate::{reading, signals};
use askama::Template;
use jiff::Timestamp;

#[derive(Template)]
#[template(path = "web/change.html")]
struct View {
    at: &'static str,
    title: String,
    platform: String,
    platform_path: String,
    document: String,
    document_path: String,
    path: String,
    /// The same page with the versions side by side.
    beside: String,
    seen: String,
    overview: Option<String>,
    events: Vec<Finding>,
    language: String,
    redline_title: String,
    side: bool,
    note: Option<String>,
    rows: Vec<Row>,
    facts: Vec<Fact>,
}

struct Finding {
    grade: String,
    tone: &'static str,
    summary: String,
    section: String,
    before: Vec<Span>,
    now: Vec<Span>,
    absent_before: &'static str,
    absent_now: &'static str,
    not_covered: Vec<String>,
    position: Option<String>,
}

struct Fact {
    label: &'static str,
    text: String,
    link: Option<String>,
    mono: bool,
}

/// A change: what it means, then every word that came or went.
pub(in crate::web) fn change(shelf: &Shelf, id: &str, in_columns: bool, site: Option<&str>) -> Made {
    let id: ChangeId = id.parse().map_err(|_| Missing::NotFound)?;
    let change = shelf.store().change(id)?.ok_or(Missing::NotFound)?;
    let pair = Pair::of(shelf, &change.watch, change.old_version, change.new_version)?;
    let events: Vec<&Event> = change.events.iter().collect();
    let origin = Origin { site, reply_to: "", leave: None, preferences: None };
    let facts = compose::evidence(&change, &events, &origin).into_iter().filter(|fact| fact.label != "Archive");
    let said = change.events.first().map_or_else(|| "changed, not about AI".to_owned(), wording::happened);
    let view = View {
        at: "",
        title: clean::line(&format!("{} · {}: {said}", change.platform, change.document), 200),
        platform: change.platform.clone(),
        platform_path: format!("/platforms/{}", slug_of(&change.watch)),
        document: change.document.clone(),
        document_path: format!("/documents/{}", change.watch),
        path: format!("/changes/{id}"),
        beside: format!("/changes/{id}?view=side"),
        seen: seen(&change),
        overview: change.replaced.map(|kept| format!("The whole document was replaced: {kept} % of its words stayed.")),
        events: change.events.iter().map(finding).collect(),
        language: clean::language(change.language.as_deref()),
        redline_title: "Every word that came or went".to_owned(),
        side: in_columns,
        note: pair.as_ref().map_or_else(|| Some(NOT_KEPT.to_owned()), Pair::note),
        rows: pair.as_ref().map(Pair::rows).unwrap_or_default(),
        facts: facts.map(|fact| Fact { label: fact.label, text: fact.text, link: fact.link, mono: fact.is_digest }).collect(),
    };
    Ok(Page::of(&view, Some(change.confirmed)))
}

/// Any two versions of a document, held against each other.
pub(in crate::web) fn compared(shelf: &Shelf, id: &str, query: &Fields) -> Made {
    let id: WatchId = id.parse().map_err(|_| Missing::NotFound)?;
    let document = shelf.document(&id)?.ok_or(Missing::NotFound)?;
    let number = |name: &str| query.number(name).and_then(|number| u32::try_from(number).ok()).ok_or(Missing::NotFound);
    let (old, new) = (number("old")?, number("new")?);
    let (Some(first), Some(second)) = (shelf.version(&id, old)?, shelf.version(&id, new)?) else { return Err(Missing::NotFound) };
    let pair = Pair::of(shelf, &id, old, new)?;
    let events = pair.as_ref().map(Pair::events).unwrap_or_default();
    let path = format!("{}/compare?old={old}&new={new}", document.path());
    let facts = [first, second].map(|version| Fact {
        label: if version.number == old { "Old" } else { "New" },
        text: format!("Version {}, first seen on {}", version.number, minute(version.first_seen)),
        link: None,
        mono: false,
    });
    let view = View {
        at: "",
        title: format!("{} · {}: version {old} and version {new}", document.platform, document.name),
        platform: document.platform.clone(),
        platform_path: format!("/platforms/{}", slug_of(&id)),
        document: document.name.clone(),
        document_path: document.path(),
        beside: format!("{path}&view=side"),
        path,
        seen: String::new(),
        overview: None,
        events: events.iter().map(finding).collect(),
        language: clean::language(pair.as_ref().and_then(|pair| pair.new.language.as_deref())),
        redline_title: "Every word that came or went".to_owned(),
        side: query.one("view") == "side",
        note: pair.as_ref().map_or_else(|| Some(NOT_KEPT.to_owned()), Pair::note),
        rows: pair.as_ref().map(Pair::rows).unwrap_or_default(),
        facts: facts.into_iter().collect(),
    };
    Ok(Page::of(&view, None))
}

/// Two stored texts held against each other.
pub(in crate::web) struct Pair {
    old: Document,
    new: Document,
    comparison: Comparison,
    is_of_signals: bool,
}

impl Pair {
    /// `None` where one of the texts is no longer kept.
    pub(in crate::web) fn of(shelf: &Shelf, id: &WatchId, old: u32, new: u32) -> Result<Option<Self>, Missing> {
        let (Some(old), Some(new)) = (shelf.text(id, old)?, shelf.text(id, new)?) else { return Ok(None) };
        let comparison = compare(&old, &new);
        Ok(Some(Self { old, new, comparison, is_of_signals: id.is_of_signals() }))
    }

    pub(in crate::web) fn rows(&self) -> Vec<Row> {
        redline::rows(&self.old, &self.new, &self.comparison)
    }

    /// Replacements that run through the document are named once.
    fn note(&self) -> Option<String> {
        let overview = overview(&self.old, &self.new, &self.comparison);
        let first = overview.replacements.first()?;
        let (before, now) = (clean::line(&first.old, 80), clean::line(&first.new, 80));
        Some(format!("“{before}” became “{now}” in {} places.", first.places))
    }

    /// What the difference means.
    pub(in crate::web) fn events(&self) -> Vec<Event> {
        if self.is_of_signals {
            return signals::events(&self.old, &self.new);
        }
        let (before, after) = (reading::read(&self.old), reading::read(&self.new));
        judge(Case { old: &self.old, new: &self.new, comparison: &self.comparison, before: &before, after: &after })
    }
}

/// What stands in place of a redline where a text is missing.
const NOT_KEPT: &str = "The text of one of the versions is no longer kept.";

fn seen(change: &Change) -> String {
    let time = |at: Timestamp| minute(at);
    if let Some(archive) = &change.imported_from {
        let (old, new) = (time(change.last_seen_old), time(change.first_seen_new));
        return format!("From an archive ({}): changed between {old} and {new}.", clean::line(archive, 80));
    }
    format!(
        "Changed between {} and {}; a second look confirmed it on {}.",
        time(change.last_seen_old),
        time(change.first_seen_new),
        time(change.confirmed)
    )
}

fn finding(event: &Event) -> Finding {
    Finding {
        grade: wording::grade(event),
        tone: compose::tone(event).class(),
        summary: clean::line(&event.summary, 400),
        section: clean::line(&event.section, 300),
        before: spans(event, event.before.as_deref(), 2),
        now: spans(event, event.after.as_deref(), 1),
        absent_before: wording::no_quote_before(event),
        absent_now: wording::no_quote_now(event),
        not_covered: event.not_covered.iter().map(|line| clean::line(line, 400)).collect(),
        position: wording::position(event),
    }
}

/// A quote with the words that only its version has: those of the redline where the redline is that of the quote.
fn spans(event: &Event, quote: Option<&str>, own: u8) -> Vec<Span> {
    let Some(quote) = quote else { return Vec::new() };
    let marked: Vec<Span> = event
        .redline
        .iter()
        .filter_map(|piece| match piece {
            Piece::Same(text) => Some(Span::new(0, text)),
            Piece::Removed(text) => (own == 2).then(|| Span::new(2, text)),
            Piece::Added(text) => (own == 1).then(|| Span::new(1, text)),
        })
        .collect();
    let words = |text: &str| text.split_whitespace().collect::<String>();
    let whole: String = marked.iter().map(|span| span.text.as_str()).collect();
    if words(&whole).contains(&words(quote)) && !quote.is_empty() { marked } else { vec![Span::new(0, quote)] }
}
