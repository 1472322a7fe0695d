use super::{Commit, Footprint, Room, Sequence, Share, Store, StoreError, WordIndex};
use crate::model::{
    Change, ChangeId, CheckRecord, Document, Incident, Keep, MailId, Memory, OutboxEntry, Sha256, Snapshot, Subscription, SubscriptionId,
    Version, WatchId, WatchState,
};
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;

/// A store that reads through to another and keeps nothing of what it is given: for dry runs.
#[derive(Debug)]
pub struct Rehearsal {
    real: Arc<dyn Store>,
}

impl Rehearsal {
    /// A rehearsal over a store.
    #[must_use]
    pub fn over(real: Arc<dyn Store>) -> Self {
        Self { real }
    }
}

impl Store for Rehearsal {
    fn commit(&self, _: Commit) -> Result<(), StoreError> {
        Ok(())
    }

    fn next_id(&self, sequence: Sequence) -> Result<u64, StoreError> {
        self.real.next_id(sequence)
    }

    fn state(&self, watch: &WatchId) -> Result<WatchState, StoreError> {
        self.real.state(watch)
    }

    fn snapshot(&self, watch: &WatchId, part: u32, number: u32) -> Result<Option<Snapshot>, StoreError> {
        self.real.snapshot(watch, part, number)
    }

    fn latest_snapshot(&self, watch: &WatchId, part: u32) -> Result<Option<Snapshot>, StoreError> {
        self.real.latest_snapshot(watch, part)
    }

    fn body(&self, watch: &WatchId, part: u32, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.real.body(watch, part, number)
    }

    fn version(&self, watch: &WatchId, number: u32) -> Result<Option<Version>, StoreError> {
        self.real.version(watch, number)
    }

    fn document(&self, watch: &WatchId, number: u32) -> Result<Option<Document>, StoreError> {
        self.real.document(watch, number)
    }

    fn memory(&self, watch: &WatchId) -> Result<Memory, StoreError> {
        self.real.memory(watch)
    }

    fn history(&self, watch: &WatchId, limit: usize) -> Result<Vec<CheckRecord>, StoreError> {
        self.real.history(watch, limit)
    }

    fn change(&self, id: ChangeId) -> Result<Option<Change>, StoreError> {
        self.real.change(id)
    }

    fn changes(&self, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Change>, StoreError> {
        self.real.changes(watch, limit)
    }

    fn to_tell(&self) -> Result<Vec<ChangeId>, StoreError> {
        self.real.to_tell()
    }

    fn told(&self, change: ChangeId) -> Result<HashSet<SubscriptionId>, StoreError> {
        self.real.told(change)
    }

    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<(Timestamp, WatchId)>, StoreError> {
        self.real.due(until, limit)
    }

    fn due_at(&self, watch: &WatchId) -> Result<Option<Timestamp>, StoreError> {
        self.real.due_at(watch)
    }

    fn queued(&self) -> Result<Vec<(Timestamp, WatchId)>, StoreError> {
        self.real.queued()
    }

    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        self.real.subscription(id)
    }

    fn is_spent(&self, token: &Sha256) -> Result<bool, StoreError> {
        self.real.is_spent(token)
    }

    fn incidents(&self) -> Result<Vec<Incident>, StoreError> {
        self.real.incidents()
    }

    fn words(&self, watch: &WatchId) -> Result<WordIndex, StoreError> {
        self.real.words(watch)
    }

    fn secret(&self, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        self.real.secret(fresh)
    }

    fn revision(&self) -> Result<u64, StoreError> {
        self.real.revision()
    }

    fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        self.real.subscriptions()
    }

    fn outbox_due(&self, until: Timestamp, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.real.outbox_due(until, limit)
    }

    fn outbox(&self, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.real.outbox(limit)
    }

    fn export(&self, each: &mut dyn FnMut(String) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.real.export(each)
    }

    fn surplus(&self, keep: Keep, now: Timestamp) -> Result<Share, StoreError> {
        self.real.surplus(keep, now)
    }

    fn footprint(&self) -> Result<Footprint, StoreError> {
        self.real.footprint()
    }

    fn waiting(&self) -> Result<Vec<(Timestamp, MailId)>, StoreError> {
        self.real.waiting()
    }

    fn room(&self) -> Result<Room, StoreError> {
        self.real.room()
    }

    fn verify(&self) -> Result<Vec<String>, StoreError> {
        self.real.verify()
    }
}
