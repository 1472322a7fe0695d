use crate::model::{Document, SentenceRef};

/// The longest quote, in characters.
const LONGEST: usize = 500;

/// A verbatim quote of a provision: all of its sentences where they stand together and are short enough, else the most telling one,
/// cut at a word where it is too long.
pub(super) fn quote(document: &Document, sentences: &[&SentenceRef]) -> Option<String> {
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
    Some(cut(one).to_owned())
}

/// The first [`LONGEST`] characters, ended at a word.
fn cut(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text };
    let head = &text[..end];
    head.rfind(char::is_whitespace).map_or(head, |at| head[..at].trim_end())
}
