//! When, where and how a change was seen: the lines under the findings.

use super::clean;
use super::origin::{Origin, change_url};
use super::view::Fact;
use crate::model::{Change, Event};
use std::collections::BTreeSet;

/// The longest line that a page's own words may fill.
const MAX_LINE: usize = 240;

/// The evidence for a change, of which these events are shown.
#[must_use]
pub fn evidence(change: &Change, shown: &[&Event], origin: &Origin<'_>) -> Vec<Fact> {
    let mut facts = vec![
        plain("Seen", seen(change)),
        confirmed(change),
        plain("Date on the page", date_line(change)),
        plain("Whole document", sentences(change)),
        linked("Source", &change.url),
    ];
    facts.extend(origin.site.map(|site| linked("Archive", &change_url(site, change.id))));
    facts.push(digest("Old page, SHA-256", change.old_sha256.to_string()));
    facts.push(digest("New page, SHA-256", change.new_sha256.to_string()));
    facts.push(plain("How it was read", reading(shown)));
    facts
}

fn confirmed(change: &Change) -> Fact {
    match &change.imported_from {
        Some(archive) => {
            plain("From an archive", format!("Imported from {}, not fetched by this program.", clean::line(archive, MAX_LINE)))
        }
        None => plain("Confirmed", format!("A second fetch found the new text again on {}.", clean::time(change.confirmed))),
    }
}

fn seen(change: &Change) -> String {
    let (old, new) = (clean::time(change.last_seen_old), clean::time(change.first_seen_new));
    format!("The old text was last seen on {old}, the new text first on {new}.")
}

fn date_line(change: &Change) -> String {
    match change.effective.as_deref().map(|date| clean::line(date, MAX_LINE)).filter(|date| !date.is_empty()) {
        Some(date) if change.keeps_its_date() => format!("The page says “{date}”, as it did before: its text changed, its date did not."),
        Some(date) => format!("The page says: “{date}”"),
        None => "No date line was found on the page.".to_owned(),
    }
}

fn sentences(change: &Change) -> String {
    let [added, removed, edited] = change.sentences.map(|number| if number == 0 { "none".to_owned() } else { number.to_string() });
    format!("Sentences added: {added}; removed: {removed}; edited: {edited}. The quotes above are among them.")
}

fn reading(shown: &[&Event]) -> String {
    let rules: BTreeSet<String> = shown.iter().map(|event| clean::line(&event.rule, 60)).filter(|rule| !rule.is_empty()).collect();
    let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.into_iter().collect::<Vec<_>>().join(", ")) };
    format!("By fixed rules{rules}; no model decided. Rules can misread a clause, and this is not legal advice.")
}

fn plain(label: &'static str, text: String) -> Fact {
    Fact { label, text, is_digest: false, link: None }
}

fn digest(label: &'static str, text: String) -> Fact {
    Fact { label, text, is_digest: true, link: None }
}

fn linked(label: &'static str, url: &str) -> Fact {
    Fact { label, text: clean::line(url, 1_000), is_digest: false, link: clean::link(url) }
}
