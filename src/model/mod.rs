//! The nouns, as plain data. In: nothing. Out: the types that every other room speaks in.
//! This room must never do anything: no I/O, no clock, no parsing of the outside world.

mod capture;
mod change;
mod comparison;
mod document;
mod event;
mod frame;
mod ids;
mod incident;
mod mail;
mod memory;
mod promise;
mod rhythm;
mod settings;
mod subscription;
mod verdict;
mod watch;

pub use capture::{Capture, Failure, FetchOutcome, Header, Validators};
pub use change::{Change, CheckRecord, CheckResult, Held, Snapshot, Trouble, Version, WatchState};
pub use comparison::{ClauseRelation, Comparison, Overview, Piece, RelationKind, Replacement, SentencePair, SentenceRef, Similarity};
pub use document::{Clause, ClauseKind, Document};
pub use event::{ChangeKind, Direction, Event, Severity, Stance, Topic};
pub use frame::{Act, Actor, Binding, Condition, Filled, Frame, Limit, LimitKind, Modality, Object, Population, Scope, Slot, Span, Time};
pub use ids::{ChangeId, MailId, ParseIdError, Sha256, SubscriptionId, WatchId};
pub use incident::Incident;
pub use mail::{Mail, MailBody, MailState, OutboxEntry};
pub use memory::{Memory, Seen, SeenText};
pub use promise::{Assessment, Promise, Standing};
pub use rhythm::{DAYS, Hour, Rhythm};
pub use settings::{Dkim, FetchSettings, HealthSettings, Keep, MailSettings, Secret, Security, Settings, WebSettings};
pub use subscription::{Consent, DigestTurn, Subscription, SubscriptionState, Wanted, is_webhook};
pub use verdict::{Rejection, Verdict};
pub use watch::{Schedule, Selection, Watch, WatchKind};
