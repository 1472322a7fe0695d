//! What was acknowledged survives the death of the process, at whatever moment.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use fineprint::model::{
    Change, ChangeId, CheckRecord, CheckResult, Clause, ClauseKind, Document, Keep, Mail, MailBody, MailId, MailState, OutboxEntry, Sha256,
    Snapshot, SubscriptionId, Version, WatchId, WatchState,
};
use fineprint::store::{Commit, Sequence, SledStore, Store};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Tells the child where its store is; without it the child's test does nothing.
const FOLDER: &str = "FINEPRINT_TEST_STORE";
/// How often a child is killed.
const ROUNDS: usize = 6;
/// How often one that compacts is.
const COMPACTIONS: u64 = 12;
/// Each commits for itself, so that commits share syncs.
const WRITERS: u32 = 3;

fn watch(writer: u32) -> WatchId {
    WatchId::new("Platform", &format!("Terms {writer}"))
}

fn hour(hours: u32) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(i64::from(hours))
}

/// A page that grows, longer than a piece and poor in repetition.
fn body(writer: u32, number: u32) -> Vec<u8> {
    let line = |index: u32| format!("{writer} {}\n", Sha256::of(&index.to_be_bytes()));
    (number..number + 600).map(line).collect::<String>().into_bytes()
}

/// A whole check: each commit touches every table.
fn check(writer: u32, number: u32, ids: [u64; 2]) -> Commit {
    let (watch, body) = (watch(writer), body(writer, number));
    let sha256 = Sha256::of(&body);
    let length = body.len() as u64;
    let url = "https://example.org/terms".to_owned();
    let snapshot = Snapshot {
        watch: watch.clone(),
        part: 0,
        number,
        url: url.clone(),
        redirects: Vec::new(),
        fetched: hour(number),
        status: 200,
        headers: Vec::new(),
        sha256,
        length,
        rejection: None,
    };
    let version =
        Version { watch: watch.clone(), number, first_seen: hour(number), snapshots: vec![number], fingerprint: sha256, extractor: 1 };
    let clause = Clause { kind: ClauseKind::Paragraph, text: number.to_string(), label_len: 0, section: None, stem: None };
    let change = Change {
        id: ChangeId(ids[0]),
        watch: watch.clone(),
        platform: "Platform".to_owned(),
        document: "Terms".to_owned(),
        url,
        old_version: number,
        new_version: number,
        last_seen_old: hour(number),
        first_seen_new: hour(number),
        confirmed: hour(number),
        old_sha256: sha256,
        new_sha256: sha256,
        language: None,
        events: Vec::new(),
        sentences: [0; 3],
        date_only: false,
        effective: None,
        tags: Vec::new(),
        excerpt: Vec::new(),
        replaced: None,
        imported_from: None,
        effective_before: None,
    };
    Commit {
        snapshots: vec![(snapshot, body)],
        version: Some((version, Document { title: None, language: None, clauses: vec![clause] })),
        change: Some(change),
        mails: vec![mail(ids)],
        state: Some((watch.clone(), WatchState { version: number, ..WatchState::default() })),
        history: Some((watch.clone(), CheckRecord { at: hour(number), result: CheckResult::Changed(ChangeId(ids[0])) })),
        due: vec![(watch, Some(hour(number)))],
        ..Commit::default()
    }
}

fn mail(ids: [u64; 2]) -> OutboxEntry {
    OutboxEntry {
        id: MailId(ids[1]),
        cause: Some((ChangeId(ids[0]), SubscriptionId(1))),
        mail: Mail {
            to: "reader@example.org".to_owned(),
            body: MailBody { subject: "s".to_owned(), text: "t".to_owned(), html: "h".to_owned() },
            message_key: ids[1].to_string(),
            list: "alerts".to_owned(),
            unsubscribe: Vec::new(),
        },
        queued: Timestamp::UNIX_EPOCH,
        attempts: 0,
        state: MailState::Due { at: Timestamp::UNIX_EPOCH, last_error: None },
    }
}

/// Not a test by itself: the process that is killed.
#[test]
fn child_that_commits_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = SledStore::open(Path::new(&folder)).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || commit_for_ever(store, writer));
        }
    });
}

fn commit_for_ever(store: &SledStore, writer: u32) {
    let first = store.state(&watch(writer)).unwrap().version + 1;
    for number in first.. {
        let ids = [store.next_id(Sequence::Change).unwrap(), store.next_id(Sequence::Mail).unwrap()];
        store.commit(check(writer, number, ids)).unwrap();
        println!("acknowledged {writer} {number} {} {}", ids[0], ids[1]);
    }
}

/// What a child acknowledged: writer, number, change, mail.
type Acknowledged = [u64; 4];

