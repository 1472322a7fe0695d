use super::amount::{duration, write_duration};
use super::fields::{Fields, with_article};
use super::language::language;
use super::page::{pages, selections};
use super::problem::{Complaint, Problem, Report};
use super::promise::promise;
use super::schedule::{DEFAULT_CONFIRM_AFTER, DEFAULT_SCHEDULE, DEFAULT_ZONE, LEAST_CONFIRM_AFTER, Rhythm, rhythm, zone};
use super::syntax;
use crate::model::{Promise, Watch, WatchId};
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeArray, DeValue};

const ROOT_KEYS: &[&str] = &["defaults", "watch", "promise"];
const DEFAULT_KEYS: &[&str] = &["schedule", "timezone", "confirm_after", "language", "tags"];
const WATCH_KEYS: &[&str] = &[
    "platform",
    "document",
    "url",
    "urls",
    "index",
    "links",
    "select",
    "remove",
    "schedule",
    "timezone",
    "confirm_after",
    "language",
    "robots",
    "needs",
    "tags",
    "enabled",
];

/// What a watchlist says.
#[derive(Debug, Clone)]
pub struct Watchlist {
    /// What is watched, in the order of the file.
    pub watches: Vec<Watch>,
    /// What is listed but switched off with `enabled = false`, in the order of the file.
    pub disabled: Vec<Watch>,
    /// What platforms promised for documents that are watched, in the order of the file.
    pub promises: Vec<Promise>,
    selectors: Vec<Spanned<String>>,
    file: String,
    text: String,
}

impl Watchlist {
    /// Whether a document is in the list, switched on or off.
    pub(super) fn lists(&self, id: &WatchId) -> bool {
        self.watches.iter().chain(&self.disabled).any(|watch| &watch.id == id)
    }

    /// Checks every CSS selector of the list with a check that the caller brings, and says where the broken ones stand.
    pub fn check_selectors(&self, is_valid: impl Fn(&str) -> Result<(), String>) -> Vec<Problem> {
        let mut report = Report::new(&self.file, &self.text);
        for selector in &self.selectors {
            if let Err(reason) = is_valid(selector.get_ref()) {
                let message = format!("{:?} is no CSS selector: {reason}", selector.get_ref());
                report.add(selector.span(), message, "correct it, or leave it out to have the legal text found automatically");
            }
        }
        report.into_problems()
    }
}

/// Reads a watchlist; `file` is the name under which its problems are reported.
///
/// # Errors
/// All problems of the file, in the order in which they stand in it.
pub fn parse(text: &str, file: &str) -> Result<Watchlist, Vec<Problem>> {
    let watchlist = parse_unfinished(text, file)?;
    if watchlist.watches.is_empty() && watchlist.disabled.is_empty() {
        let mut report = Report::new(file, text);
        report.add(0..0, "nothing is watched", "add a [[watch]] entry with platform, document and url");
        return Err(report.into_problems());
    }
    Ok(watchlist)
}

/// Reads a watchlist that may be without any watch, as one is before its first edit and after its last.
pub(super) fn parse_unfinished(text: &str, file: &str) -> Result<Watchlist, Vec<Problem>> {
    let mut report = Report::new(file, text);
    let mut mended = String::new();
    let root = syntax::root(text, &mut mended, &mut report);
    let fields = Fields::new(&root, 0..0, ROOT_KEYS, &mut report);
    let entries = fields.get("watch").map_or_else(Vec::new, |value| tables_of("watch", value, &mut report));
    let entries_of_promises = fields.get("promise").map_or_else(Vec::new, |value| tables_of("promise", value, &mut report));
    let defaults = fields.table("defaults", DEFAULT_KEYS, &mut report);
    let defaults = defaults.map_or_else(Common::default, |fields| Common::read(&fields, &mut report));

    let mut reader = Reader { defaults, seen: HashMap::new(), selectors: Vec::new(), report };
    let (mut watches, mut disabled) = (Vec::new(), Vec::new());
    for entry in entries {
        match reader.watch(entry) {
            Some((watch, true)) => watches.push(watch),
            Some((watch, false)) => disabled.push(watch),
            None => {}
        }
    }
    let Reader { selectors, mut report, .. } = reader;
    let listed = |id: &WatchId| watches.iter().chain(&disabled).find(|watch| watch.id == *id);
    let mut promises: Vec<Promise> = entries_of_promises.into_iter().filter_map(|entry| promise(entry, listed, &mut report)).collect();
    promises.retain(|promise| watches.iter().any(|watch| watch.id == promise.watch));
    if !report.is_empty() {
        return Err(report.into_problems());
    }
    Ok(Watchlist { watches, disabled, promises, selectors, file: file.to_owned(), text: text.to_owned() })
}

