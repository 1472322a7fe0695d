//! A document, read; the first byte chooses its language.
#![no_main]

use fineprint::model::Span;
use fineprint::reading;
use fineprint_fuzz::{document, quoted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&language, text)) = data.split_first() else { return };
    let mut document = document(text);
    let languages: Vec<&str> = reading::languages().collect();
    document.language = languages.get(usize::from(language) % (languages.len() + 1)).map(|&code| code.to_owned());

    let reading = reading::read(&document);
    assert!(reading.supported);
    for frame in &reading.frames {
        assert!(!quoted(&document, &frame.sentence).is_empty());
        let mut spans: Vec<&Span> = frame.limits.iter().map(|limit| &limit.span).collect();
        spans.extend(&frame.actor.span);
        spans.extend(frame.acts.iter().filter_map(|act| act.span.as_ref()));
        spans.extend(frame.objects.iter().filter_map(|object| object.span.as_ref()));
        spans.extend(&frame.modality.span);
        spans.extend(&frame.condition.span);
        for span in spans {
            assert!(!quoted(&document, span).is_empty(), "a slot of no words: {frame:#?}");
        }
        assert!(reading.stances.contains_key(&frame.topic), "a topic without a stance: {frame:#?}");
    }
});
