//! The figures of the daemon in Prometheus' text format (version 0.0.4). Labels are our own words, never an address.

use super::health::Health;
use crate::model::SubscriptionState;
use crate::monitor::DURATIONS;
use crate::store::StoreError;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Display;

/// What the format is called.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Lines of the format.
#[derive(Default)]
struct Figures(String);

impl Figures {
    /// Begins a figure. A name is in the base unit, and ends with `_total` where the figure only rises.
    fn about(&mut self, name: &str, kind: &str, help: &str) {
        self.0.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn line(&mut self, name: &str, value: impl Display) {
        self.0.push_str(&format!("{name} {value}\n"));
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.about(name, kind, help);
        self.line(name, value);
    }

    /// A line for each value of a label.
    fn by(&mut self, name: &str, kind: &str, help: &str, label: &str, values: impl IntoIterator<Item = (&'static str, u64)>) {
        self.about(name, kind, help);
        for (value, count) in values {
            self.line(&format!("{name}{{{label}=\"{value}\"}}"), count);
        }
    }
}

/// All figures.
pub(super) fn text(health: &Health) -> Result<String, StoreError> {
    let mut figures = Figures::default();
    figures.about("fineprint_build_info", "gauge", "The version that runs.");
    figures.line(&format!("fineprint_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1);
    work_done(&mut figures, health);
    queues(&mut figures, health)?;
    stored(&mut figures, health)?;
    Ok(figures.0)
}

fn work_done(figures: &mut Figures, health: &Health) {
    let counts = health.monitor.vitals().counts();
    let known = ["first", "unchanged", "held", "variant", "changed", "rejected", "flap"];
    figures.by(
        "fineprint_checks_total",
        "counter",
        "Checks since the start, by what came of them.",
        "result",
        from_zero(known, &counts.checks),
    );
    figures.by(
        "fineprint_rejections_total",
        "counter",
        "Fetches since the start that did not count, by reason.",
        "reason",
        counts.rejections,
    );
    figures.one("fineprint_checks_unrecorded_total", "counter", "Checks that the store did not take.", counts.unrecorded);
    let name = "fineprint_check_duration_seconds";
    figures.about(name, "histogram", "How long checks took, waiting for the host's turn included.");
    let mut so_far = 0;
    for (most, count) in DURATIONS.iter().zip(counts.durations) {
        so_far += count;
        figures.line(&format!("{name}_bucket{{le=\"{most}\"}}"), so_far);
    }
    let all: u64 = counts.durations.iter().sum();
    figures.line(&format!("{name}_bucket{{le=\"+Inf\"}}"), all);
    figures.line(&format!("{name}_sum"), counts.seconds);
    figures.line(&format!("{name}_count"), all);
    let answers = from_zero(["sent", "postponed", "refused"], &counts.deliveries);
    figures.by("fineprint_deliveries_total", "counter", "Attempts to deliver a mail since the start, by answer.", "result", answers);
    let since = health.monitor.vitals().since_beat().map_or(f64::NAN, |since| since.as_secs_f64());
    let since = if since.is_nan() { "NaN".to_owned() } else { since.to_string() };
    figures.one("fineprint_tick_age_seconds", "gauge", "How long ago the scheduler's last tick was.", since);
}

fn queues(figures: &mut Figures, health: &Health) -> Result<(), StoreError> {
    let (store, now) = (health.monitor.store(), health.monitor.now());
    let late = |at: Option<Timestamp>| at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
    let due = store.due(now, usize::MAX)?;
    figures.one("fineprint_due_watches", "gauge", "Documents that wait to be checked.", due.len());
    let help = "How long the document that is due the longest has waited.";
    figures.one("fineprint_due_lag_seconds", "gauge", help, late(due.first().map(|(at, _)| *at)));
    let waiting = store.waiting()?;
    let now_due = waiting.iter().filter(|(at, _)| *at <= now).count();
    let states = [("due", now_due as u64), ("postponed", (waiting.len() - now_due) as u64)];
    figures.by("fineprint_outbox_mails", "gauge", "Mails that wait: to be sent now, or to be tried again later.", "state", states);
    let help = "How long the mail that is due the longest has waited.";
    figures.one("fineprint_outbox_lag_seconds", "gauge", help, late(waiting.first().map(|(at, _)| *at)));
    Ok(())
}

fn stored(figures: &mut Figures, health: &Health) -> Result<(), StoreError> {
    let store = health.monitor.store();
    let watches = health.watches();
    let (mut snapshots, mut versions, mut failing) = (0u64, 0u64, 0u64);
    for watch in watches.iter() {
        let state = store.state(&watch.id)?;
        versions += u64::from(state.version);
        failing += u64::from(state.failures > 0);
        for part in (0..).take(watch.urls.len()) {
            snapshots += store.latest_snapshot(&watch.id, part)?.map_or(0, |snapshot| u64::from(snapshot.number));
        }
    }
    figures.one("fineprint_watches", "gauge", "Documents of the watchlist.", watches.len());
    figures.one("fineprint_failing_watches", "gauge", "Documents whose last fetch did not count.", failing);
    figures.one("fineprint_snapshots", "gauge", "Stored captures of these documents.", snapshots);
    figures.one("fineprint_versions", "gauge", "Stored versions of these documents.", versions);
    let changes = store.changes(None, 1)?.first().map_or(0, |change| change.id.0);
    figures.one("fineprint_changes", "gauge", "Confirmed changes, of these documents and of those that left the list.", changes);
    let mut subscriptions = BTreeMap::new();
    for subscription in store.subscriptions()? {
        let state = match subscription.state {
            SubscriptionState::Pending => "pending",
            SubscriptionState::Confirmed { .. } => "confirmed",
            SubscriptionState::Suspended { .. } => "suspended",
            SubscriptionState::Left { .. } => "left",
        };
        *subscriptions.entry(state).or_default() += 1;
    }
    let states = from_zero(["confirmed", "suspended", "left"], &subscriptions);
    figures.by("fineprint_subscriptions", "gauge", "Subscriptions by state.", "state", states);
    figures.one("fineprint_incidents", "gauge", "What the operator was told of and lasts.", store.incidents()?.len());
    let room = store.room()?;
    figures.one("fineprint_store_bytes", "gauge", "The store's files on the disk.", room.taken);
    figures.one("fineprint_free_bytes", "gauge", "What is free on the disk where the store is.", room.free);
    Ok(())
}

/// Counts by name with those that are nothing yet: a figure that appears late can't be seen to rise.
fn from_zero<const N: usize>(known: [&'static str; N], counts: &BTreeMap<&'static str, u64>) -> Vec<(&'static str, u64)> {
    let mut all = counts.clone();
    known.into_iter().for_each(|name| {
        all.entry(name).or_default();
    });
    all.into_iter().collect()
}
