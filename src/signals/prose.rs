//! Files of words: the two kinds of ai.txt, and llms.txt, which permits nothing but may hold rules.

use super::normal::{Purpose, Value, WHOLE, tame};
use crate::{page, reading};
use std::collections::BTreeMap;

/// No more lines of an llms.txt are followed.
const MOST_LINES: usize = 60;

/// Kinds of files, by their endings.
const KINDS: &[(&str, &[&str])] = &[
    ("images", &["jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "svg", "heic", "avif", "jfif", "ico", "raw"]),
    ("audio", &["mp3", "wav", "flac", "aac", "ogg", "m4a", "wma", "aiff", "mid", "midi", "opus", "amr", "ape"]),
    ("video", &["mp4", "avi", "mov", "mkv", "webm", "wmv", "flv", "m4v", "mpg", "mpeg", "3gp", "ogv"]),
    ("text", &["txt", "pdf", "doc", "docx", "odt", "rtf", "tex", "epub", "htm", "html", "md", "wks", "wpd"]),
    ("code", &["py", "js", "java", "c", "cpp", "h", "cs", "go", "rs", "rb", "php", "swift", "vb", "sh", "css", "ts"]),
];

/// What an ai.txt says, for whom, where.
pub(super) fn ai_txt(text: &str) -> Vec<(Purpose, String, Value)> {
    let pairs: Vec<(String, &str)> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim()))
        .collect();
    if pairs.iter().any(|(key, _)| key == "disallow" || key == "allow") {
        return by_kind(&pairs);
    }
    let said: Vec<_> = pairs.iter().filter_map(|(key, value)| by_key(key, value)).collect();
    if said.is_empty() && !text.trim().is_empty() {
        let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
        return vec![(Purpose::Ai, WHOLE.to_owned(), Value::Unclear(tame(first)))];
    }
    said
}

/// The form of Spawning: rules for endings and, as "/", for everything else.
fn by_kind(pairs: &[(String, &str)]) -> Vec<(Purpose, String, Value)> {
    // For each kind whether something of it is allowed, and whether something is not.
    let mut kinds: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for (key, value) in pairs {
        let allows = match key.as_str() {
            "allow" => true,
            "disallow" => false,
            _ => continue,
        };
        let kind = match value.trim_start_matches('/').trim_start_matches('*') {
            "" if value.is_empty() => continue,
            "" => "other files",
            ending => {
                let ending = ending.trim_start_matches('.').trim_end_matches('$').to_ascii_lowercase();
                KINDS.iter().find(|(_, endings)| endings.contains(&ending.as_str())).map_or("other files", |(kind, _)| *kind)
            }
        };
        let seen = kinds.entry(kind).or_default();
        if allows { seen.0 = true } else { seen.1 = true }
    }
    let value = |seen: &(bool, bool)| match seen {
        (true, true) => Value::PartlyDenied,
        (true, false) => Value::Allowed,
        _ => Value::Denied,
    };
    kinds.iter().map(|(kind, seen)| (Purpose::Training, (*kind).to_owned(), value(seen))).collect()
}

/// The form of keys and words, as draft-car-ai-txt-wellknown-00 has it.
fn by_key(key: &str, value: &str) -> Option<(Purpose, String, Value)> {
    let purpose = match key.replace(['_', ' '], "-").as_str() {
        "training" | "ai-training" | "train" | "train-ai" | "ai-train" => Purpose::Training,
        "ai-input" | "inference" | "grounding" | "retrieval" => Purpose::Input,
        "search" | "indexing" | "ai-search" => Purpose::Search,
        "tdm" | "mining" | "text-and-data-mining" => Purpose::Mining,
        _ => return None,
    };
    let said = match value.to_ascii_lowercase().as_str() {
        "allow" | "allowed" | "yes" | "y" | "true" | "permitted" => Value::Allowed,
        "disallow" | "disallowed" | "deny" | "denied" | "no" | "n" | "false" | "prohibited" | "none" => Value::Denied,
        "conditional" | "license" | "licence" | "contact" => Value::OnTerms(tame(value)),
        _ => Value::Unclear(tame(value)),
    };
    Some((purpose, WHOLE.to_owned(), said))
}

/// The lines of an llms.txt that speak of what may be done with the site's content by AI.
pub(super) fn llms_txt(body: &[u8]) -> Vec<String> {
    let Ok(page) = page::read(body, Some("text/markdown"), page::Rules::default()) else { return Vec::new() };
    let reading = reading::read(&page.document);
    let mut clauses: Vec<u32> = reading.frames.iter().map(|frame| frame.sentence.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    clauses
        .into_iter()
        .filter_map(|clause| page.document.clauses.get(clause as usize))
        .take(MOST_LINES)
        .map(|clause| clause.text.clone())
        .collect()
}
