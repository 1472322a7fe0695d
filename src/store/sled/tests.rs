//! The behaviours of every store, and what only a disk can do wrong.

use super::*;
use crate::model::{ChangeId, WatchId};
use crate::store::codec::PIECE;
use crate::store::samples::{keep, memory, noise, page, populate, watch};
use crate::store::{Sequence, Store as _, conformance};
use std::fs;
use std::sync::Mutex;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &TempDir) -> SledStore {
    SledStore::open(folder.path()).unwrap()
}

#[test]
fn it_behaves_as_a_store_must() {
    for (name, behaviour) in conformance::ALL {
        println!("{name}");
        let folder = folder();
        let store = open(&folder);
        behaviour(&store);
        assert_pieces(&store);
    }
}

/// Every value in every tree, and the folder to which sled would move a longer one.
fn assert_pieces(store: &SledStore) {
    for tree in &store.shared.trees.0 {
        for entry in tree {
            let (key, value) = entry.unwrap();
            assert!(value.len() <= PIECE && key.len() <= PIECE, "{} bytes under {key:?}", value.len());
        }
    }
    assert!(!store.shared.folder.has_blobs());
}

#[test]
fn it_gives_everything_back_after_a_restart() {
    let folder = folder();
    let store = open(&folder);
    populate(&store);
    assert_eq!(store.next_id(Sequence::Mail).unwrap(), 3);
    let before = (store.changes(None, 9).unwrap(), store.outbox(9).unwrap(), store.memory(&watch()).unwrap(), store.queued().unwrap());
    drop(store);
    let store = open(&folder);
    let after = (store.changes(None, 9).unwrap(), store.outbox(9).unwrap(), store.memory(&watch()).unwrap(), store.queued().unwrap());
    assert_eq!(before, after);
    assert_eq!(store.body(&watch(), 0, 2).unwrap(), Some(page(2, 300)));
    assert_eq!(store.next_id(Sequence::Mail).unwrap(), 3, "a number that was never committed is free again");
    assert_eq!(store.next_id(Sequence::Change).unwrap(), 2);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn long_values_are_cut_into_pieces_that_never_become_blobs() {
    let folder = folder();
    let store = open(&folder);
    for number in 1..=2 {
        keep(&store, &watch(), 0, number, &noise(u64::from(number), 16 << 20));
    }
    store.commit(Commit { memory: Some((watch(), memory(20_000))), ..Commit::default() }).unwrap();
    assert_pieces(&store);
    drop(store);
    let store = open(&folder);
    assert!(store.body(&watch(), 0, 2).unwrap().unwrap() == noise(2, 16 << 20));
    assert_eq!(store.memory(&watch()).unwrap(), memory(20_000));
}

/// A disk that notes what it is asked for, and can refuse.
struct Watched {
    file: SledFile,
    asked: Arc<Mutex<Vec<&'static str>>>,
    refuses: &'static str,
}

impl Watched {
    fn ask(&self, step: &'static str, run: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut asked = self.asked.lock().unwrap();
        asked.push(step);
        // The making of the store is the first flush and sync.
        if self.refuses == step && asked.len() > 2 { Err(io::Error::other("no space")) } else { run() }
    }
}

impl Disk for Watched {
    fn flush(&self) -> io::Result<()> {
        self.ask("flush", || self.file.flush())
    }

    fn sync(&self) -> io::Result<()> {
        self.ask("sync", || self.file.sync())
    }
}

fn open_watched(folder: &TempDir, refuses: &'static str) -> (SledStore, Arc<Mutex<Vec<&'static str>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let theirs = Arc::clone(&asked);
    let store = SledStore::open_with(folder.path(), |file| Box::new(Watched { file, asked: theirs, refuses })).unwrap();
    (store, asked)
}

#[test]
fn every_acknowledged_commit_was_flushed_and_synced() {
    let folder = folder();
    let (store, asked) = open_watched(&folder, "nothing");
    for number in 1..=5 {
        asked.lock().unwrap().clear();
        keep(&store, &watch(), 0, number, b"page");
        assert_eq!(*asked.lock().unwrap(), ["flush", "sync"]);
    }
}

#[test]
fn what_could_not_be_synced_is_not_acknowledged_nor_seen() {
    for step in ["flush", "sync"] {
        let folder = folder();
        let (store, _) = open_watched(&folder, step);
        assert!(matches!(store.commit(Commit::default()), Err(StoreError::Io(_))), "{step}");
        assert!(matches!(store.snapshot(&watch(), 0, 1), Err(StoreError::Io(_))));
        let witness = fs::read(folder.path().join("witness")).unwrap();
        assert!(matches!(store.commit(Commit::default()), Err(StoreError::Io(_))));
        assert!(fs::read(folder.path().join("witness")).unwrap() == witness, "{step}: it counts a commit that failed");
    }
}

#[test]
fn commits_that_wait_share_a_sync() {
    let folder = folder();
    let (store, asked) = open_watched(&folder, "nothing");
    asked.lock().unwrap().clear();
    let watches: Vec<_> = (0..8).map(|number| WatchId::new("a", &format!("b {number}"))).collect();
    let (answers, requests): (Vec<_>, Vec<_>) = watches
        .iter()
        .map(|watch| {
            let (answer, acknowledged) = mpsc::sync_channel(1);
            let commit = Commit { memory: Some((watch.clone(), memory(1))), ..Commit::default() };
            (acknowledged, Request { commit, answer })
        })
        .unzip();
    store.shared.commit(requests);
    assert!(answers.iter().all(|answer| answer.recv().unwrap().is_ok()));
    assert_eq!(*asked.lock().unwrap(), ["flush", "sync"]);
    assert!(watches.iter().all(|watch| store.memory(watch).unwrap() == memory(1)));
}

#[test]
fn a_refused_commit_spoils_no_other_of_its_group() {
    let folder = folder();
    let store = open(&folder);
    populate(&store);
    let results: Vec<_> = std::thread::scope(|scope| {
        let commit = |number: u32| {
            let snapshots = vec![(crate::store::samples::snapshot(&watch(), 1, number, b"x"), b"x".to_vec())];
            store.commit(Commit { snapshots, ..Commit::default() })
        };
        let threads: Vec<_> = [1, 9, 9, 9].map(|number| scope.spawn(move || commit(number))).into_iter().collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(results[0].is_ok() && results[1..].iter().all(|result| matches!(result, Err(StoreError::Refused(_)))));
}

#[test]
fn damage_is_reported_and_hurts_nothing_else() {
    let folder = folder();
    let store = open(&folder);
    populate(&store);
    let trees = &store.shared.trees.0;
    for table in [Table::Changes, Table::Pieces, Table::Bodies, Table::Memories] {
        for entry in trees[table as usize].iter().collect::<Vec<_>>() {
            let (key, value) = entry.unwrap();
            for index in [0, value.len() / 2, value.len() - 1] {
                let mut flipped = value.to_vec();
                flipped[index] ^= 0x10;
                trees[table as usize].insert(&key, flipped).unwrap();
                let problems = store.verify().unwrap();
                assert!(problems.iter().any(|problem| problem.contains("damaged")), "{table:?} {index}: {problems:?}");
            }
            trees[table as usize].insert(&key, value).unwrap();
        }
    }
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    let (key, _) = trees[Table::Bodies as usize].first().unwrap().unwrap();
    trees[Table::Bodies as usize].insert(key, b"\x01cut").unwrap();
    assert!(matches!(store.body(&watch(), 0, 1), Err(StoreError::Damaged { .. })));
    assert_eq!(store.change(ChangeId(1)).unwrap().unwrap().id, ChangeId(1));
    keep(&store, &watch(), 0, 3, &page(3, 300));
    assert_eq!(store.body(&watch(), 0, 3).unwrap(), Some(page(3, 300)), "a new snapshot does not build on a damaged one");
}

#[test]
fn a_panic_of_sled_is_damage() {
    let folder = folder();
    let store = open(&folder);
    let read: Result<(), _> = store.read(|_| panic!("page out of bounds"));
    assert_eq!(read.unwrap_err().to_string(), "the store holds a damaged value (db): page out of bounds");
    assert!(store.state(&watch()).is_ok());
}

#[test]
fn a_second_opener_is_told_that_it_is_in_use() {
    let folder = folder();
    let store = open(&folder);
    assert!(matches!(SledStore::open(folder.path()), Err(StoreError::Locked(path)) if path == folder.path()));
    drop(store);
    open(&folder);
}

#[test]
fn a_store_of_another_layout_is_left_alone() {
    let folder = folder();
    let store = open(&folder);
    let writes = draft::layout(&store.shared.trees, LAYOUT + 1).unwrap();
    store.shared.trees.apply(&writes).unwrap();
    drop(store);
    assert_refused(&folder, "newer");
}

#[test]
fn a_store_with_blobs_is_refused() {
    let folder = folder();
    drop(open(&folder));
    fs::write(folder.path().join("blobs").join("17"), b"blob").unwrap();
    assert_refused(&folder, "blobs");
}

/// Opens a folder that must be refused, and left as it is.
fn assert_refused(folder: &TempDir, expected: &str) {
    let before = fs::read(folder.path().join("db")).unwrap_or_default();
    match SledStore::open(folder.path()) {
        Err(StoreError::Unreadable { reason, .. }) => assert!(reason.contains(expected), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert!(fs::read(folder.path().join("db")).unwrap_or_default() == before, "it was written to");
    assert!(!folder.path().join("trial").exists());
}

#[test]
fn a_file_that_is_no_store_is_refused() {
    for foreign in [&b"not a database"[..], &noise(5, 5 << 20), &vec![0; 5 << 20]] {
        let folder = folder();
        fs::write(folder.path().join("db"), foreign).unwrap();
        assert_refused(&folder, "layout");
    }
}

#[test]
fn a_store_that_lost_its_file_or_its_last_commits_is_refused() {
    let folder = folder();
    let store = open(&folder);
    drop(store);
    let file = folder.path().join("db");
    let older = fs::read(&file).unwrap();
    populate(&open(&folder));
    fs::write(&file, older).unwrap();
    assert_refused(&folder, "of 3 commits it holds 0");
    fs::remove_file(&file).unwrap();
    assert_refused(&folder, "gone");
}

#[test]
fn an_interrupted_making_is_taken_up_again() {
    let folder = folder();
    drop(open(&folder));
    fs::write(folder.path().join("witness"), b"").unwrap();
    populate(&open(&folder));
    assert_eq!(open(&folder).verify().unwrap(), Vec::<String>::new());
}

#[test]
fn an_unfinished_snapshot_of_sled_is_no_obstacle() {
    let folder = folder();
    populate(&open(&folder));
    let unfinished = folder.path().join("snap.7FFFFFFFFFFFFFFF.generating");
    fs::write(&unfinished, b"").unwrap();
    assert_eq!(open(&folder).changes(None, 9).unwrap().len(), 1);
    assert!(!unfinished.exists());
}

#[test]
fn no_flipped_byte_goes_unnoticed() {
    let folder = folder();
    let store = open(&folder);
    populate(&store);
    let whole = |store: &SledStore| (store.changes(None, 9).unwrap(), store.outbox(9).unwrap(), store.memory(&watch()).unwrap());
    let expected = whole(&store);
    drop(store);
    let file = folder.path().join("db");
    let good = fs::read(&file).unwrap();
    let mut refused = 0;
    for index in (0..good.len()).step_by(good.len() / 40) {
        let mut flipped = good.clone();
        flipped[index] ^= 0xff;
        fs::write(&file, &flipped).unwrap();
        match SledStore::open(folder.path()) {
            Ok(store) => assert!(!store.verify().unwrap().is_empty() || whole(&store) == expected, "byte {index}"),
            Err(StoreError::Unreadable { .. }) => {
                assert!(fs::read(&file).unwrap() == flipped, "byte {index}: it was written to");
                refused += 1;
            }
            Err(other) => panic!("byte {index}: {other}"),
        }
    }
    assert!(refused > 20, "only {refused}");
}

/// Whether the next start does without a trial.
fn is_undisturbed(folder: &TempDir, commits: u64) -> bool {
    rest::is_undisturbed(folder.path(), commits, SEGMENT_SIZE)
}

/// Flips a byte of a file.
fn flip(folder: &TempDir, name: &str, at: usize) {
    let path = folder.path().join(name);
    let mut bytes = fs::read(&path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_store_that_was_closed_is_opened_without_a_trial() {
    let folder = folder();
    populate(&open(&folder));
    assert!(is_undisturbed(&folder, 3) && !is_undisturbed(&folder, 4), "three commits");
    let store = open(&folder);
    keep(&store, &watch(), 0, 3, &page(3, 300));
    assert!(!is_undisturbed(&folder, 3), "whoever dies now is tried");
    drop(store);
    assert!(is_undisturbed(&folder, 4));
}

#[test]
fn a_store_whose_writing_failed_is_tried() {
    let folder = folder();
    let (store, _) = open_watched(&folder, "sync");
    assert!(store.commit(Commit::default()).is_err());
    drop(store);
    assert!(!is_undisturbed(&folder, 0));
}

#[test]
fn whatever_sled_judges_by_is_noticed_when_it_changes() {
    const COUNT: u32 = 8;
    let folder = folder();
    let store = open(&folder);
    for number in 1..=COUNT {
        keep(&store, &WatchId::new("a", &number.to_string()), 0, 1, &noise(number.into(), 1 << 20));
    }
    drop(store);
    // The second opening writes a snapshot of the page table, behind which only the last segment lies.
    drop(open(&folder));
    drop(open(&folder));
    assert!(is_undisturbed(&folder, COUNT.into()));
    let snapshot = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let snapshot = snapshot.filter(|name| name.starts_with("snap.")).max().unwrap();
    let length = fs::metadata(folder.path().join("db")).unwrap().len();
    let last = usize::try_from((length - 1) / SEGMENT_SIZE as u64).unwrap() * SEGMENT_SIZE;
    assert!(last > 0, "there are several segments");
    let judged = [("conf", 3), (&*snapshot, 40), ("db", 5), ("db", SEGMENT_SIZE + 13), ("db", last + 2)];
    for (name, at) in judged {
        flip(&folder, name, at);
        assert!(!is_undisturbed(&folder, COUNT.into()), "{name} {at}");
        flip(&folder, name, at);
    }
    // Which of them are younger than the snapshot is sled's choice: it uses old ones anew.
    let is_judged = |segment: usize| {
        flip(&folder, "db", segment + 100);
        let noticed = !is_undisturbed(&folder, COUNT.into());
        flip(&folder, "db", segment + 100);
        noticed
    };
    let judged: Vec<bool> = (0..=last).step_by(SEGMENT_SIZE).map(is_judged).collect();
    assert!(judged.contains(&true) && judged.contains(&false), "those and no others are read whole: {judged:?}");
}
