//! The words by which an event was decided, for `compare --explain`.

use super::text;
use crate::model::{Document, Event, Filled, Frame, Span};
use crate::reading;

/// The rule that decided an event, and the words that filled the slots of its clause on each side.
pub(super) fn lines(event: &Event, old: &Document, new: &Document) -> Vec<String> {
    let mut lines = vec![format!("Decided by: {}", event.rule)];
    for (name, document, quote) in [("Read before", old, &event.before), ("Read now", new, &event.after)] {
        let Some(quote) = quote else { continue };
        let reading = reading::read(document);
        let of_event = |frame: &&Frame| frame.topic == event.topic && stands_in(document, &frame.sentence, quote);
        match reading.frames.iter().find(of_event) {
            Some(frame) => lines.push(format!("{name}: {}", frame_words(document, frame))),
            None => lines.push(format!("{name}: nothing about {}", event.topic)),
        }
    }
    lines
}

fn stands_in(document: &Document, sentence: &Span, quote: &str) -> bool {
    let said = words(document, sentence);
    !said.is_empty() && (quote.contains(&said) || said.contains(quote.trim_end_matches('…').trim()))
}

fn words(document: &Document, span: &Span) -> String {
    document.clauses.get(span.clause as usize).and_then(|clause| clause.text.get(span.range.clone())).unwrap_or_default().to_owned()
}

/// Each slot with the words that filled it; a slot without words was inferred.
fn frame_words(document: &Document, frame: &Frame) -> String {
    let slot = |filled: Filled<'_>| match filled.span {
        Some(span) => format!("{} {} “{}”", filled.slot, filled.value, text::safe(&words(document, span))),
        None => format!("{} {} (inferred)", filled.slot, filled.value),
    };
    let mut parts: Vec<String> = frame.filled().into_iter().map(slot).collect();
    parts.extend(frame.negated.then(|| "denied".to_owned()));
    parts.extend(frame.limits.iter().map(|limit| format!("narrowed by “{}”", text::safe(&words(document, &limit.span)))));
    format!("{}: {}", frame.stance, parts.join(", "))
}
