//! What the operator should see to.

use super::check::Monitor;
use super::intake::Intake;
use crate::compose::{self, Phase};
use crate::model::{
    Change, CheckResult, Document, Incident, MailState, OutboxEntry, Selection, SubscriptionState, Trouble, Watch, WatchKind, WatchState,
};
use crate::page;
use crate::store::{Commit, Room, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

/// After so many failures in a row a watch is an incident: with the pauses between them that is most of a day.
const FAILURES: u32 = 6;
/// So long without a good fetch is one, however often it was tried.
const NO_GOOD_FETCH: SignedDuration = SignedDuration::from_hours(48);
/// A mail that waits for so long can't leave.
const STUCK: SignedDuration = SignedDuration::from_hours(2);
/// The operator is reminded of an incident after so long.
const REMIND: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The key of the incident that the disk fills up.
const DISK: &str = "disk";
/// A page with so many flaps and variants in [`NOISE_WINDOW`] needs a selector.
const NOISY: usize = 8;
const NOISE_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// What it is, stable over its whole life; its first word is its kind.
    pub key: String,
    /// One plain sentence: what is wrong.
    pub what: String,
    /// One plain sentence: what to do.
    pub advice: String,
}

impl Monitor {
    /// Looks at the watches, the outbox and the subscriptions, and tells the operator of what began, lasts, and is over.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn look_after(&self, watches: &[Watch], others: Vec<Concern>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut concerns = others;
        for watch in watches {
            let state = self.store.state(&watch.id)?;
            concerns.extend(failing(watch, &state, now));
            concerns.extend(selectors(watch, &state));
            concerns.extend(troubled(watch, &state, now));
        }
        concerns.extend(stuck(self.store.as_ref(), now)?);
        concerns.extend(suspended(self.store.as_ref())?);
        let is_cramped = self.store.incidents()?.iter().any(|incident| incident.key == DISK);
        concerns.extend(cramped(self.store.room()?, is_cramped));
        self.tell_operator(&["watchlist", "watch", "selector", "mail", "subscription", DISK], &concerns)
    }

    /// The same for what takes long to see: pages that flicker, and a store that doesn't verify.
    ///
    /// # Errors
    /// When the store can't be read at all.
    pub fn look_closely(&self, watches: &[Watch]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut concerns = Vec::new();
        for watch in watches {
            concerns.extend(noisy(self.store.as_ref(), watch, now)?);
        }
        let problems = self.store.verify()?;
        if let Some(first) = problems.first() {
            concerns.push(Concern {
                key: "store".to_owned(),
                what: format!("The store fails its self-check in {} places; the first: {first}.", problems.len()),
                advice: "Stop fineprint, copy the state folder, and restore the last copy that `fineprint store verify` finds whole."
                    .to_owned(),
            });
        }
        self.tell_operator(&["noisy", "store"], &concerns)
    }

    /// The mail to the operator on what an index lists now, and did not before; `None` where nobody is to be told.
    pub(super) fn tell_of_listed(&self, intake: &Intake<'_>, change: &Change, now: &Document) -> Result<Option<OutboxEntry>, StoreError> {
        let before = self.store.document(&change.watch, change.old_version)?.unwrap_or_default();
        let (before, now) = (page::listed(&before), page::listed(now));
        let missing = |from: &[page::Listed], of: &[page::Listed]| -> Vec<String> {
            let is_new = |one: &&page::Listed| !from.iter().any(|other| other.url == one.url);
            of.iter().filter(is_new).map(|one| format!("{} ({})", one.text, one.url)).collect()
        };
        let (come, gone) = (missing(&before, &now), missing(&now, &before));
        if come.is_empty() && gone.is_empty() {
            return Ok(None);
        }
        let mut said = Vec::new();
        if !come.is_empty() {
            said.push(format!("It lists what it did not list before: {}.", come.join("; ")));
        }
        if !gone.is_empty() {
            said.push(format!("It no longer lists: {}.", gone.join("; ")));
        }
        let incident = Incident {
            key: format!("index {}", intake.watch.id),
            since: change.confirmed,
            told: change.confirmed,
            what: said.join(" "),
            advice: "New pages are watched from now on, under names made of their addresses; those that went keep their history."
                .to_owned(),
        };
        tracing::info!(watch = %intake.watch.id, came = come.len(), went = gone.len(), "an index lists other pages");
        let Some(operator) = &self.settings.operator else { return Ok(None) };
        self.queued(None, compose::incident(operator, &[(Phase::Began, incident)], change.confirmed), change.confirmed).map(Some)
    }

    /// Holds what is wrong against the incidents that last; `kinds` are those that were looked for. One mail for all, in one commit with
    /// what it tells.
    fn tell_operator(&self, kinds: &[&str], concerns: &[Concern]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let known = self.store.incidents()?;
        let mut news: Vec<(Phase, Incident)> = Vec::new();
        for concern in concerns {
            let Concern { key, what, advice } = concern.clone();
            match known.iter().find(|incident| incident.key == key) {
                None => news.push((Phase::Began, Incident { key, since: now, told: now, what, advice })),
                Some(one) if now.duration_since(one.told) >= REMIND => {
                    news.push((Phase::Lasts, Incident { key, since: one.since, told: now, what, advice }));
                }
                Some(_) => {}
            }
        }
        let looked_for = |incident: &&Incident| kinds.contains(&incident.key.split(' ').next().unwrap_or_default());
        let over = known.iter().filter(looked_for).filter(|incident| !concerns.iter().any(|concern| concern.key == incident.key));
        news.extend(over.map(|incident| (Phase::Over, incident.clone())));
        if news.is_empty() {
            return Ok(());
        }
        for (phase, incident) in &news {
            if *phase == Phase::Over {
                tracing::info!(incident = incident.key, "an incident is over");
            } else {
                tracing::warn!(incident = incident.key, "{} {}", incident.what, incident.advice);
            }
        }
        let kept = |(phase, incident): &(Phase, Incident)| (incident.key.clone(), (*phase != Phase::Over).then(|| incident.clone()));
        let mut commit = Commit { incidents: news.iter().map(kept).collect(), ..Commit::default() };
        if let Some(operator) = &self.settings.operator {
            commit.mails.push(self.queued(None, compose::incident(operator, &news, now), now)?);
        }
        self.store.commit(commit)
    }
}

