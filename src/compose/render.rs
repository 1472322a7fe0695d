//! Lays a view out as text and as HTML. The templates hold no sentences that only one of the parts says.

use super::quote::Quote;
use super::view::{Tone, View};
use crate::model::MailBody;
use askama::Template;
use std::fmt::Write as _;

/// Lines of the text part; 72 leaves room for the `> ` of people who answer.
const WIDTH: usize = 72;

/// Subject and both parts.
pub(super) fn mail(view: &View) -> MailBody {
    // Writing to a string can't fail; if a template could, the reader still gets the one sentence.
    MailBody {
        subject: Subject { mail: view }.render().unwrap_or_else(|_| view.subject.clone()),
        text: TextBody { mail: view }.render().unwrap_or_else(|_| view.meaning.clone()),
        html: HtmlBody { mail: view }.render().unwrap_or_default(),
    }
}

#[derive(Template)]
#[template(path = "alert/subject.txt")]
struct Subject<'a> {
    mail: &'a View,
}

#[derive(Template)]
#[template(path = "alert/body.txt")]
struct TextBody<'a> {
    mail: &'a View,
}

#[derive(Template)]
#[template(path = "alert/body.html")]
struct HtmlBody<'a> {
    mail: &'a View,
}

impl TextBody<'_> {
    /// A paragraph of our own.
    fn paragraph(text: &str) -> String {
        wrapped(text, "", "")
    }

    /// A paragraph under a label: indented, so that nothing in it can pass for a line of ours.
    fn indented(text: &str) -> String {
        wrapped(text, "  ", "  ")
    }

    fn item(text: &str) -> String {
        wrapped(text, "- ", "  ")
    }

    fn heading(text: &str) -> String {
        text.to_uppercase()
    }

    /// A quote, every line of it behind `> `. Marks that the page itself writes are broken up, so that it can't forge ours.
    fn quoted(quote: &Quote, label: &str) -> String {
        let (open, close) = if label == "Before" { ("[-", "-]") } else { ("{+", "+}") };
        let mut text = String::new();
        for run in &quote.runs {
            let words = run.text.replace("[-", "[ -").replace("-]", "- ]").replace("{+", "{ +").replace("+}", "+ }");
            if run.marked {
                text.extend([open, &words, close]);
            } else {
                text.push_str(&words);
            }
        }
        wrapped(&text, "> ", "> ")
    }
}

impl HtmlBody<'_> {
    /// The short form of a digest; the text part has all of it.
    fn short(digest: &str) -> &str {
        digest.get(..16).unwrap_or(digest)
    }
}

impl Tone {
    /// The style class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Warn => "warn",
            Self::Good => "good",
            Self::Calm => "calm",
        }
    }

    /// The text colour on white, for clients that drop style sheets.
    #[must_use]
    pub fn ink(self) -> &'static str {
        match self {
            Self::Alarm => "#a3131f",
            Self::Warn => "#8f4700",
            Self::Good => "#14603a",
            Self::Calm => "#3f4a57",
        }
    }
}

/// Breaks a text into lines at spaces; a word that is longer than a line stays whole, so that addresses can be clicked.
pub(super) fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::from(first);
    let mut column = first.chars().count();
    let mut is_line_start = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if !is_line_start && column + 1 + length > WIDTH {
            let _ = write!(out, "\n{rest}");
            column = rest.chars().count();
            is_line_start = true;
        }
        if !is_line_start {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        is_line_start = false;
    }
    out
}
