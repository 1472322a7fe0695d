use super::Clock;
use super::intake::{self, Intake};
use super::turns::Turns;
use super::vitals::Vitals;
use crate::deliver::Deliver;
use crate::fetch::{Fetch, Request};
use crate::model::{Capture, Change, CheckResult, FetchOutcome, Rejection, Settings, Watch, WatchState};
use crate::page::{self, Answer, Baseline, Page, Rules};
use crate::store::{Rehearsal, Store, StoreError};
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use std::time::Instant;

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
    turns: Arc<Turns>,
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

/// One page of a document as it was fetched.
enum Part {
    /// A body.
    Fetched(Box<Capture>),
    /// 304: what the store has is still right.
    Same,
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
        Self { store, fetch, deliver, clock, settings, turns: Arc::default(), people: Arc::default(), vitals: Arc::default() }
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
        let mut failed = None;
        for (index, url) in watch.urls.iter().enumerate() {
            let request = Request { render, ..self.request(watch, state, index, url)? };
            match self.fetch.fetch(&request).await {
                FetchOutcome::Answered(capture) => parts.push(Part::Fetched(capture)),
                FetchOutcome::NotModified => parts.push(Part::Same),
                FetchOutcome::Failed(failure) => {
                    failed = Some(Rejection::Unreachable(failure.reason));
                    break;
                }
            }
        }
        let last = render || !self.fetch.renders();
        let (this, watch, state) = (self.clone(), watch.clone(), state.clone());
        blocking(move || match failed {
            Some(rejection) => this.reject(&watch, state, &[], rejection).map(Some),
            None => this.take_in(&watch, state, parts, last),
        })
        .await
    }

    /// What was fetched becomes a decision and a commit; `None` where it shows no text, and it is not the last attempt.
    fn take_in(&self, watch: &Watch, state: WatchState, parts: Vec<Part>, last: bool) -> Result<Option<Checked>, StoreError> {
        if state.version > 0 && state.rejection.is_none() && state.held.is_none() && same_bytes(&state, &parts) {
            return self.keep_bytes(watch, state).map(Some);
        }
        let mut captures = Vec::with_capacity(parts.len());
        for (index, part) in parts.into_iter().enumerate() {
            match part {
                Part::Fetched(capture) => captures.push(*capture),
                Part::Same => {
                    let Some(capture) = self.stored_capture(watch, index)? else {
                        let reason = "the server says that nothing changed since a fetch that is not in the store".to_owned();
                        return self.reject(watch, state, &captures, Rejection::Unreachable(reason)).map(Some);
                    };
                    captures.push(capture);
                }
            }
        }
        match read_pages(watch, &captures) {
            Ok(page) => self.weigh(watch, state, captures, page).map(Some),
            Err(Rejection::Empty(_)) if !last => Ok(None),
            Err(rejection) => self.reject(watch, state, &captures, rejection).map(Some),
        }
    }

    /// A page that could be the document is held against the accepted one.
    fn weigh(&self, watch: &Watch, state: WatchState, captures: Vec<Capture>, page: Page) -> Result<Checked, StoreError> {
        let accepted = intake::accepted(self.store.as_ref(), watch, &state)?;
        let baseline = Baseline { document: accepted.as_ref(), language: watch.language.as_deref() };
        let rejection = captures.first().and_then(|capture| page::judge(answer(capture), &page, baseline).rejection());
        let doubt = match rejection {
            Some(rejection) if !(rejection.may_be_real() && accepted.is_some()) => return self.reject(watch, state, &captures, rejection),
            doubt => doubt,
        };
        let intake = Intake { watch, state, captures, fingerprint: crate::text::document_fingerprint(&page.document), page, doubt };
        match accepted {
            None => self.first(&intake),
            // The operator added or took away a page: that is no change of the platform's.
            Some(_) if intake.state.parts.len() != watch.urls.len() && !intake.state.parts.is_empty() => self.first(&intake),
            Some(accepted) => self.decide(intake, &accepted),
        }
    }

    /// The request for a page; the validators of another URL than today's are not sent.
    fn request(&self, watch: &Watch, state: &WatchState, index: usize, url: &str) -> Result<Request, StoreError> {
        let unconditional = state.checks % UNCONDITIONAL_EVERY == UNCONDITIONAL_EVERY - 1 || state.rejection.is_some();
        let part = u32::try_from(index).unwrap_or(u32::MAX);
        let same_url = self.store.latest_snapshot(&watch.id, part)?.is_some_and(|snapshot| snapshot.url == url);
        let validators = state.parts.get(index).map(|(validators, _)| validators.clone()).filter(|_| same_url && !unconditional);
        Ok(Request { url: url.to_owned(), validators, language: watch.language.clone(), ignore_robots: watch.ignore_robots, render: false })
    }

    /// The stored body of a page that the server says has not changed.
    fn stored_capture(&self, watch: &Watch, index: usize) -> Result<Option<Capture>, StoreError> {
        let part = u32::try_from(index).unwrap_or(u32::MAX);
        let Some(snapshot) = self.store.latest_snapshot(&watch.id, part)? else { return Ok(None) };
        let Some(body) = self.store.body(&watch.id, part, snapshot.number)? else { return Ok(None) };
        Ok(Some(Capture {
            url: snapshot.url,
            redirects: snapshot.redirects,
            fetched: self.clock.now(),
            status: snapshot.status,
            headers: snapshot.headers,
            body,
        }))
    }
}

fn same_bytes(state: &WatchState, parts: &[Part]) -> bool {
    parts.iter().enumerate().all(|(index, part)| match part {
        Part::Same => true,
        Part::Fetched(capture) => {
            (200..300).contains(&capture.status) && state.parts.get(index).is_some_and(|(_, digest)| *digest == capture.digest())
        }
    })
}

fn answer(capture: &Capture) -> Answer<'_> {
    Answer { status: capture.status, url: &capture.url, final_url: capture.final_url(), headers: &capture.headers }
}

/// The document of all pages, each of which must be one. A part of several may be short.
fn read_pages(watch: &Watch, captures: &[Capture]) -> Result<Page, Rejection> {
    let mut pages = Vec::with_capacity(captures.len());
    for capture in captures {
        let read = page::read(&capture.body, capture.header("content-type"), Rules { select: &watch.select, remove: &watch.remove });
        let page = match read {
            Ok(page) => page,
            Err(_) if !(200..300).contains(&capture.status) => return Err(Rejection::Status(capture.status)),
            Err(rejection) => return Err(rejection),
        };
        match page::judge(answer(capture), &page, Baseline::default()).rejection() {
            None => pages.push(page),
            Some(Rejection::Empty(words)) if watch.urls.len() > 1 && words > 0 => pages.push(page),
            Some(rejection) => return Err(rejection),
        }
    }
    Ok(page::join(pages))
}

/// Runs what computes and what waits for the disk off the threads that wait for the network.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => Err(StoreError::Io(format!("a check ended unexpectedly: {failed}"))),
    }
}
