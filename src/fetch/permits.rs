//! Which pages robots.txt lets us fetch, asked of each site once a day.

use crate::signals::Rules;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// How long an answer holds (RFC 9309, section 2.4).
const FRESH: Duration = Duration::from_hours(24);
/// How long a site that could not say is taken at that, before it is asked again.
const FRESH_WHEN_UNREACHABLE: Duration = Duration::from_mins(10);
/// How long old rules stand in for a site that can't say any more (section 2.3.1.4 suggests 30 days).
const STALE: Duration = Duration::from_hours(30 * 24);

/// What a site said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// These rules; none where it has no robots.txt.
    Rules(Rules),
    /// Nothing: it could not be reached, or failed. Nothing may be fetched then (section 2.3.1.4).
    Nothing(String),
}

/// What sites said lately.
#[derive(Debug, Default)]
pub(super) struct Permits {
    said: Mutex<HashMap<String, (Instant, Said)>>,
}

impl Permits {
    /// What the site of a page said, if that is fresh.
    pub(super) fn of(&self, url: &Url) -> Option<Said> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.get(&url.origin().ascii_serialization()).filter(|(until, _)| *until > Instant::now()).map(|(_, said)| said.clone())
    }

    /// Keeps what a site said, and gives what holds now: its older rules where it could say nothing.
    pub(super) fn keep(&self, url: &Url, said: Said) -> Said {
        let now = Instant::now();
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (until, _)| *until + STALE > now);
        let origin = url.origin().ascii_serialization();
        let (lasts, said) = match (said, all.remove(&origin)) {
            (said @ Said::Rules(_), _) => (FRESH, said),
            (Said::Nothing(_), Some((_, older @ Said::Rules(_)))) => (FRESH_WHEN_UNREACHABLE, older),
            (said, _) => (FRESH_WHEN_UNREACHABLE, said),
        };
        all.insert(origin, (now + lasts, said.clone()));
        said
    }
}

/// Where a site's rules stand.
pub(super) fn address(of: &Url) -> Option<Url> {
    let mut url = of.join("/robots.txt").ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// What rules speak of: the path with its query.
pub(super) fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}
