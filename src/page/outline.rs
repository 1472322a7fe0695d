use crate::model::{Clause, ClauseKind, Document};
use crate::text;

/// A bold line of at most so many words, without a full stop, is a heading.
const HEADING_WORDS: usize = 14;

/// Builds a document clause by clause: sections, stems, numbering, and text that stands twice once.
#[derive(Debug, Default)]
pub(super) struct Outline {
    clauses: Vec<Clause>,
    /// Open headings, outermost first: level and index.
    open: Vec<(u8, u32)>,
    /// The last clause that ends like the introduction of a list.
    stem: Option<u32>,
}

impl Outline {
    /// Adds a clause; returns whether it held anything.
    pub(super) fn push(&mut self, kind: ClauseKind, text: &str) -> bool {
        let text = fold_white_space(text);
        if !text.chars().any(char::is_alphanumeric) {
            return false;
        }
        let index = u32::try_from(self.clauses.len()).unwrap_or(u32::MAX);
        let label_len = text::label_len(&text);
        let section = self.section_for(kind, index);
        let labelled_item = label_len > 0 && kind == ClauseKind::Paragraph;
        let stem = if kind == ClauseKind::ListItem || labelled_item { self.stem } else { None };
        match kind {
            _ if introduces_list(&text) => self.stem = Some(index),
            ClauseKind::Heading(_) => self.stem = None,
            ClauseKind::Paragraph if !labelled_item => self.stem = None,
            _ => {}
        }
        self.clauses.push(Clause { kind, text, label_len, section, stem });
        true
    }

    /// Adds a table row; empty cells are left out.
    pub(super) fn push_row(&mut self, cells: &[String]) -> bool {
        let cells: Vec<String> =
            cells.iter().map(|cell| fold_white_space(cell)).filter(|cell| cell.chars().any(char::is_alphanumeric)).collect();
        self.push(ClauseKind::TableRow, &cells.join(" | "))
    }

    fn section_for(&mut self, kind: ClauseKind, index: u32) -> Option<u32> {
        if let ClauseKind::Heading(level) = kind {
            self.open.retain(|(open, _)| *open < level);
            let parent = self.open.last().map(|(_, index)| *index);
            self.open.push((level, index));
            return parent;
        }
        self.open.last().map(|(_, index)| *index)
    }

    /// The finished document.
    pub(super) fn finish(self, title: Option<String>) -> Document {
        let clauses = drop_repeats(self.clauses);
        let first_heading = clauses.iter().find(|clause| clause.kind == ClauseKind::Heading(1)).map(|clause| clause.text.clone());
        let sample: String = clauses.iter().take(400).map(|clause| clause.text.as_str()).collect::<Vec<_>>().join(" ");
        Document { title: first_heading.or(title), language: text::detect_language(&sample), clauses }
    }
}

/// Whether a short bold line is a heading.
pub(super) fn could_be_heading(text: &str) -> bool {
    let text = text.trim();
    !text.ends_with(['.', ';', ',']) && text.split_whitespace().count() <= HEADING_WORDS
}

/// Collapses white space and invisible edges; everything else stays verbatim.
pub(super) fn fold_white_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn introduces_list(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_'));
    text.ends_with([':', '—', '–', '…'])
        || text.ends_with("...")
        || text.ends_with(" to")
        || text.ends_with(" not")
        || text.ends_with(", you agree that")
        || announces_list(text)
}

/// "You must not do what is set forth in the following items.", "Il est interdit de faire ce qui suit.": a full stop, and a list behind it.
fn announces_list(text: &str) -> bool {
    const ANNOUNCING: [&str; 11] =
        ["following", "follows", "below", "suivant", "suit", "folgend", "siguiente", "seguent", "volgend", "poniż", "наступн"];
    const LAST_WORDS: usize = 4;
    let Some(sentence) = text.strip_suffix('.') else { return false };
    let last: Vec<String> = sentence.split_whitespace().rev().take(LAST_WORDS).map(str::to_lowercase).collect();
    last.iter().any(|word| ANNOUNCING.iter().any(|announcing| word.starts_with(announcing)))
}

