//! What platforms promised, held against what their documents say.

use super::check::Monitor;
use crate::compose;
use crate::model::{Assessment, Incident, Promise, Sha256, Standing, Subscription};
use crate::store::{Commit, StoreError};
use crate::{judge, model};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashSet;

impl Monitor {
    /// Holds each promise against the accepted text of its document, and tells readers and operator once when it stands otherwise than
    /// before: kept, kept in other words, something weaker, or its date gone by. Mails and memory are one commit.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn look_at_promises(&self, promises: &[Promise]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let known = self.store.incidents()?;
        let listed: HashSet<String> = promises.iter().map(key).collect();
        let left = known.iter().filter(|one| one.key.starts_with("promise ") && !listed.contains(&one.key));
        let left: Vec<_> = left.map(|one| (one.key.clone(), None)).collect();
        if !left.is_empty() {
            self.store.commit(Commit { incidents: left, ..Commit::default() })?;
        }
        for promise in promises {
            let version = self.store.state(&promise.watch)?.version;
            let Some(document) = (if version == 0 { None } else { self.store.document(&promise.watch, version)? }) else { continue };
            let assessment = judge::assess(&promise.wording, &document);
            let standing = standing(promise, &assessment, now);
            let key = key(promise);
            let before = known.iter().find(|incident| incident.key == key);
            let what = compose::standing_line(promise, standing);
            if before.is_some_and(|incident| incident.what == what) {
                continue;
            }
            let since = before.map_or(now, |incident| incident.since);
            let advice = assessment.losses.join(" ");
            let incident = Incident { key: key.clone(), since, told: now, what, advice };
            let mut commit = Commit { incidents: vec![(key, Some(incident))], ..Commit::default() };
            // That nothing came yet is no news.
            if standing != Standing::Open {
                commit.mails = self.mails_on(promise, standing, &assessment, now)?;
                tracing::info!(watch = %promise.watch, standing = ?standing, "a promise stands otherwise than before");
            }
            self.store.commit(commit)?;
        }
        Ok(())
    }

    fn mails_on(
        &self,
        promise: &Promise,
        standing: Standing,
        assessment: &Assessment,
        now: Timestamp,
    ) -> Result<Vec<model::OutboxEntry>, StoreError> {
        let mut told = HashSet::new();
        let mut mails = Vec::new();
        let links = self.links()?;
        for subscription in self.store.subscriptions()?.iter().filter(|one| asks_for(one, promise)) {
            if told.insert(subscription.address.to_lowercase()) {
                let mail = self.for_reader(subscription, links.as_ref(), |origin| {
                    compose::promise(promise, standing, assessment, subscription, origin, now)
                });
                mails.push(self.queued(None, mail, now)?);
            }
        }
        if let Some(operator) = self.settings.operator.as_ref().filter(|operator| !told.contains(&operator.to_lowercase())) {
            mails.push(self.queued(None, compose::promise_to_operator(operator, promise, standing, assessment, now), now)?);
        }
        Ok(mails)
    }
}

/// Whether a reader subscribed to the platform, one of its tags, or everything. Programs get changes only.
fn asks_for(subscription: &Subscription, promise: &Promise) -> bool {
    let named = subscription.platforms.iter().any(|platform| platform.eq_ignore_ascii_case(&promise.platform));
    let tagged = subscription.tags.iter().any(|tag| promise.tags.iter().any(|other| tag.eq_ignore_ascii_case(other)));
    let everything = subscription.platforms.is_empty() && subscription.tags.is_empty();
    subscription.is_confirmed() && !subscription.is_webhook() && (everything || named || tagged)
}

/// Where a promise stands at a time: on the day after its date it is overdue, anywhere on earth.
fn standing(promise: &Promise, assessment: &Assessment, now: Timestamp) -> Standing {
    const LAST_ZONE: i8 = -12;
    let today = now.to_zoned(TimeZone::fixed(jiff::tz::offset(LAST_ZONE))).date();
    match (assessment.standing, promise.by) {
        (Standing::Open, Some(by)) if today > by => Standing::Overdue,
        (standing, _) => standing,
    }
}

/// What a promise is remembered by: its document and its words.
fn key(promise: &Promise) -> String {
    let digest = Sha256::of(promise.wording.as_bytes()).to_string();
    format!("promise {} {}", promise.watch, &digest[..12])
}
