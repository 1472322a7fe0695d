use std::io::Read as _;

/// What all streams of a file may unpack to. Terms are text: hundreds of pages of it unpack to some 10 MB.
const UNPACKED: u64 = 64 << 20;
/// What a byte can become at most: deflate 1032, LZW some 1400.
const WORST: u64 = 1400;

/// Looks how large a file is inside, before anything of it is kept in memory: each stream is unpacked once and thrown away.
///
/// # Errors
/// What is wrong, to be put behind "the PDF file".
pub(super) fn weigh(body: &[u8]) -> Result<(), &'static str> {
    const TOO_MUCH: &str = "unpacks to more than any document";
    // What is encrypted can't be looked into, so its size alone decides. Packed twice is never done in earnest.
    let hidden = find(body, b"/Encrypt").is_some();
    let mut left = UNPACKED;
    if hidden && body.len() as u64 * WORST > 4 * UNPACKED {
        return Err("is encrypted and too large to be opened unseen");
    }
    let mut rest = body;
    while let Some(at) = find(rest, b"stream") {
        let dictionary = &rest[at.saturating_sub(600)..at];
        let dictionary = dictionary.windows(3).rposition(|bytes| bytes == b"obj").map_or(dictionary, |from| &dictionary[from..]);
        let data = rest[at + 6..].strip_prefix(b"\r\n").or_else(|| rest[at + 6..].strip_prefix(b"\n")).unwrap_or(&rest[at + 6..]);
        let is_end = rest[..at].ends_with(b"end");
        rest = &rest[at + 6..];
        if is_end || hidden {
            continue;
        }
        let flates = count(dictionary, b"FlateDecode") + count(dictionary, b"/Fl ");
        let others = count(dictionary, b"LZWDecode") + count(dictionary, b"RunLengthDecode");
        if flates + others > 1 {
            return Err("packs a stream twice, as no honest document does");
        }
        let unpacked = if others > 0 {
            find(data, b"endstream").unwrap_or(data.len()) as u64 * WORST
        } else {
            let mut inflated = flate2::read::ZlibDecoder::new(data).take(left + 1);
            std::io::copy(&mut inflated, &mut std::io::sink()).unwrap_or_else(|_| (left + 1).saturating_sub(inflated.limit()))
        };
        left = left.checked_sub(unpacked).ok_or(TOO_MUCH)?;
    }
    Ok(())
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    let mut found = 0;
    let mut rest = bytes;
    while let Some(at) = find(rest, what) {
        found += 1;
        rest = &rest[at + what.len()..];
    }
    found
}
