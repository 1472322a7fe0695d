use super::{ForeignWatch, says_something, texts};
use crate::model::Selection;
use serde_json::{Map, Value};

/// Filters that do what is done here anyway.
const NEEDLESS: &[&str] =
    &["html2text", "html2markdown", "pdf2text", "beautify", "strip", "strip_each_line", "striplines", "remove-duplicate-lines"];
/// What a job may have beyond address, name, filters and tags, and what to call it.
const OTHERS: &[(&str, &str)] = &[
    ("headers", "request headers"),
    ("data", "a request body"),
    ("method", "its request method"),
    ("cookies", "cookies"),
    ("http_proxy", "a proxy"),
    ("https_proxy", "a proxy"),
    ("diff_filter", "filters of the difference"),
    ("diff_tool", "a program for the difference"),
    ("additions_only", "that only additions are told"),
    ("deletions_only", "that only deletions are told"),
    ("compared_versions", "how many versions are compared"),
    ("wait_for", "what to wait for"),
    ("evaluate", "JavaScript to execute"),
];

/// Jobs, each a YAML document.
pub(super) fn read(text: &str) -> Result<Vec<ForeignWatch>, String> {
    let jobs: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?;
    Ok(jobs.iter().filter_map(Value::as_object).map(watch).collect())
}

fn watch(job: &Map<String, Value>) -> ForeignWatch {
    let mut watch = ForeignWatch::default();
    let text = |key: &str| job.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    watch.new.urls = text("url").or_else(|| text("navigate")).map(|url| url.trim().to_owned()).into_iter().collect();
    if let (true, Some(_)) = (watch.new.urls.is_empty(), text("command")) {
        text("name").unwrap_or("a job without a name").clone_into(&mut watch.name);
        watch.left("a command of the shell");
        return watch;
    }
    watch.name_by(text("name"));
    watch.new.needs_browser = text("navigate").is_some() || job.get("use_browser").and_then(Value::as_bool) == Some(true);
    watch.new.tags = job.get("tags").map(texts).unwrap_or_default();
    match job.get("filter").or_else(|| job.get("filters")) {
        Some(Value::String(filters)) => filters.split(',').for_each(|filter| by_text(&mut watch, filter)),
        Some(Value::Array(filters)) => {
            for filter in filters {
                match filter {
                    Value::String(filter) => by_text(&mut watch, filter),
                    Value::Object(filter) => filter.iter().for_each(|(name, value)| by_name(&mut watch, name, value)),
                    other => watch.left(format!("the filter {other}")),
                }
            }
        }
        _ => {}
    }
    for (key, what) in OTHERS {
        if job.get(*key).is_some_and(says_something) {
            watch.left(*what);
        }
    }
    watch
}

/// A filter such as `css:main` or `html2text`.
fn by_text(watch: &mut ForeignWatch, filter: &str) {
    let (name, value) = filter.trim().split_once(':').unwrap_or((filter.trim(), ""));
    by_name(watch, name, &Value::String(value.to_owned()));
}

fn by_name(watch: &mut ForeignWatch, name: &str, value: &Value) {
    let css = |text: &str, mark: &str| Some(format!("{mark}{}", text.trim())).filter(|_| !text.trim().is_empty());
    let field = |key: &str| value.get(key).and_then(Value::as_str);
    let own = |key: &str| value.as_str().or_else(|| field(key)).unwrap_or_default();
    let select = match name {
        "css" => css(own("selector"), ""),
        "element-by-id" => css(own("id"), "#"),
        "element-by-class" => css(own("class"), "."),
        "element-by-tag" => css(own("tag"), ""),
        _ if NEEDLESS.contains(&name) || name.is_empty() => return,
        _ => None,
    };
    match select {
        Some(select) if watch.new.select.is_empty() => {
            watch.new.select.push(Selection::Css(select));
            watch.new.remove.extend(field("exclude").map(|css| Selection::Css(css.trim().to_owned())));
        }
        // A second one would look inside of what the first one found; ours stand beside one another.
        Some(select) => watch.left(format!("the filter {name} within the one before: {select:?}")),
        None => watch.left(format!("the filter {name}")),
    }
}
