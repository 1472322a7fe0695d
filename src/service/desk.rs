use super::derived::with_derived;
use super::wishes;
use crate::model::{
    Change, ChangeId, CheckRecord, CheckResult, Document, Keep, OutboxEntry, Promise, Subscription, SubscriptionId, Version, Wanted, Watch,
    WatchId, WatchState,
};
use crate::monitor::Monitor;
use crate::store::{Share, StoreError};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};
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
    /// The accepted text of a watch, with what its platform's sites tell machines.
    Text(WatchId),
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
    /// Everything that is kept, as the lines of an export.
    Export,
    /// What a rule would drop if the store were made smaller now.
    Surplus(Keep),
    /// Read the watchlist again.
    Reload,
}

/// What the desk answers; long work sends several, the last of which is never [`Reply::Progress`] or [`Reply::Line`].
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
    /// A text.
    Text {
        /// The accepted text of the watch.
        document: Box<Document>,
        /// The signals of its platform's sites, where they were read.
        signals: Option<Box<Document>>,
    },
    /// Subscriptions.
    Subscriptions(Vec<Subscription>),
    /// The subscription that was made.
    Subscribed(SubscriptionId),
    /// How many subscriptions were forgotten.
    Unsubscribed(usize),
    /// Mails.
    Outbox(Vec<OutboxEntry>),
    /// A line of an export; the last reply is another.
    Line(String),
    /// How many bodies would be dropped.
    Surplus(Share),
    /// Problems, a line each.
    Problems(Vec<String>),
}

/// Where wishes are granted: a monitor and the watches in force.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The monitor.
    pub monitor: Monitor,
    watches: Arc<RwLock<Arc<Vec<Watch>>>>,
    /// Where the watches stand in the list, in the order of their ids: a map would hold every id a second time.
    places: Arc<RwLock<Vec<u32>>>,
    promises: Arc<RwLock<Arc<Vec<Promise>>>>,
    /// How many checks one wish runs at once.
    concurrency: usize,
    /// Told when somebody wishes the watchlist to be read again.
    pub(super) reload: Arc<Notify>,
    /// Told when there may be mail to send.
    pub(super) mail: Arc<Notify>,
}

/// The host by which a watch waits for its turn: that of its first page.
pub(super) fn host_of(watch: &Watch) -> String {
    let url = watch.urls.first().map_or("", String::as_str);
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Takes the replies to a wish as they come.
pub(super) type Replies<'call> = &'call mut (dyn FnMut(Reply) + Send);

impl Desk {
    /// A desk over a monitor, with the watches of a list and those that follow from them.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn new(monitor: Monitor, listed: Vec<Watch>, concurrency: usize) -> Result<Self, StoreError> {
        let desk = Self {
            monitor,
            watches: Arc::default(),
            places: Arc::default(),
            promises: Arc::default(),
            concurrency: concurrency.max(1),
            reload: Arc::default(),
            mail: Arc::default(),
        };
        desk.replace(listed)?;
        Ok(desk)
    }

    /// The watches in force.
    #[must_use]
    pub fn watches(&self) -> Arc<Vec<Watch>> {
        self.watches.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A watch in force, by its id.
    pub(super) fn find(&self, id: &WatchId) -> Option<Watch> {
        let watches = self.watches();
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let at = |place: u32| watches.get(place as usize);
        let found = places.binary_search_by(|place| at(*place).map_or(Ordering::Less, |watch| watch.id.cmp(id))).ok()?;
        at(places[found]).cloned()
    }

    /// What platforms promised.
    #[must_use]
    pub fn promises(&self) -> Arc<Vec<Promise>> {
        self.promises.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other promises in force.
    pub fn promise(&self, promises: Vec<Promise>) {
        *self.promises.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(promises);
    }

    /// Puts another list in force, with the watches that follow from it.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn replace(&self, listed: Vec<Watch>) -> Result<(), StoreError> {
        let watches = with_derived(listed, self.monitor.watches_signals(), self.monitor.store().as_ref())?;
        let mut places: Vec<u32> = (0..).take(watches.len()).collect();
        places.sort_unstable_by(|one, other| watches[*one as usize].id.cmp(&watches[*other as usize].id));
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = places;
        *self.watches.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(watches);
        Ok(())
    }

    /// Grants a wish.
    pub fn grant<'call>(&'call self, wish: Wish, replies: Replies<'call>) -> Pin<Box<dyn Future<Output = ()> + Send + 'call>> {
        Box::pin(async move {
            let last = match wish {
                Wish::Check { watches, dry_run } => self.check(&watches, dry_run, replies).await,
                Wish::Export => self.export(replies),
                other => wishes::grant(self, other),
            };
            replies(last.unwrap_or_else(|error| Reply::Failed(error.to_string())));
        })
    }

    /// Exports to whoever takes the lines as they come; the control socket has a way of its own, since its callers may be slow.
    fn export(&self, replies: Replies<'_>) -> Result<Reply, StoreError> {
        self.monitor.store().export(&mut |line| {
            replies(Reply::Line(line));
            Ok(())
        })?;
        Ok(Reply::Done)
    }

    async fn check(&self, ids: &[WatchId], dry_run: bool, replies: Replies<'_>) -> Result<Reply, StoreError> {
        let watches: Vec<Watch> = self.watches().iter().filter(|watch| ids.is_empty() || ids.contains(&watch.id)).cloned().collect();
        if let Some(unknown) = ids.iter().find(|id| !watches.iter().any(|watch| watch.id == **id)) {
            return Ok(Reply::Unknown(format!("there is no watch {unknown} in the watchlist; `fineprint watch list` shows what there is")));
        }
        let total = watches.len();
        let monitor = if dry_run { self.monitor.rehearsing() } else { self.monitor.clone() };
        let mut waiting = VecDeque::from(watches);
        let mut hosts: HashSet<String> = HashSet::new();
        let mut running = tokio::task::JoinSet::new();
        let mut done = 0;
        loop {
            // A second check of a host would only wait for the first, in a place that others need.
            while running.len() < self.concurrency
                && let Some(next) = waiting.iter().position(|watch| !hosts.contains(&host_of(watch)))
                && let Some(watch) = waiting.remove(next)
            {
                let (monitor, host) = (monitor.clone(), host_of(&watch));
                hosts.insert(host.clone());
                running.spawn(async move { (monitor.check(&watch).await, watch.id, host) });
            }
            let Some(finished) = running.join_next().await else {
                if !dry_run {
                    self.monitor.look_at_promises(&self.promises())?;
                }
                return Ok(Reply::Done);
            };
            done += 1;
            let (checked, watch, host) = match finished {
                Ok(finished) => finished,
                Err(failed) => return Err(StoreError::Io(format!("a check ended unexpectedly: {failed}"))),
            };
            hosts.remove(&host);
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
