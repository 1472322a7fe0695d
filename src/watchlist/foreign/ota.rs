use super::{ForeignWatch, says_something, texts};
use crate::model::Selection;
use crate::watchlist::edit::NewWatch;
use serde_json::{Map, Value};

/// Filters that do what is done here anyway: where links lead is no part of the text.
const NEEDLESS: &[&str] = &["removeQueryParams"];

/// A declaration: `{"name": …, "terms": {"Terms of Service": {"fetch": …, "select": …}}}`, or `documents` as it was called before.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<ForeignWatch>, String> {
    let declaration: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let documents = ["terms", "documents"].iter().find_map(|key| declaration.get(key)?.as_object());
    let documents = documents.ok_or("it has no \"terms\"")?;
    let stem = file.rsplit('/').next().and_then(|name| name.strip_suffix(".json")).unwrap_or(file);
    let platform = declaration.get("name").and_then(Value::as_str).unwrap_or(stem);
    Ok(documents.iter().map(|(document, terms)| watch(platform, document, terms)).collect())
}

fn watch(platform: &str, document: &str, terms: &Value) -> ForeignWatch {
    let mut watch = ForeignWatch { name: format!("{platform} · {document}"), ..ForeignWatch::default() };
    watch.new = NewWatch { platform: platform.to_owned(), document: document.to_owned(), ..NewWatch::default() };
    let empty = Map::new();
    let whole = terms.as_object().unwrap_or(&empty);
    let parts: Vec<&Map<String, Value>> = match whole.get("combine").and_then(Value::as_array) {
        Some(parts) => parts.iter().filter_map(Value::as_object).collect(),
        None => vec![whole],
    };
    let rules = |part: &Map<String, Value>| [part.get("select").cloned(), part.get("remove").cloned()];
    if parts.iter().any(|part| rules(part) != rules(parts[0])) {
        watch.left("which selectors belong to which of its pages: each is tried on all of them");
    }
    for part in parts {
        let field = |key: &str| part.get(key).or_else(|| whole.get(key));
        if let Some(url) = field("fetch").and_then(Value::as_str).filter(|url| !watch.new.urls.iter().any(|other| other == url)) {
            watch.new.urls.push(url.to_owned());
        }
        for (key, is_select) in [("select", true), ("remove", false)] {
            for selection in field(key).map_or_else(Vec::new, |value| selections(&mut watch, value)) {
                let list = if is_select { &mut watch.new.select } else { &mut watch.new.remove };
                if !list.contains(&selection) {
                    list.push(selection);
                }
            }
        }
        watch.new.needs_browser |= field("executeClientScripts").and_then(Value::as_bool).unwrap_or(false);
        for filter in field("filter").and_then(Value::as_array).into_iter().flatten() {
            let named = filter.as_object().map_or_else(|| texts(filter), |filter| filter.keys().cloned().collect());
            for name in named.into_iter().filter(|name| !NEEDLESS.contains(&name.as_str())) {
                watch.left(format!("the filter {name} (JavaScript)"));
            }
        }
    }
    watch
}

/// CSS selectors and ranges, one or many.
fn selections(watch: &mut ForeignWatch, value: &Value) -> Vec<Selection> {
    match value {
        Value::String(css) => {
            css.split_terminator('\n').filter(|css| !css.trim().is_empty()).map(|css| Selection::Css(css.trim().to_owned())).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| selections(watch, item)).collect(),
        Value::Object(range) => range_of(watch, range).into_iter().collect(),
        other => {
            if says_something(other) {
                watch.left(format!("the selection {other}"));
            }
            Vec::new()
        }
    }
}

/// Our ranges begin with their start and stop before their end.
fn range_of(watch: &mut ForeignWatch, range: &Map<String, Value>) -> Option<Selection> {
    let end_of = |keys: [&str; 2]| {
        let at = |key: &str| range.get(key).and_then(Value::as_str).map(str::to_owned);
        at(keys[0]).map(|css| (css, false)).or_else(|| at(keys[1]).map(|css| (css, true)))
    };
    let (Some((start, is_after_start)), Some((end, is_after_end))) =
        (end_of(["startBefore", "startAfter"]), end_of(["endBefore", "endAfter"]))
    else {
        watch.left(format!("the range {}, which has no start or no end", Value::Object(range.clone())));
        return None;
    };
    if is_after_start {
        watch.left(format!("that a range begins after {start:?}: it begins with it"));
    }
    if is_after_end {
        watch.left(format!("that a range ends after {end:?}: it stops before it"));
    }
    Some(Selection::Range { start, end })
}
