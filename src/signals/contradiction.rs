//! Where what a site tells machines does not fit what its terms tell people. Reported beside both, never as an alert.

use super::normal::{EVERYBODY, Mechanism, Purpose, Signal, Value};
use crate::model::{Document, Stance};

/// Two statements that do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// One plain sentence.
    pub summary: String,
    /// The line of the signals that it rests on, where there is one.
    pub signal: Option<String>,
    /// A quote of the terms, where it rests on their words.
    pub terms: Option<String>,
}

/// Words by which terms speak of a signal of their site, and which it is.
const SPOKEN_OF: &[(&str, Mechanism)] = &[
    ("noai", Mechanism::NoAi),
    ("noimageai", Mechanism::NoAi),
    ("tdm reservation", Mechanism::Tdm),
    ("tdm-reservation", Mechanism::Tdm),
    ("tdmrep", Mechanism::Tdm),
    ("ai.txt", Mechanism::AiTxt),
];

/// What of the signals does not fit the terms: what they say on scraping by others and on the platform's own training, and their text.
#[must_use]
pub fn contradictions(terms: &Document, scraping: Stance, training: Stance, signals: &[Signal]) -> Vec<Contradiction> {
    let mut found = Vec::new();
    if signals.is_empty() {
        return found;
    }
    let about_training = |signal: &&Signal| matches!(signal.purpose, Purpose::Training | Purpose::Mining | Purpose::Ai | Purpose::Anything);
    let holds_off = |signal: &&Signal| matches!(signal.value, Value::Denied | Value::OnTerms(_));
    let denial = signals.iter().filter(about_training).find(holds_off);
    let robots = signals.iter().find(|signal| signal.mechanism == Mechanism::Robots && signal.agent == EVERYBODY);
    if matches!(scraping, Stance::Prohibits)
        && denial.is_none()
        && let Some(robots) = robots
    {
        found.push(Contradiction {
            summary: "The terms forbid others to collect content for AI, and no signal of the site says so to robots that train AI."
                .to_owned(),
            signal: Some(robots.line()),
            terms: None,
        });
    }
    if matches!(training, Stance::Permits | Stance::PermitsOptOut)
        && let Some(denial) = denial
    {
        found.push(Contradiction {
            summary: "The site asks others not to use its content for AI, while its terms let the platform itself do so.".to_owned(),
            signal: Some(denial.line()),
            terms: None,
        });
    }
    found.extend(among_themselves(signals));
    for (words, mechanism) in SPOKEN_OF {
        let is_there = signals.iter().any(|signal| signal.mechanism == *mechanism);
        let quote = terms.clauses.iter().find(|clause| has_word(&clause.text.to_lowercase(), words)).map(|clause| clause.text.clone());
        if let Some(quote) = quote.filter(|_| !is_there)
            && !found.iter().any(|other| other.terms.as_ref() == Some(&quote))
        {
            found.push(Contradiction {
                summary: format!("The terms speak of a signal ({words}) that was not found on the site's front page or beside it."),
                signal: None,
                terms: Some(quote),
            });
        }
    }
    found
}

/// A `Content-Signal` that allows training where robots.txt shuts a training robot out, or the other way round.
fn among_themselves(signals: &[Signal]) -> Option<Contradiction> {
    let signal = signals
        .iter()
        .find(|one| one.mechanism == Mechanism::ContentSignal && one.purpose == Purpose::Training && one.agent == EVERYBODY)?;
    let robot = |wanted: Value| {
        signals.iter().find(|one| {
            one.origin == signal.origin && one.mechanism == Mechanism::Robots && one.purpose == Purpose::Training && one.value == wanted
        })
    };
    let (robot, how) = match signal.value {
        Value::Allowed => (robot(Value::Denied)?, "allows AI training, and its robots.txt shuts out"),
        Value::Denied => (robot(Value::Allowed)?, "asks for no AI training, and its robots.txt opens the site to"),
        _ => return None,
    };
    Some(Contradiction {
        summary: format!("The Content-Signal of the site {how} {}, which trains AI.", robot.agent),
        signal: Some(signal.line()),
        terms: None,
    })
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric();
    text.match_indices(word)
        .any(|(at, _)| !text[..at].chars().next_back().is_some_and(is_part) && !text[at + word.len()..].chars().next().is_some_and(is_part))
}
