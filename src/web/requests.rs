//! What requests ask for, in words and numbers of bounded size.

use crate::model::{Rhythm, Severity, Topic, Wanted};
use std::collections::HashMap;

/// The fields of a query or a form; a field may stand several times.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(HashMap<String, Vec<String>>);

/// How many values are looked at; a form of ours has fewer.
const MOST: usize = 2_000;

impl Fields {
    /// Reads `application/x-www-form-urlencoded` (URL standard, section 5.1), which any bytes are.
    pub(super) fn read(text: &[u8]) -> Self {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(text).take(MOST) {
            fields.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self(fields)
    }

    pub(super) fn one(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str).trim()
    }

    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The same without the fields that nobody asks for.
    pub(super) fn only(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| names.contains(&name.as_str()));
        self
    }

    /// One text for all ways to write these fields.
    pub(super) fn as_key(&self) -> String {
        let mut names: Vec<&String> = self.0.keys().collect();
        names.sort();
        let mut key = url::form_urlencoded::Serializer::new(String::new());
        for name in names {
            for value in self.all(name) {
                key.append_pair(name, value);
            }
        }
        key.finish()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.one(name).parse().ok()
    }
}

/// The most platforms and tags that one subscription names: they stand in the link that is mailed.
pub(super) const MOST_NAMES: usize = 60;

/// The most bytes of them, for the same reason.
const MOST_BYTES: usize = 2_000;

/// What a form asks for; names that nothing watched has are refused, so that a mail holds no words of a stranger's.
pub(super) fn wanted(fields: &Fields, platforms: &[String], tags: &[String]) -> Result<Wanted, String> {
    let known = |name: &String, all: &[String]| all.iter().find(|one| one.eq_ignore_ascii_case(name)).cloned();
    let chosen = |field: &str, all: &[String], what: &str| {
        let mut names = Vec::new();
        for name in fields.all(field).iter().filter(|name| !name.is_empty()) {
            let name = known(name, all).ok_or_else(|| format!("There is no such {what} in the watchlist; choose from the list."))?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok::<_, String>(names)
    };
    let (platforms, tags) = (chosen("platform", platforms, "platform")?, chosen("tag", tags, "group")?);
    let bytes: usize = platforms.iter().chain(&tags).map(String::len).sum();
    if platforms.len() + tags.len() > MOST_NAMES || bytes > MOST_BYTES {
        return Err(format!("Choose at most {MOST_NAMES} platforms and groups, or none to hear of all."));
    }
    let mut topics = Vec::new();
    for word in fields.all("topic").iter().filter(|word| !word.is_empty()) {
        let topic = Topic::from_word(word).ok_or("There is no such topic; choose from the list.")?;
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    let severity = match fields.one("severity") {
        "" => Severity::Minor,
        word => Severity::from_word(word).ok_or("Severities are minor, major and critical.")?,
    };
    let hour = match fields.one("hour") {
        "" => 8,
        hour => hour.parse().map_err(|_| "The hour is a number from 0 to 23.".to_owned())?,
    };
    let zone = Some(fields.one("zone")).filter(|zone| !zone.is_empty()).unwrap_or("UTC");
    let rhythm = Rhythm::parse(fields.one("rhythm"), fields.one("day"), hour, zone).map_err(|problem| format!("{problem}."))?;
    Ok(Wanted { platforms, tags, topics, severity, rhythm })
}

/// A text for the query of a link.
pub(super) fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_form_is_read_and_only_known_names_are_taken() {
        let fields = Fields::read(
            b"platform=tonlage&platform=Tonlage&topic=training&severity=major&rhythm=weekly&day=friday&hour=7&zone=Europe%2FDublin",
        );
        let wanted = wanted(&fields, &names(&["Tonlage"]), &[]).unwrap();
        assert_eq!((wanted.platforms, wanted.topics), (names(&["Tonlage"]), vec![Topic::Training]));
        assert_eq!((wanted.severity, wanted.rhythm.word()), (Severity::Major, "weekly"));
        for bad in ["platform=%3Cscript%3E", "tag=x", "topic=y", "severity=z", "rhythm=daily&hour=99", "rhythm=daily&zone=../etc/passwd"] {
            assert!(super::wanted(&Fields::read(bad.as_bytes()), &names(&["Tonlage"]), &[]).is_err(), "{bad}");
        }
    }
}
