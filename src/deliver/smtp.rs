use super::message::Sender;
use super::parking::{Parking, close};
use super::transaction::{About, Lines, refusal, submit, without_addresses};
use super::{Deliver, DeliverError, DeliverErrorKind, Refusal};
use crate::model::{Mail, MailSettings, Security};
use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::{ClientId, Extension};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout};

/// How long one mail may take from connecting to the last answer. Some servers scan a message for a minute before they answer;
/// one that is cut off may have taken it, and the repeat is a duplicate.
pub const SEND_TIMEOUT: Duration = Duration::from_mins(3);

/// How long a server may take from connecting to the login where nothing is sent: a person waits.
const KNOCK_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Submission servers commonly refuse an account's sixth connection and later ones.
const MAX_CONNECTIONS: usize = 4;

/// Delivers to a mail server (RFC 5321, RFC 6409).
pub struct SmtpDelivery {
    sender: Sender,
    server: String,
    port: u16,
    security: Security,
    /// There unless the security is none.
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    time_limit: Duration,
    parking: Parking,
    connections: Semaphore,
    pace: Pace,
}

/// So many mails a minute, evenly.
#[derive(Debug, Default)]
struct Pace {
    apart: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    fn of(per_minute: Option<u32>) -> Self {
        Self { apart: per_minute.map_or(Duration::ZERO, |mails| Duration::from_mins(1) / mails.max(1)), next: Mutex::default() }
    }

    /// Waits for a mail's turn.
    async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
            *next = Some(at + self.apart);
            at
        };
        sleep_until(at).await;
    }
}

/// What was said when one mail was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The dialogue: `>` from us, `<` from the server, `*` between. Passwords are not in it, addresses are.
    pub lines: Vec<String>,
    /// How it ended.
    pub outcome: Result<String, Refusal>,
}

