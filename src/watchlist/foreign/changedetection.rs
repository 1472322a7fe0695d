use super::{ForeignWatch, says_something, texts};
use crate::model::Selection;
use crate::watchlist::amount::write_duration;
use crate::watchlist::schedule::LEAST_INTERVAL;
use serde_json::{Map, Value};
use std::time::Duration;

/// How filters begin that are no CSS selectors.
const NOT_CSS: &[&str] = &["xpath", "/", "json", "jq"];
/// What a watch may have beyond address, names, selectors and interval, and what to call it.
const OTHERS: &[(&str, &str)] = &[
    ("ignore_text", "texts to ignore"),
    ("trigger_text", "texts that trigger"),
    ("text_should_not_be_present", "texts that must be absent"),
    ("extract_text", "texts to extract"),
    ("browser_steps", "browser steps"),
    ("webdriver_js_execute_code", "JavaScript to execute"),
    ("headers", "request headers"),
    ("body", "a request body"),
    ("proxy", "a proxy"),
    ("notification_urls", "notification addresses"),
];
const SECONDS: &[(&str, u64)] = &[("weeks", 604_800), ("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1)];

pub(super) fn read(text: &str) -> Result<Vec<ForeignWatch>, String> {
    if !text.trim_start().starts_with('{') {
        return lines(text);
    }
    let list: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let watches = list.get("watching").and_then(Value::as_object).ok_or("it has no \"watching\"")?;
    let tags = list.pointer("/settings/application/tags");
    Ok(watches.values().filter_map(Value::as_object).map(|fields| watch(fields, tags)).collect())
}

/// An address on a line, its tags behind it, between commas.
fn lines(text: &str) -> Result<Vec<ForeignWatch>, String> {
    let mut watches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (url, tags) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if !url.contains("://") {
            return Err(format!("line {} begins with no address", number + 1));
        }
        let mut watch = ForeignWatch::default();
        watch.new.urls = vec![url.to_owned()];
        watch.new.tags = split(tags);
        watch.name_by(None);
        watches.push(watch);
    }
    Ok(watches)
}

fn split(tags: &str) -> Vec<String> {
    tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

fn watch(fields: &Map<String, Value>, tags: Option<&Value>) -> ForeignWatch {
    let mut watch = ForeignWatch::default();
    let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    watch.new.urls = text("url").map(|url| url.trim().to_owned()).into_iter().collect();
    watch.name_by(text("title"));
    let by_id = |id: &String| tags.and_then(|tags| tags.get(id)?.get("title")?.as_str()).map(str::to_owned);
    watch.new.tags = text("tag").map(split).unwrap_or_default();
    watch.new.tags.extend(fields.get("tags").map(texts).unwrap_or_default().iter().filter_map(by_id));
    for filter in fields.get("include_filters").map(texts).unwrap_or_default() {
        if NOT_CSS.iter().any(|start| filter.trim().starts_with(start)) {
            watch.left(format!("the filter {filter:?}"));
        } else if !filter.trim().is_empty() {
            watch.new.select.push(Selection::Css(filter.trim().to_owned()));
        }
    }
    for selector in fields.get("subtractive_selectors").map(texts).unwrap_or_default() {
        if NOT_CSS.iter().any(|start| selector.trim().starts_with(start)) {
            watch.left(format!("the removal {selector:?}"));
        } else if !selector.trim().is_empty() {
            watch.new.remove.push(Selection::Css(selector.trim().to_owned()));
        }
    }
    watch.new.needs_browser = text("fetch_backend").is_some_and(|with| with.contains("webdriver") || with.starts_with("extra_browser"));
    watch.new.schedule = schedule(fields);
    if fields.get("paused").and_then(Value::as_bool) == Some(true) {
        watch.left("that it was paused");
    }
    if text("method").is_some_and(|method| !method.eq_ignore_ascii_case("GET")) {
        watch.left("its request method");
    }
    for (key, what) in OTHERS {
        if fields.get(*key).is_some_and(says_something) {
            watch.left(*what);
        }
    }
    watch
}

/// Its own interval, at least as long as one may be here.
fn schedule(fields: &Map<String, Value>) -> Option<String> {
    if fields.get("time_between_check_use_default").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let between = fields.get("time_between_check")?;
    let part = |(unit, seconds): &(&str, u64)| between.get(unit).and_then(Value::as_u64).unwrap_or(0).saturating_mul(*seconds);
    let seconds = SECONDS.iter().map(part).fold(0, u64::saturating_add);
    // Longer than a year is no interval that anybody meant.
    (1..366 * 86_400).contains(&seconds).then(|| format!("every {}", write_duration(Duration::from_secs(seconds).max(LEAST_INTERVAL))))
}
