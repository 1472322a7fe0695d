use sd_notify::NotifyState;
use std::time::Duration;
use tokio::time::Instant;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What systemd is told, where systemd started the process; elsewhere every call does nothing.
#[derive(Debug)]
pub struct Systemd {
    /// How often the watchdog wants to hear, halved so that one late call does no harm.
    every: Option<Duration>,
    last: Option<Instant>,
}

impl Systemd {
    /// Asks the environment whether a watchdog waits.
    #[must_use]
    pub fn new() -> Self {
        Self { every: sd_notify::watchdog_enabled().map(|limit| limit / 2), last: None }
    }

    /// The service is up.
    pub fn ready(&self, status: &str) {
        tell(&[NotifyState::Ready, NotifyState::Status(status)]);
    }

    /// The files are being read again. systemd 253 and newer want a time stamp with it (`man 3 sd_notify`).
    pub fn reloading(&self) {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => tell(&[NotifyState::Reloading, now]),
            Err(_) => tell(&[NotifyState::Reloading]),
        }
    }

    /// The service stops.
    pub fn stopping(&self) {
        tell(&[NotifyState::Stopping]);
    }

    /// Feeds the watchdog: called from the loop that the scheduler's tick drives, so that a dead scheduler starves it.
    pub fn alive(&mut self) {
        let Some(every) = self.every else { return };
        if self.last.is_none_or(|last| last.elapsed() >= every) {
            self.last = Some(Instant::now());
            tell(&[NotifyState::Watchdog]);
        }
    }
}

impl Default for Systemd {
    fn default() -> Self {
        Self::new()
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd could not be told: {error}");
    }
}

/// Sends the log to journald where the process runs under it, else to stderr. `RUST_LOG` sets the detail; lettre stays at info, since
/// it writes whole mails below that.
pub fn log() {
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| "info,tokio_cron_scheduler=warn,sled=warn".to_owned());
    let filter = EnvFilter::try_new(format!("{wanted},lettre=info")).unwrap_or_else(|_| EnvFilter::new("info,lettre=info"));
    let under_journald = std::env::var_os("JOURNAL_STREAM").is_some();
    let registry = tracing_subscriber::registry().with(filter);
    let on_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(on_terminal);
    let started = match tracing_journald::layer() {
        // WATCH=, not F_WATCH=: no name of ours is one of journald's (`man 7 systemd.journal-fields`).
        Ok(journald) if under_journald => registry.with(journald.with_field_prefix(None)).try_init(),
        _ => registry.with(lines).try_init(),
    };
    if let Err(error) = started {
        eprintln!("the log could not be opened: {error}");
    }
}
