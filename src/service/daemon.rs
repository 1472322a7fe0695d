use super::control::{Control, ControlError};
use super::desk::{Desk, host_of};
use super::setup::{Setup, WatchlistSource, read_watchlist};
use super::systemd::Systemd;
use crate::model::{CheckResult, Settings, Watch, WatchId, WatchKind};
use crate::monitor::{Checked, Concern, Monitor, Tick, TickError};
use crate::store::{Commit, StoreError};
use crate::watchlist::Watchlist;
use crate::web::{self, Health, Site};
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often the due-queue is looked at, as a cron expression with seconds.
const TICK: &str = "*/2 * * * * *";
/// How long running checks and deliveries may take to end at shutdown; systemd waits 90 s.
const GRACE: Duration = Duration::from_mins(1);
/// New watches are first fetched so far apart, so that a new list does not fetch everything at once.
const FIRST_FETCHES_APART: Duration = Duration::from_secs(2);
/// So many of the due watches are looked at beyond those that can start: many of one host wait behind each other, and others pass them.
const LOOKED_AHEAD: usize = 1_000;
/// How many watches are put into the queue in one commit.
const PLANNED_AT_ONCE: usize = 2_000;
/// How often the operator's worries are looked for, and how many rounds lie between two close looks: a day.
const LOOK_EVERY: Duration = Duration::from_mins(10);
const CLOSELY_EVERY: u64 = 144;
/// How long pages that are under way may take at shutdown.
const LAST_PAGES: Duration = Duration::from_secs(5);
/// From so many failures in a row on, a failing watch is worth a warning.
const WORTH_A_WARNING: u32 = 3;

/// Why the daemon ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The control socket could not be opened.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The scheduler could not be started.
    #[error(transparent)]
    Tick(#[from] TickError),
    /// An address that the operator chose can't be had.
    #[error("nothing can be served at {address}: {reason}; choose another with [{table}] listen")]
    Listen {
        /// The table of the settings that names it.
        table: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why.
        reason: std::io::Error,
    },
    /// A signal handler could not be set.
    #[error("signals can't be received: {0}")]
    Signal(#[from] std::io::Error),
}

/// Runs the daemon over an open monitor until `shutdown`: checks what is due, delivers, answers the control socket, reads the watchlist
/// again when it changes, on SIGHUP and when asked to.
///
/// # Errors
/// When it can't start, or the store can't be read any more.
pub async fn run(setup: Setup, monitor: Monitor, shutdown: impl Future<Output = ()>) -> Result<(), DaemonError> {
    let control = Control::open(&setup.state)?;
    let desk = Desk::new(monitor, setup.watches, setup.settings.fetch.concurrency)?;
    desk.promise(setup.promises);
    let mut daemon = Daemon::new(setup.settings, setup.source, desk);
    daemon.plan()?;
    let wake = Arc::new(Notify::new());
    let tick = Tick::start(TICK, wake.clone()).await?;
    let delivering = daemon.tasks.spawn(deliver(daemon.desk.clone(), daemon.stop.clone()));
    daemon.tasks.spawn(look_after(daemon.desk.clone(), daemon.stop.clone()));
    daemon.open_ports().await?;
    let mut hangup = signal(SignalKind::hangup())?;
    let reload = daemon.desk.reload.clone();
    daemon.systemd.ready(&format!("watching {} documents", daemon.desk.watches().len()));
    tracing::info!(watches = daemon.desk.watches().len(), "fineprint is watching");
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = wake.notified() => daemon.beat()?,
            () = reload.notified() => daemon.reload(),
            _ = hangup.recv() => daemon.reload(),
            () = control.serve(&daemon.desk) => {}
            () = &mut shutdown => break,
        }
    }
    daemon.systemd.stopping();
    tick.stop().await;
    daemon.wind_down().await;
    drop(delivering);
    Ok(())
}

struct Daemon {
    settings: Settings,
    source: WatchlistSource,
    desk: Desk,
    systemd: Systemd,
    /// Watches whose check is running, with their hosts: one that takes long is not started twice, and a second of a host would only wait
    /// for the first, in a place that others need.
    running: Arc<Mutex<HashMap<WatchId, String>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// When the watchlist was last written, to see that it was written again.
    written: Option<SystemTime>,
}

impl Daemon {
    fn new(settings: Settings, source: WatchlistSource, desk: Desk) -> Self {
        let written = written(&source);
        Self {
            settings,
            source,
            desk,
            systemd: Systemd::new(),
            running: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            written,
        }
    }

    /// Opens the web pages, and the port that says how the daemon is.
    async fn open_ports(&self) -> Result<(), DaemonError> {
        let (web, health) = (&self.settings.web, &self.settings.health);
        if let Some(listener) = listen("web", "the pages are", web.listen, web.chosen).await? {
            let site = Site::new(self.desk.monitor.clone(), self.settings.clone(), self.list(), self.desk.mail.clone());
            self.serve(web::serve(listener, site, self.stop.clone().cancelled_owned()));
        }
        if let Some(listener) = listen("health", "/healthz and /metrics are", health.listen, health.chosen).await? {
            let health = Health::new(self.desk.monitor.clone(), self.list());
            self.serve(web::serve_health(listener, health, self.stop.clone().cancelled_owned()));
        }
        Ok(())
    }

