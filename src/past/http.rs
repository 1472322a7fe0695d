use crate::model::Header;
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::Read;

/// More headers than any server sends.
const HEADERS: usize = 256;

/// An answer as it went over the wire, its body unpacked.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<Header>,
    pub(super) body: Vec<u8>,
}

/// Reads an HTTP answer whose body, unpacked, has at most `longest` bytes.
///
/// # Errors
/// Why it can't be used, as words that follow "an answer".
pub(super) fn read(bytes: &[u8], longest: usize) -> Result<Answer, &'static str> {
    const NONE: &str = "is no HTTP answer";
    let mut space = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Response::new(&mut space);
    let Ok(httparse::Status::Complete(start)) = head.parse(bytes) else { return Err(NONE) };
    let status = head.code.ok_or(NONE)?;
    let header = |header: &httparse::Header<'_>| Header {
        name: header.name.to_ascii_lowercase(),
        value: String::from_utf8_lossy(header.value).into_owned(),
    };
    let headers: Vec<Header> = head.headers.iter().map(header).collect();
    let value = |name: &str| headers.iter().find(|header| header.name == name).map(|header| header.value.trim().to_ascii_lowercase());
    let body = bytes.get(start..).unwrap_or_default();
    let chunked = value("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked"));
    // Some crawlers unpack a body, and keep the header that says that it is packed.
    let joined = if chunked { chunks(body) } else { None };
    let body = joined.as_deref().unwrap_or(body);
    let body = match value("content-encoding").as_deref() {
        Some("gzip" | "x-gzip") if body.starts_with(&[0x1f, 0x8b]) => unpacked(GzDecoder::new(body), longest)?,
        Some("deflate") => {
            unpacked(ZlibDecoder::new(body), longest).or_else(|why| if is_text(body) { Ok(body.to_vec()) } else { Err(why) })?
        }
        Some("br" | "zstd") if !is_text(body) => return Err("is packed in a way that is not read (br, zstd)"),
        _ if body.len() > longest => return Err("is too long"),
        _ => body.to_vec(),
    };
    Ok(Answer { status, headers, body })
}

fn unpacked(packed: impl Read, longest: usize) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    packed.take(longest as u64 + 1).read_to_end(&mut body).map_err(|_| "is damaged")?;
    if body.len() > longest { Err("is too long") } else { Ok(body) }
}

fn is_text(body: &[u8]) -> bool {
    body.first().is_none_or(|first| first.is_ascii_whitespace() || *first == b'<')
}

/// The body of which these are the chunks; `None` where they are none.
fn chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.iter().position(|byte| *byte == b'\n')?;
        let size = std::str::from_utf8(rest.get(..line)?).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(line + 1..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}
