use super::{Outcome, source};
use crate::model::{ClauseKind, Document};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Print the legal text of a page as Markdown
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint extract terms.html --format json")]
pub(super) struct Args {
    /// A file or URL (HTML, Markdown, plain text)
    page: PathBuf,
}

pub(super) fn run(args: &Args) -> miette::Result<Outcome> {
    let page = source::read_file(&args.page)?;
    print!("{}", markdown(&page.document));
    Ok(Outcome::Quiet)
}

/// A document as Markdown: one clause a paragraph.
fn markdown(document: &Document) -> String {
    let mut out = String::new();
    for clause in &document.clauses {
        let text = &clause.text;
        let _ = match clause.kind {
            ClauseKind::Heading(level) => writeln!(out, "{} {text}\n", "#".repeat(usize::from(level))),
            ClauseKind::ListItem => writeln!(out, "- {text}\n"),
            ClauseKind::TableRow => writeln!(out, "| {text} |\n"),
            ClauseKind::Paragraph => writeln!(out, "{text}\n"),
        };
    }
    out
}