fn failing(watch: &Watch, state: &WatchState, now: Timestamp) -> Option<Concern> {
    let rejection = state.rejection.as_ref()?;
    let long = state.last_good.is_some_and(|good| now.duration_since(good) >= NO_GOOD_FETCH);
    (state.failures >= FAILURES || (state.failures > 1 && long)).then(|| {
        let since =
            state.last_good.map_or_else(|| "It was never fetched well.".to_owned(), |good| format!("Last good fetch: {}.", minute(good)));
        Concern {
            key: format!("watch {}", watch.id),
            what: format!("{} fetches in a row did not count: {rejection}. {since}", state.failures),
            advice: format!(
                "Look at it with `fineprint watch test {}`; mend its address in the watchlist, or take it out.",
                watch.urls.first().map_or("URL", String::as_str)
            ),
        }
    })
}

/// Pages of several that can't be read, each on its own. Files of signals that are out of reach are nobody's worry.
fn troubled(watch: &Watch, state: &WatchState, now: Timestamp) -> Vec<Concern> {
    let lasts = |trouble: &Trouble| trouble.failures >= FAILURES || now.duration_since(trouble.since) >= NO_GOOD_FETCH;
    let concern = |(index, trouble): (usize, &Option<Trouble>)| {
        let trouble = trouble.as_ref().filter(|trouble| watch.kind == WatchKind::Document && lasts(trouble))?;
        let url = watch.urls.get(index).map_or("URL", String::as_str);
        Some(Concern {
            key: format!("watch {} page {}", watch.id, index + 1),
            what: format!(
                "One of its pages, {url}, can't be read since {}: {}. Its last good text stands in; the other pages are watched.",
                minute(trouble.since),
                trouble.rejection
            ),
            advice: format!("Look at it with `fineprint watch test {url}`; mend its address in the watchlist, or take it out."),
        })
    };
    state.troubles.iter().enumerate().filter_map(concern).collect()
}

