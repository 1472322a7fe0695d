//! The table of platforms and topics.

use super::shelf::{Platform, Shelf};
use super::stances;
use crate::model::{Stance, Topic};
use crate::store::StoreError;

/// A platform's line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) cells: Vec<Cell>,
}

/// What a platform says on a topic.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) topic: Topic,
    /// `None` where nothing was read yet, or in no language that is read.
    pub(super) stance: Option<Stance>,
    pub(super) word: &'static str,
    pub(super) class: &'static str,
    /// The document that says so.
    pub(super) path: Option<String>,
}

/// The lines of the table, of all platforms or of those with a tag.
pub(super) fn lines(shelf: &Shelf, platforms: &[Platform], tag: Option<&str>) -> Result<Vec<Line>, StoreError> {
    let tagged = |platform: &&Platform| {
        tag.is_none_or(|tag| platform.documents.iter().any(|document| document.tags.iter().any(|other| other.eq_ignore_ascii_case(tag))))
    };
    platforms.iter().filter(tagged).map(|platform| line(shelf, platform)).collect()
}

/// One platform's line.
pub(super) fn line(shelf: &Shelf, platform: &Platform) -> Result<Line, StoreError> {
    let cells = stances::TOPICS.iter().map(|topic| cell(shelf, platform, *topic)).collect::<Result<_, _>>()?;
    Ok(Line { name: platform.name.clone(), path: platform.path(), cells })
}

/// What a platform says on a topic.
pub(super) fn cell(shelf: &Shelf, platform: &Platform, topic: Topic) -> Result<Cell, StoreError> {
    if !platform.is_read() {
        return Ok(Cell { topic, stance: None, word: "not fetched yet", class: "unread", path: None });
    }
    let mut is_read = false;
    for document in platform.documents.iter().filter(|document| document.state.version > 0) {
        is_read |= shelf.stances(&document.id, document.state.version)?.read;
    }
    if !is_read {
        return Ok(Cell { topic, stance: None, word: "language not read", class: "unread", path: None });
    }
    let (stance, speaker) = platform.speaks(shelf, topic)?;
    Ok(Cell {
        topic,
        stance: Some(stance),
        word: stances::word(stance),
        class: stances::class(topic, stance),
        path: speaker.map(super::shelf::Shelved::path),
    })
}
