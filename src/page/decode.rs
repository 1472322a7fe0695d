use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

/// How far the WHATWG prescan looks for a `<meta charset>`.
const PRESCAN: usize = 4096;

/// The text of a body: by byte order mark, then the header's charset, then the page's own `<meta>`, then by its bytes
/// (WHATWG HTML, "determining the character encoding").
pub(super) fn decode<'body>(body: &'body [u8], content_type: Option<&str>) -> Cow<'body, str> {
    let (encoding, skip) = Encoding::for_bom(body).unwrap_or_else(|| (declared(body, content_type).unwrap_or_else(|| guessed(body)), 0));
    let body = &body[skip..];
    match std::str::from_utf8(body) {
        Ok(text) if encoding == UTF_8 => Cow::Borrowed(text),
        _ => encoding.decode_without_bom_handling(body).0,
    }
}

fn declared(body: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    let header = content_type.and_then(|value| charset_of(value.as_bytes()));
    let found = header.or_else(|| charset_of(&body[..body.len().min(PRESCAN)]))?;
    // A page that says UTF-8 and isn't is read by its bytes: mojibake would look like a change.
    (found != UTF_8 || std::str::from_utf8(body).is_ok()).then_some(found)
}

/// The value behind the first `charset=`.
fn charset_of(bytes: &[u8]) -> Option<&'static Encoding> {
    let lower = bytes.to_ascii_lowercase();
    let at = lower.windows(8).position(|window| window == b"charset=")? + 8;
    let value: Vec<u8> = lower[at..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
        .collect();
    Encoding::for_label(&value)
}

fn guessed(body: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(body).is_ok() {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(body, true);
    detector.guess(None, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_is_found_in_the_header_the_page_or_the_bytes() {
        assert_eq!(decode(b"caf\xe9", Some("text/html; charset=iso-8859-1")), "café");
        assert_eq!(decode(b"<meta charset='windows-1252'>caf\xe9", None), "<meta charset='windows-1252'>café");
        assert_eq!(decode("café".as_bytes(), None), "café");
        assert_eq!(decode(b"\xef\xbb\xbfok", Some("text/plain; charset=latin1")), "ok");
        assert_eq!(decode(b"\xff\xfeo\0k\0", None), "ok");
        assert_eq!(decode("naïve café".as_bytes(), Some("text/html; charset=\"utf-8\"")), "naïve café");
        assert_eq!(decode(b"na\xefve caf\xe9 cr\xe8me", Some("text/html; charset=utf-8")), "naïve café crème");
    }
}
