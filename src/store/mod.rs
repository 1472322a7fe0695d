//! What is kept. In: one [`Commit`] a check. Out: everything that was ever committed, verified on reading.
//! This room must never acknowledge what is not on the disk, and never overwrite what it cannot read.
//!
//! [`SledStore`] keeps it in a folder, [`MemoryStore`] as long as the process lasts; both run the same code over sorted tables.

mod chain;
mod codec;
#[cfg(test)]
mod conformance;
mod draft;
mod engine;
mod export;
mod folder;
mod footprint;
mod keys;
mod lines;
mod memory;
mod read;
mod rehearsal;
mod renew;
mod rest;
mod retention;
#[cfg(test)]
mod samples;
mod sled;
mod tables;
mod verify;
mod words;

pub use folder::Room;
pub use footprint::{Footprint, Share};
pub use lines::{Body, Line};
pub use memory::MemoryStore;
pub use rehearsal::Rehearsal;
pub use renew::Compacted;
pub use sled::SledStore;
pub use words::{WordIndex, words_of};

use crate::model::{
    Change, ChangeId, CheckRecord, Document, Incident, Keep, MailId, Memory, OutboxEntry, Sha256, Snapshot, Subscription, SubscriptionId,
    Version, WatchId, WatchState,
};
use jiff::Timestamp;
use std::collections::HashSet;

/// Everything that one check writes: all of it or nothing, durable when [`Store::commit`] returns.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// New captures with their bytes; each must have the number after the newest one of its part, and the digest of its bytes.
    pub snapshots: Vec<(Snapshot, Vec<u8>)>,
    /// A new version with its text; it must have the number after the newest one.
    pub version: Option<(Version, Document)>,
    /// What the watch remembers from now on.
    pub memory: Option<(WatchId, Memory)>,
    /// A confirmed change, with a number of its own.
    pub change: Option<Change>,
    /// A change of which subscribers are to be told: their mails follow in commits of their own, until one says that it was told.
    pub to_tell: Option<ChangeId>,
    /// A change of which all were told.
    pub told: Option<ChangeId>,
    /// Mails that are new, or whose state moved on.
    pub mails: Vec<OutboxEntry>,
    /// The watch's state from now on.
    pub state: Option<(WatchId, WatchState)>,
    /// A line for the watch's history.
    pub history: Option<(WatchId, CheckRecord)>,
    /// When the watch is due next; `None` inside takes it out of the queue.
    pub due: Vec<(WatchId, Option<Timestamp>)>,
    /// New or edited subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Subscriptions to forget, address and all: the mails that they caused go too, and later commits can't bring either back.
    pub forget: Vec<SubscriptionId>,
    /// A token that was used, and until when that must be remembered; refused where it was used before.
    pub spent: Option<(Sha256, Timestamp)>,
    /// Incidents that began or were told of again, by key; `None` ends one.
    pub incidents: Vec<(String, Option<Incident>)>,
    /// The key of the tokens; refused where there is one.
    pub secret: Option<[u8; 32]>,
    /// Lines of an export, put back as they are; for a store that is built anew.
    pub restore: Vec<Line>,
    /// Mails to throw away, such as confirmations that were delivered: nothing of an address stays that did not confirm.
    pub discard: Vec<MailId>,
}

impl Commit {
    /// Whether it only says that a watch was looked at and is what it was: nothing new is kept, and nobody is told.
    fn can_wait(&self) -> bool {
        self.state.is_some()
            && self.snapshots.is_empty()
            && self.version.is_none()
            && self.change.is_none()
            && self.mails.is_empty()
            && self.history.is_none()
    }
}

/// What is numbered by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sequence {
    /// Changes.
    Change,
    /// Subscriptions.
    Subscription,
    /// Mails.
    Mail,
}

