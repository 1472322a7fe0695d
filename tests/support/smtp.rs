//! A little SMTP server on the loopback: it takes mails, refuses them, answers late, or hangs up, as it is told.

use fineprint::model::{MailSettings, Security};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The points of a dialogue at which the server can misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Connect,
    Mail,
    Rcpt,
    Data,
    /// After the whole message has come.
    Message,
}

/// What the server does at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// Gives this answer, such as `550 5.1.1 no such mailbox`.
    Answer(&'static str),
    /// Takes part as usual, but so late.
    After(Duration),
    /// Says nothing any more.
    Stall,
    /// Hangs up without an answer.
    HangUp,
}

/// A mail that the server took, or had wholly received when it hung up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: String,
    /// The message with the dots of the transfer removed.
    pub(crate) message: Vec<u8>,
    /// Whether the server said that it took it.
    pub(crate) accepted: bool,
}

#[derive(Debug, Default)]
struct State {
    conduct: Option<(Step, Conduct)>,
    refused_mailboxes: Vec<(String, &'static str)>,
    received: Vec<Received>,
    connections: usize,
}

/// The server; it runs until it is dropped.
#[derive(Debug)]
pub(crate) struct SmtpStub {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl SmtpStub {
    /// Starts a server that takes everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<Mutex<State>>::default();
        let task = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, task }
    }

    /// Settings that deliver to this server.
    pub(crate) fn settings(&self) -> MailSettings {
        MailSettings {
            server: Some(self.address.ip().to_string()),
            port: Some(self.address.port()),
            security: Security::None,
            from: "fineprint <alerts@watch.example>".to_owned(),
            reply_to: Some("leave@watch.example".to_owned()),
            ..MailSettings::default()
        }
    }

    /// The same for `fineprint.toml`; answers go to the sender.
    pub(crate) fn as_toml(&self) -> String {
        let (host, port) = (self.address.ip(), self.address.port());
        format!("[mail]\nserver = \"{host}\"\nport = {port}\nsecurity = \"none\"\nfrom = \"fineprint <alerts@watch.example>\"\n")
    }

    /// From now on the server behaves so at that step, towards everybody.
    pub(crate) fn misbehave(&self, step: Step, conduct: Conduct) {
        lock(&self.state).conduct = Some((step, conduct));
    }

    /// From now on the server behaves well again; refused mailboxes stay refused.
    pub(crate) fn behave(&self) {
        lock(&self.state).conduct = None;
    }

    /// From now on a mailbox is refused with this answer.
    pub(crate) fn refuse_mailbox(&self, mailbox: &str, answer: &'static str) {
        lock(&self.state).refused_mailboxes.push((mailbox.to_owned(), answer));
    }

    /// Every message that came, in order.
    pub(crate) fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// The messages that were accepted for a mailbox, in order.
    pub(crate) fn mailbox(&self, mailbox: &str) -> Vec<Vec<u8>> {
        let received = self.received().into_iter();
        received.filter(|mail| mail.accepted && mail.to == mailbox).map(|mail| mail.message).collect()
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

impl Drop for SmtpStub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no test panics while it holds the lock")
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut dialogues = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        lock(&state).connections += 1;
        let dialogue = Dialogue { stream: BufReader::new(stream), state: Arc::clone(&state) };
        // A client that goes away ends its dialogue, not the server.
        dialogues.spawn(async move { dialogue.run().await.unwrap_or_default() });
    }
}

struct Dialogue {
    stream: BufReader<TcpStream>,
    state: Arc<Mutex<State>>,
}

/// `None` ends the dialogue.
type Flow = std::io::Result<Option<()>>;