impl SmtpDelivery {
    /// Delivers to the server of the settings; no connection is made before the first mail.
    pub fn new(settings: &MailSettings) -> Result<Self, DeliverError> {
        let server = settings.server.clone().ok_or_else(|| DeliverError::new(DeliverErrorKind::NoServer))?;
        let tls = match settings.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(
                TlsParameters::new(server.clone()).map_err(|error| DeliverError::caused(DeliverErrorKind::Tls(server.clone()), error))?,
            ),
        };
        Ok(Self {
            sender: Sender::new(settings)?,
            port: settings.port.unwrap_or_else(|| usual_port(settings.security)),
            security: settings.security,
            tls,
            credentials: credentials(settings)?,
            hello: ClientId::default(),
            time_limit: SEND_TIMEOUT,
            parking: Parking::default(),
            connections: Semaphore::new(MAX_CONNECTIONS),
            pace: Pace::of(settings.per_minute),
            server,
        })
    }

    /// The same delivery with another limit on the time that one mail may take.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Sends one mail on a connection of its own, and tells what was said.
    pub async fn converse(&self, mail: &Mail) -> Conversation {
        let mut lines = Lines::default();
        let outcome = match self.sender.message(mail) {
            Ok(message) => match timeout(self.time_limit, self.send_apart(&message, &mut lines)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(self.too_slow()),
            },
            Err(refusal) => Err(refusal),
        };
        if let Err(Refusal::Temporary(text) | Refusal::Permanent(text)) = &outcome {
            lines.remark(text);
        }
        Conversation { lines: lines.into_vec(), outcome }
    }

    /// Connects as for a mail, login included, and goes again: whether mail could leave.
    pub async fn knock(&self) -> Result<(), Refusal> {
        let mut lines = Lines::default();
        let connecting = timeout(KNOCK_TIMEOUT, self.connect(&mut lines));
        let connection =
            connecting.await.unwrap_or_else(|_| Err(Refusal::Temporary(format!("no answer within {} s", KNOCK_TIMEOUT.as_secs()))))?;
        close(connection);
        Ok(())
    }

    async fn send_apart(&self, message: &Message, lines: &mut Lines) -> Result<String, Refusal> {
        let mut connection = self.connect(lines).await?;
        let outcome = submit(&mut connection, message, lines).await;
        close(connection);
        outcome
    }

    async fn send(&self, mail: &Mail) -> Result<String, Refusal> {
        let message = self.sender.message(mail)?;
        // The semaphore is never closed.
        let _turn = self.connections.acquire().await;
        self.pace.turn().await;
        let outcome = timeout(self.time_limit, self.send_on_kept(&message)).await.unwrap_or_else(|_| Err(self.too_slow()));
        let private = |text: String| message.envelope().to().iter().fold(text, |text, to| without_addresses(&text, to.as_ref()));
        outcome.map(private).map_err(|refusal| match refusal {
            Refusal::Temporary(text) => Refusal::Temporary(private(text)),
            Refusal::Permanent(text) => Refusal::Permanent(private(text)),
        })
    }

    async fn send_on_kept(&self, message: &Message) -> Result<String, Refusal> {
        let mut lines = Lines::default();
        let mut connection = match self.parking.take().await {
            Some(connection) => connection,
            None => self.connect(&mut lines).await?,
        };
        let outcome = submit(&mut connection, message, &mut lines).await;
        match outcome {
            Ok(_) => self.parking.put(connection),
            Err(_) => close(connection),
        }
        outcome
    }

    async fn connect(&self, lines: &mut Lines) -> Result<AsyncSmtpConnection, Refusal> {
        let about_us = |error| refusal(&error, About::Us);
        lines.remark(format_args!("connecting to {} port {}", self.server, self.port));
        let first_byte_tls = self.tls.clone().filter(|_| self.security == Security::Tls);
        let address = (self.server.as_str(), self.port);
        let connected = AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT_TIMEOUT), &self.hello, first_byte_tls, None);
        let mut connection = connected.await.map_err(about_us)?;
        lines.remark(greeting(&connection));
        if let Some(tls) = self.tls.clone().filter(|_| self.security == Security::StartTls) {
            lines.sent("STARTTLS");
            connection.starttls(tls, &self.hello).await.map_err(about_us)?;
            lines.remark("TLS from here on");
        }
        if let Some(credentials) = &self.credentials {
            lines.sent("AUTH (not shown)");
            let answer = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            lines.received(&answer);
            answer.map_err(about_us)?;
        }
        Ok(connection)
    }

    fn too_slow(&self) -> Refusal {
        Refusal::Temporary(format!("no answer within {} s", self.time_limit.as_secs_f32()))
    }
}

impl Deliver for SmtpDelivery {
    fn deliver<'call>(&'call self, mail: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
        Box::pin(self.send(mail))
    }
}

impl fmt::Debug for SmtpDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, port, security, time_limit, .. } = self;
        let mut out = f.debug_struct("SmtpDelivery");
        out.field("server", server).field("port", port).field("security", security).field("time_limit", time_limit);
        out.finish_non_exhaustive()
    }
}

fn usual_port(security: Security) -> u16 {
    match security {
        Security::StartTls => 587,
        Security::Tls => 465,
        Security::None => 25,
    }
}

fn credentials(settings: &MailSettings) -> Result<Option<Credentials>, DeliverError> {
    match (&settings.username, &settings.password) {
        (Some(username), Some(password)) => Ok(Some(Credentials::new(username.clone(), password.reveal().to_owned()))),
        (None, None) => Ok(None),
        _ => Err(DeliverError::new(DeliverErrorKind::HalfCredentials)),
    }
}

fn greeting(connection: &AsyncSmtpConnection) -> String {
    let info = connection.server_info();
    let known = [(Extension::StartTls, "STARTTLS"), (Extension::EightBitMime, "8BITMIME"), (Extension::SmtpUtfEight, "SMTPUTF8")];
    let offered: Vec<&str> = known.into_iter().filter(|(extension, _)| info.supports_feature(*extension)).map(|(_, name)| name).collect();
    let offered = if offered.is_empty() { "no extension that matters".to_owned() } else { offered.join(", ") };
    let encrypted = if connection.is_encrypted() { "encrypted" } else { "not encrypted" };
    format!("{} is there, {encrypted}, and offers {offered}", info.name())
}
