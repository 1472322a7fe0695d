//! What the store holds, read from its tables: every value through its envelope, every body against its digest.

use super::StoreError;
use super::chain::{Base, Frame, LONGEST_CHAIN};
use super::codec::{self, Newest, Record};
use super::keys;
use super::tables::{Entry, KeyRange, Order, Table, Tables};
use crate::model::{
    Change, ChangeId, CheckRecord, Incident, MailId, OutboxEntry, Sha256, Snapshot, Subscription, SubscriptionId, Version, WatchId,
};
use jiff::Timestamp;
use std::collections::HashSet;

/// The bytes of a value.
pub(super) fn value(tables: &dyn Tables, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    tables.get(table, key)?.map(|head| codec::unseal(tables, table, key, &head)).transpose()
}

/// A record.
pub(super) fn record<R: Record>(tables: &dyn Tables, table: Table, key: &[u8]) -> Result<Option<R>, StoreError> {
    value(tables, table, key)?.map(|bytes| codec::decode(table, key, &bytes)).transpose()
}

/// The record of an entry that a scan gave.
pub(super) fn record_of<R: Record>(tables: &dyn Tables, table: Table, (key, head): &Entry) -> Result<R, StoreError> {
    codec::decode(table, key, &codec::unseal(tables, table, key, head)?)
}

/// How many entries are held at once while a table is gone through.
const SLICE: usize = 64;

