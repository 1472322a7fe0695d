use super::desk::{Desk, Reply, Wish};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

/// The socket's name in the state folder.
const NAME: &str = "control.sock";
/// The longest wish that is read, in bytes.
const LONGEST_WISH: u64 = 1 << 20;

/// Why the control socket could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// It could not be opened.
    #[error("the control socket {path} could not be opened: {reason}")]
    Open {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// The daemon went away, or speaks another version.
    #[error("the running daemon broke off: {0}; is it of the same version as this command?")]
    Broken(String),
}

/// The daemon's ear: a Unix socket in the state folder, one JSON line for a wish, one for each reply. Who may read the state folder may
/// speak here.
#[derive(Debug)]
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Opens the socket; one that a dead daemon left behind is replaced. The caller holds the store, so no other daemon can be alive.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn open(state: &Path) -> Result<Self, ControlError> {
        let path = state.join(NAME);
        let failed = |reason| ControlError::Open { path: path.clone(), reason };
        if path.exists() {
            std::fs::remove_file(&path).map_err(failed)?;
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, private).map_err(failed)?;
        Ok(Self { listener, path })
    }

    /// Answers callers until dropped; `reload` is told when somebody wishes the watchlist to be read again.
    pub async fn serve(&self, desk: &Desk, reload: &tokio::sync::Notify) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let desk = desk.clone();
                    let (wished, reloads) = mpsc::channel(1);
                    tokio::spawn(async move {
                        if let Err(error) = answer(stream, &desk, &wished).await {
                            tracing::debug!("a caller of the control socket went away: {error}");
                        }
                    });
                    relay(reloads, reload).await;
                }
                Err(error) => {
                    tracing::warn!("the control socket refused a caller: {error}");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        }
    }
}
