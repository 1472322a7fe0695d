//! How a snapshot's bytes are kept small: compressed against a snapshot before it.
//!
//! Measured over 708 pairs of consecutive real pages of 357 kB on average: zstd alone keeps 66,351 bytes of each, with the page before
//! as its prefix 888, at three times the speed. A chain of such frames is only as good as its first, and takes as long to read as its
//! bodies are long together: before that gets too much, a frame stands alone.

use zstd::zstd_safe::{CCtx, CParameter, DCtx, DParameter, compress_bound, get_error_name};

/// The longest chain: damage to one frame costs at most this many snapshots.
pub(super) const LONGEST_CHAIN: u8 = 200;
/// How many bytes are unpacked for one snapshot, those on the way included; measured: 34 MB in 40 steps take 8 ms to unpack, 17 ms
/// with reading and digests.
const MOST_UNPACKED: u64 = 36 << 20;
/// The longest body that is stored, four times the largest page that a fetch accepts.
pub(super) const LONGEST_BODY: usize = 64 << 20;
/// The smallest and largest window (as powers of two) around a body and its base; the largest is what every decoder accepts.
const WINDOW: std::ops::RangeInclusive<u32> = 17..=27;
/// From this many bytes of prefix and body on, zstd's tables forget the start of the prefix before they reach the body.
const LONG_DISTANCE: usize = 4 << 20;
/// The levels of a frame that stands alone, and of one that builds on another, by [`Effort`]. Of 15 real pages of 355 kB on average 3 keeps
/// 66,843 bytes of each in 1 ms, 19 keeps 56,389 in 91 ms. Of 585 pairs of real pages 3 keeps 5,968 bytes of each in 0.3 ms, 12 keeps 4,888
/// in 2 ms, 19 keeps 4,570 in 38 ms. At 19 and 12 the first pass over 100 pages took 11.7 s instead of 1. No packing of these pages gets far
/// below: the first page of each of the 15 sequences, by `xz -9e`, is 1,357 bytes for each of its 40 snapshots, and what differs between two
/// is mostly names and tokens that are new with each build or visit, which nothing makes smaller.
const LEVELS_NOW: (i32, i32) = (3, 3);
const LEVELS_THOROUGH: (i32, i32) = (19, 12);
/// The level of a body that is longer than [`LONG_BODY`]: the other two would keep readers waiting for seconds.
const LEVEL_LONG: i32 = 3;
const LONG_BODY: usize = 2 << 20;
/// The version of a frame's layout, its first byte.
const FORMAT: u8 = 1;
/// Format, depth, base, length.
const HEAD: usize = 1 + 1 + 4 + 4;

/// How much time may be spent on making a body small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Little: a check is waiting.
    Now,
    /// Much: the store is built anew.
    Thorough,
}

/// A snapshot's bytes as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// The number of the snapshot that it builds on; 0: it stands alone.
    pub(super) base: u32,
    /// How many frames must be unpacked before this one; a frame that repeats its base counts as the base itself.
    depth: u8,
    /// Length of the body.
    length: u32,
    /// A zstd frame; empty where the body is that of its base.
    packed: Vec<u8>,
}

/// A snapshot that a new one may build on.
#[derive(Debug)]
pub(super) struct Base {
    /// Its number.
    pub(super) number: u32,
    /// Its depth.
    pub(super) depth: u8,
    /// How many bytes must be unpacked for it, its own included.
    pub(super) unpacked: u64,
    /// Its bytes.
    pub(super) body: Vec<u8>,
}

impl Base {
    /// Whether a body may build on it.
    fn carries(&self, body: &[u8]) -> bool {
        self.depth + 1 < LONGEST_CHAIN && self.unpacked + body.len() as u64 <= MOST_UNPACKED
    }
}

