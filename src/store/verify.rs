//! Reads everything that is stored, recomputes every digest and follows every reference.

use super::codec::{self, Newest, Record};
use super::engine::Engine;
use super::tables::{Entry, KeyRange, Order, Table, Tables};
use super::{Sequence, StoreError, WordIndex, draft, keys, read};
use crate::model::{
    Change, CheckRecord, Document, Incident, MailState, Memory, OutboxEntry, Sha256, Snapshot, Subscription, Version, WatchId, WatchState,
};
use jiff::Timestamp;

/// How many entries are looked at before writers get their turn; one of a body takes some milliseconds.
const SLICE: usize = 64;

/// A line for each problem.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the methods of a type with a lifetime are not general enough")]
pub(super) fn problems(engine: &impl Engine) -> Result<Vec<String>, StoreError> {
    let mut walk = Walk { engine, problems: Vec::new() };
    walk.records(Table::Snapshots, |check, key, record| check.snapshot(key, record))?;
    walk.records(Table::Newest, |check, key, newest: &Newest| check.newest(key, *newest))?;
    walk.records(Table::Versions, |check, key, record| check.version(key, record))?;
    walk.records(Table::Documents, |_, _, _: &Document| Ok(Vec::new()))?;
    walk.records(Table::Memories, |_, _, _: &Memory| Ok(Vec::new()))?;
    walk.records(Table::States, |check, key, record| check.state(key, record))?;
    walk.records(Table::History, |_, _, _: &CheckRecord| Ok(Vec::new()))?;
    walk.records(Table::Changes, |check, key, record| check.change(key, record))?;
    walk.records(Table::Outbox, |check, key, record| check.mail(key, record))?;
    walk.records(Table::Subscriptions, |check, key, record| check.subscription(key, record))?;
    walk.records(Table::DueAt, |check, key, record| check.due_at(key, record))?;
    walk.records(Table::Due, |check, key, record| check.due(key, record))?;
    walk.records(Table::Counters, |_, _, _: &u64| Ok(Vec::new()))?;
    walk.records(Table::About, |_, _, _: &u64| Ok(Vec::new()))?;
    walk.records(Table::Spent, |_, _, _: &Timestamp| Ok(Vec::new()))?;
    walk.records(Table::Incidents, |_, _, _: &Incident| Ok(Vec::new()))?;
    walk.records(Table::Words, |_, _, _: &WordIndex| Ok(Vec::new()))?;
    walk.entries(Table::Dropped, |check, (key, _)| check.dropped(key))?;
    walk.entries(Table::Bodies, |check, (key, _)| check.needs(Table::Snapshots, key, "snapshot"))?;
    walk.entries(Table::ChangesOf, |check, (key, _)| check.needs(Table::Changes, last_id(key), "change"))?;
    walk.records(Table::Tellings, |check, key, _: &u64| check.needs(Table::Changes, key, "change"))?;
    walk.entries(Table::MailsOf, |check, (key, _)| check.needs(Table::Outbox, last_id(key), "mail"))?;
    walk.entries(Table::OutboxDue, |check, (key, _)| check.outbox_due(key))?;
    walk.entries(Table::Pieces, |check, (key, _)| check.piece(key))?;
    Ok(walk.problems)
}

/// What is wrong with one entry, in words that follow its place.
type Findings = Result<Vec<String>, StoreError>;

/// Goes through the tables slice by slice, so that a store can be verified while it is in use.
struct Walk<'engine, E> {
    engine: &'engine E,
    problems: Vec<String>,
}

impl<E: Engine> Walk<'_, E> {
    /// Reads every record of a table and looks at it.
    fn records<R: Record>(&mut self, table: Table, look: impl Fn(&Check<'_>, &[u8], &R) -> Findings) -> Result<(), StoreError> {
        self.entries(table, |check, entry| look(check, &entry.0, &read::record_of(check.tables, table, entry)?))
    }

    /// Looks at every entry of a table.
    fn entries(&mut self, table: Table, look: impl Fn(&Check<'_>, &Entry) -> Findings) -> Result<(), StoreError> {
        let mut range = KeyRange::all();
        loop {
            let last = self.engine.read(|tables| {
                let entries = tables.scan(table, &range, Order::Rising, SLICE)?;
                for entry in &entries {
                    note(&mut self.problems, table, &entry.0, look(&Check { tables }, entry))?;
                }
                Ok(entries.into_iter().next_back())
            })?;
            match last {
                Some((last, _)) => range.skip_past(&last),
                None => return Ok(()),
            }
        }
    }
}

/// Looks at single entries, while nobody writes.
struct Check<'tables> {
    tables: &'tables dyn Tables,
}

