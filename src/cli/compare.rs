use super::failure::Failure;
use super::source::{self, Source};
use super::{Ended, Global, Outcome, explain, json, text};
use crate::compare::{self, compare, is_material};
use crate::judge;
use crate::model::{Comparison, Document, Event, Overview, Rejection, Similarity};
use crate::page::{self, Baseline};
use crate::reading;
use askama::Template as _;

/// Say what changed about AI between two versions of a document
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint compare terms-2023.html terms-2024.html --format markdown")]
pub(super) struct Args {
    /// The version before: a file or URL (HTML, PDF, Markdown, plain text)
    old: String,
    /// The version after
    new: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Say which rule and which words decided each event
    #[arg(long)]
    explain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Html,
    Markdown,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let (old, new) = (source::open(global, &args.old).await?, source::open(global, &args.new).await?);
    let difference = Difference::between(&old, &new);
    let (before, after) = (&old.page.document, &new.page.document);
    let printed = match args.format {
        Format::Json => format!(
            "{}\n",
            json::comparison(
                (&args.old, before),
                (&args.new, after),
                (&difference.comparison, &difference.overview),
                &difference.events,
                difference.unusable.as_ref()
            )
        ),
        Format::Text => difference.as_text(before, after, args.explain),
        Format::Markdown => difference.as_markdown(before, after),
        Format::Html => difference.as_html(args, before, after)?,
    };
    text::out(&printed);
    Ok(if difference.comparison.is_material() { Outcome::Found } else { Outcome::Quiet })
}

/// Two texts of so many words are documents, whatever they share.
const LONG_TEXT: usize = 600;

struct Difference {
    comparison: Comparison,
    overview: Overview,
    events: Vec<Event>,
    /// Why one of the two is no version of the document; nothing is then read into the difference.
    unusable: Option<Rejection>,
}

impl Difference {
    /// Compares two pages as two fetches of one document: where one of them is no document, its meaning did not change.
    fn between(old: &Source, new: &Source) -> Self {
        let rejection = |page: &Source, baseline: Option<&Document>| {
            page::judge(page.answer(), &page.page, Baseline { document: baseline, language: None }).rejection()
        };
        let (before, after) = (&old.page.document, &new.page.document);
        // Two long legal texts that share little may be a rewrite: whoever compares them wants to know what it means.
        let is_rewrite =
            |rejection: &Rejection| *rejection == Rejection::Unrelated && before.word_count().min(after.word_count()) >= LONG_TEXT;
        // The second page is held against the first, and the first against the second: a recovery from a bad fetch is no change either.
        let unusable = rejection(old, None)
            .or_else(|| rejection(new, Some(before)))
            .or_else(|| rejection(old, Some(after)))
            .filter(|rejection| !is_rewrite(rejection));
        let (comparison, events) = if unusable.is_some() { (compare(before, after), Vec::new()) } else { judge::explain(before, after) };
        Self { overview: compare::overview(before, after, &comparison), comparison, events, unusable }
    }

    fn headline(&self, new: &Document) -> String {
        if let Some(reason) = &self.unusable {
            return format!("These are not two versions of one document: {reason}.");
        }
        match (self.events.len(), self.comparison.is_material(), self.comparison.is_date_only()) {
            (0, false, true) => "Only a date changed.".to_owned(),
            (0, false, false) => "No words of substance changed.".to_owned(),
            (0, true, _) if !reading::reads(new) => format!(
                "The text changed. It is in a language that is not read yet ({}): what it says about AI is not known.",
                new.language.as_deref().unwrap_or("unknown")
            ),
            (0, true, _) => "The text changed, but nothing that it says about AI.".to_owned(),
            (1, ..) => "One change about AI.".to_owned(),
            (count, ..) => format!("{count} changes about AI, the gravest first."),
        }
    }

