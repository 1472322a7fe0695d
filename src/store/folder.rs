//! The folder of a store on the disk, apart from the database in it: its lock, its witness, and copies for trials.
//!
//! The witness is a small file of our own that says how many commits were acknowledged. The database needs it because sled takes damage
//! for the torn end of its log: with one byte flipped in a small store it opened without a word, empty, and wrote over the rest.

use super::StoreError;
use crate::model::Sha256;
use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The file that is locked while a process has the store open; sled reports its own lock only as prose.
const LOCK: &str = "lock";
/// The file that says how many commits were acknowledged; empty while the store is being made.
const WITNESS: &str = "witness";
/// The folder in which a copy is tried out.
const TRIAL: &str = "trial";
/// How the folders begin that hold a copy for an export.
const COPY: &str = "copy-";
/// Count and checksum. Two slots take turns, so that a torn write leaves the count before.
const SLOT: usize = 16;

/// A folder that is ours as long as this lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Never written: that it is locked is all.
    _lock: File,
}

/// What is in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// No store, or one whose making was interrupted before its first commit.
    New,
    /// A store with at least so many commits.
    Made(u64),
}

/// The bytes of a folder's files.
pub(super) fn size(path: &Path) -> io::Result<u64> {
    fs::read_dir(path)?.try_fold(0, |sum, entry| {
        // What went since the folder was listed takes no room.
        Ok(sum + entry?.metadata().map_or(0, |file| if file.is_file() { file.len() } else { 0 }))
    })
}

/// The room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What the store takes.
    pub taken: u64,
    /// What may still be written.
    pub free: u64,
    /// What copies of the store take that go as soon as they were read.
    pub lent: u64,
}

impl Room {
    /// With less room than this beside a copy of the store, the next snapshots may not find place.
    const SOME: u64 = 100 << 20;
    /// No disk at all: as much as anybody wants.
    pub(super) const ENDLESS: Self = Self { taken: 0, free: u64::MAX, lent: 0 };

    /// What the store in a folder takes, where there is one, and what is free beside it.
    ///
    /// # Errors
    /// Where the disk can't be asked.
    pub fn beside(store: &Path) -> io::Result<Self> {
        let place = if store.exists() { store } else { store.parent().unwrap_or(store) };
        Ok(Self { taken: size(store).unwrap_or(0), free: free(place)?, lent: lent(store).unwrap_or(0) })
    }

    /// What should be free: a start after a crash and an export copy the store, and life goes on.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        self.taken.saturating_add(Self::SOME)
    }

    /// Whether that is not free.
    #[must_use]
    pub fn is_little(&self) -> bool {
        self.lacks(self.wanted())
    }

    /// What should be free before a lack of room is called over: with less it would soon be lacking again.
    #[must_use]
    pub fn ample(&self) -> u64 {
        self.wanted().saturating_add(Self::SOME)
    }

    /// Whether so many bytes are not free, once the copies are gone.
    #[must_use]
    pub fn lacks(&self, bytes: u64) -> bool {
        self.free.saturating_add(self.lent) < bytes
    }
}

/// The bytes of the copies that stand in a store's folder for an export or a trial.
fn lent(store: &Path) -> io::Result<u64> {
    fs::read_dir(store)?.try_fold(0, |sum, entry| {
        let entry = entry?;
        Ok(sum + if is_copy(entry.file_name().as_encoded_bytes()) { size(&entry.path()).unwrap_or(0) } else { 0 })
    })
}

fn is_copy(name: &[u8]) -> bool {
    name == TRIAL.as_bytes() || name.starts_with(COPY.as_bytes())
}

/// How many bytes may still be written; as many as one likes where the file system does not say.
fn free(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(if disk.f_blocks == 0 { u64::MAX } else { disk.f_bavail.saturating_mul(disk.f_frsize) })
}

/// Refuses where fewer bytes are free beside the store in a folder; where that can't be found out, there is room.
pub(super) fn needs_room(path: &Path, bytes: u64) -> Result<(), StoreError> {
    if free(path).is_ok_and(|free| free < bytes) { Err(no_room(path, bytes)) } else { Ok(()) }
}

/// That so many bytes should be free beside a store, and are not.
pub(super) fn no_room(path: &Path, bytes: u64) -> StoreError {
    let free = free(path).unwrap_or(0);
    StoreError::NoRoom { path: path.to_owned(), free: free >> 20, needed: bytes.div_ceil(1 << 20) }
}

