use std::sync::LazyLock;

/// How AI is named in languages without a lexicon.
static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("lexicons/unread.txt").lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split(" — ").next()).collect()
});

/// Whether a sentence names AI in whatever language; what it says of it is not read.
#[must_use]
pub fn names_ai(sentence: &str) -> bool {
    let text = sentence.to_lowercase();
    NAMES.iter().any(|name| {
        let is_short = name.is_ascii() && name.len() <= 4;
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + name.len()..].chars().next();
            let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !is_short || !(is_letter(before) || is_letter(after))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ai_is_known_by_name_in_languages_that_are_not_read() {
        for names in [
            "Vi får använda ditt innehåll för att träna artificiell intelligens.",
            "İçeriğinizi yapay zekâ modellerini eğitmek için kullanabiliriz.",
            "当社はお客様のコンテンツを人工知能の学習に利用できます。",
            "Voimme käyttää sisältöäsi tekoälyn kouluttamiseen.",
            "Můžeme používat váš obsah k trénování umělé inteligence.",
            "Sisältöä käytetään AI-mallien kouluttamiseen.",
        ] {
            assert!(names_ai(names), "{names}");
        }
        for other in
            ["Vi får använda ditt innehåll för att visa det.", "Maile yanıt veririz.", "Aihe on lyhyt.", "Kontakta oss via e-mail."]
        {
            assert!(!names_ai(other), "{other}");
        }
    }
}
