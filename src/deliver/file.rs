use super::message::{Sender, safe_key};
use super::{Deliver, DeliverError, Refusal};
use crate::model::{Mail, MailSettings};
use std::fs::{DirBuilder, File, OpenOptions};
use std::future::Future;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;

/// Writes each mail as an `.eml` file that mail programs open; the same mail twice is one file.
#[derive(Debug)]
pub struct FileDelivery {
    folder: PathBuf,
    sender: Sender,
}

impl FileDelivery {
    /// Delivers into `folder`, which is made when the first mail comes.
    pub fn new(folder: impl Into<PathBuf>, settings: &MailSettings) -> Result<Self, DeliverError> {
        Ok(Self { folder: folder.into(), sender: Sender::new(settings)? })
    }

    async fn write(&self, mail: &Mail) -> Result<String, Refusal> {
        let message = self.sender.message(mail)?.formatted();
        let (folder, name) = (self.folder.clone(), format!("{}.eml", safe_key(&mail.message_key)));
        let path = folder.join(&name);
        let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &message)).await;
        match written {
            Ok(Ok(())) => Ok(format!("written to {}", path.display())),
            Ok(Err(error)) => Err(Refusal::Temporary(format!("{} can't be written: {error}", path.display()))),
            Err(error) => Err(Refusal::Temporary(format!("writing {} stopped: {error}", path.display()))),
        }
    }
}

impl Deliver for FileDelivery {
    fn deliver<'call>(&'call self, mail: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
        Box::pin(self.write(mail))
    }
}

/// The file is there as a whole or not at all, also after a power cut; an earlier one of the name is replaced.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    private_folder().create(folder)?;
    let unfinished = folder.join(format!(".{name}.tmp"));
    let mut file = private_file().open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(name))?;
    sync_folder(folder)
}

/// Alerts name their readers: only the account that runs the service may read them.
fn private_file() -> OpenOptions {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
