//! How long it takes to read a document for its clauses about AI: [`fineprint::reading::read`] on terms that are already extracted. The
//! documents are made up by `tests/support/terms.rs`; every twelfth clause is one about AI, as in the terms of a platform that speaks of it
//! a lot.
//!
//! The name of a bench says the size of the document.

#![allow(missing_docs, reason = "criterion's macros make functions without")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fineprint::model::{Clause, ClauseKind, Document};
use std::hint::black_box;

#[path = "../tests/support/terms.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod terms;

use terms::{Draft, Shape};

const KILOBYTES: [usize; 3] = [100, 200, 400];
const ABOUT_AI: [&str; 4] = [
    "We may use the recordings that you publish to train and improve our artificial intelligence, unless you opt out in your settings.",
    "You may not use robots, spiders or other automated means to scrape the service or to train machine learning models on it.",
    "Our automated systems analyse what you upload to detect what breaks these rules, and people review what they find.",
    "We will not use your voice to train generative models that imitate it without your explicit consent.",
];

/// Terms that speak of AI in every twelfth clause.
fn terms_of(bytes: usize) -> Document {
    let mut document = Draft::of_bytes(Shape::Contract, 11, bytes).document();
    let about = |place: usize| Clause {
        kind: ClauseKind::Paragraph,
        text: ABOUT_AI[place % 4].to_owned(),
        label_len: 0,
        section: None,
        stem: None,
    };
    document.clauses.iter_mut().enumerate().filter(|(place, clause)| place % 12 == 5 && !clause.is_heading()).for_each(
        |(place, clause)| {
            *clause = about(place / 12);
        },
    );
    document
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.sample_size(20);
    for size in KILOBYTES {
        let document = terms_of(size * 1000);
        group.throughput(Throughput::Bytes(document.clauses.iter().map(|clause| clause.text.len() as u64).sum()));
        group.bench_with_input(BenchmarkId::from_parameter(format!("{size} KB")), &document, |bencher, document| {
            bencher.iter(|| fineprint::reading::read(black_box(document)));
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
