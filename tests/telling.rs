//! A change that many asked for is told to each of them once, however often the process dies in the middle of it.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::model::{Rhythm, Severity, Subscription, SubscriptionId, Wanted};
use fineprint::store::{Commit, SledStore, Store};
use fineprint::web::{Scene, Stage};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use support::house::{House, LOOPBACK, eventually};
use support::pages::{self, PERMITS, SILENT};

const PATH: &str = "/legal/terms";
/// More than are told in a handful of commits.
const READERS: u64 = 2_000;

fn store(house: &House) -> SledStore {
    SledStore::open(&house.path("state/store")).expect("a store")
}

fn subscribe(house: &House) {
    let wanted = Wanted { platforms: Vec::new(), tags: Vec::new(), topics: Vec::new(), severity: Severity::Minor, rhythm: Rhythm::AtOnce };
    let reader = |number| {
        let address = format!("reader{number}@example.org");
        Subscription::confirmed(SubscriptionId(number), address, wanted.clone(), "test".to_owned(), Timestamp::UNIX_EPOCH)
    };
    store(house).commit(Commit { subscriptions: (1..=READERS).map(reader).collect(), ..Commit::default() }).expect("a commit");
}

/// How many mails each reader has in the outbox.
fn told(store: &SledStore) -> BTreeMap<SubscriptionId, usize> {
    let mut told = BTreeMap::new();
    for (_, reader) in store.outbox(usize::MAX).expect("the outbox").iter().filter_map(|entry| entry.cause) {
        *told.entry(reader).or_default() += 1;
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_once_however_often_the_telling_dies() {
    let stage = Stage::open().await.expect("a stage");
    stage.show(PATH, Scene::page(SILENT));
    let house = House::with(LOOPBACK, &pages::watchlist(&stage.url(PATH), ""));
    house.run(&["check"]).ends_with(0);
    subscribe(&house);
    stage.show(PATH, Scene::page(PERMITS));
    house.run(&["check"]).ends_with(0);
    std::thread::sleep(Duration::from_millis(1_100));

    let mut deaths = 0;
    loop {
        let daemon = house.start();
        let before = house.run(&["mail", "queue"]).out;
        std::thread::scope(|scope| {
            // The first of these confirms the change; after that the daemon goes on by itself.
            scope.spawn(|| house.run(&["check"]));
            eventually("more of them are told", || (house.run(&["mail", "queue"]).out != before).then_some(()));
            daemon.kill();
        });
        let store = store(&house);
        assert!(told(&store).values().all(|mails| *mails == 1));
        if store.to_tell().expect("the changes to tell").is_empty() {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 0, "it never died in the middle");
    let store = store(&house);
    assert_eq!(store.changes(None, 9).expect("the changes").len(), 1);
    assert_eq!(told(&store).len() as u64, READERS, "after {deaths} deaths");
    assert_eq!(store.verify().expect("a store that can be read"), Vec::<String>::new());
}
