use super::{Change, Event, Severity, SubscriptionId, Topic};
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
}

/// Whether mail may go to a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionState {
    /// The address has not confirmed; nothing but the confirmation may go to it.
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
}

impl Subscription {
    /// The events of a change that this subscription asked for; empty where no mail is due.
    #[must_use]
    pub fn wanted<'change>(&self, change: &'change Change) -> Vec<&'change Event> {
        let confirmed = matches!(self.state, SubscriptionState::Confirmed { .. });
        let named = self.platforms.iter().any(|platform| platform.eq_ignore_ascii_case(&change.platform));
        let tagged = self.tags.iter().any(|tag| change.tags.iter().any(|other| tag.eq_ignore_ascii_case(other)));
        let everything = self.platforms.is_empty() && self.tags.is_empty();
        if !confirmed || !(everything || named || tagged) {
            return Vec::new();
        }
        let asked = |event: &&Event| event.severity >= self.severity && (self.topics.is_empty() || self.topics.contains(&event.topic));
        change.events.iter().filter(asked).collect()
    }
}
