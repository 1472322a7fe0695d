use super::Sha256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One response header as it came, name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Lower-case name.
    pub name: String,
    /// Value; bytes that are no UTF-8 are replaced.
    pub value: String,
}

/// One fetch of one page that the server answered with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The URL asked for.
    pub url: String,
    /// The URLs passed on the way, in order, the last one being where the body came from; empty without redirects.
    pub redirects: Vec<String>,
    /// When the answer was complete.
    pub fetched: Timestamp,
    /// HTTP status.
    pub status: u16,
    /// Response headers of the last hop.
    pub headers: Vec<Header>,
    /// The body after content decoding, byte for byte.
    pub body: Vec<u8>,
}

impl Capture {
    /// The first header of that name (lower case), if there is one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name).map(|header| header.value.as_str())
    }

    /// The URL that the body came from.
    #[must_use]
    pub fn final_url(&self) -> &str {
        self.redirects.last().unwrap_or(&self.url)
    }

    /// The digest of the body.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        Sha256::of(&self.body)
    }

    /// What to send back at the next fetch so that an unchanged page needs no body. After a redirect the date is left out: the URL may
    /// lead to another page next time, whose older date would count as "not modified".
    #[must_use]
    pub fn validators(&self) -> Validators {
        Validators { etag: self.header("etag").map(str::to_owned), last_modified: self.header("last-modified").map(str::to_owned) }
    }
}

/// The validators of a stored page (RFC 9110, section 8.8), exactly as the server sent them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// For `If-None-Match`.
    pub etag: Option<String>,
    /// For `If-Modified-Since`; never a time of our own clock.
    pub last_modified: Option<String>,
}

/// How a fetch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchOutcome {
    /// The server answered, with whatever status.
    Answered(Box<Capture>),
    /// 304: the page is what the validators stand for.
    NotModified,
    /// No usable answer after all retries.
    Failed(Failure),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One plain sentence that names the URL's host and what went wrong.
    pub reason: String,
    /// How long the server asked to be left alone, in seconds.
    pub retry_after: Option<u64>,
}
