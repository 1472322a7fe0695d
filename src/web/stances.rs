//! How stances are shown: a word and a colour.

use crate::model::{Stance, Topic};

/// The topics that the table shows, in its order.
pub(super) const TOPICS: [Topic; 7] =
    [Topic::Training, Topic::TrainingSharing, Topic::Likeness, Topic::Scraping, Topic::AutomatedDecisions, Topic::Outputs, Topic::Conduct];

/// A topic as a heading.
pub(super) fn title(topic: Topic) -> &'static str {
    match topic {
        Topic::Training => "Training AI on your content",
        Topic::TrainingSharing => "Giving it to others for training",
        Topic::Likeness => "Your voice, face and likeness",
        Topic::Scraping => "Scraping by others",
        Topic::AutomatedDecisions => "Automated decisions",
        Topic::Outputs => "AI features and what they make",
        Topic::Conduct => "Posting AI-made content",
        Topic::Other => "Other words about AI",
    }
}

/// The word that a cell shows.
pub(super) fn word(stance: Stance) -> &'static str {
    match stance {
        Stance::Prohibits => "ruled out",
        Stance::ProhibitsPartly => "partly ruled out",
        Stance::PermitsOptIn => "only if you agree",
        Stance::Silent => "not mentioned",
        Stance::Describes => "described",
        Stance::PermitsOptOut => "unless you opt out",
        Stance::Permits => "allowed",
    }
}

/// The class of its colour. What users may post, and what features there are, is neither good nor bad for them.
pub(super) fn class(topic: Topic, stance: Stance) -> &'static str {
    match (topic, stance) {
        (_, Stance::Silent) => "silent",
        (Topic::Conduct | Topic::Outputs | Topic::Other, _) => "neutral",
        (_, stance) => stance.word(),
    }
}

/// What several documents of one platform say together: the least protective of those that take a side.
pub(super) fn together(stances: impl Iterator<Item = Stance>) -> Stance {
    let rank = |stance: Stance| match stance {
        Stance::Silent => 0,
        Stance::Describes => 1,
        other => 2 + Stance::ALL.iter().position(|one| *one == other).unwrap_or(0),
    };
    stances.max_by_key(|stance| rank(*stance)).unwrap_or(Stance::Silent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_protective_document_speaks_for_the_platform() {
        use Stance::{Describes, Permits, PermitsOptOut, Prohibits, Silent};
        for (documents, expected) in [
            (&[Silent, Prohibits][..], Prohibits),
            (&[Prohibits, Permits, Silent], Permits),
            (&[PermitsOptOut, Describes], PermitsOptOut),
            (&[Silent, Describes], Describes),
            (&[], Silent),
        ] {
            assert_eq!(together(documents.iter().copied()), expected, "{documents:?}");
        }
    }
}
