//! What every store must do, as functions over any store; each gets an empty one. The tests of each store run them all.

use super::samples::{
    change, held, hour, incident, keep, mail, memory, noise, page, populate, rejected, snapshot, subscription, version, watch,
};
use super::{Commit, Sequence, Store, StoreError};
use crate::model::{ChangeId, CheckRecord, CheckResult, MailId, MailState, Memory, Sha256, SubscriptionId, WatchId, WatchState};
use jiff::Timestamp;
use std::collections::HashSet;

/// A name and what it does.
pub(super) type Behaviour = (&'static str, fn(&dyn Store));

/// Every behaviour.
pub(super) const ALL: &[Behaviour] = &[
    ("an empty store has nothing", an_empty_store_has_nothing),
    ("a commit comes back whole", a_commit_comes_back_whole),
    ("a refused commit leaves nothing", a_refused_commit_leaves_nothing),
    ("evidence is never overwritten", evidence_is_never_overwritten),
    ("bodies come back byte for byte", bodies_come_back_byte_for_byte),
    ("bodies of any shape come back", bodies_of_any_shape_come_back),
    ("the newest snapshot is found among rejected ones", the_newest_snapshot_is_found_among_rejected_ones),
    ("the due queue is in order", the_due_queue_is_in_order),
    ("a watch is due once", a_watch_is_due_once),
    ("mails move on", mails_move_on),
    ("a change is told until it was told", a_change_is_told_until_it_was_told),
    ("history is newest first", history_is_newest_first),
    ("changes are found by watch and overall", changes_are_found_by_watch_and_overall),
    ("a forgotten subscription stays forgotten", a_forgotten_subscription_stays_forgotten),
    ("memory comes back and shrinks", memory_comes_back_and_shrinks),
    ("numbers are never given twice", numbers_are_never_given_twice),
    ("tricky names stay apart", tricky_names_stay_apart),
    ("a good store verifies", a_good_store_verifies),
    ("verification follows references", verification_follows_references),
    ("readers see whole commits", readers_see_whole_commits),
    ("a token is used once", a_token_is_used_once),
    ("incidents come and go", incidents_come_and_go),
    ("a discarded mail is gone", a_discarded_mail_is_gone),
    ("a secret stays the same", a_secret_stays_the_same),
    ("words are found in their versions", words_are_found_in_their_versions),
];

fn an_empty_store_has_nothing(store: &dyn Store) {
    let watch = watch();
    assert_eq!(store.state(&watch).unwrap(), WatchState::default());
    assert_eq!(store.memory(&watch).unwrap(), Memory::default());
    assert_eq!(store.snapshot(&watch, 0, 1).unwrap(), None);
    assert_eq!(store.latest_snapshot(&watch, 0).unwrap(), None);
    assert_eq!(store.body(&watch, 0, 1).unwrap(), None);
    assert_eq!((store.version(&watch, 1).unwrap(), store.document(&watch, 1).unwrap()), (None, None));
    assert_eq!((store.history(&watch, 9).unwrap(), store.change(ChangeId(1)).unwrap()), (vec![], None));
    assert_eq!((store.changes(None, 9).unwrap(), store.changes(Some(&watch), 9).unwrap()), (vec![], vec![]));
    assert_eq!((store.due(Timestamp::MAX, 9).unwrap(), store.queued().unwrap()), (vec![], vec![]));
    assert_eq!((store.outbox_due(Timestamp::MAX, 9).unwrap(), store.outbox(9).unwrap()), (vec![], vec![]));
    assert_eq!((store.subscriptions().unwrap(), store.verify().unwrap()), (vec![], Vec::<String>::new()));
    store.commit(Commit::default()).unwrap();
}

fn a_commit_comes_back_whole(store: &dyn Store) {
    let watch = watch();
    let body = page(1, 50);
    let snapshot = snapshot(&watch, 0, 1, &body);
    let (version, document) = version(&watch, 1, &[1]);
    let state = WatchState { last_check: Some(hour(1)), checks: 7, held: Some(held()), ..WatchState::default() };
    let line = CheckRecord { at: hour(1), result: CheckResult::First };
    let change = change(1, &watch, [1, 1], [snapshot.sha256; 2]);
    let mail = mail(1, Some((1, 1)), hour(2));
    store
        .commit(Commit {
            snapshots: vec![(snapshot.clone(), body.clone())],
            version: Some((version.clone(), document.clone())),
            memory: Some((watch.clone(), memory(5))),
            change: Some(change.clone()),
            mails: vec![mail.clone()],
            state: Some((watch.clone(), state.clone())),
            history: Some((watch.clone(), line.clone())),
            due: vec![(watch.clone(), Some(hour(5)))],
            subscriptions: vec![subscription(1)],
            spent: Some((Sha256::of(b"token"), hour(48))),
            incidents: vec![("watch a/b".to_owned(), Some(incident("watch a/b")))],
            ..Commit::default()
        })
        .unwrap();
    assert_eq!(store.snapshot(&watch, 0, 1).unwrap(), Some(snapshot.clone()));
    assert_eq!(store.latest_snapshot(&watch, 0).unwrap(), Some(snapshot));
    assert_eq!(store.body(&watch, 0, 1).unwrap(), Some(body));
    assert_eq!(store.version(&watch, 1).unwrap(), Some(version));
    assert_eq!(store.document(&watch, 1).unwrap(), Some(document));
    assert_eq!(store.memory(&watch).unwrap(), memory(5));
    assert_eq!(store.change(ChangeId(1)).unwrap(), Some(change));
    assert_eq!(store.outbox(9).unwrap(), vec![mail]);
    assert_eq!(store.state(&watch).unwrap(), state);
    assert_eq!(store.history(&watch, 9).unwrap(), vec![line]);
    assert_eq!(store.due_at(&watch).unwrap(), Some(hour(5)));
    assert_eq!(store.subscriptions().unwrap(), vec![subscription(1)]);
    assert_eq!(
        (store.subscription(SubscriptionId(1)).unwrap(), store.subscription(SubscriptionId(2)).unwrap()),
        (Some(subscription(1)), None)
    );
    assert!(store.is_spent(&Sha256::of(b"token")).unwrap());
    assert_eq!(store.incidents().unwrap(), [incident("watch a/b")]);
    assert_eq!(store.words(&watch).unwrap().newest(), 1);
    assert!(store.revision().unwrap() > 0);
}

fn a_token_is_used_once(store: &dyn Store) {
    let spend =
        || store.commit(Commit { spent: Some((Sha256::of(b"token"), hour(1))), subscriptions: vec![subscription(1)], ..Commit::default() });
    assert!(!store.is_spent(&Sha256::of(b"token")).unwrap());
    spend().unwrap();
    assert!(matches!(spend(), Err(StoreError::Refused(_))));
    assert!(!store.is_spent(&Sha256::of(b"another")).unwrap());
}

fn incidents_come_and_go(store: &dyn Store) {
    let commit = |key: &str, incident| store.commit(Commit { incidents: vec![(key.to_owned(), incident)], ..Commit::default() }).unwrap();
    for key in ["watch a/b", "mail"] {
        commit(key, Some(incident(key)));
    }
    commit("mail", None);
    assert_eq!(store.incidents().unwrap(), [incident("watch a/b")]);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn a_discarded_mail_is_gone(store: &dyn Store) {
    store.commit(Commit { mails: vec![mail(1, None, hour(0)), mail(2, None, hour(0))], ..Commit::default() }).unwrap();
    store.commit(Commit { discard: vec![MailId(1)], ..Commit::default() }).unwrap();
    assert_eq!(store.outbox(9).unwrap(), vec![mail(2, None, hour(0))]);
    assert_eq!(store.outbox_due(hour(1), 9).unwrap().len(), 1);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn a_secret_stays_the_same(store: &dyn Store) {
    assert_eq!(store.secret([1; 32]).unwrap(), [1; 32]);
    assert_eq!(store.secret([2; 32]).unwrap(), [1; 32]);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn words_are_found_in_their_versions(store: &dyn Store) {
    let watch = watch();
    for (number, text) in (1..).zip(["We train models.", "We train nothing.", "We train models again."]) {
        let body = text.as_bytes();
        let (version, mut document) = version(&watch, number, &[number]);
        document.clauses.truncate(1);
        document.clauses[0].text = text.to_owned();
        let commit = Commit {
            snapshots: vec![(snapshot(&watch, 0, number, body), body.to_vec())],
            version: Some((version, document)),
            ..Commit::default()
        };
        store.commit(commit).unwrap();
    }
    let find =
        |words: &[&str]| store.words(&watch).unwrap().versions_with(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), 9);
    assert_eq!(find(&["models", "train"]), [3, 1]);
    assert_eq!(find(&["nothing"]), [2]);
    assert_eq!(find(&["elsewhere"]), Vec::<u32>::new());
}

fn a_refused_commit_leaves_nothing(store: &dyn Store) {
    let watch = watch();
    let mut wrong = snapshot(&watch, 1, 1, b"right");
    wrong.sha256 = Sha256::of(b"wrong");
    let commit = Commit {
        snapshots: vec![(snapshot(&watch, 0, 1, b"good"), b"good".to_vec()), (wrong, b"right".to_vec())],
        version: Some(version(&watch, 1, &[1, 1])),
        memory: Some((watch.clone(), memory(5))),
        change: Some(change(1, &watch, [1, 1], [Sha256::of(b"good"); 2])),
        mails: vec![mail(1, None, hour(0))],
        state: Some((watch.clone(), WatchState { checks: 1, ..WatchState::default() })),
        history: Some((watch.clone(), CheckRecord { at: hour(0), result: CheckResult::First })),
        due: vec![(watch.clone(), Some(hour(0)))],
        subscriptions: vec![subscription(1)],
        spent: Some((Sha256::of(b"token"), hour(48))),
        incidents: vec![("watch a/b".to_owned(), Some(incident("watch a/b")))],
        ..Commit::default()
    };
    assert!(matches!(store.commit(commit), Err(StoreError::Refused(_))));
    an_empty_store_has_nothing(store);
}

fn evidence_is_never_overwritten(store: &dyn Store) {
    populate(store);
    let watch = watch();
    let refused = |commit: Commit| assert!(matches!(store.commit(commit), Err(StoreError::Refused(_))));
    for number in [0, 1, 2, 4] {
        refused(Commit { snapshots: vec![(snapshot(&watch, 0, number, b"x"), b"x".to_vec())], ..Commit::default() });
        refused(Commit { version: Some(version(&watch, number, &[1])), ..Commit::default() });
    }
    refused(Commit { change: Some(change(1, &watch, [1, 2], [Sha256::of(b""); 2])), ..Commit::default() });
    assert_eq!(store.body(&watch, 0, 1).unwrap(), Some(page(1, 300)));
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn bodies_come_back_byte_for_byte(store: &dyn Store) {
    let watch = watch();
    let wall = |number: u32| format!("<title>Just a moment...</title> ray {number}").into_bytes();
    // Every seventh fetch meets a wall, every eleventh gives the same bytes as the one before.
    let body = |number: u32| if number.is_multiple_of(7) { wall(number) } else { page(number - u32::from(number.is_multiple_of(11)), 100) };
    for number in 1..=60 {
        let record = if number % 7 == 0 { rejected } else { snapshot }(&watch, 0, number, &body(number));
        store.commit(Commit { snapshots: vec![(record, body(number))], ..Commit::default() }).unwrap();
    }
    for number in 1..=60 {
        assert_eq!(store.body(&watch, 0, number).unwrap(), Some(body(number)), "snapshot {number}");
        assert_eq!(store.snapshot(&watch, 0, number).unwrap().unwrap().rejection.is_some(), number % 7 == 0);
    }
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn bodies_of_any_shape_come_back(store: &dyn Store) {
    let watch = watch();
    let bodies = [Vec::new(), vec![0; 100_000], noise(1, 300_000), Vec::new(), vec![0], noise(1, 300_000), noise(1, 299_999)];
    for (number, body) in (1..).zip(&bodies) {
        keep(store, &watch, 3, number, body);
    }
    for (number, body) in (1..).zip(&bodies) {
        assert!(store.body(&watch, 3, number).unwrap().as_ref() == Some(body), "body {number}");
    }
}

fn the_newest_snapshot_is_found_among_rejected_ones(store: &dyn Store) {
    let watch = watch();
    let both = vec![(snapshot(&watch, 0, 1, b"a"), b"a".to_vec()), (rejected(&watch, 0, 2, b"wall"), b"wall".to_vec())];
    store.commit(Commit { snapshots: both, ..Commit::default() }).unwrap();
    keep(store, &watch, 1, 1, b"another part");
    assert_eq!(store.latest_snapshot(&watch, 0).unwrap().unwrap().number, 2);
    assert_eq!(store.latest_snapshot(&watch, 1).unwrap().unwrap().number, 1);
    keep(store, &watch, 0, 3, b"b");
    assert_eq!(store.latest_snapshot(&watch, 0).unwrap().unwrap().number, 3);
}

fn the_due_queue_is_in_order(store: &dyn Store) {
    let watches: Vec<_> = ["c", "a", "b", "z"].iter().map(|name| WatchId::new(name, "Terms")).collect();
    let due = (0..).zip(&watches).map(|(index, watch)| (watch.clone(), Some(hour([3, 1, 1, -500_000][index])))).collect();
    store.commit(Commit { due, ..Commit::default() }).unwrap();
    let order = |entries: Vec<(Timestamp, WatchId)>| entries.into_iter().map(|(_, watch)| watch.to_string()).collect::<Vec<_>>();
    assert_eq!(order(store.queued().unwrap()), ["z/terms", "a/terms", "b/terms", "c/terms"]);
    assert_eq!(order(store.due(hour(1), 9).unwrap()), ["z/terms", "a/terms", "b/terms"], "a watch is due at its time, not only after");
    assert_eq!(order(store.due(hour(9), 2).unwrap()), ["z/terms", "a/terms"]);
    assert_eq!(order(store.due(hour(0), 9).unwrap()), ["z/terms"]);
    assert_eq!(store.due(Timestamp::MAX, 1).unwrap(), vec![(hour(-500_000), watches[3].clone())]);
}

fn a_watch_is_due_once(store: &dyn Store) {
    let (one, two) = (WatchId::new("one", "Terms"), WatchId::new("two", "Terms"));
    for due in [vec![(one.clone(), Some(hour(1))), (two.clone(), Some(hour(1)))], vec![(one.clone(), Some(hour(2)))]] {
        store.commit(Commit { due, ..Commit::default() }).unwrap();
    }
    assert_eq!(store.queued().unwrap(), vec![(hour(1), two.clone()), (hour(2), one.clone())]);
    // The last word of a commit counts.
    let due = vec![(one.clone(), Some(hour(7))), (one.clone(), Some(hour(6))), (two.clone(), Some(hour(8))), (two.clone(), None)];
    store.commit(Commit { due, ..Commit::default() }).unwrap();
    assert_eq!(store.queued().unwrap(), vec![(hour(6), one.clone())]);
    assert_eq!((store.due_at(&one).unwrap(), store.due_at(&two).unwrap()), (Some(hour(6)), None));
    store.commit(Commit { due: vec![(one, None), (two, None)], ..Commit::default() }).unwrap();
    assert_eq!(store.queued().unwrap(), vec![]);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn mails_move_on(store: &dyn Store) {
    let mut mails = vec![mail(1, None, hour(5)), mail(2, None, hour(1)), mail(3, None, hour(1)), mail(4, None, hour(9))];
    store.commit(Commit { mails: mails.clone(), ..Commit::default() }).unwrap();
    let due = |until| store.outbox_due(until, 9).unwrap().iter().map(|mail| mail.id.0).collect::<Vec<_>>();
    assert_eq!((due(hour(0)), due(hour(1)), due(hour(5))), (vec![], vec![2, 3], vec![1, 2, 3]), "in the order of their numbers");
    assert_eq!(store.outbox_due(hour(5), 2).unwrap(), mails[..2]);
    let waiting: Vec<_> = store.waiting().unwrap().into_iter().map(|(at, mail)| (at, mail.0)).collect();
    assert_eq!(waiting, [(hour(1), 2), (hour(1), 3), (hour(5), 1), (hour(9), 4)]);
    mails[0].attempts = 1;
    mails[0].state = MailState::Due { at: hour(7), last_error: Some("451 later".to_owned()) };
    mails[1].state = MailState::Sent { at: hour(1), answer: "250 ok".to_owned() };
    mails[2].state = MailState::Refused { at: hour(1), reason: "550 no".to_owned() };
    store.commit(Commit { mails: mails[..3].to_vec(), ..Commit::default() }).unwrap();
    assert_eq!((due(hour(5)), due(hour(7)), due(hour(9))), (vec![], vec![1], vec![1, 4]));
    mails.reverse();
    assert_eq!(store.outbox(9).unwrap(), mails);
    assert_eq!(store.outbox(2).unwrap(), mails[..2]);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn a_change_is_told_until_it_was_told(store: &dyn Store) {
    populate(store);
    let (old, new) = (store.snapshot(&watch(), 0, 1).unwrap().unwrap(), store.snapshot(&watch(), 0, 2).unwrap().unwrap());
    let change = Some(change(2, &watch(), [1, 2], [old.sha256, new.sha256]));
    store.commit(Commit { change, to_tell: Some(ChangeId(2)), mails: vec![mail(9, None, hour(3))], ..Commit::default() }).unwrap();
    assert_eq!((store.to_tell().unwrap(), store.told(ChangeId(2)).unwrap()), (vec![ChangeId(2)], HashSet::new()));
    for (id, cause) in [(10, (2, 1)), (11, (1, 2)), (12, (2, 3))] {
        store.commit(Commit { mails: vec![mail(id, Some(cause), hour(3))], ..Commit::default() }).unwrap();
    }
    assert_eq!(store.told(ChangeId(2)).unwrap(), HashSet::from([SubscriptionId(1), SubscriptionId(3)]));
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    store.commit(Commit { told: Some(ChangeId(2)), ..Commit::default() }).unwrap();
    assert_eq!((store.to_tell().unwrap(), store.told(ChangeId(2)).unwrap()), (vec![], HashSet::new()));
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn history_is_newest_first(store: &dyn Store) {
    let watch = watch();
    let line = |number: i64| CheckRecord { at: hour(number), result: CheckResult::Unchanged };
    for number in 0..300 {
        store.commit(Commit { history: Some((watch.clone(), line(number))), ..Commit::default() }).unwrap();
    }
    assert_eq!(store.history(&watch, 3).unwrap(), vec![line(299), line(298), line(297)]);
    assert_eq!(store.history(&watch, 1000).unwrap(), (0..300).rev().map(line).collect::<Vec<_>>());
    assert_eq!(store.history(&watch, 0).unwrap(), vec![]);
}

fn changes_are_found_by_watch_and_overall(store: &dyn Store) {
    let (one, two) = (watch(), WatchId::new("Zoom", "Terms"));
    for id in 1..=300 {
        let of = if id % 3 == 0 { &two } else { &one };
        store.commit(Commit { change: Some(change(id, of, [1, 2], [Sha256::of(b""); 2])), ..Commit::default() }).unwrap();
    }
    let ids = |watch, limit| store.changes(watch, limit).unwrap().iter().map(|change| change.id.0).collect::<Vec<_>>();
    assert_eq!(ids(None, 4), [300, 299, 298, 297]);
    assert_eq!(ids(Some(&two), 3), [300, 297, 294]);
    assert_eq!(ids(Some(&one), 3), [299, 298, 296]);
    assert_eq!(ids(None, usize::MAX), (1..=300).rev().collect::<Vec<_>>());
}

fn a_forgotten_subscription_stays_forgotten(store: &dyn Store) {
    populate(store);
    let mails = vec![mail(3, Some((1, 2)), hour(3)), mail(4, Some((1, 1)), hour(3))];
    store.commit(Commit { subscriptions: vec![subscription(2)], mails, ..Commit::default() }).unwrap();
    store.commit(Commit { forget: vec![SubscriptionId(1)], ..Commit::default() }).unwrap();
    let left = || store.outbox_due(Timestamp::MAX, 9).unwrap().iter().map(|mail| mail.id.0).collect::<Vec<_>>();
    assert_eq!((store.subscriptions().unwrap(), left()), (vec![subscription(2)], vec![2, 3]));
    // What was on its way when it was forgotten must not bring it back.
    let late = vec![mail(1, Some((1, 1)), hour(9)), mail(5, Some((1, 1)), hour(9))];
    store.commit(Commit { subscriptions: vec![subscription(1)], mails: late, ..Commit::default() }).unwrap();
    assert_eq!((store.subscriptions().unwrap(), left()), (vec![subscription(2)], vec![2, 3]));
    assert_eq!(store.outbox(9).unwrap().len(), 2);
    assert_eq!(store.next_id(Sequence::Subscription).unwrap(), 3);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn memory_comes_back_and_shrinks(store: &dyn Store) {
    let watch = watch();
    for sentences in [10, 5000, 3000, 0] {
        store.commit(Commit { memory: Some((watch.clone(), memory(sentences))), ..Commit::default() }).unwrap();
        assert_eq!(store.memory(&watch).unwrap(), memory(sentences));
        assert_eq!(store.verify().unwrap(), Vec::<String>::new(), "no piece of a longer value is left over");
    }
}

fn numbers_are_never_given_twice(store: &dyn Store) {
    let given: Vec<u64> = (0..3).map(|_| store.next_id(Sequence::Change).unwrap()).collect();
    assert_eq!(given, [1, 2, 3]);
    assert_eq!(store.next_id(Sequence::Mail).unwrap(), 1, "each sequence counts for itself");
    store.commit(Commit { mails: vec![mail(40, None, hour(0))], subscriptions: vec![subscription(7)], ..Commit::default() }).unwrap();
    assert_eq!(store.next_id(Sequence::Mail).unwrap(), 41, "a number that came from elsewhere counts too");
    store.commit(Commit { forget: vec![SubscriptionId(7)], ..Commit::default() }).unwrap();
    assert_eq!(store.next_id(Sequence::Subscription).unwrap(), 8);
    let mut given: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..50).map(|_| store.next_id(Sequence::Mail).unwrap()).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    given.sort_unstable();
    assert_eq!(given, (42..242).collect::<Vec<_>>());
}

fn tricky_names_stay_apart(store: &dyn Store) {
    let names =
        [("a", "b"), ("a", "b c"), ("a", "b-c-d"), ("a b", "c"), ("a", "bb"), ("音楽", "利用規約"), ("音", "楽"), ("ÿ\u{10ffff}", "ÿÿ")];
    let watches: Vec<_> = names.iter().map(|(platform, document)| WatchId::new(platform, document)).collect();
    for (number, watch) in (0..).zip(&watches) {
        let line = CheckRecord { at: hour(number), result: CheckResult::First };
        let body = watch.as_str().as_bytes();
        store
            .commit(Commit {
                snapshots: vec![(snapshot(watch, 0, 1, body), body.to_vec())],
                version: Some(version(watch, 1, &[1])),
                memory: Some((watch.clone(), memory(number.unsigned_abs()))),
                change: Some(change(number.unsigned_abs() + 1, watch, [1, 1], [Sha256::of(body); 2])),
                history: Some((watch.clone(), line)),
                due: vec![(watch.clone(), Some(hour(number)))],
                state: Some((watch.clone(), WatchState { checks: number.unsigned_abs(), ..WatchState::default() })),
                ..Commit::default()
            })
            .unwrap();
    }
    for (number, watch) in (0..).zip(&watches) {
        assert_eq!(store.body(watch, 0, 1).unwrap().as_deref(), Some(watch.as_str().as_bytes()));
        assert_eq!(store.history(watch, 9).unwrap(), vec![CheckRecord { at: hour(number), result: CheckResult::First }]);
        assert_eq!(store.changes(Some(watch), 9).unwrap().iter().map(|change| &change.watch).collect::<Vec<_>>(), [watch]);
        assert_eq!((store.due_at(watch).unwrap(), store.state(watch).unwrap().checks), (Some(hour(number)), number.unsigned_abs()));
        assert_eq!(store.memory(watch).unwrap(), memory(number.unsigned_abs()));
    }
    assert_eq!(store.queued().unwrap().into_iter().map(|(_, watch)| watch).collect::<Vec<_>>(), watches);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn a_good_store_verifies(store: &dyn Store) {
    populate(store);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

fn verification_follows_references(store: &dyn Store) {
    let watch = watch();
    keep(store, &watch, 0, 1, b"page");
    store
        .commit(Commit {
            version: Some(version(&watch, 1, &[1, 5])),
            change: Some(change(1, &watch, [1, 2], [Sha256::of(b"other"); 2])),
            mails: vec![mail(1, Some((9, 1)), hour(0))],
            state: Some((watch, WatchState { version: 3, held: Some(held()), ..WatchState::default() })),
            ..Commit::default()
        })
        .unwrap();
    let expected = [
        "versions soundcloud/terms-of-service 1: its snapshot 5 of part 1 is missing",
        "states soundcloud/terms-of-service: its snapshot 2 of part 0 is missing",
        "states soundcloud/terms-of-service: its version 3 is missing",
        "changes 1: it states another digest for version 1 than its snapshot has",
        "changes 1: its version 2 is missing",
        "outbox 1: its change 9 is missing",
    ];
    assert_eq!(store.verify().unwrap(), expected);
}

fn readers_see_whole_commits(store: &dyn Store) {
    let watch = watch();
    let commit = |number: u64| Commit {
        memory: Some((watch.clone(), memory(number * 1000))),
        state: Some((watch.clone(), WatchState { checks: number, ..WatchState::default() })),
        ..Commit::default()
    };
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (1..=20).for_each(|number| store.commit(commit(number % 5)).unwrap()));
        while !writer.is_finished() {
            // Read while it is written anew with another number of pieces: never a mixture.
            assert!(store.memory(&watch).unwrap().sentences.len().is_multiple_of(1000));
        }
    });
}
