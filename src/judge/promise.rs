use super::explain;
use crate::compare;
use crate::model::{Assessment, Clause, ClauseKind, Direction, Document, Standing};
use crate::text;

/// A sentence of the document is nearer than chance to one that was promised from this likeness on; the judge then reads both.
const NEAR: f32 = 0.45;

/// Holds the words that were promised against a document: are they in it, does something else say as much, or less?
///
/// Each promised sentence is paired with the one of the document that is most like it. What the pairs differ in is judged like a change from
/// the promise to the document.
#[must_use]
pub fn assess(wording: &str, document: &Document) -> Assessment {
    let promised = sentences_of(wording);
    let there: Vec<&str> =
        document.clauses.iter().flat_map(|clause| text::sentences(&clause.text).into_iter().map(|range| &clause.text[range])).collect();
    let mut found: Vec<&str> = Vec::new();
    let mut is_exact = !promised.is_empty();
    for sentence in &promised {
        let fingerprint = text::sentence_fingerprint(sentence);
        if let Some(same) = there.iter().find(|one| text::sentence_fingerprint(one) == fingerprint) {
            found.push(same);
            continue;
        }
        is_exact = false;
        let near = there.iter().map(|one| (compare::likeness(sentence, one), *one)).filter(|(likeness, _)| *likeness >= NEAR);
        if let Some((_, best)) = near.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|(_, best)| !found.contains(best)) {
            found.push(best);
        }
    }
    if found.is_empty() {
        return Assessment { standing: Standing::Open, found: None, redline: Vec::new(), losses: Vec::new() };
    }
    let (promise, came) = (made_of(&promised, document), made_of(&found, document));
    let words = found.join(" ");
    let losses: Vec<String> = if is_exact {
        Vec::new()
    } else {
        let (_, events) = explain(&promise, &came);
        events.into_iter().filter(|event| event.direction == Direction::Worse).map(|event| event.summary).collect()
    };
    let standing = match (is_exact, losses.is_empty() && found.len() == promised.len()) {
        (true, _) => Standing::Kept,
        (false, true) => Standing::InOtherWords,
        (false, false) => Standing::Weaker,
    };
    Assessment { standing, redline: compare::redline(&promised.join(" "), &words), found: Some(words), losses }
}

fn sentences_of(wording: &str) -> Vec<&str> {
    let lines = wording.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| text::sentences(line).into_iter().map(move |range| line[range].trim())).filter(|one| !one.is_empty()).collect()
}

fn made_of(sentences: &[&str], like: &Document) -> Document {
    let clause = |text: &&str| Clause { kind: ClauseKind::Paragraph, text: (*text).to_owned(), label_len: 0, section: None, stem: None };
    Document { title: like.title.clone(), language: like.language.clone(), clauses: sentences.iter().map(clause).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMISED: &str = "We will not use your recordings to train artificial intelligence models without your explicit consent.";

    fn terms(sentences: &[&str]) -> Document {
        Document { language: Some("en".to_owned()), ..made_of(sentences, &Document::default()) }
    }

    #[test]
    fn a_promise_is_kept_in_its_own_words_or_in_others() {
        let others = "You keep every right in what you upload to us.";
        assert_eq!(assess(PROMISED, &terms(&[others, PROMISED])).standing, Standing::Kept);
        assert_eq!(assess(PROMISED, &terms(&[others])).standing, Standing::Open);
        let reworded = "We will not use any of your recordings to train artificial intelligence models without your explicit consent.";
        assert_eq!(assess(PROMISED, &terms(&[others, reworded])).standing, Standing::InOtherWords);
    }

    #[test]
    fn something_weaker_is_told_with_its_redline() {
        for weaker in [
            "We will not use your recordings to train generative artificial intelligence models that imitate your voice without your explicit consent.",
            "We may use your recordings to train artificial intelligence models unless you opt out.",
        ] {
            let assessment = assess(PROMISED, &terms(&["You keep every right in what you upload to us.", weaker]));
            assert_eq!(assessment.standing, Standing::Weaker, "{weaker}: {assessment:?}");
            assert!(!assessment.redline.is_empty() && !assessment.losses.is_empty(), "{weaker}");
        }
    }
}
