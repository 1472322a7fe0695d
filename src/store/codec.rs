//! How values become bytes: records by postcard behind a format byte; values in envelopes with a checksum, cut into pieces.
//!
//! An envelope is a head of at most [`PIECE`] bytes: envelope version, packing, number of pieces, unpacked length, checksum, and the value
//! itself where it fits. Where it does not, the head holds no value and the pieces stand in a table of their own. The checksum covers
//! the place, the fields of the head and the stored bytes, so that a value is known to be the one that was written there.

use super::StoreError;
use super::keys;
use super::tables::{Table, Tables};
use super::words::WordIndex;
use crate::model::{
    Change, CheckRecord, Document, Incident, Memory, OutboxEntry, Sha256, Snapshot, Subscription, Version, WatchId, WatchState,
};
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
const LEVEL: i32 = 3;
/// Values below it gain nothing by compression.
const WORTH_PACKING: usize = 256;

/// Something that is stored by postcard, behind a byte that says in which format.
pub(super) trait Record: Serialize + DeserializeOwned {
    /// The format of today; raise it, and keep a reader for the one before, with every change of the type.
    const FORMAT: u8 = 1;

    /// Reads a record of an older format; `None` where there was none of that number.
    fn older(format: u8, body: &[u8]) -> Option<postcard::Result<Self>> {
        let _ = (format, body);
        None
    }
}

impl Record for Snapshot {}
impl Record for Version {}
impl Record for Document {}
impl Record for Memory {}
impl Record for WatchState {
    const FORMAT: u8 = 4;

    /// Before format 4 a state ended without the fetch that was rejected, before format 3 without the troubles of single pages, before
    /// format 2 without the selectors that matched nothing.
    fn older(format: u8, body: &[u8]) -> Option<postcard::Result<Self>> {
        (1..=3).contains(&format).then(|| with_nothing(body, usize::from(4 - format)))
    }
}
impl Record for Change {
    const FORMAT: u8 = 4;

    /// Before format 2 a change ended without a word on whether the whole document was replaced, before format 3 without one on
    /// whether it was imported, before format 4 without the date line of the old version.
    fn older(format: u8, body: &[u8]) -> Option<postcard::Result<Self>> {
        (1..=3).contains(&format).then(|| with_nothing(body, usize::from(4 - format)))
    }
}
impl Record for CheckRecord {}
impl Record for OutboxEntry {}
impl Record for Subscription {
    const FORMAT: u8 = 2;

    /// Before format 2 a subscription ended without rhythm, digest and the record of its consent.
    fn older(format: u8, body: &[u8]) -> Option<postcard::Result<Self>> {
        (format == 1).then(|| with_nothing(body, 3))
    }
}
impl Record for Incident {}
impl Record for WordIndex {}
impl Record for WatchId {}
impl Record for Timestamp {}
impl Record for u64 {}
impl Record for Newest {}

