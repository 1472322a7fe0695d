use super::wishes;
use crate::model::{
    Change, ChangeId, CheckRecord, CheckResult, OutboxEntry, Subscription, SubscriptionId, Version, Wanted, Watch, WatchId, WatchState,
};
use crate::monitor::Monitor;
use crate::store::StoreError;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Notify;

/// What a command wants of the store. The same wishes go through the control socket of a running daemon, or to a desk that the
/// command opens itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Wish {
    /// One pass now.
    Check {
        /// Over these watches; empty: all.
        watches: Vec<WatchId>,
        /// Fetch and judge, but store and send nothing.
        dry_run: bool,
    },
    /// How the daemon is doing.
    Status,
    /// The state of every watch.
    States,
    /// Versions, changes and checks of a watch.
    History(WatchId),
    /// One change with everything known of it.
    Show(ChangeId),
    /// All subscriptions.
    Subscriptions,
    /// A new subscription, confirmed by the operator.
    Subscribe {
        /// The mailbox, already checked.
        address: String,
        /// What it wants to hear of.
        wanted: Wanted,
    },
    /// Every mail of the outbox to one address.
    Mails(String),
    /// Forget the subscriptions of an address, or one by number.
    Unsubscribe(String),
    /// The newest mails of the outbox.
    Outbox(usize),
    /// Recompute every digest and follow every reference.
    Verify,
    /// Read the watchlist again.
    Reload,
}

/// What the desk answers; long work sends several, the last of which is never [`Reply::Progress`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Reply {
    /// A watch was checked: how many are done, how many there are, which, what came of it, and the change if there is one.
    Progress {
        /// Done so far.
        done: usize,
        /// In all.
        total: usize,
        /// Which.
        watch: WatchId,
        /// What came of it.
        result: CheckResult,
        /// The confirmed change.
        change: Option<Box<Change>>,
        /// Selectors that matched nothing.
        missed: Vec<String>,
    },
    /// Done, with nothing to say.
    Done,
    /// Something failed; a sentence for people.
    Failed(String),
    /// What was named is not there; a sentence for people.
    Unknown(String),
    /// How many watches there are, how many wait to be checked, how many mails wait, and whether the
    /// scheduler ticks.
    Status {
        /// Watches of the list.
        watches: usize,
        /// Due now.
        due: usize,
        /// Mails that wait.
        mails: usize,
        /// How many seconds ago the scheduler's last tick was; `None` where no daemon runs.
        beat: Option<u64>,
    },
    /// The state of every watch, in the order of the list, and when it is due.
    States(Vec<(WatchId, WatchState, Option<jiff::Timestamp>)>),
    /// Versions, changes and checks, the newest first.
    History {
        /// Versions.
        versions: Vec<Version>,
        /// Changes.
        changes: Vec<Change>,
        /// Checks worth a line.
        checks: Vec<CheckRecord>,
    },
    /// A change.
    Change(Box<Change>),
    /// Subscriptions.
    Subscriptions(Vec<Subscription>),
    /// The subscription that was made.
    Subscribed(SubscriptionId),
    /// How many subscriptions were forgotten.
    Unsubscribed(usize),
    /// Mails.
    Outbox(Vec<OutboxEntry>),
    /// Problems, a line each.
    Problems(Vec<String>),
}

/// Where wishes are granted: a monitor and the watches in force.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The monitor.
    pub monitor: Monitor,
    watches: Arc<RwLock<Arc<Vec<Watch>>>>,
    /// How many checks one wish runs at once.
    concurrency: usize,
    /// Told when somebody wishes the watchlist to be read again.
    pub(super) reload: Arc<Notify>,
    /// Told when there may be mail to send.
    pub(super) mail: Arc<Notify>,
}

/// Takes the replies to a wish as they come.
pub(super) type Replies<'call> = &'call mut (dyn FnMut(Reply) + Send);

impl Desk {
    /// A desk over a monitor.
    #[must_use]
    pub fn new(monitor: Monitor, watches: Vec<Watch>, concurrency: usize) -> Self {
        Self {
            monitor,
            watches: Arc::new(RwLock::new(Arc::new(watches))),
            concurrency: concurrency.max(1),
            reload: Arc::default(),
            mail: Arc::default(),
        }
    }

    /// The watches in force.
    #[must_use]
    pub fn watches(&self) -> Arc<Vec<Watch>> {
        self.watches.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another list in force.
    pub fn replace(&self, watches: Vec<Watch>) {
        *self.watches.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(watches);
    }

    /// Grants a wish.
    pub fn grant<'call>(&'call self, wish: Wish, replies: Replies<'call>) -> Pin<Box<dyn Future<Output = ()> + Send + 'call>> {
        Box::pin(async move {
            let last = match wish {
                Wish::Check { watches, dry_run } => self.check(&watches, dry_run, replies).await,
                other => wishes::grant(self, other),
            };
            replies(last.unwrap_or_else(|error| Reply::Failed(error.to_string())));
        })
    }

    async fn check(&self, ids: &[WatchId], dry_run: bool, replies: Replies<'_>) -> Result<Reply, StoreError> {
        let watches: Vec<Watch> = self.watches().iter().filter(|watch| ids.is_empty() || ids.contains(&watch.id)).cloned().collect();
        if let Some(unknown) = ids.iter().find(|id| !watches.iter().any(|watch| watch.id == **id)) {
            return Ok(Reply::Unknown(format!("there is no watch {unknown} in the watchlist; `fineprint watch list` shows what there is")));
        }
        let total = watches.len();
        let monitor = if dry_run { self.monitor.rehearsing() } else { self.monitor.clone() };
        let mut waiting = watches.into_iter();
        let mut running = tokio::task::JoinSet::new();
        let mut done = 0;
        loop {
            while running.len() < self.concurrency
                && let Some(watch) = waiting.next()
            {
                let monitor = monitor.clone();
                running.spawn(async move { (monitor.check(&watch).await, watch.id) });
            }
            let Some(finished) = running.join_next().await else { return Ok(Reply::Done) };
            done += 1;
            let Ok((checked, watch)) = finished else { continue };
            let checked = checked?;
            if checked.change.is_some() && !dry_run {
                self.mail.notify_one();
            }
            replies(Reply::Progress {
                done,
                total,
                watch,
                result: checked.result,
                change: checked.change.map(Box::new),
                missed: checked.missed,
            });
        }
    }
}
