//! A history that others kept, taken in as if it had been watched.

use super::Clock;
use super::check::{Checked, Monitor};
use crate::fetch::{Fetch, Request};
use crate::model::{Capture, CheckResult, Failure, FetchOutcome, Watch};
use crate::past::{DatedPage, Past, PastError};
use crate::store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// For how long after its date a page of an archive is taken to have stood, unless the next one came sooner: longer than any text must
/// stay before it is believed.
const STOOD: SignedDuration = SignedDuration::from_hours(72);

/// Why a history could not be taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive can't be read.
    #[error(transparent)]
    Past(#[from] PastError),
    /// It does not fit to what is stored.
    #[error("{0}")]
    Refused(String),
}

/// What was taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Pages that went the way of a check.
    pub taken: usize,
    /// Pages that were taken in before.
    pub known: usize,
    /// Pages with a date that is still to come.
    pub future: usize,
    /// Pages that could not be read.
    pub unread: usize,
}

/// Up to where a history was taken in before.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Timestamp,
    /// Whether the last page still waits to be believed.
    held: bool,
}

impl Monitor {
    /// Plays an archive to the ordinary check, page by page, each in a commit of its own, at the times of the archive and without a
    /// word to anybody. Called again, it goes on where it was interrupted.
    ///
    /// # Errors
    /// When the store refuses, or the watch has a history of its own that began later.
    pub async fn import(
        &self,
        watch: &Watch,
        past: &Past,
        each: &mut (dyn FnMut(&DatedPage, &Checked) + Send),
    ) -> Result<Imported, ImportError> {
        if watch.urls.len() > 1 && !past.archive.knows_addresses() {
            let what = format!("{} has {} pages, and {} does not tell them apart", watch.id, watch.urls.len(), past.archive.name());
            return Err(ImportError::Refused(format!("{what}; import a WARC file, or watch each page as a document of its own")));
        }
        let mark = self.mark(watch, past)?;
        let player = Arc::new(Player::default());
        let monitor = self.importing(past.archive, &player);
        let now = self.now();
        let mut shown: Vec<Option<Capture>> = vec![None; watch.urls.len()];
        let mut imported = Imported::default();
        for (index, page) in past.pages.iter().enumerate() {
            let is_known = mark.is_some_and(|mark| page.at < mark.at || (page.at == mark.at && !mark.held));
            if page.at > now {
                imported.future += 1;
                continue;
            }
            imported.known += usize::from(is_known);
            if is_known && shown.len() == 1 {
                continue;
            }
            match past.body(page).await {
                Ok(body) => show(&mut shown, watch, page, body),
                Err(PastError::TooLong { .. }) => {
                    imported.unread += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            let Some(pages) = shown.iter().cloned().collect::<Option<Vec<Capture>>>().filter(|_| !is_known) else { continue };
            let next = past.pages.get(index + 1).map_or(now, |next| next.at.min(now));
            player.set(page.at, pages);
            let mut checked = monitor.check(watch).await?;
            if checked.result == CheckResult::Held && past.archive.stands_until_the_next() {
                player.turn(stood_until(page.at, next));
                checked = monitor.check(watch).await?;
            }
            imported.taken += 1;
            each(page, &checked);
        }
        Ok(imported)
    }

    /// Up to where this watch's history was taken in; a history that was watched can't have another put before it.
    fn mark(&self, watch: &Watch, past: &Past) -> Result<Option<Mark>, ImportError> {
        let state = self.store.state(&watch.id)?;
        let newest = self.store.latest_snapshot(&watch.id, 0)?;
        if newest.as_ref().is_some_and(|snapshot| snapshot.imported_from().is_some()) {
            return Ok(state.last_check.map(|at| Mark { at, held: state.held.is_some() }));
        }
        let first = self.store.version(&watch.id, 1)?.map(|version| version.first_seen);
        let oldest = past.pages.first().map(|page| page.at);
        match (first, oldest) {
            (None, _) | (_, None) => Ok(None),
            (Some(first), Some(oldest)) if oldest < first => Err(ImportError::Refused(format!(
                "{} is watched since {first}, and its versions are numbered from then on: nothing can be put before them. Import into a new state folder (--state), or under another document name with the same address",
                watch.id
            ))),
            _ => Ok(state.last_check.map(|at| Mark { at, held: false })),
        }
    }
}

fn show(shown: &mut [Option<Capture>], watch: &Watch, page: &DatedPage, body: Vec<u8>) {
    let (Some(place), Some(url)) = (shown.get_mut(page.part), watch.urls.get(page.part)) else { return };
    *place = Some(Capture {
        url: url.clone(),
        redirects: Vec::new(),
        fetched: page.at,
        status: page.status,
        headers: page.headers.clone(),
        body,
    });
}

/// The end of the time for which a page stood: before the next one, and no longer than is needed.
fn stood_until(at: Timestamp, next: Timestamp) -> Timestamp {
    let before_next = next.checked_sub(SignedDuration::from_secs(1)).unwrap_or(next);
    at.checked_add(STOOD).unwrap_or(at).min(before_next).max(at)
}

/// Plays server and clock: the pages that stood then.
#[derive(Debug, Default)]
pub(super) struct Player {
    scene: Mutex<(Timestamp, Vec<Capture>)>,
}

impl Player {
    fn set(&self, at: Timestamp, pages: Vec<Capture>) {
        *self.scene.lock().unwrap_or_else(PoisonError::into_inner) = (at, pages);
    }

    fn turn(&self, at: Timestamp) {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner).0 = at;
    }
}

impl Fetch for Player {
    fn fetch<'call>(&'call self, request: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>> {
        let scene = self.scene.lock().unwrap_or_else(PoisonError::into_inner);
        let page = scene.1.iter().find(|page| page.url == request.url).cloned();
        let outcome = page.map_or_else(
            || FetchOutcome::Failed(Failure { reason: format!("the archive has no page {}", request.url), retry_after: None }),
            |page| FetchOutcome::Answered(Box::new(page)),
        );
        Box::pin(std::future::ready(outcome))
    }
}

impl Clock for Player {
    fn now(&self) -> Timestamp {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}