/// Reads a record to which fields were added at its end: nothing, an empty list and the first of several are a 0 each.
fn with_nothing<R: DeserializeOwned>(body: &[u8], fields: usize) -> postcard::Result<R> {
    postcard::from_bytes(&[body, &vec![0; fields]].concat())
}

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
        Some((format, body)) => match R::older(*format, body) {
            Some(read) => read.map_err(|error| damaged(table, key, error.to_string())),
            None => Err(damaged(table, key, unknown("format", *format, R::FORMAT))),
        },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rejection;
    use crate::store::samples::{change, held, hour, mail, memory, noise, snapshot, subscription, version, watch};
    use crate::store::tables::{Entry, KeyRange, Order};
    use std::collections::BTreeMap;

    /// Pieces by key.
    #[derive(Default)]
    struct Pieces(BTreeMap<Vec<u8>, Vec<u8>>);

    impl Tables for Pieces {
        fn get(&self, _: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(self.0.get(key).cloned())
        }

        fn scan(&self, _: Table, _: &KeyRange, _: Order, _: usize) -> Result<Vec<Entry>, StoreError> {
            Ok(Vec::new())
        }
    }

    const PLACE: (Table, &[u8]) = (Table::States, b"a/b\0");

    fn sealed(value: &[u8], packing: Packing) -> (Vec<u8>, Pieces) {
        let sealed = seal(PLACE.0, PLACE.1, value, packing).unwrap();
        assert!(sealed.head.len() <= PIECE && sealed.pieces.iter().all(|piece| piece.len() <= PIECE));
        let pieces = (0..).zip(sealed.pieces).map(|(number, piece)| (keys::piece(PLACE.0, PLACE.1, number), piece)).collect();
        (sealed.head, Pieces(pieces))
    }

    fn opened(head: &[u8], pieces: &Pieces) -> Result<Vec<u8>, StoreError> {
        unseal(pieces, PLACE.0, PLACE.1, head)
    }

    #[test]
    fn values_of_every_length_come_back() {
        let around = [PIECE - HEAD - 1, PIECE - HEAD, PIECE - HEAD + 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 1];
        for length in [0, 1, WORTH_PACKING - 1, WORTH_PACKING].into_iter().chain(around) {
            for value in [noise(1, length), vec![7; length]] {
                for packing in [Packing::Zstd, Packing::None] {
                    let (head, pieces) = sealed(&value, packing);
                    assert_eq!(pieces.0.is_empty(), head.len() > HEAD || length == 0, "{length}");
                    assert!(opened(&head, &pieces).unwrap() == value, "{length} {packing:?}");
                }
            }
        }
    }

    #[test]
    fn every_flipped_byte_is_found() {
        for value in [noise(1, 40), vec![7; 4000], noise(2, 40_000)] {
            let (head, mut pieces) = sealed(&value, Packing::Zstd);
            for index in 0..head.len() {
                let mut flipped = head.clone();
                flipped[index] ^= 1;
                assert!(matches!(opened(&flipped, &pieces), Err(StoreError::Damaged { .. })), "byte {index}");
                assert!(matches!(opened(&head[..index], &pieces), Err(StoreError::Damaged { .. })), "cut at {index}");
            }
            if let Some(mut piece) = pieces.0.last_entry() {
                piece.get_mut()[100] ^= 1;
                assert!(opened(&head, &pieces).unwrap_err().to_string().contains("checksum"));
                pieces.0.pop_last();
                assert!(opened(&head, &pieces).unwrap_err().to_string().contains("piece 2 of 3 is missing"));
            }
        }
    }

    #[test]
    fn a_value_in_another_place_is_damaged() {
        let (head, pieces) = sealed(b"value", Packing::None);
        assert!(unseal(&pieces, Table::States, b"a/c\0", &head).is_err());
        assert!(unseal(&pieces, Table::DueAt, PLACE.1, &head).is_err());
    }

    #[test]
    fn a_newer_version_is_named_as_such() {
        let (mut head, pieces) = sealed(b"value", Packing::None);
        head[0] = ENVELOPE + 1;
        assert!(opened(&head, &pieces).unwrap_err().to_string().contains("envelope version 2"));
        let error = decode::<u64>(Table::Counters, b"mail", &[2, 1]).unwrap_err().to_string();
        assert_eq!(
            error,
            "the store holds a damaged value (counters mail): it has format version 2, this program knows version 1: \
             it was written by a newer one"
        );
        assert!(decode::<u64>(Table::Counters, b"mail", &[1, 1, 1]).unwrap_err().to_string().contains("1 bytes too many"));
        assert!(decode::<u64>(Table::Counters, b"mail", &[]).is_err());
    }

    /// A state as version 0.1.0 wrote it: 3 failures, an error page, 7 checks, version 2.
    #[test]
    fn a_state_of_the_first_format_is_read() {
        let stored = [&[1, 0, 0, 3, 1, 5, 4][..], b"gone", &[7, 0, 2, 0]].concat();
        let state: WatchState = decode(Table::States, b"a", &stored).unwrap();
        let expected = WatchState {
            failures: 3,
            rejection: Some(Rejection::ErrorPage("gone".to_owned())),
            checks: 7,
            version: 2,
            ..WatchState::default()
        };
        assert_eq!(state, expected);
        let today = encode(&state).unwrap();
        assert_eq!(decode::<WatchState>(Table::States, b"a", &today).unwrap(), state);
        let second = [&[2], &today[1..today.len() - 2]].concat();
        assert_eq!(decode::<WatchState>(Table::States, b"a", &second).unwrap(), state, "format 2 has no troubles");
        let third = [&[3], &today[1..today.len() - 1]].concat();
        assert_eq!(decode::<WatchState>(Table::States, b"a", &third).unwrap(), state, "format 3 has no fetch that was rejected");
    }

    /// A change of an older format is one of today without its last bytes, which say that the document was not replaced, that it
    /// was not imported, and that the old version had no date line.
    #[test]
    fn changes_of_older_formats_are_read() {
        let change = change(1, &watch(), [1, 2], [Sha256::of(b"page"); 2]);
        let today = encode(&change).unwrap();
        for (format, missing, digest) in [(1, 3, "203d4557f726a835"), (2, 2, "e7770d44c0b0b6f8"), (3, 1, "f80553a22061e3c2")] {
            let stored = [&[format], &today[1..today.len() - missing]].concat();
            assert_eq!(Sha256::of(&stored).to_string()[..16], *digest, "as format {format} was written");
            assert_eq!(decode::<Change>(Table::Changes, b"1", &stored).unwrap(), change);
        }
    }

    /// A subscription of format 1 is one of today without rhythm, digest and consent.
    #[test]
    fn a_subscription_of_the_first_format_is_read() {
        let today = encode(&subscription(1)).unwrap();
        let stored = [&[1], &today[1..today.len() - 3]].concat();
        assert_eq!(Sha256::of(&stored).to_string()[..16], *"7ee1be176c3bc5a2", "as version 0.1.0 wrote it");
        assert_eq!(decode::<Subscription>(Table::Subscriptions, b"1", &stored).unwrap(), subscription(1));
    }

    /// Where this fails, a stored type has changed: raise its `FORMAT`, and keep a reader for what stands here.
    #[test]
    fn the_formats_are_those_of_stored_records() {
        fn digest<R: Record>(record: &R) -> String {
            Sha256::of(&encode(record).unwrap()).to_string()[..16].to_owned()
        }
        let (version, document) = version(&watch(), 1, &[1]);
        let found = [
            ("snapshot", digest(&snapshot(&watch(), 0, 1, b"page"))),
            ("version", digest(&version)),
            ("document", digest(&document)),
            ("memory", digest(&memory(2))),
            ("state", digest(&WatchState { held: Some(held()), ..WatchState::default() })),
            ("change", digest(&change(1, &watch(), [1, 2], [Sha256::of(b"page"); 2]))),
            ("mail", digest(&mail(1, Some((1, 1)), hour(1)))),
            ("subscription", digest(&subscription(1))),
            ("newest", digest(&Newest { accepted: 1, rejected: 2 })),
        ];
        let expected = [
            ("snapshot", "0e699c25bfab228e"),
            ("version", "d15c6c09a753047d"),
            ("document", "279fc752d1b1c771"),
            ("memory", "f69465ad64d4866f"),
            ("state", "a6bfd03ea64da47c"),
            ("change", "1ce1948d6315d246"),
            ("mail", "64a03448434482ea"),
            ("subscription", "326f030c457349b4"),
            ("newest", "5e98aaa886032724"),
        ];
        assert_eq!(found.map(|(name, digest)| format!("{name} {digest}")), expected.map(|(name, digest)| format!("{name} {digest}")));
    }
}