/// Looks at every entry of a table.
pub(super) fn each(tables: &dyn Tables, table: Table, look: impl FnMut(&Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
    each_in(tables, table, KeyRange::all(), look)
}

/// Looks at every entry of a range.
fn each_in(
    tables: &dyn Tables,
    table: Table,
    mut range: KeyRange,
    mut look: impl FnMut(&Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    loop {
        let entries = tables.scan(table, &range, Order::Rising, SLICE)?;
        entries.iter().try_for_each(&mut look)?;
        let Some((last, _)) = entries.last() else { return Ok(()) };
        range.skip_past(last);
    }
}

fn records<R: Record>(tables: &dyn Tables, table: Table, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<R>, StoreError> {
    tables.scan(table, range, order, limit)?.iter().map(|entry| record_of(tables, table, entry)).collect()
}

/// The newest snapshots of a watch's part.
pub(super) fn newest(tables: &dyn Tables, watch: &WatchId, part: u32) -> Result<Newest, StoreError> {
    Ok(record(tables, Table::Newest, &keys::numbered(watch, part))?.unwrap_or_default())
}

pub(super) fn snapshot(tables: &dyn Tables, watch: &WatchId, part: u32, number: u32) -> Result<Option<Snapshot>, StoreError> {
    record(tables, Table::Snapshots, &keys::snapshot(watch, part, number))
}

pub(super) fn latest_snapshot(tables: &dyn Tables, watch: &WatchId, part: u32) -> Result<Option<Snapshot>, StoreError> {
    snapshot(tables, watch, part, newest(tables, watch, part)?.number())
}

pub(super) fn body(tables: &dyn Tables, watch: &WatchId, part: u32, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(snapshot) = snapshot(tables, watch, part, number)? else { return Ok(None) };
    if tables.get(Table::Dropped, &keys::snapshot(watch, part, number))?.is_some() {
        return Ok(None);
    }
    let body = unpacked(tables, watch, part, number)?;
    if body.len() as u64 == snapshot.length && Sha256::of(&body) == snapshot.sha256 {
        return Ok(Some(body));
    }
    let reason = format!("its bytes are not those with the digest {}", snapshot.sha256);
    Err(codec::damaged(Table::Bodies, &keys::snapshot(watch, part, number), reason))
}

/// The frame of a snapshot, which must be there.
pub(super) fn frame(tables: &dyn Tables, watch: &WatchId, part: u32, number: u32) -> Result<Frame, StoreError> {
    let key = keys::snapshot(watch, part, number);
    let damaged = |reason: String| codec::damaged(Table::Bodies, &key, reason);
    let bytes = value(tables, Table::Bodies, &key)?.ok_or_else(|| damaged("it is missing".to_owned()))?;
    Frame::decode(&bytes).map_err(damaged)
}

/// A snapshot as something that another may build on.
pub(super) fn base(tables: &dyn Tables, watch: &WatchId, part: u32, number: u32) -> Result<Option<Base>, StoreError> {
    let Some(body) = body(tables, watch, part, number)? else { return Ok(None) };
    let frames = frames(tables, watch, part, number)?;
    let unpacked = frames.iter().filter(|frame| !frame.repeats()).map(|frame| u64::from(frame.length())).sum();
    let Some((number, depth)) = frames.first().map(|frame| frame.foundation(number)) else { return Ok(None) };
    Ok(Some(Base { number, depth, unpacked, body }))
}

/// Follows a chain down to its key frame and unpacks it from there.
fn unpacked(tables: &dyn Tables, watch: &WatchId, part: u32, number: u32) -> Result<Vec<u8>, StoreError> {
    let damaged = |reason: String| codec::damaged(Table::Bodies, &keys::snapshot(watch, part, number), reason);
    let frames = frames(tables, watch, part, number)?;
    frames.iter().rev().try_fold(Vec::new(), |base, frame| frame.unpack(base)).map_err(damaged)
}

/// The frame of a snapshot and those that it builds on, down to one that stands alone.
fn frames(tables: &dyn Tables, watch: &WatchId, part: u32, number: u32) -> Result<Vec<Frame>, StoreError> {
    let mut frames = vec![frame(tables, watch, part, number)?];
    while let Some(base) = frames.last().map(|frame| frame.base).filter(|base| *base != 0) {
        // One more than the deepest chain, for a frame that only repeats its base.
        if frames.len() > usize::from(LONGEST_CHAIN) {
            return Err(codec::damaged(Table::Bodies, &keys::snapshot(watch, part, number), "its chain has no end".to_owned()));
        }
        frames.push(frame(tables, watch, part, base)?);
    }
    Ok(frames)
}

pub(super) fn version(tables: &dyn Tables, watch: &WatchId, number: u32) -> Result<Option<Version>, StoreError> {
    record(tables, Table::Versions, &keys::numbered(watch, number))
}

pub(super) fn history(tables: &dyn Tables, watch: &WatchId, limit: usize) -> Result<Vec<CheckRecord>, StoreError> {
    records(tables, Table::History, &KeyRange::under(&keys::watch(watch)), Order::Falling, limit)
}

pub(super) fn change(tables: &dyn Tables, id: u64) -> Result<Option<Change>, StoreError> {
    record(tables, Table::Changes, &keys::id(id))
}

pub(super) fn changes(tables: &dyn Tables, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Change>, StoreError> {
    let Some(watch) = watch else { return records(tables, Table::Changes, &KeyRange::all(), Order::Falling, limit) };
    let entries = tables.scan(Table::ChangesOf, &KeyRange::under(&keys::watch(watch)), Order::Falling, limit)?;
    let listed = |key: &[u8]| {
        let id = keys::last_u64(key).ok_or_else(|| codec::damaged(Table::ChangesOf, key, "it names no change".to_owned()))?;
        change(tables, id)?.ok_or_else(|| codec::damaged(Table::ChangesOf, key, "the change is missing".to_owned()))
    };
    entries.iter().map(|(key, _)| listed(key)).collect()
}

pub(super) fn to_tell(tables: &dyn Tables) -> Result<Vec<ChangeId>, StoreError> {
    let entries = tables.scan(Table::Tellings, &KeyRange::all(), Order::Rising, usize::MAX)?;
    let number = |key: &[u8]| keys::last_u64(key).ok_or_else(|| codec::damaged(Table::Tellings, key, "it names no change".to_owned()));
    entries.iter().map(|(key, _)| number(key).map(ChangeId)).collect()
}

/// Whoever has a mail of a change that is being told; none of them stands before the first mail that may be one.
pub(super) fn told(tables: &dyn Tables, change: ChangeId) -> Result<HashSet<SubscriptionId>, StoreError> {
    let mut told = HashSet::new();
    let Some(first) = record::<u64>(tables, Table::Tellings, &keys::id(change.0))? else { return Ok(told) };
    each_in(tables, Table::Outbox, KeyRange { from: keys::id(first), to: None }, |entry| {
        let mail: OutboxEntry = record_of(tables, Table::Outbox, entry)?;
        told.extend(mail.cause.filter(|(of, _)| *of == change).map(|(_, subscription)| subscription));
        Ok(())
    })?;
    Ok(told)
}

/// The keys that stand for times up to and including `until`.
fn up_to(until: Timestamp) -> KeyRange {
    KeyRange { from: Vec::new(), to: KeyRange::under(&keys::time(until)).to }
}

pub(super) fn due(tables: &dyn Tables, until: Timestamp, limit: usize) -> Result<Vec<(Timestamp, WatchId)>, StoreError> {
    tables.scan(Table::Due, &up_to(until), Order::Rising, limit)?.iter().map(|entry| queued_entry(tables, entry)).collect()
}

pub(super) fn queued(tables: &dyn Tables) -> Result<Vec<(Timestamp, WatchId)>, StoreError> {
    let mut all = Vec::new();
    each(tables, Table::Due, |entry| {
        all.push(queued_entry(tables, entry)?);
        Ok(())
    })?;
    Ok(all)
}

fn queued_entry(tables: &dyn Tables, entry: &Entry) -> Result<(Timestamp, WatchId), StoreError> {
    Ok((time_of(Table::Due, &entry.0)?, record_of(tables, Table::Due, entry)?))
}

/// The time at the head of a key, which must be one.
pub(super) fn time_of(table: Table, key: &[u8]) -> Result<Timestamp, StoreError> {
    keys::time_of(key).ok_or_else(|| codec::damaged(table, key, "it names no time".to_owned()))
}

pub(super) fn subscriptions(tables: &dyn Tables) -> Result<Vec<Subscription>, StoreError> {
    records(tables, Table::Subscriptions, &KeyRange::all(), Order::Rising, usize::MAX)
}

pub(super) fn incidents(tables: &dyn Tables) -> Result<Vec<Incident>, StoreError> {
    records(tables, Table::Incidents, &KeyRange::all(), Order::Rising, usize::MAX)
}

/// The name under which the key of the tokens stands.
pub(super) const TOKENS: &[u8] = b"tokens";

pub(super) fn secret(tables: &dyn Tables) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(bytes) = value(tables, Table::Secrets, TOKENS)? else { return Ok(None) };
    let wrong = || codec::damaged(Table::Secrets, TOKENS, "it is no key".to_owned());
    bytes.try_into().map(Some).map_err(|_| wrong())
}

pub(super) fn mail(tables: &dyn Tables, id: MailId) -> Result<Option<OutboxEntry>, StoreError> {
    record(tables, Table::Outbox, &keys::id(id.0))
}

pub(super) fn outbox_due(tables: &dyn Tables, until: Timestamp, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
    let damaged = |key: &[u8], reason: &str| codec::damaged(Table::OutboxDue, key, reason.to_owned());
    let entries = tables.scan(Table::OutboxDue, &up_to(until), Order::Rising, usize::MAX)?;
    let number = |key: &[u8]| keys::last_u64(key).ok_or_else(|| damaged(key, "it names no mail"));
    let mut numbers = entries.iter().map(|(key, _)| Ok((number(key)?, key))).collect::<Result<Vec<_>, StoreError>>()?;
    numbers.sort_unstable();
    numbers.truncate(limit);
    let listed = |(id, key): (u64, &Vec<u8>)| mail(tables, MailId(id))?.ok_or_else(|| damaged(key, "the mail is missing"));
    numbers.into_iter().map(listed).collect()
}

pub(super) fn waiting(tables: &dyn Tables) -> Result<Vec<(Timestamp, MailId)>, StoreError> {
    let number = |key: &[u8]| keys::last_u64(key).ok_or_else(|| codec::damaged(Table::OutboxDue, key, "it names no mail".to_owned()));
    let entries = tables.scan(Table::OutboxDue, &KeyRange::all(), Order::Rising, usize::MAX)?;
    entries.iter().map(|(key, _)| Ok((time_of(Table::OutboxDue, key)?, MailId(number(key)?)))).collect()
}

pub(super) fn outbox(tables: &dyn Tables, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
    records(tables, Table::Outbox, &KeyRange::all(), Order::Falling, limit)
}
