//! Two versions as one text in which the changed words are marked.

use crate::compose::clean;
use crate::model::{Comparison, Document, Piece, RelationKind, SentencePair, SentenceRef, Similarity};
use std::collections::HashSet;

/// A run of words: 0 stands in both versions, 1 only in the new one, 2 only in the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: u8,
    pub(super) text: String,
}

/// What is said of a clause that stood elsewhere.
const MOVED: &str = "moved here";

impl Span {
    /// A run of a stranger's words, without characters by which it could reorder ours.
    pub(super) fn new(kind: u8, text: &str) -> Self {
        Self { kind, text: clean::visible(text).collect() }
    }
}

/// A clause, or several that did not change, folded.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) spans: Vec<Span>,
    pub(super) class: &'static str,
    pub(super) mark: Option<&'static str>,
    pub(super) heading: bool,
    /// How many unchanged clauses are folded into it.
    pub(super) folded: usize,
    pub(super) inner: Vec<Row>,
}

impl Row {
    pub(super) fn summary(&self) -> String {
        format!("{} unchanged {}", self.folded, if self.folded == 1 { "paragraph" } else { "paragraphs" })
    }

    pub(super) fn plain(&self) -> String {
        self.spans.iter().filter(|span| span.kind != 2).map(|span| span.text.as_str()).collect()
    }

    pub(super) fn has_old(&self) -> bool {
        self.spans.iter().any(|span| span.kind != 1 && !span.text.trim().is_empty())
    }

    pub(super) fn has_new(&self) -> bool {
        self.spans.iter().any(|span| span.kind != 2 && !span.text.trim().is_empty())
    }

    pub(super) fn is_moved(&self) -> bool {
        self.mark == Some(MOVED)
    }

    fn is_changed(&self) -> bool {
        !self.class.is_empty()
    }
}

/// The whole text with all its changes.
pub(super) fn rows(old: &Document, new: &Document, comparison: &Comparison) -> Vec<Row> {
    let moved: HashSet<u32> = comparison
        .relations
        .iter()
        .filter(|relation| relation.kind == RelationKind::Moved)
        .flat_map(|relation| relation.new.iter().copied())
        .collect();
    folded(clauses(old, new, comparison, &moved))
}

/// The sentences of one clause make one row.
fn clauses(old: &Document, new: &Document, comparison: &Comparison, moved: &HashSet<u32>) -> Vec<Row> {
    let place = |pair: &SentencePair| {
        let index = |at: &Option<SentenceRef>| at.as_ref().map(|at| at.clause);
        (index(&pair.old), index(&pair.new))
    };
    let mut rows = Vec::new();
    for group in comparison.pairs.chunk_by(|one, next| {
        let ((old, new), (next_old, next_new)) = (place(one), place(next));
        new == next_new && new.is_some() || new.is_none() && next_new.is_none() && old == next_old
    }) {
        let Some(first) = group.first() else { continue };
        let clause = |document: &Document, at: Option<u32>| {
            at.and_then(|at| document.clauses.get(at as usize)).is_some_and(crate::model::Clause::is_heading)
        };
        let mut row = Row { heading: clause(new, place(first).1) || clause(old, place(first).0), ..Row::default() };
        let mut changed = [false; 3];
        for pair in group {
            if !row.spans.is_empty() {
                row.spans.push(Span { kind: 0, text: " ".to_owned() });
            }
            changed[push(&mut row.spans, old, new, pair)] = true;
        }
        let is_moved = place(first).1.is_some_and(|at| moved.contains(&at)) || group.iter().any(|pair| pair.relocated);
        row.class = match changed {
            [false, true, false] => "added",
            [false, false, true] => "removed",
            [_, false, false] if row.spans.iter().any(|span| span.kind != 0) => "edited",
            [_, false, false] if is_moved => "moved",
            [_, false, false] => "",
            _ => "edited",
        };
        row.mark = match row.class {
            "added" => Some("added"),
            "removed" => Some("removed"),
            _ if is_moved => Some(MOVED),
            _ => None,
        };
        rows.push(row);
    }
    rows
}

