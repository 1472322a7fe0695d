use crate::model::{Clause, ClauseKind, Document};
use crate::text::{self, Normal};
use std::ops::Range;

/// A sentence with what a reader carries into it.
#[derive(Debug)]
pub(super) struct Passage<'doc> {
    /// Index of the clause.
    pub(super) clause: u32,
    /// Bytes of the clause's text.
    pub(super) range: Range<usize>,
    /// The sentence in normal form.
    pub(super) own: Normal,
    /// What introduces the list or enumeration that it belongs to ("You may not:"), in normal form; empty without.
    pub(super) stem: String,
    /// The nearest heading; empty without.
    pub(super) heading: &'doc str,
    /// The heading above the nearest one; empty without, and where it is the document's own title.
    pub(super) outer_heading: &'doc str,
    /// What its clause is on the page.
    pub(super) kind: ClauseKind,
    /// Whether more of its clause follows the few words with which it opens: "Data mining. You may not …".
    pub(super) opens: bool,
}

impl Passage<'_> {
    /// The sentence.
    pub(super) fn text(&self) -> &str {
        self.own.text()
    }

    /// Whether it is a heading itself.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.kind, ClauseKind::Heading(_))
    }

    /// Whether it stands in a row of a table, where a purpose is no advertisement: "Develop and improve AI technology".
    pub(super) fn in_row(&self) -> bool {
        self.kind == ClauseKind::TableRow
    }

    /// Whether it stands in an item of a list.
    pub(super) fn in_list(&self) -> bool {
        self.kind == ClauseKind::ListItem
    }

    /// A part of it that can stand alone.
    pub(super) fn part(&self, text: &str, range: Range<usize>) -> Self {
        Self { range, own: Normal::of(text.trim_end()), stem: self.stem.clone(), opens: false, ..*self }
    }
}

/// The sentences of a document with their context.
pub(super) fn passages<'doc>(document: &'doc Document) -> Vec<Passage<'doc>> {
    let mut out = Vec::new();
    let title = document.clauses.iter().find(|clause| clause.is_heading()).map(|clause| clause.text.as_str());
    for (index, clause) in document.clauses.iter().enumerate() {
        let heading = heading_of(document, clause);
        let outer_heading = heading.and_then(|heading| heading_of(document, heading)).filter(|outer| Some(outer.text.as_str()) != title);
        let text = |heading: Option<&'doc Clause>| heading.map_or("", |heading| heading.text.as_str());
        let mut outer = outer_stem(document, clause);
        let row = clause.kind == ClauseKind::TableRow;
        let mut enumeration = String::new();
        let sentences = text::sentences(clause.body());
        let several = sentences.len() > 1;
        for (place, range) in sentences.into_iter().enumerate() {
            let own = Normal::of(&clause.body()[range.clone()]);
            let label = usize::from(clause.label_len);
            let stem = if begins_with_label(own.text()) { joined(&outer, &enumeration) } else { outer.clone() };
            if let Some(lead) = lead_of_enumeration(own.text()) {
                enumeration = lead;
            }
            let first_cell = row && outer.is_empty();
            let lead = if first_cell { own.text().to_owned() } else { String::new() };
            let passage = Passage {
                clause: u32::try_from(index).unwrap_or(u32::MAX),
                range: range.start + label..range.end + label,
                stem,
                heading: text(heading),
                outer_heading: text(outer_heading),
                own,
                kind: clause.kind,
                opens: several && place == 0,
            };
            out.push(passage);
            if first_cell {
                outer = lead;
            }
        }
    }
    out
}

/// The heading that a clause stands under.
fn heading_of<'doc>(document: &'doc Document, clause: &Clause) -> Option<&'doc Clause> {
    clause.section.and_then(|section| document.clauses.get(section as usize))
}

/// The introductions of a list item, outermost first; a nested list has several.
fn outer_stem(document: &Document, clause: &Clause) -> String {
    const NESTED: usize = 3;
    let mut stems = Vec::new();
    let mut next = clause.stem;
    while let Some(stem) = next.and_then(|index| document.clauses.get(index as usize)) {
        let last = text::sentences(stem.body()).pop().map_or("", |range| &stem.body()[range]);
        stems.push(Normal::of(last).text().to_owned());
        next = stem.stem.filter(|parent| Some(*parent) < next && stems.len() < NESTED);
    }
    stems.reverse();
    stems.join(" ")
}

fn joined(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer} {inner}") }
}

/// Whether a piece is an item of an enumeration inside a clause: "(b) …", "or (c) …".
fn begins_with_label(text: &str) -> bool {
    let text = text.strip_prefix("and ").or_else(|| text.strip_prefix("or ")).or_else(|| text.strip_prefix("and/or ")).unwrap_or(text);
    text.starts_with('(') && text::label_len(text) > 0
}

/// What stands before the first item of an enumeration: "You may not (a) …" gives "You may not".
fn lead_of_enumeration(text: &str) -> Option<String> {
    let at = ["(a)", "(i)", "(1)", "(A)"].iter().filter_map(|label| text.find(label)).min()?;
    (at > 0).then(|| text[..at].trim().to_owned())
}