impl Frame {
    /// Packs a body, on the base that makes it smallest.
    pub(super) fn pack(body: &[u8], bases: &[Base], effort: Effort) -> Result<Self, String> {
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= LONGEST_BODY);
        let length = length.ok_or_else(|| format!("a body of {} bytes is longer than the {LONGEST_BODY} allowed", body.len()))?;
        if let Some(same) = bases.iter().find(|base| base.body == body) {
            return Ok(Self { base: same.number, depth: same.depth, length, packed: Vec::new() });
        }
        let mut best: Option<Self> = None;
        for base in bases.iter().filter(|base| base.carries(body)) {
            let frame = Self { base: base.number, depth: base.depth + 1, length, packed: compress(body, &base.body, effort)? };
            best = best.filter(|best| best.packed.len() <= frame.packed.len()).or(Some(frame));
        }
        match best {
            Some(best) => Ok(best),
            None => Ok(Self { base: 0, depth: 0, length, packed: compress(body, &[], effort)? }),
        }
    }

    /// Length of the body.
    pub(super) fn length(&self) -> u32 {
        self.length
    }

    /// The body, given that of the base.
    pub(super) fn unpack(&self, base: Vec<u8>) -> Result<Vec<u8>, String> {
        let body = if self.repeats() { base } else { decompress(&self.packed, &base, self.length as usize)? };
        if body.len() == self.length as usize { Ok(body) } else { Err(format!("it is {} bytes long, not {}", body.len(), self.length)) }
    }

    /// What a frame behind this one would build on: its number and depth, or its base's where it only repeats that.
    pub(super) fn foundation(&self, number: u32) -> (u32, u8) {
        (if self.repeats() { self.base } else { number }, self.depth)
    }

    /// As bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, self.depth];
        bytes.extend(self.base.to_be_bytes());
        bytes.extend(self.length.to_be_bytes());
        bytes.extend_from_slice(&self.packed);
        bytes
    }

    /// From bytes.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let ([format, depth, b0, b1, b2, b3, l0, l1, l2, l3], packed) = bytes.split_first_chunk::<HEAD>().ok_or("it is cut off")?;
        if *format != FORMAT {
            return Err(format!("it has frame version {format}, this program knows version {FORMAT}: it was written by a newer one"));
        }
        let frame = Self {
            base: u32::from_be_bytes([*b0, *b1, *b2, *b3]),
            depth: *depth,
            length: u32::from_be_bytes([*l0, *l1, *l2, *l3]),
            packed: packed.to_vec(),
        };
        if frame.length as usize > LONGEST_BODY { Err(format!("it claims {} bytes", frame.length)) } else { Ok(frame) }
    }

    /// Whether it holds the body of its base, and nothing of its own.
    pub(super) fn repeats(&self) -> bool {
        self.base != 0 && self.packed.is_empty()
    }
}

fn compress(body: &[u8], base: &[u8], effort: Effort) -> Result<Vec<u8>, String> {
    let mut context = CCtx::create();
    let mut packed = Vec::with_capacity(compress_bound(body.len()));
    let (alone, built) = if effort == Effort::Now { LEVELS_NOW } else { LEVELS_THOROUGH };
    let level = match (body.len(), base) {
        (LONG_BODY.., _) => LEVEL_LONG,
        (_, []) => alone,
        _ => built,
    };
    let mut parameters = vec![CParameter::CompressionLevel(level)];
    if !base.is_empty() {
        let both = body.len() + base.len();
        let window = usize::BITS - both.leading_zeros();
        parameters.push(CParameter::WindowLog(window.clamp(*WINDOW.start(), *WINDOW.end())));
        parameters.push(CParameter::EnableLongDistanceMatching(both >= LONG_DISTANCE));
    }
    let run = || {
        for parameter in parameters {
            context.set_parameter(parameter)?;
        }
        if !base.is_empty() {
            context.ref_prefix(base)?;
        }
        context.compress2(&mut packed, body)
    };
    run().map_err(|code| format!("it can't be compressed: {}", get_error_name(code)))?;
    Ok(packed)
}

