//! The disk is full, cannot be written, or gives back less than it was given: what was acknowledged stays, and the operator is told in
//! words. The tests with disks of their own need a Linux on which they may mount one; elsewhere they say so and end.

#![expect(clippy::expect_used, reason = "in a test a panic is the report")]

mod support;

use fineprint::model::{Sha256, Snapshot, WatchId};
use fineprint::store::{Commit, SledStore, Store, StoreError};
use fineprint::web::{Scene, Stage};
use jiff::Timestamp;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use support::disk::Disk;
use support::house::{House, LOOPBACK, eventually};
use support::pages::{self, PERMITS, SILENT};

/// A document of its own for each body, so that none builds on another.
fn watch(number: u32) -> WatchId {
    WatchId::new("Tidewave", &format!("Terms {number}"))
}

/// Bytes that no compressor makes smaller.
fn noise(seed: u32) -> Vec<u8> {
    (0..3000_u32).flat_map(|index| Sha256::of(&[seed.to_be_bytes(), index.to_be_bytes()].concat()).0).collect()
}

fn keep(store: &SledStore, number: u32) -> Result<(), StoreError> {
    let body = noise(number);
    let snapshot = Snapshot {
        watch: watch(number),
        part: 0,
        number: 1,
        url: "https://tidewave.example/terms".to_owned(),
        redirects: Vec::new(),
        fetched: Timestamp::UNIX_EPOCH,
        status: 200,
        headers: Vec::new(),
        sha256: Sha256::of(&body),
        length: body.len() as u64,
        rejection: None,
    };
    store.commit(Commit { snapshots: vec![(snapshot, body)], ..Commit::default() })
}

