//! The `DevTools` protocol over a pair of pipes: messages of JSON, each ended by a NUL. It knows nothing of pages.

use serde_json::{Value, json};
use std::io;
use thiserror::Error;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};

/// Why the browser can't be spoken with any longer.
#[derive(Debug, Error)]
pub(super) enum Broken {
    /// It closed its end.
    #[error("it ended")]
    Ended,
    /// What it says is no message.
    #[error("what it says makes no sense")]
    Garbage,
    /// A message beyond the limit.
    #[error("it said too much at once")]
    TooLong,
    /// The pipe failed.
    #[error("{0}")]
    Pipe(io::Error),
}

impl From<io::Error> for Broken {
    /// Whoever writes to a program that has ended hears of it as a broken pipe.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Self::Ended,
            _ => Self::Pipe(error),
        }
    }
}

/// What the browser says.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// The answer to the command of this number; the browser's own words where it refused.
    Answer(u64, Result<Value, String>),
    /// Something happened.
    Event {
        /// Its name, such as `Page.frameNavigated`.
        method: String,
        /// What belongs to it.
        params: Value,
    },
}

/// Both ends of a browser's pipes.
pub(super) struct Connection {
    from: Box<dyn AsyncBufRead + Send + Unpin>,
    to: Box<dyn AsyncWrite + Send + Unpin>,
    /// A message that has not ended yet.
    part: Vec<u8>,
    /// The number of the last command.
    last: u64,
    /// The longest message that is taken.
    longest: usize,
}

impl Connection {
    /// Speaks through these.
    pub(super) fn new(from: impl AsyncRead + Send + Unpin + 'static, to: impl AsyncWrite + Send + Unpin + 'static, longest: usize) -> Self {
        const PIECE: usize = 64 << 10;
        Self { from: Box::new(BufReader::with_capacity(PIECE, from)), to: Box::new(to), part: Vec::new(), last: 0, longest }
    }

    /// Sends a command, to the browser or to a session with one of its pages, and gives its number.
    pub(super) async fn send(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<u64, Broken> {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).await?;
        self.to.flush().await?;
        Ok(self.last)
    }

    /// The next message. Nothing is lost where somebody stops waiting for it.
    pub(super) async fn next(&mut self) -> Result<Message, Broken> {
        loop {
            let piece = self.from.fill_buf().await?;
            if piece.is_empty() {
                return Err(Broken::Ended);
            }
            let end = piece.iter().position(|byte| *byte == 0);
            let taken = end.unwrap_or(piece.len());
            if taken > self.longest.saturating_sub(self.part.len()) {
                return Err(Broken::TooLong);
            }
            self.part.extend_from_slice(&piece[..taken]);
            self.from.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                return read(&std::mem::take(&mut self.part)).ok_or(Broken::Garbage);
            }
        }
    }
}

fn read(bytes: &[u8]) -> Option<Message> {
    let mut message: Value = serde_json::from_slice(bytes).ok()?;
    if let Some(method) = message.get("method").and_then(Value::as_str).map(str::to_owned) {
        return Some(Message::Event { method, params: message["params"].take() });
    }
    let id = message.get("id")?.as_u64()?;
    match message.get("error") {
        Some(error) => {
            let words = error.get("message").and_then(Value::as_str).unwrap_or("no reason given");
            Some(Message::Answer(id, Err(words.chars().take(200).collect())))
        }
        None => Some(Message::Answer(id, Ok(message["result"].take()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    /// What is made of these bytes, message by message.
    async fn heard(bytes: &'static [u8], longest: usize) -> (Vec<Message>, Broken) {
        let mut connection = Connection::new(bytes, tokio::io::sink(), longest);
        let mut messages = Vec::new();
        loop {
            match connection.next().await {
                Ok(message) => messages.push(message),
                Err(broken) => return (messages, broken),
            }
        }
    }

    #[tokio::test]
    async fn messages_are_told_apart_and_read() {
        let bytes = b"{\"id\":1,\"result\":{\"a\":1}}\0{\"id\":2,\"error\":{\"message\":\"no\"}}\0{\"method\":\"A.b\",\"params\":{\"c\":2}}\0{\"id\":";
        let (messages, broken) = heard(bytes, 100).await;
        let event = Message::Event { method: "A.b".to_owned(), params: json!({ "c": 2 }) };
        assert_eq!(messages, [Message::Answer(1, Ok(json!({ "a": 1 }))), Message::Answer(2, Err("no".to_owned())), event]);
        assert!(matches!(broken, Broken::Ended));
    }

    #[tokio::test]
    async fn what_is_no_message_or_has_no_end_is_refused() {
        for bytes in [&b"hello\0"[..], b"\0", b"{}\0", b"{\"id\":-1}\0", b"[\"method\"]\0", b"\xff\0"] {
            assert!(matches!(heard(bytes, 100).await.1, Broken::Garbage), "{bytes:?}");
        }
        assert!(matches!(heard(b"{\"id\":1,\"result\":\"0123456789\"}\0", 20).await.1, Broken::TooLong));
        assert!(matches!(heard(b"0123456789 and no end", 20).await.1, Broken::TooLong));
    }

    #[tokio::test]
    async fn commands_are_numbered_and_ended() {
        let (to, mut sent) = tokio::io::duplex(1 << 10);
        let mut connection = Connection::new(tokio::io::empty(), to, 100);
        assert_eq!(connection.send(None, "A.b", json!({})).await.unwrap(), 1);
        assert_eq!(connection.send(Some("s"), "C.d", json!({ "e": 1 })).await.unwrap(), 2);
        drop(connection);
        let mut text = String::new();
        sent.read_to_string(&mut text).await.unwrap();
        let expected =
            "{\"id\":1,\"method\":\"A.b\",\"params\":{}}\0{\"id\":2,\"method\":\"C.d\",\"params\":{\"e\":1},\"sessionId\":\"s\"}\0";
        assert_eq!(text, expected);
    }

    #[tokio::test]
    async fn a_program_that_ended_is_said_to_have_whoever_speaks_first() {
        let (ours, theirs) = tokio::io::duplex(64);
        drop(theirs);
        let mut connection = Connection::new(tokio::io::empty(), ours, 100);
        assert!(matches!(connection.send(None, "A.b", Value::Null).await, Err(Broken::Ended)));
        assert!(matches!(connection.next().await, Err(Broken::Ended)));
    }
}