impl Check<'_> {
    fn has(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.tables.get(table, key)?.is_some())
    }

    fn needs(&self, table: Table, key: &[u8], what: &str) -> Findings {
        Ok(unless(self.has(table, key)?, || format!("its {what} is missing")))
    }

    fn snapshot(&self, key: &[u8], snapshot: &Snapshot) -> Findings {
        let mut findings = stands(key, &keys::snapshot(&snapshot.watch, snapshot.part, snapshot.number));
        read::body(self.tables, &snapshot.watch, snapshot.part, snapshot.number)?;
        let newest = read::newest(self.tables, &snapshot.watch, snapshot.part)?;
        findings.extend(unless(newest.number() >= snapshot.number, || format!("the newest one is said to be {}", newest.number())));
        if let Some(before) = snapshot.number.checked_sub(1).filter(|before| *before > 0) {
            findings.extend(self.needs(Table::Snapshots, &keys::snapshot(&snapshot.watch, snapshot.part, before), "predecessor")?);
        }
        Ok(findings)
    }

    fn newest(&self, key: &[u8], newest: Newest) -> Findings {
        let snapshot = [key, &newest.number().to_be_bytes()].concat();
        self.needs(Table::Snapshots, &snapshot, "snapshot")
    }

    fn version(&self, key: &[u8], version: &Version) -> Findings {
        let mut findings = stands(key, &keys::numbered(&version.watch, version.number));
        findings.extend(self.needs(Table::Documents, key, "text")?);
        findings.extend(self.cited(&keys::watch(&version.watch), &version.snapshots)?);
        if version.number > 1 {
            findings.extend(self.needs(Table::Versions, &keys::numbered(&version.watch, version.number - 1), "predecessor")?);
        }
        Ok(findings)
    }

    fn state(&self, key: &[u8], state: &WatchState) -> Findings {
        let held = state.held.as_ref().map_or(&[][..], |held| &held.snapshots);
        let mut findings = self.cited(key, held)?;
        if state.version > 0 {
            let version = [key, &state.version.to_be_bytes()].concat();
            findings.extend(unless(self.has(Table::Versions, &version)?, || format!("its version {} is missing", state.version)));
        }
        Ok(findings)
    }

    /// Snapshots that something of a watch cites, one a part: with their bytes.
    fn cited(&self, watch: &[u8], snapshots: &[u32]) -> Findings {
        let mut findings = Vec::new();
        for (part, number) in (0_u32..).zip(snapshots) {
            let key = [watch, &part.to_be_bytes(), &number.to_be_bytes()].concat();
            let there = self.has(Table::Snapshots, &key)?;
            findings.extend(unless(there, || format!("its snapshot {number} of part {part} is missing")));
            let whole = !self.has(Table::Dropped, &key)?;
            findings.extend(unless(whole, || format!("the bytes of its snapshot {number} of part {part} were dropped")));
        }
        Ok(findings)
    }

    fn dropped(&self, key: &[u8]) -> Findings {
        let mut findings = self.needs(Table::Snapshots, key, "snapshot")?;
        findings.extend(unless(!self.has(Table::Bodies, key)?, || "its bytes are there all the same".to_owned()));
        Ok(findings)
    }

    fn change(&self, key: &[u8], change: &Change) -> Findings {
        let mut findings = stands(key, &keys::id(change.id.0));
        findings.extend(self.needs(Table::ChangesOf, &keys::change_of(&change.watch, change.id.0), "entry under its watch")?);
        findings.extend(self.counted(Sequence::Change, change.id.0)?);
        for (number, sha256) in [(change.old_version, change.old_sha256), (change.new_version, change.new_sha256)] {
            findings.extend(self.side(&change.watch, number, sha256)?);
        }
        Ok(findings)
    }

    /// One side of a change: a version whose first page has the digest that the change states.
    fn side(&self, watch: &WatchId, number: u32, sha256: Sha256) -> Findings {
        let Some(version) = read::version(self.tables, watch, number)? else {
            return Ok(vec![format!("its version {number} is missing")]);
        };
        let Some(first) = version.snapshots.first() else { return Ok(Vec::new()) };
        let snapshot = read::snapshot(self.tables, watch, 0, *first)?;
        let same = snapshot.is_none_or(|snapshot| snapshot.sha256 == sha256);
        Ok(unless(same, || format!("it states another digest for version {number} than its snapshot has")))
    }

    fn mail(&self, key: &[u8], mail: &OutboxEntry) -> Findings {
        let mut findings = stands(key, &keys::id(mail.id.0));
        findings.extend(self.counted(Sequence::Mail, mail.id.0)?);
        if let Some((change, subscription)) = mail.cause {
            let told = change.0 == 0 || self.has(Table::Changes, &keys::id(change.0))?;
            findings.extend(unless(told, || format!("its change {change} is missing")));
            findings.extend(self.needs(Table::MailsOf, &keys::mail_of(subscription.0, mail.id.0), "entry under its subscription")?);
        }
        if let MailState::Due { at, .. } = mail.state {
            findings.extend(self.needs(Table::OutboxDue, &keys::outbox_due(at, mail.id.0), "entry among the mails to be tried")?);
        }
        Ok(findings)
    }

    fn outbox_due(&self, key: &[u8]) -> Findings {
        let Some(mail) = read::record::<OutboxEntry>(self.tables, Table::Outbox, last_id(key))? else {
            return Ok(vec!["its mail is missing".to_owned()]);
        };
        let at = read::time_of(Table::OutboxDue, key)?;
        Ok(unless(matches!(mail.state, MailState::Due { at: due, .. } if due == at), || "its mail is not due then".to_owned()))
    }

    fn subscription(&self, key: &[u8], subscription: &Subscription) -> Findings {
        let mut findings = stands(key, &keys::id(subscription.id.0));
        findings.extend(self.counted(Sequence::Subscription, subscription.id.0)?);
        findings.extend(unless(!self.has(Table::Forgotten, key)?, || "it was forgotten".to_owned()));
        Ok(findings)
    }

    fn due_at(&self, key: &[u8], at: &Timestamp) -> Findings {
        self.needs(Table::Due, &[&keys::time(*at)[..], key].concat(), "entry in the due-queue")
    }

    fn due(&self, key: &[u8], watch: &WatchId) -> Findings {
        let at = read::time_of(Table::Due, key)?;
        let mut findings = stands(key, &keys::due(at, watch));
        let listed = read::record(self.tables, Table::DueAt, &keys::watch(watch))?;
        findings.extend(unless(listed == Some(at), || "the watch is not due then".to_owned()));
        Ok(findings)
    }

    /// Whether a number is one that will not be given out again.
    fn counted(&self, sequence: Sequence, number: u64) -> Findings {
        let highest: u64 = read::record(self.tables, Table::Counters, draft::counter(sequence))?.unwrap_or(0);
        Ok(unless(number <= highest, || format!("the highest number given out is said to be {highest}")))
    }

    /// Whether a piece belongs to a value; its bytes are checked with the value.
    fn piece(&self, key: &[u8]) -> Findings {
        let owner = key.split_first().and_then(|(tag, rest)| Some((*Table::ALL.get(usize::from(*tag))?, rest.split_last_chunk::<4>()?)));
        let Some((table, (owner, number))) = owner else { return Ok(vec!["it names no value".to_owned()]) };
        let count = match self.tables.get(table, owner)? {
            Some(head) => codec::pieces_of(table, owner, &head)?,
            None => 0,
        };
        Ok(unless(u32::from_be_bytes(*number) < count, || "it belongs to no value".to_owned()))
    }
}

/// Turns findings into lines; damage is a finding too, a store that can't be read at all is not.
fn note(problems: &mut Vec<String>, table: Table, key: &[u8], findings: Findings) -> Result<(), StoreError> {
    match findings {
        Ok(findings) => problems.extend(findings.into_iter().map(|finding| format!("{}: {finding}", keys::describe(table, key)))),
        Err(error @ StoreError::Damaged { .. }) => problems.push(format!("{}: {error}", keys::describe(table, key))),
        Err(error) => return Err(error),
    }
    Ok(())
}

fn unless(holds: bool, finding: impl FnOnce() -> String) -> Vec<String> {
    if holds { Vec::new() } else { vec![finding()] }
}

fn stands(found: &[u8], expected: &[u8]) -> Vec<String> {
    unless(found == expected, || "it stands in another's place".to_owned())
}

fn last_id(key: &[u8]) -> &[u8] {
    key.last_chunk::<8>().map_or(&[], |bytes| &bytes[..])
}
