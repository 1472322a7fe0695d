use std::error::Error as StdError;

/// Mail settings that no mail can leave with.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct DeliverError {
    kind: DeliverErrorKind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliverErrorKind {
    /// There is no server to deliver to.
    #[error("no mail server is set")]
    NoServer,
    /// The sender is not a mailbox.
    #[error("{0:?} is no mailbox to send from: write it like `fineprint <alerts@example.org>`")]
    From(String),
    /// The mailbox for answers is none.
    #[error("{0:?} is no mailbox to reply to: write it like `alerts@example.org`")]
    ReplyTo(String),
    /// TLS can't be set up for the server's name.
    #[error("TLS can't be set up for the mail server {0:?}")]
    Tls(String),
    /// A signature is asked for, and there is no key.
    #[error("[mail.dkim] needs the private key: give the systemd credential dkim_key, or FINEPRINT_DKIM_KEY")]
    DkimWithoutKey,
    /// The key for signatures is none.
    #[error("the DKIM key is neither an RSA key in PEM (PKCS#1, \"BEGIN RSA PRIVATE KEY\") nor an Ed25519 key in Base64")]
    DkimKey,
    /// A password without a user name, or the other way round.
    #[error("the mail server needs both a user name and a password, or neither")]
    HalfCredentials,
}

impl DeliverError {
    pub(super) fn new(kind: DeliverErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(super) fn caused(kind: DeliverErrorKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind, source: Some(source.into()) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &DeliverErrorKind {
        &self.kind
    }
}
