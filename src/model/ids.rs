use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is no id of the kind asked for; its message says what one looks like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {kind}: {expected}")]
pub struct ParseIdError {
    text: String,
    kind: &'static str,
    expected: &'static str,
}

/// Names a watched document: `platform/document` in lower-case words joined by hyphens, such as `soundcloud/terms-of-service`.
///
/// It is made from the names in the watchlist, so that the history of a document survives an edit of its URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WatchId(String);

impl WatchId {
    /// The id of a platform's document, from the names that the watchlist gives them.
    #[must_use]
    pub fn new(platform: &str, document: &str) -> Self {
        Self(format!("{}/{}", slug(platform), slug(document)))
    }

    /// The id of what a platform's sites say to machines; no document may have it.
    #[must_use]
    pub fn of_signals(platform: &str) -> Self {
        Self(format!("{}/{SIGNALS}", slug(platform)))
    }

    /// Whether it is one of those.
    #[must_use]
    pub fn is_of_signals(&self) -> bool {
        self.0.split_once('/').is_some_and(|(_, document)| document == SIGNALS)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The document part of the ids of signals.
const SIGNALS: &str = "ai-signals";

/// Lower-case letters and digits of any script, everything else folded to single hyphens.
fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

impl fmt::Display for WatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WatchId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let well_formed = text.split_once('/').is_some_and(|(platform, document)| {
            !platform.is_empty() && slug(platform) == platform && !document.is_empty() && slug(document) == document
        });
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError {
                text: text.to_owned(),
                kind: "watch id",
                expected: "write platform/document as `fineprint watch list` prints it",
            })
        }
    }
}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse().map(Self).map_err(|_| ParseIdError { text: text.to_owned(), kind: $kind, expected: "write its number" })
            }
        }
    };
}

numbered!(
    /// Numbers a confirmed change; numbers rise over all documents of a store and are never used again.
    ChangeId, "change"
);
numbered!(
    /// Numbers a subscription of a store.
    SubscriptionId, "subscription"
);
numbered!(
    /// Numbers a mail of the outbox; rises in the order of creation.
    MailId, "mail"
);

/// The SHA-256 digest (FIPS 180-4) of some bytes; shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_id_is_made_of_the_names_and_reads_back() {
        let id = WatchId::new("Le Chat (Mistral)", "Terms of Service");
        assert_eq!(id.as_str(), "le-chat-mistral/terms-of-service");
        assert_eq!(id.as_str().parse::<WatchId>(), Ok(id));
    }

    #[test]
    fn text_that_is_no_watch_id_is_refused_with_a_hint() {
        for bad in ["", "soundcloud", "Sound/Terms", "a/b/c", "../etc/passwd", "a/", "/b"] {
            let error = bad.parse::<WatchId>().unwrap_err().to_string();
            assert!(error.contains("platform/document"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_digest_is_the_published_one() {
        // FIPS 180-4 example: the message "abc".
        assert_eq!(Sha256::of(b"abc").to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
