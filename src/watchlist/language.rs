use super::problem::Complaint;

/// The two-letter codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu \
fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky \
la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd \
se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// A language code of ISO 639-1, such as `en`.
pub(super) fn language(text: &str) -> Result<String, Complaint> {
    let known = text.len() == 2 && CODES.split_ascii_whitespace().any(|code| code == text);
    if known {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(format!("{text:?} is no language code"), "write the two letters of ISO 639-1, such as \"en\" or \"de\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_the_standard_are_taken() {
        for code in ["en", "de", "ja", "pt", "zh"] {
            assert_eq!(language(code).unwrap(), code);
        }
        for bad in ["", "EN", "english", "eng", "pt-BR", "xx", "a "] {
            assert_eq!(language(bad).unwrap_err().message, format!("{bad:?} is no language code"));
        }
    }
}
