use super::alert::{LIST, body};
use super::origin::Origin;
use crate::model::{
    Change, ChangeId, ChangeKind, Direction, Event, Mail, Rhythm, Severity, Sha256, Stance, Subscription, SubscriptionId,
    SubscriptionState, Topic, WatchId,
};
use jiff::{SignedDuration, Timestamp};

const NOTICE: &str = "This is a test of fineprint's mail. Tidewave does not exist, and nothing below was published by anybody.";
const CLAUSE: &str = "Unless a written agreement with you says otherwise, everything you upload may be used to train, test and \
                      improve artificial intelligence systems that we run as part of Tidewave.";

/// A sample alert about an invented platform, clearly marked as a test; `now` makes its Message-ID its own.
#[must_use]
pub fn test_mail(to: &str, now: Timestamp, origin: &Origin<'_>) -> Mail {
    let change = sample_change(now);
    let subscription = sample_subscription(to, now);
    let events: Vec<&Event> = change.events.iter().collect();
    // A test subscribed nobody: there is no page of this change, and no link by which to leave.
    let origin = Origin { site: None, leave: None, preferences: None, ..*origin };
    Mail {
        to: to.to_owned(),
        body: body(&change, &events, &subscription, &origin, Some(NOTICE)),
        message_key: format!("test-{}", now.as_millisecond()),
        list: LIST.to_owned(),
        unsubscribe: origin.unsubscribe(subscription.id),
    }
}

/// The change that a test mail reports: the invented platform starts to allow AI training.
pub(crate) fn sample_change(now: Timestamp) -> Change {
    let ago = |hours: i64| now - SignedDuration::from_hours(hours);
    Change {
        id: ChangeId(1),
        watch: WatchId::new("Tidewave", "Terms of Use"),
        platform: "Tidewave".to_owned(),
        document: "Terms of Use".to_owned(),
        url: "https://tidewave.example/legal/terms".to_owned(),
        old_version: 1,
        new_version: 2,
        last_seen_old: ago(7),
        first_seen_new: ago(1),
        confirmed: now,
        old_sha256: Sha256::of(b"the invented page, before"),
        new_sha256: Sha256::of(b"the invented page, after"),
        language: Some("en".to_owned()),
        events: vec![permission_introduced()],
        sentences: [1, 0, 0],
        date_only: false,
        effective: None,
        tags: Vec::new(),
        excerpt: Vec::new(),
        replaced: None,
        imported_from: None,
        effective_before: None,
    }
}

/// Somebody who asked for everything.
pub(super) fn sample_subscription(to: &str, now: Timestamp) -> Subscription {
    Subscription {
        id: SubscriptionId(1),
        address: to.to_owned(),
        platforms: vec!["Tidewave".to_owned()],
        tags: Vec::new(),
        topics: Vec::new(),
        severity: Severity::Minor,
        state: SubscriptionState::Confirmed { at: now, by: "operator".to_owned() },
        created: now,
        rhythm: Rhythm::AtOnce,
        digest: None,
        consent: None,
    }
}

fn permission_introduced() -> Event {
    Event {
        topic: Topic::Training,
        kind: "permission-introduced".to_owned(),
        change: ChangeKind::Added,
        direction: Direction::Worse,
        severity: Severity::Critical,
        stance_before: Stance::Silent,
        stance_after: Stance::Permits,
        before: None,
        after: Some(CLAUSE.to_owned()),
        redline: Vec::new(),
        section: "Your content › The licence you give us".to_owned(),
        not_covered: Vec::new(),
        rule: "permission-introduced".to_owned(),
        summary: "Tidewave's terms now say that what you upload may be used to train AI, and this document offers no way to object."
            .to_owned(),
    }
}
