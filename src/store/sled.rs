//! The store on the disk, in [sled](https://docs.rs/sled) 0.34.7. sled appears only here, and only under this discipline.
//!
//! sled alone promises less than it seems to. In a model of power loss (the writer killed, the device imaged at once, the image mounted
//! and every acknowledged key looked up) its defaults with `flush()` lost or broke the database in 8 rounds of 8, and with an `fsync`
//! added still in 8 of 8: values that it moves to `blobs/` are never synced. With what follows: 0 of 24, and nothing lost by `kill -9`.
//!
//! 1. **Segments of 2 MiB, values of at most 16 KiB.** Nothing then goes to `blobs/`; a store whose `blobs/` holds anything is refused. Values are
//!    compressed first, then cut, the pieces written before their head.
//! 2. **A commit is one transaction over all trees, then `flush()`, then `sync_all()`** on a handle of our own of the file `db`; `flush()`
//!    only hands the bytes to the kernel. When a store is made, `conf`, the folder and its parent are synced as well.
//! 3. **One writer.** A thread takes what has queued up, applies each commit as its own transaction, syncs once and then answers all. Readers
//!    wait meanwhile: nobody sees what is not yet durable, so that no mail leaves before its commit is on the disk. Commits that only say
//!    that a page is what it was wait a moment for others of their kind: a sync costs more than such a check.
//! 4. **A failed write stops the store.** What reached the disk is unknown then; every further call fails until the process starts anew.
//! 5. **Every value carries a checksum, every body its SHA-256,** compared on each reading. Opening and reading run under `catch_unwind`: a
//!    flipped bit makes sled panic, mostly while opening.
//! 6. **Opened on trial first.** Where it does not panic, sled takes damage for the torn end of its log and cuts it off: with one byte flipped
//!    a small store opened empty. So each commit is counted in the database and in a file beside it (see `folder`), and a copy of the
//!    database must open, and hold all commits, before sled may touch the file itself. What fails stays as it was. Only a store that is
//!    bit for bit as it was closed is opened without (see `rest`).
//! 7. **A cache of 4 MiB;** sled's own default is 1 GiB.
//!
//! What is deleted is gone for readers at once, but sled overwrites old segments only later: until then the bytes are still in the file.

use super::engine::{Engine, Given};
use super::folder::{Contents, Folder, Room, Witness, needs_room, no_room, size};
use super::tables::{Entry, KeyRange, Order, Table, Tables, Write};
use super::{Commit, StoreError, draft, read, rest};
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional as _};
use sled::{Config, Db, IVec, Tree};
use std::any::Any;
use std::fmt;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tempfile::TempDir;

/// sled writes it into `conf` and refuses any other for ever after.
const SEGMENT_SIZE: usize = 2 << 20;
/// With less room than for two segments, in bytes, sled can't open a store.
const LEAST_ROOM: u64 = 4 << 20;
/// In bytes.
const CACHE_CAPACITY: u64 = 4 << 20;
/// How many commits share one sync at most, so that readers never wait long.
const GROUP: usize = 32;
/// How long commits that can wait do so for the next one.
const PATIENCE: Duration = Duration::from_millis(2);
/// The layout of the tables; a store of another one is left alone.
const LAYOUT: u64 = 1;

/// The store in a folder on the disk.
pub struct SledStore {
    /// What the writer shares with the readers.
    shared: Arc<Shared>,
    /// The way to the writer; taken on drop, which ends it.
    commits: Option<Sender<Request>>,
    /// The writer, waited for on drop.
    writer: Option<JoinHandle<()>>,
    /// Numbers given out.
    given: Given,
}

/// A commit, and where to say what became of it.
struct Request {
    commit: Commit,
    answer: SyncSender<Result<(), StoreError>>,
}

struct Shared {
    /// Why the store stopped, if it did. Held for writing from the first byte of a group of commits until the disk has it.
    stopped: RwLock<Option<String>>,
    /// The tables.
    trees: Trees,
    /// What makes writes durable.
    disk: Box<dyn Disk>,
    /// Is told of every commit that the disk has.
    witness: Witness,
    /// Declared behind all that holds the file open, so that it goes when sled has closed it.
    closing: Closing,
    /// Keeps other processes out as long as it lives; declared last, so that it goes last.
    folder: Folder,
}

