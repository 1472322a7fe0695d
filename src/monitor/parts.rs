//! The pages of a document, each with its own health: what was fetched, and what stands in for a page that can't be read.

use super::check::Monitor;
use crate::model::{Capture, Document, Rejection, Selection, Sha256, Snapshot, Trouble, Watch, WatchKind, WatchState};
use crate::page::{self, Answer, Baseline, Page, Rules};
use crate::signals::{self, Source};
use crate::store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;

/// A file of signals that is not there any more for so long is taken for withdrawn; until then its last content stands.
const WITHDRAWN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many snapshots are looked through for the last good one of a page; a wall that is another at each fetch leaves one a fetch.
const MOST_LOOKED_THROUGH: u32 = 500;

/// How the fetch of one page ended.
pub(super) enum Part {
    /// A body.
    Fetched(Box<Capture>),
    /// 304: what the store has is still right.
    Same,
    /// No answer.
    Failed(Rejection),
}

/// A page as it is taken in.
pub(super) struct Taken {
    /// What was fetched, or what stands in for it.
    pub(super) capture: Capture,
    /// The digest of its bytes.
    pub(super) digest: Sha256,
    /// The snapshot that stands in, where one does.
    pub(super) kept: Option<u32>,
    /// Why it does.
    pub(super) trouble: Option<Trouble>,
    /// What was fetched instead, if anything was.
    pub(super) evidence: Option<Capture>,
}

/// What all pages together are.
pub(super) struct Whole {
    pub(super) parts: Vec<Taken>,
    pub(super) page: Page,
    /// Whether a page could be read for the first time, after it could not: nothing is known of what it said before.
    pub(super) is_new: bool,
}

/// Why the pages are no document today.
pub(super) struct Refused {
    pub(super) rejection: Rejection,
    pub(super) captures: Vec<Option<Capture>>,
}

impl Part {
    /// Whether it is what the state's digest stands for.
    pub(super) fn is_known(&self, state: &WatchState, index: usize) -> bool {
        match self {
            Self::Same => true,
            Self::Failed(_) => false,
            Self::Fetched(capture) => {
                (200..300).contains(&capture.status) && state.parts.get(index).is_some_and(|(_, digest)| *digest == capture.digest())
            }
        }
    }
}

/// What came of one page.
enum Turn {
    /// It was read, or says by its absence that there is nothing; whether for the first time after trouble.
    Read(Capture, Page, bool),
    /// Its last good snapshot stands in.
    StoodIn(Box<Taken>, Page),
    /// Nothing can stand in.
    Lost(Rejection, Option<Capture>),
}

impl Monitor {
    /// Reads all pages. One that can't be read is stood in for by its last good snapshot, where there are others. Where no page at all
    /// could be read, the fetch does not count, whatever could stand in.
    pub(super) fn read_parts(&self, watch: &Watch, state: &WatchState, parts: Vec<Part>) -> Result<Result<Whole, Refused>, StoreError> {
        let several = parts.len() > 1;
        let mut turns = Vec::with_capacity(parts.len());
        for (index, part) in parts.into_iter().enumerate() {
            turns.push(self.take_part(watch, state, index, part, several)?);
        }
        let is_lost = turns.iter().any(|turn| matches!(turn, Turn::Lost(..)));
        if is_lost || !turns.iter().any(|turn| matches!(turn, Turn::Read(..))) {
            return Ok(Err(refused(turns)));
        }
        let mut whole = Whole { parts: Vec::new(), page: Page::default(), is_new: false };
        let mut pages = Vec::new();
        for turn in turns {
            match turn {
                Turn::Read(capture, page, is_new) => {
                    whole.is_new |= is_new;
                    whole.parts.push(Taken { digest: capture.digest(), capture, kept: None, trouble: None, evidence: None });
                    pages.push(page);
                }
                Turn::StoodIn(taken, page) => {
                    whole.parts.push(*taken);
                    pages.push(page);
                }
                Turn::Lost(..) => {}
            }
        }
        whole.page = joined(watch, &whole.parts, pages);
        Ok(Ok(whole))
    }

