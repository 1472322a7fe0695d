//! What a site asks of robots (RFC 9309).

use std::time::Duration;

/// Our product token.
const TOKEN: &str = "fineprint";
/// So many bytes of the file are read (section 2.5 asks for at least 500 KiB).
pub(super) const LONGEST: usize = 500 << 10;
/// A longer delay between two requests is not waited for; it is an error more often than a wish.
const LONGEST_DELAY: f32 = 120.0;

/// The rules of one host that are meant for us.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Robots {
    rules: Vec<Rule>,
    /// The least time between two requests, where the file names one (no part of the RFC, and common).
    pub(super) delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allows: bool,
    path: Vec<u8>,
}

impl Robots {
    /// Reads a file: the groups that name us, else those for everybody. What is no rule is skipped.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
        let (mut ours, mut everybodys) = (None::<Self>, None::<Self>);
        // Whom the group is for that is being read, and whether its names are still coming.
        let (mut for_us, mut for_all, mut naming) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    if !naming {
                        (for_us, for_all, naming) = (false, false, true);
                    }
                    for_us |= names_us(value);
                    for_all |= value == "*";
                    if for_us {
                        ours.get_or_insert_default();
                    }
                    if for_all {
                        everybodys.get_or_insert_default();
                    }
                }
                key @ ("allow" | "disallow" | "crawl-delay") => {
                    naming = false;
                    let groups = [(for_us, &mut ours), (for_all, &mut everybodys)];
                    groups
                        .into_iter()
                        .filter(|(meant, _)| *meant)
                        .filter_map(|(_, group)| group.as_mut())
                        .for_each(|group| group.add(key, value));
                }
                _ => {}
            }
        }
        ours.or(everybodys).unwrap_or_default()
    }

    fn add(&mut self, key: &str, value: &str) {
        if key == "crawl-delay" {
            let seconds = value.parse::<f32>().ok().filter(|seconds| seconds.is_finite() && (0.0..=LONGEST_DELAY).contains(seconds));
            self.delay = seconds.map(Duration::from_secs_f32).or(self.delay);
        } else if !value.is_empty() {
            // An empty rule forbids nothing.
            self.rules.push(Rule { allows: key == "allow", path: decoded(value) });
        }
    }

    /// Whether a path with its query may be fetched: the longest rule decides, and where two are as long, the one that allows.
    pub(super) fn allows(&self, path: &str) -> bool {
        let path = decoded(path);
        let fits = self.rules.iter().filter(|rule| matches(&rule.path, &path));
        fits.max_by_key(|rule| (rule.path.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// A name stands for us where it is our token, alone or before a version.
fn names_us(value: &str) -> bool {
    let token: String = value.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    token.eq_ignore_ascii_case(TOKEN)
}

/// Percent-encoded octets are compared as the octets that they stand for (section 2.2.2), but for those that have a meaning of their own.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let octet = hex.filter(|octet| bytes[at] == b'%' && !matches!(octet, b'/' | b'*' | b'$' | b'%'));
        out.push(octet.unwrap_or(bytes[at]));
        at += if octet.is_some() { 3 } else { 1 };
    }
    out
}

/// Whether a rule fits the beginning of a path; `*` stands for any octets, `$` at its end for the end of the path. Linear in their product:
/// a rule of many stars can't hang us.
fn matches(rule: &[u8], path: &[u8]) -> bool {
    let (rule, to_end) = match rule.split_last() {
        Some((b'$', rest)) => (rest, true),
        _ => (rule, false),
    };
    let mut parts = rule.split(|octet| *octet == b'*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let parts: Vec<&[u8]> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return !to_end || rest.is_empty() };
    for part in middle {
        let Some(at) = find(rest, part) else { return false };
        rest = &rest[at + part.len()..];
    }
    if to_end { rest.ends_with(last) } else { find(rest, last).is_some() }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() { Some(0) } else { text.windows(part.len()).position(|window| window == part) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_standard() {
        // RFC 9309, section 5.1: groups by name; 5.2: the longest match.
        let simple = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\nUser-Agent: barbot\nUser-Agent: fineprint\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n";
        let robots = Robots::parse(simple.as_bytes());
        assert!(!robots.allows("/example/page.html") && robots.allows("/example/other.html") && robots.allows("/a.gif"));
        let everybody = Robots::parse(simple.replace("fineprint", "bazbot").as_bytes());
        assert!(
            !everybody.allows("/a.gif") && !everybody.allows("/example/x") && everybody.allows("/publications/") && everybody.allows("/x")
        );
        let longest = Robots::parse(b"User-Agent: fineprint\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n");
        assert!(longest.allows("/example/page/x") && !longest.allows("/example/page/disallowed.gif"));
    }

    #[test]
    fn rules_are_read_as_sites_write_them() {
        for (file, path, allowed) in [
            ("", "/x", true),
            ("User-agent: *\nDisallow:", "/x", true),
            ("User-agent: *\nDisallow: /", "/terms", false),
            ("\u{feff}USER-AGENT : FinePrint/1.0 # us\n disallow : /legal # not this", "/legal/terms", false),
            ("User-agent: fineprint-other\nDisallow: /", "/x", true),
            ("User-agent: *\nDisallow: /a*b$\n", "/a/x/b", false),
            ("User-agent: *\nDisallow: /a*b$\n", "/a/x/b/c", true),
            ("User-agent: *\nDisallow: /path/file-with-a-%2A.html", "/path/file-with-a-%2A.html", false),
            ("User-agent: *\nDisallow: /caf%C3%A9", "/caf\u{e9}", false),
            ("User-agent: *\nDisallow: /x\nAllow: /x", "/x", true),
            ("User-agent: a\nDisallow: /\n\nUser-agent: *\nCrawl-delay: 1\nUser-agent: b\nDisallow: /", "/x", true),
            ("User-agent: fineprint\nAllow: /legal\nUser-agent: *\nDisallow: /", "/shop", true),
            ("User-agent: fineprint\nDisallow: /a\n\nUser-agent: fineprint\nDisallow: /b", "/b", false),
            ("Disallow: /", "/x", true),
            ("<!doctype html><p>User-agent: * Disallow: /", "/x", true),
        ] {
            assert_eq!(Robots::parse(file.as_bytes()).allows(path), allowed, "{file:?} {path}");
        }
    }

    #[test]
    fn a_delay_is_a_number_of_seconds_that_makes_sense() {
        let delay = |value: &str| Robots::parse(format!("User-agent: *\nCrawl-delay: {value}").as_bytes()).delay;
        assert_eq!((delay("10"), delay("0.5")), (Some(Duration::from_secs(10)), Some(Duration::from_millis(500))));
        for nonsense in ["-1", "1e9", "NaN", "soon", ""] {
            assert_eq!(delay(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_rule_of_stars_is_no_trap() {
        let robots = Robots::parse(format!("User-agent: *\nDisallow: /{}x$", "*a".repeat(20_000)).as_bytes());
        assert!(robots.allows(&format!("/{}", "a".repeat(20_000))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000), path in "\\PC{0,80}") {
            Robots::parse(&bytes).allows(&path);
        }
    }
}
