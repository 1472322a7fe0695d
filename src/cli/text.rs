use crate::model::{Change, CheckResult, Comparison, Event, Piece, Replacement};
use std::io::Write as _;

/// Writes to stdout; a reader that went away (`| head`) is no error.
pub(super) fn out(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Page text without what would move a terminal's cursor or turn its text round.
pub(super) fn safe(text: &str) -> String {
    let hostile =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    text.chars().map(|c| if hostile(c) { ' ' } else { c }).collect()
}

/// A redline in one line: `[-left-]`, `{+came+}`.
pub(super) fn redline(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Same(text) => safe(text),
            Piece::Removed(text) => marked("[-", text, "-]"),
            Piece::Added(text) => marked("{+", text, "+}"),
        })
        .collect()
}

fn marked(open: &str, text: &str, close: &str) -> String {
    let trimmed = text.trim_end();
    format!("{open}{}{close}{}", safe(trimmed), &text[trimmed.len()..])
}

/// A replacement that runs through the document, with the first sentence that shows it.
pub(super) fn replacement(replacement: &Replacement, comparison: &Comparison) -> String {
    let (old, new, places) = (safe(&replacement.old), safe(&replacement.new), replacement.places);
    let first = replacement.pairs.first().and_then(|place| comparison.pairs.get(*place));
    let first = first.map(|pair| format!("; first: {}", redline(&pair.redline))).unwrap_or_default();
    format!("\u{201c}{old}\u{201d} became \u{201c}{new}\u{201d} in {places} places{first}")
}

/// An event for people.
pub(super) fn event(event: &Event) -> String {
    let mut out = format!("{} · {} · {}\n  {}\n", event.severity.word().to_uppercase(), event.direction, event.topic, event.summary);
    if !event.section.is_empty() {
        out.push_str(&format!("  Where:  {}\n", safe(&event.section)));
    }
    match (&event.before, &event.after) {
        (Some(_), Some(_)) if !event.redline.is_empty() => out.push_str(&format!("  Words:  {}\n", redline(&event.redline))),
        (before, after) => {
            out.push_str(&format!("  Before: {}\n", before.as_deref().map_or_else(|| "(nothing)".to_owned(), safe)));
            out.push_str(&format!("  Now:    {}\n", after.as_deref().map_or_else(|| "(nothing)".to_owned(), safe)));
        }
    }
    for line in &event.not_covered {
        out.push_str(&format!("  Does not cover: {}\n", safe(line)));
    }
    out.push_str(&format!("  Stance: {} → {}   Rule: {}\n", event.stance_before, event.stance_after, event.rule));
    out
}

/// A change in one line.
pub(super) fn change_line(change: &Change) -> String {
    let meaning = match (change.events.first(), change.date_only) {
        (Some(event), _) => format!("{} {}: {}", event.severity, event.topic, event.summary),
        (None, true) => "only a date changed".to_owned(),
        (None, false) => "nothing about AI".to_owned(),
    };
    let [added, removed, edited] = change.sentences;
    format!(
        "#{} {} v{}→v{} (+{added} −{removed} ~{edited} sentences) {meaning}",
        change.id,
        minute(change.confirmed),
        change.old_version,
        change.new_version
    )
}

/// A time to the minute, in UTC.
pub(super) fn minute(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// What came of a check, in words.
pub(super) fn result(result: &CheckResult) -> String {
    match result {
        CheckResult::First => "first version stored".to_owned(),
        CheckResult::Unchanged => "unchanged".to_owned(),
        CheckResult::Held => "differs; waits for a second sighting".to_owned(),
        CheckResult::Flap => "a text that was there before came and went: the page is served in variants".to_owned(),
        CheckResult::Variant => "a difference was gone at the second sighting".to_owned(),
        CheckResult::Changed(id) => format!("changed: see `fineprint show {id}`"),
        CheckResult::Rejected(rejection) => format!("rejected: {rejection}"),
    }
}
