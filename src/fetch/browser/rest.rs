//! When a page has come to rest: its text has stood for a while, and nothing is being loaded that might change it. No clock and no page in
//! here, only what was seen when.

use std::collections::HashMap;
use std::time::Duration;

/// How long the text must have stood.
const QUIET: Duration = Duration::from_secs(1);
/// How long a text of a few words must have stood: it may say no more than that the page is loading.
const SPARSE_QUIET: Duration = Duration::from_secs(3);
/// Fewer letters than these are a few words.
const SPARSE: u64 = 200;
/// A request that is older waits for something that may never come, and is not waited for.
const LONG_LIVED: Duration = Duration::from_secs(10);
/// How many requests are kept in mind; a page with more comes to rest by its limit.
const MOST_REQUESTS: usize = 4_000;

/// What a look at a page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// How many letters its text has.
    pub(super) letters: u64,
    /// Another number where the text or its elements are others.
    pub(super) shape: i64,
    /// Whether its markup is still coming.
    pub(super) loading: bool,
}

/// One wait for a page to come to rest.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// What was seen last, and since when it has been so.
    seen: Option<(Look, Duration)>,
}

impl Rest {
    /// Takes a look into account, and says whether the page is at rest. A page without any text never is.
    pub(super) fn is_at(&mut self, now: Duration, look: Look, waiting: bool) -> bool {
        let since = match self.seen {
            Some((before, since)) if before == look => since,
            _ => now,
        };
        self.seen = Some((look, since));
        let quiet = if look.letters < SPARSE { SPARSE_QUIET } else { QUIET };
        look.letters > 0 && !look.loading && !waiting && now.saturating_sub(since) >= quiet
    }

    /// Forgets what was seen: another page has come.
    pub(super) fn begin_anew(&mut self) {
        self.seen = None;
    }
}

/// The requests of a page that have no answer yet.
#[derive(Debug, Default)]
pub(super) struct Requests {
    sent: HashMap<String, Duration>,
}

impl Requests {
    /// A request was sent; one of this kind may be meant to stay open.
    pub(super) fn sent(&mut self, now: Duration, id: &str, kind: &str) {
        let stays_open =
            matches!(kind, "EventSource" | "WebSocket" | "Media" | "Ping" | "Image" | "Font" | "Prefetch" | "CSPViolationReport");
        if !stays_open && self.sent.len() < MOST_REQUESTS {
            self.sent.insert(id.to_owned(), now);
        }
    }

    /// It was answered, or failed.
    pub(super) fn ended(&mut self, id: &str) {
        self.sent.remove(id);
    }

    /// Whether the page waits for any that may still be answered.
    pub(super) fn are_waited_for(&self, now: Duration) -> bool {
        self.sent.values().any(|sent| now.saturating_sub(*sent) < LONG_LIVED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Look = Look { letters: 5_000, shape: 1, loading: false };

    /// When a page is at rest that shows these looks, each from its time in milliseconds on, looked at every 100.
    fn at_rest(looks: &[(u64, Look)], waits_until: u64) -> Option<u64> {
        let mut rest = Rest::default();
        (0..200).map(|tick| tick * 100).find(|now| {
            let look = looks.iter().rev().find(|(from, _)| from <= now).map_or_else(Look::default, |(_, look)| *look);
            rest.is_at(Duration::from_millis(*now), look, *now < waits_until)
        })
    }

    #[test]
    fn a_page_rests_when_its_text_has_stood_and_nothing_is_loading() {
        let other = Look { shape: 2, ..TEXT };
        let few = Look { letters: 10, ..TEXT };
        let coming = Look { loading: true, ..TEXT };
        for (looks, waits_until, expected) in [
            (&[(0, TEXT)][..], 0, Some(1_000)),
            (&[(0, TEXT), (900, other)], 0, Some(1_900)),
            (&[(0, TEXT)], 2_500, Some(2_500)),
            (&[(0, few), (2_000, TEXT)], 0, Some(3_000)),
            (&[(0, few)], 0, Some(3_000)),
            (&[(4_000, TEXT)], 0, Some(5_000)),
            (&[(0, coming), (2_000, TEXT)], 0, Some(3_000)),
            (&[], 0, None),
        ] {
            assert_eq!(at_rest(looks, waits_until), expected, "{looks:?}");
        }
        let restless: Vec<(u64, Look)> = (0..400_u64).map(|step| (step * 50, Look { shape: step.cast_signed(), ..TEXT })).collect();
        assert_eq!(at_rest(&restless, 0), None);
    }

    #[test]
    fn a_request_is_waited_for_until_it_ends_or_is_old() {
        let mut requests = Requests::default();
        let at = Duration::from_secs;
        requests.sent(at(0), "1", "Fetch");
        requests.sent(at(0), "2", "EventSource");
        assert!(requests.are_waited_for(at(9)) && !requests.are_waited_for(at(10)));
        requests.sent(at(20), "3", "Script");
        requests.ended("1");
        assert!(requests.are_waited_for(at(21)));
        requests.ended("3");
        assert!(!requests.are_waited_for(at(21)));
    }
}
