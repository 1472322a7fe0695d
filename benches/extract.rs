//! How long it takes to get the legal text out of a page: [`fineprint::page::read`], parsing included. Pages are made up by
//! `tests/support/site.rs`; where `FINEPRINT_PAGES` names a folder of sequences of real pages, every tenth of them is read too.
//!
//! Throughput is in bytes of HTML.

#![allow(missing_docs, reason = "criterion's macros make functions without")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fineprint::page::{Rules, read};
use std::hint::black_box;
use std::path::Path;

#[path = "../tests/support/site.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod site;
#[path = "../tests/support/terms.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod terms;

use site::{Around, page};
use terms::{Draft, SHAPES};

fn extract(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract");
    group.sample_size(20);
    for shape in SHAPES {
        let html = page(&Draft::of_bytes(shape, 7, 120_000), Around::Site);
        group.throughput(Throughput::Bytes(html.len() as u64));
        group.bench_function(BenchmarkId::new("made up", format!("{shape:?}, {} KB", html.len() / 1000)), |bencher| {
            bencher.iter(|| read(black_box(html.as_bytes()), Some("text/html"), Rules::default()));
        });
    }
    if let Some(pages) = std::env::var_os("FINEPRINT_PAGES").map(|folder| real_pages(Path::new(&folder))) {
        group.throughput(Throughput::Bytes(pages.iter().map(|page| page.len() as u64).sum()));
        group.bench_function(BenchmarkId::new("real", format!("{} pages", pages.len())), |bencher| {
            bencher.iter(|| pages.iter().filter(|page| read(black_box(page), Some("text/html"), Rules::default()).is_ok()).count());
        });
    }
    group.finish();
}

/// Every tenth page of each sequence.
fn real_pages(folder: &Path) -> Vec<Vec<u8>> {
    let mut sequences: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path().join("pages")).collect();
    sequences.sort();
    let page = |sequence: &Path, number: usize| std::fs::read(sequence.join(format!("{number:03}.html"))).ok();
    sequences.iter().flat_map(|sequence| (0..).step_by(10).map_while(|number| page(sequence, number)).collect::<Vec<_>>()).collect()
}

criterion_group!(benches, extract);
criterion_main!(benches);
