//! How a store was left when it was closed in good order: a note that lets the next start do without a trial.
//!
//! The trial copies all of the database, so that its time grows with the store. What it protects from is what sled makes of a file that is
//! not as sled left it. sled 0.34.7 decides that, and writes over what it takes for torn, by a part of the file only: its settings, its
//! newest snapshot of the page table, the headers of all segments, and the segments that are younger than the snapshot. The note holds
//! the digest of that part, taken when sled had closed the file. Where all of it is bit for bit what it was then, sled does what it did
//! when the trial passed; where it is not (after a crash, with damage, with a copy from elsewhere), there is a trial.
//!
//! The rest of the file is read later, value by value, each against its checksum.

use super::folder::is_unfinished;
use crate::model::Sha256;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The file with the note; one that is torn or stale only costs a trial.
const NOTE: &str = "rest";
/// Names the way in which the digest is made, and with it the layout of the store: of another way no note counts.
const WAY: &[u8] = b"fineprint at rest 1";
/// The header of a segment: checksum, log sequence number, the highest number known to be stable.
const HEADER: u64 = 20;
/// So much is read at once. Below glibc's threshold for mappings: a larger one, freed, would raise it, and what sled sets aside without
/// using it would be memory from then on; 4 MB of it.
const BLOCK: usize = 64 << 10;
/// sled keeps the bits of a sequence number inverted.
const INVERTED: i64 = i64::MAX;

/// Notes that the store was closed with so many commits.
pub(super) fn note(folder: &Path, commits: u64, segment: usize) -> io::Result<()> {
    let digest = digest(folder, segment)?;
    fs::write(folder.join(NOTE), [&commits.to_be_bytes()[..], &digest.0].concat())
}

/// Whether the store is as it was closed, with at least so many commits.
pub(super) fn is_undisturbed(folder: &Path, acknowledged: u64, segment: usize) -> bool {
    let Ok(note) = fs::read(folder.join(NOTE)) else { return false };
    let Some((commits, noted)) = note.split_first_chunk::<8>() else { return false };
    u64::from_be_bytes(*commits) >= acknowledged && digest(folder, segment).is_ok_and(|digest| digest.0 == noted)
}

/// A digest of all by which sled judges what of the file is whole.
fn digest(folder: &Path, segment: usize) -> io::Result<Sha256> {
    let mut parts = vec![Sha256::of(WAY), Sha256::of(&fs::read(folder.join("conf"))?)];
    let mut youngest = 0;
    for name in snapshots(folder)? {
        parts.push(Sha256::of(name.as_bytes()));
        parts.push(Sha256::of(&fs::read(folder.join(&name))?));
        youngest = name.strip_prefix("snap.").and_then(|lsn| i64::from_str_radix(lsn, 16).ok()).unwrap_or(0);
    }
    let file = File::open(folder.join("db"))?;
    let length = file.metadata()?.len();
    parts.push(Sha256::of(&length.to_be_bytes()));
    let mut block = vec![0; BLOCK];
    for at in (0..length).step_by(segment) {
        let end = length.min(at + segment as u64);
        let header = read_at(&file, at, end.min(at + HEADER), &mut block)?;
        parts.push(Sha256::of(header));
        if may_be_younger(header, youngest, segment) {
            for at in (at..end).step_by(BLOCK) {
                parts.push(Sha256::of(read_at(&file, at, end.min(at + BLOCK as u64), &mut block)?));
            }
        }
    }
    Ok(Sha256::of(&parts.iter().flat_map(|part| part.0).collect::<Vec<u8>>()))
}

/// The bytes of the file from `at` to `end`, no more than a block.
fn read_at<'block>(file: &File, at: u64, end: u64, block: &'block mut [u8]) -> io::Result<&'block [u8]> {
    let length = usize::try_from(end - at).unwrap_or(BLOCK).min(block.len());
    file.read_exact_at(&mut block[..length], at)?;
    Ok(&block[..length])
}

/// The names of sled's snapshots of the page table, oldest first; the last is the one that it reads.
fn snapshots(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with("snap.") && !is_unfinished(name.as_bytes()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a segment may hold more than a snapshot does. A header that makes no sense is taken for one.
fn may_be_younger(header: &[u8], snapshot: i64, segment: usize) -> bool {
    let Some(lsn) = header.get(4..12).and_then(|bytes| Some(i64::from_le_bytes(bytes.try_into().ok()?) ^ INVERTED)) else { return true };
    lsn < 0 || i64::try_from(segment).is_ok_and(|segment| lsn >= snapshot / segment * segment)
}