    /// What comes of one page. The store is asked for its last good bytes only where they are needed.
    fn take_part(&self, watch: &Watch, state: &WatchState, index: usize, part: Part, several: bool) -> Result<Turn, StoreError> {
        let now = self.clock.now();
        let trouble = state.troubles.get(index).and_then(Option::as_ref);
        let fetched = match part {
            Part::Failed(rejection) => Err(rejection),
            Part::Fetched(capture) => Ok(*capture),
            Part::Same => self.last_good(watch, index)?.map(|(snapshot, body)| self.stored(snapshot, body)).ok_or_else(|| {
                Rejection::Unreachable("the server says that nothing changed since a fetch that is not in the store".to_owned())
            }),
        };
        let (capture, rejection) = match fetched {
            Err(rejection) => (None, rejection),
            Ok(capture) => match read_part(watch, &capture, several) {
                Ok((gist, page)) => {
                    let is_new = trouble.is_some() && state.version > 0 && self.last_good(watch, index)?.is_none();
                    let kept = match gist {
                        Some(body) => Capture { body, ..capture },
                        None => capture,
                    };
                    return Ok(Turn::Read(kept, page, is_new));
                }
                Err(rejection) => (Some(capture), rejection),
            },
        };
        let before = self.last_good(watch, index)?;
        let trouble = next_trouble(trouble, rejection.clone(), now);
        let is_absent = watch.kind == WatchKind::Signals
            && match &before {
                // A site that answers every address with a page has no such file, and had none before.
                None => is_absence(&rejection),
                Some((_, body)) if body.is_empty() => is_absence(&rejection),
                Some(_) => is_withdrawn(&trouble, now),
            };
        if is_absent {
            return Ok(Turn::Read(empty_answer(watch, index, now), Page::default(), false));
        }
        let Some((snapshot, body)) = before.filter(|_| several) else { return Ok(Turn::Lost(rejection, capture)) };
        let number = snapshot.number;
        let stored = self.stored(snapshot, body);
        let page = read_stored(watch, &stored).unwrap_or_default();
        let digest = stored.digest();
        Ok(Turn::StoodIn(Box::new(Taken { capture: stored, digest, kept: Some(number), trouble: Some(trouble), evidence: capture }), page))
    }

    /// The newest snapshot of a page that counts, with its body.
    pub(super) fn last_good(&self, watch: &Watch, index: usize) -> Result<Option<(Snapshot, Vec<u8>)>, StoreError> {
        let Some(snapshot) = self.last_good_record(watch, index)? else { return Ok(None) };
        let body = self.store.body(&watch.id, part_number(index), snapshot.number)?;
        Ok(body.map(|body| (snapshot, body)))
    }

    /// The newest snapshot of a page that counts.
    pub(super) fn last_good_record(&self, watch: &Watch, index: usize) -> Result<Option<Snapshot>, StoreError> {
        let part = part_number(index);
        let Some(mut snapshot) = self.store.latest_snapshot(&watch.id, part)? else { return Ok(None) };
        let oldest = snapshot.number.saturating_sub(MOST_LOOKED_THROUGH);
        while snapshot.rejection.is_some() {
            if snapshot.number <= oldest.max(1) {
                return Ok(None);
            }
            match self.store.snapshot(&watch.id, part, snapshot.number - 1)? {
                Some(earlier) => snapshot = earlier,
                None => return Ok(None),
            }
        }
        let is_same_page = watch.urls.get(index).is_none_or(|url| *url == snapshot.url);
        Ok(is_same_page.then_some(snapshot))
    }

    fn stored(&self, snapshot: Snapshot, body: Vec<u8>) -> Capture {
        Capture {
            url: snapshot.url,
            redirects: snapshot.redirects,
            fetched: self.clock.now(),
            status: snapshot.status,
            headers: snapshot.headers,
            body,
        }
    }
}

/// Why nothing counts: the first page that was lost, or else that had to be stood in for; and what was fetched of each.
fn refused(turns: Vec<Turn>) -> Refused {
    let lost = turns.iter().find_map(|turn| match turn {
        Turn::Lost(rejection, _) => Some(rejection.clone()),
        _ => None,
    });
    let stood_in = turns.iter().find_map(|turn| match turn {
        Turn::StoodIn(taken, _) => taken.trouble.as_ref().map(|trouble| trouble.rejection.clone()),
        _ => None,
    });
    let rejection = lost.or(stood_in).unwrap_or(Rejection::RedirectStub);
    let fetched = |turn| match turn {
        Turn::Read(capture, ..) => Some(capture),
        Turn::StoodIn(taken, _) => taken.evidence,
        Turn::Lost(_, capture) => capture,
    };
    Refused { rejection, captures: turns.into_iter().map(fetched).collect() }
}

/// A page's number as the store counts it.
pub(super) fn part_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Reads the bytes of one page, and gives back what is kept of them where that is not all.
type ReadPart = Result<(Option<Vec<u8>>, Page), Rejection>;

fn read_part(watch: &Watch, capture: &Capture, several: bool) -> ReadPart {
    if watch.kind == WatchKind::Signals {
        signals::served(capture)?;
        let gist = match signals::gist(capture) {
            Cow::Borrowed(_) => None,
            Cow::Owned(gist) => Some(gist),
        };
        return Ok((gist, Page::default()));
    }
    if watch.kind == WatchKind::Index {
        return read_index(watch, capture).map(|page| (None, page));
    }
    let read = page::read(&capture.body, capture.header("content-type"), rules(watch));
    let page = match read {
        Ok(page) => page,
        Err(_) if !(200..300).contains(&capture.status) => return Err(Rejection::Status(capture.status)),
        Err(rejection) => return Err(rejection),
    };
    match page::judge(answer(capture), &page, Baseline::default()).rejection() {
        None => Ok((None, page)),
        Some(Rejection::Empty(words)) if several && words > 0 => Ok((None, page)),
        Some(rejection) => Err(rejection),
    }
}

