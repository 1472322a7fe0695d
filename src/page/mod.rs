//! A fetched page becomes a document. In: raw bytes and headers. Out: a [`Page`] with the legal text, and a `Verdict` whether the
//! fetch counts. This room must never fetch, never panic on any bytes, and never let a selector blank a document.

mod decode;
mod embedded;
mod html;
mod index;
mod markdown;
mod outline;
mod pdf;
mod plain;
mod verdict;

pub use html::{Head, Link, check_selector, head, links};
pub use index::{Listed, index, listed};
pub use verdict::{Answer, Baseline, judge};

use crate::model::{Document, Rejection, Selection};

/// The generation of the extractor: raised whenever the same bytes may give another document or verdict, so that the old snapshot is read again
/// with the new rules before anything is compared.
pub const GENERATION: u32 = 5;

/// What was read from a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The legal text.
    pub document: Document,
    /// The page's `<title>`.
    pub title: Option<String>,
    /// Where the page sends its reader by itself (`<meta http-equiv=refresh>`), if it does.
    pub refresh: Option<String>,
    /// Whether the page asks for a password.
    pub asks_password: bool,
    /// Selectors that matched nothing; the automatic extraction stepped in.
    pub missed: Vec<String>,
}

/// What the watchlist says about a page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules<'watch> {
    /// What to keep; empty: found automatically.
    pub select: &'watch [Selection],
    /// What to drop first.
    pub remove: &'watch [Selection],
}

/// Reads a page's bytes as the content type says, or, without one, as what they look like.
///
/// # Errors
/// The reason why the bytes hold no text that could be read.
pub fn read(body: &[u8], content_type: Option<&str>, rules: Rules<'_>) -> Result<Page, Rejection> {
    let kind = content_type.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let text = decode::decode(body, content_type);
    match kind.as_deref() {
        Some("application/pdf" | "application/x-pdf") => pdf::read(body),
        _ if pdf::is_pdf(body) => pdf::read(body),
        Some("text/html" | "application/xhtml+xml") => html::read(&text, rules),
        Some("text/markdown" | "text/x-markdown") => Ok(markdown::read(&text)),
        Some("text/plain") if !looks_like_html(&text) => Ok(plain::read(&text)),
        Some(kind) if !kind.is_empty() && !kind.starts_with("text/") && kind != "application/octet-stream" => {
            Err(Rejection::ContentType(kind.to_owned()))
        }
        _ if body.iter().take(1024).any(|byte| *byte == 0) => Err(Rejection::ContentType("binary data".to_owned())),
        _ if looks_like_html(&text) => html::read(&text, rules),
        _ if looks_like_markdown(&text) => Ok(markdown::read(&text)),
        _ => Ok(plain::read(&text)),
    }
}

/// Whether some bytes are a page, by their content type, or by what they look like where it says text.
#[must_use]
pub fn is_html(body: &[u8], content_type: Option<&str>) -> bool {
    let kind = content_type.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match kind.as_deref() {
        Some("text/html" | "application/xhtml+xml") => true,
        Some(kind) if !kind.is_empty() && !kind.starts_with("text/") => false,
        _ => looks_like_html(&decode::decode(&body[..body.len().min(4096)], content_type)),
    }
}

/// The document of several pages that together are one, in the order given.
#[must_use]
pub fn join(pages: Vec<Page>) -> Page {
    let mut pages = pages.into_iter();
    let Some(mut whole) = pages.next() else { return Page::default() };
    for page in pages {
        let shift = u32::try_from(whole.document.clauses.len()).unwrap_or(u32::MAX);
        whole.document.clauses.extend(page.document.clauses.into_iter().map(|mut clause| {
            clause.section = clause.section.map(|index| index.saturating_add(shift));
            clause.stem = clause.stem.map(|index| index.saturating_add(shift));
            clause
        }));
        whole.missed.extend(page.missed);
        whole.asks_password |= page.asks_password;
    }
    whole
}

/// An expression that takes no heed of case.
#[expect(clippy::expect_used, reason = "constant patterns; tests run them")]
fn pattern(words: &str) -> regex::Regex {
    regex::Regex::new(&format!("(?i){words}")).expect("a valid pattern")
}

fn looks_like_html(text: &str) -> bool {
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(2000).collect::<String>().to_ascii_lowercase();
    head.starts_with("<!doctype")
        || head.starts_with("<html")
        || ["<head", "<body", "<div", "<p>", "<h1"].iter().any(|tag| head.contains(tag)) && head.starts_with('<')
}

fn looks_like_markdown(text: &str) -> bool {
    let marked = |line: &str| {
        let line = line.trim_start();
        line.starts_with("# ")
            || line.starts_with("## ")
            || line.starts_with("* ")
            || line.starts_with("- ")
            || line.contains("](")
            || line.contains("**")
            || (line.len() >= 3 && line.bytes().all(|byte| byte == b'='))
            || (line.len() >= 3 && line.bytes().all(|byte| byte == b'-'))
    };
    text.lines().filter(|line| marked(line)).take(2).count() == 2
}
