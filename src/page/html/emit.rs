use super::arena::Arena;
use super::prune::Live;
use crate::model::{ClauseKind, Document};
use crate::page::outline::{Outline, could_be_heading};
use std::collections::HashMap;

/// A row with more words than this is a layout, not a row: its cells are blocks of their own.
const ROW_WORDS: usize = 400;

/// The document: every live run of text in reading order.
pub(super) fn document(arena: &Arena<'_>, live: &Live, title: Option<&str>) -> Document {
    let root = arena.body();
    let mut emitter = Emitter {
        arena,
        live,
        outline: Outline::default(),
        text: String::new(),
        block: root,
        bold: true,
        number: None,
        numbers: HashMap::new(),
    };
    emitter.walk(root);
    emitter.flush();
    emitter.outline.finish(title.map(str::to_owned))
}

struct Emitter<'page, 'arena> {
    arena: &'arena Arena<'page>,
    live: &'arena Live,
    outline: Outline,
    /// The run of text that is being gathered.
    text: String,
    /// The block that the run stands in.
    block: usize,
    /// Whether everything in the run is bold so far.
    bold: bool,
    /// The item that was entered last and its number, until the item's first run of text took it.
    number: Option<(usize, String)>,
    /// The next number of each ordered list.
    numbers: HashMap<usize, i32>,
}

impl Emitter<'_, '_> {
    fn walk(&mut self, root: usize) {
        let mut index = root;
        let end = self.arena.nodes[root].end;
        while index < end {
            let node = &self.arena.nodes[index];
            if !self.live.has(index) && !self.any_live(index) {
                index = node.end;
                self.text.push(' ');
                continue;
            }
            if node.tag == "tr" && self.push_row(index) {
                index = node.end;
                continue;
            }
            self.visit(index);
            index += 1;
        }
    }

    fn any_live(&self, index: usize) -> bool {
        (index..self.arena.nodes[index].end).any(|index| self.live.has(index))
    }

    fn visit(&mut self, index: usize) {
        let node = &self.arena.nodes[index];
        if !node.tag.is_empty() {
            if node.block || node.container == index {
                self.flush();
            }
            if node.tag == "li" {
                self.number = self.number_of(index).map(|number| (index, number));
            }
            return;
        }
        if !self.live.has(index) {
            return;
        }
        let block = node.container;
        if block != self.block {
            self.flush();
            self.block = block;
        }
        if node.text.chars().any(char::is_alphanumeric) {
            self.bold &= self.is_bold(index, block);
        }
        if self.arena.nodes[node.parent].tag == "sup" || self.is_note_link(node.parent) {
            self.push_note(node.text);
        } else if matches!(self.arena.nodes[node.parent].tag, "pre" | "textarea") {
            // Text that was set by hand: an empty line parts paragraphs.
            for (place, paragraph) in node.text.split("\n\n").enumerate() {
                if place > 0 {
                    self.flush();
                }
                self.text.push_str(paragraph);
            }
        } else {
            self.text.push_str(node.text);
        }
    }

    /// The number that a browser puts before an item of an ordered list (HTML, "ordinal value"), where the list numbers its items.
    fn number_of(&mut self, item: usize) -> Option<String> {
        let node = &self.arena.nodes[item];
        let list = &self.arena.nodes[node.parent];
        if list.tag != "ol" {
            return None;
        }
        let first = || list.attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        let next = self.numbers.entry(node.parent).or_insert_with(first);
        let number = node.attribute("value").and_then(|value| value.trim().parse().ok()).unwrap_or(*next);
        *next = number.saturating_add(1);
        let letter = |from: u8| u8::try_from(number - 1).ok().filter(|place| *place < 26).map(|place| char::from(from + place));
        Some(match list.attribute("type") {
            Some("a") => format!("{}. ", letter(b'a')?),
            Some("A") => format!("{}. ", letter(b'A')?),
            Some("i") => format!("{}. ", roman(number)?),
            Some("I") => format!("{}. ", roman(number)?.to_uppercase()),
            _ => format!("{number}. "),
        })
    }

    fn is_note_link(&self, link: usize) -> bool {
        let node = &self.arena.nodes[link];
        node.tag == "a" && self.arena.nodes[node.parent].tag == "sup"
    }

