//! Lists of other programs, read as entries of ours. What they say in code, in `XPath` or in pipes can't be carried over: it is named,
//! and the page is kept.

mod adopt;
mod changedetection;
mod ota;
mod urlwatch;

pub use adopt::{Adoption, adopt};

use super::edit::NewWatch;
use serde_json::Value;
use url::Url;

/// Whose list it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignList {
    /// Declarations of Open Terms Archive: a JSON file for each service.
    OpenTermsArchive,
    /// The JSON file or the list of addresses of changedetection.io.
    Changedetection,
    /// The jobs of urlwatch or webchanges: YAML documents.
    Urlwatch,
}

/// An entry of another program's list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignWatch {
    /// How that list calls it.
    pub name: String,
    /// What becomes of it here; without an address nothing.
    pub new: NewWatch,
    /// Whether the names were made from the address, so that a number may be put behind them.
    pub is_named_by_us: bool,
    /// What could not be carried over, in words.
    pub left: Vec<String>,
}

/// Reads the text of a list; `name` is that of its file, `is_selector` says whether a CSS selector is understood here.
///
/// # Errors
/// Why the text is no such list.
pub fn read_foreign(
    list: ForeignList,
    name: &str,
    text: &str,
    is_selector: &dyn Fn(&str) -> Result<(), String>,
) -> Result<Vec<ForeignWatch>, String> {
    let mut watches = match list {
        ForeignList::OpenTermsArchive => ota::read(name, text),
        ForeignList::Changedetection => changedetection::read(text),
        ForeignList::Urlwatch => urlwatch::read(text),
    }
    .map_err(|reason| format!("{name} is not understood: {reason}"))?;
    for watch in &mut watches {
        watch.drop_broken(is_selector);
    }
    Ok(watches)
}

/// Whose list a text is, by its file's name and how it begins.
#[must_use]
pub fn guess_foreign(name: &str, text: &str) -> ForeignList {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("yaml" | "yml") => ForeignList::Urlwatch,
        Some("json") if !text.contains("\"watching\"") => ForeignList::OpenTermsArchive,
        _ => ForeignList::Changedetection,
    }
}

impl ForeignWatch {
    fn left(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.left.contains(&what) {
            self.left.push(what);
        }
    }

    /// Gives it a name by its address, and by its title where it has one.
    fn name_by(&mut self, title: Option<&str>) {
        let url = self.new.urls.first().cloned().unwrap_or_default();
        let (host, page) = names(&url);
        self.new.platform = host;
        self.new.document = title.map(str::trim).filter(|title| !title.is_empty()).map_or(page, str::to_owned);
        self.name = title.map_or(url, str::to_owned);
        self.is_named_by_us = true;
    }

    /// Selectors that are not understood here are named instead.
    fn drop_broken(&mut self, is_selector: &dyn Fn(&str) -> Result<(), String>) {
        use crate::model::Selection;
        let is_sound = |selection: &Selection| match selection {
            Selection::Css(css) => is_selector(css).is_ok(),
            Selection::Range { start, end } => is_selector(start).is_ok() && is_selector(end).is_ok(),
        };
        let mut broken = Vec::new();
        for selections in [&mut self.new.select, &mut self.new.remove] {
            broken.extend(selections.extract_if(.., |selection| !is_sound(selection)));
        }
        for selection in broken {
            let shown = match selection {
                Selection::Css(css) => css,
                Selection::Range { start, end } => format!("{start} to {end}"),
            };
            self.left(format!("the selector {shown:?}, which is not understood here"));
        }
    }
}

/// A platform and a document by their address: the host, and the last words of the path.
fn names(url: &str) -> (String, String) {
    let Ok(parsed) = Url::parse(url) else { return ("Unnamed".to_owned(), "Page".to_owned()) };
    let host = parsed.host_str().unwrap_or("Unnamed");
    let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
    let last = parsed.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or_default();
    let last = percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned();
    let stem = last.split_once('.').map_or(last.as_str(), |(stem, _)| stem);
    let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    let page = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
    (host, page.unwrap_or_else(|| "Page".to_owned()))
}

/// The texts of a value that is one text or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Whether a value says something.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
