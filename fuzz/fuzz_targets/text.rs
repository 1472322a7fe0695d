//! Characters, words and sentences, and the redline of two of them.
#![no_main]

use fineprint::compare::{likeness, redline};
use fineprint::text::{self, Normal};
use fineprint_fuzz::{assert_rebuilds, texts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [old, new] = texts(data);
    assert_rebuilds(&redline(&old, &new), &old, &new);
    assert!((0.0..=1.0).contains(&likeness(&old, &new)));

    let label = text::label_len(&old);
    let body = old.get(usize::from(label)..).expect("numbering ends within the text");
    let sentences = text::sentences(body);
    assert!(sentences.windows(2).all(|pair| pair[0].end <= pair[1].start), "sentences overlap: {sentences:?}");
    assert!(sentences.iter().all(|at| body.get(at.clone()).is_some_and(|text| !text.is_empty())), "{sentences:?} of {body:?}");
    for word in text::words(body) {
        assert!(sentences.iter().any(|at| at.start <= word.range.start && word.range.end <= at.end), "{word:?} is in no sentence");
    }
    for date in text::find_dates(&old) {
        assert!(old.get(date).is_some_and(|date| !date.is_empty()));
    }

    let normal = Normal::of(&old);
    let mut last = 0;
    for (at, c) in normal.text().char_indices() {
        let source = normal.source_range(at..at + c.len_utf8());
        assert!(old.get(source.clone()).is_some() && source.start >= last, "{c:?} at {at} came from {source:?}");
        last = source.start;
    }
    let _ = (text::is_date_line(&old), text::detect_language(&old), text::spelling(&old), text::sentence_fingerprint(&old));
});