impl Dialogue {
    async fn run(mut self) -> std::io::Result<()> {
        let (mut from, mut to) = (String::new(), String::new());
        if self.answer(Step::Connect, "220 stub.example ESMTP").await?.is_none() {
            return Ok(());
        }
        let mut line = String::new();
        while self.next_line(&mut line).await? {
            let command = line.to_ascii_uppercase();
            let flow = if command.starts_with("EHLO") {
                self.say("250-stub.example\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES").await?
            } else if command.starts_with("MAIL FROM:") {
                from = mailbox(&line);
                self.answer(Step::Mail, "250 2.1.0 sender ok").await?
            } else if command.starts_with("RCPT TO:") {
                to = mailbox(&line);
                self.recipient(&to).await?
            } else if command == "DATA" {
                self.data(&from, &to).await?
            } else if command == "QUIT" {
                self.say("221 2.0.0 bye").await?;
                None
            } else {
                self.say("250 2.0.0 ok").await?
            };
            if flow.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn recipient(&mut self, mailbox: &str) -> Flow {
        let refused = lock(&self.state).refused_mailboxes.iter().find(|(refused, _)| refused == mailbox).map(|(_, answer)| *answer);
        match refused {
            Some(answer) => self.say(answer).await,
            None => self.answer(Step::Rcpt, "250 2.1.5 recipient ok").await,
        }
    }

    async fn data(&mut self, from: &str, to: &str) -> Flow {
        let refusal = |state: &State| matches!(state.conduct, Some((Step::Data, Conduct::Answer(_))));
        let refuses = refusal(&lock(&self.state));
        let flow = self.answer(Step::Data, "354 go ahead").await?;
        if refuses || flow.is_none() {
            return Ok(flow);
        }
        let message = self.message().await?;
        let mail = Received { from: from.to_owned(), to: to.to_owned(), message, accepted: false };
        let position = {
            let mut state = lock(&self.state);
            state.received.push(mail);
            state.received.len() - 1
        };
        let conduct = lock(&self.state).conduct.filter(|(step, _)| *step == Step::Message);
        if conduct.is_none() {
            // Before it is said: whoever hears it may look at once.
            lock(&self.state).received[position].accepted = true;
        }
        let flow = self.answer(Step::Message, "250 2.0.0 taken as 4711").await?;
        if matches!(conduct, Some((_, Conduct::After(_)))) {
            lock(&self.state).received[position].accepted = flow.is_some();
        }
        Ok(flow)
    }

    /// Reads up to the lonely dot, and removes the dots of the transfer (RFC 5321, section 4.5.2).
    async fn message(&mut self) -> std::io::Result<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            assert!(line.len() <= 1000, "a line of {} bytes is longer than SMTP allows", line.len());
            match line.as_slice() {
                b".\r\n" => return Ok(message),
                [b'.', rest @ ..] => message.extend_from_slice(rest),
                whole => message.extend_from_slice(whole),
            }
        }
    }

    /// The usual answer of a step, or what the server was told to do instead.
    async fn answer(&mut self, step: Step, usual: &str) -> Flow {
        let conduct = lock(&self.state).conduct.filter(|(at, _)| *at == step).map(|(_, conduct)| conduct);
        match conduct {
            None => self.say(usual).await,
            Some(Conduct::Answer(answer)) => self.say(answer).await,
            Some(Conduct::After(pause)) => {
                tokio::time::sleep(pause).await;
                self.say(usual).await
            }
            Some(Conduct::Stall) => {
                // Until the client gives up.
                let mut ignored = Vec::new();
                self.stream.read_to_end(&mut ignored).await?;
                Ok(None)
            }
            Some(Conduct::HangUp) => Ok(None),
        }
    }

    async fn say(&mut self, answer: &str) -> Flow {
        self.stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        Ok(Some(()))
    }

    async fn next_line(&mut self, line: &mut String) -> std::io::Result<bool> {
        line.clear();
        let read = self.stream.read_line(line).await?;
        line.truncate(line.trim_end().len());
        Ok(read > 0)
    }
}

fn mailbox(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(mailbox, _)| mailbox.to_owned()).unwrap_or_default()
}
