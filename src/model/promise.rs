use super::{Piece, WatchId};
use jiff::civil::Date;

/// What a platform announced for one of its documents: an entry of the watchlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The document that it is about.
    pub watch: WatchId,
    /// The platform's name.
    pub platform: String,
    /// The document's name.
    pub document: String,
    /// The tags of the document, by which people subscribe.
    pub tags: Vec<String>,
    /// The words that were promised.
    pub wording: String,
    /// Until when.
    pub by: Option<Date>,
    /// When it was promised.
    pub announced: Option<Date>,
    /// Where it was promised.
    pub source: Option<String>,
}

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing of it is in the document.
    Open,
    /// Nothing of it is in the document, and its date has passed.
    Overdue,
    /// Something came that holds less than was promised.
    Weaker,
    /// It is in the document in other words that hold no less, as far as they are read.
    InOtherWords,
    /// It is in the document, word for word.
    Kept,
}

/// A promise held against a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Where it stands; never [`Standing::Overdue`], which is a matter of the date.
    pub standing: Standing,
    /// The words of the document that come nearest, where some come near.
    pub found: Option<String>,
    /// From what was promised to what was found.
    pub redline: Vec<Piece>,
    /// What is missing of it, a sentence each.
    pub losses: Vec<String>,
}
