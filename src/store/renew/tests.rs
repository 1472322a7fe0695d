//! Stores that are built anew, from an export and from themselves.

use super::*;
use crate::model::{Memory, Sha256, SubscriptionId, WatchState};
use crate::store::MemoryStore;
use crate::store::samples::{held, hour, incident, keep, mail, memory, noise, page, populate, rejected, subscription, watch};
use tempfile::TempDir;

fn exported(store: &dyn Store) -> Vec<String> {
    let mut lines = Vec::new();
    store
        .export(&mut |line| {
            lines.push(line);
            Ok(())
        })
        .unwrap();
    lines
}

/// A store with something of every kind in it.
fn fill(store: &dyn Store) {
    populate(store);
    let wall = noise(1, 3000);
    keep(store, &watch(), 1, 1, "ünï".as_bytes());
    let commit = Commit {
        snapshots: vec![(rejected(&watch(), 0, 3, &wall), wall)],
        state: Some((watch(), WatchState { version: 2, held: Some(held()), ..WatchState::default() })),
        history: Some((watch(), crate::model::CheckRecord { at: hour(3), result: crate::model::CheckResult::First })),
        mails: vec![mail(7, None, hour(9))],
        subscriptions: vec![subscription(2), subscription(9)],
        spent: Some((Sha256::of(b"token"), hour(48))),
        incidents: vec![("watch a/b".to_owned(), Some(incident("watch a/b")))],
        secret: Some([7; 32]),
        ..Commit::default()
    };
    store.commit(commit).unwrap();
    store.commit(Commit { forget: vec![SubscriptionId(9)], discard: vec![crate::model::MailId(7)], ..Commit::default() }).unwrap();
}

fn import(folder: &TempDir, lines: &[String]) -> Result<u64, StoreError> {
    SledStore::import(&folder.path().join("store"), lines.iter().cloned().map(Ok))
}

#[test]
fn an_export_comes_back_to_the_byte_from_the_store_that_took_it_in() {
    let source = MemoryStore::new();
    fill(&source);
    let lines = exported(&source);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(import(&folder, &lines).unwrap(), lines.len() as u64);
    let store = SledStore::open(&folder.path().join("store")).unwrap();
    assert_eq!(exported(&store), lines);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    assert_eq!(store.words(&watch()).unwrap(), source.words(&watch()).unwrap());
    assert_eq!(store.next_id(crate::store::Sequence::Mail).unwrap(), 8, "the number of a mail that is gone is not given again");
    store.commit(Commit { subscriptions: vec![subscription(9)], ..Commit::default() }).unwrap();
    assert_eq!(store.subscription(SubscriptionId(9)).unwrap(), None, "who was forgotten stays forgotten");
    let kinds = ["fineprint", "secret", "counter", "shown", "subscription", "forgotten", "spent", "incident", "snapshot", "version"];
    for kind in kinds.into_iter().chain(["memory", "state", "history", "due", "change", "mail", "end"]) {
        assert!(lines.iter().any(|line| line.starts_with(&format!("{{\"{kind}\":"))), "{kind}");
    }
}