fn start(child: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", child, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs the writers until so many commits were acknowledged, and kills them at whatever they are doing then.
fn run_and_kill(folder: &Path, enough: usize) -> Vec<Acknowledged> {
    let mut child = start("child_that_commits_until_it_is_killed", folder);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).filter_map(|line| parse(&line));
    let mut acknowledged: Vec<Acknowledged> = lines.by_ref().take(enough).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What was acknowledged before the kill came through.
    acknowledged.extend(lines);
    acknowledged
}

fn parse(line: &str) -> Option<Acknowledged> {
    // The test harness writes its own words before the first line.
    let (_, numbers) = line.split_once("acknowledged ")?;
    let numbers: Vec<u64> = numbers.split(' ').map_while(|number| number.parse().ok()).collect();
    numbers.try_into().ok()
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<Acknowledged> = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(run_and_kill(folder.path(), 4 + 3 * round));
        let store = SledStore::open(folder.path()).unwrap();
        let mails: HashSet<u64> = store.outbox(usize::MAX).unwrap().iter().map(|entry| entry.id.0).collect();
        for [writer, number, change, mail] in &acknowledged {
            let (watch, number) = (watch(u32::try_from(*writer).unwrap()), u32::try_from(*number).unwrap());
            assert!(store.snapshot(&watch, 0, number).unwrap().is_some() && mails.contains(mail), "round {round}");
            assert_eq!(store.change(ChangeId(*change)).unwrap().unwrap().new_version, number);
        }
        assert_whole(&store);
    }
    let mut changes: Vec<u64> = acknowledged.iter().map(|[_, _, change, _]| *change).collect();
    let count = changes.len();
    changes.sort_unstable();
    changes.dedup();
    assert_eq!(changes.len(), count, "a number was given twice");
    assert!(count > 20, "only {count} commits in all");
    println!("{count} commits survived {ROUNDS} kills");
}

/// Not a test by itself: the process that is killed while it builds the store anew, again and again.
#[test]
fn child_that_compacts_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    loop {
        SledStore::compact(Path::new(&folder), Keep::default(), hour(9000)).unwrap();
        println!("compacted");
    }
}

/// Killed at instants that are spread over the time that one compaction takes, the store is the old one or the new one, and whole.
#[test]
fn a_compaction_that_is_killed_leaves_a_whole_store() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("store");
    run_and_kill(&folder, 12);
    let content = |store: &SledStore| {
        let mut lines = Vec::new();
        let mut take = |line| {
            lines.push(line);
            Ok(())
        };
        store.export(&mut take).unwrap();
        lines
    };
    let expected = content(&SledStore::open(&folder).unwrap());
    let beside = parent.path().join("store.new");
    let began = Instant::now();
    SledStore::compact(&folder, Keep::default(), hour(9000)).unwrap();
    let whole = began.elapsed();
    let mut interrupted = 0;
    for round in 0..COMPACTIONS {
        let mut child = start("child_that_compacts_until_it_is_killed", &folder);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        // The first compaction may have a part of the old store to remove; the second is the one that is interrupted.
        lines.by_ref().find(|line| line.ends_with("compacted")).unwrap();
        std::thread::sleep(whole * u32::try_from(round).unwrap() / u32::try_from(COMPACTIONS).unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
        interrupted += u32::from(beside.exists());
        let store = SledStore::open(&folder).unwrap();
        assert_eq!(store.verify().unwrap(), Vec::<String>::new(), "round {round}");
        assert!(content(&store) == expected, "round {round}: another store than before");
    }
    assert!(interrupted > 0, "no kill came while something stood beside the store");
    SledStore::compact(&folder, Keep::default(), hour(9000)).unwrap();
    assert!(!beside.exists());
    println!("{COMPACTIONS} compactions killed, {interrupted} with a second store beside the first");
}

/// Every commit is there in all its parts or in none: the newest of each kind agree.
fn assert_whole(store: &SledStore) {
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    for writer in 0..WRITERS {
        let watch = watch(writer);
        let number = store.state(&watch).unwrap().version;
        assert_eq!(store.latest_snapshot(&watch, 0).unwrap().map_or(0, |snapshot| snapshot.number), number);
        for number in number.saturating_sub(5).max(1)..=number {
            assert_eq!(store.body(&watch, 0, number).unwrap(), (number > 0).then(|| body(writer, number)));
        }
        assert_eq!(store.version(&watch, number + 1).unwrap(), None);
        assert_eq!(store.history(&watch, usize::MAX).unwrap().len(), number as usize);
        assert_eq!(store.changes(Some(&watch), usize::MAX).unwrap().len(), number as usize);
        assert_eq!(store.due_at(&watch).unwrap(), (number > 0).then(|| hour(number)));
    }
    assert_eq!(store.outbox(usize::MAX).unwrap().len(), store.changes(None, usize::MAX).unwrap().len());
}
