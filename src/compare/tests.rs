use super::*;
use crate::model::{Clause, ClauseKind, RelationKind};
use crate::text;

/// A document of paragraphs; a line that begins with `# ` is a heading.
fn document(lines: &[&str]) -> Document {
    let mut section = None;
    let clauses = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let (kind, text) = match line.strip_prefix("# ") {
                Some(heading) => (ClauseKind::Heading(2), heading),
                None => (ClauseKind::Paragraph, *line),
            };
            let clause = Clause { kind, text: text.to_owned(), label_len: text::label_len(text), section, stem: None };
            if clause.is_heading() {
                section = Some(u32::try_from(index).unwrap());
            }
            clause
        })
        .collect();
    Document { title: None, language: None, clauses }
}

const BASE: &[&str] = &[
    "# 1. Your content",
    "You keep all rights in the tracks that you upload. You grant us a licence to host them and to stream them to listeners.",
    "# 2. What we may do",
    "We may close an account that breaks these rules after a warning of fourteen days. We will tell you why we did it.",
    "We will not use your tracks to teach machines to sing without your written consent.",
    "# 3. Law",
    "The law of Ireland applies to these terms and to everything that follows from them.",
];

fn changed(change: impl FnOnce(&mut Vec<&'static str>)) -> Comparison {
    let mut lines = BASE.to_vec();
    change(&mut lines);
    let (old, new) = (document(BASE), document(&lines));
    let comparison = compare(&old, &new);
    assert_partition(&old, &new, &comparison);
    comparison
}

/// Every sentence of either version stands in exactly one pair, and unequal pairs account for every word.
fn assert_partition(old: &Document, new: &Document, comparison: &Comparison) {
    let words = |document: &Document| document.clauses.iter().map(|clause| text::words(clause.body()).len()).sum::<usize>();
    let covered = |document: &Document, side: fn(&SentencePair) -> Option<&crate::model::SentenceRef>| {
        comparison
            .pairs
            .iter()
            .filter_map(side)
            .map(|at| text::words(&document.clauses[at.clause as usize].text[at.range.clone()]).len())
            .sum::<usize>()
    };
    assert_eq!(covered(old, |pair| pair.old.as_ref()), words(old));
    assert_eq!(covered(new, |pair| pair.new.as_ref()), words(new));
}

fn material(comparison: &Comparison) -> Vec<Similarity> {
    comparison.pairs.iter().filter(|pair| is_material(pair)).map(|pair| pair.similarity).collect()
}

fn kinds(comparison: &Comparison) -> Vec<RelationKind> {
    comparison.relations.iter().map(|relation| relation.kind).collect()
}

#[test]
fn a_document_compared_with_itself_has_no_difference() {
    let comparison = changed(|_| {});
    assert!(!comparison.is_material());
    assert!(comparison.relations.is_empty());
}

#[test]
fn one_edited_word_is_one_edited_sentence() {
    let comparison = changed(|lines| lines[4] = "We will not use your tracks to teach machines to sing without your consent.");
    assert_eq!(material(&comparison), [Similarity::Edited]);
}

#[test]
fn a_moved_clause_is_no_difference() {
    let comparison = changed(|lines| {
        let clause = lines.remove(4);
        lines.push(clause);
    });
    assert!(material(&comparison).is_empty());
    assert_eq!(kinds(&comparison), [RelationKind::Moved]);
}

#[test]
fn a_sentence_that_gets_its_own_paragraph_is_no_difference() {
    let comparison = changed(|lines| {
        lines[1] = "You keep all rights in the tracks that you upload.";
        lines.insert(2, "You grant us a licence to host them and to stream them to listeners. You also grant it to our partners abroad.");
    });
    assert_eq!(material(&comparison), [Similarity::Added]);
    assert!(kinds(&comparison).contains(&RelationKind::Split));
}

#[test]
fn renumbered_clauses_are_no_difference() {
    let comparison = changed(|lines| {
        lines[0] = "# 4. Your content";
        lines[2] = "# 5. What we may do";
        lines[5] = "# 6. Law";
    });
    assert!(material(&comparison).is_empty());
    assert_eq!(kinds(&comparison), [RelationKind::Renumbered; 3]);
}

#[test]
fn a_deleted_and_an_inserted_clause_are_each_themselves() {
    let comparison = changed(|lines| {
        lines.remove(4);
        lines.insert(2, "Moderators look at every report within a day of its arrival.");
    });
    assert_eq!(material(&comparison), [Similarity::Added, Similarity::Removed]);
}

#[test]
fn dates_and_typography_are_no_difference() {
    let old = document(&["Last updated: 1 March 2024", "We don't sell \"personal\" data to anybody."]);
    let new = document(&["Last updated: 2 April 2025", "We don\u{2019}t sell \u{201c}personal\u{201d} data to anybody."]);
    let comparison = compare(&old, &new);
    assert!(comparison.is_date_only());
    assert_eq!(comparison.pairs.iter().map(|pair| pair.similarity).collect::<Vec<_>>(), [Similarity::Dated, Similarity::Cosmetic]);
}

#[test]
fn a_sign_that_stands_for_several_words_leaves_no_empty_piece() {
    let pieces = redline("¼A", "¼a");
    assert_eq!(pieces, [crate::model::Piece::Removed("¼A".to_owned()), crate::model::Piece::Added("¼a".to_owned())]);
}
