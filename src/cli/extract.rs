use super::{Ended, Format, Global, Outcome, source, text};
use crate::model::{ClauseKind, Document};
use serde_json::{Value, json};

/// Print the legal text of a page as Markdown
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint extract terms.html --format json")]
pub(super) struct Args {
    /// A file or URL (HTML, PDF, Markdown, plain text)
    page: String,
    /// Markdown, or sections and clauses as JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let source = source::open(global, &args.page).await?.good()?;
    match args.format {
        Format::Text => text::out(&markdown(&source.page.document)),
        Format::Json => text::out(&format!("{}\n", as_json(&source.page.document))),
    }
    Ok(Outcome::Quiet)
}

/// A document as Markdown: one clause a paragraph.
fn markdown(document: &Document) -> String {
    let mut out = String::new();
    for clause in &document.clauses {
        let text = text::safe(&clause.text);
        let line = match clause.kind {
            ClauseKind::Heading(level) => format!("{} {text}\n\n", "#".repeat(usize::from(level))),
            ClauseKind::ListItem => format!("- {text}\n\n"),
            ClauseKind::TableRow => format!("| {text} |\n\n"),
            ClauseKind::Paragraph => format!("{text}\n\n"),
        };
        out.push_str(&line);
    }
    out
}

fn as_json(document: &Document) -> Value {
    let clauses: Vec<Value> = document
        .clauses
        .iter()
        .enumerate()
        .map(|(index, clause)| {
            let (kind, level) = match clause.kind {
                ClauseKind::Heading(level) => ("heading", Some(level)),
                ClauseKind::Paragraph => ("paragraph", None),
                ClauseKind::ListItem => ("list-item", None),
                ClauseKind::TableRow => ("table-row", None),
            };
            json!({ "kind": kind, "level": level, "label": clause.label(), "text": clause.text, "section": document.path(index), "stem": document.stem(index) })
        })
        .collect();
    json!({ "title": document.title, "language": document.language, "words": document.word_count(), "clauses": clauses })
}