/// The tables of a list, such as `[[watch]]`.
fn tables_of<'t>(name: &str, value: &'t Spanned<DeValue<'t>>, report: &mut Report<'_>) -> Vec<&'t Spanned<DeValue<'t>>> {
    match value.get_ref() {
        DeValue::Array(items) => tables(name, items, report),
        other => {
            let message = format!("`{name}` must be a list, not {}", with_article(other));
            report.add(value.span(), message, format!("write [[{name}]] with two brackets on either side"));
            Vec::new()
        }
    }
}

fn tables<'t>(name: &str, items: &'t DeArray<'t>, report: &mut Report<'_>) -> Vec<&'t Spanned<DeValue<'t>>> {
    let (tables, others): (Vec<_>, Vec<_>) = items.iter().partition(|item| item.get_ref().is_table());
    for other in others {
        let message = format!("a {name} must be a table, not {}", with_article(other.get_ref()));
        report.add(other.span(), message, format!("write [[{name}]] on a line of its own"));
    }
    tables
}

/// What `[defaults]` and a watch may both say.
#[derive(Debug, Default)]
struct Common {
    rhythm: Option<Rhythm>,
    zone: Option<String>,
    confirm_after: Option<Duration>,
    language: Option<String>,
    tags: Option<Vec<String>>,
}

impl Common {
    fn read(fields: &Fields<'_>, report: &mut Report<'_>) -> Self {
        Self {
            rhythm: fields.parsed("schedule", report, rhythm),
            zone: fields.parsed("timezone", report, zone),
            confirm_after: fields.parsed("confirm_after", report, confirm_after),
            language: fields.parsed("language", report, language),
            tags: tags(fields, report),
        }
    }

    /// Takes from `defaults` what is not said here.
    fn or(self, defaults: &Self) -> Self {
        Self {
            rhythm: self.rhythm.or_else(|| defaults.rhythm.clone()),
            zone: self.zone.or_else(|| defaults.zone.clone()),
            confirm_after: self.confirm_after.or(defaults.confirm_after),
            language: self.language.or_else(|| defaults.language.clone()),
            tags: self.tags.or_else(|| defaults.tags.clone()),
        }
    }
}

fn confirm_after(text: &str) -> Result<Duration, Complaint> {
    let wait = duration(text)?;
    if wait < LEAST_CONFIRM_AFTER {
        let help = format!("leave at least {} before the second look", write_duration(LEAST_CONFIRM_AFTER));
        return Err(Complaint::new(format!("{text:?} is too short"), help));
    }
    Ok(wait)
}

fn ignores_robots(text: &str) -> Result<bool, Complaint> {
    match text {
        "ignore" => Ok(true),
        "obey" => Ok(false),
        _ => Err(Complaint::new(format!("{text:?} is no way to treat robots.txt"), "write \"obey\" or \"ignore\", or leave it out")),
    }
}

fn needs_browser(text: &str) -> Result<bool, Complaint> {
    match text {
        "browser" => Ok(true),
        _ => Err(Complaint::new(format!("{text:?} is nothing that a page can need"), "write \"browser\", or leave it out")),
    }
}

