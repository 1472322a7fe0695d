use super::desk::{Desk, Reply, Wish};
use crate::store::StoreError;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedWriteHalf;
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
    /// The caller may not look into the state folder.
    #[error("{path} belongs to another account; run this command as root, or as that account")]
    Forbidden {
        /// The state folder.
        path: PathBuf,
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

    /// Answers callers until dropped.
    pub async fn serve(&self, desk: &Desk) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let desk = desk.clone();
                    tokio::spawn(async move {
                        if let Err(error) = answer(stream, &desk).await {
                            tracing::debug!("a caller of the control socket went away: {error}");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!("the control socket refused a caller: {error}");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // A socket that is left behind is replaced at the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn answer(stream: UnixStream, desk: &Desk) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(LONGEST_WISH)).read_line(&mut line).await?;
    let wish = serde_json::from_str::<Wish>(&line);
    if matches!(wish, Ok(Wish::Export)) {
        return export(writer, desk).await;
    }
    let (send, mut replies) = mpsc::unbounded_channel();
    let granting = async {
        match wish {
            Ok(wish) => {
                desk.grant(wish, &mut |reply| {
                    // The caller may be gone; the wish is granted all the same.
                    let _ = send.send(reply);
                })
                .await;
            }
            Err(error) => {
                let _ = send.send(Reply::Failed(format!("this wish is not understood: {error}")));
            }
        }
        drop(send);
    };
    let writing = async {
        while let Some(reply) = replies.recv().await {
            say(&mut writer, &reply).await?;
        }
        writer.shutdown().await
    };
    tokio::join!(granting, writing).1
}

/// How many lines of an export wait for a caller at most.
const LINES_WAITING: usize = 8;

/// Sends an export as fast as the caller takes it: all of it would not fit into memory.
async fn export(mut writer: OwnedWriteHalf, desk: &Desk) -> std::io::Result<()> {
    let (send, mut lines) = mpsc::channel(LINES_WAITING);
    let store = desk.monitor.store().clone();
    let exporting = tokio::task::spawn_blocking(move || {
        store.export(&mut |line| send.blocking_send(line).map_err(|_| StoreError::Io("whoever wanted the export went away".to_owned())))
    });
    while let Some(line) = lines.recv().await {
        say(&mut writer, &Reply::Line(line)).await?;
    }
    let last = match exporting.await {
        Ok(Ok(())) => Reply::Done,
        Ok(Err(error)) => Reply::Failed(error.to_string()),
        Err(error) => Reply::Failed(error.to_string()),
    };
    say(&mut writer, &last).await?;
    writer.shutdown().await
}

async fn say(writer: &mut OwnedWriteHalf, reply: &Reply) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(reply)?;
    text.push(b'\n');
    writer.write_all(&text).await
}

/// Sends a wish to the daemon that holds this state folder; `None` where none is running.
///
/// # Errors
/// When the daemon breaks off, or the caller may not look into the state folder.
pub async fn call(state: &Path, wish: &Wish, replies: &mut (dyn FnMut(Reply) + Send)) -> Option<Result<(), ControlError>> {
    let stream = match UnixStream::connect(state.join(NAME)).await {
        Ok(stream) => stream,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Some(Err(ControlError::Forbidden { path: state.to_owned() }));
        }
        // Nobody is there: no socket, or one that a dead daemon left behind.
        Err(_) => return None,
    };
    Some(converse(stream, wish, replies).await.map_err(|error| ControlError::Broken(error.to_string())))
}

async fn converse(stream: UnixStream, wish: &Wish, replies: &mut (dyn FnMut(Reply) + Send)) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = serde_json::to_vec(wish)?;
    line.push(b'\n');
    writer.write_all(&line).await?;
    let mut lines = BufReader::new(reader).lines();
    let mut ended = false;
    while let Some(line) = lines.next_line().await? {
        let reply: Reply = serde_json::from_str(&line)?;
        ended = !matches!(reply, Reply::Progress { .. } | Reply::Line(_));
        replies(reply);
    }
    if ended { Ok(()) } else { Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "no last word")) }
}
