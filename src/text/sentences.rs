use std::ops::Range;

/// Words that end in a full stop without ending a sentence; lower case, without the last stop.
const ABBREVIATIONS: &[&str] = &[
    "inc", "ltd", "llc", "corp", "co", "art", "sec", "e.g", "i.e", "u.s", "u.k", "u.s.a", "mr", "mrs", "ms", "dr", "st", "vs", "etc",
    "approx", "ext", "para", "cf", "p", "pp", "al", "jr", "sr", "gmbh", "s.a", "s.r.l", "b.v", "abs", "bzw", "z.b", "nr", "d.h", "ff",
    "vol", "fig", "dept", "a.i", "p.o", "incl", "ca", "resp", "ggf", "sog", "u.a", "ch", "reg", "subsec", "cal", "civ", "del", "seq",
];

/// The sentences of a clause, as byte ranges that cover it without the white space between them.
///
/// Enumerated items that stand in one sentence ("…: (a) …; (b) …", "… (1) …, or (2) …") are cut apart, since each is a provision of its own.
/// The cells of a table row (parted by " | ") and the lines of a cell (parted by " • ") are pieces too. A piece of fewer than three words
/// is joined to what follows.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let boundary = match c {
            '.' | '!' | '?' | '\u{3002}' => sentence_end(text, start, at, end),
            ';' => item_behind(text, end).map(|_| end),
            ',' => item_behind(text, end).filter(|label| goes_on_from(&text[..at], label)).map(|_| end),
            '|' | '•' => part_end(text, at, end),
            _ => None,
        };
        let Some(end) = boundary.filter(|end| *end > start) else { continue };
        if text[start..end].split_whitespace().nth(2).is_some() {
            push_trimmed(text, start..end, &mut out);
            start = end;
        }
    }
    push_trimmed(text, start..text.len(), &mut out);
    out
}

fn push_trimmed(text: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let piece = &text[range.clone()];
    let edge = |c: char| c.is_whitespace() || matches!(c, '|' | '•');
    let start = range.start + (piece.len() - piece.trim_start_matches(edge).len());
    let end = range.end - (piece.len() - piece.trim_end_matches(edge).len());
    match out.last_mut() {
        // A lone dash or bracket is no sentence.
        Some(before) if start < end && !text[start..end].chars().any(char::is_alphanumeric) => before.end = end,
        _ if start < end => out.push(start..end),
        _ => {}
    }
}

/// Where a sentence that has a stop at `at` ends (closing quotes and brackets belong to it), if it ends there.
fn sentence_end(text: &str, start: usize, at: usize, after: usize) -> Option<usize> {
    let rest = &text[after..];
    let closing = rest.len() - rest.trim_start_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}', '\u{bb}', '*', '_']).len();
    let end = after + closing;
    let mut next = text[end..].chars();
    if text[at..].starts_with('\u{3002}') {
        return Some(end);
    }
    if !next.next()?.is_whitespace() {
        return None;
    }
    let follower =
        next.find(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '(' | '[' | '\u{201c}' | '\u{2018}' | '\u{ab}' | '*' | '_'))?;
    if follower.is_lowercase() || !(follower.is_alphanumeric() || matches!(follower, '•' | '-' | '–' | '§')) {
        return None;
    }
    if text[at..].starts_with('.') && is_abbreviation(&text[start..at], follower) {
        return None;
    }
    Some(end)
}

fn is_abbreviation(before: &str, follower: char) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '\'' | '\u{201c}')).next().unwrap_or_default();
    let lower = word.to_lowercase();
    if lower == "etc" || lower == "inc" || lower == "ltd" || lower == "llc" || lower == "corp" {
        // "…, Inc. We may …": the follower decides only where it can't be part of a name.
        return false;
    }
    if lower == "no" || lower == "nos" {
        // "Our answer is no. We do …" is no number; "If you pay for it: no. We …" stays with what it answers.
        return follower.is_ascii_digit() || before.trim_end_matches(word).trim_end().ends_with(':');
    }
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let numbered =
        word.chars().all(|c| c.is_ascii_digit() || c == '.') && !word.is_empty() && word.len() <= 8 && before.trim().len() == word.len();
    initial || numbered || (ABBREVIATIONS.contains(&lower.as_str()) && (follower.is_alphanumeric()))
}