    /// The edits as lines: a sentence that came, went or was edited; a replacement that runs through the document is one line. A
    /// document that was replaced has none.
    fn edits(&self, old: &Document, new: &Document) -> Vec<String> {
        if self.overview.is_rewrite {
            return Vec::new();
        }
        let quote = |document: &Document, at: &Option<crate::model::SentenceRef>| {
            at.as_ref()
                .and_then(|at| document.clauses.get(at.clause as usize)?.text.get(at.range.clone()))
                .map(text::safe)
                .unwrap_or_default()
        };
        let replacements = self.overview.replacements.iter().map(|replacement| text::replacement(replacement, &self.comparison));
        let others = self
            .comparison
            .pairs
            .iter()
            .enumerate()
            .filter(|(place, pair)| {
                (is_material(pair) && self.overview.replacement_of(*place).is_none()) || pair.similarity == Similarity::Dated
            })
            .map(|(_, pair)| match pair.similarity {
                Similarity::Added => format!("{{+{}+}}", quote(new, &pair.new)),
                Similarity::Removed => format!("[-{}-]", quote(old, &pair.old)),
                _ => text::redline(&pair.redline),
            });
        replacements.chain(others).collect()
    }

    /// What is said in place of single edits.
    fn rewrite(&self) -> Option<String> {
        let kept = self.overview.kept;
        (self.overview.is_rewrite && self.unusable.is_none())
            .then(|| format!("The document was replaced: {kept} % of its words stayed. Its single edits are left out."))
    }

    fn as_text(&self, old: &Document, new: &Document, explain: bool) -> String {
        let mut out = format!("{}\n\n", self.headline(new));
        for event in &self.events {
            out.push_str(&text::event(event));
            if explain {
                explain::lines(event, old, new).iter().for_each(|line| out.push_str(&format!("  {line}\n")));
            }
            out.push('\n');
        }
        self.rewrite().iter().for_each(|line| out.push_str(&format!("{line}\n\n")));
        let edits = self.edits(old, new);
        if !edits.is_empty() && self.unusable.is_none() {
            out.push_str(&format!("All {} edits, [-removed-] and {{+added+}}:\n\n", edits.len()));
            edits.iter().for_each(|edit| out.push_str(&format!("  {edit}\n\n")));
        }
        out
    }

    fn as_markdown(&self, old: &Document, new: &Document) -> String {
        let mut out = format!("# {}\n\n", self.headline(new));
        for event in &self.events {
            out.push_str(&format!("## {} ({}, {}): {}\n\n", event.topic, event.severity, event.direction, event.summary));
            let quoted = |name: &str, quote: &Option<String>| {
                quote.as_ref().map(|quote| format!("{name}:\n\n> {}\n\n", text::safe(quote))).unwrap_or_default()
            };
            out.push_str(&quoted("Before", &event.before));
            out.push_str(&quoted("Now", &event.after));
            event.not_covered.iter().for_each(|line| out.push_str(&format!("- Does not cover: {}\n", text::safe(line))));
            out.push('\n');
        }
        self.rewrite().iter().for_each(|line| out.push_str(&format!("{line}\n\n")));
        let edits = self.edits(old, new);
        if !edits.is_empty() {
            out.push_str("## All edits\n\n");
            edits.iter().for_each(|edit| out.push_str(&format!("- {edit}\n")));
        }
        out
    }

    fn as_html(&self, args: &Args, old: &Document, new: &Document) -> Result<String, Failure> {
        let page = Report {
            headline: self.headline(new),
            old: &args.old,
            new: &args.new,
            events: &self.events,
            rewrite: self.rewrite(),
            edits: self.edits(old, new),
        };
        page.render().map_err(Failure::world)
    }
}

/// The comparison as a page that stands alone.
#[derive(askama::Template)]
#[template(path = "compare/report.html")]
struct Report<'report> {
    headline: String,
    old: &'report str,
    new: &'report str,
    events: &'report [Event],
    rewrite: Option<String>,
    edits: Vec<String>,
}
