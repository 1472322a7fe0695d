//! Words for people. In: a change and a subscription. Out: subject, text part and HTML part of a mail.
//! This room must never claim what the change does not hold, and never let page text through unescaped.

mod alert;
mod clean;
mod evidence;
mod origin;
mod quote;
mod render;
mod sample;
#[cfg(test)]
mod tests;
mod view;
mod wording;

pub use alert::{LIST, MAX_BYTES, MAX_EVENTS, alert, message_key};
pub use origin::{Origin, change_url};
pub use sample::test_mail;
