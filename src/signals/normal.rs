//! The normal form: a signal as a line that people read, and back.

use super::Class;
use crate::model::{Clause, ClauseKind, Document};

/// What divides the parts of a line.
const DOT: &str = " · ";
/// Whoever is meant where nobody is named.
pub(super) const EVERYBODY: &str = "everybody else";
/// What is said of a file that Cloudflare keeps for its customers.
pub(super) const BY_VENDOR: &str = "A part of the file is kept by Cloudflare.";
/// Where a signal holds for all of a site.
pub(super) const WHOLE: &str = "whole site";

macro_rules! worded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The words for it.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of some words.
            #[must_use]
            pub fn of_words(words: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.words() == words)
            }
        }
    };
}

worded! {
    /// By which means a site says it.
    Mechanism {
        /// Groups of robots.txt (RFC 9309).
        Robots = "robots.txt",
        /// `Content-Signal` in robots.txt (contentsignals.org).
        ContentSignal = "Content-Signal",
        /// `Content-Usage` in robots.txt and as a header (IETF AIPREF, a draft).
        ContentUsage = "Content-Usage",
        /// `noai` and `noimageai`, as `meta name=robots` or `X-Robots-Tag`.
        NoAi = "noai tag",
        /// The TDM Reservation Protocol (W3C community group): file, header, meta.
        Tdm = "TDM reservation",
        /// `ai.txt`.
        AiTxt = "ai.txt",
        /// `llms.txt`: prose, no permission.
        LlmsTxt = "llms.txt",
        /// Really Simple Licensing 1.0.
        Rsl = "RSL licence",
    }
}

worded! {
    /// What a signal is about.
    Purpose {
        /// Training and fine-tuning of models.
        Training = "AI training",
        /// Use as input to a model that answers.
        Input = "AI input",
        /// Search.
        Search = "search",
        /// Fetching for a person or an agent.
        User = "fetching for a user",
        /// Text and data mining.
        Mining = "text and data mining",
        /// AI, for what is not said.
        Ai = "AI",
        /// Anything.
        Anything = "anything",
    }
}

/// What a signal says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Not wanted.
    Denied,
    /// Not wanted in parts of the site, or for some kinds of files.
    PartlyDenied,
    /// Allowed under conditions; which, or where they stand.
    OnTerms(String),
    /// Allowed.
    Allowed,
    /// Something is said that can't be read; what, as it stands.
    Unclear(String),
}

/// One signal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal {
    /// The site, as scheme and host.
    pub origin: String,
    /// By which means.
    pub mechanism: Mechanism,
    /// Whom it addresses: a robot's token, or "everybody else".
    pub agent: String,
    /// What for.
    pub purpose: Purpose,
    /// Where: the whole site, a path, or a kind of files.
    pub scope: String,
    /// What it says.
    pub value: Value,
}

impl From<Class> for Purpose {
    fn from(class: Class) -> Self {
        match class {
            Class::Training => Self::Training,
            Class::Search => Self::Search,
            Class::User => Self::User,
            Class::Other => Self::Ai,
        }
    }
}

impl Value {
    fn words(&self) -> String {
        match self {
            Self::Denied => "not wanted".to_owned(),
            Self::PartlyDenied => "not wanted in parts".to_owned(),
            Self::OnTerms(terms) => format!("on terms: {terms}"),
            Self::Allowed => "allowed".to_owned(),
            Self::Unclear(raw) => format!("unclear: {raw}"),
        }
    }

    fn of_words(words: &str) -> Self {
        match (words, words.split_once(": ")) {
            ("not wanted", _) => Self::Denied,
            ("not wanted in parts", _) => Self::PartlyDenied,
            ("allowed", _) => Self::Allowed,
            (_, Some(("on terms", terms))) => Self::OnTerms(terms.to_owned()),
            (_, Some(("unclear", raw))) => Self::Unclear(raw.to_owned()),
            _ => Self::Unclear(words.to_owned()),
        }
    }
}

impl Signal {
    /// The line that stands for it below its site and means.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}{DOT}{}{DOT}{} — {}", self.agent, self.purpose.words(), self.scope, self.value.words())
    }

    fn of_line(origin: &str, mechanism: Mechanism, line: &str) -> Option<Self> {
        let (subject, value) = line.split_once(" — ")?;
        let mut parts = subject.split(DOT);
        let (agent, purpose, scope) = (parts.next()?, Purpose::of_words(parts.next()?)?, parts.next()?);
        let (agent, scope) = (agent.to_owned(), scope.to_owned());
        Some(Self { origin: origin.to_owned(), mechanism, agent, purpose, scope, value: Value::of_words(value) })
    }
}

/// What comes from a site, as one part of a line: folded, without what divides lines, not long.
pub(super) fn tame(text: &str) -> String {
    const LONGEST: usize = 200;
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['·', '—'], "-");
    folded.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// Lines of words below a site and a means, which are no signals.
pub(super) struct Words {
    pub(super) origin: String,
    pub(super) mechanism: Mechanism,
    pub(super) lines: Vec<String>,
}

/// Sites, means and signals as a document: a heading for each site, one for each means, a line for each signal, and words behind them.
pub(super) fn render(signals: &[Signal], words: &[Words]) -> Document {
    let mut document =
        Document { title: Some("Machine-readable AI signals".to_owned()), language: Some("en".to_owned()), clauses: Vec::new() };
    let mut origins: Vec<&str> = Vec::new();
    for origin in signals.iter().map(|signal| signal.origin.as_str()).chain(words.iter().map(|words| words.origin.as_str())) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    for origin in origins {
        let site = push(&mut document, ClauseKind::Heading(1), origin, None);
        for mechanism in Mechanism::ALL {
            let mut lines: Vec<String> =
                signals.iter().filter(|signal| signal.origin == origin && signal.mechanism == *mechanism).map(Signal::line).collect();
            lines.sort();
            lines.dedup();
            let below = words.iter().filter(|words| words.origin == origin && words.mechanism == *mechanism);
            lines.extend(below.flat_map(|words| words.lines.iter().cloned()));
            if lines.is_empty() {
                continue;
            }
            let means = push(&mut document, ClauseKind::Heading(2), mechanism.words(), Some(site));
            for line in lines {
                push(&mut document, ClauseKind::ListItem, &line, Some(means));
            }
        }
    }
    document
}

fn push(document: &mut Document, kind: ClauseKind, text: &str, section: Option<u32>) -> u32 {
    let at = u32::try_from(document.clauses.len()).unwrap_or(u32::MAX);
    document.clauses.push(Clause { kind, text: text.to_owned(), label_len: 0, section, stem: None });
    at
}

/// The signals of a document in the normal form.
#[must_use]
pub fn signals(document: &Document) -> Vec<Signal> {
    let (mut origin, mut mechanism) = ("", None);
    let mut signals = Vec::new();
    for clause in &document.clauses {
        match (clause.kind, mechanism) {
            (ClauseKind::Heading(1), _) => (origin, mechanism) = (clause.text.as_str(), None),
            (ClauseKind::Heading(_), _) => mechanism = Mechanism::of_words(&clause.text),
            (_, Some(mechanism)) if mechanism != Mechanism::LlmsTxt => signals.extend(Signal::of_line(origin, mechanism, &clause.text)),
            _ => {}
        }
    }
    signals
}