/// A place that keeps everything. Calls block; on an async thread wrap them.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Writes all of it in one transaction; on the disk when this returns.
    ///
    /// # Errors
    /// When the disk refuses, or the commit contradicts what is stored; nothing of it is then visible.
    fn commit(&self, commit: Commit) -> Result<(), StoreError>;
    /// The next number of a sequence; never given twice to a commit that succeeded.
    ///
    /// # Errors
    /// As for every reading call: when the store cannot be read or what it holds is damaged.
    fn next_id(&self, sequence: Sequence) -> Result<u64, StoreError>;
    /// What is remembered of a watch between two checks; the default for an unknown one.
    fn state(&self, watch: &WatchId) -> Result<WatchState, StoreError>;
    /// The record of a snapshot.
    fn snapshot(&self, watch: &WatchId, part: u32, number: u32) -> Result<Option<Snapshot>, StoreError>;
    /// The newest snapshot of a watch's page, rejected ones included.
    fn latest_snapshot(&self, watch: &WatchId, part: u32) -> Result<Option<Snapshot>, StoreError>;
    /// The bytes of a snapshot, verified against its digest.
    fn body(&self, watch: &WatchId, part: u32, number: u32) -> Result<Option<Vec<u8>>, StoreError>;
    /// The record of a version.
    fn version(&self, watch: &WatchId, number: u32) -> Result<Option<Version>, StoreError>;
    /// The text of a version.
    fn document(&self, watch: &WatchId, number: u32) -> Result<Option<Document>, StoreError>;
    /// What a watch remembers.
    fn memory(&self, watch: &WatchId) -> Result<Memory, StoreError>;
    /// The newest lines of a watch's history, newest first.
    fn history(&self, watch: &WatchId, limit: usize) -> Result<Vec<CheckRecord>, StoreError>;
    /// A change.
    fn change(&self, id: ChangeId) -> Result<Option<Change>, StoreError>;
    /// The newest changes, of one watch or of all, newest first.
    fn changes(&self, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Change>, StoreError>;
    /// The changes of which not everybody was told yet, oldest first.
    fn to_tell(&self) -> Result<Vec<ChangeId>, StoreError>;
    /// The subscriptions that have a mail of a change that is being told.
    fn told(&self, change: ChangeId) -> Result<HashSet<SubscriptionId>, StoreError>;
    /// The watches that are due, the longest overdue first.
    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<(Timestamp, WatchId)>, StoreError>;
    /// When a watch is due; `None` where it is not in the queue.
    fn due_at(&self, watch: &WatchId) -> Result<Option<Timestamp>, StoreError>;
    /// Every watch in the due-queue.
    fn queued(&self) -> Result<Vec<(Timestamp, WatchId)>, StoreError>;
    /// A subscription.
    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError>;
    /// Every subscription.
    fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError>;
    /// The mails that are due, in the order of their numbers.
    fn outbox_due(&self, until: Timestamp, limit: usize) -> Result<Vec<OutboxEntry>, StoreError>;
    /// The newest mails in whatever state, newest first.
    fn outbox(&self, limit: usize) -> Result<Vec<OutboxEntry>, StoreError>;
    /// Every mail that waits, and when it is due, the longest overdue first.
    fn waiting(&self) -> Result<Vec<(Timestamp, MailId)>, StoreError>;
    /// Whether a token was used.
    fn is_spent(&self, token: &Sha256) -> Result<bool, StoreError>;
    /// The incidents that last.
    fn incidents(&self) -> Result<Vec<Incident>, StoreError>;
    /// Which words stood in which versions of a watch.
    fn words(&self, watch: &WatchId) -> Result<WordIndex, StoreError>;
    /// The key that this store's tokens are signed with: `fresh` becomes it where there is none.
    fn secret(&self, fresh: [u8; 32]) -> Result<[u8; 32], StoreError>;
    /// A number that rises with every version, change and state that is written, and with nothing else.
    fn revision(&self) -> Result<u64, StoreError>;
    /// Everything that is kept, as the lines of an export, of one moment; others may commit meanwhile.
    fn export(&self, each: &mut dyn FnMut(String) -> Result<(), StoreError>) -> Result<(), StoreError>;
    /// How many bodies would be dropped now by a rule.
    fn surplus(&self, keep: Keep, now: Timestamp) -> Result<Share, StoreError>;
    /// What the snapshots take.
    fn footprint(&self) -> Result<Footprint, StoreError>;
    /// What it takes on the disk, and what is free there.
    fn room(&self) -> Result<Room, StoreError>;
    /// Recomputes every digest and follows every reference; a line for each problem.
    fn verify(&self) -> Result<Vec<String>, StoreError>;
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process holds it.
    #[error("the store in {0} is in use by another fineprint; stop it, or let the command reach it through its control socket")]
    Locked(std::path::PathBuf),
    /// It can't be opened; it was left as it is.
    #[error(
        "the store in {path} can't be opened: {reason}; it was left untouched: move it away, then put a copy in its place, take in an export with `fineprint store import`, or start afresh"
    )]
    Unreadable {
        /// Its folder.
        path: std::path::PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// There is no room on the disk for what opening or copying it needs; it was left as it is.
    #[error(
        "there is not enough room beside the store in {path}: {free} MiB are free, {needed} are needed. Make room and try again; leave the store as it is"
    )]
    NoRoom {
        /// Its folder.
        path: std::path::PathBuf,
        /// What is free, in MiB.
        free: u64,
        /// What is needed, in MiB.
        needed: u64,
    },
    /// A value is damaged or of a version that this program doesn't know.
    #[error("the store holds a damaged value ({key}): {reason}")]
    Damaged {
        /// Which.
        key: String,
        /// How.
        reason: String,
    },
    /// The commit contradicts what is stored, such as a number that is taken.
    #[error("the store refuses this: {0}")]
    Refused(String),
    /// The disk refused.
    #[error("the store could not be written or read: {0}")]
    Io(String),
}
