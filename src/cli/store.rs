use super::failure::Failure;
use super::{Ended, Global, Outcome, access, text};
use crate::service::{Reply, Wish};
use crate::store::{Compacted, Share, SledStore, StoreError};
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

/// Look after the store
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint store verify")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Recompute every hash and follow every reference
    #[command(after_help = "Example: fineprint store verify")]
    Verify,
    /// Write all that is kept into one file, also while the daemon runs
    #[command(
        after_help = "The file holds addresses and the key of the links in mails: it is made for its owner alone, keep it so. It is JSON, a record a line, compressed with zstd.\n\nExample: fineprint store export fineprint.jsonl.zst"
    )]
    Export {
        /// The file to write; it must not be there yet
        file: PathBuf,
    },
    /// Take an export into a store that is empty
    #[command(after_help = "Example: fineprint --state /var/lib/fineprint store import fineprint.jsonl.zst")]
    Import {
        /// The file that was exported
        file: PathBuf,
    },
    /// Build the store anew without what it no longer needs, and put that in its place
    #[command(
        after_help = "Bytes of old fetches go where [store] keep_days and keep_snapshots say so, but never those that a version or a change cites. The daemon must not be running, except for --dry-run.\n\nExample: fineprint store compact --dry-run"
    )]
    Compact {
        /// Only say what would be dropped
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    match &args.command {
        Command::Verify => verify(global).await,
        Command::Export { file } => export(global, file).await,
        Command::Import { file } => import(global, file).await,
        Command::Compact { dry_run: true } => surplus(global).await,
        Command::Compact { dry_run: false } => compact(global).await,
    }
}

async fn verify(global: &Global) -> Ended {
    let Reply::Problems(problems) = access::ask_once(global, Wish::Verify).await? else { return Err(access::unexpected()) };
    problems.iter().for_each(|problem| text::out(&format!("{problem}\n")));
    text::out(&format!("{} problems\n", problems.len()));
    Ok(if problems.is_empty() { Outcome::Quiet } else { Outcome::Found })
}

/// zstd's own level; pages of one watch stand behind one another, and a window of 64 MiB reaches over many of them.
const LEVEL: i32 = 3;
const WINDOW: u32 = 26;

async fn export(global: &Global, path: &Path) -> Ended {
    let unwritable = |error: io::Error| Failure::world(format!("{} can't be written: {error}", path.display()));
    if path.exists() {
        return Err(Failure::usage(format!("{} is there already; name a new file", path.display())));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made for its owner alone; gone again where the export breaks off.
    let file = tempfile::Builder::new().prefix(".export-").tempfile_in(folder).map_err(unwritable)?;
    let mut packed = zstd::Encoder::new(file, LEVEL).map_err(unwritable)?;
    packed
        .include_checksum(true)
        .and_then(|()| packed.long_distance_matching(true))
        .and_then(|()| packed.window_log(WINDOW))
        .map_err(unwritable)?;
    let (mut count, mut written, mut last) = (0_u64, Ok(()), Reply::Done);
    access::ask(global, Wish::Export, &mut |reply| match reply {
        Reply::Line(line) if written.is_ok() => {
            count += 1;
            written = packed.write_all(line.as_bytes()).and_then(|()| packed.write_all(b"\n"));
        }
        Reply::Line(_) => {}
        other => last = other,
    })
    .await?;
    written.map_err(unwritable)?;
    match last {
        Reply::Done => {}
        Reply::Failed(reason) => return Err(Failure::world(reason)),
        _ => return Err(access::unexpected()),
    }
    let file = packed.finish().map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist_noclobber(path).map_err(|error| unwritable(error.error))?;
    text::out(&format!("{count} lines in {}; it holds addresses and the key of the links in mails: keep it to yourself\n", path.display()));
    Ok(Outcome::Quiet)
}

async fn import(global: &Global, path: &Path) -> Ended {
    let unreadable = |error: io::Error| Failure::usage(format!("{} can't be read: {error}", path.display()));
    let mut packed = zstd::Decoder::new(File::open(path).map_err(unreadable)?).map_err(unreadable)?;
    packed.window_log_max(WINDOW).map_err(unreadable)?;
    let store = access::without_daemon(global, "an export is taken in").await?;
    let count = SledStore::import(&store, BufReader::new(packed).lines()).map_err(refused)?;
    text::out(&format!("{count} lines taken in and verified\n"));
    Ok(Outcome::Quiet)
}

async fn surplus(global: &Global) -> Ended {
    let keep = access::setup(global)?.settings.keep;
    let Reply::Surplus(surplus) = access::ask_once(global, Wish::Surplus(keep)).await? else { return Err(access::unexpected()) };
    text::out(&format!("{} would be dropped; nothing was changed\n", words(surplus)));
    Ok(Outcome::Quiet)
}

async fn compact(global: &Global) -> Ended {
    let keep = access::setup(global)?.settings.keep;
    let store = access::without_daemon(global, "its store is built anew").await?;
    let Compacted { before, after, dropped } = SledStore::compact(&store, keep, Timestamp::now()).map_err(refused)?;
    text::out(&format!("{} were dropped; the store took {before} bytes, now it takes {after}\n", words(dropped)));
    Ok(Outcome::Quiet)
}

fn words(share: Share) -> String {
    format!("the bytes of {} fetches ({} as stored)", share.count, share.bytes)
}

/// What is refused was asked for wrongly; everything else is the world's fault.
fn refused(error: StoreError) -> Failure {
    if matches!(error, StoreError::Refused(_)) { Failure::usage(error) } else { Failure::world(error) }
}
