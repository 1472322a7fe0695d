use super::fields::{Fields, text, with_article};
use super::problem::{Complaint, Report};
use crate::model::{Selection, WatchKind};
use toml::Spanned;
use toml::de::DeValue;
use url::{ParseError, Url};

/// Where a range begins or ends at a heading instead of at what a CSS selector matches.
const HEADING: &str = "heading:";

const RANGE_KEYS: &[&str] = &["start", "end"];

/// The address of a page: http or https, with a host, without credentials.
pub(super) fn page_url(text: &str) -> Result<String, Complaint> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|error| broken_url(text, error))?;
    if !url.username().is_empty() || url.password().is_some() {
        // Not quoted: the message may end up in a log.
        return Err(Complaint::new("the address contains a user name or password", "watch only pages that are public"));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Complaint::new(format!("{text:?} is neither http nor https"), "write an address that begins with https://"));
    }
    Ok(text.to_owned())
}

fn broken_url(text: &str, error: ParseError) -> Complaint {
    match error {
        ParseError::RelativeUrlWithoutBase => {
            Complaint::new(format!("{text:?} is no web address"), "write the whole address, such as \"https://example.org/terms\"")
        }
        ParseError::EmptyHost => {
            Complaint::new(format!("{text:?} has no host"), "write the whole address, such as \"https://example.org/terms\"")
        }
        // The address is left out, because it might hold a password that could not be told apart.
        other => Complaint::new(format!("this is no web address: {other}"), "copy the address from the browser"),
    }
}

/// What a watch reads: the pages of a document, or an index with the patterns of the links that are watched.
pub(super) fn pages(fields: &Fields<'_>, report: &mut Report<'_>) -> (WatchKind, Vec<String>, Vec<String>) {
    if !fields.has("index") {
        if fields.has("links") {
            report.add(fields.key_span("links"), "`links` belongs to an index", "name the page that lists the documents with `index`");
        }
        return (WatchKind::Document, urls(fields, report), Vec::new());
    }
    for key in ["url", "urls"].into_iter().filter(|key| fields.has(key)) {
        report.add(fields.key_span(key), format!("`index` and `{key}` are both given"), "make two entries of it");
    }
    let index = fields.parsed("index", report, page_url).into_iter().collect();
    if !fields.has("links") {
        report.add(fields.key_span("index"), "this index has no links", "say which of its links are watched: links = [\"/legal/*\"]");
    }
    let mut links = Vec::new();
    for pattern in fields.texts("links", report).unwrap_or_default() {
        match link_pattern(pattern.get_ref()) {
            Ok(link) => links.push(link),
            Err(complaint) => report.complain(pattern.span(), complaint),
        }
    }
    (WatchKind::Index, index, links)
}

fn link_pattern(text: &str) -> Result<String, Complaint> {
    let text = text.trim();
    if text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://") {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        format!("{text:?} is no pattern of links"),
        "begin it with / or https://, with * for anything, such as \"/legal/*\"",
    ))
}

/// The pages of a document, each at most once.
fn urls(fields: &Fields<'_>, report: &mut Report<'_>) -> Vec<String> {
    match (fields.has("url"), fields.has("urls")) {
        (false, false) => {
            report.add(fields.span(), "this watch has no url", "add a line such as url = \"https://example.org/terms\"");
            Vec::new()
        }
        (true, true) => {
            report.add(fields.key_span("urls"), "`url` and `urls` are both given", "keep `urls`, with all of the pages in it");
            Vec::new()
        }
        (true, false) => fields.parsed("url", report, page_url).into_iter().collect(),
        (false, true) => several_urls(fields, report),
    }
}

fn several_urls(fields: &Fields<'_>, report: &mut Report<'_>) -> Vec<String> {
    let Some(written) = fields.texts("urls", report) else { return Vec::new() };
    if written.is_empty() {
        report.add(fields.key_span("urls"), "`urls` is empty", "list at least one page");
    }
    let mut urls: Vec<String> = Vec::new();
    for one in written {
        match page_url(one.get_ref()) {
            Ok(url) if urls.contains(&url) => report.add(one.span(), "the same page is listed twice", "keep it once"),
            Ok(url) => urls.push(url),
            Err(complaint) => report.complain(one.span(), complaint),
        }
    }
    urls
}

/// The parts of a page that `select` or `remove` names; every CSS selector is also put into `selectors`, to be checked later.
pub(super) fn selections(key: &str, fields: &Fields<'_>, selectors: &mut Vec<Spanned<String>>, report: &mut Report<'_>) -> Vec<Selection> {
    let Some(value) = fields.get(key) else { return Vec::new() };
    let one_or_many: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    one_or_many.into_iter().filter_map(|value| selection(key, value, selectors, report)).collect()
}

fn selection(key: &str, value: &Spanned<DeValue<'_>>, selectors: &mut Vec<Spanned<String>>, report: &mut Report<'_>) -> Option<Selection> {
    match value.get_ref() {
        DeValue::String(_) => css(&text(key, value, report)?, selectors, report).map(Selection::Css),
        DeValue::Table(table) => {
            let fields = Fields::new(table, value.span(), RANGE_KEYS, report);
            let start = range_end("start", &fields, selectors, report);
            let end = range_end("end", &fields, selectors, report);
            Some(Selection::Range { start: start?, end: end? })
        }
        other => {
            let message = format!("`{key}` must be a CSS selector or a range, not {}", with_article(other));
            report.add(value.span(), message, "write a text such as \"main\", or { start = \"#terms\", end = \"#privacy\" }");
            None
        }
    }
}

fn range_end(key: &str, fields: &Fields<'_>, selectors: &mut Vec<Spanned<String>>, report: &mut Report<'_>) -> Option<String> {
    if !fields.has(key) {
        report.add(fields.span(), format!("this range has no {key}"), "write both, such as { start = \"#terms\", end = \"#privacy\" }");
    }
    let written = fields.text(key, report)?;
    match written.get_ref().trim().strip_prefix(HEADING) {
        Some(words) if words.trim().is_empty() => {
            report.add(
                written.span(),
                "this heading has no words",
                "write them as they stand on the page, such as \"heading: Privacy Policy\"",
            );
            None
        }
        Some(_) => Some(written.get_ref().trim().to_owned()),
        None => css(&written, selectors, report),
    }
}

fn css(written: &Spanned<&str>, selectors: &mut Vec<Spanned<String>>, report: &mut Report<'_>) -> Option<String> {
    let selector = written.get_ref().trim();
    if selector.is_empty() {
        report.add(written.span(), "this CSS selector is empty", "leave the field out to have the legal text found automatically");
        return None;
    }
    selectors.push(Spanned::new(written.span(), selector.to_owned()));
    Some(selector.to_owned())
}
