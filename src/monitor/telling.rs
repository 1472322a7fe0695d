//! A change is told: a mail for every subscription that asked for it.

use super::check::{Monitor, blocking};
use crate::compose::{self, Links};
use crate::model::{Change, Event, OutboxEntry, Subscription};
use crate::store::{Commit, StoreError};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::PoisonError;

/// So many mails are composed and committed at once. With 10,000 subscribers all in one commit took 480 MB, and readers waited for it.
const AT_ONCE: usize = 200;

impl Monitor {
    /// Puts the mails into the outbox that confirmed changes still cause, some in each commit. Right after the commit of a change that are
    /// all, after a crash those that it left out: who has a mail of a change gets no other.
    ///
    /// # Errors
    /// When the store refuses.
    pub(super) fn tell(&self) -> Result<(), StoreError> {
        let _turn = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        for id in self.store.to_tell()? {
            if let Some(change) = self.store.change(id)? {
                self.tell_of(&change)?;
            }
        }
        Ok(())
    }

    /// The same, off the threads that wait for the network.
    pub(super) async fn tell_apart(&self) -> Result<(), StoreError> {
        if self.store.to_tell()?.is_empty() {
            return Ok(());
        }
        let this = self.clone();
        blocking(move || this.tell()).await
    }

    fn tell_of(&self, change: &Change) -> Result<(), StoreError> {
        let links = self.links()?;
        let readers = self.readers_of(change)?;
        let mut left = readers.chunks(AT_ONCE).peekable();
        loop {
            let mails = left.next().unwrap_or_default().iter().map(|reader| self.alert(change, reader, links.as_ref()));
            let mails = mails.collect::<Result<Vec<_>, _>>()?;
            let told = left.peek().is_none().then_some(change.id);
            self.store.commit(Commit { told, mails, ..Commit::default() })?;
            if told.is_some() {
                return Ok(());
            }
        }
    }

    /// The subscriptions that are still to be told at once. An address with several gets one mail: the one that tells most.
    fn readers_of(&self, change: &Change) -> Result<Vec<Subscription>, StoreError> {
        let mut readers = self.store.subscriptions()?;
        readers.retain(|reader| reader.digest.is_none());
        let told = self.store.told(change.id)?;
        let mut addresses: HashSet<String> =
            readers.iter().filter(|reader| told.contains(&reader.id)).map(|reader| reader.address.to_lowercase()).collect();
        readers.retain(|reader| !reader.wanted(change).is_empty());
        readers.sort_by_cached_key(|reader| (Reverse(reader.wanted(change).len()), reader.id));
        readers.retain(|reader| addresses.insert(reader.address.to_lowercase()));
        Ok(readers)
    }

    fn alert(&self, change: &Change, reader: &Subscription, links: Option<&Links>) -> Result<OutboxEntry, StoreError> {
        let wanted: Vec<&Event> = reader.wanted(change);
        let mail = self.for_reader(reader, links, |origin| {
            let compose = if reader.is_webhook() { compose::webhook } else { compose::alert };
            compose(change, &wanted, reader, origin)
        });
        self.queued(Some((change.id, reader.id)), mail, change.confirmed)
    }
}
