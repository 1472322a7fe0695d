//! Where signals are asked for, and what of an answer counts.

use super::normal::{BY_VENDOR, EVERYBODY, Mechanism, Purpose, Signal, Value, WHOLE, Words, render, tame};
use super::robots::{Robots, Rules, Shut};
use super::usage::{content_signal, content_usage};
use super::{class_of, marks, prose, rsl, tdm};
use crate::model::{Capture, Document, Rejection};
use crate::page;
use std::borrow::Cow;
use url::Url;

/// The addresses of a site that are asked, below its origin; the last is a page, for its head.
const PATHS: &[&str] = &["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/.well-known/ai.txt", "/llms.txt", "/"];
/// The headers of an answer that are signals, or lead to some.
const HEADERS: &[&str] = &["x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "link"];
/// So much of a page is looked through for its head.
const HEAD: usize = 256 << 10;
/// What parts the headers of a gist from the head of the page.
const BLANK: &str = "\n\n";

/// What was answered at one address.
#[derive(Debug, Clone, Copy)]
pub struct Source<'answer> {
    /// The address.
    pub url: &'answer str,
    /// The body, or for a page its [`gist`]; empty where nothing is there.
    pub body: &'answer [u8],
}

/// The addresses to ask for the signals of a site; `None` for what has no origin.
#[must_use]
pub fn addresses(page: &str) -> Option<Vec<String>> {
    let url = Url::parse(page).ok().filter(Url::has_host)?;
    PATHS.iter().map(|path| url.join(path).ok().map(String::from)).collect()
}

/// Whether an answer is what was asked for: not an error, not a page in place of a file, not a wall in place of a page.
///
/// # Errors
/// Why it says nothing.
pub fn served(capture: &Capture) -> Result<(), Rejection> {
    if !(200..300).contains(&capture.status) {
        return Err(Rejection::Status(capture.status));
    }
    let is_html = page::is_html(&capture.body, capture.header("content-type"));
    match (is_page(&capture.url), is_html) {
        (true, true) => wall(capture).map_or(Ok(()), Err),
        (false, false) => Ok(()),
        _ => Err(Rejection::NotTheDocument),
    }
}

/// What stands in place of the page, if something does. A page of few words is none the worse here.
fn wall(capture: &Capture) -> Option<Rejection> {
    let page = page::read(&capture.body, capture.header("content-type"), page::Rules::default()).ok()?;
    let answer = page::Answer { status: capture.status, url: &capture.url, final_url: capture.final_url(), headers: &capture.headers };
    let rejection = page::judge(answer, &page, page::Baseline::default()).rejection()?;
    matches!(rejection, Rejection::BotWall(_) | Rejection::LoginWall | Rejection::ErrorPage(_) | Rejection::ConsentWall)
        .then_some(rejection)
}

/// What is kept of an answer: of a page, the headers that are signals and its head; of a file, everything.
#[must_use]
pub fn gist(capture: &Capture) -> Cow<'_, [u8]> {
    if !is_page(&capture.url) {
        return Cow::Borrowed(&capture.body);
    }
    let text = String::from_utf8_lossy(&capture.body[..capture.body.len().min(HEAD)]);
    let mut gist = String::new();
    for header in capture.headers.iter().filter(|header| HEADERS.contains(&header.name.as_str())) {
        gist.push_str(&format!("{}: {}\n", header.name, header.value.replace(['\n', '\r'], " ")));
    }
    gist.push_str(BLANK);
    for (name, content) in page::head(&text).metas.iter().filter(|(name, _)| is_telling(name)) {
        gist.push_str(&format!("<meta name=\"{}\" content=\"{}\">\n", escape(name), escape(content)));
    }
    for href in page::head(&text).licences {
        gist.push_str(&format!("<link rel=\"license\" type=\"application/rsl+xml\" href=\"{}\">\n", escape(&href)));
    }
    Cow::Owned(gist.into_bytes())
}

fn is_telling(name: &str) -> bool {
    matches!(name, "robots" | "tdm-reservation" | "tdm-policy") || class_of(name).is_some()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace(['\n', '\r'], " ")
}

fn is_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.path() == "/")
}

/// Where a site's licence stands, by its robots.txt, headers or head: one more address to ask.
#[must_use]
pub fn licence(sources: &[Source<'_>]) -> Option<String> {
    sources.iter().find_map(|source| {
        let base = Url::parse(source.url).ok()?;
        let found = match base.path() {
            "/robots.txt" => Robots::parse(source.body).licences.into_iter().next(),
            "/" => {
                let (headers, head) = parted(source.body);
                let by_header = headers.iter().filter(|(name, _)| name == "link").find_map(|(_, value)| licence_link(value));
                by_header.or_else(|| head.licences.into_iter().next())
            }
            _ => None,
        };
        let url = base.join(&found?).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.to_string())
    })
}

