//! A commit on its way into the tables: what has to be written for it, given what is there.

use super::chain::{Base, Effort, Frame};
use super::codec::{self, Packing, Record};
use super::keys;
use super::lines::{self, Line};
use super::read;
use super::tables::{Entry, KeyRange, Order, Table, Tables, Write};
use super::words::WordIndex;
use super::{Commit, Sequence, StoreError};
use crate::model::{
    Change, ChangeId, CheckRecord, Document, Incident, MailId, MailState, OutboxEntry, Sha256, Snapshot, Subscription, SubscriptionId,
    Version, WatchId,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The value of a key that says all by being there.
const PRESENT: &[u8] = &[1];

/// Everything that a commit writes.
///
/// # Errors
/// Where the commit contradicts what is stored, or what it builds on is damaged.
pub(super) fn writes(tables: &dyn Tables, commit: Commit) -> Result<Vec<Write>, StoreError> {
    let mut draft = Draft { tables, writes: BTreeMap::new() };
    draft.count(COMMITS)?;
    if commit.state.is_some() || commit.version.is_some() || commit.change.is_some() {
        draft.count(SHOWN)?;
    }
    for id in commit.forget {
        draft.forget(id)?;
    }
    for subscription in commit.subscriptions {
        draft.subscription(&subscription)?;
    }
    for (snapshot, body) in commit.snapshots {
        draft.snapshot(&snapshot, &body, Effort::Now)?;
    }
    if let Some((version, document)) = commit.version {
        draft.version(&version, &document)?;
    }
    if let Some((watch, memory)) = commit.memory {
        draft.record(Table::Memories, &keys::watch(&watch), &memory)?;
    }
    if let Some(change) = commit.change {
        draft.change(&change)?;
    }
    if let Some(change) = commit.to_tell {
        draft.begin_telling(change)?;
    }
    for mail in commit.mails {
        draft.mail(&mail)?;
    }
    if let Some(change) = commit.told {
        draft.remove(Table::Tellings, &keys::id(change.0))?;
    }
    for mail in commit.discard {
        draft.discard(mail)?;
    }
    if let Some((token, until)) = commit.spent {
        draft.spend(token, until)?;
    }
    for (key, incident) in commit.incidents {
        draft.incident(&key, incident.as_ref())?;
    }
    if let Some(secret) = commit.secret {
        draft.secret(&secret)?;
    }
    for line in commit.restore {
        draft.restore(line)?;
    }
    if let Some((watch, state)) = commit.state {
        draft.record(Table::States, &keys::watch(&watch), &state)?;
    }
    if let Some((watch, line)) = commit.history {
        draft.history(&watch, &line)?;
    }
    for (watch, at) in commit.due {
        draft.due(&watch, at)?;
    }
    Ok(draft.writes.into_iter().collect())
}

/// What a new store begins with: the layout of its tables, so that a later program knows what it reads.
pub(super) fn layout(tables: &dyn Tables, layout: u64) -> Result<Vec<Write>, StoreError> {
    let mut draft = Draft { tables, writes: BTreeMap::new() };
    draft.record(Table::About, LAYOUT, &layout)?;
    Ok(draft.writes.into_iter().collect())
}

/// The key of the layout's number.
pub(super) const LAYOUT: &[u8] = b"layout";
/// The key of the number of commits, by which a store that lost some is recognised.
pub(super) const COMMITS: &[u8] = b"commits";
/// The key of the number of commits after which readers may see something else.
pub(super) const SHOWN: &[u8] = b"shown";

/// The key of a sequence's highest number.
pub(super) fn counter(sequence: Sequence) -> &'static [u8] {
    match sequence {
        Sequence::Change => b"change",
        Sequence::Subscription => b"subscription",
        Sequence::Mail => b"mail",
    }
}

/// The tables with the writes so far laid over them, for reading single keys; a scan sees the tables alone.
struct Draft<'tables> {
    tables: &'tables dyn Tables,
    writes: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
}

impl Tables for Draft<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.writes.get(&(table, key.to_vec())) {
            Some(written) => Ok(written.clone()),
            None => self.tables.get(table, key),
        }
    }

    fn scan(&self, table: Table, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.tables.scan(table, range, order, limit)
    }
}