fn decompress(packed: &[u8], base: &[u8], length: usize) -> Result<Vec<u8>, String> {
    let mut context = DCtx::create();
    let mut body = Vec::with_capacity(length);
    let mut run = || {
        context.set_parameter(DParameter::WindowLogMax(*WINDOW.end()))?;
        if !base.is_empty() {
            context.ref_prefix(base)?;
        }
        context.decompress(&mut body, packed)
    };
    run().map_err(|code| format!("it can't be unpacked: {}", get_error_name(code)))?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{noise, page};

    fn base(number: u32, depth: u8, body: &[u8]) -> Base {
        Base { number, depth, unpacked: 0, body: body.to_vec() }
    }

    #[test]
    fn a_frame_is_small_where_its_base_is_like_it() {
        let (old, new) = (page(1, 300), page(2, 300));
        let alone = Frame::pack(&new, &[], Effort::Now).unwrap();
        let frame = Frame::pack(&new, &[base(1, 0, &old)], Effort::Now).unwrap();
        assert!(frame.encode().len() < 200 && alone.encode().len() > 14_000, "{} {}", frame.encode().len(), alone.encode().len());
        assert_eq!((frame.base, frame.depth), (1, 1));
        assert_eq!(Frame::decode(&frame.encode()).unwrap().unpack(old).unwrap(), new);
    }

    #[test]
    fn it_builds_on_the_base_that_is_most_like_it() {
        let (wall, old, new) = (noise(1, 9000), page(1, 300), page(2, 300));
        let frame = Frame::pack(&new, &[base(8, 0, &wall), base(7, 0, &old)], Effort::Now).unwrap();
        assert_eq!(frame.base, 7);
        assert_eq!(Frame::pack(&wall, &[base(7, 0, &old), base(8, 0, &wall)], Effort::Now).unwrap().foundation(9), (8, 0));
    }

    #[test]
    fn the_same_bytes_again_cost_nothing_and_lengthen_no_chain() {
        let body = page(1, 300);
        let frame = Frame::pack(&body, &[base(4, LONGEST_CHAIN - 1, &body)], Effort::Now).unwrap();
        assert_eq!(frame.encode().len(), HEAD);
        assert_eq!(frame.foundation(5), (4, LONGEST_CHAIN - 1));
        assert_eq!(frame.unpack(body.clone()).unwrap(), body);
    }

    /// The numbers of the frames that stand alone, of so many with such bodies.
    fn standing_alone(count: u32, body: impl Fn(u32) -> Vec<u8>) -> Vec<u32> {
        let mut bases: Vec<Base> = Vec::new();
        let mut alone = Vec::new();
        for number in 1..=count {
            let body = body(number);
            let frame = Frame::pack(&body, &bases, Effort::Now).unwrap();
            if frame.base == 0 {
                alone.push(number);
            }
            let before = bases.pop().filter(|_| frame.base != 0).map_or(0, |base| base.unpacked);
            let (number, depth) = frame.foundation(number);
            bases = vec![Base { number, depth, unpacked: before + body.len() as u64, body }];
        }
        alone
    }

    #[test]
    fn chains_are_bounded_in_steps_and_in_bytes() {
        assert_eq!(standing_alone(401, |number| page(number, 5)), [1, 201, 401]);
        let long = noise(1, 5 << 20);
        let edited = |number: u32| [&number.to_be_bytes()[..], &long].concat();
        assert_eq!(standing_alone(9, edited), [1, 8], "seven times five mebibytes");
    }

    #[test]
    fn pages_of_sixteen_mebibytes_build_on_one_another() {
        let old = noise(1, 16 << 20);
        let mut new = old.clone();
        new[8 << 20] ^= 1;
        let frame = Frame::pack(&new, &[base(1, 0, &old)], Effort::Now).unwrap();
        // Measured: 25,697 bytes, some 200 for each of zstd's blocks.
        assert!(frame.encode().len() < 64 << 10, "{}", frame.encode().len());
        assert!(frame.unpack(old).unwrap() == new);
    }

    #[test]
    fn damage_is_an_error() {
        let bytes = Frame::pack(&page(1, 5), &[], Effort::Now).unwrap().encode();
        for (index, name) in [(0, "version"), (20, "unpacked")] {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0xff;
            let error = Frame::decode(&damaged).and_then(|frame| frame.unpack(Vec::new())).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
        assert!(Frame::decode(&bytes[..9]).is_err());
        assert!(Frame::pack(&vec![0; LONGEST_BODY + 1], &[], Effort::Now).is_err());
    }
}
