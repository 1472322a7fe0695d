use super::desk::{Desk, Reply, Wish};
use crate::model::{ChangeId, Subscription, SubscriptionId, Wanted, WatchId};
use crate::store::{Commit, Sequence, Store, StoreError};

/// How many lines of a history one reply holds.
const HISTORY: usize = 200;

/// Grants a wish that needs nothing but the store.
pub(super) fn grant(desk: &Desk, wish: Wish) -> Result<Reply, StoreError> {
    let store = desk.monitor.store().as_ref();
    match wish {
        Wish::Status => status(desk, store),
        Wish::States => states(desk, store),
        Wish::History(watch) => history(store, &watch),
        Wish::Show(id) => show(store, id),
        Wish::Text(watch) => accepted_text(store, &watch),
        Wish::Subscriptions => Ok(Reply::Subscriptions(store.subscriptions()?)),
        Wish::Subscribe { address, wanted } => subscribe(desk, store, address, wanted),
        Wish::Mails(address) => mails(store, &address),
        Wish::Unsubscribe(who) => unsubscribe(store, &who),
        Wish::Outbox(limit) => Ok(Reply::Outbox(store.outbox(limit)?)),
        Wish::Verify => Ok(Reply::Problems(store.verify()?)),
        Wish::Surplus(keep) => Ok(Reply::Surplus(store.surplus(keep, desk.monitor.now())?)),
        Wish::Reload => {
            desk.reload.notify_one();
            Ok(Reply::Done)
        }
        Wish::Check { .. } | Wish::Export => Ok(Reply::Done),
    }
}

fn status(desk: &Desk, store: &dyn Store) -> Result<Reply, StoreError> {
    let now = desk.monitor.now();
    let (mails, due) = (store.waiting()?.len(), store.due(now, usize::MAX)?.len());
    let beat = desk.monitor.vitals().since_beat().map(|since| since.as_secs());
    Ok(Reply::Status { watches: desk.watches().len(), due, mails, beat })
}

fn states(desk: &Desk, store: &dyn Store) -> Result<Reply, StoreError> {
    let watches = desk.watches();
    let states = watches
        .iter()
        .map(|watch| Ok((watch.id.clone(), store.state(&watch.id)?, store.due_at(&watch.id)?)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Reply::States(states))
}

fn history(store: &dyn Store, watch: &WatchId) -> Result<Reply, StoreError> {
    let newest = store.state(watch)?.version;
    let numbers = (1..=newest).rev().take(HISTORY);
    let versions = numbers.map(|number| store.version(watch, number)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok(Reply::History { versions, changes: store.changes(Some(watch), HISTORY)?, checks: store.history(watch, HISTORY)? })
}

fn accepted_text(store: &dyn Store, watch: &WatchId) -> Result<Reply, StoreError> {
    let newest = |id: &WatchId| match store.state(id)?.version {
        0 => Ok(None),
        version => store.document(id, version),
    };
    let Some(document) = newest(watch)? else {
        return Ok(Reply::Unknown(format!("there is no text of {watch} yet; `fineprint watch list` shows what there is")));
    };
    let platform = watch.as_str().split('/').next().unwrap_or_default();
    let signals = newest(&WatchId::of_signals(platform))?.map(Box::new);
    Ok(Reply::Text { document: Box::new(document), signals })
}

fn show(store: &dyn Store, id: ChangeId) -> Result<Reply, StoreError> {
    Ok(match store.change(id)? {
        Some(change) => Reply::Change(Box::new(change)),
        None => Reply::Unknown(format!("there is no change {id}; `fineprint history WATCH` lists a document's changes")),
    })
}

/// Every mail of the outbox to one address, newest first.
fn mails(store: &dyn Store, address: &str) -> Result<Reply, StoreError> {
    let mut mails = store.outbox(usize::MAX)?;
    mails.retain(|entry| entry.mail.to.eq_ignore_ascii_case(address));
    Ok(Reply::Outbox(mails))
}

fn subscribe(desk: &Desk, store: &dyn Store, address: String, wanted: Wanted) -> Result<Reply, StoreError> {
    let id = SubscriptionId(store.next_id(Sequence::Subscription)?);
    let subscription = Subscription::confirmed(id, address, wanted, "operator".to_owned(), desk.monitor.now());
    store.commit(Commit { subscriptions: vec![subscription], ..Commit::default() })?;
    Ok(Reply::Subscribed(id))
}

fn unsubscribe(store: &dyn Store, who: &str) -> Result<Reply, StoreError> {
    let number = who.parse::<SubscriptionId>().ok();
    let named = |subscription: &Subscription| Some(subscription.id) == number || subscription.address.eq_ignore_ascii_case(who);
    let forget: Vec<SubscriptionId> =
        store.subscriptions()?.iter().filter(|subscription| named(subscription)).map(|subscription| subscription.id).collect();
    let count = forget.len();
    if count > 0 {
        store.commit(Commit { forget, ..Commit::default() })?;
    }
    Ok(Reply::Unsubscribed(count))
}
