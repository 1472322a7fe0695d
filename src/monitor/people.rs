//! What subscribers are sent, and what they may decide themselves.

use super::check::Monitor;
use crate::compose::{self, Links, Origin, ReaderLinks};
use crate::model::{Change, ChangeId, Event, MailId, MailState, OutboxEntry, Subscription, SubscriptionId, SubscriptionState, Wanted};
use crate::store::{Commit, Sequence, StoreError};
use crate::ticket::{self, Claim, Key, TicketError};
use jiff::Timestamp;
use std::sync::{MutexGuard, PoisonError};

/// How many changes a digest looks back over at most.
const LOOK_BACK: usize = 5_000;

/// Why a reader's wish could not be granted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The link is none.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The confirmation was used, and its reader left since.
    #[error("this link was used before; subscribe again to get a new one")]
    Used,
    /// The subscription is gone.
    #[error("this subscription is no more; subscribe again to start a new one")]
    Gone,
    /// There is no address at which readers reach the pages.
    #[error("this fineprint takes no subscriptions: its operator has not said at which address readers reach it")]
    NoSite,
}

impl Monitor {
    /// What makes the links of readers; `None` where the settings name no address at which they would be reached.
    ///
    /// # Errors
    /// When the store can't keep the key.
    pub fn links(&self) -> Result<Option<Links>, StoreError> {
        let Some(site) = self.settings.web_url.clone() else { return Ok(None) };
        Ok(Some(Links { site, key: self.key()? }))
    }

    fn key(&self) -> Result<Key, StoreError> {
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(|error| StoreError::Io(format!("the system gives no random numbers: {error}")))?;
        self.store.secret(fresh).map(Key)
    }

    /// Only one at a time may read a subscription, alter it and write it.
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn for_reader<T>(&self, subscription: &Subscription, links: Option<&Links>, compose: impl FnOnce(&Origin<'_>) -> T) -> T {
        let origin = Origin::of(&self.settings);
        let own: Option<ReaderLinks> = links.map(|links| links.reader(subscription.id, self.clock.now()));
        compose(&own.as_ref().map_or(origin, |own| origin.with(own)))
    }

    pub(super) fn queued(
        &self,
        cause: Option<(ChangeId, SubscriptionId)>,
        mail: crate::model::Mail,
        now: Timestamp,
    ) -> Result<OutboxEntry, StoreError> {
        let id = MailId(self.store.next_id(Sequence::Mail)?);
        Ok(OutboxEntry { id, cause, mail, queued: now, attempts: 0, state: MailState::Due { at: now, last_error: None } })
    }

    /// Puts the digests that are due into the outbox, each in one commit with the time up to which its reader was told: how many.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn digests_due(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let is_due = |subscription: &Subscription| subscription.is_confirmed() && subscription.digest.is_some_and(|turn| turn.next <= now);
        let due: Vec<SubscriptionId> = self.store.subscriptions()?.iter().filter(|one| is_due(one)).map(|one| one.id).collect();
        if due.is_empty() {
            return Ok(0);
        }
        let (links, changes) = (self.links()?, self.store.changes(None, LOOK_BACK)?);
        let mut sent = 0;
        for id in due {
            let _turn = self.turn();
            let Some(subscription) = self.store.subscription(id)?.filter(is_due) else { continue };
            let Some(turn) = subscription.digest else { continue };
            let is_news = |change: &&Change| change.imported_from.is_none() && change.confirmed > turn.since && change.confirmed <= now;
            let fresh = changes.iter().filter(is_news);
            let told: Vec<(&Change, Vec<&Event>)> =
                fresh.map(|change| (change, subscription.wanted(change))).filter(|(_, events)| !events.is_empty()).collect();
            let mut mails = Vec::new();
            if let Some((newest, _)) = told.first() {
                let mail =
                    self.for_reader(&subscription, links.as_ref(), |origin| compose::digest(&told, &subscription, origin, turn.next));
                mails.push(self.queued(Some((newest.id, id)), mail, now)?);
                sent += 1;
            }
            let digest = subscription.rhythm.next_after(now).map(|next| crate::model::DigestTurn { since: now, next });
            self.store.commit(Commit { mails, subscriptions: vec![Subscription { digest, ..subscription }], ..Commit::default() })?;
        }
        Ok(sent)
    }

    /// Asks the owner of an address whether mail may come. Nothing else is stored of the address.
    ///
    /// # Errors
    /// When the store refuses, or readers can't reach the pages.
    pub fn ask_to_confirm(&self, address: &str, wanted: &Wanted) -> Result<(), PeopleError> {
        let now = self.clock.now();
        let links = self.links()?.ok_or(PeopleError::NoSite)?;
        let link = links.confirmation(address, wanted.clone(), now);
        let mail = self.queued(None, compose::confirmation(address, wanted, &link, now), now)?;
        Ok(self.store.commit(Commit { mails: vec![mail], ..Commit::default() })?)
    }

    /// What a link stands for.
    ///
    /// # Errors
    /// When it stands for nothing.
    pub fn claim(&self, token: &str) -> Result<Claim, PeopleError> {
        Ok(ticket::read(&self.key()?, token, self.clock.now())?)
    }

