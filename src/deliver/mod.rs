//! Mails leave the house. In: a [`Mail`]. Out: what the server said, as accepted, temporary or permanent.
//! This room must never decide whether a mail is due, and never try one twice by itself.

use crate::model::Mail;
use std::future::Future;
use std::pin::Pin;

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// To be tried again: the server's 4xx answer, or no connection.
    Temporary(String),
    /// Never to be tried again: the server's 5xx answer, or an address that can't be written to.
    Permanent(String),
}

/// Something that delivers mails.
pub trait Deliver: Send + Sync + std::fmt::Debug {
    /// Hands over one mail; the answer of the one who took it.
    fn deliver<'call>(&'call self, mail: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>>;
}