fn selectors(watch: &Watch, state: &WatchState) -> Option<Concern> {
    let named = watch.select.iter().chain(&watch.remove).map(|selection| match selection {
        Selection::Css(css) => css.clone(),
        Selection::Range { start, end } => format!("{start} … {end}"),
    });
    (!state.missed.is_empty() && named.count() > 0).then(|| Concern {
        key: format!("selector {}", watch.id),
        what: format!("Selectors match nothing any more: {}. The text is found without them.", state.missed.join(", ")),
        advice: "Mend them in the watchlist, or take them out.".to_owned(),
    })
}

fn stuck(store: &dyn Store, now: Timestamp) -> Result<Option<Concern>, StoreError> {
    let waiting: Vec<_> = store
        .outbox(1_000)?
        .into_iter()
        .filter(|entry| matches!(entry.state, MailState::Due { .. }) && entry.attempts > 0 && now.duration_since(entry.queued) >= STUCK)
        .collect();
    let reason = waiting.iter().find_map(|entry| match &entry.state {
        MailState::Due { last_error, .. } => last_error.clone(),
        _ => None,
    });
    Ok(reason.map(|reason| Concern {
        key: "mail".to_owned(),
        what: format!("{} mails can't leave. The server's last answer: {reason}", waiting.len()),
        advice: "Try `fineprint mail test ADDRESS`, and mend [mail] in fineprint.toml. Nothing is lost: they are tried for five days."
            .to_owned(),
    }))
}

fn suspended(store: &dyn Store) -> Result<Vec<Concern>, StoreError> {
    let concern = |subscription: crate::model::Subscription| match &subscription.state {
        SubscriptionState::Suspended { reason, .. } => Some(Concern {
            key: format!("subscription {}", subscription.id),
            what: format!("Subscription {} gets no mail any more; the server said: {reason}", subscription.id),
            advice: format!(
                "If the address is dead, run `fineprint subscriber forget {}`. Its owner can subscribe again.",
                subscription.id
            ),
        }),
        _ => None,
    };
    Ok(store.subscriptions()?.into_iter().filter_map(concern).collect())
}

/// A disk that fills up: told while the daemon can still write a mail. Once told it lasts until there is ample room: what wavers at the
/// border is one incident.
fn cramped(room: Room, lasts: bool) -> Option<Concern> {
    let wanted = if lasts { room.ample() } else { room.wanted() };
    room.lacks(wanted).then(|| Concern {
        key: DISK.to_owned(),
        what: format!(
            "Only {} MiB are free on the disk where the store is; it takes {} MiB itself.",
            room.free >> 20,
            room.taken.div_ceil(1 << 20)
        ),
        advice: format!(
            "Make room, or let `[store]` in fineprint.toml drop old bytes and run `fineprint store compact`. {} MiB should be free, since a \
             start after a crash and an export copy the store; when nothing is free, fineprint stops.",
            wanted >> 20
        ),
    })
}

fn noisy(store: &dyn Store, watch: &Watch, now: Timestamp) -> Result<Option<Concern>, StoreError> {
    let lately = store.history(&watch.id, 100)?;
    let flickers = |result: &CheckResult| matches!(result, CheckResult::Flap | CheckResult::Variant);
    let count = lately.iter().filter(|line| now.duration_since(line.at) <= NOISE_WINDOW && flickers(&line.result)).count();
    Ok((count >= NOISY).then(|| Concern {
        key: format!("noisy {}", watch.id),
        what: format!("Its text was another one {count} times in a week, and went back each time. Nobody was mailed."),
        advice: format!("See what comes and goes with `fineprint history {}`, and keep it out with `remove` in the watchlist.", watch.id),
    }))
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_wavers_at_the_border_is_one_incident() {
        let empty = Room { taken: 0, free: 0, lent: 0 };
        let with = |more: u64| Room { free: empty.wanted() + more, ..empty };
        let short = Room { free: empty.wanted() - 1, ..empty };
        assert!(cramped(with(0), false).is_none());
        assert!(cramped(short, false).is_some());
        assert!(cramped(with(1 << 20), true).is_some(), "told, and hardly better");
        assert!(cramped(with(1 << 30), true).is_none());
    }
}
