use super::{Change, Event, Rhythm, Severity, SubscriptionId, Topic};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An address and what it wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its number.
    pub id: SubscriptionId,
    /// The mailbox, checked.
    pub address: String,
    /// Platforms by name, in any case; empty: all.
    pub platforms: Vec<String>,
    /// Tags; empty: all. A watch matches when platform or tag does.
    pub tags: Vec<String>,
    /// Topics; empty: all.
    pub topics: Vec<Topic>,
    /// From which severity.
    pub severity: Severity,
    /// Whether mail may go to it.
    pub state: SubscriptionState,
    /// When it was made.
    pub created: Timestamp,
    /// When its reader is told.
    pub rhythm: Rhythm,
    /// How far the digests are, where its reader gets digests.
    pub digest: Option<DigestTurn>,
    /// When and by what its reader consented; kept when the reader leaves.
    pub consent: Option<Consent>,
}

/// How far the digests of a subscription are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestTurn {
    /// Changes that were confirmed later were not told yet.
    pub since: Timestamp,
    /// When the next digest is due.
    pub next: Timestamp,
}

/// The record of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When it was given.
    pub at: Timestamp,
    /// By what: `operator`, or the digest of the confirmation that was mailed to the address.
    pub by: String,
}

/// What somebody wants to hear of: all of a subscription that its reader chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Platforms by name; empty: all.
    pub platforms: Vec<String>,
    /// Tags; empty: all.
    pub tags: Vec<String>,
    /// Topics; empty: all.
    pub topics: Vec<Topic>,
    /// From which severity.
    pub severity: Severity,
    /// When.
    pub rhythm: Rhythm,
}

/// Whether mail may go to a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionState {
    /// The address has not confirmed; nothing but the confirmation may go to it. Not made any more: a confirmation carries the wish.
    Pending,
    /// Confirmed, and how: `operator` or the digest of the confirmation.
    Confirmed {
        /// When.
        at: Timestamp,
        /// By what.
        by: String,
    },
    /// Stopped after refusals, with the server's words.
    Suspended {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// The reader left; nothing goes to it until a new confirmation.
    Left {
        /// When.
        at: Timestamp,
    },
}

impl Subscription {
    /// A confirmed subscription that begins at `now`.
    #[must_use]
    pub fn confirmed(id: SubscriptionId, address: String, wanted: Wanted, by: String, now: Timestamp) -> Self {
        Self {
            id,
            address,
            platforms: Vec::new(),
            tags: Vec::new(),
            topics: Vec::new(),
            severity: Severity::Minor,
            state: SubscriptionState::Confirmed { at: now, by: by.clone() },
            created: now,
            rhythm: Rhythm::AtOnce,
            digest: None,
            consent: Some(Consent { at: now, by }),
        }
        .wanting(wanted, now)
    }

    /// The same subscription with other wishes. Changes that were confirmed before `now` and wait for a digest stay in it.
    #[must_use]
    pub fn wanting(self, wanted: Wanted, now: Timestamp) -> Self {
        let Wanted { platforms, tags, topics, severity, rhythm } = wanted;
        let since = self.digest.map_or(now, |turn| turn.since);
        let digest = rhythm.next_after(now).map(|next| DigestTurn { since, next });
        Self { platforms, tags, topics, severity, rhythm, digest, ..self }
    }

    /// What its reader chose.
    #[must_use]
    pub fn wishes(&self) -> Wanted {
        Wanted {
            platforms: self.platforms.clone(),
            tags: self.tags.clone(),
            topics: self.topics.clone(),
            severity: self.severity,
            rhythm: self.rhythm.clone(),
        }
    }

    /// Whether mail may go to it.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        matches!(self.state, SubscriptionState::Confirmed { .. })
    }

    /// Whether its address is that of a program, which is sent JSON instead of mail.
    #[must_use]
    pub fn is_webhook(&self) -> bool {
        is_webhook(&self.address)
    }

    /// The events of a change that this subscription asked for; empty where no mail is due.
    #[must_use]
    pub fn wanted<'change>(&self, change: &'change Change) -> Vec<&'change Event> {
        let named = self.platforms.iter().any(|platform| platform.eq_ignore_ascii_case(&change.platform));
        let tagged = self.tags.iter().any(|tag| change.tags.iter().any(|other| tag.eq_ignore_ascii_case(other)));
        let everything = self.platforms.is_empty() && self.tags.is_empty();
        if !self.is_confirmed() || !(everything || named || tagged) {
            return Vec::new();
        }
        let asked = |event: &&Event| event.severity >= self.severity && (self.topics.is_empty() || self.topics.contains(&event.topic));
        change.events.iter().filter(asked).collect()
    }
}

/// Whether an address is that of a program, not a mailbox.
#[must_use]
pub fn is_webhook(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}
