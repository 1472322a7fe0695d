//! How values become bytes: records by postcard behind a format byte; values in envelopes with a checksum, cut into pieces.
//!
//! An envelope is a head of at most [`PIECE`] bytes: envelope version, packing, number of pieces, unpacked length, checksum, and the value
//! itself where it fits. Where it does not, the head holds no value and the pieces stand in a table of their own. The checksum covers
//! the place, the fields of the head and the stored bytes, so that a value is known to be the one that was written there.

use super::StoreError;
use super::keys;
use super::tables::{Table, Tables};
use crate::model::{Change, CheckRecord, Document, Memory, OutboxEntry, Sha256, Snapshot, Subscription, Version, WatchId, WatchState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The longest value that is ever stored: sled was measured to survive a loss of power only below its own blob threshold.
pub(super) const PIECE: usize = 16 * 1024;
/// The longest value before it is cut; a guard against lengths that no honest value has.
pub(super) const LONGEST: usize = 256 << 20;
/// The version of the envelope, its first byte.
const ENVELOPE: u8 = 1;
/// Version, packing, pieces, length, checksum.
const HEAD: usize = 1 + 1 + 4 + 4 + CHECKSUM;
/// Bytes of a SHA-256 that are kept: enough against decay, small enough for a line of history.
const CHECKSUM: usize = 8;
/// The level of compression: beyond it size falls by less than a tenth while speed falls to a quarter.
pub(super) const LEVEL: i32 = 3;
/// Values below it gain nothing by compression.
const WORTH_PACKING: usize = 256;

/// Something that is stored by postcard, behind a byte that says in which format.
pub(super) trait Record: Serialize + DeserializeOwned {
    /// The format of today; raise it, and keep a reader for the one before, with every change of the type.
    const FORMAT: u8 = 1;
}

impl Record for Snapshot {}
impl Record for Version {}
impl Record for Document {}
impl Record for Memory {}
impl Record for WatchState {}
impl Record for Change {}
impl Record for CheckRecord {}
impl Record for OutboxEntry {}
impl Record for Subscription {}
impl Record for WatchId {}
impl Record for Timestamp {}
impl Record for u64 {}
impl Record for Newest {}

/// The newest snapshots of a watch's part, 0 where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Newest {
    /// The newest one that counts.
    pub(super) accepted: u32,
    /// The newest one that was rejected.
    pub(super) rejected: u32,
}

impl Newest {
    /// The newest one, whatever it was.
    pub(super) fn number(self) -> u32 {
        self.accepted.max(self.rejected)
    }
}

/// A record's bytes.
pub(super) fn encode<R: Record>(record: &R) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(record, vec![R::FORMAT]).map_err(|error| StoreError::Refused(format!("a record can't be written: {error}")))
}

/// The record of some bytes.
pub(super) fn decode<R: Record>(table: Table, key: &[u8], bytes: &[u8]) -> Result<R, StoreError> {
    match bytes.split_first() {
        Some((format, body)) if *format == R::FORMAT => match postcard::take_from_bytes(body) {
            Ok((record, [])) => Ok(record),
            Ok((_, rest)) => Err(damaged(table, key, format!("{} bytes too many", rest.len()))),
            Err(error) => Err(damaged(table, key, error.to_string())),
        },
        Some((format, _)) => Err(damaged(table, key, unknown("format", *format, R::FORMAT))),
        None => Err(damaged(table, key, "it is empty".to_owned())),
    }
}

/// Whether an envelope compresses what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Where it helps.
    Zstd,
    /// Never: what it holds is compressed already.
    None,
}

/// A value ready to be stored.
#[derive(Debug)]
pub(super) struct Sealed {
    /// The value of the key itself.
    pub(super) head: Vec<u8>,
    /// What did not fit, in order.
    pub(super) pieces: Vec<Vec<u8>>,
}

