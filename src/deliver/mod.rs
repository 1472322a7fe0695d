//! Mails leave the house, and what programs are sent. In: a [`Mail`]. Out: what the server said, as accepted, temporary or permanent.
//! This room must never decide whether a mail is due, and never try one twice by itself.

mod address;
mod dkim;
mod error;
mod file;
mod message;
mod parking;
mod retry;
mod smtp;
mod transaction;
mod webhook;

pub use address::{check_address, check_recipient};
pub use error::{DeliverError, DeliverErrorKind};
pub use file::FileDelivery;
pub use retry::{GIVE_UP_AFTER, next_attempt};
pub use smtp::{Conversation, SEND_TIMEOUT, SmtpDelivery};
pub use webhook::Channels;

use crate::model::{Mail, MailSettings};
use std::future::Future;
use std::path::Path;
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

/// The delivery that the settings ask for: the server, or files in the settings' folder, or in `default_folder`; and webhooks beside it.
pub fn open(settings: &MailSettings, default_folder: &Path) -> Result<Box<dyn Deliver>, DeliverError> {
    let mail: Box<dyn Deliver> = if settings.server.is_some() {
        Box::new(SmtpDelivery::new(settings)?)
    } else {
        let folder = settings.folder.as_deref().unwrap_or(default_folder);
        Box::new(FileDelivery::new(folder, settings)?)
    };
    Ok(Box::new(Channels::new(mail, settings.webhook_secret.clone())))
}
