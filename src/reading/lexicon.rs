use regex::Regex;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

/// What a lexicon has words for; a lexicon that lacks one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Concept {
    Ai,
    Algorithm,
    Model,
    NotAModel,
    Train,
    StaffTraining,
    Develop,
    Input,
    SourceFor,
    Share,
    Scrape,
    HardScrape,
    Compete,
    Generate,
    Decide,
    Replicate,
    Label,
    Feature,
    UserContent,
    PersonalData,
    Messages,
    InputsOutputs,
    PublicWeb,
    UsageData,
    PlatformContent,
    Likeness,
    Biometric,
    Platform,
    Affiliate,
    Vendor,
    ThirdParty,
    User,
    Permission,
    CovenantNot,
    Ban,
    YouBan,
    Duty,
    Disclaimer,
    OptOut,
    OptIn,
    Consent,
    Agreement,
    LegitimateInterest,
    LimitImitation,
    LimitOutput,
    LimitGenerative,
    LimitModelClass,
    Hedge,
    Prospective,
    Exception,
    LawDependent,
    Intent,
    LegalEffect,
    PersonProtected,
    Post,
    AiMade,
    Recommends,
}

impl Concept {
    const ALL: &'static [Self] = &[
        Self::Ai,
        Self::Algorithm,
        Self::Model,
        Self::NotAModel,
        Self::Train,
        Self::StaffTraining,
        Self::Develop,
        Self::Input,
        Self::SourceFor,
        Self::Share,
        Self::Scrape,
        Self::HardScrape,
        Self::Compete,
        Self::Generate,
        Self::Decide,
        Self::Replicate,
        Self::Label,
        Self::Feature,
        Self::UserContent,
        Self::PersonalData,
        Self::Messages,
        Self::InputsOutputs,
        Self::PublicWeb,
        Self::UsageData,
        Self::PlatformContent,
        Self::Likeness,
        Self::Biometric,
        Self::Platform,
        Self::Affiliate,
        Self::Vendor,
        Self::ThirdParty,
        Self::User,
        Self::Permission,
        Self::CovenantNot,
        Self::Ban,
        Self::YouBan,
        Self::Duty,
        Self::Disclaimer,
        Self::OptOut,
        Self::OptIn,
        Self::Consent,
        Self::Agreement,
        Self::LegitimateInterest,
        Self::LimitImitation,
        Self::LimitOutput,
        Self::LimitGenerative,
        Self::LimitModelClass,
        Self::Hedge,
        Self::Prospective,
        Self::Exception,
        Self::LawDependent,
        Self::Intent,
        Self::LegalEffect,
        Self::PersonProtected,
        Self::Post,
        Self::AiMade,
        Self::Recommends,
    ];
}

/// A regular expression over English text in normal form: `\w` and `\b` mean ASCII letters, which build and match many times faster.
pub(super) fn pattern(source: &str) -> Regex {
    let ascii = source.replace(r"\w", "[A-Za-z0-9_]").replace(r"\b", r"(?-u:\b)");
    #[expect(clippy::expect_used, reason = "constant patterns; the tests run them")]
    Regex::new(&ascii).expect("a valid pattern")
}

/// A lexicon file as a lawyer writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: String,
    entry: Vec<toml::Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    concept: Concept,
    patterns: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
    finds: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
    ignores: Vec<String>,
}

/// What is wrong with a lexicon, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexiconError {
    line: usize,
    message: String,
}

impl fmt::Display for LexiconError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for LexiconError {}

/// The words of a language, ready to be looked for.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) language: String,
    concepts: HashMap<Concept, Words>,
}

impl Lexicon {
    /// Reads a lexicon. That every entry finds its own examples is the tests' business: it would double the time of every start.
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        Self::read(text, |_, _| Ok(()))
    }

    /// Reads a lexicon and tries every entry on its own examples.
    #[cfg(test)]
    fn parse_strictly(text: &str) -> Result<Self, LexiconError> {
        Self::read(text, check_examples)
    }

    fn read(text: &str, check: impl Fn(&Entry, &[String]) -> Result<(), String>) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text).map_err(|error| LexiconError {
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        let mut sources: HashMap<Concept, Vec<String>> = HashMap::new();
        for entry in &file.entry {
            let line = line_at(text, entry.span().start);
            let entry = entry.get_ref();
            let patterns: Vec<String> = entry.patterns.iter().map(|pattern| compile(pattern)).collect();
            check(entry, &patterns).map_err(|message| LexiconError { line, message })?;
            sources.entry(entry.concept).or_default().extend(patterns);
        }
        let mut concepts = HashMap::new();
        for concept in Concept::ALL {
            let patterns = sources
                .remove(concept)
                .ok_or_else(|| LexiconError { line: 1, message: format!("there is no entry for the concept {concept:?}") })?;
            concepts.insert(*concept, Words::of(&patterns));
        }
        Ok(Self { language: file.language, concepts })
    }

    /// The first place where a concept's words stand.
    pub(super) fn find(&self, concept: Concept, text: &str) -> Option<std::ops::Range<usize>> {
        self.regex(concept)?.find(text).map(|found| found.range())
    }

    /// Every place where they stand.
    pub(super) fn find_all<'text>(&'text self, concept: Concept, text: &'text str) -> impl Iterator<Item = std::ops::Range<usize>> + 'text {
        self.regex(concept).into_iter().flat_map(move |regex| regex.find_iter(text).map(|found| found.range()))
    }

    /// Whether they stand anywhere.
    pub(super) fn has(&self, concept: Concept, text: &str) -> bool {
        self.regex(concept).is_some_and(|regex| regex.is_match(text))
    }

    fn regex(&self, concept: Concept) -> Option<&Regex> {
        self.concepts.get(&concept).and_then(Words::regex)
    }
}

