//! Words for people. In: a change and a subscription. Out: subject, text part and HTML part of a mail.
//! This room must never claim what the change does not hold, and never let page text through unescaped.

mod alert;
pub mod clean;
mod digest;
mod evidence;
mod feed;
mod letter;
mod letters;
mod origin;
mod promise;
mod quote;
mod render;
mod sample;
#[cfg(test)]
mod tests;
mod view;
mod webhook;
pub mod wording;

pub use alert::{LIST, MAX_BYTES, MAX_EVENTS, alert, message_key, tone};
pub use digest::digest;
pub use evidence::evidence;
pub use feed::{Feed, feed};
pub use letters::{Phase, confirmation, incident, welcome};
pub use origin::{Links, Origin, ReaderLinks, change_url, document_url};
pub use promise::{promise, promise_to_operator, standing_line};
#[cfg(test)]
pub(crate) use sample::sample_change;
pub use sample::test_mail;
pub use view::{Fact, Tone};
pub use webhook::{change_json, event_json, webhook};
