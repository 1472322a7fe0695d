//! The outside world, fetched politely. In: a [`Request`]. Out: a [`FetchOutcome`], never an error: a failing site is data.
//! This room must never decide whether what came is the document.

mod browser;
mod guard;
mod headers;
mod hosts;
mod http;
mod journey;
mod permits;
mod proxy;
mod retry;
mod trouble;

pub use browser::browser;
pub use http::{FetchError, HttpFetcher, install_crypto};

use crate::model::{FetchOutcome, Validators};
use std::future::Future;
use std::pin::Pin;

/// What to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// http or https.
    pub url: String,
    /// What the stored page was validated by; `None` fetches it unconditionally.
    pub validators: Option<Validators>,
    /// For Accept-Language (ISO 639-1); `None`: the configured one.
    pub language: Option<String>,
    /// Whether the page is fetched whatever robots.txt says of it: the operator's own decision for this page.
    pub ignore_robots: bool,
    /// Whether a browser is to run the page's scripts before its text is taken.
    pub render: bool,
}

/// Something that fetches pages.
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// Fetches one page, retries included.
    fn fetch<'call>(&'call self, request: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>>;

    /// Whether it has a browser for [`Request::render`].
    fn renders(&self) -> bool {
        false
    }
}
