//! Two versions of a document, paired.
#![no_main]

use fineprint::compare::{compare, is_material, overview};
use fineprint::model::{Document, SentenceRef, Similarity, Span};
use fineprint_fuzz::{assert_partition, assert_rebuilds, assert_sound, quoted, versions};
use libfuzzer_sys::fuzz_target;

fn sentence<'doc>(document: &'doc Document, at: Option<&SentenceRef>) -> Option<&'doc str> {
    at.map(|at| quoted(document, &Span { clause: at.clause, range: at.range.clone() }))
}

fuzz_target!(|data: &[u8]| {
    let (old, new) = versions(data);
    for document in [&old, &new] {
        assert_sound(document);
        let itself = compare(document, document);
        assert!(itself.relations.is_empty() && itself.pairs.iter().all(|pair| pair.similarity == Similarity::Same && !pair.relocated));
    }
    let comparison = compare(&old, &new);
    assert_partition(&old, &comparison, |pair| pair.old.as_ref());
    assert_partition(&new, &comparison, |pair| pair.new.as_ref());
    assert_eq!(comparison.is_material(), comparison.pairs.iter().any(is_material));
    for pair in &comparison.pairs {
        match (sentence(&old, pair.old.as_ref()), sentence(&new, pair.new.as_ref()), pair.similarity) {
            (None, Some(_), Similarity::Added) | (Some(_), None, Similarity::Removed) => assert!(pair.redline.is_empty()),
            (Some(before), Some(after), Similarity::Same) => assert_eq!(before, after),
            (Some(before), Some(after), Similarity::Edited) => assert_rebuilds(&pair.redline, before, after),
            (Some(before), Some(after), Similarity::Cosmetic | Similarity::Dated) => {
                if !pair.redline.is_empty() {
                    assert_rebuilds(&pair.redline, before, after);
                }
            }
            (before, after, similarity) => panic!("{similarity:?}: {before:?} and {after:?}"),
        }
    }
    let overview = overview(&old, &new, &comparison);
    assert!(overview.kept <= 100 && overview.replacements.iter().flat_map(|one| &one.pairs).all(|pair| *pair < comparison.pairs.len()));
});
