//! Pages that were made already: the front page asks for a reading of every document, a change for a comparison of two.

use super::answer::Page;
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
    pages: HashMap<String, (u64, Arc<Page>)>,
    bytes: usize,
}

impl Cache {
    /// The page of a path, if it shows this state; state 0 stands for pages that never change.
    pub(super) fn get(&self, path: &str, state: u64) -> Option<Arc<Page>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pages.get(path).filter(|(of, _)| *of == state).map(|(_, page)| page.clone())
    }

    /// Keeps a page; where there is no room, all others go.
    pub(super) fn put(&self, path: &str, state: u64, page: Arc<Page>) {
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