/// Notes at its end how the store was left, where it was left in good order.
struct Closing {
    path: PathBuf,
    /// How many commits it holds then; unset: nothing is noted, and the next start begins with a trial.
    commits: OnceLock<u64>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        if let Some(commits) = self.commits.get() {
            // Without the note the next start takes longer, that is all.
            let _ = rest::note(&self.path, *commits, SEGMENT_SIZE);
        }
    }
}

/// The two steps that make what was written durable; apart, so that a test can see that they are taken.
trait Disk: Send + Sync {
    /// Hands everything to the kernel.
    fn flush(&self) -> io::Result<()>;
    /// Waits until the device has it.
    fn sync(&self) -> io::Result<()>;
}

/// The real one.
struct SledFile {
    db: Db,
    file: File,
}

impl Disk for SledFile {
    fn flush(&self) -> io::Result<()> {
        self.db.flush().map(drop).map_err(io::Error::other)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

impl SledStore {
    /// Opens the store in `folder`, or makes one there.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process has it open; [`StoreError::NoRoom`] and [`StoreError::Unreadable`] where it can't be
    /// opened: it is left as it is.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_with(folder, |disk| Box::new(disk))
    }

    fn open_with(path: &Path, wrap: impl FnOnce(SledFile) -> Box<dyn Disk>) -> Result<Self, StoreError> {
        let folder = Folder::lock(path)?;
        // What sled says of a full disk is prose, so the disk is asked.
        let unreadable = |reason: String| match needs_room(path, LEAST_ROOM) {
            Err(full) => full,
            Ok(()) => StoreError::Unreadable { path: path.to_owned(), reason },
        };
        let contents = folder.contents().map_err(unreadable)?;
        if let Contents::Made(commits) = contents
            && !rest::is_undisturbed(folder.path(), commits, SEGMENT_SIZE)
        {
            try_out(&folder, contents)?;
        }
        Self::open_tried(folder, contents, wrap).map_err(unreadable)
    }

    fn open_tried(folder: Folder, contents: Contents, wrap: impl FnOnce(SledFile) -> Box<dyn Disk>) -> Result<Self, String> {
        folder.remove_unfinished().and_then(|()| folder.remove_copies()).map_err(words)?;
        let witness = folder.witness().map_err(words)?;
        let (db, trees) = unpanicked(|| open_trees(folder.path()))?;
        let file = File::open(folder.path().join("db")).map_err(words)?;
        let disk = wrap(SledFile { db, file });
        if contents == Contents::New {
            unpanicked(|| make(&trees, disk.as_ref()))?;
            folder.sync_names().map_err(words)?;
        }
        let found = unpanicked(|| commits(&trees))?;
        holds(found, contents)?;
        witness.note(found).map_err(words)?;
        let closing = Closing { path: folder.path().to_owned(), commits: OnceLock::new() };
        Self::start(Arc::new(Shared { stopped: RwLock::new(None), trees, disk, witness, closing, folder })).map_err(words)
    }

    fn start(shared: Arc<Shared>) -> io::Result<Self> {
        let (commits, requests) = mpsc::channel();
        let theirs = Arc::clone(&shared);
        let writer = thread::Builder::new().name("store-writer".to_owned()).spawn(move || theirs.serve(&requests))?;
        Ok(Self { shared, commits: Some(commits), writer: Some(writer), given: Given::default() })
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.commits.take();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing left to say; its commits were never acknowledged.
            let _ = writer.join();
        }
        self.shared.close();
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("folder", &self.shared.folder.path()).finish_non_exhaustive()
    }
}

impl Engine for SledStore {
    fn read<R>(&self, reader: impl FnOnce(&dyn Tables) -> Result<R, StoreError>) -> Result<R, StoreError> {
        let stopped = self.shared.stopped.read().unwrap_or_else(PoisonError::into_inner);
        match &*stopped {
            Some(reason) => Err(StoreError::Io(reason.clone())),
            None => guarded(|| reader(&self.shared.trees)),
        }
    }

    fn still<R>(&self, reader: impl FnOnce(&dyn Tables) -> Result<R, StoreError>) -> Result<R, StoreError> {
        let copy = self.shared.copy()?;
        let unreadable = |reason| StoreError::Io(format!("a copy of the store can't be read: {reason}"));
        let (_db, trees) = unpanicked(|| open_trees(copy.path())).map_err(unreadable)?;
        guarded(|| reader(&trees))
    }

