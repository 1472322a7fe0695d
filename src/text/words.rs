use super::Normal;
use std::hash::Hasher as _;
use std::ops::Range;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// A hash of its letters, case and typography folded: equal words have equal keys.
    pub key: u64,
}

/// The words of a text: runs of letters and digits; an apostrophe, point or hyphen between two of them belongs to the word only
/// for apostrophes, so that "opt-out" and "opt out" are the same two words.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::with_capacity(text.len() / 6);
    if text.is_ascii() {
        ascii_words(text, |range, key| out.push(Word { range, key }));
    } else {
        let normal = Normal::of(text);
        general_words(normal.text(), |range, key| out.push(Word { range: normal.source_range(range), key }));
    }
    out
}

/// The keys of a text's words, in order.
pub(super) fn each_key(text: &str, mut look: impl FnMut(u64)) {
    if text.is_ascii() {
        ascii_words(text, |_, key| look(key));
    } else {
        general_words(Normal::of(text).text(), |_, key| look(key));
    }
}

fn ascii_words(text: &str, mut found: impl FnMut(Range<usize>, u64)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        let mut key = Fnv::default();
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                key.write_u8(byte.to_ascii_lowercase());
            } else if !(byte == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)) {
                break;
            }
            at += 1;
        }
        found(start..at, key.finish());
    }
}

fn general_words(text: &str, mut found: impl FnMut(Range<usize>, u64)) {
    let mut start = None;
    let mut key = Fnv::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let apostrophe = c == '\'' && start.is_some() && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if c.is_alphanumeric() {
            start.get_or_insert(at);
            let mut buffer = [0; 4];
            c.to_lowercase().for_each(|lower| key.write(lower.encode_utf8(&mut buffer).as_bytes()));
        } else if let Some(begin) = start.filter(|_| !apostrophe) {
            found(begin..at, std::mem::take(&mut key).finish());
            start = None;
        }
    }
    if let Some(begin) = start {
        found(begin..text.len(), key.finish());
    }
}

/// The letters of a text with British and American spelling, spaces and marks folded: "authorise" and "authorize", "jail breaking" and
/// "jailbreaking" are the same letters.
#[must_use]
pub fn spelling(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in words(text) {
        let lower = text[word.range].to_lowercase();
        out.push_str(&american(&lower));
    }
    out
}

fn american(word: &str) -> String {
    const ENDS: &[(&str, &str)] = &[
        ("isation", "ization"),
        ("isations", "izations"),
        ("ising", "izing"),
        ("ised", "ized"),
        ("ises", "izes"),
        ("ise", "ize"),
        ("ours", "ors"),
        ("our", "or"),
        ("oured", "ored"),
        ("ouring", "oring"),
        ("ourable", "orable"),
        ("tre", "ter"),
        ("tres", "ters"),
        ("ence", "ense"),
        ("ences", "enses"),
        ("ogue", "og"),
        ("ogues", "ogs"),
        ("elled", "eled"),
        ("elling", "eling"),
        ("programme", "program"),
        ("programmes", "programs"),
        ("ysed", "yzed"),
        ("yse", "yze"),
        ("ysing", "yzing"),
        ("practises", "practices"),
        ("practise", "practice"),
        ("judgement", "judgment"),
        ("acknowledgement", "acknowledgment"),
        ("enrol", "enroll"),
        ("fulfil", "fulfill"),
    ];
    ENDS.iter()
        .filter_map(|(british, plain)| word.strip_suffix(british).map(|stem| (stem, *plain, british.len())))
        .max_by_key(|(_, _, length)| *length)
        .map_or_else(|| word.to_owned(), |(stem, plain, _)| format!("{stem}{plain}"))
}

/// FNV-1a (64 bit): the keys are stored, so they must be the same on every machine and in every release.
#[derive(Debug, Clone)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| &text[word.range]).collect()
    }

    #[test]
    fn words_are_cut_where_people_would() {
        assert_eq!(texts("You may not (opt-out), e.g. don't."), ["You", "may", "not", "opt", "out", "e", "g", "don't"]);
        assert_eq!(texts("l’IA générative – «\u{a0}données\u{a0}»"), ["l’IA", "générative", "données"]);
    }

    #[test]
    fn a_word_ends_before_the_space_at_the_end_of_a_text() {
        for text in ["café  ", "café", "le café\u{2028}\n"] {
            let last = words(text).pop().unwrap();
            assert_eq!(&text[last.range], "café");
        }
    }

    #[test]
    fn british_and_american_spelling_are_the_same_letters() {
        let same = |one: &str, other: &str| spelling(one) == spelling(other);
        assert!(same("You authorise the Data Centre to practise jail breaking", "you authorize the data center to practice jailbreaking"));
        assert!(!same("We may share it", "We may not share it"));
    }

    #[test]
    fn typography_and_case_do_not_change_a_key() {
        let keys = |text: &str| words(text).into_iter().map(|word| word.key).collect::<Vec<_>>();
        assert_eq!(keys("Don't TRAIN"), keys("don\u{2019}t trai\u{ad}n"));
        assert_ne!(keys("train"), keys("trains"));
    }
}
