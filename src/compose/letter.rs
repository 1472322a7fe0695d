//! Every mail that is no alert: a heading, a few blocks, how to leave. One view, laid out as text and as HTML.

use super::clean;
use super::render::wrapped;
use super::view::{Leave, Tone};
use crate::model::MailBody;
use askama::Template;

/// A mail, all its sentences clean and in order.
#[derive(Debug)]
pub(super) struct Letter {
    /// The subject line.
    pub(super) subject: String,
    /// The one sentence that says what it is about.
    pub(super) title: String,
    /// What follows.
    pub(super) blocks: Vec<Block>,
    /// Why it comes, in small print.
    pub(super) reason: String,
    /// How its reader changes what comes, and leaves.
    pub(super) ways: Vec<Leave>,
}

/// A part of a letter.
#[derive(Debug)]
pub(super) enum Block {
    /// A line over what follows.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Something that happened: grade and colour, what, and where it is told in full.
    Finding { grade: String, tone: Tone, text: String, link: Option<String> },
    /// What to press, and where it leads.
    Button { label: &'static str, link: String },
}

impl Letter {
    /// Subject and both parts.
    pub(super) fn render(&self) -> MailBody {
        // Writing to a string can't fail; if a template could, the reader still gets the one sentence.
        MailBody {
            subject: self.subject.clone(),
            text: Text { letter: self }.render().unwrap_or_else(|_| self.title.clone()),
            html: Html { letter: self }.render().unwrap_or_default(),
        }
    }
}

/// A button, where its link may be one.
pub(super) fn button(label: &'static str, link: &str) -> Option<Block> {
    clean::signed_link(link).map(|link| Block::Button { label, link })
}

#[derive(Template)]
#[template(path = "letter/body.txt")]
struct Text<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "letter/body.html")]
struct Html<'a> {
    letter: &'a Letter,
}

impl Text<'_> {
    fn paragraph(text: &str) -> String {
        wrapped(text, "", "")
    }

    fn heading(text: &str) -> String {
        text.to_uppercase()
    }

    fn item(grade: &str, text: &str) -> String {
        wrapped(&format!("{grade}: {text}"), "- ", "  ")
    }
}