    fn write(&self, commit: Commit) -> Result<(), StoreError> {
        let gone = || StoreError::Io("its writer has ended".to_owned());
        let (answer, acknowledged) = mpsc::sync_channel(1);
        let commits = self.commits.as_ref().ok_or_else(gone)?;
        commits.send(Request { commit, answer }).map_err(|_| gone())?;
        acknowledged.recv().map_err(|_| gone())?
    }

    fn room(&self) -> Result<Room, StoreError> {
        Room::beside(self.shared.folder.path()).map_err(|error| StoreError::Io(error.to_string()))
    }

    fn given(&self) -> &Given {
        &self.given
    }
}

impl Shared {
    /// The writer: until every way to it is gone.
    fn serve(&self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut group = vec![first];
            group.extend(requests.try_iter().take(GROUP - 1));
            while group.len() < GROUP
                && group.iter().all(|request| request.commit.can_wait())
                && let Ok(next) = requests.recv_timeout(PATIENCE)
            {
                group.push(next);
            }
            self.commit(group);
        }
    }

    /// Says that the file is about to be closed; in good order, unless a write failed or the store is not what this program makes.
    fn close(&self) {
        let stopped = self.stopped.read().unwrap_or_else(PoisonError::into_inner);
        let layout = unpanicked(|| layout(&self.trees));
        if let (None, Ok(Some(LAYOUT)), Ok(commits)) = (&*stopped, layout, unpanicked(|| commits(&self.trees))) {
            let _ = self.closing.commits.set(commits);
        }
    }

    /// Copies the database while nobody reads or writes: a second for each gigabyte or so.
    fn copy(&self) -> Result<TempDir, StoreError> {
        let failed = |error: io::Error| StoreError::Io(format!("the store can't be copied: {error}"));
        let stopped = self.stopped.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = &*stopped {
            return Err(StoreError::Io(reason.clone()));
        }
        persist(self.disk.as_ref()).map_err(failed)?;
        let copy = self.folder.place_for_copy().map_err(failed)?;
        self.folder.copy_to(copy.path()).map_err(failed)?;
        Ok(copy)
    }

    /// Applies a group of commits, each whole or not at all, and answers when the disk has them.
    fn commit(&self, group: Vec<Request>) {
        let mut stopped = self.stopped.write().unwrap_or_else(PoisonError::into_inner);
        let mut answers = Vec::with_capacity(group.len());
        for Request { commit, answer } in group {
            answers.push((answer, self.apply(commit, &mut stopped)));
        }
        let written = answers.iter().any(|(_, outcome)| outcome.is_ok());
        let durable = if written { persist(self.disk.as_ref()) } else { Ok(()) };
        if let Err(error) = &durable {
            *stopped = Some(format!("it could not be made durable ({error}); what was written last is uncertain"));
        } else if stopped.is_none()
            && let Ok(count) = guarded(|| commits(&self.trees).map_err(StoreError::Io))
        {
            // A witness that lags only sees less damage: no reason to refuse a commit that the disk has. One that is ahead, because a
            // commit that failed is still counted in memory, would keep the store from opening ever again.
            let _ = self.witness.note(count);
        }
        for (answer, outcome) in answers {
            let outcome = outcome.and_then(|()| durable.as_ref().copied().map_err(|error| StoreError::Io(error.to_string())));
            // Nobody waits any more: the commit stands all the same.
            let _ = answer.send(outcome);
        }
    }

    fn apply(&self, commit: Commit, stopped: &mut Option<String>) -> Result<(), StoreError> {
        if let Some(reason) = stopped {
            return Err(StoreError::Io(reason.clone()));
        }
        let writes = guarded(|| draft::writes(&self.trees, commit))?;
        guarded(|| self.trees.apply(&writes)).inspect_err(|error| *stopped = Some(format!("a write failed ({error})")))
    }
}

fn persist(disk: &dyn Disk) -> io::Result<()> {
    catch_unwind(AssertUnwindSafe(|| disk.flush().and_then(|()| disk.sync())))
        .unwrap_or_else(|panic| Err(io::Error::other(words_of(&*panic))))
}

/// One tree a table, in the order of the tables.
struct Trees(Vec<Tree>);