impl Folder {
    /// Takes hold of a folder, making it where there is none.
    pub(super) fn lock(path: &Path) -> Result<Self, StoreError> {
        let unreadable = |error: io::Error| StoreError::Io(format!("the folder {} can't be written: {error}", path.display()));
        fs::create_dir_all(path).map_err(unreadable)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join(LOCK)).map_err(unreadable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(unreadable(error)),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it, as far as files and witness tell; the reason where it must not be touched.
    pub(super) fn contents(&self) -> Result<Contents, String> {
        if self.has_blobs() {
            return Err("its folder `blobs` holds files, which this program never writes".to_owned());
        }
        let database = self.path.join("db").exists();
        match fs::read(self.path.join(WITNESS)) {
            Ok(slots) if slots.is_empty() => Ok(Contents::New),
            Ok(slots) => match slots.chunks(SLOT).filter_map(count_of).max() {
                Some(count) if database => Ok(Contents::Made(count)),
                Some(count) => Err(format!("its file `db` is gone, which held {count} commits")),
                None => Err("its file `witness` is damaged".to_owned()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound && database => Ok(Contents::Made(0)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Contents::New),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Whether sled has moved values out of its file.
    pub(super) fn has_blobs(&self) -> bool {
        fs::read_dir(self.path.join("blobs")).is_ok_and(|mut files| files.next().is_some())
    }

    /// The witness, made where there is none; durable, so that an interrupted making is known as one.
    pub(super) fn witness(&self) -> io::Result<Witness> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(self.path.join(WITNESS))?;
        file.sync_all()?;
        File::open(&self.path)?.sync_all()?;
        Ok(Witness(file))
    }

    /// Makes durable what only the making of a store needs: sled's settings, and the names of the files and of the folder.
    pub(super) fn sync_names(&self) -> io::Result<()> {
        File::open(self.path.join("conf"))?.sync_all()?;
        File::open(&self.path)?.sync_all()?;
        match self.path.canonicalize()?.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }

    /// Copies the database to where it may be damaged.
    pub(super) fn copy_for_trial(&self) -> io::Result<PathBuf> {
        self.remove_copies()?;
        let trial = self.path.join(TRIAL);
        fs::create_dir(&trial)?;
        self.copy_to(&trial)?;
        Ok(trial)
    }

    /// A folder beside the database for a copy of it, removed in the end.
    pub(super) fn place_for_copy(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix(COPY).tempdir_in(&self.path)
    }

    /// Copies the database.
    pub(super) fn copy_to(&self, place: &Path) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            let name_bytes = name.as_encoded_bytes();
            if name == "db" || name == "conf" || (name_bytes.starts_with(b"snap.") && !is_unfinished(name_bytes)) {
                fs::copy(entry.path(), place.join(name))?;
            }
        }
        Ok(())
    }

    /// Removes what sled wrote but never finished: a process killed while writing a snapshot of the page table leaves it under another name,
    /// which sled 0.34.7 then takes for the newest snapshot and can't read (its issue 1527). The one before is still there.
    pub(super) fn remove_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if is_unfinished(entry.file_name().as_encoded_bytes()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the copy of a trial, and what exports left that were cut off: while a store is opened no other is wanted.
    pub(super) fn remove_copies(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if is_copy(entry.file_name().as_encoded_bytes()) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// The file that says how many commits were acknowledged.
#[derive(Debug)]
pub(super) struct Witness(File);

impl Witness {
    /// Notes how many commits the disk has. Not synced: it is written after the commits were, and one that lags only sees less.
    pub(super) fn note(&self, count: u64) -> io::Result<()> {
        let mut file = &self.0;
        let mut slot = count.to_be_bytes().to_vec();
        slot.extend_from_slice(&Sha256::of(&slot).0[..SLOT - 8]);
        file.seek(SeekFrom::Start(count % 2 * SLOT as u64))?;
        file.write_all(&slot)
    }
}

pub(super) fn is_unfinished(name: &[u8]) -> bool {
    name.starts_with(b"snap.") && name.ends_with(b".generating")
}

fn count_of(slot: &[u8]) -> Option<u64> {
    let (count, checksum) = slot.split_first_chunk::<8>()?;
    (checksum == &Sha256::of(count).0[..SLOT - 8]).then(|| u64::from_be_bytes(*count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_export_lends_itself_is_room() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::lock(temporary.path()).unwrap();
        fs::write(temporary.path().join("db"), [7; 4_000]).unwrap();
        let copy = folder.place_for_copy().unwrap();
        folder.copy_to(copy.path()).unwrap();
        let room = Room::beside(temporary.path()).unwrap();
        assert_eq!((room.taken, room.lent), (4_000, 4_000));
        let border = Room { free: room.wanted() - 4_000, ..room };
        assert!(!border.is_little() && Room { lent: 0, ..border }.is_little());
        std::mem::forget(copy);
        folder.remove_copies().unwrap();
        assert_eq!(Room::beside(temporary.path()).unwrap().lent, 0);
    }

    #[test]
    fn the_witness_survives_a_torn_write() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::lock(temporary.path()).unwrap();
        assert_eq!(folder.contents(), Ok(Contents::New));
        let witness = folder.witness().unwrap();
        assert_eq!(folder.contents(), Ok(Contents::New), "its making was interrupted");
        fs::write(temporary.path().join("db"), b"log").unwrap();
        for count in 1..=5 {
            witness.note(count).unwrap();
            assert_eq!(folder.contents(), Ok(Contents::Made(count)));
        }
        let mut slots = fs::read(temporary.path().join(WITNESS)).unwrap();
        slots[SLOT] ^= 1;
        fs::write(temporary.path().join(WITNESS), slots).unwrap();
        assert_eq!(folder.contents(), Ok(Contents::Made(4)));
        fs::remove_file(temporary.path().join("db")).unwrap();
        assert!(folder.contents().unwrap_err().contains("`db` is gone"));
    }
}
