//! Manners towards hosts: one request at a time for each, a pause between two, and quiet for as long as the host asked for it.

use crate::model::FetchSettings;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// The hosts that are, or lately were, spoken to.
#[derive(Debug)]
pub(super) struct Hosts {
    /// The turn of each host that is busy or must still be waited for; the others are forgotten.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Turn>>>>,
    /// Limits how many requests run at once, over all hosts.
    running: Arc<Semaphore>,
    /// The least time between the starts of two requests to one host.
    spacing: Duration,
    /// The longest request to be left alone that is waited for instead of being reported.
    patience: Duration,
}

/// When a host may be asked next. Whoever holds the lock is the one that speaks to the host.
#[derive(Debug)]
struct Turn {
    /// The end of the pause that we keep of our own accord.
    spaced_until: Instant,
    /// The end of the quiet that the host asked for.
    quiet_until: Instant,
}

impl Turn {
    fn is_over(&self, now: Instant) -> bool {
        self.spaced_until <= now && self.quiet_until <= now
    }
}

/// The right to send one request to one host; the next one's turn comes when it is dropped.
#[derive(Debug)]
pub(super) struct Visit {
    turn: OwnedMutexGuard<Turn>,
    _running: OwnedSemaphorePermit,
}

impl Visit {
    /// Leaves the host alone for that long, whoever wants to ask it.
    pub(super) fn leave_alone(&mut self, quiet: Duration) {
        self.turn.quiet_until = self.turn.quiet_until.max(Instant::now() + quiet);
    }

    /// The next visit may begin after that long at the earliest.
    pub(super) fn space(&mut self, delay: Duration) {
        self.turn.spaced_until = self.turn.spaced_until.max(Instant::now() + delay);
    }
}

/// The host wants to be left alone for longer than a request should wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftAlone {
    /// How much longer.
    pub(super) remaining: Duration,
}

impl Hosts {
    /// Requests to be left alone for up to `patience` are waited for.
    pub(super) fn new(settings: &FetchSettings, patience: Duration) -> Self {
        Self {
            turns: Mutex::default(),
            running: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            spacing: settings.host_spacing,
            patience,
        }
    }

    /// Waits until the host may be asked. The place among all running requests is taken last, so that a queue before one host
    /// holds up no other.
    pub(super) async fn visit(&self, host: &str) -> Result<Visit, LeftAlone> {
        let mut turn = self.turn_of(host).lock_owned().await;
        let remaining = turn.quiet_until.saturating_duration_since(Instant::now());
        if remaining > self.patience {
            return Err(LeftAlone { remaining });
        }
        sleep_until(turn.spaced_until.max(turn.quiet_until)).await;
        let running = self.permit().await;
        turn.spaced_until = Instant::now() + self.spacing;
        Ok(Visit { turn, _running: running })
    }

    async fn permit(&self) -> OwnedSemaphorePermit {
        match Arc::clone(&self.running).acquire_owned().await {
            Ok(permit) => permit,
            Err(_closed) => unreachable!("the semaphore is never closed"),
        }
    }

    /// The turn of one host; forgets the hosts that nobody waits for any more.
    fn turn_of(&self, host: &str) -> Arc<tokio::sync::Mutex<Turn>> {
        let now = Instant::now();
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1 || turn.try_lock().is_ok_and(|turn| !turn.is_over(now)));
        let turn = turns.entry(host.to_owned()).or_insert_with(|| Arc::new(Turn { spaced_until: now, quiet_until: now }.into()));
        Arc::clone(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinSet;

    const SPACING: Duration = Duration::from_secs(5);
    const PATIENCE: Duration = Duration::from_secs(30);

    fn hosts(concurrency: usize) -> Arc<Hosts> {
        let settings = FetchSettings { host_spacing: SPACING, concurrency, ..FetchSettings::default() };
        Arc::new(Hosts::new(&settings, PATIENCE))
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_one_host_start_a_spacing_apart() {
        let (hosts, start) = (hosts(8), Instant::now());
        for round in 0..4 {
            drop(hosts.visit("example.org").await.unwrap());
            assert_eq!(start.elapsed(), SPACING * round);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_holds_up_the_next_request_to_its_host_only() {
        let (hosts, start) = (hosts(8), Instant::now());
        let slow = hosts.visit("example.org").await.unwrap();
        drop(hosts.visit("example.com").await.unwrap());
        assert_eq!(start.elapsed(), Duration::ZERO);
        let waiting = tokio::spawn({
            let hosts = Arc::clone(&hosts);
            async move { hosts.visit("example.org").await.map(drop) }
        });
        tokio::time::sleep(SPACING * 10).await;
        assert!(!waiting.is_finished());
        drop(slow);
        assert_eq!(waiting.await.unwrap(), Ok(()));
        assert_eq!(start.elapsed(), SPACING * 10);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_requests_run_than_allowed_and_none_is_lost() {
        let (hosts, busy) = (hosts(3), Arc::new(Semaphore::new(3)));
        let mut visits = JoinSet::new();
        for number in 0..40 {
            let (hosts, busy) = (Arc::clone(&hosts), Arc::clone(&busy));
            visits.spawn(async move {
                let _visit = hosts.visit(&format!("{}.example.org", number % 10)).await.unwrap();
                let _place = busy.try_acquire().unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
            });
        }
        assert_eq!(visits.join_all().await.len(), 40);
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_before_one_host_takes_no_place_from_the_others() {
        let (hosts, start) = (hosts(2), Instant::now());
        let _busy = hosts.visit("example.org").await.unwrap();
        for _ in 0..5 {
            let hosts = Arc::clone(&hosts);
            tokio::spawn(async move { hosts.visit("example.org").await.map(drop) });
        }
        tokio::task::yield_now().await;
        drop(hosts.visit("example.com").await.unwrap());
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_asked_for_it_is_left_alone() {
        let (hosts, start) = (hosts(8), Instant::now());
        hosts.visit("example.org").await.unwrap().leave_alone(PATIENCE);
        drop(hosts.visit("example.org").await.unwrap());
        assert_eq!(start.elapsed(), PATIENCE);

        hosts.visit("example.org").await.unwrap().leave_alone(Duration::from_hours(1));
        tokio::time::sleep(Duration::from_mins(1)).await;
        let refused = hosts.visit("example.org").await.map(drop);
        assert_eq!(refused, Err(LeftAlone { remaining: Duration::from_mins(59) }));
        tokio::time::sleep(Duration::from_mins(59)).await;
        assert_eq!(hosts.visit("example.org").await.map(drop), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten_and_quiet_ones_are_not() {
        let hosts = hosts(8);
        hosts.visit("quiet.example").await.unwrap().leave_alone(Duration::from_hours(1));
        for number in 0..1000 {
            drop(hosts.visit(&format!("{number}.example.org")).await.unwrap());
        }
        assert_eq!(hosts.turns.lock().unwrap().len(), 1001);
        tokio::time::sleep(SPACING).await;
        drop(hosts.visit("example.com").await.unwrap());
        let mut left: Vec<String> = hosts.turns.lock().unwrap().keys().cloned().collect();
        left.sort();
        assert_eq!(left, ["example.com", "quiet.example"]);
    }
}