fn tags(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Vec<String>> {
    let written = fields.texts("tags", report)?;
    let mut tags: Vec<String> = Vec::with_capacity(written.len());
    for one in written {
        let tag = one.get_ref().trim();
        if tag.is_empty() {
            report.add(one.span(), "this tag is empty", "write a word such as \"music\", or take it out");
        } else if tag.chars().any(char::is_control) {
            report.add(one.span(), "this tag goes over more than one line", "write it on one line");
        } else if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    Some(tags)
}

/// Reads the entries of a watchlist, one after the other.
#[derive(Debug)]
struct Reader<'t> {
    defaults: Common,
    /// Where each document stands first.
    seen: HashMap<WatchId, usize>,
    selectors: Vec<Spanned<String>>,
    report: Report<'t>,
}

impl Reader<'_> {
    /// The watch of an entry and whether it is switched on; `None` where something that it can't do without is missing.
    fn watch(&mut self, entry: &Spanned<DeValue<'_>>) -> Option<(Watch, bool)> {
        let report = &mut self.report;
        let fields = Fields::new(entry.get_ref().as_table()?, entry.span(), WATCH_KEYS, report);
        let platform = name("platform", &fields, report);
        let document = name("document", &fields, report);
        let (kind, urls, links) = pages(&fields, report);
        let select = selections("select", &fields, &mut self.selectors, report);
        let remove = selections("remove", &fields, &mut self.selectors, report);
        let common = Common::read(&fields, report).or(&self.defaults);
        let enabled = fields.flag("enabled", report).unwrap_or(true);
        let needs_browser = fields.parsed("needs", report, needs_browser).unwrap_or(false);
        let ignore_robots = fields.parsed("robots", report, ignores_robots).unwrap_or(false);

        let (platform, document) = (platform?, document?);
        let id = WatchId::new(&platform, &document);
        if id.is_of_signals() {
            let place = fields.get("document").map_or(0..0, Spanned::span);
            self.report.add(place, "this name is kept for what the site says to machines", "give the document another name");
        }
        self.check_first(&id, fields.span(), fields.get("document").map_or(0..0, Spanned::span));
        let zone = common.zone.as_deref().unwrap_or(DEFAULT_ZONE);
        let watch = Watch {
            id,
            platform,
            document,
            urls,
            select,
            remove,
            schedule: common.rhythm.unwrap_or(Rhythm::Every(DEFAULT_SCHEDULE)).in_zone(zone),
            confirm_after: common.confirm_after.unwrap_or(DEFAULT_CONFIRM_AFTER),
            language: common.language,
            ignore_robots,
            needs_browser,
            kind,
            links,
            tags: common.tags.unwrap_or_default(),
        };
        Some((watch, enabled))
    }

    fn check_first(&mut self, id: &WatchId, entry: Range<usize>, document: Range<usize>) {
        match self.seen.get(id) {
            Some(first) => {
                let message = format!("`{id}` is already watched in line {}", self.report.line(*first));
                self.report.add(document, message, "give this document another name, or put its pages into the `urls` of the first");
            }
            None => {
                self.seen.insert(id.clone(), entry.start);
            }
        }
    }
}

/// The name of a platform or document: one line with a letter or digit in it.
fn name(key: &str, fields: &Fields<'_>, report: &mut Report<'_>) -> Option<String> {
    if !fields.has(key) {
        report.add(fields.span(), format!("this watch has no {key}"), format!("add a line such as {key} = \"{}\"", example_of(key)));
    }
    let written = fields.text(key, report)?;
    let name = written.get_ref().trim();
    if name.is_empty() {
        report.add(written.span(), format!("`{key}` is empty"), format!("write its name, such as \"{}\"", example_of(key)));
    } else if !name.contains(char::is_alphanumeric) {
        report.add(written.span(), format!("`{key}` has no letter or digit"), format!("write its name, such as \"{}\"", example_of(key)));
    } else if name.contains(char::is_control) {
        report.add(written.span(), format!("`{key}` goes over more than one line"), "write it on one line");
    } else {
        return Some(name.to_owned());
    }
    None
}

fn example_of(key: &str) -> &'static str {
    if key == "platform" { "SoundCloud" } else { "Terms of Service" }
}

#[cfg(test)]
mod tests;
