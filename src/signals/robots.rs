//! robots.txt (RFC 9309), all groups of it, with what later drafts add to them.

use std::time::Duration;

/// So many bytes of a file are read (section 2.5 asks for at least 500 KiB).
pub const LONGEST: usize = 500 << 10;
/// A longer delay between two requests is not waited for; it is an error more often than a wish.
const LONGEST_DELAY: f32 = 120.0;
/// No honest file has more groups.
const MOST_GROUPS: usize = 2_000;
/// No honest file has more lines that name somebody; each name is looked for in every group.
const MOST_AGENTS: usize = 4_000;

/// What a site asks of robots.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    groups: Vec<Group>,
    /// The addresses of licences for the whole site (RSL 1.0, `License:`), in the order of the file.
    pub licences: Vec<String>,
    /// Whether a part of the file says that Cloudflare wrote it: a default of the vendor's, not a word of the site's own.
    pub managed: bool,
}

/// One group: whom it names, and what it says to them.
#[derive(Debug, Clone, Default, PartialEq)]
struct Group {
    agents: Vec<String>,
    rules: Rules,
}

/// What holds for one robot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    lines: Vec<Rule>,
    /// The least time between two requests, where the file names one (no part of the RFC, and common).
    pub delay: Option<Duration>,
    /// The values of its `Content-Signal` lines, as written.
    pub content_signals: Vec<String>,
    /// The values of its `Content-Usage` lines, as written.
    pub content_usages: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allows: bool,
    path: Vec<u8>,
}

/// How much of a site is shut to a robot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shut {
    /// Nothing.
    Nothing,
    /// Some of it.
    Partly,
    /// All of it.
    Wholly,
}

impl Robots {
    /// Reads a file. What is no rule is skipped; any bytes give something.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
        let mut robots = Self { managed: text.contains("BEGIN Cloudflare Managed"), ..Self::default() };
        let (mut naming, mut agents) = (false, 0);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" if naming => {
                    if agents < MOST_AGENTS {
                        robots.groups.last_mut().into_iter().for_each(|group| group.agents.push(value.to_owned()));
                    }
                    agents += 1;
                }
                // The rules that follow must not be read as those of the group before.
                "user-agent" if agents >= MOST_AGENTS || robots.groups.len() == MOST_GROUPS => break,
                "user-agent" => {
                    (naming, agents) = (true, agents + 1);
                    robots.groups.push(Group { agents: vec![value.to_owned()], ..Group::default() });
                }
                "allow" | "disallow" | "crawl-delay" | "content-signal" | "content-usage" => {
                    naming = false;
                    robots.groups.last_mut().into_iter().for_each(|group| group.rules.add(&key, value));
                }
                "license" if !value.is_empty() => robots.licences.push(value.to_owned()),
                _ => {}
            }
        }
        robots
    }

    /// The rules for a robot by its product token: of all groups that name it; `None` where none does.
    #[must_use]
    pub fn naming(&self, token: &str) -> Option<Rules> {
        self.merged(|agent| product(agent).eq_ignore_ascii_case(token) || agent.eq_ignore_ascii_case(token))
    }

    /// The rules for everybody who is not named; `None` where there are none.
    #[must_use]
    pub fn for_all(&self) -> Option<Rules> {
        self.merged(|agent| agent == "*")
    }

    /// The rules for a robot: its own, or those for everybody (section 2.2.1).
    #[must_use]
    pub fn rules_for(&self, token: &str) -> Rules {
        self.naming(token).or_else(|| self.for_all()).unwrap_or_default()
    }

    /// Everybody who is named, each once, as the file first writes them.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for agent in self.groups.iter().flat_map(|group| &group.agents) {
            if seen.insert(agent.to_ascii_lowercase()) {
                names.push(agent);
            }
        }
        names
    }

    fn merged(&self, is_meant: impl Fn(&str) -> bool) -> Option<Rules> {
        let mut meant = self.groups.iter().filter(|group| group.agents.iter().any(|agent| is_meant(agent))).map(|group| &group.rules);
        let mut merged = meant.next()?.clone();
        for rules in meant {
            merged.lines.extend(rules.lines.iter().cloned());
            merged.delay = rules.delay.or(merged.delay);
            merged.content_signals.extend(rules.content_signals.iter().cloned());
            merged.content_usages.extend(rules.content_usages.iter().cloned());
        }
        Some(merged)
    }
}

impl Rules {
    fn add(&mut self, key: &str, value: &str) {
        match key {
            "crawl-delay" => {
                let seconds = value.parse::<f32>().ok().filter(|seconds| seconds.is_finite() && (0.0..=LONGEST_DELAY).contains(seconds));
                self.delay = seconds.map(Duration::from_secs_f32).or(self.delay);
            }
            "content-signal" => self.content_signals.push(value.to_owned()),
            "content-usage" => self.content_usages.push(value.to_owned()),
            // An empty rule forbids nothing.
            _ if value.is_empty() => {}
            _ => self.lines.push(Rule { allows: key == "allow", path: decoded(value) }),
        }
    }

