use super::{Outcome, json, source};
use crate::judge;
use crate::model::{Comparison, Document, Event, Verdict};
use crate::page::{self, Answer, Baseline, Page};
use std::path::PathBuf;

/// Say what changed about AI between two versions of a document
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint compare terms-2023.html terms-2024.html --format json")]
pub(super) struct Args {
    /// The version before: a file or URL (HTML, Markdown, plain text)
    old: PathBuf,
    /// The version after
    new: PathBuf,
    /// text or json
    #[arg(long, default_value = "text")]
    format: String,
}

pub(super) fn run(args: &Args) -> miette::Result<Outcome> {
    let (old, new) = (source::read_file(&args.old)?, source::read_file(&args.new)?);
    let (comparison, events) = difference(&old, &new);
    println!("{}", json::comparison(&args.old, &old.document, &args.new, &new.document, &comparison, &events));
    Ok(if events.is_empty() { Outcome::Quiet } else { Outcome::Found })
}

/// Compares two pages as two fetches of one document: where one of them is no document, nothing changed.
fn difference(old: &Page, new: &Page) -> (Comparison, Vec<Event>) {
    let answer = |path: &'static str| Answer { status: 200, url: path, final_url: path, headers: &[] };
    let bad = |page: &Page, baseline: Option<&Document>| page::judge(answer(""), page, Baseline { document: baseline, language: None }) != Verdict::Usable;
    if bad(old, None) || bad(new, Some(&old.document)) || bad(old, Some(&new.document)) {
        return (crate::compare::compare(&old.document, &new.document), Vec::new());
    }
    judge::explain(&old.document, &new.document)
}