/// The patterns of a concept; the expression is built when it is first looked for.
#[derive(Debug)]
struct Words {
    source: String,
    regex: OnceLock<Option<Regex>>,
}

impl Words {
    fn of(patterns: &[String]) -> Self {
        Self { source: patterns.join("|"), regex: OnceLock::new() }
    }

    /// `None` for a pattern that can't be understood; a test builds them all.
    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| build(&self.source).ok()).as_ref()
    }
}

fn build(source: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(source).size_limit(64 << 20).build()
}

#[cfg(test)]
fn check_examples(entry: &Entry, patterns: &[String]) -> Result<(), String> {
    let regex = build(&patterns.join("|")).map_err(|error| format!("a pattern can't be understood: {error}"))?;
    if entry.finds.is_empty() || entry.ignores.is_empty() {
        return Err(format!("the entry for {:?} needs an example that it finds and one that it ignores", entry.concept));
    }
    if let Some(example) = entry.finds.iter().find(|example| !regex.is_match(example)) {
        return Err(format!("the entry for {:?} does not find its example {example:?}", entry.concept));
    }
    if let Some(example) = entry.ignores.iter().find(|example| regex.is_match(example)) {
        return Err(format!("the entry for {:?} finds {example:?}, which it must ignore", entry.concept));
    }
    Ok(())
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// A pattern of the lexicon as a regular expression over text in normal form, whose only white space is single spaces; the file's first
/// lines say what the signs mean. ASCII classes: with Unicode ones the expressions took 0.4 s to build at every start, not 0.05.
fn compile(pattern: &str) -> String {
    let case = if pattern.chars().any(char::is_uppercase) { "" } else { "i" };
    let mut out = format!("(?{case}:");
    if pattern.starts_with(|c: char| c.is_alphanumeric() || c == '(' || c == '[') {
        out.push_str(r"(?-u:\b)");
    }
    out.push_str("(?:");
    let chars: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        match rest {
            [' ', '.', '.', ' ', ..] => {
                out.push_str(r"[ ,]+(?:[^ ]+ ){0,6}?");
                at += 3;
            }
            [']', ' ', ..] => {
                out.push_str(r")[ -]+)?");
                at += 1;
            }
            ['[', ..] => out.push_str("(?:(?:"),
            [']', ..] => out.push_str("))?"),
            ['(', ..] => out.push_str("(?:"),
            [')' | '|', ..] => out.push(rest[0]),
            ['*', ..] => out.push_str("[A-Za-z0-9_]*"),
            [' ', ..] => out.push_str("[ -]+"),
            ['-', ..] => out.push_str("[ -]?"),
            [c, ..] => out.push_str(&regex::escape(&c.to_string())),
            [] => {}
        }
        at += 1;
    }
    out.push(')');
    if pattern.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '*' | ')')) {
        out.push_str(r"(?-u:\b)");
    }
    out.push(')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_lexicons_find_their_examples() {
        let lexicon = Lexicon::parse_strictly(include_str!("lexicons/en.toml")).unwrap_or_else(|error| panic!("en.toml: {error}"));
        assert_eq!(lexicon.language, "en");
        for concept in Concept::ALL {
            assert!(lexicon.regex(*concept).is_some(), "{concept:?}");
        }
    }

    #[test]
    fn a_pattern_reads_as_its_description_says() {
        let check = |pattern: &str, finds: &[&str], ignores: &[&str]| {
            let regex = Regex::new(&compile(pattern)).unwrap();
            finds.iter().for_each(|text| assert!(regex.is_match(text), "{pattern} misses {text}: {}", regex.as_str()));
            ignores.iter().for_each(|text| assert!(!regex.is_match(text), "{pattern} finds {text}"));
        };
        check("train*", &["training", "we Train it"], &["strain"]);
        check("opt out", &["opt out", "opt-out", "OPT OUT"], &["option outside"]);
        check("fine-tun*", &["fine-tune", "finetuning", "fine tuned"], &["fine music"]);
        check("your [own] (music|art)", &["your music", "your own art"], &["your own cat"]);
        check("sell .. to", &["sell your data to", "sell to"], &["sell your house and everything in it with all furniture to"]);
        check("AI", &["AI", "an AI-made"], &["ai", "AIR"]);
        check("A.I.", &["the A.I. tools"], &["A-I"]);
    }

    #[test]
    fn a_broken_entry_is_reported_with_its_line() {
        let broken = "language = \"en\"\n\n[[entry]]\nconcept = \"ai\"\npatterns = [\"AI\"]\nfinds = [\"robots\"]\nignores = [\"x\"]\n";
        let error = Lexicon::parse_strictly(broken).unwrap_err().to_string();
        assert!(error.starts_with("line 3:") && error.contains("robots"), "{error}");
        let unknown = Lexicon::parse("language = \"en\"\n[[entry]]\nconcept = \"robots\"\npatterns = []\nfinds = []\nignores = []\n")
            .unwrap_err()
            .to_string();
        assert!(unknown.starts_with("line 3:"), "{unknown}");
    }
}
