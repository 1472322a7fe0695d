use crate::deliver::Refusal;
use crate::model::CheckResult;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The upper ends of the classes in which the durations of checks are counted, in seconds: from bytes that are the stored ones to a page
/// that comes to rest in a browser.
pub const DURATIONS: [f64; 9] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// What the process has done since it started, and how it feels: what a supervisor asks for. Nothing of it is stored, and no address
/// is in it.
#[derive(Debug, Default)]
pub struct Vitals {
    counts: Mutex<Counts>,
    beat: Mutex<Option<Instant>>,
    broken: Mutex<Option<String>>,
}

/// What was counted since the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Checks by what came of them, under [`CheckResult::code`].
    pub checks: BTreeMap<&'static str, u64>,
    /// Fetches that did not count, by reason, under [`crate::model::Rejection::code`].
    pub rejections: BTreeMap<&'static str, u64>,
    /// Checks that the store did not take.
    pub unrecorded: u64,
    /// Checks by duration: one class for each of [`DURATIONS`], and one for those above.
    pub durations: [u64; DURATIONS.len() + 1],
    /// Seconds of all checks together.
    pub seconds: f64,
    /// Mails by what the server said: `sent`, `postponed`, `refused`.
    pub deliveries: BTreeMap<&'static str, u64>,
}

impl Vitals {
    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// The scheduler's tick came through.
    pub fn beat(&self) {
        *lock(&self.beat) = Some(Instant::now());
    }

    /// How long ago the last tick was; `None` before the first.
    #[must_use]
    pub fn since_beat(&self) -> Option<Duration> {
        lock(&self.beat).map(|beat| beat.elapsed())
    }

    /// What is wrong with the watchlist, while its last good one is in force; `None`: nothing.
    pub fn set_broken(&self, problem: Option<String>) {
        *lock(&self.broken) = problem;
    }

    /// What is wrong with the watchlist.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        lock(&self.broken).clone()
    }

    /// A check ended after so long; `None`: the store did not take what came of it.
    pub(super) fn checked(&self, result: Option<&CheckResult>, took: Duration) {
        let mut counts = lock(&self.counts);
        match result {
            Some(result) => *counts.checks.entry(result.code()).or_default() += 1,
            None => counts.unrecorded += 1,
        }
        if let Some(CheckResult::Rejected(rejection)) = result {
            *counts.rejections.entry(rejection.code()).or_default() += 1;
        }
        let seconds = took.as_secs_f64();
        let class = DURATIONS.iter().position(|most| seconds <= *most).unwrap_or(DURATIONS.len());
        counts.durations[class] += 1;
        counts.seconds += seconds;
    }

    /// A mail was tried.
    pub(super) fn delivered(&self, answer: &Result<String, Refusal>) {
        let what = match answer {
            Ok(_) => "sent",
            Err(Refusal::Temporary(_)) => "postponed",
            Err(Refusal::Permanent(_)) => "refused",
        };
        *lock(&self.counts).deliveries.entry(what).or_default() += 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rejection;

    #[test]
    fn a_check_is_counted_once_by_result_reason_and_duration() {
        let vitals = Vitals::default();
        vitals.checked(Some(&CheckResult::Unchanged), Duration::from_millis(100));
        vitals.checked(Some(&CheckResult::Rejected(Rejection::LoginWall)), Duration::from_secs(2));
        vitals.checked(None, Duration::from_secs(1000));
        let counts = vitals.counts();
        assert_eq!(counts.checks, BTreeMap::from([("rejected", 1), ("unchanged", 1)]));
        assert_eq!((counts.rejections, counts.unrecorded), (BTreeMap::from([("login-wall", 1)]), 1));
        assert_eq!(counts.durations, [1, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    }
}
