//! Signatures of our own domain (RFC 6376), where the operator gave a key: else the relay signs.

use super::{DeliverError, DeliverErrorKind};
use crate::model::MailSettings;
use lettre::message::dkim::{DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey};
use lettre::message::header::HeaderName;
use std::sync::Arc;

/// What a signature covers. RFC 8058 wants the unsubscribe headers in it; a header that a mail doesn't have is signed as absent.
/// Content-Type can't be among them: lettre writes that of a multipart message with the body, and would sign it as absent.
const HEADERS: [&str; 10] =
    ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"];

/// The signer of the settings, if they name one.
pub(super) fn signer(settings: &MailSettings) -> Result<Option<Arc<DkimConfig>>, DeliverError> {
    let Some(dkim) = &settings.dkim else { return Ok(None) };
    let key = dkim.key.as_ref().ok_or_else(|| DeliverError::new(DeliverErrorKind::DkimWithoutKey))?;
    let text = key.reveal().trim();
    let algorithm = if text.starts_with("-----") { DkimSigningAlgorithm::Rsa } else { DkimSigningAlgorithm::Ed25519 };
    let key = DkimSigningKey::new(text, algorithm).map_err(|error| DeliverError::caused(DeliverErrorKind::DkimKey, error))?;
    let relaxed = DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
    let headers = HEADERS.map(HeaderName::new_from_ascii_str).to_vec();
    Ok(Some(Arc::new(DkimConfig::new(dkim.selector.clone(), dkim.domain.clone(), key, headers, relaxed))))
}