    /// Whether a path with its query may be fetched: the longest rule decides, and where two are as long, the one that allows.
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        let path = decoded(path);
        let fits = self.lines.iter().filter(|rule| matches(&rule.path, &path));
        fits.max_by_key(|rule| (rule.path.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }

    /// How much they shut.
    pub(super) fn shut(&self) -> Shut {
        let is_all = |rule: &&Rule| matches!(rule.path.as_slice(), b"/" | b"*" | b"/*");
        let allowed = |rule: &&Rule| rule.allows;
        if self.lines.iter().filter(|rule| !rule.allows).any(|rule| is_all(&rule)) {
            // "Allow: /" beside "Disallow: /" is as long, and wins.
            return match self.lines.iter().filter(allowed).any(|rule| is_all(&rule)) {
                true => self.rest(),
                false if self.lines.iter().any(|rule| rule.allows && rule.path != b"/robots.txt") => Shut::Partly,
                false => Shut::Wholly,
            };
        }
        self.rest()
    }

    /// The same where no rule shuts the whole site.
    fn rest(&self) -> Shut {
        let some = |rule: &Rule| !rule.allows && !matches!(rule.path.as_slice(), b"/" | b"*" | b"/*");
        if self.lines.iter().any(some) { Shut::Partly } else { Shut::Nothing }
    }
}

/// The product token at the head of a name: alone, or before a version.
fn product(agent: &str) -> &str {
    let end = agent.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(agent.len());
    &agent[..end]
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
        let ours = |file: &str| Robots::parse(file.as_bytes()).rules_for("fineprint");
        let robots = ours(simple);
        assert!(!robots.allows("/example/page.html") && robots.allows("/example/other.html") && robots.allows("/a.gif"));
        let everybody = ours(&simple.replace("fineprint", "bazbot"));
        assert!(
            !everybody.allows("/a.gif") && !everybody.allows("/example/x") && everybody.allows("/publications/") && everybody.allows("/x")
        );
        let longest = ours("User-Agent: fineprint\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n");
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
            assert_eq!(Robots::parse(file.as_bytes()).rules_for("fineprint").allows(path), allowed, "{file:?} {path}");
        }
    }

    #[test]
    fn a_delay_is_a_number_of_seconds_that_makes_sense() {
        let delay = |value: &str| Robots::parse(format!("User-agent: *\nCrawl-delay: {value}").as_bytes()).rules_for("fineprint").delay;
        assert_eq!((delay("10"), delay("0.5")), (Some(Duration::from_secs(10)), Some(Duration::from_millis(500))));
        for nonsense in ["-1", "1e9", "NaN", "soon", ""] {
            assert_eq!(delay(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn how_much_is_shut_is_told_from_the_rules() {
        for (rules, shut) in [
            ("Disallow: /", Shut::Wholly),
            ("Disallow: *", Shut::Wholly),
            ("Disallow: /\nAllow: /robots.txt", Shut::Wholly),
            ("Disallow: /\nAllow: /about", Shut::Partly),
            ("Disallow: /\nAllow: /", Shut::Nothing),
            ("Disallow: /\nAllow: /\nDisallow: /private", Shut::Partly),
            ("Disallow:", Shut::Nothing),
            ("Allow: /", Shut::Nothing),
            ("Disallow: /search", Shut::Partly),
            ("", Shut::Nothing),
        ] {
            let file = format!("User-agent: GPTBot\n{rules}");
            assert_eq!(Robots::parse(file.as_bytes()).rules_for("gptbot").shut(), shut, "{rules}");
        }
    }

    #[test]
    fn names_without_end_are_not_followed() {
        let many = (0..20_000).map(|n| format!("User-agent: robot{n}-ai\n")).collect::<Vec<_>>().concat();
        let robots = Robots::parse(format!("User-agent: *\n{many}Disallow: /\n").as_bytes());
        assert_eq!(robots.names().len(), MOST_AGENTS);
        assert!(!robots.rules_for("fineprint").allows("/terms") && !robots.rules_for("robot7-ai").allows("/terms"));

        let groups = (0..MOST_GROUPS).map(|n| format!("User-agent: robot{n}\nAllow: /\n")).collect::<Vec<_>>().concat();
        let last = format!("robot{}", MOST_GROUPS - 1);
        let robots = Robots::parse(format!("{groups}User-agent: one-more\nDisallow: /\n").as_bytes());
        assert!(robots.rules_for(&last).allows("/terms"), "the rules of a group that is left out are nobody's");
    }

    #[test]
    fn a_rule_of_stars_is_no_trap() {
        let robots = Robots::parse(format!("User-agent: *\nDisallow: /{}x$", "*a".repeat(20_000)).as_bytes()).rules_for("fineprint");
        assert!(robots.allows(&format!("/{}", "a".repeat(20_000))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000), path in "\\PC{0,80}") {
            let _ = Robots::parse(&bytes).rules_for("fineprint").allows(&path);
        }
    }
}
