use super::Sha256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a watch remembers of the texts it ever accepted: by it a flap or a served variant is told from news.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The fingerprint of every sentence (see `text::fingerprint`), and when it was there.
    pub sentences: BTreeMap<u64, Seen>,
    /// Every whole text, oldest first.
    pub texts: Vec<SeenText>,
}

/// When something was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// First sighting.
    pub first: Timestamp,
    /// Last sighting.
    pub last: Timestamp,
}

/// A whole text that was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenText {
    /// Digest of its words.
    pub fingerprint: Sha256,
    /// The version that it became, 0 where it was only a variant.
    pub version: u32,
    /// When.
    pub seen: Seen,
    /// How many fetches showed it.
    pub sightings: u32,
}
