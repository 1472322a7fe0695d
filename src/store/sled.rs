//! The store on the disk, in [sled](https://docs.rs/sled) 0.34.7. sled appears only here, and only under this discipline.
//!
//! sled alone promises less than it seems to. In a model of power loss (the writer killed, the device imaged at once, the image mounted
//! and every acknowledged key looked up) its defaults with `flush()` lost or broke the database in 8 rounds of 8, and with an `fsync`
//! added still in 8 of 8: values that it moves to `blobs/` are never synced. With what follows: 0 of 36, and 0 lost after `kill -9`.
//!
//! 1. **Segments of 2 MiB, values of at most 16 KiB.** Nothing then goes to `blobs/`; a store whose `blobs/` holds anything is refused. Values are
//!    compressed first, then cut, the pieces written before their head.
//! 2. **A commit is one transaction over all trees, then `flush()`, then `sync_all()`** on a handle of our own of the file `db`; `flush()`
//!    only hands the bytes to the kernel. When a store is made, `conf`, the folder and its parent are synced as well.
//! 3. **One writer.** A thread takes what has queued up, applies each commit as its own transaction, syncs once and then answers all. Readers
//!    wait meanwhile: nobody sees what is not yet durable, so that no mail leaves before its commit is on the disk.
//! 4. **A failed write stops the store.** What reached the disk is unknown then; every further call fails until the process starts anew.
//! 5. **Every value carries a checksum, every body its SHA-256,** compared on each reading: sled gives no wrong bytes for a flipped bit, it
//!    panics, mostly while opening. Opening and reading run under `catch_unwind`; what can't be read is reported, and never overwritten.
//! 6. **A cache of 64 MiB;** sled's own default is 1 GiB.
//! 7. **A lock of our own,** held as long as the store is open: sled reports its lock only as prose.
//!
//! What is deleted is gone for readers at once, but sled overwrites old segments only later: until then the bytes are still in the file.

use super::engine::{Engine, Given};
use super::tables::{Entry, KeyRange, Order, Table, Tables, Write};
use super::{Commit, StoreError, draft, read};
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional as _};
use sled::{Config, Db, IVec, Tree};
use std::any::Any;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

/// sled writes it into `conf` and refuses any other for ever after.
const SEGMENT_SIZE: usize = 2 << 20;
/// In bytes.
const CACHE_CAPACITY: u64 = 64 << 20;
/// How many commits share one sync at most, so that readers never wait long.
const GROUP: usize = 32;
/// The layout of the tables; a store of another one is left alone.
const LAYOUT: u64 = 1;
/// The file that is locked while a process has the store open.
const LOCK: &str = "lock";

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
    /// Where.
    folder: PathBuf,
    /// Keeps other processes out as long as it lives; declared last, so that it goes last.
    _lock: File,
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
    /// [`StoreError::Locked`] where another process has it open; [`StoreError::Unreadable`] where it can't be opened: it is left as it is.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_with(folder, |disk| Box::new(disk))
    }

    fn open_with(folder: &Path, wrap: impl FnOnce(SledFile) -> Box<dyn Disk>) -> Result<Self, StoreError> {
        let unreadable = |reason: String| StoreError::Unreadable { path: folder.to_owned(), reason };
        fs::create_dir_all(folder).map_err(|error| unreadable(error.to_string()))?;
        let lock = lock(folder)?;
        let fresh = !folder.join("db").exists();
        refuse_blobs(folder)?;
        let (db, trees) = catch_unwind(|| open_trees(folder))
            .unwrap_or_else(|panic| Err(format!("sled found it damaged ({})", words_of(&*panic))))
            .map_err(unreadable)?;
        let file = File::open(folder.join("db")).map_err(|error| unreadable(error.to_string()))?;
        let disk = wrap(SledFile { db, file });
        catch_unwind(AssertUnwindSafe(|| settle(&trees, disk.as_ref())))
            .unwrap_or_else(|panic| Err(format!("sled found it damaged ({})", words_of(&*panic))))
            .map_err(unreadable)?;
        if fresh {
            sync_folder(folder).map_err(|error| unreadable(error.to_string()))?;
        }
        let shared = Shared { stopped: RwLock::new(None), trees, disk, folder: folder.to_owned(), _lock: lock };
        Self::start(Arc::new(shared)).map_err(|error| StoreError::Io(error.to_string()))
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
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("folder", &self.shared.folder).finish_non_exhaustive()
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

    fn write(&self, commit: Commit) -> Result<(), StoreError> {
        let gone = || StoreError::Io("its writer has ended".to_owned());
        let (answer, acknowledged) = mpsc::sync_channel(1);
        let commits = self.commits.as_ref().ok_or_else(gone)?;
        commits.send(Request { commit, answer }).map_err(|_| gone())?;
        acknowledged.recv().map_err(|_| gone())?
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
            self.commit(group);
        }
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

fn lock(folder: &Path) -> Result<File, StoreError> {
    let unreadable = |error: io::Error| StoreError::Unreadable { path: folder.to_owned(), reason: error.to_string() };
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(unreadable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(unreadable(error)),
    }
}

fn refuse_blobs(folder: &Path) -> Result<(), StoreError> {
    match fs::read_dir(folder.join("blobs")).map(|mut files| files.next()) {
        Ok(Some(_)) => {
            let reason = "its folder `blobs` holds files, which this program never writes".to_owned();
            Err(StoreError::Unreadable { path: folder.to_owned(), reason })
        }
        _ => Ok(()),
    }
}

fn open_trees(folder: &Path) -> Result<(Db, Trees), String> {
    let config = Config::new().path(folder).segment_size(SEGMENT_SIZE).cache_capacity(CACHE_CAPACITY);
    let db = config.open().map_err(|error| error.to_string())?;
    let trees = Table::ALL.iter().map(|table| db.open_tree(table.name())).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    Ok((db, Trees(trees)))
}

/// Knows the store by its layout; an empty one gets it.
fn settle(trees: &Trees, disk: &dyn Disk) -> Result<(), String> {
    let layout: Option<u64> = read::record(trees, Table::About, draft::LAYOUT).map_err(|error| error.to_string())?;
    match layout {
        Some(LAYOUT) => Ok(()),
        Some(other) => Err(format!("its layout is {other}, this program knows {LAYOUT}: it was written by a newer one")),
        None if trees.0.iter().all(Tree::is_empty) => {
            let writes = draft::layout(trees, LAYOUT).map_err(|error| error.to_string())?;
            trees.apply(&writes).map_err(|error| error.to_string())?;
            persist(disk).map_err(|error| error.to_string())
        }
        None => Err("it does not say what layout it has: it is not one of this program's".to_owned()),
    }
}

/// What only the making of a store needs on the disk: sled's settings, and the names of the files and of the folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder.join("conf"))?.sync_all()?;
    File::open(folder)?.sync_all()?;
    match folder.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
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