    /// The watches in force, whenever somebody asks.
    fn list(&self) -> Arc<dyn Fn() -> Arc<Vec<Watch>> + Send + Sync> {
        let desk = self.desk.clone();
        Arc::new(move || desk.watches())
    }

    fn serve(&self, serving: impl Future<Output = ()> + Send + 'static) {
        let stopped = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = serving => {}
                // A reader who keeps a connection open does not keep the daemon.
                () = async move { stopped.cancelled().await; tokio::time::sleep(LAST_PAGES).await } => {}
            }
        });
    }

    /// One beat of the scheduler: the watchdog is fed, what is due is started, mail is sent, an edited watchlist is read.
    fn beat(&mut self) -> Result<(), StoreError> {
        self.systemd.alive();
        self.desk.monitor.vitals().beat();
        if written(&self.source) != self.written {
            self.reload();
        }
        self.start_due()?;
        self.desk.mail.notify_one();
        Ok(())
    }

    fn start_due(&self) -> Result<(), StoreError> {
        // The number is taken out first: a guard in the head of the loop below would live through it, and `start` locks too.
        let running = self.running().len();
        let free = self.settings.fetch.concurrency.saturating_sub(running);
        if free == 0 {
            return Ok(());
        }
        let store = self.desk.monitor.store();
        let mut started = 0;
        for (_, id) in store.due(self.desk.monitor.now(), free + running + LOOKED_AHEAD)? {
            match self.desk.find(&id) {
                Some(watch) => started += usize::from(self.start(watch)),
                None => store.commit(Commit { due: vec![(id, None)], ..Commit::default() })?,
            }
            if started == free {
                break;
            }
        }
        Ok(())
    }

    /// Starts the check of a watch, unless it or another of its host is running.
    fn start(&self, watch: Watch) -> bool {
        let host = host_of(&watch);
        {
            let mut running = self.running();
            if running.contains_key(&watch.id) || running.values().any(|other| *other == host) {
                return false;
            }
            running.insert(watch.id.clone(), host);
        }
        let (desk, running) = (self.desk.clone(), self.running.clone());
        self.tasks.spawn(async move {
            let checked = desk.monitor.check(&watch).await;
            running.lock().unwrap_or_else(PoisonError::into_inner).remove(&watch.id);
            // What an index lists is watched from now on.
            let lists_others = |checked: &Checked| matches!(checked.result, CheckResult::First | CheckResult::Changed(_));
            if watch.kind == WatchKind::Index && checked.as_ref().is_ok_and(lists_others) {
                desk.reload.notify_one();
            }
            report(&desk, &watch.id, checked);
        });
        true
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<WatchId, String>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the watchlist again; a broken edit is reported and the last good one stays in force.
    fn reload(&mut self) {
        self.systemd.reloading();
        self.written = written(&self.source);
        match read_watchlist(&self.source) {
            Ok(Watchlist { watches, promises, .. }) => {
                tracing::info!(watches = watches.len(), "the watchlist was read again");
                self.desk.promise(promises);
                self.desk.monitor.vitals().set_broken(None);
                if let Err(error) = self.desk.replace(watches).and_then(|()| self.plan()) {
                    tracing::error!("the due-queue could not be brought up to date: {error}");
                }
            }
            Err(error) => {
                let problems = error.to_string().replace('\n', "; ");
                tracing::error!("the watchlist has problems, the last good one stays in force: {problems}");
                self.desk.monitor.vitals().set_broken(Some(error.to_string()));
            }
        }
        self.systemd.ready(&format!("watching {} documents", self.desk.watches().len()));
    }

    /// Brings the due-queue in line with the list: new watches are due one after another, those that left the list leave the queue.
    /// What became due while the daemon was away is due now, once.
    fn plan(&self) -> Result<(), StoreError> {
        let store = self.desk.monitor.store();
        let watches = self.desk.watches();
        let listed: HashSet<&WatchId> = watches.iter().map(|watch| &watch.id).collect();
        let queued: HashSet<WatchId> = store.queued()?.into_iter().map(|(_, id)| id).collect();
        let mut due: Vec<_> = queued.iter().filter(|id| !listed.contains(id)).map(|id| (id.clone(), None)).collect();
        let mut at = self.desk.monitor.now();
        for watch in watches.iter().filter(|watch| !queued.contains(&watch.id)) {
            due.push((watch.id.clone(), Some(at)));
            at = at.checked_add(FIRST_FETCHES_APART).unwrap_or(at);
        }
        // Each commit is held in memory as a whole: 100,000 new watches in one took a gigabyte.
        due.chunks(PLANNED_AT_ONCE).try_for_each(|due| store.commit(Commit { due: due.to_vec(), ..Commit::default() }))
    }

    /// Lets what runs come to its end.
    async fn wind_down(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            tracing::warn!("some checks did not end in time; they will be done again at the next start");
        }
        tracing::info!("fineprint has stopped");
    }
}

