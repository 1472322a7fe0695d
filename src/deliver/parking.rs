//! Connections between two mails.
//!
//! lettre's own pool takes a connection back when a send is cancelled halfway; its late answers would then be read as the
//! answers to the next mail. Here a connection comes back only after the server took a mail, and otherwise it is closed.

use lettre::transport::smtp::client::AsyncSmtpConnection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Longer, and the connection is often dead behind a firewall without anybody having closed it.
const KEPT_FOR: Duration = Duration::from_secs(15);
const MAX_KEPT: usize = 2;
/// How long a server may take to answer NOOP or QUIT.
const COURTESY: Duration = Duration::from_secs(5);

/// A few connections that wait for the next mail.
#[derive(Clone, Default)]
pub(super) struct Parking {
    kept: Arc<Mutex<Vec<(Instant, AsyncSmtpConnection)>>>,
}

impl Parking {
    /// A connection that still answers, if there is one.
    pub(super) async fn take(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (_, mut connection) = self.lock().pop()?;
            if timeout(COURTESY, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
            close(connection);
        }
    }

    /// Keeps a connection for a moment.
    pub(super) fn put(&self, connection: AsyncSmtpConnection) {
        {
            let mut kept = self.lock();
            if kept.len() < MAX_KEPT {
                kept.push((Instant::now(), connection));
            } else {
                drop(kept);
                return close(connection);
            }
        }
        let parking = self.clone();
        tokio::spawn(async move {
            sleep(KEPT_FOR).await;
            parking.expired().into_iter().for_each(close);
        });
    }

    fn expired(&self) -> Vec<AsyncSmtpConnection> {
        let is_old = |(since, _): &mut (Instant, AsyncSmtpConnection)| since.elapsed() >= KEPT_FOR;
        self.lock().extract_if(.., is_old).map(|(_, connection)| connection).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, AsyncSmtpConnection)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says goodbye in the background, so that a server that is slow to answer QUIT doesn't change what became of a mail.
pub(super) fn close(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move { timeout(COURTESY, connection.abort()).await });
}
