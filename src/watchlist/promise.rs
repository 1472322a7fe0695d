use super::fields::Fields;
use super::page::page_url;
use super::problem::{Complaint, Report};
use crate::model::{Promise, Watch, WatchId};
use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

const KEYS: &[&str] = &["platform", "document", "wording", "by", "announced", "source"];
/// A promise of fewer words can't be told from chance.
const FEWEST_WORDS: usize = 5;

/// The promise of a `[[promise]]` table; `None` where something that it can't do without is missing.
pub(super) fn promise<'list>(
    entry: &Spanned<DeValue<'_>>,
    listed: impl Fn(&WatchId) -> Option<&'list Watch>,
    report: &mut Report<'_>,
) -> Option<Promise> {
    let fields = Fields::new(entry.get_ref().as_table()?, entry.span(), KEYS, report);
    for key in ["platform", "document", "wording"].into_iter().filter(|key| !fields.has(key)) {
        report.add(
            fields.span(),
            format!("this promise has no {key}"),
            "name platform and document as in their [[watch]], and the promised words",
        );
    }
    let platform = fields.text("platform", report)?.get_ref().trim().to_owned();
    let document = fields.text("document", report)?.get_ref().trim().to_owned();
    let wording = fields.text("wording", report)?;
    if wording.get_ref().split_whitespace().count() < FEWEST_WORDS {
        report.add(wording.span(), "this wording is too short", "quote at least a whole sentence of what was promised");
    }
    let by = fields.parsed("by", report, date);
    let announced = fields.parsed("announced", report, date);
    let source = fields.parsed("source", report, page_url);
    let id = WatchId::new(&platform, &document);
    let Some(watch) = listed(&id) else {
        let message = format!("`{id}` is promised something, and is not watched");
        report.add(fields.key_span("document"), message, "add a [[watch]] with the same platform and document");
        return None;
    };
    Some(Promise {
        watch: id,
        platform: watch.platform.clone(),
        document: watch.document.clone(),
        tags: watch.tags.clone(),
        wording: wording.get_ref().trim().to_owned(),
        by,
        announced,
        source,
    })
}

fn date(text: &str) -> Result<Date, Complaint> {
    text.trim().parse().map_err(|_| Complaint::new(format!("{text:?} is no date"), "write it as \"2026-06-30\""))
}
