use crate::model::WatchId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// Lets one check of a watch run at a time. The schedule and a person's `fineprint check` may want the same watch at once; two checks
/// that had both read the same state would both try to write the next version, and the store would refuse one of them.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Only the watches that are being checked or waited for.
    taken: Mutex<HashMap<WatchId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Turns {
    /// Waits for the turn of a watch; it lasts until the guard is dropped.
    pub(super) async fn take(&self, watch: &WatchId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.retain(|_, turn| Arc::strong_count(turn) > 1);
            taken.entry(watch.clone()).or_default().clone()
        };
        turn.lock_owned().await
    }
}
