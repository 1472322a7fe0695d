//! A mail as an Internet message (RFC 5322) with its MIME parts.

use super::{DeliverError, DeliverErrorKind, Refusal, dkim};
use crate::model::{Mail, MailSettings, Sha256};
use lettre::Message;
use lettre::message::dkim::DkimConfig;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use std::sync::Arc;

/// RFC 5322 allows lines of 998 characters, and `<`, `>` and `@` come on top.
const MAX_KEY: usize = 120;

/// Who the mails come from.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    signer: Option<Arc<DkimConfig>>,
}

impl Sender {
    /// The sender of the settings, with its mailboxes checked.
    pub(super) fn new(settings: &MailSettings) -> Result<Self, DeliverError> {
        let from = settings
            .from
            .parse()
            .map_err(|error: lettre::address::AddressError| DeliverError::caused(DeliverErrorKind::From(settings.from.clone()), error))?;
        let reply_to = settings.reply_to.as_ref().map(|text| {
            let refused = |error: lettre::address::AddressError| DeliverError::caused(DeliverErrorKind::ReplyTo(text.clone()), error);
            text.parse::<Mailbox>().map_err(refused)
        });
        Ok(Self { from, reply_to: reply_to.transpose()?, signer: dkim::signer(settings)? })
    }

    /// The message of a mail, dated now.
    pub(super) fn message(&self, mail: &Mail) -> Result<Message, Refusal> {
        let to: lettre::Address = mail.to.parse().map_err(|error| Refusal::Permanent(format!("no mailbox: {error}")))?;
        let to = Mailbox::new(None, to);
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(one_line(&mail.body.subject))
            .date_now()
            .message_id(Some(format!("<{}@{}>", safe_key(&mail.message_key), self.from.email.domain())))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if !mail.list.is_empty() {
            builder = builder.raw_header(header("List-Id", format!("<{}>", safe_key(&mail.list))));
        }
        for header in unsubscribe(&mail.unsubscribe) {
            builder = builder.raw_header(header);
        }
        let parts = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &mail.body.text))
            .singlepart(part(ContentType::TEXT_HTML, &mail.body.html));
        let mut message = builder.multipart(parts).map_err(|error| Refusal::Permanent(format!("no message: {error}")))?;
        if let Some(signer) = &self.signer {
            message.sign(signer);
        }
        Ok(message)
    }
}

/// Quoted-printable always: it keeps lines short, and the message in ASCII, which every server takes.
fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text.to_owned())
}

/// List-Unsubscribe, and its One-Click form where there is a link that can be posted to (RFC 8058).
fn unsubscribe(ways: &[String]) -> Vec<HeaderValue> {
    let plain = |way: &&String| way.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ','));
    let ways: Vec<&String> = ways.iter().filter(plain).collect();
    if ways.is_empty() {
        return Vec::new();
    }
    let list = ways.iter().map(|way| format!("<{way}>")).collect::<Vec<_>>().join(", ");
    let mut headers = vec![header("List-Unsubscribe", list)];
    if ways.iter().any(|way| way.starts_with("https://")) {
        headers.push(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    headers
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn one_line(text: &str) -> String {
    text.chars().filter_map(|c| if c.is_whitespace() { Some(' ') } else { Some(c).filter(|c| !c.is_control()) }).collect()
}

/// A key that may stand in a header and be a file's name; keys that had to be altered stay apart by their digest.
pub(super) fn safe_key(key: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let dotted = key.starts_with('.') || key.ends_with('.') || key.contains("..");
    if !key.is_empty() && key.len() <= MAX_KEY && !dotted && key.chars().all(is_safe) {
        return key.to_owned();
    }
    let digest = Sha256::of(key.as_bytes()).to_string();
    let legible: String = key.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{legible}-{}", &digest[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_key_stays_and_others_are_replaced() {
        assert_eq!(safe_key("alert-7-3-0123456789abcdef"), "alert-7-3-0123456789abcdef");
        for bad in ["", "../../etc/passwd", ".hidden", "a b", "a\r\nBcc: x", "ü", "a..b"] {
            let key = safe_key(bad);
            assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{bad:?} became {key:?}");
        }
        assert_ne!(safe_key("a/b"), safe_key("ab/"));
    }

    #[test]
    fn one_click_needs_a_link() {
        let names = |ways: &[&str]| unsubscribe(&ways.iter().map(|way| (*way).to_owned()).collect::<Vec<_>>()).len();
        assert_eq!(names(&["mailto:leave@example.org"]), 1);
        assert_eq!(names(&["https://example.org/leave", "mailto:leave@example.org"]), 2);
        assert_eq!(names(&["http://example.org/leave"]), 1);
        assert_eq!(names(&["https://example.org/a>, <https://evil.example", "mailto:a b"]), 0);
        assert_eq!(names(&[]), 0);
    }
}
