//! Two versions of a document, and what their difference means.
#![no_main]

use fineprint::judge;
use fineprint::model::Document;
use fineprint_fuzz::{assert_rebuilds, versions};
use libfuzzer_sys::fuzz_target;

fn stands_in(document: &Document, quote: Option<&String>) -> bool {
    quote.is_none_or(|quote| !quote.is_empty() && document.clauses.iter().any(|clause| clause.text.contains(quote.as_str())))
}

fuzz_target!(|data: &[u8]| {
    let (old, new) = versions(data);
    let (comparison, events) = judge::explain(&old, &new);
    assert!(comparison.is_material() || events.is_empty(), "events of nothing: {events:#?}");
    assert!(events.is_sorted_by(|one, next| one.severity >= next.severity), "not the gravest first: {events:#?}");
    for event in &events {
        assert!(stands_in(&old, event.before.as_ref()) && stands_in(&new, event.after.as_ref()), "quoted from nowhere: {event:#?}");
        assert!(event.before.is_some() || event.after.is_some(), "an event without a quote: {event:#?}");
        assert!(!event.summary.is_empty() && !event.rule.is_empty(), "{event:#?}");
        if let (Some(before), Some(after)) = (&event.before, &event.after) {
            assert_rebuilds(&event.redline, before, after);
        }
    }
    assert!(judge::explain(&new, &new).1.is_empty(), "a version differs from itself");
});
