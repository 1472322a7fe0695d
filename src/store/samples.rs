//! Things to store, for the tests.

use super::{Commit, Store};
use crate::model::{
    Change, ChangeId, ChangeKind, Clause, ClauseKind, Direction, Document, Event, Header, Held, Incident, Mail, MailBody, MailId,
    MailState, Memory, OutboxEntry, Piece, Rejection, Rhythm, Seen, SeenText, Severity, Sha256, Snapshot, Stance, Subscription,
    SubscriptionId, SubscriptionState, Topic, Version, WatchId,
};
use jiff::{SignedDuration, Timestamp};

pub(super) fn watch() -> WatchId {
    WatchId::new("SoundCloud", "Terms of Service")
}

/// A time, some hours after the first fetch.
pub(super) fn hour(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-05-19T12:00:00.123456789Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

pub(super) fn snapshot(watch: &WatchId, part: u32, number: u32, body: &[u8]) -> Snapshot {
    Snapshot {
        watch: watch.clone(),
        part,
        number,
        url: "https://soundcloud.com/terms-of-use".to_owned(),
        redirects: vec!["https://soundcloud.com/terms".to_owned()],
        fetched: hour(i64::from(number)),
        status: 200,
        headers: vec![Header { name: "etag".to_owned(), value: format!("\"{number}\"") }],
        sha256: Sha256::of(body),
        length: body.len() as u64,
        rejection: None,
    }
}

pub(super) fn rejected(watch: &WatchId, part: u32, number: u32, body: &[u8]) -> Snapshot {
    Snapshot { rejection: Some(Rejection::BotWall("Cloudflare".to_owned())), ..snapshot(watch, part, number, body) }
}

pub(super) fn version(watch: &WatchId, number: u32, snapshots: &[u32]) -> (Version, Document) {
    let text = format!("{number}. You may not train AI on the service. Ünïcödé \u{1f3b5} stays.");
    let version = Version {
        watch: watch.clone(),
        number,
        first_seen: hour(i64::from(number)),
        snapshots: snapshots.to_vec(),
        fingerprint: Sha256::of(text.as_bytes()),
        extractor: 1,
    };
    let clause = Clause { kind: ClauseKind::Paragraph, text, label_len: 3, section: None, stem: None };
    (version, Document { title: Some("Terms".to_owned()), language: Some("en".to_owned()), clauses: vec![clause] })
}

pub(super) fn memory(sentences: u64) -> Memory {
    let seen = Seen { first: hour(0), last: hour(9) };
    // Multiplied by an odd constant: fingerprints look like noise.
    let sentences = (0..sentences).map(|number| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15), seen)).collect();
    Memory { sentences, texts: vec![SeenText { fingerprint: Sha256::of(b"text"), version: 1, seen, sightings: 9 }] }
}

pub(super) fn change(id: u64, watch: &WatchId, versions: [u32; 2], digests: [Sha256; 2]) -> Change {
    Change {
        id: ChangeId(id),
        watch: watch.clone(),
        platform: "SoundCloud".to_owned(),
        document: "Terms of Service".to_owned(),
        url: "https://soundcloud.com/terms-of-use".to_owned(),
        old_version: versions[0],
        new_version: versions[1],
        last_seen_old: hour(0),
        first_seen_new: hour(1),
        confirmed: hour(2),
        old_sha256: digests[0],
        new_sha256: digests[1],
        language: Some("en".to_owned()),
        events: vec![event()],
        sentences: [1, 0, 2],
        date_only: false,
        effective: Some("Effective 12 February 2024".to_owned()),
        tags: vec!["music".to_owned()],
        excerpt: vec![vec![Piece::Same("You ".to_owned()), Piece::Added("agree".to_owned())]],
        replaced: None,
        imported_from: None,
        effective_before: None,
    }
}

fn event() -> Event {
    Event {
        topic: Topic::Training,
        kind: "permission-introduced".to_owned(),
        change: ChangeKind::ALL[0],
        direction: Direction::ALL[0],
        severity: Severity::Critical,
        stance_before: Stance::Silent,
        stance_after: Stance::Permits,
        before: None,
        after: Some("your content may be used to inform, train, develop".to_owned()),
        redline: Vec::new(),
        section: "Your content".to_owned(),
        not_covered: Vec::new(),
        rule: "R1".to_owned(),
        summary: "SoundCloud may now train AI on what you upload.".to_owned(),
    }
}

pub(super) fn held() -> Held {
    Held {
        since: hour(1),
        fingerprint: Sha256::of(b"new"),
        snapshots: vec![2],
        sightings: 1,
        came: vec![3],
        went: vec![5, 8],
        doubt: None,
        after_outage: false,
    }
}