/// The target of a `Link` header (RFC 8288) that is a licence of RSL.
fn licence_link(value: &str) -> Option<String> {
    value.split(',').find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let parameters = parameters.to_ascii_lowercase().replace([' ', '"'], "");
        (parameters.contains("rel=license") && parameters.contains("rsl+xml")).then(|| target.to_owned())
    })
}

/// Headers and head of a [`gist`].
fn parted(gist: &[u8]) -> (Vec<(String, String)>, page::Head) {
    let text = String::from_utf8_lossy(gist);
    let (headers, head) = text.split_once(BLANK).unwrap_or(("", &text));
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    (headers.lines().filter_map(header).collect(), page::head(head))
}

/// The signals of some answers in their normal form.
#[must_use]
pub fn document(sources: &[Source<'_>]) -> Document {
    let (mut signals, mut words) = (Vec::new(), Vec::new());
    for source in sources.iter().filter(|source| !source.body.is_empty()) {
        let Ok(url) = Url::parse(source.url) else { continue };
        let origin = url.origin().ascii_serialization();
        let signal = |mechanism, agent: &str, purpose, scope: String, value| Signal {
            origin: origin.clone(),
            mechanism,
            agent: agent.to_owned(),
            purpose,
            scope,
            value,
        };
        let text = String::from_utf8_lossy(source.body);
        match url.path() {
            "/robots.txt" => {
                let robots = Robots::parse(source.body);
                signals.extend(of_robots(&origin, &robots));
                if robots.managed {
                    words.push(Words { origin, mechanism: Mechanism::Robots, lines: vec![BY_VENDOR.to_owned()] });
                }
            }
            "/.well-known/tdmrep.json" => match tdm::file(source.body) {
                Some(rules) => {
                    signals
                        .extend(rules.into_iter().map(|(scope, value)| signal(Mechanism::Tdm, EVERYBODY, Purpose::Mining, scope, value)));
                }
                None => signals.push(signal(
                    Mechanism::Tdm,
                    EVERYBODY,
                    Purpose::Mining,
                    WHOLE.to_owned(),
                    Value::Unclear("the file is no list of rules".to_owned()),
                )),
            },
            "/ai.txt" | "/.well-known/ai.txt" => {
                let said = prose::ai_txt(&text).into_iter();
                signals.extend(said.map(|(purpose, scope, value)| signal(Mechanism::AiTxt, EVERYBODY, purpose, scope, value)));
            }
            "/llms.txt" => words.push(Words { origin, mechanism: Mechanism::LlmsTxt, lines: prose::llms_txt(source.body) }),
            "/" => {
                let (headers, head) = parted(source.body);
                let marks = marks::marks(&headers, &head).into_iter();
                signals.extend(marks.map(|(mechanism, agent, purpose, scope, value)| signal(mechanism, &agent, purpose, scope, value)));
            }
            _ => {
                let said = rsl::file(&text).unwrap_or_else(|| {
                    vec![(
                        Purpose::Anything,
                        WHOLE.to_owned(),
                        Value::OnTerms(format!("a licence that can't be read, at {}", tame(source.url))),
                    )]
                });
                signals.extend(said.into_iter().map(|(purpose, scope, value)| signal(Mechanism::Rsl, EVERYBODY, purpose, scope, value)));
            }
        }
    }
    words.retain(|words| !words.lines.is_empty());
    render(&signals, &words)
}

fn of_robots(origin: &str, robots: &Robots) -> Vec<Signal> {
    let mut signals = Vec::new();
    let mut say = |mechanism, agent: &str, purpose, scope: String, value| {
        signals.push(Signal { origin: origin.to_owned(), mechanism, agent: tame(agent), purpose, scope, value });
    };
    let mut preferences = |agent: &str, rules: &Rules| {
        for (purpose, scope, value) in rules.content_signals.iter().flat_map(|line| content_signal(line)) {
            say(Mechanism::ContentSignal, agent, purpose, scope, value);
        }
        for (purpose, scope, value) in rules.content_usages.iter().flat_map(|line| content_usage(line)) {
            say(Mechanism::ContentUsage, agent, purpose, scope, value);
        }
    };
    let all = robots.for_all();
    if let Some(rules) = &all {
        preferences(EVERYBODY, rules);
    }
    let named: Vec<(&str, super::Class, Rules)> =
        robots.names().into_iter().filter_map(|name| Some((name, class_of(name)?, robots.naming(name)?))).collect();
    for (name, _, rules) in &named {
        preferences(name, rules);
    }
    say(Mechanism::Robots, EVERYBODY, Purpose::Anything, WHOLE.to_owned(), value_of(&all.unwrap_or_default()));
    for (name, class, rules) in &named {
        say(Mechanism::Robots, name, (*class).into(), WHOLE.to_owned(), value_of(rules));
    }
    signals
}

fn value_of(rules: &Rules) -> Value {
    match rules.shut() {
        Shut::Wholly => Value::Denied,
        Shut::Partly => Value::PartlyDenied,
        Shut::Nothing => Value::Allowed,
    }
}