#[test]
fn what_is_no_whole_export_leaves_the_store_empty() {
    let source = MemoryStore::new();
    fill(&source);
    let lines = exported(&source);
    let without = |index: usize| [&lines[..index], &lines[index + 1..]].concat();
    let mut newer = lines.clone();
    newer[0] = "{\"fineprint\":2}".to_owned();
    let mut garbled = lines.clone();
    garbled[5].truncate(9);
    let mut nameless = lines.clone();
    let line = nameless.iter_mut().find(|line| line.starts_with("{\"history\"")).unwrap();
    *line = line.replacen(watch().as_str(), "no watch/of ours", 1);
    let cases = [
        (lines[..lines.len() - 1].to_vec(), "cut off"),
        (without(4), "but there are"),
        (without(0), "does not begin"),
        (newer, "newer one"),
        (garbled, "not understood"),
        (nameless, "\"no watch/of ours\" is no"),
        (Vec::new(), "does not begin"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (lines, expected) in cases {
        let error = import(&folder, &lines).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(!folder.path().join("store.new").exists());
    import(&folder, &lines).unwrap();
    let error = import(&folder, &lines).unwrap_err().to_string();
    assert!(error.contains("is not empty"), "{error}");
}

#[test]
fn an_export_is_of_one_moment_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = SledStore::open(folder.path()).unwrap();
    fill(&store);
    let expected = exported(&store);
    let mut lines = Vec::new();
    store
        .export(&mut |line| {
            store.commit(Commit { memory: Some((watch(), Memory::default())), ..Commit::default() })?;
            lines.push(line);
            Ok(())
        })
        .unwrap();
    assert_eq!(lines, expected);
}

/// Thirty fetches, of which the first two became versions.
fn with_many(folder: &Path) -> SledStore {
    let store = SledStore::open(folder).unwrap();
    populate(&store);
    (3..=30).for_each(|number| keep(&store, &watch(), 0, number, &page(number, 300)));
    store
}

#[test]
fn bytes_that_nothing_cites_are_dropped_by_count_and_by_age() {
    let rules = [
        (Keep { days: None, snapshots: Some(10) }, hour(31), 3..21),
        (Keep { days: Some(1), snapshots: None }, hour(31), 3..7),
        (Keep { days: Some(1), snapshots: Some(1) }, hour(9000), 3..30),
        (Keep::default(), hour(9000), 3..3),
    ];
    for (rule, now, gone) in rules {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let store = with_many(&path);
        let announced = store.surplus(rule, now).unwrap();
        drop(store);
        let compacted = SledStore::compact(&path, rule, now).unwrap();
        assert_eq!((compacted.dropped, announced.count), (announced, gone.clone().count() as u64));
        let store = SledStore::open(&path).unwrap();
        for number in 1..=30 {
            let expected = (!gone.contains(&number)).then(|| page(number, 300));
            assert!(store.body(&watch(), 0, number).unwrap() == expected, "{rule:?} {number}");
            assert!(store.snapshot(&watch(), 0, number).unwrap().is_some(), "its record stays");
        }
        assert_eq!(store.verify().unwrap(), Vec::<String>::new());
        keep(&store, &watch(), 0, 31, &page(31, 300));
        assert_eq!(store.body(&watch(), 0, 31).unwrap(), Some(page(31, 300)));
        assert_eq!(store.surplus(rule, now).unwrap().count, u64::from(rule.snapshots.is_some()), "what is gone is not counted again");
    }
}

#[test]
fn compacting_keeps_everything_and_takes_less_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = SledStore::open(&path).unwrap();
    fill(&store);
    // A value that is written over and over leaves its old copies behind.
    for round in 0..60 {
        store.commit(Commit { memory: Some((watch(), memory(9000 + round))), ..Commit::default() }).unwrap();
    }
    let lines = exported(&store);
    drop(store);
    let compacted = SledStore::compact(&path, Keep::default(), hour(1)).unwrap();
    assert!(compacted.after < compacted.before, "{compacted:?}");
    assert_eq!(exported(&SledStore::open(&path).unwrap()), lines);
    assert!(!folder.path().join("store.new").exists());
}

#[test]
fn what_an_interrupted_try_left_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = SledStore::open(&path).unwrap();
    fill(&store);
    let lines = exported(&store);
    drop(store);
    fs::create_dir(folder.path().join("store.new")).unwrap();
    fs::write(folder.path().join("store.new/db"), b"half").unwrap();
    fs::create_dir(path.join("copy-half")).unwrap();
    SledStore::compact(&path, Keep::default(), hour(1)).unwrap();
    assert_eq!(exported(&SledStore::open(&path).unwrap()), lines);
}

#[test]
fn a_store_in_use_or_with_problems_is_not_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = SledStore::open(&path).unwrap();
    fill(&store);
    assert!(matches!(SledStore::compact(&path, Keep::default(), hour(1)), Err(StoreError::Locked(_))));
    assert!(matches!(SledStore::import(&path, std::iter::empty()), Err(StoreError::Locked(_))));
    store.commit(Commit { mails: vec![mail(9, Some((99, 1)), hour(0))], ..Commit::default() }).unwrap();
    drop(store);
    let error = SledStore::compact(&path, Keep::default(), hour(1)).unwrap_err().to_string();
    assert!(error.contains("its change 99 is missing; nothing was changed"), "{error}");
    assert_eq!(SledStore::open(&path).unwrap().outbox(9).unwrap().len(), 3);
}
