use super::{ChangeId, Event, Header, Memory, Piece, Rejection, Sha256, Validators, WatchId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The record of a stored capture; the bytes stand beside it in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which document.
    pub watch: WatchId,
    /// Which of the document's pages, from 0.
    pub part: u32,
    /// Numbers the snapshots of this watch's part from 1, without gaps.
    pub number: u32,
    /// The URL asked for.
    pub url: String,
    /// The URLs passed on the way.
    pub redirects: Vec<String>,
    /// When it was fetched.
    pub fetched: Timestamp,
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: Vec<Header>,
    /// Digest of the body.
    pub sha256: Sha256,
    /// Length of the body in bytes.
    pub length: u64,
    /// Why it does not count, if it does not.
    pub rejection: Option<Rejection>,
}

/// A text of the document that was accepted, stored when it differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Which document.
    pub watch: WatchId,
    /// Numbers the versions of this watch from 1, without gaps.
    pub number: u32,
    /// When its text was first seen.
    pub first_seen: Timestamp,
    /// The numbers of the snapshots that it was extracted from, one a page.
    pub snapshots: Vec<u32>,
    /// Digest of the document's words, by which an unchanged text is recognised.
    pub fingerprint: Sha256,
    /// Which generation of the extractor made it.
    pub extractor: u32,
}

/// Two versions of a document, and what the difference means; confirmed by a second fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub id: ChangeId,
    /// Which document.
    pub watch: WatchId,
    /// The platform's name when it was found.
    pub platform: String,
    /// The document's name when it was found.
    pub document: String,
    /// Where the document stands on the web.
    pub url: String,
    /// The version before.
    pub old_version: u32,
    /// The version after.
    pub new_version: u32,
    /// When the old text was last seen.
    pub last_seen_old: Timestamp,
    /// When the new text was first seen.
    pub first_seen_new: Timestamp,
    /// When a second fetch confirmed it.
    pub confirmed: Timestamp,
    /// Digest of the old snapshot's bytes (the first page's).
    pub old_sha256: Sha256,
    /// Digest of the new snapshot's bytes (the first page's).
    pub new_sha256: Sha256,
    /// The document's language, where it is known.
    pub language: Option<String>,
    /// What it means, gravest first; empty for a change that is not about AI.
    pub events: Vec<Event>,
    /// How many sentences were added, removed and edited, whatever they are about.
    pub sentences: [u32; 3],
    /// Whether a date is all that changed.
    pub date_only: bool,
    /// The date line of the new version, verbatim, if it has one.
    pub effective: Option<String>,
    /// The tags of the watch when it was found.
    pub tags: Vec<String>,
    /// The first lines of the redline, for the history.
    pub excerpt: Vec<Vec<Piece>>,
    /// Where the whole document was replaced: how much of it stayed, in percent of its words.
    pub replaced: Option<u8>,
    /// Where it was not seen live: the archive that it was imported from.
    pub imported_from: Option<String>,
    /// The date line of the old version, verbatim, if it had one.
    pub effective_before: Option<String>,
}

impl Change {
    /// Whether the text changed under the same date: the page gives itself the date that it gave the old text.
    #[must_use]
    pub fn keeps_its_date(&self) -> bool {
        self.effective.is_some() && self.effective == self.effective_before
    }
}

/// What the store remembers of a watch between two checks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchState {
    /// When it was last fetched, with whatever outcome.
    pub last_check: Option<Timestamp>,
    /// When the accepted text was last seen.
    pub last_good: Option<Timestamp>,
    /// Rejected or failed fetches in a row.
    pub failures: u32,
    /// The last rejection, while it lasts.
    pub rejection: Option<Rejection>,
    /// Fetches in all; every 20th goes without validators.
    pub checks: u64,
    /// Validators and digest of the last stored body, one a page.
    pub parts: Vec<(Validators, Sha256)>,
    /// The number of the accepted version; 0 before the first.
    pub version: u32,
    /// A difference that waits for its second sighting.
    pub held: Option<Held>,
    /// Selectors of the watchlist that matched nothing in the last usable fetch.
    pub missed: Vec<String>,
    /// What is wrong with single pages of several, one entry a page; empty where all is well.
    pub troubles: Vec<Option<Trouble>>,
    /// Digest of the fetch that was rejected last and of the rules it was read by: the same again is rejected without being read.
    pub refused: Option<Sha256>,
}

/// A page of several that can't be read, while the others can: its last good bytes stand in for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// Fetches in a row that did not count.
    pub failures: u32,
    /// Why the last one did not.
    pub rejection: Rejection,
}

/// A difference that was seen once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// When it was first seen.
    pub since: Timestamp,
    /// Digest of the text that showed it last.
    pub fingerprint: Sha256,
    /// The snapshots of that text, one a page.
    pub snapshots: Vec<u32>,
    /// How many fetches in a row showed it.
    pub sightings: u32,
    /// Fingerprints of the sentences that came.
    pub came: Vec<u64>,
    /// Fingerprints of the sentences that went.
    pub went: Vec<u64>,
    /// Why the text is doubted, where a page rule doubts it: it must then last longer.
    pub doubt: Option<Rejection>,
    /// Whether fetches were rejected right before it was first seen.
    pub after_outage: bool,
}

impl Snapshot {
    /// The header that an imported page bears; it says which archive the page comes from. What a server sends under this name is not
    /// stored.
    pub const IMPORTED_FROM: &'static str = "fineprint-imported-from";

    /// The header of our own that says through which proxy a page was seen.
    pub const VANTAGE: &'static str = "x-fineprint-vantage";

    /// From where the page was seen: the proxy's address; `None`: from here.
    #[must_use]
    pub fn vantage(&self) -> Option<&str> {
        self.headers.iter().find(|header| header.name == Self::VANTAGE).map(|header| header.value.as_str())
    }

    /// The archive that it was imported from; `None` where it was fetched.
    #[must_use]
    pub fn imported_from(&self) -> Option<&str> {
        self.headers.iter().find(|header| header.name == Self::IMPORTED_FROM).map(|header| header.value.as_str())
    }
}

impl Held {
    /// Whether every sentence that came is one that the watch has seen before.
    #[must_use]
    pub fn is_known_to(&self, memory: &Memory) -> bool {
        !self.came.is_empty() && self.came.iter().all(|sentence| memory.sentences.contains_key(sentence))
    }
}

/// One line of a document's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRecord {
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub result: CheckResult,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckResult {
    /// The first version was stored.
    First,
    /// Nothing new.
    Unchanged,
    /// A difference waits for its second sighting.
    Held,
    /// A difference that waited was gone at the second sighting.
    Variant,
    /// A change was confirmed.
    Changed(ChangeId),
    /// The fetch does not count.
    Rejected(Rejection),
    /// A text that was there before came back and went again: the page is served in variants.
    Flap,
}

impl CheckResult {
    /// A short, stable name, for counting.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Unchanged => "unchanged",
            Self::Held => "held",
            Self::Variant => "variant",
            Self::Changed(_) => "changed",
            Self::Rejected(_) => "rejected",
            Self::Flap => "flap",
        }
    }
}