pub(super) fn subscription(id: u64) -> Subscription {
    Subscription {
        id: SubscriptionId(id),
        address: format!("reader{id}@example.org"),
        platforms: Vec::new(),
        tags: Vec::new(),
        topics: vec![Topic::Training],
        severity: Severity::Critical,
        state: SubscriptionState::Confirmed { at: hour(0), by: "operator".to_owned() },
        created: hour(0),
        rhythm: Rhythm::AtOnce,
        digest: None,
        consent: None,
    }
}

pub(super) fn mail(id: u64, cause: Option<(u64, u64)>, due: Timestamp) -> OutboxEntry {
    let body = MailBody { subject: "SoundCloud".to_owned(), text: "It changed.".to_owned(), html: "<p>It changed.</p>".to_owned() };
    OutboxEntry {
        id: MailId(id),
        cause: cause.map(|(change, subscription)| (ChangeId(change), SubscriptionId(subscription))),
        mail: Mail {
            to: "reader@example.org".to_owned(),
            body,
            message_key: format!("change-{id}"),
            list: "alerts.fineprint".to_owned(),
            unsubscribe: vec!["https://fineprint.example/leave/token".to_owned()],
        },
        queued: hour(0),
        attempts: 0,
        state: MailState::Due { at: due, last_error: None },
    }
}

/// One fetch after another of a page of some size: text that stays, a token that is new each time, an edit now and then.
pub(super) fn page(fetch: u32, paragraphs: u32) -> Vec<u8> {
    let mut noise = Noise(u64::from(fetch) + 1);
    let mut page = format!("<html><head><meta name=\"csrf\" content=\"{:016x}{:016x}\"></head><body>", noise.next(), noise.next());
    for number in 0..paragraphs {
        // The same words each time, except that paragraph 3 is worded anew every tenth fetch.
        let mut words = Noise(u64::from(number) * 7919 + if number == 3 { u64::from(fetch / 10) } else { 0 });
        page.push_str("<p>");
        for _ in 0..40 {
            page.push_str(words.pick(WORDS));
            page.push(' ');
        }
        page.push_str("</p>\n");
    }
    page.push_str("</body></html>");
    page.into_bytes()
}

/// Bytes that no compressor makes smaller.
pub(super) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut noise = Noise(seed);
    std::iter::repeat_with(|| noise.next().to_le_bytes()).flatten().take(length).collect()
}

const WORDS: &[&str] = &[
    "you",
    "agree",
    "that",
    "content",
    "may",
    "be",
    "used",
    "to",
    "train",
    "inform",
    "develop",
    "or",
    "serve",
    "as",
    "input",
    "the",
    "service",
    "license",
    "worldwide",
    "royalty-free",
    "platform",
    "user",
    "rights",
    "terms",
    "we",
    "not",
    "without",
    "consent",
    "any",
    "third",
    "party",
    "artificial",
    "intelligence",
    "machine",
    "learning",
    "model",
    "output",
    "data",
    "privacy",
    "notice",
];

/// Numbers that look random and are the same each time (`SplitMix64`).
struct Noise(u64);

impl Noise {
    fn pick<'words>(&mut self, words: &[&'words str]) -> &'words str {
        words[usize::try_from(self.next() % words.len() as u64).unwrap()]
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Commits a snapshot that counts.
pub(super) fn keep(store: &dyn Store, watch: &WatchId, part: u32, number: u32, body: &[u8]) {
    let snapshots = vec![(snapshot(watch, part, number, body), body.to_vec())];
    store.commit(Commit { snapshots, ..Commit::default() }).unwrap();
}

/// Two fetches, two versions, a change and its mail: a store in which every reference leads somewhere.
pub(super) fn populate(store: &dyn Store) {
    let watch = watch();
    let pages = [page(1, 300), page(2, 300)];
    for (number, body) in (1..).zip(&pages) {
        let snapshots = vec![(snapshot(&watch, 0, number, body), body.clone())];
        let version = Some(version(&watch, number, &[number]));
        store.commit(Commit { snapshots, version, ..Commit::default() }).unwrap();
    }
    let digests = [Sha256::of(&pages[0]), Sha256::of(&pages[1])];
    store
        .commit(Commit {
            memory: Some((watch.clone(), memory(3000))),
            change: Some(change(1, &watch, [1, 2], digests)),
            mails: vec![mail(1, Some((1, 1)), hour(3)), mail(2, None, hour(2))],
            subscriptions: vec![subscription(1)],
            due: vec![(watch, Some(hour(24)))],
            ..Commit::default()
        })
        .unwrap();
}

pub(super) fn incident(key: &str) -> Incident {
    Incident { key: key.to_owned(), since: hour(0), told: hour(1), what: "It fails.".to_owned(), advice: "Look at it.".to_owned() }
}
