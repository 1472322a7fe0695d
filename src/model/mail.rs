use super::{ChangeId, MailId, SubscriptionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A composed mail without its addresses: what the reader sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailBody {
    /// Subject line, one line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part.
    pub html: String,
}

/// A mail ready to be handed to a server, one recipient each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The recipient's mailbox.
    pub to: String,
    /// What the reader sees.
    pub body: MailBody,
    /// The part of the Message-ID before the `@`: derived from change and subscription, so that a repeat is recognisable.
    pub message_key: String,
    /// The value of List-Id without brackets, such as `alerts.fineprint`.
    pub list: String,
    /// Where to unsubscribe, for List-Unsubscribe (RFC 2369, RFC 8058): a `mailto:` or an `https:` URL; several are allowed.
    pub unsubscribe: Vec<String>,
}

/// A mail of the outbox and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// Its number.
    pub id: MailId,
    /// Why it exists: a change (number 0 where there is none, as for a welcome or a digest of several) and the subscription that it goes
    /// to; `None` for a mail that is thrown away once it is delivered: a confirmation, or a word to the operator.
    pub cause: Option<(ChangeId, SubscriptionId)>,
    /// What to send.
    pub mail: Mail,
    /// When it was put in.
    pub queued: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// How far it has come.
    pub state: MailState,
}

/// How far a mail has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailState {
    /// To be tried at that time; the last temporary answer, if there was one.
    Due {
        /// When to try next.
        at: Timestamp,
        /// What the server said last.
        last_error: Option<String>,
    },
    /// A server accepted it.
    Sent {
        /// When.
        at: Timestamp,
        /// What the server said.
        answer: String,
    },
    /// Refused for good.
    Refused {
        /// When.
        at: Timestamp,
        /// What the server said.
        reason: String,
    },
}
