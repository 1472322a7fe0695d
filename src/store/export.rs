//! From tables to lines, in an order in which they can be put back one after another.

use super::lines::{Body, Line, VERSION};
use super::read::{self, each};
use super::retention::Retention;
use super::tables::{Entry, Table, Tables};
use super::{StoreError, codec, draft, keys};
use crate::model::{ChangeId, CheckRecord, Document, Sha256, Snapshot, SubscriptionId, Version, WatchId};

/// Takes the lines of an export.
pub(super) type Sink<'call> = &'call mut dyn FnMut(Line) -> Result<(), StoreError>;

/// Everything that is kept, without the bodies that a retention drops.
pub(super) fn lines(tables: &dyn Tables, retention: &Retention, sink: Sink<'_>) -> Result<(), StoreError> {
    let mut count = 0;
    let mut counting = |line| {
        count += 1;
        sink(line)
    };
    counting(Line::Fineprint(VERSION))?;
    whole(tables, &mut counting)?;
    watches(tables, retention, &mut counting)?;
    records(tables, Table::Changes, &mut counting, |_, change| Ok(Line::Change(Box::new(change))))?;
    records(tables, Table::Tellings, &mut counting, |key, first| {
        let change = keys::last_u64(key).map(ChangeId).ok_or_else(|| misplaced(Table::Tellings, key))?;
        Ok(Line::Telling { change, first })
    })?;
    records(tables, Table::Outbox, &mut counting, |_, mail| Ok(Line::Mail(Box::new(mail))))?;
    sink(Line::End(count))
}

/// What belongs to the store as a whole.
fn whole(tables: &dyn Tables, sink: Sink<'_>) -> Result<(), StoreError> {
    each(tables, Table::Secrets, |(key, head)| sink(Line::secret(key, &codec::unseal(tables, Table::Secrets, key, head)?)))?;
    records(tables, Table::Counters, sink, |key, highest| {
        Ok(Line::Counter { sequence: String::from_utf8_lossy(key).into_owned(), highest })
    })?;
    if let Some(shown) = read::record(tables, Table::About, draft::SHOWN)? {
        sink(Line::Shown(shown))?;
    }
    records(tables, Table::Subscriptions, sink, |_, subscription| Ok(Line::Subscription(Box::new(subscription))))?;
    each(tables, Table::Forgotten, |(key, _)| {
        let id = keys::last_u64(key).ok_or_else(|| misplaced(Table::Forgotten, key))?;
        sink(Line::Forgotten(SubscriptionId(id)))
    })?;
    records(tables, Table::Spent, sink, |key, until| {
        let token = key.try_into().map(Sha256).map_err(|_| misplaced(Table::Spent, key))?;
        Ok(Line::Spent { token, until })
    })?;
    records(tables, Table::Incidents, sink, |_, incident| Ok(Line::Incident(incident)))
}

/// What belongs to a watch, kind by kind.
fn watches(tables: &dyn Tables, retention: &Retention, sink: Sink<'_>) -> Result<(), StoreError> {
    records(tables, Table::Snapshots, sink, |_, record: Snapshot| {
        let body = match read::body(tables, &record.watch, record.part, record.number)? {
            Some(bytes) if !retention.drops(tables, &record)? => Body::of(bytes),
            _ => Body::Dropped,
        };
        Ok(Line::Snapshot { record: Box::new(record), body })
    })?;
    records(tables, Table::Versions, sink, |key, record: Version| {
        let document: Option<Document> = read::record(tables, Table::Documents, key)?;
        let document = document.ok_or_else(|| codec::damaged(Table::Documents, key, "it is missing".to_owned()))?;
        Ok(Line::Version { record, document })
    })?;
    records(tables, Table::Memories, sink, |key, memory| Ok(Line::Memory { watch: watch_of(Table::Memories, key)?, memory }))?;
    records(tables, Table::States, sink, |key, state| Ok(Line::State { watch: watch_of(Table::States, key)?, state: Box::new(state) }))?;
    records(tables, Table::History, sink, |key, record: CheckRecord| {
        let number = keys::last_u32(key).ok_or_else(|| misplaced(Table::History, key))?;
        Ok(Line::History { watch: watch_of(Table::History, key)?, number, record })
    })?;
    records(tables, Table::DueAt, sink, |key, at| Ok(Line::Due { watch: watch_of(Table::DueAt, key)?, at }))
}

/// Every record of a table as a line.
fn records<R: codec::Record>(
    tables: &dyn Tables,
    table: Table,
    sink: Sink<'_>,
    line: impl Fn(&[u8], R) -> Result<Line, StoreError>,
) -> Result<(), StoreError> {
    each(tables, table, |entry: &Entry| sink(line(&entry.0, read::record_of(tables, table, entry)?)?))
}

/// The watch that a key begins with.
fn watch_of(table: Table, key: &[u8]) -> Result<WatchId, StoreError> {
    let end = key.iter().position(|byte| *byte == 0).ok_or_else(|| misplaced(table, key))?;
    let name = std::str::from_utf8(&key[..end]).ok().and_then(|name| name.parse().ok());
    name.ok_or_else(|| misplaced(table, key))
}

fn misplaced(table: Table, key: &[u8]) -> StoreError {
    codec::damaged(table, key, "its place makes no sense".to_owned())
}
