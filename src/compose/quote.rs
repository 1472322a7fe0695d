//! A clause as a quote: which of its words changed, cut to what a reader reads.

use super::clean;
use crate::model::{Event, Piece};

/// The longest quote in characters. An event's quotes are shorter; this holds for events that break the rule.
const MAX_CHARS: usize = 600;
/// How much unchanged text stays before the first changed word when a quote is cut.
const LEAD_CHARS: usize = 160;
/// Beyond so many marks the eye finds nothing: the quote is shown plain, and called rewritten.
const MAX_MARKS: usize = 16;
/// What is read of a quote at all.
const MAX_INPUT: usize = 20_000;

/// A quote from one version of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quote {
    /// The words, in order.
    pub(super) runs: Vec<Run>,
    /// Whether so much changed that the words are not marked.
    pub(super) rewritten: bool,
}

/// Some words of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// The words.
    pub(super) text: String,
    /// Whether only this version has them.
    pub(super) marked: bool,
}

/// The two versions that a quote can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    Now,
}

/// A character, and whether only this version has it.
type Marked = (char, bool);

impl Quote {
    /// The event's quote of one version, with the words that only this version has marked.
    pub(super) fn of(event: &Event, side: Side) -> Option<Self> {
        let quote = match side {
            Side::Before => event.before.as_deref(),
            Side::Now => event.after.as_deref(),
        };
        let plain = spaced(clean::visible(quote?).take(MAX_INPUT).map(|c| (c, false)));
        if plain.is_empty() {
            return None;
        }
        let marked = spaced(marked(&event.redline, side).take(MAX_INPUT));
        let proved = words(&marked).contains(&words(&plain));
        Some(Self::new(if proved { marked } else { plain }))
    }

    fn new(mut chars: Vec<Marked>) -> Self {
        let changed = chars.iter().filter(|(_, marked)| *marked).count();
        let rewritten = changed * 4 > chars.len() * 3 || runs(&chars).iter().filter(|run| run.marked).count() > MAX_MARKS;
        if rewritten {
            for (_, marked) in &mut chars {
                *marked = false;
            }
        }
        Self { runs: runs(&shortened(chars)), rewritten }
    }

    /// Whether any words are marked.
    pub(super) fn has_marks(&self) -> bool {
        self.runs.iter().any(|run| run.marked)
    }
}

fn marked(redline: &[Piece], side: Side) -> impl Iterator<Item = Marked> {
    redline.iter().flat_map(move |piece| {
        let (text, marked) = match (piece, side) {
            (Piece::Same(text), _) => (text.as_str(), false),
            (Piece::Removed(text), Side::Before) | (Piece::Added(text), Side::Now) => (text.as_str(), true),
            (Piece::Removed(_), Side::Now) | (Piece::Added(_), Side::Before) => ("", false),
        };
        clean::visible(text).map(move |c| (c, marked))
    })
}

/// Single spaces, none at the ends; a space is marked when the words on both of its sides are, so that marks hug words.
fn spaced(chars: impl Iterator<Item = Marked>) -> Vec<Marked> {
    let mut out: Vec<Marked> = Vec::new();
    let mut pending = false;
    for (c, marked) in chars {
        if c == ' ' {
            pending = true;
            continue;
        }
        if let Some((_, before)) = out.last().copied().filter(|_| pending) {
            out.push((' ', before && marked));
        }
        pending = false;
        out.push((c, marked));
    }
    out
}

fn words(chars: &[Marked]) -> String {
    chars.iter().map(|(c, _)| *c).filter(|c| *c != ' ').collect()
}

fn runs(chars: &[Marked]) -> Vec<Run> {
    let by_mark = chars.chunk_by(|(_, left), (_, right)| left == right);
    by_mark.map(|run| Run { text: run.iter().map(|(c, _)| *c).collect(), marked: run[0].1 }).collect()
}

/// A quote that is too long keeps its first changed words and some text before them.
fn shortened(chars: Vec<Marked>) -> Vec<Marked> {
    if chars.len() <= MAX_CHARS {
        return chars;
    }
    let first = chars.iter().position(|(_, marked)| *marked).unwrap_or(0);
    let mut start = if first + LEAD_CHARS <= MAX_CHARS { 0 } else { first.saturating_sub(LEAD_CHARS) };
    if start > 0 {
        start += chars[start..first].iter().position(|(c, _)| *c == ' ').map_or(0, |space| space + 1);
    }
    let mut end = (start + MAX_CHARS).min(chars.len());
    if end < chars.len() {
        end = chars[start..end].iter().rposition(|(c, _)| *c == ' ').map_or(end, |space| start + space);
    }
    let gap = |text: &'static str, there: bool| text.chars().filter(move |_| there).map(|c| (c, false));
    gap("[…] ", start > 0).chain(chars[start..end].iter().copied()).chain(gap(" […]", end < chars.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, marked: bool) -> Run {
        Run { text: text.to_owned(), marked }
    }

    fn event(before: &str, after: &str, redline: Vec<Piece>) -> Event {
        let mut event = super::super::sample::sample_change(jiff::Timestamp::UNIX_EPOCH).events.remove(0);
        event.before = Some(before.to_owned());
        event.after = Some(after.to_owned());
        event.redline = redline;
        event
    }

    fn same(text: &str) -> Piece {
        Piece::Same(text.to_owned())
    }

    #[test]
    fn marks_hug_the_words_and_join_over_spaces() {
        let redline = vec![
            same("We may "),
            Piece::Removed("never ".to_owned()),
            Piece::Added("store ".to_owned()),
            same(" "),
            Piece::Added("and".to_owned()),
            same(" "),
            Piece::Added("use ".to_owned()),
            same("your uploads for the service."),
        ];
        let event = event("We may never your uploads for the service.", "We may store and use your uploads for the service.", redline);
        let now = Quote::of(&event, Side::Now).expect("a quote");
        assert_eq!(now.runs, [run("We may ", false), run("store and use", true), run(" your uploads for the service.", false)]);
        let before = Quote::of(&event, Side::Before).expect("a quote");
        assert_eq!(before.runs, [run("We may ", false), run("never", true), run(" your uploads for the service.", false)]);
    }

    #[test]
    fn a_redline_that_does_not_hold_the_quote_is_not_used() {
        let event = event("old words", "new words", vec![same("something else"), Piece::Added(" entirely".to_owned())]);
        assert_eq!(Quote::of(&event, Side::Now).expect("a quote").runs, [run("new words", false)]);
    }

    #[test]
    fn a_rewritten_clause_is_quoted_without_marks() {
        let event =
            event("aaaa bbbb c", "x y z w c", vec![Piece::Removed("aaaa bbbb".to_owned()), Piece::Added("x y z w".to_owned()), same(" c")]);
        let now = Quote::of(&event, Side::Now).expect("a quote");
        assert!(now.rewritten && !now.has_marks());
    }

    #[test]
    fn a_long_quote_keeps_its_changed_words() {
        let (lead, tail) = ("lorem ipsum ".repeat(200), " dolor sit".repeat(200));
        let redline = vec![same(&lead), Piece::Added("CHANGED".to_owned()), same(&tail)];
        let now = Quote::of(&event("x", &format!("{lead}CHANGED{tail}"), redline), Side::Now).expect("a quote");
        let text: String = now.runs.iter().map(|run| run.text.as_str()).collect();
        assert!(text.starts_with("[…] ") && text.ends_with(" […]"), "{text}");
        assert!(now.runs.contains(&run("CHANGED", true)), "{text}");
        assert!(text.chars().count() <= MAX_CHARS + 8);
    }
}
