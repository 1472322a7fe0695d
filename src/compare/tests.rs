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

fn overview_of(old: &[&str], new: &[&str]) -> crate::model::Overview {
    let (old, new) = (document(old), document(new));
    overview(&old, &new, &compare(&old, &new))
}

const NAMED: &[&str] = &[
    "Larkspur keeps a copy of each session for a month.",
    "An upload belongs to you, and Larkspur's partners shall not sell it to others.",
    "Write to Larkspur when a ticket is lost or an event is cancelled.",
    "The host shall pay the fees at the end of each term.",
    "Every guest shall leave the room as it was found.",
];

#[test]
fn a_name_that_is_replaced_throughout_is_one_replacement() {
    let renamed: Vec<String> = NAMED.iter().map(|line| line.replace("Larkspur", "Yarrow Media")).collect();
    let overview = overview_of(NAMED, &renamed.iter().map(String::as_str).collect::<Vec<_>>());
    let [replacement] = overview.replacements.as_slice() else { panic!("{overview:#?}") };
    assert_eq!((replacement.old.as_str(), replacement.new.as_str(), replacement.places), ("Larkspur", "Yarrow Media", 3));
    assert_eq!(replacement.pairs, [0, 1, 2]);
    assert!(!overview.is_rewrite);
}

#[test]
fn a_modal_verb_that_is_replaced_throughout_is_an_edit_in_each_place() {
    let weaker: Vec<String> = NAMED.iter().map(|line| line.replace(" shall ", " may ")).collect();
    assert!(overview_of(NAMED, &weaker.iter().map(String::as_str).collect::<Vec<_>>()).replacements.is_empty());
}

#[test]
fn a_document_that_was_replaced_is_a_rewrite_and_a_short_one_is_read() {
    let other =
        ["Completely different rules govern our furniture shop from today on.", "Chairs, tables, lamps: nothing here resembles music."];
    assert!(!overview_of(NAMED, &other).is_rewrite);
    let (long, other) = (NAMED.repeat(12), other.repeat(20));
    let overview = overview_of(&long, &other);
    assert!(overview.is_rewrite && overview.kept < 10, "{overview:#?}");
}