impl Draft<'_> {
    fn value(&mut self, table: Table, key: &[u8], value: &[u8], packing: Packing) -> Result<(), StoreError> {
        self.remove(table, key)?;
        let sealed = codec::seal(table, key, value, packing)?;
        for (number, piece) in (0..).zip(sealed.pieces) {
            self.writes.insert((Table::Pieces, keys::piece(table, key, number)), Some(piece));
        }
        self.writes.insert((table, key.to_vec()), Some(sealed.head));
        Ok(())
    }

    fn record<R: Record>(&mut self, table: Table, key: &[u8], record: &R) -> Result<(), StoreError> {
        self.value(table, key, &codec::encode(record)?, Packing::Zstd)
    }

    fn mark(&mut self, table: Table, key: Vec<u8>) {
        self.writes.insert((table, key), Some(PRESENT.to_vec()));
    }

    fn unmark(&mut self, table: Table, key: Vec<u8>) {
        self.writes.insert((table, key), None);
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        let Some(head) = self.get(table, key)? else { return Ok(()) };
        for number in 0..codec::pieces_of(table, key, &head)? {
            self.writes.insert((Table::Pieces, keys::piece(table, key, number)), None);
        }
        self.writes.insert((table, key.to_vec()), None);
        Ok(())
    }

    fn count(&mut self, what: &[u8]) -> Result<(), StoreError> {
        let before: u64 = read::record(self, Table::About, what)?.unwrap_or(0);
        self.record(Table::About, what, &before.saturating_add(1))
    }

    fn raise(&mut self, sequence: Sequence, number: u64) -> Result<(), StoreError> {
        let highest: u64 = read::record(self, Table::Counters, counter(sequence))?.unwrap_or(0);
        if number > highest { self.record(Table::Counters, counter(sequence), &number) } else { Ok(()) }
    }

    /// Puts a line of an export back.
    fn restore(&mut self, line: Line) -> Result<(), StoreError> {
        let refuse = |why: String| StoreError::Refused(format!("a line of the export: {why}"));
        // What is kept under a name that is none would not be found again.
        if let Some(watch) = line.watch() {
            watch.as_str().parse::<WatchId>().map_err(|error| refuse(error.to_string()))?;
        }
        match line {
            Line::Fineprint(_) | Line::End(_) => Err(refuse("it begins or ends in the middle".to_owned())),
            Line::Secret { name, base64 } => {
                self.value(Table::Secrets, name.as_bytes(), &lines::decode(&base64).map_err(refuse)?, Packing::None)
            }
            // A number that was given is not given again, whatever the order of the lines.
            Line::Counter { sequence, highest } => {
                let given: u64 = read::record(self, Table::Counters, sequence.as_bytes())?.unwrap_or(0);
                self.record(Table::Counters, sequence.as_bytes(), &highest.max(given))
            }
            Line::Shown(count) => self.record(Table::About, SHOWN, &count),
            Line::Subscription(subscription) => self.subscription(&subscription),
            Line::Forgotten(id) => self.forget(id),
            Line::Spent { token, until } => self.spend(token, until),
            Line::Incident(incident) => self.incident(&incident.key, Some(&incident)),
            Line::Snapshot { record, body } => match body.bytes().map_err(refuse)? {
                Some(bytes) => self.snapshot(&record, &bytes, Effort::Thorough),
                None => self.dropped(&record),
            },
            Line::Version { record, document } => self.version(&record, &document),
            Line::Memory { watch, memory } => self.record(Table::Memories, &keys::watch(&watch), &memory),
            Line::State { watch, state } => self.record(Table::States, &keys::watch(&watch), &*state),
            Line::History { watch, number, record } => self.record(Table::History, &keys::numbered(&watch, number), &record),
            Line::Due { watch, at } => self.due(&watch, Some(at)),
            Line::Change(change) => self.change(&change),
            Line::Telling { change, first } => self.record(Table::Tellings, &keys::id(change.0), &first),
            Line::Mail(mail) => self.mail(&mail),
        }
    }

    /// A snapshot of which the record is all that is left.
    fn dropped(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let key = keys::snapshot(&snapshot.watch, snapshot.part, snapshot.number);
        self.mark(Table::Dropped, key.clone());
        self.listed(snapshot, &key)
    }

    /// Writes the record of a snapshot; from now on it is the newest one.
    fn listed(&mut self, snapshot: &Snapshot, key: &[u8]) -> Result<(), StoreError> {
        let (watch, part, number) = (&snapshot.watch, snapshot.part, snapshot.number);
        let mut newest = read::newest(self, watch, part)?;
        if newest.number().checked_add(1) != Some(number) {
            let why = format!("the newest one is number {}", newest.number());
            return Err(StoreError::Refused(format!("{}: {why}", keys::describe(Table::Snapshots, key))));
        }
        let slot = if snapshot.rejection.is_some() { &mut newest.rejected } else { &mut newest.accepted };
        *slot = number;
        self.record(Table::Snapshots, key, snapshot)?;
        self.record(Table::Newest, &keys::numbered(watch, part), &newest)
    }

    fn snapshot(&mut self, snapshot: &Snapshot, body: &[u8], effort: Effort) -> Result<(), StoreError> {
        let (watch, part, number) = (&snapshot.watch, snapshot.part, snapshot.number);
        let key = keys::snapshot(watch, part, number);
        let refuse = |why: String| StoreError::Refused(format!("{}: {why}", keys::describe(Table::Snapshots, &key)));
        if snapshot.length != body.len() as u64 || snapshot.sha256 != Sha256::of(body) {
            return Err(refuse("its record has another length or digest than its bytes".to_owned()));
        }
        let newest = read::newest(self, watch, part)?;
        let before = read::frame(self, watch, part, newest.accepted).map_or(0, |frame| frame.base);
        let bases = self.bases(watch, part, [newest.accepted, newest.rejected, before]);
        let frame = Frame::pack(body, &bases, effort).map_err(refuse)?;
        self.value(Table::Bodies, &key, &frame.encode(), Packing::None)?;
        self.listed(snapshot, &key)
    }

    /// What a snapshot may build on: the newest one that counts and the newest that does not, so that a wall or an error page between
    /// two fetches of the document costs neither of them; and what the former builds on, for pages that come in two variants by turns. One
    /// that can't be read any more is no base.
    fn bases(&self, watch: &WatchId, part: u32, numbers: [u32; 3]) -> Vec<Base> {
        let base = |number: &u32| read::base(self, watch, part, *number).ok()?;
        numbers.iter().filter(|number| **number != 0).filter_map(base).collect()
    }

    fn version(&mut self, version: &Version, document: &Document) -> Result<(), StoreError> {
        let key = keys::numbered(&version.watch, version.number);
        let refuse = |why: &str| StoreError::Refused(format!("{}: {why}", keys::describe(Table::Versions, &key)));
        if self.get(Table::Versions, &key)?.is_some() {
            return Err(refuse("it is there already"));
        }
        let before = version.number.checked_sub(1).ok_or_else(|| refuse("versions are numbered from 1"))?;
        if before > 0 && self.get(Table::Versions, &keys::numbered(&version.watch, before))?.is_none() {
            return Err(refuse("the one before it is missing"));
        }
        self.record(Table::Documents, &key, document)?;
        self.index(version, document)?;
        self.record(Table::Versions, &key, version)
    }

    fn change(&mut self, change: &Change) -> Result<(), StoreError> {
        let key = keys::id(change.id.0);
        if self.get(Table::Changes, &key)?.is_some() {
            return Err(StoreError::Refused(format!("{}: it is there already", keys::describe(Table::Changes, &key))));
        }
        self.record(Table::Changes, &key, change)?;
        self.mark(Table::ChangesOf, keys::change_of(&change.watch, change.id.0));
        self.raise(Sequence::Change, change.id.0)
    }

    /// The mails of a change follow: their numbers are given out from now on, so that all are above those that are committed.
    fn begin_telling(&mut self, change: ChangeId) -> Result<(), StoreError> {
        let highest: u64 = read::record(self, Table::Counters, counter(Sequence::Mail))?.unwrap_or(0);
        self.record(Table::Tellings, &keys::id(change.0), &highest.saturating_add(1))
    }

    /// A mail of a subscription that was forgotten is dropped: it may have been composed before, but must not bring the address back.
    fn mail(&mut self, mail: &OutboxEntry) -> Result<(), StoreError> {
        let id = mail.id.0;
        self.raise(Sequence::Mail, id)?;
        if let Some((_, subscription)) = mail.cause {
            if self.is_forgotten(subscription)? {
                return Ok(());
            }
            self.mark(Table::MailsOf, keys::mail_of(subscription.0, id));
        }
        self.unschedule(mail)?;
        self.record(Table::Outbox, &keys::id(id), mail)?;
        if let MailState::Due { at, .. } = mail.state {
            self.mark(Table::OutboxDue, keys::outbox_due(at, id));
        }
        Ok(())
    }

    fn discard(&mut self, id: MailId) -> Result<(), StoreError> {
        if let Some(entry) = read::mail(self, id)? {
            self.unschedule(&entry)?;
            if let Some((_, subscription)) = entry.cause {
                self.unmark(Table::MailsOf, keys::mail_of(subscription.0, id.0));
            }
        }
        self.remove(Table::Outbox, &keys::id(id.0))
    }

    /// A token is used once.
    fn spend(&mut self, token: Sha256, until: Timestamp) -> Result<(), StoreError> {
        if self.get(Table::Spent, &token.0)?.is_some() {
            return Err(StoreError::Refused("this token was used before".to_owned()));
        }
        self.record(Table::Spent, &token.0, &until)
    }

    fn incident(&mut self, key: &str, incident: Option<&Incident>) -> Result<(), StoreError> {
        match incident {
            Some(incident) => self.record(Table::Incidents, key.as_bytes(), incident),
            None => self.remove(Table::Incidents, key.as_bytes()),
        }
    }

    fn secret(&mut self, secret: &[u8; 32]) -> Result<(), StoreError> {
        if read::secret(self)?.is_some() {
            return Err(StoreError::Refused("there is a key already".to_owned()));
        }
        self.value(Table::Secrets, read::TOKENS, secret, Packing::None)
    }

    /// The words of a new version join those of the ones before; where the index is behind, it catches up.
    fn index(&mut self, version: &Version, document: &Document) -> Result<(), StoreError> {
        let key = keys::watch(&version.watch);
        let mut words: WordIndex = read::record(self, Table::Words, &key)?.unwrap_or_default();
        for number in words.newest() + 1..version.number {
            if let Some(earlier) = read::record::<Document>(self, Table::Documents, &keys::numbered(&version.watch, number))? {
                words.take(number, &earlier);
            }
        }
        words.take(version.number, document);
        self.record(Table::Words, &key, &words)
    }

    fn unschedule(&mut self, mail: &OutboxEntry) -> Result<(), StoreError> {
        if let Some(OutboxEntry { state: MailState::Due { at, .. }, .. }) = read::mail(self, mail.id)? {
            self.unmark(Table::OutboxDue, keys::outbox_due(at, mail.id.0));
        }
        Ok(())
    }

    fn history(&mut self, watch: &WatchId, line: &CheckRecord) -> Result<(), StoreError> {
        let newest = self.scan(Table::History, &KeyRange::under(&keys::watch(watch)), Order::Falling, 1)?;
        let number = newest.first().and_then(|(key, _)| keys::last_u32(key)).map_or(0, |number| number.saturating_add(1));
        self.record(Table::History, &keys::numbered(watch, number), line)
    }

    fn due(&mut self, watch: &WatchId, at: Option<Timestamp>) -> Result<(), StoreError> {
        let key = keys::watch(watch);
        if let Some(before) = read::record(self, Table::DueAt, &key)? {
            self.remove(Table::Due, &keys::due(before, watch))?;
            self.remove(Table::DueAt, &key)?;
        }
        let Some(at) = at else { return Ok(()) };
        self.record(Table::Due, &keys::due(at, watch), watch)?;
        self.record(Table::DueAt, &key, &at)
    }

    fn subscription(&mut self, subscription: &Subscription) -> Result<(), StoreError> {
        self.raise(Sequence::Subscription, subscription.id.0)?;
        if self.is_forgotten(subscription.id)? {
            return Ok(());
        }
        self.record(Table::Subscriptions, &keys::id(subscription.id.0), subscription)
    }

    fn is_forgotten(&self, id: SubscriptionId) -> Result<bool, StoreError> {
        Ok(self.get(Table::Forgotten, &keys::id(id.0))?.is_some())
    }

    fn forget(&mut self, id: SubscriptionId) -> Result<(), StoreError> {
        self.remove(Table::Subscriptions, &keys::id(id.0))?;
        self.mark(Table::Forgotten, keys::id(id.0));
        for (key, _) in self.scan(Table::MailsOf, &KeyRange::under(&keys::id(id.0)), Order::Rising, usize::MAX)? {
            if let Some(mail) = keys::last_u64(&key) {
                if let Some(entry) = read::record::<OutboxEntry>(self, Table::Outbox, &keys::id(mail))? {
                    self.unschedule(&entry)?;
                }
                self.remove(Table::Outbox, &keys::id(mail))?;
            }
            self.unmark(Table::MailsOf, key);
        }
        self.raise(Sequence::Subscription, id.0)
    }
}
