//! Lists of other programs; the first byte chooses which.
#![no_main]

use fineprint::page;
use fineprint::watchlist::{self, ForeignList};
use fineprint_fuzz::texts;
use libfuzzer_sys::fuzz_target;

const LISTS: &[(ForeignList, &str)] = &[
    (ForeignList::OpenTermsArchive, "Tidewave.json"),
    (ForeignList::Changedetection, "changedetection.json"),
    (ForeignList::Urlwatch, "urls.yaml"),
];

fuzz_target!(|data: &[u8]| {
    let Some((&list, text)) = data.split_first() else { return };
    let (list, name) = LISTS[usize::from(list) % LISTS.len()];
    let [text] = texts(text);
    let _ = watchlist::guess_foreign(name, &text);
    let Ok(foreign) = watchlist::read_foreign(list, name, &text, &page::check_selector) else { return };

    let adoption = watchlist::adopt("", "watchlist.toml", foreign).unwrap_or_else(|problem| panic!("{problem}"));
    // The entries of one platform stand together in the list.
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&adoption.text), sorted(&adoption.entries), "an empty list holds the entries and nothing else");
    if !adoption.added.is_empty() {
        let parsed = watchlist::parse(&adoption.text, "watchlist.toml").unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(parsed.watches.len() + parsed.disabled.len(), adoption.added.len());
        assert!(parsed.check_selectors(page::check_selector).is_empty());
    }
});
