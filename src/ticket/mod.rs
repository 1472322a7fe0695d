//! Signed links. In: a claim and a key. Out: a token that fits into a URL, and from a token the claim, if this house made it and it is not
//! too old. This room must never believe a token that was altered, or one that was made for another purpose.

use crate::model::{Sha256, SubscriptionId, Wanted};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a confirmation can be used.
pub const CONFIRMATION_LASTS: SignedDuration = SignedDuration::from_hours(48);
/// How long the link to the preferences in a mail can be used.
pub const PREFERENCES_LAST: SignedDuration = SignedDuration::from_hours(24 * 60);

/// The longest token that is looked at, in bytes: a link of a mail is shorter.
const LONGEST: usize = 4_000;
/// Bytes of the signature that are kept: 128 bits can't be guessed.
const SIGNATURE: usize = 16;
/// What every signature also covers, so that no other use of the key makes a token.
const CONTEXT: &[u8] = b"fineprint ticket 1";

/// The key that tokens are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key([hidden])")
    }
}

/// What a token stands for. Each kind is one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// Whoever has it reads the mail of this address, and wants this. Nothing is stored of an address before.
    Confirm {
        /// The address, checked.
        address: String,
        /// What it asked for.
        wanted: Wanted,
        /// Until when it can be used.
        until: Timestamp,
    },
    /// Ends a subscription; it can be used for ever, as a reader may leave by an old mail.
    Leave(SubscriptionId),
    /// Shows and changes what a subscription asks for.
    Preferences {
        /// Which.
        subscription: SubscriptionId,
        /// Until when it can be used.
        until: Timestamp,
    },
}

/// Why a token stands for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// It was cut off, altered, or made by somebody else.
    #[error("this link is incomplete or was not made here; copy it from the mail as a whole")]
    Forged,
    /// It is too old.
    #[error("this link is too old")]
    Expired,
}

/// The token of a claim.
#[must_use]
pub fn issue(key: &Key, claim: &Claim) -> String {
    // Serialising plain data into memory can't fail; were it to, the token would be one that nobody accepts.
    let mut bytes = postcard::to_stdvec(claim).unwrap_or_default();
    let signature = signature(key, &bytes);
    bytes.extend_from_slice(&signature[..SIGNATURE]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The claim of a token.
///
/// # Errors
/// When the token is not one of this key, or is too old.
pub fn read(key: &Key, token: &str, now: Timestamp) -> Result<Claim, TicketError> {
    if token.len() > LONGEST {
        return Err(TicketError::Forged);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TicketError::Forged)?;
    let (body, signed) = bytes.len().checked_sub(SIGNATURE).map(|at| bytes.split_at(at)).ok_or(TicketError::Forged)?;
    mac(key, body).verify_truncated_left(signed).map_err(|_| TicketError::Forged)?;
    let claim: Claim = postcard::from_bytes(body).map_err(|_| TicketError::Forged)?;
    match claim {
        Claim::Confirm { until, .. } | Claim::Preferences { until, .. } if until < now => Err(TicketError::Expired),
        claim => Ok(claim),
    }
}

/// By what a token is known once it was used.
#[must_use]
pub fn digest(token: &str) -> Sha256 {
    Sha256::of(token.as_bytes())
}

/// The signature of a message that goes to another program, as lower-case hexadecimal digits (HMAC-SHA-256, RFC 2104).
#[must_use]
pub fn sign(secret: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(message);
    let bytes: [u8; 32] = mac.finalize().into_bytes().into();
    Sha256(bytes).to_string()
}

fn mac(key: &Key, body: &[u8]) -> Hmac<sha2::Sha256> {
    // HMAC fills a short key with zeros up to its block (RFC 2104, section 2).
    let mut block = [0; 64];
    block[..key.0.len()].copy_from_slice(&key.0);
    let mut mac = Hmac::<sha2::Sha256>::new(&block.into());
    mac.update(CONTEXT);
    mac.update(body);
    mac
}

fn signature(key: &Key, body: &[u8]) -> [u8; 32] {
    mac(key, body).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Rhythm, Severity};

    const KEY: Key = Key([7; 32]);

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn confirm() -> Claim {
        let wanted = Wanted {
            platforms: vec!["Tonlage".to_owned()],
            tags: vec![],
            topics: vec![],
            severity: Severity::Major,
            rhythm: Rhythm::AtOnce,
        };
        Claim::Confirm { address: "ana@example.org".to_owned(), wanted, until: at(48) }
    }

    #[test]
    fn a_token_comes_back_as_what_it_was_made_for_until_it_is_too_old() {
        for claim in [confirm(), Claim::Leave(SubscriptionId(7)), Claim::Preferences { subscription: SubscriptionId(7), until: at(48) }] {
            let token = issue(&KEY, &claim);
            assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{token}");
            assert_eq!(read(&KEY, &token, at(48)), Ok(claim.clone()));
            let late = if matches!(claim, Claim::Leave(_)) { Ok(claim) } else { Err(TicketError::Expired) };
            assert_eq!(read(&KEY, &token, at(49)), late);
        }
    }

    #[test]
    fn what_was_altered_cut_or_made_by_others_is_refused() {
        let token = issue(&KEY, &confirm());
        assert_eq!(read(&Key([8; 32]), &token, at(1)), Err(TicketError::Forged));
        for index in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            assert_ne!(read(&KEY, std::str::from_utf8(&altered).unwrap(), at(1)), Ok(confirm()), "byte {index}");
            assert!(read(&KEY, &token[..index], at(1)).is_err(), "cut at {index}");
        }
        for bad in ["", "A", "../../etc/passwd", "a b", "ü", &"A".repeat(5_000_000), &format!("{token}A"), &format!("{token}=")] {
            assert_eq!(read(&KEY, bad, at(1)), Err(TicketError::Forged), "{}", &bad[..bad.len().min(20)]);
        }
    }

    #[test]
    fn a_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        assert_eq!(sign(b"Jefe", b"what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