/// Of a run of clauses that stood before in the same order, the second showing goes: pages that hold a text for phones and one for
/// desktops. A single repeated clause stays, since lawyers repeat themselves, but not a long one right behind itself.
fn drop_repeats(clauses: Vec<Clause>) -> Vec<Clause> {
    const RUN_CLAUSES: usize = 3;
    const RUN_WORDS: usize = 60;
    const LONG_WORDS: usize = 20;
    let keys: Vec<&str> = clauses.iter().map(|clause| clause.text.as_str()).collect();
    let mut first = std::collections::HashMap::with_capacity(keys.len());
    let mut dropped = vec![false; clauses.len()];
    let mut at = 0;
    while at < keys.len() {
        let Some(&before) = first.get(&keys[at]) else {
            first.insert(keys[at], at);
            at += 1;
            continue;
        };
        let length = (0..keys.len() - at).take_while(|step| before + step < at && keys[before + step] == keys[at + step]).count();
        let words: usize = clauses[at..at + length].iter().map(|clause| clause.text.split_whitespace().count()).sum();
        if (length >= RUN_CLAUSES && words >= RUN_WORDS) || (before + length == at && words >= LONG_WORDS) {
            dropped[at..at + length].fill(true);
        }
        at += length.max(1);
    }
    remove_marked(clauses, &dropped)
}

/// Takes marked clauses out and mends the indices of the others.
fn remove_marked(clauses: Vec<Clause>, dropped: &[bool]) -> Vec<Clause> {
    if !dropped.contains(&true) {
        return clauses;
    }
    let mut new_index = Vec::with_capacity(clauses.len());
    let mut next = 0u32;
    for gone in dropped {
        new_index.push((!gone).then_some(next));
        next += u32::from(!gone);
    }
    let follow = |index: Option<u32>| index.and_then(|index| new_index.get(index as usize).copied().flatten());
    clauses
        .into_iter()
        .zip(dropped)
        .filter(|(_, gone)| !**gone)
        .map(|(clause, _)| Clause { section: follow(clause.section), stem: follow(clause.stem), ..clause })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_nest_and_items_know_their_stem() {
        let mut outline = Outline::default();
        for (kind, text) in [
            (ClauseKind::Heading(1), "Terms"),
            (ClauseKind::Heading(2), "4. Conduct"),
            (ClauseKind::Paragraph, "You may not:"),
            (ClauseKind::ListItem, "(a) scrape the site;"),
            (ClauseKind::ListItem, "(b) train models."),
            (ClauseKind::Paragraph, "We may close accounts."),
            (ClauseKind::Heading(2), "5. Law"),
            (ClauseKind::Paragraph, "Irish law applies."),
        ] {
            assert!(outline.push(kind, text));
        }
        assert!(!outline.push(ClauseKind::Paragraph, " — "));
        let document = outline.finish(None);
        assert_eq!(document.stem(4), Some("You may not:"));
        assert_eq!(document.stem(5), None);
        assert_eq!(document.path(4), ["Terms", "4. Conduct"]);
        assert_eq!(document.path(7), ["Terms", "5. Law"]);
        assert_eq!(document.clauses[3].label(), Some("(a)"));
        assert_eq!(document.clauses[3].body(), "scrape the site;");
    }

    #[test]
    fn a_bold_line_that_introduces_a_list_is_its_stem() {
        let mut outline = Outline::default();
        for (kind, text) in [
            (ClauseKind::Heading(6), "You agree that you will not:"),
            (ClauseKind::ListItem, "1. scrape the site;"),
            (ClauseKind::Heading(6), "Prices"),
            (ClauseKind::ListItem, "Ten euros."),
            (ClauseKind::Paragraph, "To use any of these…"),
            (ClauseKind::ListItem, "our logo"),
        ] {
            outline.push(kind, text);
        }
        let document = outline.finish(None);
        assert_eq!(document.stem(1), Some("You agree that you will not:"));
        assert_eq!(document.stem(3), None);
        assert_eq!(document.stem(5), Some("To use any of these…"));
    }

    #[test]
    fn a_text_that_stands_twice_is_kept_once() {
        let paragraph = |n: usize| {
            format!(
                "Clause number {n} says that you keep all of the rights in the content which you upload to us, and that we may host it for you as long as you want us to."
            )
        };
        let mut outline = Outline::default();
        for _ in 0..2 {
            for n in 0..4 {
                outline.push(ClauseKind::Paragraph, &paragraph(n));
            }
        }
        outline.push(ClauseKind::Paragraph, &paragraph(2));
        assert_eq!(outline.finish(None).clauses.len(), 5, "the second copy goes, a single repetition stays");
    }
}
