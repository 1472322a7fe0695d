use core::net::SocketAddr;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// The operator's settings: `fineprint.toml` with the defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// How pages are fetched.
    pub fetch: FetchSettings,
    /// How mail leaves; `None`: mails are written as files.
    pub mail: MailSettings,
    /// Where the archive is reachable by readers, without a trailing slash; `None` while there is no public archive.
    pub web_url: Option<String>,
    /// How the web pages are served.
    pub web: WebSettings,
    /// Which bytes of old fetches are kept.
    pub keep: Keep,
    /// Where supervisors and Prometheus ask how the daemon is.
    pub health: HealthSettings,
    /// The operator's mailbox, for incidents; `None`: they stand in the log alone.
    pub operator: Option<String>,
}

/// Which bytes of fetches stay when the store is made smaller; those that a version cites always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Keep {
    /// Those that are at most so many days old; `None`: of any age.
    pub days: Option<u32>,
    /// The newest of each page, so many; `None`: all.
    pub snapshots: Option<u32>,
}

/// How the web pages are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// The address and port to listen on; `None`: no pages are served.
    pub listen: Option<SocketAddr>,
    /// Whether the operator chose the address: then the daemon does not start without it.
    pub chosen: bool,
    /// Whether the pages stand behind a proxy that names the reader's address in `X-Forwarded-For`, which is then believed.
    pub behind_proxy: bool,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from(([127, 0, 0, 1], 8420))), chosen: false, behind_proxy: false }
    }
}

/// Where supervisors and Prometheus ask how the daemon is: a port of its own, which no web server hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthSettings {
    /// The address and port to listen on; `None`: nobody can ask.
    pub listen: Option<SocketAddr>,
    /// Whether the operator chose the address: then the daemon does not start without it.
    pub chosen: bool,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from(([127, 0, 0, 1], 8421))), chosen: false }
    }
}

/// How pages are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// The whole User-Agent header; says who we are and where to complain.
    pub user_agent: String,
    /// Accept-Language where a watch names no language.
    pub accept_language: String,
    /// Limit on establishing a connection.
    pub connect_timeout: Duration,
    /// Limit on the silence between two pieces of a body.
    pub read_timeout: Duration,
    /// Limit on one attempt as a whole.
    pub total_timeout: Duration,
    /// Limit on the body after decompression, in bytes.
    pub max_body: usize,
    /// How many redirects are followed.
    pub max_redirects: usize,
    /// How often a temporary failure is tried again within one fetch.
    pub retries: u32,
    /// The pause before the first retry; it doubles, with jitter.
    pub retry_pause: Duration,
    /// The least time between two requests to one host.
    pub host_spacing: Duration,
    /// How many fetches run at once.
    pub concurrency: usize,
    /// Whether private, loopback and link-local addresses may be fetched; for tests and intranets.
    pub allow_private: bool,
    /// Whether robots.txt is asked and heeded (RFC 9309).
    pub robots: bool,
    /// Whether the signals of the platforms' sites are watched too.
    pub signals: bool,
    /// A proxy through which every page is asked for (`http://host:port`); `None`: from here.
    pub proxy: Option<String>,
    /// The browser for pages that need one: a program, or `off`; `None`: Chromium, where Debian puts it.
    pub browser: Option<String>,
}

impl FetchSettings {
    /// From where pages are seen: the proxy's address; `None`: from here. Sites may show others other pages.
    #[must_use]
    pub fn vantage(&self) -> Option<&str> {
        self.proxy.as_deref().map(|proxy| proxy.trim_start_matches("http://").trim_end_matches('/'))
    }

    /// The User-Agent that says where to complain.
    #[must_use]
    pub fn agent_for(contact: &str) -> String {
        format!("fineprint/{} (+{contact})", env!("CARGO_PKG_VERSION"))
    }
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            user_agent: Self::agent_for("https://crates.io/crates/fineprint"),
            accept_language: "en".to_owned(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_mins(1),
            max_body: 8 << 20,
            max_redirects: 10,
            retries: 2,
            retry_pause: Duration::from_secs(2),
            host_spacing: Duration::from_secs(5),
            concurrency: 8,
            allow_private: false,
            robots: true,
            signals: true,
            proxy: None,
            browser: None,
        }
    }
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// The server's host name; `None`: mails are written as `.eml` files.
    pub server: Option<String>,
    /// Its port; `None`: the usual one of `security`.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
    /// User name for authentication.
    pub username: Option<String>,
    /// Password; from a systemd credential (`smtp_password`) or the environment, never from the file.
    pub password: Option<Secret>,
    /// The sender's mailbox, such as `fineprint <alerts@example.org>`.
    pub from: String,
    /// Where people write to leave while there are no web pages.
    pub reply_to: Option<String>,
    /// Where mails are written when there is no server; `None`: `mail/` in the state folder.
    pub folder: Option<PathBuf>,
    /// The most mails that are handed to the server in a minute; `None`: as many as it takes.
    pub per_minute: Option<u32>,
    /// How mails are signed (RFC 6376); `None`: the server does, or nobody.
    pub dkim: Option<Dkim>,
    /// What webhooks are signed with; from a credential (`webhook_secret`) or the environment. `None`: they are not signed.
    pub webhook_secret: Option<Secret>,
}

/// How mails are signed (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// The selector under which the public key stands in the DNS.
    pub selector: String,
    /// The signing domain.
    pub domain: String,
    /// The private key, PEM: RSA (PKCS#1), or the Base64 of an Ed25519 key; from a credential (`dkim_key`) or the environment.
    pub key: Option<Secret>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            server: None,
            port: None,
            security: Security::StartTls,
            username: None,
            password: None,
            from: "fineprint <fineprint@localhost>".to_owned(),
            reply_to: None,
            folder: None,
            per_minute: None,
            dkim: None,
            webhook_secret: None,
        }
    }
}

/// A secret: it never shows in logs or errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Gives it out, to the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

/// How an SMTP connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain at first, then upgraded, or refused (RFC 3207); port 587.
    StartTls,
    /// TLS from the first byte (RFC 8314); port 465.
    Tls,
    /// None; only for a relay on this machine; port 25.
    None,
}
