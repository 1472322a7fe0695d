use super::Page;
use super::outline::Outline;
use crate::model::ClauseKind;

/// Reads plain text: paragraphs are parted by empty lines; a line that opens with numbering or a bullet begins a new clause.
pub(super) fn read(text: &str) -> Page {
    let mut outline = Outline::default();
    let mut paragraph = String::new();
    for line in text.lines() {
        let line = line.trim();
        let begins_item = crate::text::label_len(line) > 0 || line.starts_with("* ");
        if line.is_empty() || begins_item {
            push(&mut outline, &mut paragraph);
        }
        if !line.is_empty() {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    push(&mut outline, &mut paragraph);
    Page { document: outline.finish(None), ..Page::default() }
}

fn push(outline: &mut Outline, paragraph: &mut String) {
    let text = std::mem::take(paragraph);
    let text = text.trim();
    let shouted = text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase) && text.split_whitespace().count() <= 10;
    let kind = match text.strip_prefix("* ") {
        Some(_) => ClauseKind::ListItem,
        None if shouted => ClauseKind::Heading(2),
        None => ClauseKind::Paragraph,
    };
    outline.push(kind, text.strip_prefix("* ").unwrap_or(text));
}
