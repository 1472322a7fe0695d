use crate::compare;
use crate::model::{Change, Comparison, Document, Event, Overview, Piece, Rejection, Replacement, SentencePair, SentenceRef, Similarity};
use serde_json::{Value, json};

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

/// A change as tools read it.
pub(super) fn change(change: &Change) -> Value {
    json!({
        "id": change.id.0, "watch": change.watch.as_str(), "platform": change.platform, "document": change.document, "url": change.url,
        "old_version": change.old_version, "new_version": change.new_version, "last_seen_old": change.last_seen_old,
        "first_seen_new": change.first_seen_new, "confirmed": change.confirmed, "old_sha256": change.old_sha256.to_string(),
        "new_sha256": change.new_sha256.to_string(), "language": change.language, "effective": change.effective, "effective_before": change.effective_before, "date_only": change.date_only,
        "replaced": change.replaced.map(|kept| json!({ "kept_percent": kept })), "imported_from": change.imported_from,
        "sentences": { "added": change.sentences[0], "removed": change.sentences[1], "edited": change.sentences[2] },
        "events": change.events.iter().map(event).collect::<Vec<_>>(),
    })
}

/// What `compare --format json` prints; a side is its name and its document.
pub(super) fn comparison(
    old: (&str, &Document),
    new: (&str, &Document),
    (comparison, overview): (&Comparison, &Overview),
    events: &[Event],
    unusable: Option<&Rejection>,
) -> Value {
    let side = |(name, document): (&str, &Document)| json!({ "source": name, "title": document.title, "language": document.language, "clauses": document.clauses.len(), "words": document.word_count() });
    let replaced = |replacement: &Replacement| {
        let sentences: Vec<Value> =
            replacement.pairs.iter().filter_map(|place| comparison.pairs.get(*place)).map(|pair| edit(old.1, new.1, pair)).collect();
        json!({ "kind": "replaced throughout", "before": replacement.old, "after": replacement.new, "redline": [{ "removed": replacement.old }, { "added": replacement.new }], "places": replacement.places, "sentences": sentences })
    };
    let single = comparison
        .pairs
        .iter()
        .enumerate()
        .filter(|(place, pair)| {
            (compare::is_material(pair) && overview.replacement_of(*place).is_none()) || pair.similarity == Similarity::Dated
        })
        .map(|(_, pair)| edit(old.1, new.1, pair));
    let edits: Vec<Value> = overview.replacements.iter().map(replaced).chain(single).collect();
    let count = |kind| comparison.pairs.iter().filter(|pair| pair.similarity == kind).count();
    json!({
        "old": side(old), "new": side(new), "unusable": unusable.map(ToString::to_string),
        "summary": {
            "replaced": overview.is_rewrite, "kept_percent": overview.kept, "added": count(Similarity::Added),
            "removed": count(Similarity::Removed), "edited": count(Similarity::Edited), "replaced_throughout": overview.replacements.len(),
        },
        "events": events.iter().map(event).collect::<Vec<_>>(), "edits": edits,
    })
}

/// A sentence that came, went or was edited.
fn edit(old: &Document, new: &Document, pair: &SentencePair) -> Value {
    let text = |document: &Document, at: &Option<SentenceRef>| {
        at.as_ref().and_then(|at| Some(document.clauses.get(at.clause as usize)?.text.get(at.range.clone())?.to_owned()))
    };
    let kind = match pair.similarity {
        Similarity::Added => "added",
        Similarity::Removed => "removed",
        Similarity::Dated => "dated",
        _ => "edited",
    };
    json!({ "kind": kind, "before": text(old, &pair.old), "after": text(new, &pair.new), "redline": pair.redline.iter().map(piece).collect::<Vec<_>>() })
}
