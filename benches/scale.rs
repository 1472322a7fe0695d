//! How cost grows: with history (1,000 watches and 50,000 versions in the store: how long a start takes after a stop, and after a crash),
//! with watches (10,000 and 100,000 of them: what the daemon holds for each), with subscribers (10,000 of one change). `FINEPRINT_SCALE`
//! names the parts to run, all by default. `cargo bench --bench scale`

#![allow(missing_docs, clippy::expect_used, reason = "a bench fails where its setting fails, and prints rounded figures")]

use fineprint::model::{
    Clause, ClauseKind, Document, Rhythm, Severity, Sha256, Snapshot, Subscription, SubscriptionId, Version, Wanted, WatchId, WatchState,
};
use fineprint::store::{Commit, Line, SledStore, Store};
use house::{House, Served, bytes, serve};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, RwLock};
use std::time::Duration;

#[path = "house/mod.rs"]
#[allow(dead_code, clippy::cast_precision_loss, reason = "the other bench uses the rest; what it prints is rounded")]
mod house;

const WATCHES: usize = 1_000;
const VERSIONS: u32 = 50;
const SUBSCRIBERS: u64 = 10_000;
/// How many subscriptions one commit writes.
const AT_ONCE: usize = 1_000;

fn main() {
    let parts = std::env::var("FINEPRINT_SCALE").unwrap_or_else(|_| "history watches subscribers".to_owned());
    if parts.contains("history") {
        history();
    }
    if parts.contains("watches") {
        watches(10_000);
        watches(100_000);
    }
    if parts.contains("subscribers") {
        subscribers();
    }
}

/// A start over a long history.
fn history() {
    let house = House::new(9, WATCHES);
    fill(&house);
    let disk = bytes(&house.folder.path().join("state")) / 1_000_000;
    println!("{WATCHES} watches with {VERSIONS} versions each, {disk} MB");
    for (after, next_dies) in [("it was filled", false), ("a stop", false), ("a stop", true), ("a crash", false), ("a stop", false)] {
        let daemon = house.start();
        let ready = daemon.ready.as_millis();
        std::thread::sleep(Duration::from_secs(3));
        let (rests, peak) = daemon.memory();
        let cpu = if next_dies { daemon.kill() } else { daemon.stop() };
        println!("start after {after:<14} ready after {ready:>5} ms  CPU {cpu:>5.2} s  rests at {rests:>6.1} MB  peak {peak:>6.1} MB");
    }
}

/// Fills the store as years of watching would.
fn fill(house: &House) {
    let store = SledStore::open(&house.folder.path().join("state/store")).expect("a store");
    for watch in (0..WATCHES).map(|number| WatchId::new(&format!("P{number}"), "Terms")) {
        let mut commit = Commit::default();
        for number in 1..=VERSIONS {
            let (document, body) = terms(&watch, number);
            let (sha256, first_seen) = (Sha256::of(&body), Timestamp::UNIX_EPOCH + SignedDuration::from_hours(i64::from(number)));
            let record = Version { watch: watch.clone(), number, first_seen, snapshots: vec![number], fingerprint: sha256, extractor: 1 };
            let snapshot = Snapshot {
                watch: watch.clone(),
                part: 0,
                number,
                url: "http://127.0.0.1:9/".to_owned(),
                redirects: Vec::new(),
                fetched: first_seen,
                status: 200,
                headers: Vec::new(),
                sha256,
                length: body.len() as u64,
                rejection: None,
            };
            commit.snapshots.push((snapshot, body));
            commit.restore.push(Line::Version { record, document });
        }
        let state = WatchState { version: VERSIONS, checks: u64::from(VERSIONS), ..WatchState::default() };
        commit.due.push((watch.clone(), Some(Timestamp::now() + SignedDuration::from_hours(20))));
        commit.state = Some((watch, state));
        store.commit(commit).expect("a commit");
    }
}

/// A document of 60 paragraphs, one of which is another in each version.
fn terms(watch: &WatchId, version: u32) -> (Document, Vec<u8>) {
    let paragraph = |number: u32| {
        let words = Sha256::of(format!("{watch} {number} {}", if number == version { version } else { 0 }).as_bytes()).to_string();
        format!("You keep every right in {words}, and we answer every message about it within a week, as far as the law allows it.")
    };
    let clause = |number| Clause { kind: ClauseKind::Paragraph, text: paragraph(number), label_len: 0, section: None, stem: None };
    let clauses: Vec<Clause> = (0..60).map(clause).collect();
    let body = clauses.iter().fold(String::new(), |body, clause| body + "<p>" + &clause.text + "</p>\n");
    (Document { title: None, language: None, clauses }, body.into_bytes())
}

/// A long list: what the daemon holds for a watch, at its first start and at the next.
fn watches(count: usize) {
    let few = House::new(9, 10);
    few.start().stop();
    let daemon = few.start();
    std::thread::sleep(Duration::from_secs(3));
    let base = daemon.memory().0;
    daemon.stop();
    let house = House::new(9, count);
    for start in ["first", "next"] {
        let daemon = house.start();
        let ready = daemon.ready.as_millis();
        std::thread::sleep(Duration::from_secs(3));
        let (rests, peak) = daemon.memory();
        #[expect(clippy::cast_precision_loss, reason = "it is rounded")]
        let each = (rests - base) * 1024.0 / count as f64;
        let cpu = daemon.stop();
        println!(
            "{count} watches, {start} start: ready after {ready:>5} ms  CPU {cpu:>5.2} s  rests at {rests:>6.1} MB ({each:.2} KB a watch)  peak {peak:>6.1} MB"
        );
    }
}

/// One change that everybody asked for.
fn subscribers() {
    let page = |more: &str| {
        let filler = "<p>You keep every right in what you upload, and you may delete your account at any time. These terms are an agreement between you and us, and our liability is limited as far as the law allows it.</p>".repeat(4);
        let page = format!(
            "<!doctype html><html lang=en><head><title>Terms of Service</title></head><body><main><h1>Terms of Service</h1>{filler}{more}</main></body></html>"
        );
        Served { bodies: vec![page.into_bytes()], validates: false }
    };
    let served = Arc::new(RwLock::new(page("")));
    let house = House::new(serve(served.clone(), Arc::default()), 1);
    house.run(&["check"]);
    let everything =
        Wanted { platforms: Vec::new(), tags: Vec::new(), topics: Vec::new(), severity: Severity::Minor, rhythm: Rhythm::AtOnce };
    let store = SledStore::open(&house.folder.path().join("state/store")).expect("a store");
    let reader = |number: u64| {
        let address = format!("reader{number}@example.org");
        Subscription::confirmed(SubscriptionId(number), address, everything.clone(), "bench".to_owned(), Timestamp::now())
    };
    for some in (1..=SUBSCRIBERS).collect::<Vec<_>>().chunks(AT_ONCE) {
        let subscriptions = some.iter().map(|number| reader(*number)).collect();
        store.commit(Commit { subscriptions, ..Commit::default() }).expect("a commit");
    }
    drop(store);
    *served.write().expect("a lock") = page("<p>We may use what you upload to train our artificial intelligence models.</p>");
    house.run(&["check"]);
    std::thread::sleep(Duration::from_millis(1_100));
    let cost = house.run(&["check"]);
    let store = SledStore::open(&house.folder.path().join("state/store")).expect("a store");
    let mails = store.outbox(usize::MAX).expect("the outbox").len();
    println!("{mails} mails of one change: CPU {:.2} s  wall {:.2} s  peak {} MB", cost.cpu, cost.wall, cost.peak / 1024);
}
