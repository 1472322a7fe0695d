//! A page of any kind but PDF; the first byte chooses the content type.
#![no_main]

use fineprint::page::{self, Answer, Baseline, Rules};
use fineprint_fuzz::assert_sound;
use libfuzzer_sys::fuzz_target;

const KINDS: &[Option<&str>] = &[
    Some("text/html"),
    Some("text/markdown"),
    Some("text/plain"),
    None,
    Some("text/html; charset=utf-16"),
    Some("text/html; charset=shift_jis"),
    Some("application/json"),
];

fuzz_target!(|data: &[u8]| {
    let Some((&kind, body)) = data.split_first() else { return };
    let kind = KINDS[usize::from(kind) % KINDS.len()];
    // PDF has a target of its own: it is read ten times more slowly.
    if body.windows(5).any(|bytes| bytes == b"%PDF-") {
        return;
    }
    let _ = page::is_html(body, kind);
    let Ok(page) = page::read(body, kind, Rules::default()) else { return };
    assert_sound(&page.document);
    let address = "https://tidewave.example/terms";
    let answer = Answer { status: 200, url: address, final_url: address, headers: &[] };
    let itself = Baseline { document: Some(&page.document), language: None };
    // Where the page counts, it counts against itself.
    if page::judge(answer, &page, Baseline::default()).rejection().is_none() {
        assert_eq!(page::judge(answer, &page, itself).rejection(), None);
    }
});
