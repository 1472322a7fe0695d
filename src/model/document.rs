use serde::{Deserialize, Serialize};

/// The legal text of a page, or of several pages that together are one document: clauses in reading order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The page's main heading, or its title.
    pub title: Option<String>,
    /// Detected language (ISO 639-1); `None` where the text is too short or the guess unsure.
    pub language: Option<String>,
    /// Paragraphs, list items, table rows and headings.
    pub clauses: Vec<Clause>,
}

/// A paragraph, list item, table row or heading, verbatim but for folded white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// What it is.
    pub kind: ClauseKind,
    /// The whole text, numbering included.
    pub text: String,
    /// How many bytes of `text` are numbering ("6.4.1 ", "(a) "); 0 without.
    pub label_len: u16,
    /// The heading that it stands under, as an index into the document's clauses; a heading's is its parent heading.
    pub section: Option<u32>,
    /// The clause that introduces the list it belongs to ("You may not:"), as an index.
    pub stem: Option<u32>,
}

/// What a clause is on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClauseKind {
    /// A heading; 1 is the highest level, 6 the lowest.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A list item.
    ListItem,
    /// A table row, its cells joined by " | ".
    TableRow,
}

impl Clause {
    /// The numbering without the space behind it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        let label = self.text.get(..usize::from(self.label_len))?.trim();
        (!label.is_empty()).then_some(label)
    }

    /// The text behind the numbering.
    #[must_use]
    pub fn body(&self) -> &str {
        self.text.get(usize::from(self.label_len)..).unwrap_or(&self.text)
    }

    /// Whether it is a heading.
    #[must_use]
    pub fn is_heading(&self) -> bool {
        matches!(self.kind, ClauseKind::Heading(_))
    }
}

impl Document {
    /// The headings that a clause stands under, outermost first.
    #[must_use]
    pub fn path(&self, clause: usize) -> Vec<&str> {
        let mut path = Vec::new();
        let mut next = self.clauses.get(clause).and_then(|clause| clause.section);
        while let Some(heading) = next.and_then(|index| self.clauses.get(index as usize)) {
            path.push(heading.text.as_str());
            next = heading.section.filter(|parent| Some(*parent) < next);
        }
        path.reverse();
        path
    }

    /// The text that introduces the list which a clause belongs to.
    #[must_use]
    pub fn stem(&self, clause: usize) -> Option<&str> {
        let stem = self.clauses.get(clause)?.stem?;
        self.clauses.get(stem as usize).map(|clause| clause.text.as_str())
    }

    /// How many words the document has, by white space.
    #[must_use]
    pub fn word_count(&self) -> usize {
        let count = |text: &str| if text.is_ascii() { text.split_ascii_whitespace().count() } else { text.split_whitespace().count() };
        self.clauses.iter().map(|clause| count(&clause.text)).sum()
    }
}