    /// A raised mark that points to a note is no part of the word before it.
    fn push_note(&mut self, mark: &str) {
        let plain = mark.trim().trim_matches(['[', ']', '(', ')']);
        let is_mark = plain.chars().count() <= 3 && !plain.is_empty() && plain.chars().all(|c| c.is_ascii_digit() || "*†‡§".contains(c));
        let after_word = self.text.ends_with(|c: char| c.is_alphabetic() || ".,;:)\"'\u{201d}\u{2019}".contains(c));
        if is_mark && after_word {
            self.text.push_str(&format!(" [{plain}]"));
        } else {
            self.text.push_str(mark);
        }
    }

    fn is_bold(&self, index: usize, block: usize) -> bool {
        self.arena.ancestors(index).take_while(|up| *up > block).any(|up| matches!(self.arena.nodes[up].tag, "b" | "strong"))
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let bold = std::mem::replace(&mut self.bold, true);
        if text.trim().is_empty() {
            return;
        }
        let kind = self.kind_of(self.block, bold && could_be_heading(&text));
        let unnumbered = |(item, _): &(usize, String)| {
            (*item..self.arena.nodes[*item].end).contains(&self.block) && crate::text::label_len(text.trim_start()) == 0
        };
        match self.number.take().filter(unnumbered) {
            Some((_, number)) => self.outline.push(kind, &format!("{number}{text}")),
            None => self.outline.push(kind, &text),
        };
    }

    fn kind_of(&self, block: usize, heading_like: bool) -> ClauseKind {
        let mut around = std::iter::once(block).chain(self.arena.ancestors(block));
        let special = around.find_map(|up| match self.arena.nodes[up].tag {
            "h1" => Some(ClauseKind::Heading(1)),
            "h2" => Some(ClauseKind::Heading(2)),
            "h3" => Some(ClauseKind::Heading(3)),
            "h4" => Some(ClauseKind::Heading(4)),
            "h5" => Some(ClauseKind::Heading(5)),
            "h6" | "summary" | "button" => Some(ClauseKind::Heading(6)),
            "li" => Some(ClauseKind::ListItem),
            "td" | "th" | "main" | "article" | "section" | "body" => Some(ClauseKind::Paragraph),
            _ => None,
        });
        match special {
            Some(ClauseKind::Paragraph) | None if heading_like => ClauseKind::Heading(6),
            Some(kind) => kind,
            None => ClauseKind::Paragraph,
        }
    }

    /// Writes a table row as one clause; `false` where it is a layout whose cells hold blocks.
    fn push_row(&mut self, row: usize) -> bool {
        let cells: Vec<String> = self
            .arena
            .children(row)
            .filter(|cell| matches!(self.arena.nodes[*cell].tag, "td" | "th"))
            .map(|cell| self.cell_text(cell))
            .collect();
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let words: usize = cells.iter().map(|cell| cell.split_whitespace().count()).sum();
        let nested = (row + 1..self.arena.nodes[row].end).any(|index| self.arena.nodes[index].tag == "table");
        if filled < 2 || words > ROW_WORDS || nested {
            return false;
        }
        self.flush();
        self.outline.push_row(&cells);
        true
    }

    /// The text of a cell; its blocks are parted by bullets.
    fn cell_text(&self, cell: usize) -> String {
        let mut out = String::new();
        for index in cell..self.arena.nodes[cell].end {
            let node = &self.arena.nodes[index];
            if node.block && index > cell && out.trim_end().ends_with(|c: char| c != '•') {
                out.truncate(out.trim_end().len());
                out.push_str(" • ");
            }
            if self.live.has(index) {
                out.push_str(node.text);
            }
        }
        out
    }
}

/// A small number in Roman numerals.
fn roman(number: i32) -> Option<String> {
    const NUMERALS: [(i32, &str); 9] = [(100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")];
    let mut rest = Some(number).filter(|number| (1..=200).contains(number))?;
    let mut out = String::new();
    for (value, numeral) in NUMERALS {
        while rest >= value {
            out.push_str(numeral);
            rest -= value;
        }
    }
    Some(out)
}