/// Puts a value into an envelope for one place.
pub(super) fn seal(table: Table, key: &[u8], value: &[u8], packing: Packing) -> Result<Sealed, StoreError> {
    let too_long = || StoreError::Refused(format!("{} would be {} bytes long", keys::describe(table, key), value.len()));
    let length = u32::try_from(value.len()).ok().filter(|_| value.len() <= LONGEST).ok_or_else(too_long)?;
    let packed = match packing {
        Packing::Zstd if value.len() >= WORTH_PACKING => {
            Some(zstd::bulk::compress(value, LEVEL).map_err(|error| StoreError::Io(error.to_string()))?)
        }
        _ => None,
    };
    let packed = packed.filter(|packed| packed.len() < value.len());
    let stored = packed.as_deref().unwrap_or(value);
    let inline = stored.len() + HEAD <= PIECE;
    let pieces: Vec<Vec<u8>> = if inline { Vec::new() } else { stored.chunks(PIECE).map(<[u8]>::to_vec).collect() };
    let count = u32::try_from(pieces.len()).map_err(|_| too_long())?;
    let mut head = vec![ENVELOPE, u8::from(packed.is_some())];
    head.extend(count.to_be_bytes());
    head.extend(length.to_be_bytes());
    head.extend(checksum(table, key, &head, stored));
    if inline {
        head.extend_from_slice(stored);
    }
    Ok(Sealed { head, pieces })
}

/// How many pieces belong to a head.
pub(super) fn pieces_of(table: Table, key: &[u8], head: &[u8]) -> Result<u32, StoreError> {
    Ok(Head::read(table, key, head)?.pieces)
}

/// The value of a head, its pieces fetched, its checksum compared.
pub(super) fn unseal(tables: &dyn Tables, table: Table, key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let head = Head::read(table, key, bytes)?;
    let gathered;
    let stored = if head.pieces == 0 {
        &bytes[HEAD..]
    } else {
        gathered = gather(tables, table, key, head.pieces)?;
        &gathered[..]
    };
    if checksum(table, key, &bytes[..HEAD - CHECKSUM], stored) != bytes[HEAD - CHECKSUM..HEAD] {
        return Err(damaged(table, key, "its checksum is wrong".to_owned()));
    }
    let value = if head.packed {
        zstd::bulk::decompress(stored, head.length).map_err(|error| damaged(table, key, error.to_string()))?
    } else {
        stored.to_vec()
    };
    if value.len() == head.length { Ok(value) } else { Err(damaged(table, key, format!("it is {} bytes long", value.len()))) }
}

/// Where a value is not what was written.
pub(super) fn damaged(table: Table, key: &[u8], reason: String) -> StoreError {
    StoreError::Damaged { key: keys::describe(table, key), reason }
}

struct Head {
    packed: bool,
    pieces: u32,
    length: usize,
}

impl Head {
    fn read(table: Table, key: &[u8], bytes: &[u8]) -> Result<Self, StoreError> {
        let [version, packing, pieces @ .., l0, l1, l2, l3] = bytes.first_chunk::<{ HEAD - CHECKSUM }>().ok_or_else(|| cut(table, key))?;
        if *version != ENVELOPE {
            return Err(damaged(table, key, unknown("envelope", *version, ENVELOPE)));
        }
        let pieces = pieces.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)).ok_or_else(|| cut(table, key))?;
        let length = u32::from_be_bytes([*l0, *l1, *l2, *l3]) as usize;
        if bytes.len() < HEAD || length > LONGEST || pieces as usize > LONGEST / PIECE || *packing > 1 {
            return Err(damaged(table, key, "its head makes no sense".to_owned()));
        }
        Ok(Self { packed: *packing == 1, pieces, length })
    }
}

fn gather(tables: &dyn Tables, table: Table, key: &[u8], count: u32) -> Result<Vec<u8>, StoreError> {
    let mut stored = Vec::new();
    for number in 0..count {
        let piece = tables.get(Table::Pieces, &keys::piece(table, key, number))?;
        stored.extend(piece.ok_or_else(|| damaged(table, key, format!("piece {number} of {count} is missing")))?);
    }
    Ok(stored)
}

fn checksum(table: Table, key: &[u8], head: &[u8], stored: &[u8]) -> [u8; CHECKSUM] {
    use sha2::Digest as _;
    let mut digest = sha2::Sha256::new();
    digest.update([table as u8]);
    digest.update(key);
    digest.update(head);
    digest.update(stored);
    let digest = Sha256(digest.finalize().into());
    std::array::from_fn(|index| digest.0[index])
}

fn cut(table: Table, key: &[u8]) -> StoreError {
    damaged(table, key, "it is cut off".to_owned())
}

fn unknown(what: &str, found: u8, known: u8) -> String {
    format!("it has {what} version {found}, this program knows version {known}: it was written by a newer one")
}
