//! One mail on an open connection (RFC 5321, section 3.3), and what an answer means for the mail.

use super::Refusal;
use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use std::fmt::Display;

/// The longest part of an answer that is kept.
const MAX_ANSWER: usize = 500;

/// The lines of a dialogue: `>` from us, `<` from the server, `*` between.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<String>);

impl Lines {
    /// A remark that nobody sent.
    pub(super) fn remark(&mut self, text: impl Display) {
        self.0.push(format!("* {}", legible(&text.to_string())));
    }

    /// What we sent.
    pub(super) fn sent(&mut self, text: impl Display) {
        self.0.push(format!("> {}", legible(&text.to_string())));
    }

    /// What came back.
    pub(super) fn received(&mut self, answer: &Result<Response, Error>) {
        let text = match answer {
            Ok(response) => answer_text(response),
            Err(error) => error_text(error),
        };
        self.0.push(format!("< {text}"));
    }

    /// All lines, in order.
    pub(super) fn into_vec(self) -> Vec<String> {
        self.0
    }
}

/// Who an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Us, our password or our sender address: nothing that makes the reader unreachable, so it is never permanent.
    Us,
    /// The recipient or the message.
    TheMail,
}

/// Hands one message over; the server's last answer.
pub(super) async fn submit(connection: &mut AsyncSmtpConnection, message: &Message, lines: &mut Lines) -> Result<String, Refusal> {
    let envelope = message.envelope();
    let bytes = message.formatted();
    let parameters = parameters(connection, message, &bytes)?;
    command(connection, Mail::new(envelope.from().cloned(), parameters), About::Us, lines).await?;
    for recipient in envelope.to() {
        command(connection, Rcpt::new(recipient.clone(), Vec::new()), About::TheMail, lines).await?;
    }
    let go_ahead = command(connection, Data, About::TheMail, lines).await?;
    expect(&go_ahead, Severity::PositiveIntermediate)?;
    lines.sent(format_args!("(the message, {} bytes)", bytes.len()));
    let answer = connection.message(&bytes).await;
    lines.received(&answer);
    let answer = answer.map_err(|error| refusal(&error, About::TheMail))?;
    expect(&answer, Severity::PositiveCompletion)?;
    Ok(answer_text(&answer))
}

async fn command<C: Display>(
    connection: &mut AsyncSmtpConnection,
    command: C,
    about: About,
    lines: &mut Lines,
) -> Result<Response, Refusal> {
    lines.sent(&command);
    let answer = connection.command(command).await;
    lines.received(&answer);
    answer.map_err(|error| refusal(&error, about))
}

/// Addresses beyond ASCII need SMTPUTF8 (RFC 6531); a server without it will not have it tomorrow.
fn parameters(connection: &AsyncSmtpConnection, message: &Message, bytes: &[u8]) -> Result<Vec<MailParameter>, Refusal> {
    let ascii_only = |address: &lettre::Address| AsRef::<str>::as_ref(address).is_ascii();
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    if !envelope.to().iter().chain(envelope.from()).all(ascii_only) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Refusal::Permanent("the server takes only addresses in ASCII".to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

/// An answer of the right kind: `354` is no acceptance of a message, and `250` no go-ahead for one.
fn expect(answer: &Response, severity: Severity) -> Result<(), Refusal> {
    if answer.code().severity == severity {
        return Ok(());
    }
    Err(Refusal::Temporary(format!("out of step: {}", answer_text(answer))))
}

/// What an error means for the mail.
pub(super) fn refusal(error: &Error, about: About) -> Refusal {
    let text = error_text(error);
    // RFC 4954, section 6: these ask for another password or mechanism, whatever they answer to.
    let wants_authentication = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
    if error.is_permanent() && about == About::TheMail && !wants_authentication {
        return Refusal::Permanent(text);
    }
    Refusal::Temporary(text)
}

fn answer_text(response: &Response) -> String {
    let words: Vec<&str> = response.message().collect();
    legible(&format!("{} {}", response.code(), words.join(" ")))
}

fn error_text(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    match error.status() {
        Some(code) => legible(&format!("{code} {}", source.unwrap_or_default())),
        None => legible(&error.to_string()),
    }
}

/// One line of printable characters.
fn legible(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control());
    printable.take(MAX_ANSWER).collect::<String>().trim().to_owned()
}

/// The text without the recipient's address, and without any other that a server names, so that it may be logged.
pub(super) fn without_addresses(text: &str, recipient: &str) -> String {
    let (lower, recipient) = (text.to_ascii_lowercase(), recipient.to_ascii_lowercase());
    let mut out = String::new();
    let mut rest = 0;
    for (at, found) in lower.match_indices(&recipient).filter(|_| !recipient.is_empty()) {
        out.push_str(&text[rest..at]);
        out.push_str("recipient");
        rest = at + found.len();
    }
    out.push_str(&text[rest..]);
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '\'' | '"');
    let masked = |word: &str| {
        let bare = word.trim_end_matches(is_edge);
        if bare.contains('@') { format!("address{}", &word[bare.len()..]) } else { word.to_owned() }
    };
    out.split_inclusive(is_edge).map(masked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_loses_the_address_in_it() {
        let cases = [
            ("550 <Me@Example.org>: unknown", "550 <recipient>: unknown"),
            ("250 ok", "250 ok"),
            ("551 try <bo@home.example>, or a+b@c.example; me@x.y", "551 try <address>, or address; address"),
            ("é me@example.org me@example.org", "é recipient recipient"),
        ];
        for (given, expected) in cases {
            assert_eq!(without_addresses(given, "me@example.org"), expected);
        }
        assert_eq!(without_addresses("250 ok", ""), "250 ok");
    }

    #[test]
    fn an_answer_is_one_line() {
        assert_eq!(legible("a\r\nb\u{1b}[31m\tc "), "a  b[31m c");
    }
}
