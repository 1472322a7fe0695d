//! An export, line by line; `docs/export-format.md` describes it for whoever reads one.

use crate::model::{
    Change, ChangeId, CheckRecord, Document, Incident, Memory, OutboxEntry, Sha256, Snapshot, Subscription, SubscriptionId, Version,
    WatchId, WatchState,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the format. A type that changes its fields raises it, unless old lines still read as what they were.
pub(super) const VERSION: u32 = 1;

/// One line of an export: an object with one key, which says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// The first: the version of the format.
    Fineprint(u32),
    /// A secret of the store, in Base64.
    Secret {
        /// What it is for.
        name: String,
        /// Its bytes.
        base64: String,
    },
    /// The highest number of a sequence that was ever given.
    Counter {
        /// Which sequence.
        sequence: String,
        /// The number.
        highest: u64,
    },
    /// How often something was committed that readers may see.
    Shown(u64),
    /// A subscription.
    Subscription(Box<Subscription>),
    /// A subscription that was forgotten, of which the number is all that is left.
    Forgotten(SubscriptionId),
    /// A token that was used.
    Spent {
        /// Its digest.
        token: Sha256,
        /// How long that is worth remembering.
        until: Timestamp,
    },
    /// An incident that lasts.
    Incident(Incident),
    /// A fetch and its bytes.
    Snapshot {
        /// What is known of the fetch.
        record: Box<Snapshot>,
        /// Its bytes.
        body: Body,
    },
    /// A version and its text.
    Version {
        /// What is known of the version.
        record: Version,
        /// Its text.
        document: Document,
    },
    /// What a watch remembers.
    Memory {
        /// Which watch.
        watch: WatchId,
        /// What it remembers.
        memory: Memory,
    },
    /// The state of a watch.
    State {
        /// Which watch.
        watch: WatchId,
        /// Its state.
        state: Box<WatchState>,
    },
    /// A line of a watch's history.
    History {
        /// Which watch.
        watch: WatchId,
        /// Which line.
        number: u32,
        /// What it says.
        record: CheckRecord,
    },
    /// When a watch is due.
    Due {
        /// Which watch.
        watch: WatchId,
        /// When.
        at: Timestamp,
    },
    /// A change.
    Change(Box<Change>),
    /// A change of which not everybody was told yet.
    Telling {
        /// Which.
        change: ChangeId,
        /// The first mail that may be one of it.
        first: u64,
    },
    /// A mail of the outbox.
    Mail(Box<OutboxEntry>),
    /// The last: how many lines stand before it.
    End(u64),
}

impl Line {
    /// The watch that it belongs to, where it belongs to one.
    pub(super) fn watch(&self) -> Option<&WatchId> {
        match self {
            Self::Snapshot { record, .. } => Some(&record.watch),
            Self::Version { record, .. } => Some(&record.watch),
            Self::Memory { watch, .. } | Self::State { watch, .. } | Self::History { watch, .. } | Self::Due { watch, .. } => Some(watch),
            Self::Change(change) => Some(&change.watch),
            _ => None,
        }
    }
}

/// The bytes of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// As they are, where they are UTF-8.
    Text(String),
    /// In Base64, where they are not.
    Base64(String),
    /// They were dropped; the record of the fetch stayed.
    Dropped,
}

impl Body {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Base64(STANDARD.encode(error.as_bytes())), Self::Text)
    }

    /// The bytes, `None` where they were dropped; the reason where they are no Base64.
    pub(super) fn bytes(&self) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::Text(text) => Ok(Some(text.as_bytes().to_vec())),
            Self::Base64(text) => decode(text).map(Some),
            Self::Dropped => Ok(None),
        }
    }
}

impl Line {
    pub(super) fn secret(name: &[u8], bytes: &[u8]) -> Self {
        Self::Secret { name: String::from_utf8_lossy(name).into_owned(), base64: STANDARD.encode(bytes) }
    }

    /// About how many bytes it holds, so that what waits to be written can be bounded.
    pub(super) fn weight(&self) -> usize {
        const REST: usize = 4096;
        match self {
            Self::Snapshot { body: Body::Text(text) | Body::Base64(text), .. } => text.len() + REST,
            Self::Version { document, .. } => document.clauses.iter().map(|clause| clause.text.len()).sum::<usize>() + REST,
            Self::Memory { memory, .. } => memory.sentences.len() * size_of::<crate::model::Seen>() + REST,
            _ => REST,
        }
    }
}

/// The bytes of some Base64.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| format!("its Base64 is wrong: {error}"))
}