#[test]
fn a_full_disk_is_told_and_loses_nothing_that_was_acknowledged() {
    let Some(disk) = Disk::of("16m") else { return };
    let folder = disk.path().join("store");
    let store = SledStore::open(&folder).unwrap();
    let refused = (1..1000).find_map(|number| keep(&store, number).err().map(|error| (number, error)));
    let (refused, error) = refused.unwrap();
    assert!(matches!(error, StoreError::Io(_)) && error.to_string().contains("space"), "{error}");
    assert!(keep(&store, refused).is_err(), "it goes on as if nothing had happened");
    drop(store);
    disk.remount("size=200m");
    let store = SledStore::open(&folder).unwrap();
    for number in 1..refused {
        assert!(store.body(&watch(number), 0, 1).unwrap() == Some(noise(number)), "{number} of {refused}");
    }
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    keep(&store, 1000).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_whose_disk_is_full_ends_and_goes_on_when_there_is_room() {
    let Some(disk) = Disk::of("64m") else { return };
    let stage = Stage::open().await.unwrap();
    stage.show("/legal/terms", Scene::page(SILENT));
    let house = House::with(LOOPBACK, &pages::watchlist(&stage.url("/legal/terms"), ""));
    fs::set_permissions(disk.path(), PermissionsExt::from_mode(0o700)).unwrap();
    std::os::unix::fs::symlink(disk.path(), house.path("state")).unwrap();
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    house.run(&["check"]).ends_with(0);

    let daemon = house.start();
    let filled = disk.path().join("filled");
    fs::write(&filled, vec![0; 80 << 20]).unwrap_err();
    // More than sled's last segment has room for.
    let nonces: String = (0..80_000_u32).map(|index| Sha256::of(&index.to_be_bytes()).to_string()).collect();
    stage.show("/legal/terms", Scene::page(format!("{PERMITS}<!-- {nonces} -->")));
    // The daemon may be gone before it has answered: the reason is in its log.
    house.run(&["check"]).ends_with(3);
    daemon.says("No space left");
    assert_eq!(daemon.ended().code(), Some(3));
    for command in ["run", "check"] {
        let complaint = house.run(&[command]).ends_with(3).complaint();
        assert!(complaint.contains("0 MiB are free") && complaint.contains("leave the store as it is"), "{complaint}");
    }
    let said = house.run(&["doctor"]).ends_with(1);
    assert!(said.out.contains("problem  disk: only 0 MiB are free") && !said.out.contains("start afresh"), "{said:#?}");

    fs::remove_file(&filled).unwrap();
    stage.show("/legal/terms", Scene::page(PERMITS));
    eventually("the change is confirmed", || {
        house.run(&["check"]);
        house.run(&["history", "tidewave/terms-of-use"]).out.contains("v2").then_some(())
    });
    assert_eq!(house.run(&["store", "verify"]).ends_with(0).out, "0 problems\n");
    let mails = fs::read_dir(house.path("state/mail")).unwrap().count();
    assert_eq!(mails, 1, "the change is told once");
}

#[test]
fn a_disk_that_can_not_be_written_is_told_as_such() {
    let Some(disk) = Disk::of("64m") else { return };
    let folder = disk.path().join("state/store");
    let store = SledStore::open(&folder).unwrap();
    keep(&store, 1).unwrap();
    drop(store);
    disk.remount("ro");
    let house = House::with(LOOPBACK, &pages::watchlist("https://tidewave.example/terms", ""));
    let state = disk.path().join("state");
    for command in [&["run"][..], &["store", "verify"], &["store", "compact"]] {
        let said = house.run(&[&["--state", state.to_str().unwrap()], command].concat()).ends_with(3);
        let complaint = said.complaint();
        assert!(complaint.contains("Read-only file system") && complaint.contains("can't be written"), "{said:#?}");
    }
    disk.remount("rw");
    assert!(SledStore::open(&folder).unwrap().body(&watch(1), 0, 1).unwrap() == Some(noise(1)));
}

#[test]
fn a_file_without_its_last_bytes_is_refused_in_words_and_left_as_it_is() {
    let house = House::with(LOOPBACK, &pages::watchlist("https://tidewave.example/terms", ""));
    let folder = house.path("state/store");
    let store = SledStore::open(&folder).unwrap();
    (1..=20).for_each(|number| keep(&store, number).unwrap());
    drop(store);
    let file = folder.join("db");
    let whole = fs::read(&file).unwrap();
    let mut refused = 0;
    for lost in [1, 100, 5000, 300_000, whole.len() / 2, whole.len()] {
        fs::write(&file, &whole[..whole.len() - lost]).unwrap();
        match SledStore::open(&folder) {
            Ok(store) => assert!((1..=20).all(|number| store.body(&watch(number), 0, 1).unwrap() == Some(noise(number))), "{lost}"),
            Err(StoreError::Unreadable { .. }) => {
                refused += 1;
                assert!(fs::read(&file).unwrap() == whole[..whole.len() - lost], "{lost}: it was written to");
                let said = house.run(&["run"]).ends_with(3);
                assert!(said.complaint().contains("store import"), "{said:#?}");
            }
            Err(other) => panic!("{lost}: {other}"),
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(refused >= 2, "{refused}");
    assert_eq!(SledStore::open(&folder).unwrap().verify().unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_moves_to_another_folder_while_its_daemon_runs() {
    let stage = Stage::open().await.unwrap();
    stage.show("/legal/terms", Scene::page(SILENT));
    let house = House::with(LOOPBACK, &pages::watchlist(&stage.url("/legal/terms"), ""));
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    house.run(&["check"]).ends_with(0);
    stage.show("/legal/terms", Scene::page(PERMITS));
    let daemon = house.start();
    let history = || house.run(&["history", "tidewave/terms-of-use"]).ends_with(0).out;
    eventually("the change is confirmed", || {
        house.run(&["check"]);
        history().contains("v2").then_some(())
    });
    let said = house.run(&["store", "export", "one.zst"]).ends_with(0);
    assert!(said.out.contains("keep it to yourself"), "{said:#?}");
    assert_eq!(fs::metadata(house.path("one.zst")).unwrap().permissions().mode() & 0o777, 0o600);
    house.run(&["store", "export", "one.zst"]).ends_with(2);
    for command in [&["store", "compact"][..], &["store", "import", "one.zst"]] {
        assert!(house.run(command).ends_with(2).complaint().contains("stop it"), "{command:?}");
    }
    let said = house.run(&["store", "compact", "--dry-run"]).ends_with(0);
    assert!(said.out.starts_with("the bytes of 0 fetches"), "{said:#?}");
    let before = history();
    assert_eq!(daemon.stop().code(), Some(0));

    house.run(&["--state", "other", "store", "import", "one.zst"]).ends_with(0);
    house.run(&["--state", "other", "store", "export", "two.zst"]).ends_with(0);
    house.run(&["--state", "other", "store", "import", "one.zst"]).ends_with(2);
    assert!(fs::read(house.path("one.zst")).unwrap() == fs::read(house.path("two.zst")).unwrap());
    house.run(&["store", "compact"]).ends_with(0);
    assert_eq!(house.run(&["store", "verify"]).ends_with(0).out, "0 problems\n");
    assert_eq!(history(), before);
    fs::write(house.path("cut.zst"), &fs::read(house.path("one.zst")).unwrap()[..400]).unwrap();
    house.run(&["--state", "third", "store", "import", "cut.zst"]).ends_with(3);
}
