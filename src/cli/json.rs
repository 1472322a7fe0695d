use crate::compare;
use crate::model::{Comparison, Document, Event, Piece, SentenceRef, Similarity};
use serde_json::{Value, json};
use std::path::Path;

/// An event as tools read it; keys may be added, none removed.
pub(super) fn event(event: &Event) -> Value {
    json!({
        "topic": event.topic.word(), "kind": event.kind, "change": event.change.word(), "direction": event.direction.word(),
        "severity": event.severity.word(), "stance_before": event.stance_before.word(), "stance_after": event.stance_after.word(),
        "before": event.before, "after": event.after, "section": event.section, "not_covered": event.not_covered, "rule": event.rule,
        "summary": event.summary, "redline": event.redline.iter().map(piece).collect::<Vec<_>>(),
    })
}

fn piece(piece: &Piece) -> Value {
    match piece {
        Piece::Same(text) => json!({ "same": text }),
        Piece::Removed(text) => json!({ "removed": text }),
        Piece::Added(text) => json!({ "added": text }),
    }
}

/// What `compare --format json` prints.
pub(super) fn comparison(old_name: &Path, old: &Document, new_name: &Path, new: &Document, comparison: &Comparison, events: &[Event]) -> Value {
    let side = |name: &Path, document: &Document| json!({ "source": name.display().to_string(), "title": document.title, "language": document.language, "clauses": document.clauses.len(), "words": document.word_count() });
    let text = |document: &Document, at: &Option<SentenceRef>| at.as_ref().and_then(|at| Some(document.clauses.get(at.clause as usize)?.text.get(at.range.clone())?.to_owned()));
    let edits: Vec<Value> = comparison
        .pairs
        .iter()
        .filter(|pair| compare::is_material(pair) || pair.similarity == Similarity::Dated)
        .map(|pair| {
            let kind = match pair.similarity {
                Similarity::Added => "added",
                Similarity::Removed => "removed",
                Similarity::Dated => "dated",
                _ => "edited",
            };
            json!({ "kind": kind, "before": text(old, &pair.old), "after": text(new, &pair.new), "redline": pair.redline.iter().map(piece).collect::<Vec<_>>() })
        })
        .collect();
    json!({ "old": side(old_name, old), "new": side(new_name, new), "events": events.iter().map(event).collect::<Vec<_>>(), "edits": edits })
}
