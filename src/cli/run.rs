use super::failure::Failure;
use super::{Ended, Global, Outcome, access};
use crate::service::{self, WatchlistSource};
use tokio::signal::unix::{SignalKind, signal};

/// Watch the list, mail the subscribers, serve the pages, until told to stop
#[derive(Debug, clap::Args)]
#[command(
    after_help = "SIGTERM and Ctrl-C stop it cleanly, SIGHUP reads the watchlist again.\n\nExample: fineprint --watchlist watchlist.toml run"
)]
pub(super) struct Args {}

pub(super) async fn run(global: &Global, _: &Args) -> Ended {
    service::log();
    let setup = access::setup(global)?;
    if setup.source == WatchlistSource::Shipped {
        tracing::info!("there is no watchlist.toml here: watching the list that ships; `fineprint watch add` starts a list of your own");
    }
    if setup.settings.mail.server.is_none() {
        tracing::info!(folder = %setup.state.join("mail").display(), "no mail server is configured: mails are written as files");
    }
    let monitor = access::monitor(&setup)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    service::run(setup, monitor, shutdown).await.map_err(Failure::world)?;
    Ok(Outcome::Quiet)
}
