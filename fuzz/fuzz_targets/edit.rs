//! An entry put into a watchlist: platform, document, address, selector, tag, and the list.
#![no_main]

use fineprint::model::{Selection, WatchId};
use fineprint::watchlist::{self, NewWatch};
use fineprint_fuzz::texts;
use libfuzzer_sys::fuzz_target;

const FILE: &str = "watchlist.toml";

fuzz_target!(|data: &[u8]| {
    let [platform, document, url, selector, tag, list] = texts(data);
    // The reader trims a selector, and a file with CRLF has CRLF in it too.
    let selector = selector.split_whitespace().collect::<Vec<_>>().join(" ");
    let select = if selector.is_empty() { vec![] } else { vec![Selection::Css(selector)] };
    let tags = if tag.is_empty() { vec![] } else { vec![tag] };
    let new = NewWatch { platform, document, urls: vec![url], select, tags, ..NewWatch::default() };
    let id = WatchId::new(&new.platform, &new.document);
    let Ok(edited) = watchlist::add(&list, FILE, &new) else { return };

    // Every byte that stood there stands there still, before the entry or behind it.
    let before = list.bytes().zip(edited.bytes()).take_while(|(one, other)| one == other).count();
    let behind = list.bytes().rev().zip(edited.bytes().rev()).take_while(|(one, other)| one == other).count();
    assert!(before + behind >= list.len(), "more than the entry was edited: {edited:?}");
    let parsed = watchlist::parse(&edited, FILE).unwrap_or_else(|problems| panic!("broken by an edit: {problems:?}"));
    let watch = parsed.watches.iter().find(|watch| watch.id == id).expect("the new entry");
    assert_eq!(watch.tags.len(), new.tags.len());
    assert_eq!(watch.select, new.select);
    // What was put in can be taken out.
    let rest = watchlist::remove(&edited, FILE, &id).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(watchlist::parse(&rest, FILE).is_ok_and(|rest| rest.watches.len() + 1 == parsed.watches.len()) || parsed.watches.len() == 1);
});
