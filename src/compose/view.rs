//! What an alert says, before it is laid out: the one source of wording for the text part and the HTML part.

use super::quote::Quote;

/// An alert, all its sentences clean and in order.
#[derive(Debug)]
pub(super) struct View {
    /// Platform and document.
    pub(super) source: String,
    /// The subject line.
    pub(super) subject: String,
    /// Set on a mail that reports nothing real.
    pub(super) notice: Option<&'static str>,
    /// The one sentence that says what it means.
    pub(super) meaning: String,
    /// How many findings there are, when there are several.
    pub(super) overview: Option<String>,
    /// What was found, gravest first.
    pub(super) findings: Vec<Finding>,
    /// What was left out for length or by the reader's wish, and where it is.
    pub(super) omitted: Vec<String>,
    /// Language of the quotes.
    pub(super) language: String,
    /// When, where and how, each with its label.
    pub(super) evidence: Vec<Fact>,
    /// Why this reader gets it.
    pub(super) reason: String,
    /// How the reader changes what comes, and leaves.
    pub(super) ways: Vec<Leave>,
}

/// One event.
#[derive(Debug)]
pub(super) struct Finding {
    /// Severity and direction in words.
    pub(super) grade: String,
    /// The style class that goes with them.
    pub(super) tone: Tone,
    /// What it means.
    pub(super) summary: String,
    /// Where in the document.
    pub(super) section: Option<String>,
    /// The old clause and the new one.
    pub(super) passages: [Passage; 2],
    /// Said where the clause changed so much that no words are marked.
    pub(super) rewritten: Option<&'static str>,
    /// What the clause leaves open.
    pub(super) not_covered: Vec<String>,
    /// The stance of the whole document, before and now; `None` where an earlier finding says it.
    pub(super) position: Option<String>,
    /// Whether this is the first finding with marked words, which says what the marks mean.
    pub(super) explains_marks: bool,
}

/// One side of a finding.
#[derive(Debug)]
pub(super) struct Passage {
    /// `Before` or `Now`.
    pub(super) label: &'static str,
    /// The clause.
    pub(super) quote: Option<Quote>,
    /// What to say where there is no quote.
    pub(super) absent: &'static str,
}

/// The colours that go with a finding; the words say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Critical and worse.
    Alarm,
    /// Worse.
    Warn,
    /// Better.
    Good,
    /// Neither.
    Calm,
}

/// One line of the evidence.
#[derive(Debug)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What is said.
    pub text: String,
    /// A digest, which HTML abbreviates.
    pub is_digest: bool,
    /// Where the text leads.
    pub link: Option<String>,
}

/// How the reader leaves, or changes what comes: a sentence, and the address at its end.
#[derive(Debug, Clone)]
pub(super) struct Leave {
    pub(super) text: String,
    /// The address as people read it.
    pub(super) shown: String,
    /// The address as a link.
    pub(super) link: String,
}

impl Leave {
    /// What stands in the text part: a web address as a whole, a mailbox as people write it.
    pub(super) fn link_or_shown(&self) -> &str {
        if self.link.starts_with("mailto:") { &self.shown } else { &self.link }
    }
}
