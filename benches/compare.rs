//! How long a comparison takes: [`fineprint::compare::compare`] on two documents that are already extracted, with all that it does to
//! them (words, sentences, alignment, redlines). The documents are made up by `tests/support/terms.rs`.
//!
//! The name of a bench says the size of one document.

#![allow(missing_docs, reason = "criterion's macros make functions without")]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fineprint::model::Document;
use std::hint::black_box;

#[path = "../tests/support/terms.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod terms;

use terms::versions;

const KILOBYTES: [usize; 3] = [250, 500, 1000];

/// Two versions of about so many bytes.
type Versions = fn(usize) -> (Document, Document);

fn compare(criterion: &mut Criterion) {
    let kinds: [(&str, Versions); 5] = [
        ("lightly edited", versions::lightly_edited),
        ("a third rewritten and moved", versions::a_third_rewritten_and_moved),
        ("all clauses alike", versions::all_alike),
        ("other terms", versions::unrelated),
        ("nothing in common", versions::strangers),
    ];
    for (name, versions) in kinds {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20);
        for size in KILOBYTES {
            let (old, new) = versions(size * 1000);
            group.bench_with_input(BenchmarkId::from_parameter(format!("{size} KB")), &(old, new), |bencher, (old, new)| {
                bencher.iter(|| fineprint::compare::compare(black_box(old), black_box(new)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, compare);
criterion_main!(benches);
