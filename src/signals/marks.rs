//! Signals in the head of an answer and of a page: `noai`, TDM headers and metas, `Content-Usage`, links to licences.

use super::normal::{Mechanism, Purpose, Value, WHOLE, tame};
use super::usage::content_usage;
use super::{class_of, tdm};
use crate::page::Head;

/// A signal without its site.
pub(super) type Mark = (Mechanism, String, Purpose, String, Value);

/// Names under which a page addresses every robot.
const ALL_ROBOTS: &[&str] = &["robots", "*"];

/// What headers and head say. Where both speak of mining, the page's own word stands (section 4 of `TDMRep`).
pub(super) fn marks(headers: &[(String, String)], head: &Head) -> Vec<Mark> {
    let header = |name: &str| headers.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    let mut marks = Vec::new();
    for value in header("x-robots-tag") {
        // "bot: noai" addresses one robot; "unavailable_after: …" is a rule with a value, and none of ours.
        let (agent, rules) = value.split_once(':').filter(|(name, _)| is_name(name)).unwrap_or(("robots", value));
        marks.extend(no_ai(agent.trim(), rules));
    }
    for (name, content) in &head.metas {
        if ALL_ROBOTS.contains(&name.as_str()) || class_of(name).is_some() {
            marks.extend(no_ai(name, content));
        }
    }
    let meta = |name: &str| head.metas.iter().find(|(of, _)| of == name).map(|(_, content)| content.as_str());
    let spoken = |of: &dyn Fn(&str) -> Option<String>| tdm::value(&of("tdm-reservation")?, of("tdm-policy").as_deref());
    let by_page = spoken(&|name| meta(name).map(str::to_owned));
    let by_header = spoken(&|name| header(name).first().map(|value| (*value).to_owned()));
    if let Some(value) = by_page.or(by_header) {
        marks.push((Mechanism::Tdm, super::normal::EVERYBODY.to_owned(), Purpose::Mining, "page".to_owned(), value));
    }
    for (purpose, _, value) in header("content-usage").into_iter().flat_map(content_usage) {
        marks.push((Mechanism::ContentUsage, super::normal::EVERYBODY.to_owned(), purpose, "page".to_owned(), value));
    }
    marks
}

fn no_ai(agent: &str, rules: &str) -> Vec<Mark> {
    let agent = if ALL_ROBOTS.contains(&agent.to_ascii_lowercase().as_str()) { super::normal::EVERYBODY.to_owned() } else { tame(agent) };
    let rule = |rule: &str| match rule.trim().to_ascii_lowercase().as_str() {
        "noai" => Some((Mechanism::NoAi, agent.clone(), Purpose::Training, WHOLE.to_owned(), Value::Denied)),
        "noimageai" => Some((Mechanism::NoAi, agent.clone(), Purpose::Training, "images".to_owned(), Value::Denied)),
        _ => None,
    };
    rules.split(',').filter_map(rule).collect()
}

fn is_name(text: &str) -> bool {
    let text = text.trim();
    !text.contains(',') && !text.eq_ignore_ascii_case("unavailable_after") && !text.starts_with("max-") && !text.contains(' ')
}
