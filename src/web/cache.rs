//! Pages that were made already: the front page asks for a reading of every document, a change for a comparison of two.

use super::answer::Page;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes of pages are kept.
const ROOM: usize = 12 << 20;

/// Pages by their path, each with the state of the store that it shows.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<String, (State, Arc<Page>)>,
    bytes: usize,
}

/// What a page shows: the state of the store, and when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// The state of the store; 0 for pages that never change.
    pub(super) revision: u64,
    /// When.
    pub(super) at: Timestamp,
}

impl Cache {
    /// The page of a path, if it shows this state, or was made a moment ago.
    pub(super) fn get(&self, path: &str, now: State, moment: SignedDuration) -> Option<Arc<Page>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_good = |of: &State| of.revision == now.revision || (of.at <= now.at && now.at.duration_since(of.at) < moment);
        kept.pages.get(path).filter(|(of, _)| is_good(of)).map(|(_, page)| page.clone())
    }

    /// Keeps a page; where there is no room, all others go.
    pub(super) fn put(&self, path: &str, state: State, page: Arc<Page>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let size = page.body.len() + path.len();
        if size > ROOM / 4 {
            return;
        }
        if kept.bytes + size > ROOM {
            *kept = Kept::default();
        }
        kept.bytes += size;
        if let Some((_, old)) = kept.pages.insert(path.to_owned(), (state, page)) {
            kept.bytes = kept.bytes.saturating_sub(old.body.len() + path.len());
        }
    }
}