/// A port of the settings' `[table]`. Where another program has one that nobody asked for, the daemon does without it.
async fn listen(table: &'static str, what: &str, address: Option<SocketAddr>, chosen: bool) -> Result<Option<TcpListener>, DaemonError> {
    let Some(address) = address else { return Ok(None) };
    match TcpListener::bind(address).await {
        Ok(listener) => {
            tracing::info!(%address, "{what} at http://{address}/");
            Ok(Some(listener))
        }
        Err(reason) if chosen => Err(DaemonError::Listen { table, address, reason }),
        Err(reason) => {
            tracing::warn!(%address, "a port can't be had, {reason}; choose another with [{table}] listen, or \"off\"");
            Ok(None)
        }
    }
}

fn written(source: &WatchlistSource) -> Option<SystemTime> {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    match source {
        WatchlistSource::File(path) => modified(path),
        WatchlistSource::Shipped => None,
    }
}

/// One line for what a check found; a failing site is told of once it keeps failing.
fn report(desk: &Desk, watch: &WatchId, checked: Result<Checked, StoreError>) {
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return tracing::error!(%watch, "a check could not be recorded: {error}"),
    };
    match checked.result {
        CheckResult::Rejected(rejection) => {
            let failures = desk.monitor.store().state(watch).map_or(0, |state| state.failures);
            if failures == WORTH_A_WARNING {
                tracing::warn!(%watch, failures, reason = rejection.code(), "{rejection}");
            } else {
                tracing::info!(%watch, failures, reason = rejection.code(), "{rejection}");
            }
        }
        CheckResult::Changed(id) => {
            let events = checked.change.map_or(0, |change| change.events.len());
            tracing::info!(%watch, change = id.0, events, "a change was confirmed");
            desk.mail.notify_one();
        }
        CheckResult::Held => tracing::info!(%watch, "a difference was seen and waits for its second sighting"),
        CheckResult::First => tracing::info!(%watch, "the first version was stored"),
        CheckResult::Unchanged | CheckResult::Variant | CheckResult::Flap => tracing::debug!(%watch, "nothing new"),
    }
    // Said once, and in `watch list` and `doctor` for as long as it lasts.
    if !checked.missed.is_empty() && checked.missed_anew {
        tracing::warn!(%watch, "selectors match nothing any more, the text was found without them: {}", checked.missed.join(", "));
    }
}

/// Looks every ten minutes at what the operator should see to, and every day at what takes longer to see.
async fn look_after(desk: Desk, stop: CancellationToken) {
    let mut rounds = 0u64;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let others = desk.monitor.vitals().broken().map(|problem| Concern {
            key: "watchlist".to_owned(),
            what: format!("The watchlist can't be read, and the last good one is in force: {problem}"),
            advice: "Mend it; it is read again when it is saved.".to_owned(),
        });
        let (desk, closely) = (desk.clone(), rounds.is_multiple_of(CLOSELY_EVERY));
        rounds += 1;
        let looked = tokio::task::spawn_blocking(move || {
            let watches = desk.watches();
            desk.monitor.look_after(&watches, others.into_iter().collect())?;
            desk.monitor.look_at_promises(&desk.promises())?;
            if closely {
                desk.monitor.look_closely(&watches)?;
            }
            desk.mail.notify_one();
            Ok::<_, StoreError>(())
        });
        match looked.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!("the store could not be looked through: {error}"),
            Err(failed) => tracing::error!("looking after the watches failed: {failed}"),
        }
    }
}

/// Puts digests into the outbox and delivers whenever there may be mail, one turn at a time.
async fn deliver(desk: Desk, stop: CancellationToken) {
    let mut digests_at = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = desk.mail.notified() => {}
        }
        let minute = desk.monitor.now().as_second() / 60;
        if digests_at.replace(minute) != Some(minute) {
            let monitor = desk.monitor.clone();
            match tokio::task::spawn_blocking(move || monitor.digests_due()).await {
                Ok(Ok(0)) => {}
                Ok(Ok(digests)) => tracing::info!(digests, "digests were written"),
                Ok(Err(error)) => tracing::error!("digests could not be written: {error}"),
                Err(failed) => tracing::error!("writing digests failed: {failed}"),
            }
        }
        match desk.monitor.deliver_while(|| !stop.is_cancelled()).await {
            Ok(delivered) if delivered.sent + delivered.postponed + delivered.refused > 0 => {
                tracing::info!(sent = delivered.sent, postponed = delivered.postponed, refused = delivered.refused, "mail was delivered");
            }
            Ok(_) => {}
            Err(error) => tracing::error!("the outbox could not be read or written: {error}"),
        }
    }
}
