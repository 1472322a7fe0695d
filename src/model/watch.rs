use super::WatchId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One document of a platform that is watched: an entry of the watchlist with the defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Made from platform and document name.
    pub id: WatchId,
    /// What is read at its addresses.
    pub kind: WatchKind,
    /// The platform's name as people write it.
    pub platform: String,
    /// The document's name as people write it, such as "Terms of Service".
    pub document: String,
    /// The pages that together are the document, in reading order; never empty, http or https.
    pub urls: Vec<String>,
    /// What to keep of each page; empty: found automatically.
    pub select: Vec<Selection>,
    /// What to drop from each page before anything else.
    pub remove: Vec<Selection>,
    /// For an index: which of its links are watched; paths or addresses with `*`.
    pub links: Vec<String>,
    /// When the document is due.
    pub schedule: Schedule,
    /// How long after a difference was first seen the second fetch must still show it.
    pub confirm_after: Duration,
    /// The language that the document must have (ISO 639-1), sent as Accept-Language; a page in another one is rejected.
    pub language: Option<String>,
    /// Whether it is fetched whatever robots.txt says: the operator's own decision.
    pub ignore_robots: bool,
    /// Whether a browser is asked at once, and not only where the page shows no text without one.
    pub needs_browser: bool,
    /// Free words by which people subscribe ("music", "ai").
    pub tags: Vec<String>,
}

/// What is read at the addresses of a watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WatchKind {
    /// A text for people.
    #[default]
    Document,
    /// What sites say to machines about AI: a watch of the platform's own, made from its documents' addresses.
    Signals,
    /// A page that lists others, each of which is watched as a document of its own.
    Index,
}

/// When a watch is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Every so often, with a deterministic jitter of a tenth so that watches spread out.
    Every(Duration),
    /// A cron expression (five or six fields) in an IANA time zone.
    Cron {
        /// The expression, already checked.
        expression: String,
        /// The zone's name, such as `Europe/Dublin`.
        zone: String,
    },
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// Every element that a CSS selector matches.
    Css(String),
    /// From the first element that `start` matches to the first one after it that `end` matches, the end left out.
    Range {
        /// CSS selector of the first element.
        start: String,
        /// CSS selector of the element to stop before.
        end: String,
    },
}
