use super::Clock;
use super::import::Player;
use super::intake::{self, Intake};
use super::parts::{Part, Refused, Taken, Whole, answer, part_number};
use super::turns::Turns;
use super::vitals::Vitals;
use crate::deliver::Deliver;
use crate::fetch::{Fetch, Request};
use crate::model::{Capture, Change, CheckResult, FetchOutcome, Rejection, Settings, Snapshot, Watch, WatchKind, WatchState};
use crate::page::{self, Baseline};
use crate::past::Archive;
use crate::signals::{self, Source};
use crate::store::{Rehearsal, Store, StoreError};
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::Semaphore;

/// Every so many fetches go without validators: a server's 304 is not believed for ever.
const UNCONDITIONAL_EVERY: u64 = 20;

/// The whole way of a check, with the rooms below behind their traits.
#[derive(Debug, Clone)]
pub struct Monitor {
    pub(super) store: Arc<dyn Store>,
    pub(super) fetch: Arc<dyn Fetch>,
    pub(super) deliver: Arc<dyn Deliver>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: Arc<Settings>,
    /// The archive that is being imported, if one is: then nobody is told of anything.
    pub(super) archive: Option<Archive>,
    turns: Arc<Turns>,
    /// As many checks compute at once as there are cores.
    cores: Arc<Semaphore>,
    /// Held while changes are told, so that none is told twice.
    pub(super) telling: Arc<Mutex<()>>,
    /// Held while a subscription is read, altered and written.
    pub(super) people: Arc<Mutex<()>>,
    vitals: Arc<Vitals>,
}

/// What a check found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What came of it.
    pub result: CheckResult,
    /// The confirmed change, where there is one.
    pub change: Option<Change>,
    /// Selectors that matched nothing; the automatic extraction stepped in.
    pub missed: Vec<String>,
    /// Whether others matched nothing at the check before.
    pub missed_anew: bool,
}

impl Checked {
    pub(super) fn plain(result: CheckResult) -> Self {
        Self { result, change: None, missed: Vec::new(), missed_anew: false }
    }
}

