//! Preferences as keys with values: `Content-Signal` (contentsignals.org) and `Content-Usage` (draft-ietf-aipref-attach-05 with the
//! vocabulary of draft-ietf-aipref-vocab-08).

use super::normal::{Purpose, Value, WHOLE, tame};

/// A purpose, the path it holds for, and what is said.
pub(super) type Preference = (Purpose, String, Value);

/// A `Content-Signal` line: keys and `yes` or `no`, parted by commas; a key that is absent says nothing.
pub(super) fn content_signal(value: &str) -> Vec<Preference> {
    let (scope, pairs) = with_path(value);
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=')?;
        let purpose = match key.trim().to_ascii_lowercase().as_str() {
            "ai-train" => Purpose::Training,
            "ai-input" => Purpose::Input,
            "search" => Purpose::Search,
            _ => return None,
        };
        let value = match value.trim().to_ascii_lowercase().as_str() {
            "yes" => Value::Allowed,
            "no" => Value::Denied,
            other => Value::Unclear(tame(other)),
        };
        Some((purpose, scope.clone(), value))
    };
    pairs.split(',').filter_map(pair).collect()
}

/// A `Content-Usage` value: a Dictionary of RFC 9651 whose values are the tokens `y` and `n`; anything else says nothing, and an error
/// anywhere voids the whole value. In robots.txt a path may stand before it.
pub(super) fn content_usage(value: &str) -> Vec<Preference> {
    let (scope, pairs) = with_path(value);
    let Ok(dictionary) = sfv::Parser::new(pairs).parse::<sfv::Dictionary>() else { return Vec::new() };
    let preference = |(key, entry): (&sfv::Key, &sfv::ListEntry)| {
        let purpose = match key.as_str() {
            // `ai` and `genai` are labels of earlier drafts, which sites still send.
            "train-ai" | "ai" | "genai" | "train-genai" => Purpose::Training,
            "search" => Purpose::Search,
            "tdm" => Purpose::Mining,
            _ => return None,
        };
        let sfv::ListEntry::Item(item) = entry else { return None };
        let value = match item.bare_item.as_token()?.as_str() {
            "y" => Value::Allowed,
            "n" => Value::Denied,
            _ => return None,
        };
        Some((purpose, scope.clone(), value))
    };
    dictionary.iter().filter_map(preference).collect()
}

/// The path before a value, where one is there.
fn with_path(value: &str) -> (String, &str) {
    let value = value.trim();
    match value.split_once(char::is_whitespace) {
        Some((path, rest)) if path.starts_with('/') => (if path == "/" { WHOLE.to_owned() } else { tame(path) }, rest.trim()),
        _ => (WHOLE.to_owned(), value),
    }
}
