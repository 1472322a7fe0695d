use crate::model::{Act, Document, Frame, SentenceRef};

/// The longest quote, in characters.
const LONGEST: usize = 500;

/// A verbatim quote of a provision: all of its sentences where they stand together and are short enough, else the most telling one,
/// cut at words around the act where it is too long.
pub(super) fn quote(document: &Document, sentences: &[&SentenceRef], frame: Option<&Frame>) -> Option<String> {
    let first = sentences.first()?;
    let text = &document.clauses.get(first.clause as usize)?.text;
    let inside = sentences.iter().filter(|at| at.clause == first.clause);
    let start = inside.clone().map(|at| at.range.start).min()?;
    let end = inside.map(|at| at.range.end).max()?;
    let all = text.get(start..end)?;
    if all.chars().count() <= LONGEST {
        return Some(all.to_owned());
    }
    let one = text.get(first.range.clone())?;
    let act = frame.and_then(|frame| act_place(frame, first)).unwrap_or(0);
    Some(cut(one, act).to_owned())
}

/// Where in its sentence the act of a frame stands: learning first.
fn act_place(frame: &Frame, sentence: &SentenceRef) -> Option<usize> {
    let place = |wanted: &[Act]| {
        let spans = frame.acts.iter().filter(|slot| wanted.contains(&slot.value)).filter_map(|slot| slot.span.as_ref());
        spans.filter(|span| span.clause == sentence.clause).map(|span| span.range.start).min()
    };
    let at =
        place(&[Act::Train, Act::Scrape, Act::Replicate]).or_else(|| place(&[Act::Develop, Act::Input, Act::Decide, Act::Generate]))?;
    at.checked_sub(sentence.range.start)
}

/// At most [`LONGEST`] characters with the place `act` in them, begun and ended at a word.
fn cut(text: &str, act: usize) -> &str {
    const BEFORE: usize = 220;
    let chars: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if chars.len() <= LONGEST {
        return text;
    }
    let act = chars.partition_point(|at| *at < act);
    let start = if act < LONGEST - BEFORE { 0 } else { (act - BEFORE).min(chars.len() - LONGEST) };
    let end = chars.get(start + LONGEST).copied().unwrap_or(text.len());
    let piece = &text[chars[start]..end];
    let from = if start == 0 { 0 } else { piece.find(char::is_whitespace).map_or(0, |at| at + 1) };
    let to = if end == text.len() { piece.len() } else { piece.rfind(char::is_whitespace).unwrap_or(piece.len()) };
    piece.get(from..to).unwrap_or(piece).trim()
}
