//! The header fields that are sent, and those that came.

use super::Request;
use super::trouble::{Trouble, size};
use crate::model::{Header, Validators};
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};

/// How many header fields an answer may have; the client's own default is 100, which some content networks reach.
pub(super) const MAX_HEADERS: usize = 200;

/// How long all header fields of an answer may be together. Measured: without it HTTP/1 lets up to 408 KiB through.
pub(super) const MAX_HEADER_BYTES: u32 = 64 << 10;

/// What can be read, the readable before the rest.
const ACCEPTED: &str = "text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9,*/*;q=0.5";

/// The header fields of one request; `redirected` is how many redirects came before it.
pub(super) fn sent(request: &Request, configured_language: &str, redirected: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    let language = accept_language(request.language.as_deref(), configured_language);
    if let Ok(language) = HeaderValue::from_str(&language) {
        headers.insert(ACCEPT_LANGUAGE, language);
    }
    if let Some(validators) = &request.validators {
        add_validators(&mut headers, validators, redirected);
    }
    headers
}

/// Echoes the validators as they came. After a redirect the page may be another one than the one that was stored, and an older
/// one would count as unmodified since; an entity tag has to match.
fn add_validators(headers: &mut HeaderMap, validators: &Validators, redirected: usize) {
    if let Some(etag) = validators.etag.as_deref().and_then(echo) {
        headers.insert(IF_NONE_MATCH, etag);
    }
    if let Some(date) = validators.last_modified.as_deref().filter(|_| redirected == 0).and_then(echo) {
        headers.insert(IF_MODIFIED_SINCE, date);
    }
}

/// The value as it was received, if it still is: what was no UTF-8 has been replaced and would come back as something else.
fn echo(value: &str) -> Option<HeaderValue> {
    if value.is_empty() || value.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    HeaderValue::from_bytes(value.as_bytes()).ok()
}

/// Whether the request asked for nothing but a change.
pub(super) fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE)
}

/// The watch's language first, then the configured ones at half their weight.
fn accept_language(language: Option<&str>, configured: &str) -> String {
    let Some(language) = language else { return configured.to_owned() };
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let first = configured.split([',', ';']).next().unwrap_or_default().trim();
    if primary(first) == language {
        return configured.to_owned();
    }
    let others = configured.split(',').filter_map(|range| {
        let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
        let (tag, weight) = (tag.trim(), weight.trim().parse::<f32>().ok()?);
        (!tag.is_empty() && tag != language).then(|| format!(", {tag};q={:.2}", weight / 2.0))
    });
    std::iter::once(language.to_owned()).chain(others).collect()
}

/// The header fields of an answer as data.
pub(super) fn received(headers: &HeaderMap) -> Vec<Header> {
    let header = |(name, value): (&HeaderName, &HeaderValue)| Header {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    headers.iter().map(header).collect()
}

/// Refuses an answer whose header nobody needs to store.
pub(super) fn check_size(host: &str, headers: &HeaderMap) -> Result<(), Trouble> {
    let length: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let limit = MAX_HEADER_BYTES as usize;
    if length > limit {
        return Err(Trouble::permanent(format!("the header of {host}'s answer is larger than {}", size(limit))));
    }
    Ok(())
}

/// Refuses a body that is still compressed: the client decodes what it offered and removes the header field that said so.
pub(super) fn check_encoding(host: &str, headers: &HeaderMap) -> Result<(), Trouble> {
    let still = |value: &&HeaderValue| !value.is_empty() && !value.as_bytes().eq_ignore_ascii_case(b"identity");
    let Some(encoding) = headers.get_all(CONTENT_ENCODING).iter().find(still) else { return Ok(()) };
    let encoding: String = encoding.to_str().unwrap_or("something").chars().take(40).collect();
    Err(Trouble::permanent(format!("{host} encoded its answer as {encoding}, which was not offered")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watch_language_comes_first() {
        let cases = [
            (None, "en-GB, en;q=0.8", "en-GB, en;q=0.8"),
            (Some("de"), "en", "de, en;q=0.50"),
            (Some("en"), "en-GB, en;q=0.8", "en-GB, en;q=0.8"),
            (Some("fr"), "en-GB, en;q=0.8, fr;q=0.2", "fr, en-GB;q=0.50, en;q=0.40"),
            (Some("fr"), "", "fr"),
        ];
        for (language, configured, expected) in cases {
            assert_eq!(accept_language(language, configured), expected);
        }
    }

    #[test]
    fn a_validator_is_echoed_as_it_came_or_not_at_all() {
        for value in [r#"W/"0815-gzip""#, "\"\u{e9}\"", "no quotes", "Thu, 1 Jan 70 0:00:00 +0200", "0"] {
            assert_eq!(echo(value).map(|echoed| echoed.as_bytes().to_vec()), Some(value.as_bytes().to_vec()));
        }
        for value in ["", "\"\u{fffd}\"", "a\r\nb: c", "a\0"] {
            assert_eq!(echo(value), None);
        }
    }

    #[test]
    fn after_a_redirect_only_the_entity_tag_is_sent() {
        let validators = Validators { etag: Some("\"1\"".to_owned()), last_modified: Some("yesterday".to_owned()) };
        let request = Request {
            url: "https://example.org/".to_owned(),
            validators: Some(validators),
            language: None,
            ignore_robots: false,
            render: false,
        };
        let first = sent(&request, "en", 0);
        assert!(first.contains_key(IF_NONE_MATCH) && first.contains_key(IF_MODIFIED_SINCE));
        let second = sent(&request, "en", 1);
        assert!(second.contains_key(IF_NONE_MATCH) && !second.contains_key(IF_MODIFIED_SINCE));
    }
}