impl Trees {
    fn apply(&self, writes: &[Write]) -> Result<(), StoreError> {
        let transaction = self.0[..].transaction(|trees| {
            for ((table, key), value) in writes {
                let tree = &trees[*table as usize];
                match value {
                    Some(value) => tree.insert(&key[..], &value[..])?,
                    None => tree.remove(&key[..])?,
                };
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        transaction.map_err(|error| match error {
            TransactionError::Abort(()) => StoreError::Io("a transaction was given up".to_owned()),
            TransactionError::Storage(error) => failure(&error),
        })
    }
}

impl Tables for Trees {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.0[table as usize].get(key).map_err(|error| failure(&error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(&self, table: Table, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Entry>, StoreError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let tree = &self.0[table as usize];
        let entries = match &range.to {
            Some(to) => tree.range(range.from.clone()..to.clone()),
            None => tree.range(range.from.clone()..),
        };
        let own =
            |entry: sled::Result<(IVec, IVec)>| entry.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(|error| failure(&error));
        match order {
            Order::Rising => entries.take(limit).map(own).collect(),
            Order::Falling => entries.rev().take(limit).map(own).collect(),
        }
    }
}

fn open_trees(folder: &Path) -> Result<(Db, Trees), String> {
    let config = Config::new().path(folder).segment_size(SEGMENT_SIZE).cache_capacity(CACHE_CAPACITY);
    let db = config.open().map_err(|error| error.to_string())?;
    let trees = Table::ALL.iter().map(|table| db.open_tree(table.name())).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    Ok((db, Trees(trees)))
}

/// Opens a copy: whether it is one of ours, and holds at least the commits that were acknowledged.
fn try_out(folder: &Folder, contents: Contents) -> Result<(), StoreError> {
    let path = folder.path();
    let unreadable = |reason: String| StoreError::Unreadable { path: path.to_owned(), reason };
    let tried = folder.copy_for_trial().map_err(words).and_then(|trial| {
        unpanicked(|| {
            let (_db, trees) = open_trees(&trial)?;
            match layout(&trees)? {
                Some(LAYOUT) => commits(&trees),
                Some(other) => Err(format!("its layout is {other}, this program knows {LAYOUT}: it was written by a newer one")),
                None => Err("it does not say what layout it has: it is damaged, or not one of this program's".to_owned()),
            }
        })
    });
    // Asked while the copy takes its room: a file system that shares blocks needs less than the store is long.
    let is_short = needs_room(path, LEAST_ROOM).is_err();
    folder.remove_copies().map_err(words).map_err(unreadable)?;
    match tried {
        Ok(found) => holds(found, contents).map_err(unreadable),
        Err(_) if is_short => Err(no_room(path, size(path).unwrap_or(0).saturating_add(LEAST_ROOM))),
        Err(reason) => Err(unreadable(reason)),
    }
}

/// Whether so many commits are all that were acknowledged.
fn holds(found: u64, contents: Contents) -> Result<(), String> {
    match contents {
        Contents::Made(acknowledged) if found < acknowledged => {
            Err(format!("of {acknowledged} commits it holds {found}: it is damaged, or older than its witness"))
        }
        _ => Ok(()),
    }
}

/// Gives a new store its layout, unless its making was interrupted just behind that.
fn make(trees: &Trees, disk: &dyn Disk) -> Result<(), String> {
    if layout(trees)?.is_none() {
        trees.apply(&draft::layout(trees, LAYOUT).map_err(words)?).map_err(words)?;
    }
    persist(disk).map_err(words)
}

fn layout(trees: &Trees) -> Result<Option<u64>, String> {
    read::record(trees, Table::About, draft::LAYOUT).map_err(words)
}

fn commits(trees: &Trees) -> Result<u64, String> {
    read::record(trees, Table::About, draft::COMMITS).map(Option::unwrap_or_default).map_err(words)
}

fn words(error: impl fmt::Display) -> String {
    error.to_string()
}

/// The reason, where sled panics while opening.
fn unpanicked<T>(open: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|panic| Err(format!("sled found it damaged: {}", words_of(&*panic))))
}

/// sled panics where it finds its file damaged.
fn guarded<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(StoreError::Damaged { key: "db".to_owned(), reason: words_of(&*panic) }))
}

fn failure(error: &sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Damaged { key: "db".to_owned(), reason: error.to_string() },
        _ => StoreError::Io(error.to_string()),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    words.unwrap_or("it panicked").to_owned()
}

#[cfg(test)]
mod tests;