    /// The owner of an address confirms. An address has one subscription of its own: a new confirmation replaces what was asked for before.
    ///
    /// # Errors
    /// When the link is too old, was used before, or is none.
    pub fn confirm(&self, token: &str) -> Result<Subscription, PeopleError> {
        let now = self.clock.now();
        let Claim::Confirm { address, wanted, until } = self.claim(token)? else { return Err(TicketError::Forged.into()) };
        let _turn = self.turn();
        let digest = ticket::digest(token);
        let by = digest.to_string();
        let known = self.store.subscriptions()?.into_iter().find(|one| one.address.eq_ignore_ascii_case(&address));
        // Who left asked for quiet, also from a confirmation that was under way then.
        let issued = until.checked_sub(ticket::CONFIRMATION_LASTS).unwrap_or(until);
        let left = known.as_ref().is_some_and(|one| matches!(one.state, SubscriptionState::Left { at } if issued <= at));
        if left {
            return Err(PeopleError::Used);
        }
        if self.store.is_spent(&digest)? {
            let its_own = |one: &Subscription| one.is_confirmed() && one.consent.as_ref().is_some_and(|consent| consent.by == by);
            return known.filter(its_own).ok_or(PeopleError::Used);
        }
        let id = match &known {
            Some(known) => known.id,
            None => SubscriptionId(self.store.next_id(Sequence::Subscription)?),
        };
        let created = known.map_or(now, |known| known.created);
        let subscription = Subscription { created, ..Subscription::confirmed(id, address, wanted, by, now) };
        let links = self.links()?;
        let mail = self.for_reader(&subscription, links.as_ref(), |origin| compose::welcome(&subscription, origin));
        let mails = vec![self.queued(Some((ChangeId(0), id)), mail, now)?];
        let spent = Some((digest, until));
        self.store.commit(Commit { subscriptions: vec![subscription.clone()], mails, spent, ..Commit::default() })?;
        Ok(subscription)
    }

    /// A reader leaves, with every subscription of the address; nothing is sent any more, also nothing that waits in the outbox. The record of the consent stays, as what was sent
    /// must be accounted for, until the operator forgets the address.
    ///
    /// # Errors
    /// When the subscription is gone.
    pub fn leave(&self, id: SubscriptionId) -> Result<(), PeopleError> {
        let _turn = self.turn();
        let address = self.store.subscription(id)?.ok_or(PeopleError::Gone)?.address;
        let now = self.clock.now();
        let stays = |one: &Subscription| one.address.eq_ignore_ascii_case(&address) && !matches!(one.state, SubscriptionState::Left { .. });
        let leaving = self.store.subscriptions()?.into_iter().filter(stays);
        let left: Vec<Subscription> =
            leaving.map(|one| Subscription { state: SubscriptionState::Left { at: now }, digest: None, ..one }).collect();
        if left.is_empty() {
            return Ok(());
        }
        Ok(self.store.commit(Commit { subscriptions: left, ..Commit::default() })?)
    }

    /// A reader wants something else from now on.
    ///
    /// # Errors
    /// When the subscription is gone or was left.
    pub fn change_wishes(&self, id: SubscriptionId, wanted: Wanted) -> Result<Subscription, PeopleError> {
        let _turn = self.turn();
        let subscription = self.store.subscription(id)?.filter(Subscription::is_confirmed).ok_or(PeopleError::Gone)?;
        let changed = subscription.wanting(wanted, self.clock.now());
        self.store.commit(Commit { subscriptions: vec![changed.clone()], ..Commit::default() })?;
        Ok(changed)
    }

    /// A subscription whose mail was refused for good goes quiet, with the server's words.
    pub(super) fn suspended(&self, id: SubscriptionId, reason: &str) -> Result<Option<Subscription>, StoreError> {
        let Some(subscription) = self.store.subscription(id)?.filter(Subscription::is_confirmed) else { return Ok(None) };
        tracing::warn!(subscription = id.0, "a subscription was suspended, since its mail was refused for good");
        let state = SubscriptionState::Suspended { at: self.clock.now(), reason: reason.to_owned() };
        Ok(Some(Subscription { state, ..subscription }))
    }

    /// Commits the state of a mail, and what follows from it for its subscription.
    pub(super) fn settle(&self, entry: OutboxEntry) -> Result<(), StoreError> {
        let _turn = self.turn();
        let mut commit = Commit::default();
        match (&entry.state, entry.cause) {
            (MailState::Refused { reason, .. }, Some((_, subscription))) => {
                commit.subscriptions.extend(self.suspended(subscription, reason)?);
                commit.mails.push(entry);
            }
            // Nothing of an address stays that did not confirm.
            (MailState::Sent { .. } | MailState::Refused { .. }, None) => commit.discard.push(entry.id),
            _ => commit.mails.push(entry),
        }
        self.store.commit(commit)
    }

    /// Whether a mail may still go out: its reader may have left since it was written.
    pub(super) fn may_go(&self, entry: &OutboxEntry) -> Result<bool, StoreError> {
        let Some((_, subscription)) = entry.cause else { return Ok(true) };
        Ok(self.store.subscription(subscription)?.is_none_or(|subscription| subscription.is_confirmed()))
    }
}