impl Monitor {
    /// A monitor over the rooms below.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        fetch: Arc<dyn Fetch>,
        deliver: Arc<dyn Deliver>,
        clock: Arc<dyn Clock>,
        settings: Arc<Settings>,
    ) -> Self {
        Self {
            store,
            fetch,
            deliver,
            clock,
            settings,
            archive: None,
            turns: Arc::default(),
            telling: Arc::default(),
            people: Arc::default(),
            vitals: Arc::default(),
            cores: Arc::new(Semaphore::new(cores())),
        }
    }

    /// The same monitor, taking in what an archive plays instead of what is fetched, at the times of the archive, without a word to
    /// anybody.
    #[must_use]
    pub(super) fn importing(&self, archive: Archive, played: &Arc<Player>) -> Self {
        Self { archive: Some(archive), fetch: played.clone(), clock: played.clone(), ..self.clone() }
    }

    /// The same monitor over a store that keeps nothing of what it is given: for dry runs.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { store: Arc::new(Rehearsal::over(self.store.clone())), vitals: Arc::default(), ..self.clone() }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Whether the signals of the platforms' sites are watched too.
    #[must_use]
    pub fn watches_signals(&self) -> bool {
        self.settings.fetch.signals
    }

    /// What was done since the start, and how it feels.
    #[must_use]
    pub fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// What time it is for this monitor.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Checks one watch: fetches its pages, judges, compares, and commits what came of it, the mails it causes included. A second check
    /// of the same watch waits for the first.
    ///
    /// # Errors
    /// When the store refuses; a failing site is no error.
    pub async fn check(&self, watch: &Watch) -> Result<Checked, StoreError> {
        let _turn = self.turns.take(&watch.id).await;
        let began = Instant::now();
        let checked = self.check_in_turn(watch).await;
        self.vitals.checked(checked.as_ref().ok().map(|checked| &checked.result), began.elapsed());
        checked
    }

    async fn check_in_turn(&self, watch: &Watch) -> Result<Checked, StoreError> {
        let state = self.store.state(&watch.id)?;
        if !watch.needs_browser
            && let Some(checked) = self.check_once(watch, &state, false).await?
        {
            return Ok(checked);
        }
        // A page that shows no text is asked for once more, with a browser.
        let checked = self.check_once(watch, &state, true).await?;
        checked.ok_or_else(|| StoreError::Io("a page was asked for twice, and neither answer counted".to_owned()))
    }

    /// Fetches all pages of a document and takes them in; `None` where they show no text, and a browser may show it.
    async fn check_once(&self, watch: &Watch, state: &WatchState, render: bool) -> Result<Option<Checked>, StoreError> {
        let mut parts = Vec::with_capacity(watch.urls.len());
        for (index, url) in watch.urls.iter().enumerate() {
            let request = Request { render, ..self.request(watch, state, index, url)? };
            parts.push(self.fetch_part(&request).await);
        }
        if let Some(request) = self.licence(watch, state, &parts)? {
            parts.push(self.fetch_part(&request).await);
        }
        let last = render || !self.fetch.renders();
        let (this, watch, state) = (self.clone(), watch.clone(), state.clone());
        if is_quiet(&state, parts.len()) && parts.iter().enumerate().all(|(index, part)| part.is_known(&state, index)) {
            // Nothing to compute: such checks wait for the disk together.
            return blocking(move || this.keep_bytes(&watch, this.with_validators(state, &parts)).map(Some)).await;
        }
        // Pages wait for a core as bytes: as trees they take fifty times as much.
        let Ok(_core) = self.cores.acquire().await else { return Err(StoreError::Io("the checks were stopped".to_owned())) };
        blocking(move || this.take_in(&watch, state, parts, last)).await
    }

    async fn fetch_part(&self, request: &Request) -> Part {
        match self.fetch.fetch(request).await {
            FetchOutcome::Answered(capture) => Part::Fetched(capture),
            FetchOutcome::NotModified => Part::Same,
            FetchOutcome::Failed(failure) => Part::Failed(Rejection::Unreachable(failure.reason)),
        }
    }

    /// The one file of signals whose address stands in the others.
    fn licence(&self, watch: &Watch, state: &WatchState, parts: &[Part]) -> Result<Option<Request>, StoreError> {
        if watch.kind != WatchKind::Signals {
            return Ok(None);
        }
        let gists: Vec<(&str, Cow<'_, [u8]>)> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Fetched(capture) if signals::served(capture).is_ok() => Some((capture.url.as_str(), signals::gist(capture))),
                _ => None,
            })
            .collect();
        let sources: Vec<Source<'_>> = gists.iter().map(|(url, body)| Source { url, body }).collect();
        signals::licence(&sources).map(|url| self.request(watch, state, parts.len(), &url)).transpose()
    }

    /// What was fetched becomes a decision and a commit; `None` where it shows no text, and it is not the last attempt.
    fn take_in(&self, watch: &Watch, state: WatchState, parts: Vec<Part>, last: bool) -> Result<Option<Checked>, StoreError> {
        if let [Part::Fetched(capture)] = &parts[..]
            && let Some(rejection) = intake::rejected_before(watch, &state, capture).filter(|rejection| last || !is_empty(rejection))
        {
            return self.reject(watch, state, &[Some(capture.as_ref().clone())], rejection).map(Some);
        }
        match self.read_parts(watch, &state, parts)? {
            Ok(whole) => self.weigh(watch, state, whole).map(Some),
            Err(Refused { rejection, .. }) if !last && is_empty(&rejection) => Ok(None),
            Err(Refused { rejection, captures }) => self.reject(watch, state, &captures, rejection).map(Some),
        }
    }

    /// A page that could be the document is held against the accepted one.
    fn weigh(&self, watch: &Watch, state: WatchState, whole: Whole) -> Result<Checked, StoreError> {
        let accepted = intake::accepted(self.store.as_ref(), watch, &state)?;
        let Whole { parts, page, is_new } = whole;
        let baseline = Baseline { document: accepted.as_ref(), language: watch.language.as_deref() };
        let judged = parts.first().filter(|_| watch.kind == WatchKind::Document);
        let rejection = judged.and_then(|part| page::judge(answer(&part.capture), &page, baseline).rejection());
        let doubt = match rejection {
            Some(rejection) if !(rejection.may_be_real() && accepted.is_some()) => {
                let captures: Vec<Option<Capture>> = parts.into_iter().map(|part| part.kept.is_none().then_some(part.capture)).collect();
                return self.reject(watch, state, &captures, rejection);
            }
            doubt => doubt,
        };
        let is_another = is_new || self.is_made_of_others(watch, &state, &parts)?;
        let intake = Intake { watch, state, parts, fingerprint: crate::text::document_fingerprint(&page.document), page, doubt };
        match accepted {
            None => self.first(&intake),
            Some(_) if is_another => self.first(&intake),
            // What an archive read off the pages is not what this program reads off them.
            Some(_) if self.archive.is_none() && self.is_after_foreign_text(watch, intake.state.version)? => self.first(&intake),
            Some(accepted) => self.decide(intake, &accepted),
        }
    }

    /// Whether the operator added or took away a page, which is no change of the platform's; sites that say something to machines must also
    /// be the same sites.
    fn is_made_of_others(&self, watch: &Watch, state: &WatchState, parts: &[Taken]) -> Result<bool, StoreError> {
        match watch.kind {
            // A page seen from elsewhere is another page.
            WatchKind::Document | WatchKind::Index if self.is_seen_from_elsewhere(watch)? => Ok(true),
            WatchKind::Document | WatchKind::Index => Ok(state.parts.len() != parts.len() && !state.parts.is_empty()),
            WatchKind::Signals => {
                for index in 0..watch.urls.len() {
                    let before = self.store.latest_snapshot(&watch.id, part_number(index))?;
                    if before.is_none_or(|snapshot| snapshot.url != watch.urls[index]) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn is_seen_from_elsewhere(&self, watch: &Watch) -> Result<bool, StoreError> {
        let before = self.last_good_record(watch, 0)?;
        Ok(self.archive.is_none() && before.is_some_and(|before| before.vantage() != self.settings.fetch.vantage()))
    }

    /// The request for a page; the validators of another URL than today's are not sent.
    fn request(&self, watch: &Watch, state: &WatchState, index: usize, url: &str) -> Result<Request, StoreError> {
        let troubled = state.troubles.get(index).is_some_and(Option::is_some);
        // The headers of a page are signals too, and a 304 may come without them.
        let whole = watch.kind == WatchKind::Signals && url.ends_with('/');
        let unconditional = state.checks % UNCONDITIONAL_EVERY == UNCONDITIONAL_EVERY - 1 || state.rejection.is_some() || troubled || whole;
        let same_page = |snapshot: Snapshot| snapshot.url == url && snapshot.vantage() == self.settings.fetch.vantage();
        let same_url = self.store.latest_snapshot(&watch.id, part_number(index))?.is_some_and(same_page);
        let validators = state.parts.get(index).map(|(validators, _)| validators.clone()).filter(|_| same_url && !unconditional);
        // Where robots may not go is asked of the file itself.
        let ignore_robots = watch.ignore_robots || (watch.kind == WatchKind::Signals && url.ends_with("/robots.txt"));
        Ok(Request { url: url.to_owned(), validators, language: watch.language.clone(), ignore_robots, render: false })
    }
}

/// Whether the same bytes as before would say the same as before.
fn is_quiet(state: &WatchState, parts: usize) -> bool {
    state.version > 0 && state.rejection.is_none() && state.held.is_none() && parts == state.parts.len()
}

/// Whether a browser may show more.
fn is_empty(rejection: &Rejection) -> bool {
    matches!(rejection, Rejection::Empty(_))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Runs what computes and what waits for the disk off the threads that wait for the network.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => Err(StoreError::Io(format!("a check ended unexpectedly: {failed}"))),
    }
}
