use super::check::Monitor;
use crate::deliver::{Refusal, next_attempt};
use crate::model::{MailState, OutboxEntry};
use crate::store::StoreError;

/// How many mails one turn takes from the outbox.
const BATCH: usize = 50;

/// What a turn of the outbox did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Mails that were accepted.
    pub sent: u32,
    /// Mails that will be tried again.
    pub postponed: u32,
    /// Mails that were refused for good.
    pub refused: u32,
}

impl Monitor {
    /// Writes what is left to be told, and hands over the mails that are due, each committed before the next is tried: a crash repeats at
    /// most the one that was on the wire, with the same Message-ID.
    ///
    /// # Errors
    /// When the store refuses; a server that refuses is no error.
    pub async fn deliver_due(&self) -> Result<Delivered, StoreError> {
        self.deliver_while(|| true).await
    }

    /// The same, as long as `go_on` says so: asked before each mail, so that a stop never cuts one in two.
    ///
    /// # Errors
    /// As for [`Monitor::deliver_due`].
    pub async fn deliver_while(&self, go_on: impl Fn() -> bool) -> Result<Delivered, StoreError> {
        self.tell_apart().await?;
        let mut delivered = Delivered::default();
        for entry in self.store.outbox_due(self.clock.now(), BATCH)? {
            if !go_on() {
                break;
            }
            let answer = if self.may_go(&entry)? {
                self.deliver.deliver(&entry.mail).await
            } else {
                Err(Refusal::Permanent("the subscription ended before this mail was sent".to_owned()))
            };
            self.vitals().delivered(&answer);
            let entry = self.moved_on(entry, answer);
            match &entry.state {
                MailState::Sent { .. } => delivered.sent += 1,
                MailState::Due { .. } => delivered.postponed += 1,
                MailState::Refused { reason, .. } => {
                    tracing::warn!(mail = entry.id.0, "a mail was refused for good: {reason}");
                    delivered.refused += 1;
                }
            }
            self.settle(entry)?;
        }
        Ok(delivered)
    }

    fn moved_on(&self, entry: OutboxEntry, answer: Result<String, Refusal>) -> OutboxEntry {
        let now = self.clock.now();
        let attempts = entry.attempts.saturating_add(1);
        let state = match answer {
            Ok(answer) => MailState::Sent { at: now, answer },
            Err(Refusal::Permanent(reason)) => MailState::Refused { at: now, reason },
            Err(Refusal::Temporary(reason)) => match next_attempt(attempts, now) {
                Some(at) => MailState::Due { at, last_error: Some(reason) },
                None => MailState::Refused { at: now, reason: format!("given up after {attempts} attempts; last: {reason}") },
            },
        };
        OutboxEntry { attempts, state, ..entry }
    }
}
