//! A store that is built anew beside the one in use and then put in its place, in one step: an export that is taken in, a store that is
//! made smaller. Until that step the old one stands untouched; what a crash leaves beside it is removed at the next try.

use super::engine::Engine;
use super::folder::{Contents, Folder, size};
use super::lines::{Line, VERSION};
use super::retention::{self, Retention};
use super::{Commit, Share, SledStore, Store, StoreError, export};
use crate::model::Keep;
use jiff::Timestamp;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// How many bytes are written in one commit, or little more.
const BATCH: usize = 8 << 20;

/// What became of a store that was made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Bytes on the disk before.
    pub before: u64,
    /// Bytes on the disk now.
    pub after: u64,
    /// The bodies that were dropped.
    pub dropped: Share,
}

impl SledStore {
    /// Takes the lines of an export into the store in `folder`, which must be empty; how many there were.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the store is not empty, or a line is none; the store is then empty as before.
    pub fn import(folder: &Path, lines: impl Iterator<Item = io::Result<String>>) -> Result<u64, StoreError> {
        drop(Self::open(folder)?);
        let not_empty =
            || StoreError::Refused(format!("the store in {} is not empty; an export is taken into a new one only", folder.display()));
        let lock = Folder::lock(folder)?;
        if !matches!(contents(&lock)?, Contents::New | Contents::Made(0)) {
            return Err(not_empty());
        }
        let mut count = 0;
        renew(lock, |new| {
            let mut lines = lines.map(|line| line.map_err(|error| StoreError::Io(error.to_string())).and_then(|line| parsed(&line)));
            match lines.next().transpose()? {
                Some(Line::Fineprint(VERSION)) => {}
                Some(Line::Fineprint(other)) => {
                    return Err(refused(format!(
                        "it is an export of version {other}, this program knows {VERSION}: it was written by a newer one"
                    )));
                }
                _ => return Err(refused("it does not begin as an export does".to_owned())),
            }
            count = 1;
            let mut batch = Batch::into(new);
            for line in lines {
                match line? {
                    Line::End(expected) if expected == count => return batch.write(),
                    Line::End(expected) => return Err(refused(format!("it says that it has {expected} lines, but there are {count}"))),
                    line => batch.add(line)?,
                }
                count += 1;
            }
            Err(refused("it is cut off: its last line is missing".to_owned()))
        })?;
        Ok(count + 1)
    }

    /// Builds the store in `folder` anew, without what sled no longer needs and without the bodies that `keep` drops.
    ///
    /// # Errors
    /// Where the store is in use or can't be read, or the new one would not verify; the old one then stays.
    pub fn compact(folder: &Path, keep: Keep, now: Timestamp) -> Result<Compacted, StoreError> {
        let before = size(folder).map_err(failed)?;
        let old = Self::open(folder)?;
        let problems = old.verify()?;
        if let Some(first) = problems.first() {
            return Err(refused(format!("{} problems were found in it, the first: {first}; nothing was changed", problems.len())));
        }
        let dropped = old.read(|tables| retention::surplus(tables, keep, now))?;
        let beside = Beside::new(folder)?;
        beside.build(|new| {
            let mut batch = Batch::into(new);
            old.read(|tables| {
                let retention = Retention::of(tables, keep, now)?;
                export::lines(tables, &retention, &mut |line| match line {
                    Line::Fineprint(_) | Line::End(_) => Ok(()),
                    line => batch.add(line),
                })
            })?;
            batch.write()
        })?;
        drop(old);
        beside.take_the_place(Folder::lock(folder)?)?;
        Ok(Compacted { before, after: size(folder).map_err(failed)?, dropped })
    }
}

/// Builds a store and puts it in the place of another, whose lock is held.
fn renew(old: Folder, build: impl FnOnce(&SledStore) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let beside = Beside::new(old.path())?;
    beside.build(build)?;
    beside.take_the_place(old)
}

/// The folder in which the new store is built, removed with whatever is in it at the end.
struct Beside(std::path::PathBuf);

impl Beside {
    fn new(folder: &Path) -> Result<Self, StoreError> {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let beside = Self(folder.with_file_name(name));
        beside.remove().map_err(failed)?;
        Ok(beside)
    }

    /// Fills the new store and reads all of it back.
    fn build(&self, build: impl FnOnce(&SledStore) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let new = SledStore::open(&self.0)?;
        build(&new)?;
        match new.verify()?.first() {
            Some(problem) => Err(refused(format!("what would take its place has problems, the first: {problem}; nothing was changed"))),
            None => Ok(()),
        }
    }

    /// Changes places with the old store, whose lock is held, and removes that.
    fn take_the_place(&self, old: Folder) -> Result<(), StoreError> {
        let place = old.path().to_owned();
        renameat_with(CWD, &self.0, CWD, &place, RenameFlags::EXCHANGE).map_err(|error| failed(error.into()))?;
        if let Some(parent) = place.canonicalize().map_err(failed)?.parent() {
            File::open(parent).and_then(|parent| parent.sync_all()).map_err(failed)?;
        }
        drop(old);
        self.remove().map_err(failed)
    }

    fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // What can't be removed now is removed at the next try.
        let _ = self.remove();
    }
}

/// Lines that are written together.
struct Batch<'store> {
    store: &'store SledStore,
    lines: Vec<Line>,
    weight: usize,
}

impl<'store> Batch<'store> {
    fn into(store: &'store SledStore) -> Self {
        Self { store, lines: Vec::new(), weight: 0 }
    }

    fn add(&mut self, line: Line) -> Result<(), StoreError> {
        self.weight += line.weight();
        self.lines.push(line);
        if self.weight < BATCH { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        self.weight = 0;
        let restore = std::mem::take(&mut self.lines);
        self.store.commit(Commit { restore, ..Commit::default() })
    }
}

fn contents(folder: &Folder) -> Result<Contents, StoreError> {
    folder.contents().map_err(|reason| StoreError::Unreadable { path: folder.path().to_owned(), reason })
}

fn parsed(line: &str) -> Result<Line, StoreError> {
    serde_json::from_str(line).map_err(|error| refused(format!("a line of the export is not understood: {error}")))
}

fn refused(reason: String) -> StoreError {
    StoreError::Refused(reason)
}

#[expect(clippy::needless_pass_by_value, reason = "it is made to stand in `map_err`")]
fn failed(error: io::Error) -> StoreError {
    StoreError::Io(error.to_string())
}

#[cfg(test)]
mod tests;
