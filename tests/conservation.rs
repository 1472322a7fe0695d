//! A comparison loses nothing: put to the old version it gives the new one, and its edits account for every word that left or came. Tried
//! on terms that were edited at random, and, where they are at hand, on real ones.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test a panic is the report")]

use fineprint::compare::compare;
use fineprint::model::{Comparison, Document, Piece, RelationKind, SentenceRef, Similarity};
use fineprint::page::{self, Rules};
use fineprint::text;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[path = "support/mutations.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod mutations;
#[path = "support/terms.rs"]
#[allow(dead_code, reason = "the benches use the rest")]
mod terms;

use mutations::{OPERATORS, Trial};
use terms::{Dice, Draft, SHAPES, versions};

fn quoted<'doc>(document: &'doc Document, at: &SentenceRef) -> &'doc str {
    &document.clauses[at.clause as usize].text[at.range.clone()]
}

/// How often each word stands in a document; numbering apart, which belongs to clauses and not to sentences.
fn census<'text>(texts: impl Iterator<Item = (&'text str, i64)>) -> BTreeMap<u64, i64> {
    let mut census = BTreeMap::new();
    for (text, weight) in texts {
        text::words(text).into_iter().for_each(|word| *census.entry(word.key).or_default() += weight);
    }
    census.retain(|_, count| *count != 0);
    census
}

/// The sentences of the new version, made of the old one, of redlines, and of nothing of the new version but the sentences that came.
fn applied(old: &Document, new: &Document, comparison: &Comparison) -> Vec<(u32, usize, String)> {
    let mut made = Vec::new();
    for pair in &comparison.pairs {
        let Some(place) = &pair.new else { continue };
        let sentence = match (&pair.old, pair.similarity) {
            (None, _) => quoted(new, place).to_owned(),
            (Some(before), Similarity::Same) => quoted(old, before).to_owned(),
            (Some(before), _) => patched(quoted(old, before), &pair.redline),
        };
        made.push((place.clause, place.range.start, sentence));
    }
    made
}

/// A sentence with a redline put to it.
#[track_caller]
fn patched(sentence: &str, redline: &[Piece]) -> String {
    let (mut rest, mut out) = (sentence, String::new());
    for piece in redline {
        match piece {
            Piece::Same(text) => {
                rest = rest.strip_prefix(text.as_str()).expect("what stayed is there");
                out.push_str(text);
            }
            Piece::Removed(text) => rest = rest.strip_prefix(text.as_str()).expect("what left was there"),
            Piece::Added(text) => out.push_str(text),
        }
    }
    assert!(rest.is_empty(), "{rest:?} is neither kept nor removed");
    out
}

#[track_caller]
fn assert_conserved(old: &Document, new: &Document) {
    for document in [old, new] {
        let itself = compare(document, document);
        assert!(itself.relations.is_empty() && itself.pairs.iter().all(|pair| pair.similarity == Similarity::Same && !pair.relocated));
    }
    let comparison = compare(old, new);

    // The sentences come out as they are, in order, and between them is nothing but space and marks between cells.
    let mut expected: Vec<(u32, usize, String)> = Vec::new();
    for (index, clause) in (0..).zip(&new.clauses) {
        let label = usize::from(clause.label_len);
        expected.extend(text::sentences(clause.body()).into_iter().map(|at| (index, at.start + label, clause.body()[at].to_owned())));
    }
    assert_eq!(applied(old, new, &comparison), expected);

    // What the edits say left and came is the difference of the documents.
    let clauses = old.clauses.iter().map(|clause| (clause.body(), -1)).chain(new.clauses.iter().map(|clause| (clause.body(), 1)));
    let mut edits: Vec<(&str, i64)> = Vec::new();
    for pair in comparison.pairs.iter().filter(|pair| pair.similarity != Similarity::Same) {
        match (&pair.old, &pair.new) {
            (Some(before), None) => edits.push((quoted(old, before), -1)),
            (None, Some(after)) => edits.push((quoted(new, after), 1)),
            _ => edits.extend(pair.redline.iter().filter_map(|piece| match piece {
                Piece::Same(_) => None,
                Piece::Removed(text) => Some((text.as_str(), -1)),
                Piece::Added(text) => Some((text.as_str(), 1)),
            })),
        }
    }
    assert_eq!(census(edits.into_iter()), census(clauses));

    // A clause is in one relation of a kind at most.
    for kind in [RelationKind::Moved, RelationKind::Renumbered, RelationKind::Retitled] {
        let mut told: Vec<u32> =
            comparison.relations.iter().filter(|relation| relation.kind == kind).flat_map(|relation| relation.new.clone()).collect();
        let all = told.len();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), all, "{kind:?} told twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edited_terms_lose_no_word(seed in 1_u64..1_000_000, operators in proptest::collection::vec(0..OPERATORS.len(), 0..6)) {
        let mut dice = Dice::new(seed);
        let mut trial = Trial::new(Draft::new(*dice.one(&SHAPES), seed, 20 + dice.roll(40)));
        operators.into_iter().for_each(|operator| {
            OPERATORS[operator].1(&mut trial);
        });
        assert_conserved(&trial.old.document(), &trial.new.document());
        assert_conserved(&trial.new.document(), &trial.old.document());
    }
}

#[test]
fn long_and_strange_versions_lose_no_word() {
    for versions in
        [versions::lightly_edited, versions::a_third_rewritten_and_moved, versions::all_alike, versions::unrelated, versions::strangers]
    {
        let (old, new) = versions(40_000);
        assert_conserved(&old, &new);
    }
}

fn read(path: &Path, kind: &str) -> Option<Document> {
    let bytes = std::fs::read(path).ok()?;
    page::read(&bytes, Some(kind), Rules::default()).ok().map(|page| page.document)
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(root).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn real_versions_lose_no_word() {
    let root =
        std::env::var_os("FINEPRINT_EVAL").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/eval"), PathBuf::from);
    let mut count = 0;
    for folder in folders(&root.join("pairs")).into_iter().chain(folders(&root.join("landmarks"))) {
        let sides = [folder.join("before.md"), folder.join("after.md")].map(|path| read(&path, "text/markdown"));
        if let [Some(old), Some(new)] = sides {
            assert_conserved(&old, &new);
            count += 1;
        }
    }
    if count == 0 {
        println!("skipped: there are no versions in {}; set FINEPRINT_EVAL", root.display());
    } else {
        println!("{count} pairs of versions, each exact");
    }
}

#[test]
fn real_pages_in_a_row_lose_no_word() {
    let Some(root) = std::env::var_os("FINEPRINT_PAGES").map(PathBuf::from) else {
        println!("skipped: FINEPRINT_PAGES does not say where sequences of pages are");
        return;
    };
    let mut count = 0;
    for folder in folders(&root) {
        let mut pages: Vec<PathBuf> =
            std::fs::read_dir(folder.join("pages")).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        pages.sort();
        let documents: Vec<Document> = pages.iter().filter_map(|page| read(page, "text/html")).collect();
        for pair in documents.windows(2).filter(|pair| pair[0] != pair[1]) {
            assert_conserved(&pair[0], &pair[1]);
            count += 1;
        }
    }
    println!("{count} pairs of pages that differ, each exact");
}
