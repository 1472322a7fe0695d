//! What the targets share: parts and documents out of bytes, and what must hold of a document, whatever was read into it.

#![forbid(unsafe_code)]

use fineprint::model::{ClauseKind, Comparison, Document, Piece, SentencePair, SentenceRef, Span};
use fineprint::page::{self, Rules};
use fineprint::text;

/// What parts an input into several (ASCII's record separator): rare in texts, and one byte for the fuzzer to move.
pub const PART: u8 = 0x1e;

/// The parts of an input; there is always a first one.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == PART)
}

/// The parts of an input as texts, as many as are asked for; what lacks is empty.
#[must_use]
pub fn texts<const COUNT: usize>(data: &[u8]) -> [String; COUNT] {
    let mut parts = parts(data);
    std::array::from_fn(|_| String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned())
}

/// A document of Markdown, which turns bytes into headings, lists and paragraphs without the work that HTML makes.
#[must_use]
pub fn document(markdown: &[u8]) -> Document {
    page::read(markdown, Some("text/markdown"), Rules::default()).map(|page| page.document).unwrap_or_default()
}

/// Two versions of a document.
#[must_use]
pub fn versions(data: &[u8]) -> (Document, Document) {
    let mut parts = parts(data).map(document);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// The text of a place, which must be one.
#[must_use]
pub fn quoted<'doc>(document: &'doc Document, span: &Span) -> &'doc str {
    let clause = document.clauses.get(span.clause as usize).expect("a clause of the document");
    clause.text.get(span.range.clone()).unwrap_or_else(|| panic!("{span:?} is no piece of {:?}", clause.text))
}

/// No clause is empty, each is one line, numbering ends within it, and headings and stems stand before it.
pub fn assert_sound(document: &Document) {
    for (index, clause) in document.clauses.iter().enumerate() {
        assert!(!clause.text.trim().is_empty(), "an empty clause");
        assert!(!clause.text.contains(['\n', '\r']), "a clause of several lines: {clause:?}");
        assert!(clause.text.is_char_boundary(usize::from(clause.label_len)), "numbering beyond the text: {clause:?}");
        assert!(!matches!(clause.kind, ClauseKind::Heading(0 | 7..)), "a heading of no level: {clause:?}");
        let stands_before = |at: Option<u32>| at.is_none_or(|at| (at as usize) < index);
        assert!(stands_before(clause.section) && stands_before(clause.stem), "clause {index} points ahead: {clause:?}");
        let _ = (document.path(index), document.stem(index), clause.label(), clause.body());
    }
}

/// Every sentence of a version is one side of exactly one pair.
pub fn assert_partition(document: &Document, comparison: &Comparison, side: fn(&SentencePair) -> Option<&SentenceRef>) {
    let mut told: Vec<(u32, usize, usize)> =
        comparison.pairs.iter().filter_map(side).map(|at| (at.clause, at.range.start, at.range.end)).collect();
    told.sort_unstable();
    let sentences = (0..).zip(&document.clauses).flat_map(|(index, clause)| {
        let label = usize::from(clause.label_len);
        text::sentences(clause.body()).into_iter().map(move |at| (index, at.start + label, at.end + label))
    });
    assert_eq!(told, sentences.collect::<Vec<_>>(), "the pairs are no partition of {document:#?}");
}

/// A redline rebuilds both of its sides, without empty pieces.
pub fn assert_rebuilds(pieces: &[Piece], old: &str, new: &str) {
    let (mut left, mut right) = (String::new(), String::new());
    for piece in pieces {
        let (Piece::Same(text) | Piece::Removed(text) | Piece::Added(text)) = piece;
        assert!(!text.is_empty(), "an empty piece: {pieces:?}");
        if !matches!(piece, Piece::Added(_)) {
            left.push_str(text);
        }
        if !matches!(piece, Piece::Removed(_)) {
            right.push_str(text);
        }
    }
    assert_eq!((left.as_str(), right.as_str()), (old, new), "{pieces:?}");
}
