//! What the watchlist says of a page, and the page: a selector, a pattern of links, an address, markup.
#![no_main]

use fineprint::model::Selection;
use fineprint::page::{self, Rules};
use fineprint_fuzz::{assert_sound, texts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [selector, pattern, base, markup] = texts(data);
    let _ = (page::head(&markup), page::links(&markup));

    let index = page::index(&markup, &base, &[pattern]);
    assert_sound(&index);
    let listed = page::listed(&index);
    assert_eq!(listed.len(), index.clauses.len(), "a line of the index is not read again: {index:#?}");
    assert!(listed.iter().all(|page| page.url.starts_with("http") && !page.url.contains('#')), "{listed:#?}");

    if page::check_selector(&selector).is_ok() {
        let css = [Selection::Css(selector.clone())];
        let range = [Selection::Range { start: selector, end: "h2".to_owned() }];
        for rules in [Rules { select: &css, remove: &range }, Rules { select: &range, remove: &css }] {
            if let Ok(page) = page::read(markup.as_bytes(), Some("text/html"), rules) {
                assert_sound(&page.document);
            }
        }
    }
});
