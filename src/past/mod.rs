//! Archives of pages that others kept. In: a folder of dated pages, a WARC file, or a repository of Open Terms Archive. Out: the pages
//! with their times, oldest first, each read when it is asked for. This room must never run, follow or fetch what an archive names, and
//! never hold more than one page in memory.

mod dates;
mod folder;
mod git;
mod http;
mod spool;
mod warc;

use crate::model::{Header, WatchId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// A folder of files whose names begin with their dates.
    Folder,
    /// A WARC file.
    Warc,
    /// Pages as they were served, from a snapshots repository of Open Terms Archive.
    Pages,
    /// Texts that were read off the pages, from a versions repository of Open Terms Archive.
    Texts,
}

impl Archive {
    /// How it is called where it is named as a source.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Folder => "a folder of dated pages",
            Self::Warc => "a WARC file",
            Self::Pages => "snapshots of Open Terms Archive",
            Self::Texts => "versions of Open Terms Archive",
        }
    }

    /// Whether a page of it stands for the time until the next one. A crawl's does not: it may be a variant that one visitor was served.
    #[must_use]
    pub const fn stands_until_the_next(self) -> bool {
        !matches!(self, Self::Warc)
    }

    /// Whether it tells the pages of a document of several apart.
    #[must_use]
    pub const fn knows_addresses(self) -> bool {
        matches!(self, Self::Warc)
    }
}

/// What is looked for in an archive.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The document.
    pub watch: &'a WatchId,
    /// Its pages.
    pub urls: &'a [String],
    /// How the archive calls the platform, where it calls it otherwise.
    pub service: Option<&'a str>,
    /// How the archive calls the document, where it calls it otherwise.
    pub document: Option<&'a str>,
    /// The longest page, in bytes.
    pub longest: usize,
}

/// A page of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedPage {
    /// When the archive saw it.
    pub at: Timestamp,
    /// Which of the wanted pages it is, from 0.
    pub part: usize,
    /// How the archive calls it.
    pub name: String,
    /// The status that it was served with.
    pub status: u16,
    /// The headers that it was served with, as far as the archive knows them.
    pub headers: Vec<Header>,
    place: Place,
}

/// Where the bytes of a page are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Spool { start: u64, length: usize },
    Blob(String),
}

/// An archive with the pages that are wanted of it.
#[derive(Debug)]
pub struct Past {
    /// Which kind.
    pub archive: Archive,
    /// The pages, oldest first.
    pub pages: Vec<DatedPage>,
    /// What was passed over and why, with how often.
    pub passed_over: BTreeMap<String, usize>,
    holder: Holder,
    longest: usize,
}

/// What gives the bytes of the pages.
#[derive(Debug)]
enum Holder {
    Folder,
    Spool(spool::Spool),
    Git(git::Repository),
}

/// Why an archive can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PastError {
    /// A file can't be read.
    #[error("{path} can't be read: {reason}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// It is none of the archives that are known.
    #[error("{0}")]
    Unknown(String),
    /// The program `git` failed.
    #[error("git failed on {path}: {reason}")]
    Git {
        /// The repository.
        path: PathBuf,
        /// What git said.
        reason: String,
    },
    /// A page is longer than is read.
    #[error("{name} is longer than {longest} bytes; raise `max_body` in the settings to read it")]
    TooLong {
        /// Which.
        name: String,
        /// The limit.
        longest: usize,
    },
}

impl Past {
    /// Opens an archive and lists the pages that are wanted of it.
    ///
    /// # Errors
    /// When it can't be read, or is no archive.
    pub async fn open(source: &Path, wanted: Wanted<'_>) -> Result<Self, PastError> {
        let about = std::fs::metadata(source).map_err(|reason| unreadable(source, reason))?;
        let mut past = if !about.is_dir() {
            warc::open(source, wanted)?
        } else if let Some(git) = git::folder_of(source) {
            git::open(&git, wanted).await?
        } else {
            folder::open(source, wanted)?
        };
        past.pages.sort_by(|one, other| (one.at, &one.name).cmp(&(other.at, &other.name)));
        Ok(past)
    }

    /// The bytes of a page.
    ///
    /// # Errors
    /// When they can't be read.
    pub async fn body(&self, page: &DatedPage) -> Result<Vec<u8>, PastError> {
        match (&page.place, &self.holder) {
            (Place::File(path), _) => folder::body(path, self.longest),
            (Place::Spool { start, length }, Holder::Spool(spool)) => spool.read(*start, *length),
            (Place::Blob(blob), Holder::Git(repository)) => repository.blob(blob, &page.name, self.longest).await,
            _ => Err(PastError::Unknown(format!("{} is of another archive", page.name))),
        }
    }
}

fn unreadable(path: &Path, reason: std::io::Error) -> PastError {
    PastError::Unreadable { path: path.to_owned(), reason }
}

/// The content type of a page by the end of its name; `None` where it is no page.
fn kind_of(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once('.')?;
    match end.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => Some("text/html"),
        "pdf" => Some("application/pdf"),
        "md" | "markdown" => Some("text/markdown"),
        "txt" => Some("text/plain"),
        _ => None,
    }
}

fn content_type(kind: &str) -> Vec<Header> {
    vec![Header { name: "content-type".to_owned(), value: kind.to_owned() }]
}

/// Counts something that is passed over.
fn pass_over(passed: &mut BTreeMap<String, usize>, why: impl Into<String>) {
    *passed.entry(why.into()).or_default() += 1;
}

#[cfg(test)]
mod tests;
