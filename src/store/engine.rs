//! What differs between stores: where the tables are and how a commit gets into them. Everything else is the same code for all.

use super::tables::{Table, Tables};
use super::{
    Commit, Footprint, Room, Sequence, Share, Store, StoreError, WordIndex, draft, export, footprint, keys, read, retention, verify,
};
use crate::model::{
    Change, ChangeId, CheckRecord, Document, Incident, Keep, MailId, Memory, OutboxEntry, Sha256, Snapshot, Subscription, SubscriptionId,
    Version, WatchId, WatchState,
};
use jiff::Timestamp;
use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

/// Tables that can be read while nobody writes, and written to.
pub(super) trait Engine: Send + Sync + Debug {
    /// Runs a reader that sees whole commits only, and only such as are durable.
    fn read<R>(&self, reader: impl FnOnce(&dyn Tables) -> Result<R, StoreError>) -> Result<R, StoreError>;
    /// The same on what stands at one moment, for a reader that takes long: others go on writing.
    fn still<R>(&self, reader: impl FnOnce(&dyn Tables) -> Result<R, StoreError>) -> Result<R, StoreError>;
    /// Writes a commit; see [`Store::commit`].
    fn write(&self, commit: Commit) -> Result<(), StoreError>;
    /// See [`Store::room`].
    fn room(&self) -> Result<Room, StoreError>;
    /// The numbers given out since the start.
    fn given(&self) -> &Given;
}

/// The highest number of each sequence that was given out since the start, committed or not.
#[derive(Debug, Default)]
pub(super) struct Given(Mutex<[u64; 3]>);

impl Given {
    /// A number above all that were given out, and above `committed`.
    fn next(&self, sequence: Sequence, committed: u64) -> u64 {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut given[sequence as usize];
        *slot = committed.max(*slot).saturating_add(1);
        *slot
    }
}

impl<E: Engine> Store for E {
    fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.write(commit)
    }

    fn next_id(&self, sequence: Sequence) -> Result<u64, StoreError> {
        let committed = self.read(|tables| read::record(tables, Table::Counters, draft::counter(sequence)))?;
        Ok(self.given().next(sequence, committed.unwrap_or(0)))
    }

    fn state(&self, watch: &WatchId) -> Result<WatchState, StoreError> {
        Ok(self.read(|tables| read::record(tables, Table::States, &keys::watch(watch)))?.unwrap_or_default())
    }

    fn snapshot(&self, watch: &WatchId, part: u32, number: u32) -> Result<Option<Snapshot>, StoreError> {
        self.read(|tables| read::snapshot(tables, watch, part, number))
    }

    fn latest_snapshot(&self, watch: &WatchId, part: u32) -> Result<Option<Snapshot>, StoreError> {
        self.read(|tables| read::latest_snapshot(tables, watch, part))
    }

    fn body(&self, watch: &WatchId, part: u32, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|tables| read::body(tables, watch, part, number))
    }

    fn version(&self, watch: &WatchId, number: u32) -> Result<Option<Version>, StoreError> {
        self.read(|tables| read::version(tables, watch, number))
    }

    fn document(&self, watch: &WatchId, number: u32) -> Result<Option<Document>, StoreError> {
        self.read(|tables| read::record(tables, Table::Documents, &keys::numbered(watch, number)))
    }

    fn memory(&self, watch: &WatchId) -> Result<Memory, StoreError> {
        Ok(self.read(|tables| read::record(tables, Table::Memories, &keys::watch(watch)))?.unwrap_or_default())
    }

    fn history(&self, watch: &WatchId, limit: usize) -> Result<Vec<CheckRecord>, StoreError> {
        self.read(|tables| read::history(tables, watch, limit))
    }

    fn change(&self, id: ChangeId) -> Result<Option<Change>, StoreError> {
        self.read(|tables| read::change(tables, id.0))
    }

    fn changes(&self, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Change>, StoreError> {
        self.read(|tables| read::changes(tables, watch, limit))
    }

    fn to_tell(&self) -> Result<Vec<ChangeId>, StoreError> {
        self.read(read::to_tell)
    }

    fn told(&self, change: ChangeId) -> Result<HashSet<SubscriptionId>, StoreError> {
        self.read(|tables| read::told(tables, change))
    }

    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<(Timestamp, WatchId)>, StoreError> {
        self.read(|tables| read::due(tables, until, limit))
    }

    fn due_at(&self, watch: &WatchId) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tables| read::record(tables, Table::DueAt, &keys::watch(watch)))
    }

    fn queued(&self) -> Result<Vec<(Timestamp, WatchId)>, StoreError> {
        self.read(read::queued)
    }

    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        self.read(|tables| read::record(tables, Table::Subscriptions, &keys::id(id.0)))
    }

    fn is_spent(&self, token: &Sha256) -> Result<bool, StoreError> {
        self.read(|tables| Ok(tables.get(Table::Spent, &token.0)?.is_some()))
    }

    fn incidents(&self) -> Result<Vec<Incident>, StoreError> {
        self.read(read::incidents)
    }

    fn words(&self, watch: &WatchId) -> Result<WordIndex, StoreError> {
        Ok(self.read(|tables| read::record(tables, Table::Words, &keys::watch(watch)))?.unwrap_or_default())
    }

    fn secret(&self, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let stored = || self.read(read::secret);
        if let Some(secret) = stored()? {
            return Ok(secret);
        }
        self.write(Commit { secret: Some(fresh), ..Commit::default() })?;
        Ok(stored()?.unwrap_or(fresh))
    }

    fn revision(&self) -> Result<u64, StoreError> {
        Ok(self.read(|tables| read::record(tables, Table::About, draft::SHOWN))?.unwrap_or(0))
    }

    fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        self.read(read::subscriptions)
    }

    fn outbox_due(&self, until: Timestamp, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|tables| read::outbox_due(tables, until, limit))
    }

    fn outbox(&self, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|tables| read::outbox(tables, limit))
    }

    fn export(&self, each: &mut dyn FnMut(String) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let everything = retention::Retention::everything();
        self.still(|tables| {
            export::lines(tables, &everything, &mut |line| {
                each(serde_json::to_string(&line).map_err(|error| StoreError::Io(format!("a line can't be written: {error}")))?)
            })
        })
    }

    fn surplus(&self, keep: Keep, now: Timestamp) -> Result<Share, StoreError> {
        self.read(|tables| retention::surplus(tables, keep, now))
    }

    fn footprint(&self) -> Result<Footprint, StoreError> {
        self.read(footprint::footprint)
    }

    fn waiting(&self) -> Result<Vec<(Timestamp, MailId)>, StoreError> {
        self.read(read::waiting)
    }

    fn room(&self) -> Result<Room, StoreError> {
        Engine::room(self)
    }

    fn verify(&self) -> Result<Vec<String>, StoreError> {
        verify::problems(self)
    }
}
