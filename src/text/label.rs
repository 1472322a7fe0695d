use regex::Regex;
use std::sync::LazyLock;

#[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:
            (?:section|article|clause|part|chapter|schedule|exhibit|annex|appendix|§+)\s*
                (?:\d{1,3}(?:\.\d{1,3}){0,4}|[ivxlc]{1,6}\b|(?-i:[A-Z])\b)\s*[.):–—-]?
          | (?:\d{1,3}\.){1,5}\d{0,3}\)?[.:]?
          | \d{1,3}\)
          | \((?:[a-z]{1,2}|[ivxlc]{1,6}|\d{1,2})\)
          | [a-z]\)
          | (?-i:[ivx]{1,5}|[IVX]{1,5}|[a-z]|[A-Z])\.(?:\d{1,3}\.?)*
          | [•·▪◦–—-]
        )\s+(?:[.:–—-]\s+)?",
    )
    .expect("a valid pattern")
});

/// How many bytes at the start of a clause are numbering and the space behind it; 0 without, and 0 where nothing else would remain.
#[must_use]
pub fn label_len(text: &str) -> u16 {
    let Some(end) = LABEL.find(text).map(|found| found.end()).or_else(|| glued_label(text)) else { return 0 };
    if !text[end..].chars().any(char::is_alphanumeric) {
        return 0;
    }
    u16::try_from(end).unwrap_or(0)
}

/// "5.CONFIDENTIALITY": numbering that lost its space.
fn glued_label(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let numbering = (2..=8).contains(&end) && text[..end].ends_with('.') && text.starts_with(|c: char| c.is_ascii_digit());
    (numbering && text[end..].starts_with(char::is_uppercase)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbering_is_told_from_words() {
        let check = |text: &str, label: &str| assert_eq!(&text[..usize::from(label_len(text))], label, "{text}");
        check("6.4.1 You may not", "6.4.1 ");
        check("1. Acceptance", "1. ");
        check("(a) scrape", "(a) ");
        check("(xiv) train", "(xiv) ");
        check("b) resell", "b) ");
        check("Section 4. Licence", "Section 4. ");
        check("IV. Licence", "IV. ");
        check("A. Licence", "A. ");
        check("Clause 17 is replaced", "Clause 17 ");
        check("We may", "");
        check("2 weeks later", "");
        check("a new right", "");
        check("12.", "");
        check("5.CONFIDENTIALITY.", "5.");
        check("3.5mm jack", "");
    }
}
