//! Text from outside, made fit to stand beside our own words: one line, nothing invisible, no longer than it may be.

use jiff::Timestamp;

/// One line of at most `limit` characters: whitespace collapsed, invisible and direction-changing characters dropped.
#[must_use]
pub fn line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for c in visible(text) {
        if c != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(c);
        }
    }
    shortened(out.trim_end(), limit)
}

/// The characters that a reader may see, with every kind of white space as a plain space.
pub fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(|c| match c {
        _ if c.is_whitespace() => Some(' '),
        _ if c.is_control() || is_hidden(c) => None,
        _ => Some(c),
    })
}

/// Characters by which a page could reorder or hide the words around it. The joiners U+200C and U+200D stay: Persian, the
/// scripts of India and emoji are spelt with them, and they reorder nothing.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}'
        | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{00AD}' | '\u{180E}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// At most `limit` characters, cut at a word where there is one near, with an ellipsis.
fn shortened(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    let room = text.char_indices().nth(limit.saturating_sub(1)).map_or(end, |(at, _)| at);
    let head = &text[..room];
    let cut = head.rfind(' ').filter(|at| *at > room / 2).unwrap_or(room);
    format!("{}…", head[..cut].trim_end_matches([' ', ',', ';', ':']))
}

/// A time as people write it.
#[must_use]
pub fn time(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// A URL that may become a link: http or https, and nothing in it that ends an attribute or a line.
#[must_use]
pub fn link(url: &str) -> Option<String> {
    link_of(url, 1_000)
}

/// A link of our own making, which may be long: it holds what was asked for.
pub(super) fn signed_link(url: &str) -> Option<String> {
    link_of(url, 6_000)
}

fn link_of(url: &str, longest: usize) -> Option<String> {
    let scheme = url.starts_with("https://") || url.starts_with("http://");
    let plain = url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '`'));
    (scheme && plain && url.len() <= longest).then(|| url.to_owned())
}

/// A language tag that may stand in an attribute; English where there is none.
#[must_use]
pub fn language(tag: Option<&str>) -> String {
    let well_formed = |tag: &&str| (2..=35).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    tag.filter(well_formed).unwrap_or("en").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_without_hidden_characters() {
        let cases = [
            ("  two\r\n\tlines\u{2028}three ", "two lines three"),
            ("a\u{202E}b\u{2066}c\u{200F}d", "abcd"),
            ("bell\u{7}nul\0", "bellnul"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ];
        for (given, expected) in cases {
            assert_eq!(line(given, 80), expected);
        }
    }

    #[test]
    fn a_long_line_is_cut_at_a_word() {
        assert_eq!(line("one two three four", 12), "one two…");
        assert_eq!(line("ééééééééééé", 5), "éééé…");
        assert_eq!(line("exactly ten", 11), "exactly ten");
    }

    #[test]
    fn only_plain_web_addresses_become_links() {
        assert!(link("https://tidewave.example/terms?a=b&c=d").is_some());
        for bad in ["javascript:alert(1)", "https://x.example/\" onclick=\"", "https://x.example/a b", "data:text/html,x"] {
            assert_eq!(link(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_is_readable() {
        let at: Timestamp = "2026-03-05T07:09:00Z".parse().expect("a timestamp");
        assert_eq!(time(at), "5 March 2026, 07:09 UTC");
    }
}
