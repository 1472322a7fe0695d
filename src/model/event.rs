use super::Piece;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that users and JSON see.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// What a clause about AI is about.
    Topic {
        /// The platform uses content or data to train, develop or feed AI.
        Training = "training",
        /// Content or data is given to others for their AI training.
        TrainingSharing = "training-sharing",
        /// What others may do with the platform's content by crawling, mining or training on it.
        Scraping = "scraping",
        /// AI features of the service and what they generate.
        Outputs = "outputs",
        /// Voice, face, likeness, replicas, biometric models.
        Likeness = "likeness",
        /// Operational AI: recommendation, moderation, profiling, automated decisions.
        AutomatedDecisions = "automated-decisions",
        /// Rules about AI-generated content that users post.
        Conduct = "conduct",
        /// Any other clause about AI.
        Other = "other",
    }
}

words! {
    /// What happened to the clause.
    ChangeKind {
        /// It was not in the old version.
        Added = "added",
        /// It is gone in the new version.
        Removed = "removed",
        /// The same provision, with another meaning.
        Modified = "modified",
    }
}

impl ChangeKind {
    /// What happened to a clause that has these quotes on the two sides.
    #[must_use]
    pub fn between(before: Option<&str>, after: Option<&str>) -> Self {
        match (before, after) {
            (None, _) => Self::Added,
            (_, None) => Self::Removed,
            _ => Self::Modified,
        }
    }
}

words! {
    /// For the people whose content and data it is.
    Direction {
        /// They lose control, protection or recourse.
        Worse = "worse",
        /// They gain.
        Better = "better",
        /// Neither.
        Neutral = "neutral",
    }
}

words! {
    /// How grave a change is; later is graver.
    Severity {
        /// A disclosure, a clarification, a new feature.
        Minor = "minor",
        /// Somebody's rights, duties or consent changed.
        Major = "major",
        /// A right over people's content for AI without opt-in consent appeared, or what protected them from it fell.
        Critical = "critical",
    }
}

words! {
    /// What the whole document says on a topic, from the most protective to the least; `Describes` and `Silent` take no side.
    Stance {
        /// Forbidden, without exception.
        Prohibits = "prohibits",
        /// Forbidden for some models, uses, contents or people: a loophole.
        ProhibitsPartly = "prohibits-partly",
        /// Only with consent.
        PermitsOptIn = "permits-opt-in",
        /// Nothing is said.
        Silent = "silent",
        /// A practice or feature is stated; no permission is at issue.
        Describes = "describes",
        /// Allowed unless the person objects.
        PermitsOptOut = "permits-opt-out",
        /// Allowed, without choice.
        Permits = "permits",
    }
}

/// One thing a person should know about a change, proved by quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What the clause is about.
    pub topic: Topic,
    /// The finer kind, such as `permission-introduced` or `consent-weakened`.
    pub kind: String,
    /// What happened to the clause.
    pub change: ChangeKind,
    /// For whom it is good.
    pub direction: Direction,
    /// How grave.
    pub severity: Severity,
    /// What the old document said on the topic.
    pub stance_before: Stance,
    /// What the new document says on the topic.
    pub stance_after: Stance,
    /// An exact quote of the old version, at most 500 characters.
    pub before: Option<String>,
    /// An exact quote of the new version, at most 500 characters.
    pub after: Option<String>,
    /// The words that stayed, left and came between the two quotes; empty where one side is missing.
    pub redline: Vec<Piece>,
    /// The headings that the clause stands under, outermost first, joined by " › ".
    pub section: String,
    /// What the clause leaves open, each line tied to the words that limit it.
    pub not_covered: Vec<String>,
    /// Which rule decided.
    pub rule: String,
    /// One plain sentence for people.
    pub summary: String,
}