/// An index must list something; what stands in its place does not.
fn read_index(watch: &Watch, capture: &Capture) -> Result<Page, Rejection> {
    let read = page::read(&capture.body, capture.header("content-type"), Rules::default()).unwrap_or_default();
    let document = page::index(&String::from_utf8_lossy(&capture.body), capture.final_url(), &watch.links);
    match page::judge(answer(capture), &read, Baseline::default()).rejection() {
        Some(rejection) if !matches!(rejection, Rejection::Empty(_)) => Err(rejection),
        _ if document.clauses.is_empty() => Err(Rejection::Empty(0)),
        _ => Ok(Page { document, ..Page::default() }),
    }
}

fn read_stored(watch: &Watch, capture: &Capture) -> Option<Page> {
    match watch.kind {
        WatchKind::Signals => None,
        WatchKind::Index => read_index(watch, capture).ok(),
        WatchKind::Document => page::read(&capture.body, capture.header("content-type"), rules(watch)).ok(),
    }
}

fn joined(watch: &Watch, taken: &[Taken], pages: Vec<Page>) -> Page {
    match watch.kind {
        WatchKind::Document | WatchKind::Index => page::join(pages),
        WatchKind::Signals => {
            let sources = taken.iter().map(|part| Source { url: &part.capture.url, body: &part.capture.body }).collect::<Vec<_>>();
            Page { document: signals::document(&sources), ..Page::default() }
        }
    }
}

/// The document that some snapshots hold; `None` where one of them can't be read any more.
pub(super) fn read_again(store: &dyn Store, watch: &Watch, snapshots: &[u32]) -> Result<Option<Document>, StoreError> {
    let (mut pages, mut files) = (Vec::new(), Vec::new());
    for (part, number) in (0u32..).zip(snapshots) {
        let (Some(snapshot), Some(body)) = (store.snapshot(&watch.id, part, *number)?, store.body(&watch.id, part, *number)?) else {
            return Ok(None);
        };
        if watch.kind == WatchKind::Signals {
            files.push((snapshot.url, body));
            continue;
        }
        let Snapshot { url, redirects, status, headers, .. } = snapshot;
        let capture = Capture { url, redirects, fetched: Timestamp::UNIX_EPOCH, status, headers, body };
        let Some(page) = read_stored(watch, &capture) else { return Ok(None) };
        pages.push(page);
    }
    if watch.kind == WatchKind::Signals {
        let sources: Vec<Source<'_>> = files.iter().map(|(url, body)| Source { url, body }).collect();
        return Ok(Some(signals::document(&sources)));
    }
    Ok((!pages.is_empty()).then(|| page::join(pages).document))
}

fn rules(watch: &Watch) -> Rules<'_> {
    let (select, remove): (&[Selection], &[Selection]) = (&watch.select, &watch.remove);
    Rules { select, remove }
}

/// What the server said of a page, for its verdict.
pub(super) fn answer(capture: &Capture) -> Answer<'_> {
    Answer { status: capture.status, url: &capture.url, final_url: capture.final_url(), headers: &capture.headers }
}

/// An answer that stands for a file that is not there.
fn empty_answer(watch: &Watch, index: usize, now: Timestamp) -> Capture {
    let url = watch.urls.get(index).cloned().unwrap_or_default();
    Capture { url, redirects: Vec::new(), fetched: now, status: 404, headers: Vec::new(), body: Vec::new() }
}

/// Whether a file is simply not there, rather than out of reach: a client's error (RFC 9309, section 2.3.1.3), or a page in its place.
fn is_absence(rejection: &Rejection) -> bool {
    matches!(rejection, Rejection::NotTheDocument | Rejection::LoginWall)
        || matches!(rejection, Rejection::Status(status) if (400..500).contains(status) && *status != 429)
}

fn is_withdrawn(trouble: &Trouble, now: Timestamp) -> bool {
    matches!(trouble.rejection, Rejection::Status(404 | 410)) && now.duration_since(trouble.since) >= WITHDRAWN
}

/// The trouble of a page goes on, or begins.
fn next_trouble(before: Option<&Trouble>, rejection: Rejection, now: Timestamp) -> Trouble {
    let same = before.filter(|trouble| trouble.rejection.code() == rejection.code());
    Trouble {
        since: same.map_or(now, |trouble| trouble.since),
        failures: before.map_or(0, |trouble| trouble.failures).saturating_add(1),
        rejection,
    }
}
