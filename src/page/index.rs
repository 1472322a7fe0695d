use super::html::links;
use crate::model::{Clause, ClauseKind, Document};
use regex::Regex;
use url::Url;

/// No honest index lists more policies.
const MOST: usize = 300;
/// What divides a link's words from its address.
const DASH: &str = " — ";

/// A page that an index lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The words of the link.
    pub text: String,
    /// Where it leads, without a fragment.
    pub url: String,
}

/// The links of an index page that fit one of the patterns, each address once, as a document with a line for each. A pattern is a path, or
/// a whole address, in which `*` stands for anything; a path stands for pages of the index's own host.
#[must_use]
pub fn index(markup: &str, base: &str, patterns: &[String]) -> Document {
    let mut document = Document { language: Some("en".to_owned()), ..Document::default() };
    let Ok(base) = Url::parse(base) else { return document };
    let patterns: Vec<Pattern> = patterns.iter().filter_map(|pattern| Pattern::of(pattern)).collect();
    let mut seen: Vec<String> = Vec::new();
    for link in links(markup) {
        if seen.len() == MOST {
            break;
        }
        let Ok(mut url) = base.join(&link.href) else { continue };
        url.set_fragment(None);
        let is_page = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
        let known = url.as_str() == base.as_str() || seen.iter().any(|one| one == url.as_str());
        if is_page && !known && patterns.iter().any(|pattern| pattern.fits(&url, &base)) {
            seen.push(url.to_string());
            let text = format!("{}{DASH}{url}", link.text.replace(DASH, " - "));
            document.clauses.push(Clause { kind: ClauseKind::ListItem, text, label_len: 0, section: None, stem: None });
        }
    }
    document
}

/// The pages of a document that [`index`] made.
#[must_use]
pub fn listed(document: &Document) -> Vec<Listed> {
    let line = |clause: &Clause| {
        let (text, url) = clause.text.rsplit_once(DASH)?;
        Some(Listed { text: text.to_owned(), url: url.to_owned() })
    };
    document.clauses.iter().filter_map(line).collect()
}

/// Which addresses are wanted.
struct Pattern {
    expression: Regex,
    /// Whether it is the path of a page on the index's own host, and not a whole address.
    is_path: bool,
}

impl Pattern {
    /// `None` for one that no expression can hold: it is longer than any address.
    fn of(wanted: &str) -> Option<Self> {
        let expression = format!("(?i)^{}/?$", regex::escape(wanted).replace(r"\*", ".*"));
        Some(Self { expression: Regex::new(&expression).ok()?, is_path: wanted.starts_with('/') })
    }

    fn fits(&self, url: &Url, base: &Url) -> bool {
        if self.is_path {
            url.host() == base.host() && self.expression.is_match(url.path())
        } else {
            self.expression.is_match(url.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_that_fit_are_listed_once_each() {
        let markup = "<ul><li><a href='/legal/privacy'>Privacy  Policy</a><li><a href='/legal/terms#top'>Terms</a><li><a href=\"/legal/terms\">Terms again</a>\
            <li><a href='/blog'>Blog</a><li><a href='https://other.example/legal/x'>Elsewhere</a><li><a href='javascript:x()'>No</a><li><a href='/legal'>Here</a></ul>";
        let paths = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            listed(&index(markup, "https://songs.example/legal", &patterns)).into_iter().map(|one| one.url).collect::<Vec<_>>()
        };
        assert_eq!(paths(&["/legal/*"]), ["https://songs.example/legal/privacy", "https://songs.example/legal/terms"]);
        assert_eq!(paths(&["https://*.example/legal/x"]), ["https://other.example/legal/x"]);
        assert!(paths(&["/nothing"]).is_empty());
        let texts = listed(&index(markup, "https://songs.example/legal", &["/legal/p*".to_owned()]));
        assert_eq!(texts[0].text, "Privacy Policy");
    }

    #[test]
    fn a_pattern_longer_than_any_address_fits_nothing() {
        let endless = format!("/{}", "é*".repeat(200_000));
        assert!(index("<a href=/x>X</a>", "https://songs.example/", &[endless]).clauses.is_empty());
    }
}