/// Where a cell of a table row or a line inside a cell ends: the mark stands alone between spaces.
fn part_end(text: &str, at: usize, end: usize) -> Option<usize> {
    (text[..at].ends_with(' ') && text[end..].starts_with(' ')).then_some(end)
}

/// The label of the enumerated item that follows behind `after`: "b" for " or (b) …".
fn item_behind(text: &str, after: usize) -> Option<&str> {
    let rest = text[after..].trim_start();
    let rest = rest.strip_prefix("and ").or_else(|| rest.strip_prefix("or ")).or_else(|| rest.strip_prefix("and/or ")).unwrap_or(rest);
    let label = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(label, _)| label)?;
    (label.len() <= 5 && !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric())).then_some(label)
}

/// Whether what stands before a comma counts up to the label behind it: an item "(a)" or "(1)" of several words, and no list of references
/// ("Sections (a), (b) and (c)").
fn goes_on_from(before: &str, label: &str) -> bool {
    const ITEM_WORDS: usize = 3;
    let Some(previous) = previous_label(label) else { return false };
    let Some(at) = before.rfind(&format!("({previous}) ")) else { return false };
    before[..at].ends_with(' ') && before[at..].split_whitespace().count() > ITEM_WORDS
}

/// The label that stands before another in an enumeration: "1" before "2", "b" before "c", "ii" before "iii".
fn previous_label(label: &str) -> Option<String> {
    const ROMAN: [&str; 15] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"];
    if let Ok(number) = label.parse::<u32>() {
        return number.checked_sub(1).filter(|before| *before > 0).map(|before| before.to_string());
    }
    if let Some(place) = ROMAN.iter().position(|roman| *roman == label).filter(|place| *place > 0) {
        return ROMAN.get(place - 1).map(|roman| (*roman).to_owned());
    }
    let letter = label.bytes().next().filter(|letter| label.len() == 1 && letter.is_ascii_lowercase() && *letter > b'a')?;
    Some(char::from(letter - 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentences(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn sentences_end_where_a_reader_would_end_them() {
        check("We may use it. You may not!  Really so?", &["We may use it.", "You may not!", "Really so?"]);
        check(
            "Some tools, e.g. ChatGPT, i.e. Large models in the U.S. Government, train.",
            &["Some tools, e.g. ChatGPT, i.e. Large models in the U.S. Government, train."],
        );
        check("We are Acme, Inc. We may train models.", &["We are Acme, Inc.", "We may train models."]);
        check("See Section 4. Nothing else applies here.", &["See Section 4.", "Nothing else applies here."]);
        check(
            "He said \u{201c}we do not train.\u{201d} Then they did it.",
            &["He said \u{201c}we do not train.\u{201d}", "Then they did it."],
        );
        check("Do we train on it? The answer is no. We never do.", &["Do we train on it?", "The answer is no.", "We never do."]);
        check("It is file no. 5 of the court.", &["It is file no. 5 of the court."]);
        check("Version 3.5 of the terms applies.", &["Version 3.5 of the terms applies."]);
    }

    #[test]
    fn enumerated_items_are_provisions_of_their_own() {
        check(
            "You may not: (a) scrape the site; (b) train models on it; or (c) resell it.",
            &["You may not: (a) scrape the site;", "(b) train models on it;", "or (c) resell it."],
        );
        check("Music; video; and text stay yours.", &["Music; video; and text stay yours."]);
        check(
            "You will not (1) use the service to mislead others, (2) train models on its output, or (3) resell any of it.",
            &["You will not (1) use the service to mislead others,", "(2) train models on its output,", "or (3) resell any of it."],
        );
        check("Sections 4 (a), (b) and (c) apply to music.", &["Sections 4 (a), (b) and (c) apply to music."]);
    }

    #[test]
    fn cells_of_a_row_are_pieces() {
        check(
            "To keep the service safe | Account data • Usage data and metadata | Our legitimate interest",
            &["To keep the service safe", "Account data", "Usage data and metadata", "Our legitimate interest"],
        );
    }

    #[test]
    fn a_lone_mark_belongs_to_the_sentence_before_it() {
        check("We may use what you upload. \u{2014}", &["We may use what you upload. \u{2014}"]);
    }

    #[test]
    fn a_short_lead_in_stays_with_its_sentence() {
        check("6.2 Ownership. The marks are ours alone.", &["6.2 Ownership. The marks are ours alone."]);
        check("", &[]);
    }
}