/// Adds the words of a pair; 0 where they stand in both, 1 where the pair was added, 2 where it was removed.
fn push(spans: &mut Vec<Span>, old: &Document, new: &Document, pair: &SentencePair) -> usize {
    let text = |document: &Document, at: &SentenceRef| {
        document.clauses.get(at.clause as usize).and_then(|clause| clause.text.get(at.range.clone())).unwrap_or_default().to_owned()
    };
    match (&pair.old, &pair.new) {
        (None, Some(new_at)) => {
            spans.push(Span::new(1, &text(new, new_at)));
            1
        }
        (Some(old_at), None) => {
            spans.push(Span::new(2, &text(old, old_at)));
            2
        }
        (Some(_), Some(_)) if matches!(pair.similarity, Similarity::Edited | Similarity::Dated) && !pair.redline.is_empty() => {
            spans.extend(pair.redline.iter().map(|piece| match piece {
                Piece::Same(text) => Span::new(0, text),
                Piece::Added(text) => Span::new(1, text),
                Piece::Removed(text) => Span::new(2, text),
            }));
            0
        }
        (_, Some(new_at)) => {
            spans.push(Span::new(0, &text(new, new_at)));
            0
        }
        (None, None) => 0,
    }
}

/// Unchanged clauses are folded, but for the heading and the clause right around a change.
fn folded(rows: Vec<Row>) -> Vec<Row> {
    const AROUND: usize = 1;
    let near: Vec<bool> =
        (0..rows.len()).map(|at| rows[at.saturating_sub(AROUND)..(at + AROUND + 1).min(rows.len())].iter().any(Row::is_changed)).collect();
    let mut out: Vec<Row> = Vec::new();
    if !near.contains(&true) {
        return out;
    }
    for (row, near) in rows.into_iter().zip(near) {
        if near {
            out.push(row);
            continue;
        }
        match out.last_mut().filter(|last| last.folded > 0) {
            Some(last) => {
                last.folded += 1;
                last.inner.push(row);
            }
            None => out.push(Row { folded: 1, inner: vec![row], ..Row::default() }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Rules, read};

    fn document(paragraphs: &[&str]) -> Document {
        let html: String = paragraphs.iter().map(|text| format!("<p>{text}</p>")).collect::<Vec<_>>().concat();
        read(format!("<html><body><h1>Terms</h1>{html}</body></html>").as_bytes(), Some("text/html"), Rules::default()).unwrap().document
    }

    const KEEP: &str = "You keep the rights in the songs that you upload to us, and nobody else gets them from us.";
    const PAY: &str = "We pay you every month for each song that somebody has bought from you in our shop.";
    const LAW: &str = "The law of the Republic of Ireland applies to this agreement between you and us.";

    fn rows_of(old: &Document, new: &Document) -> Vec<Row> {
        rows(old, new, &crate::compare::compare(old, new))
    }

    #[test]
    fn a_changed_clause_stands_between_folded_ones() {
        let old = document(&[LAW, PAY, KEEP, "We never train models on the songs that you upload to us.", LAW, PAY]);
        let new = document(&[LAW, PAY, KEEP, "We may train models on the songs that you upload to us.", LAW, PAY]);
        let rows = rows_of(&old, &new);
        let edited = rows.iter().find(|row| row.class == "edited").expect("an edited row");
        let text = |kind| edited.spans.iter().filter(|span| span.kind == kind).map(|span| span.text.trim()).collect::<String>();
        assert_eq!((text(1).as_str(), text(2).as_str()), ("may", "never"));
        assert!(rows.iter().any(|row| row.folded > 0));
    }

    #[test]
    fn a_moved_clause_is_called_moved_and_equal_versions_have_no_rows() {
        let (old, new) = (document(&[KEEP, PAY, LAW]), document(&[PAY, LAW, KEEP]));
        let rows = rows_of(&old, &new);
        assert!(rows.iter().any(|row| row.mark == Some("moved here")), "{rows:#?}");
        assert!(rows.iter().all(|row| row.class != "added" && row.class != "removed"), "{rows:#?}");
        assert!(rows_of(&old, &old).is_empty());
    }
}
