//! The operator's two files, each out of the same text, and each watch taken out again.
#![no_main]

use fineprint::page;
use fineprint::watchlist::{self, Problem};
use fineprint_fuzz::texts;
use libfuzzer_sys::fuzz_target;

const FILE: &str = "watchlist.toml";

fn assert_located(problems: &[Problem], text: &str) {
    for problem in problems {
        assert!(text.get(problem.span.clone()).is_some(), "{problem} has no place in the file: {problem:?}");
        assert!(problem.line <= text.lines().count() + 1 && problem.column >= 1, "{problem}");
        assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem:?}");
    }
}

fuzz_target!(|data: &[u8]| {
    let [text] = texts(data);
    if let Err(problems) = watchlist::parse_settings(&text, "fineprint.toml", |_| None) {
        assert!(!problems.is_empty());
        assert_located(&problems, &text);
    }
    match watchlist::parse(&text, FILE) {
        Err(problems) => {
            assert!(!problems.is_empty());
            assert_located(&problems, &text);
        }
        Ok(list) => {
            assert_located(&list.check_selectors(page::check_selector), &text);
            for watch in list.watches.iter().chain(&list.disabled) {
                // What can't be taken out alone is refused; a list of one would be empty then.
                let Ok(rest) = watchlist::remove(&text, FILE, &watch.id) else { continue };
                assert!(rest.len() < text.len());
                if let Ok(rest) = watchlist::parse(&rest, FILE) {
                    let expected: Vec<_> = list.watches.iter().filter(|other| other.id != watch.id).collect();
                    assert_eq!(rest.watches.iter().collect::<Vec<_>>(), expected);
                }
            }
        }
    }
});
