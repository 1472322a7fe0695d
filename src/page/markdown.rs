use super::Page;
use super::outline::Outline;
use crate::model::ClauseKind;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Reads Markdown (`CommonMark` with tables). Link targets and inline HTML tags are no text.
pub(super) fn read(text: &str) -> Page {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        reader.take(event);
    }
    reader.flush();
    Page { document: reader.outline.finish(None), ..Page::default() }
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    text: String,
    heading: Option<u8>,
    /// Depth of lists; the first run of text in an item is the item, later ones are paragraphs of it.
    list_depth: usize,
    item_open: bool,
    /// Start numbers of ordered lists: the number is part of the clause's text.
    numbers: Vec<Option<u64>>,
    row: Option<Vec<String>>,
    image_depth: usize,
    bold: usize,
    plain_chars: bool,
    html: String,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.push_text(&text),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.hard_break(),
            Event::Rule => self.flush(),
            Event::InlineHtml(tag) => self.inline_html(&tag),
            Event::Html(html) => self.html.push_str(&html),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level_number(*level));
            }
            Tag::List(first) => {
                self.flush();
                self.list_depth += 1;
                self.numbers.push(*first);
            }
            Tag::Item => {
                self.flush();
                self.item_open = true;
                if let Some(Some(number)) = self.numbers.last_mut() {
                    self.text = format!("{number}. ");
                    *number += 1;
                }
            }
            Tag::TableRow | Tag::TableHead => {
                self.flush();
                self.row = Some(Vec::new());
            }
            Tag::Paragraph if self.text.trim().ends_with('.') && self.item_open => {}
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock => self.flush(),
            Tag::Image { .. } => self.image_depth += 1,
            Tag::Strong => self.bold += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Image => self.image_depth = self.image_depth.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                self.plain_chars = false;
                if let Some(row) = &mut self.row {
                    row.push(cell);
                }
            }
            TagEnd::TableRow | TagEnd::TableHead => {
                let row = self.row.take().unwrap_or_default();
                self.outline.push_row(&row);
            }
            TagEnd::List(_) => {
                self.flush();
                self.list_depth = self.list_depth.saturating_sub(1);
                self.numbers.pop();
            }
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                self.text.push_str(&strip_tags(&html));
                self.flush();
            }
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock => self.flush(),
            _ => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        if self.image_depth > 0 {
            return;
        }
        if self.bold == 0 && text.chars().any(char::is_alphanumeric) {
            self.plain_chars = true;
        }
        self.text.push_str(text);
    }

    fn hard_break(&mut self) {
        if self.row.is_some() || self.heading.is_some() {
            self.text.push(' ');
        } else {
            self.flush();
        }
    }

    fn inline_html(&mut self, tag: &str) {
        let line_break = tag.trim_start_matches(['<', '/']).to_ascii_lowercase().starts_with("br");
        match line_break {
            true if self.row.is_some() => self.text.push_str(" • "),
            true => self.hard_break(),
            false => {}
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let bold_only = !std::mem::take(&mut self.plain_chars);
        let kind = match self.heading.take() {
            Some(level) => ClauseKind::Heading(level),
            None if self.item_open && self.list_depth > 0 => ClauseKind::ListItem,
            None if bold_only && super::outline::could_be_heading(&text) => ClauseKind::Heading(6),
            None => ClauseKind::Paragraph,
        };
        if self.outline.push(kind, &text) {
            self.item_open = false;
        }
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn strip_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_is_kept_and_link_targets_are_no_text() {
        let page = read(
            "Terms\n=====\n\nYou may [not](https://x.example/?sid=1):\n\n*   scrape;\n*   train  \n    models.\n\n| Who | What |\n| --- | --- |\n| We | *use* it |\n\n**Ownership**\n\nIt is yours.",
        );
        let shown: Vec<_> = page.document.clauses.iter().map(|clause| (clause.kind, clause.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (ClauseKind::Heading(1), "Terms"),
                (ClauseKind::Paragraph, "You may not:"),
                (ClauseKind::ListItem, "scrape;"),
                (ClauseKind::ListItem, "train"),
                (ClauseKind::Paragraph, "models."),
                (ClauseKind::TableRow, "Who | What"),
                (ClauseKind::TableRow, "We | use it"),
                (ClauseKind::Heading(6), "Ownership"),
                (ClauseKind::Paragraph, "It is yours."),
            ]
        );
        assert_eq!(page.document.stem(2), Some("You may not:"));
        assert_eq!(page.document.path(8), ["Terms", "Ownership"]);
    }
}
