use super::failure::Failure;
use super::{Global, access};
use crate::fetch::{Fetch as _, HttpFetcher, Request};
use crate::model::{Capture, FetchOutcome};
use crate::page::{self, Answer, Page, Rules};
use std::path::Path;

/// A page named on the command line, with the answer it came in where it was fetched.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) page: Page,
    pub(super) capture: Option<Capture>,
}

impl Source {
    /// The page, unless the server answered with an error in its place.
    pub(super) fn good(self) -> Result<Self, Failure> {
        match &self.capture {
            Some(capture) if !(200..300).contains(&capture.status) => {
                Err(Failure::world(format!("{}: the server answered with status {}", capture.url, capture.status)))
            }
            _ => Ok(self),
        }
    }

    /// What the server said; a file counts as a good answer.
    pub(super) fn answer(&self) -> Answer<'_> {
        match &self.capture {
            Some(capture) => {
                Answer { status: capture.status, url: &capture.url, final_url: capture.final_url(), headers: &capture.headers }
            }
            None => Answer { status: 200, url: "", final_url: "", headers: &[] },
        }
    }
}

/// Reads a file, or fetches a URL.
pub(super) async fn open(global: &Global, name: &str) -> Result<Source, Failure> {
    if name.starts_with("http://") || name.starts_with("https://") { fetch(global, name).await } else { read_file(Path::new(name)) }
}

fn read_file(path: &Path) -> Result<Source, Failure> {
    let body = std::fs::read(path).map_err(|error| {
        Failure::Usage(miette::miette!(
            help = "name a file that exists, or a URL that begins with http:// or https://",
            "{} can't be read: {error}",
            path.display()
        ))
    })?;
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "htm" | "xhtml") => Some("text/html"),
        Some("md" | "markdown") => Some("text/markdown"),
        Some("txt") => Some("text/plain"),
        _ => None,
    };
    let page = page::read(&body, kind, Rules::default())
        .map_err(|rejection| Failure::usage(format!("{} can't be read as a page: {rejection}", path.display())))?;
    Ok(Source { page, capture: None })
}

async fn fetch(global: &Global, url: &str) -> Result<Source, Failure> {
    let setup = access::setup(global)?;
    let fetcher = HttpFetcher::new(&setup.settings.fetch).map_err(Failure::world)?;
    let request = Request { url: url.to_owned(), validators: None, language: None, ignore_robots: true, render: false };
    match fetcher.fetch(&request).await {
        FetchOutcome::Answered(capture) => {
            let page = page::read(&capture.body, capture.header("content-type"), Rules::default())
                .map_err(|rejection| Failure::world(format!("{url}: {rejection}")))?;
            Ok(Source { page, capture: Some(*capture) })
        }
        FetchOutcome::NotModified => Err(Failure::world(format!("{url}: the server answered 304 to a request without validators"))),
        FetchOutcome::Failed(failure) => Err(Failure::world(failure.reason)),
    }
}
