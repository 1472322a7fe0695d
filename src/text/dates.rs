use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Month names and their usual short forms in the languages that are read.
const MONTHS: &str = r"(?:jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|f[ée]v(?:rier|\.)?|mar(?:ch|s|zo|\.)?|märz|apr(?:il|ile|\.)?|avr(?:il|\.)?|abr(?:il|\.)?|may|mai|maio|mayo|maggio|mei|jun[ei]?|juin|jun(?:io|ho)|giugno|jul[iy]?|juil(?:let|\.)?|jul(?:io|ho)|luglio|aug(?:ust|ustus|\.)?|août|ago(?:sto|\.)?|sep(?:t(?:ember|embre|\.)?|tiembre|\.)?|set(?:tembre|embro|\.)?|oct(?:ober|obre|ubre|\.)?|okt(?:ober|\.)?|ott(?:obre|\.)?|out(?:ubro|\.)?|nov(?:ember|embre|iembre|embro|\.)?|dec(?:ember|\.)?|dez(?:ember|embro|\.)?|d[ée]c(?:embre|\.)?|dic(?:iembre|embre|\.)?|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia|січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|januari|februari|maart|juni|juli|gennaio|febbraio|enero|febrero|janeiro|fevereiro|março)";

#[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)\b(?:\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?{MONTHS}\s*,?\s+(?:de\s+)?\d{{4}}|{MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+\d{{4}}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日|{MONTHS}\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th|er)?\s+{MONTHS}|{MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d+\s+(?:second|minute|hour|day|week|month|year)s?\s+ago|(?:yesterday|today))\b"
    ))
    .expect("a valid pattern")
});

#[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
static DATE_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:last\s+(?:updated?|modified|revised|changed)|updated|effective|revised|amended|posted|published|in\s+force|valid\s+from|as\s+of|version|date|entr(?:ée|y)\s+(?:en|into)|mis(?:e)?\s+à\s+jour|en\s+vigueur|stand|gültig|aktualisiert|última|ultimo|aggiornat|bijgewerkt|aktualizacj|оновлено)",
    )
    .expect("a valid pattern")
});

/// A date inside a rule ("Content posted before 1 March may be used") is part of what the rule says.
#[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
static RULES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:may|must|shall|will|can|not|never|until|unless|before|train\w*|content|data)\b").expect("a valid pattern")
});

#[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
static TIMES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(\d{1,5}|[a-z]+)(?: \(\d+\))? (hours?|days?|weeks?|months?|years?)\b").expect("a valid pattern"));

/// The dates in a text, as byte ranges, relative ones ("3 days ago") included.
#[must_use]
pub fn find_dates(text: &str) -> Vec<Range<usize>> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    DATE.find_iter(text).map(|found| found.range()).collect()
}

/// The longest span of time that a text names, in hours: "within 24 hours", "thirty (30) days", "three years".
#[must_use]
pub fn longest_time(text: &str) -> Option<u64> {
    let number = |word: &str| -> Option<u64> {
        let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        let tens = [("a", 1), ("an", 1), ("fifteen", 15), ("thirty", 30), ("sixty", 60), ("ninety", 90)];
        let spelled = words.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, value)| value);
        word.parse().ok().or(spelled).or_else(|| tens.iter().find(|(name, _)| *name == word).map(|(_, value)| *value))
    };
    let found = TIMES.captures_iter(text).filter_map(|found| {
        let hours = match found.get(2)?.as_str().to_lowercase().chars().next()? {
            'h' => 1,
            'd' => 24,
            'w' => 7 * 24,
            'm' => 30 * 24,
            _ => 365 * 24,
        };
        number(&found.get(1)?.as_str().to_lowercase())?.checked_mul(hours)
    });
    found.max()
}

/// Whether a clause is a date line: a date, words that say what it is, and hardly anything else.
#[must_use]
pub fn is_date_line(text: &str) -> bool {
    if text.len() > 200 || text.split_whitespace().count() > 16 || !DATE_WORDS.is_match(text) {
        return false;
    }
    let dates = find_dates(text);
    // The rest of the line: "14 May" holds no "may".
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for date in &dates {
        rest.push_str(&text[at..date.start]);
        at = date.end;
    }
    rest.push_str(&text[at..]);
    !dates.is_empty() && !RULES.is_match(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_many_forms_are_found() {
        for (text, date) in [
            ("Effective Date: August 7, 2023.", "August 7, 2023"),
            ("Stand: 12. März 2025", "12. März 2025"),
            ("Mis à jour le 1er janvier 2024", "1er janvier 2024"),
            ("Updated 2025-09-10", "2025-09-10"),
            ("Updated 11 days ago", "11 days ago"),
            ("Last updated: 28 August", "28 August"),
            ("Last amended: 14 May 2025", "14 May 2025"),
        ] {
            let found = find_dates(text);
            assert_eq!(found.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), [date]);
            assert!(is_date_line(text), "{text}");
        }
        assert!(find_dates("You may march on 3 servers").is_empty());
        assert!(!is_date_line(
            "We may train on content that you posted before 1 May 2024 unless you object to it in the settings of your account"
        ));
        assert!(!is_date_line("Content posted before 1 May 2024 may be used to train AI"));
    }

    #[test]
    fn spans_of_time_are_found_in_figures_and_in_words() {
        for (text, hours) in [
            ("We delete it within 24 hours.", Some(24)),
            ("It is kept for thirty (30) days, or three years after you leave.", Some(3 * 365 * 24)),
            ("a week later", Some(7 * 24)),
            ("many years ago, some days", None),
        ] {
            assert_eq!(longest_time(text), hours, "{text}");
        }
    }
}
