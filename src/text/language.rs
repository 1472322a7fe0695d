/// How many words a text needs before its language is worth guessing.
const ENOUGH_WORDS: usize = 30;
/// How many characters are looked at; more changes nothing but the time it takes.
const SAMPLE: usize = 6000;

/// The language of a text (ISO 639-1); `None` where the text is too short or the guess unsure.
#[must_use]
pub fn detect_language(text: &str) -> Option<String> {
    detect(text).filter(whatlang::Info::is_reliable).and_then(|guess| two_letters(guess.lang().code())).map(str::to_owned)
}

/// The likeliest language of a text (ISO 639-1), however unsure; `None` where the text is too short.
#[must_use]
pub fn guess_language(text: &str) -> Option<String> {
    detect(text).and_then(|guess| two_letters(guess.lang().code())).map(str::to_owned)
}

fn detect(text: &str) -> Option<whatlang::Info> {
    text.split_whitespace().nth(ENOUGH_WORDS)?;
    let sample: String = text.chars().take(SAMPLE).collect();
    whatlang::detect(&sample)
}

/// ISO 639-3 to 639-1, for the languages that whatlang knows.
fn two_letters(code: &str) -> Option<&'static str> {
    const TABLE: &[(&str, &str)] = &[
        ("eng", "en"),
        ("fra", "fr"),
        ("deu", "de"),
        ("spa", "es"),
        ("ita", "it"),
        ("por", "pt"),
        ("nld", "nl"),
        ("pol", "pl"),
        ("ukr", "uk"),
        ("rus", "ru"),
        ("ces", "cs"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("hrv", "hr"),
        ("srp", "sr"),
        ("bul", "bg"),
        ("ron", "ro"),
        ("hun", "hu"),
        ("fin", "fi"),
        ("swe", "sv"),
        ("dan", "da"),
        ("nob", "nb"),
        ("est", "et"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("ell", "el"),
        ("tur", "tr"),
        ("cat", "ca"),
        ("heb", "he"),
        ("ara", "ar"),
        ("pes", "fa"),
        ("hin", "hi"),
        ("ben", "bn"),
        ("tha", "th"),
        ("vie", "vi"),
        ("ind", "id"),
        ("kor", "ko"),
        ("jpn", "ja"),
        ("cmn", "zh"),
        ("afr", "af"),
        ("epo", "eo"),
        ("lat", "la"),
        ("tgl", "tl"),
        ("urd", "ur"),
        ("tam", "ta"),
    ];
    TABLE.iter().find(|(three, _)| *three == code).map(|(_, two)| *two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_has_a_language_and_a_short_one_has_none() {
        let english = "You agree that your content may be used by us and by our partners for the purposes that are described in this section of the terms, and that nothing in these terms takes away the rights which the law gives you as a person.";
        let german = "Sie stimmen zu, dass Ihre Inhalte von uns und unseren Partnern zu den Zwecken verwendet werden dürfen, die in diesem Abschnitt der Bedingungen beschrieben sind, und dass nichts darin Ihre gesetzlichen Rechte einschränkt oder ausschließt, soweit sie zwingend sind.";
        assert_eq!(detect_language(english).as_deref(), Some("en"));
        assert_eq!(detect_language(german).as_deref(), Some("de"));
        assert_eq!(detect_language("Terms of use"), None);
    }
}
