use super::pattern::Pattern;
use super::rule::Rule;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

/// What a lexicon has words for; what a language's file leaves out is never found in it.
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

/// Which letters words are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    /// English: words are of ASCII, and so is what an expression's classes tell apart (`(?u:[…])` where one holds other signs). What stands
    /// between words is then counted in bytes.
    Ascii,
    /// Any other language.
    All,
}

impl Letters {
    fn of(language: &str) -> Self {
        if language == "en" { Self::Ascii } else { Self::All }
    }

    /// A letter, digit or underscore.
    fn word(self) -> &'static str {
        match self {
            Self::Ascii => "[A-Za-z0-9_]",
            Self::All => r"\w",
        }
    }

    /// The edge of a word.
    fn edge(self) -> &'static str {
        match self {
            Self::Ascii => r"\b",
            Self::All => r"\b",
        }
    }

    /// How an expression begins that takes no heed of case.
    fn flags(self) -> &'static str {
        match self {
            Self::Ascii => "(?i-u)",
            Self::All => "(?i)",
        }
    }

    /// A rule's expression for these letters.
    fn expression(self, source: &str) -> String {
        if source.is_empty() {
            return String::new();
        }
        format!("{}{}", self.flags(), source.replace(r"\w", self.word()))
    }
}

/// A lexicon file as a lawyer writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: String,
    entry: Vec<toml::Spanned<Entry>>,
    #[serde(default)]
    rule: Vec<toml::Spanned<Written>>,
}

/// A rule as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Rule,
    expression: String,
    finds: Vec<String>,
    ignores: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    concept: Concept,
    patterns: Vec<String>,
    finds: Vec<String>,
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
    concepts: HashMap<Concept, Words>,
    rules: HashMap<Rule, Words>,
    /// All the words that make a sentence worth a closer look, as one expression.
    hints: Words,
}

/// The concepts by which a sentence may be about AI, whatever stands before it.
const HINTS: [Concept; 8] = [
    Concept::Ai,
    Concept::Algorithm,
    Concept::Model,
    Concept::HardScrape,
    Concept::Biometric,
    Concept::AiMade,
    Concept::Recommends,
    Concept::Replicate,
];

impl Lexicon {
    /// Reads a lexicon. That every entry finds its own examples is the tests' business: it would double the time of every start.
    pub(super) fn parse(text: &str) -> Result<Self, LexiconError> {
        Self::read(text, |_| Ok(()))
    }

    /// Reads a lexicon and tries every entry on its own examples.
    #[cfg(test)]
    fn parse_strictly(text: &str) -> Result<Self, LexiconError> {
        Self::read(text, check_examples)
    }

    fn read(text: &str, check: impl Fn(Tried<'_>) -> Result<(), String>) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text).map_err(|error| LexiconError {
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        let letters = Letters::of(&file.language);
        let mut sources: HashMap<Concept, Vec<String>> = HashMap::new();
        for entry in &file.entry {
            let line = line_at(text, entry.span().start);
            let entry = entry.get_ref();
            let patterns: Vec<String> = entry.patterns.iter().map(|pattern| compile(pattern, letters)).collect();
            let name = format!("the entry for {:?}", entry.concept);
            check(Tried { name, source: &patterns.join("|"), finds: &entry.finds, ignores: &entry.ignores })
                .map_err(|message| LexiconError { line, message })?;
            sources.entry(entry.concept).or_default().extend(patterns);
        }
        let mut concepts = HashMap::new();
        for concept in Concept::ALL {
            let Some(patterns) = sources.remove(concept) else { continue };
            concepts.insert(*concept, Words::of(&patterns));
        }
        let mut rules = HashMap::new();
        for written in &file.rule {
            let line = line_at(text, written.span().start);
            let written = written.get_ref();
            let source = letters.expression(&written.expression);
            let name = format!("the rule {:?}", written.name);
            check(Tried { name, source: &source, finds: &written.finds, ignores: &written.ignores })
                .map_err(|message| LexiconError { line, message })?;
            if rules.insert(written.name, Words::of(&[source])).is_some() {
                return Err(LexiconError { line, message: format!("the rule {:?} stands twice", written.name) });
            }
        }
        let hints: Vec<String> = HINTS
            .iter()
            .filter_map(|concept| concepts.get(concept))
            .chain(rules.get(&Rule::DisclosesMachine))
            .map(|words| words.source.clone())
            .collect();
        Ok(Self { hints: Words::of(&hints), concepts, rules })
    }

    /// Whether any word stands in a text that could make it one about AI: asked once, before each of them is looked for.
    pub(super) fn hints(&self, text: &str) -> bool {
        self.hints.pattern().is_some_and(|pattern| pattern.is_match(text))
    }

    /// The first place where a concept's words stand.
    pub(super) fn find(&self, concept: Concept, text: &str) -> Option<std::ops::Range<usize>> {
        self.pattern(concept)?.find(text)
    }

    /// Every place where they stand.
    pub(super) fn find_all<'text>(&'text self, concept: Concept, text: &'text str) -> impl Iterator<Item = std::ops::Range<usize>> + 'text {
        self.pattern(concept).into_iter().flat_map(move |pattern| pattern.find_iter(text))
    }

    /// Whether they stand anywhere.
    pub(super) fn has(&self, concept: Concept, text: &str) -> bool {
        self.pattern(concept).is_some_and(|pattern| pattern.is_match(text))
    }

    /// Whether a rule fits a sentence.
    pub(super) fn says(&self, rule: Rule, text: &str) -> bool {
        self.rule(rule).is_some_and(|pattern| pattern.is_match(text))
    }

    /// The expression of a rule; `None` where the language has none.
    pub(super) fn rule(&self, rule: Rule) -> Option<&Pattern> {
        self.rules.get(&rule).and_then(Words::pattern)
    }

    fn pattern(&self, concept: Concept) -> Option<&Pattern> {
        self.concepts.get(&concept).and_then(Words::pattern)
    }
}

/// The patterns of a concept; the expression is built when it is first looked for.
#[derive(Debug)]
struct Words {
    source: String,
    pattern: OnceLock<Option<Pattern>>,
}

impl Words {
    fn of(patterns: &[String]) -> Self {
        Self { source: patterns.join("|"), pattern: OnceLock::new() }
    }

    /// `None` where there is no pattern, or one that can't be understood; a test builds them all.
    fn pattern(&self) -> Option<&Pattern> {
        self.pattern.get_or_init(|| if self.source.is_empty() { None } else { Pattern::new(&self.source).ok() }).as_ref()
    }
}

/// An entry or a rule with its examples.
#[cfg_attr(not(test), expect(dead_code, reason = "only the tests try the examples"))]
struct Tried<'file> {
    name: String,
    source: &'file str,
    finds: &'file [String],
    ignores: &'file [String],
}

/// An entry must find its own examples and ignore the others; one that has no pattern needs none.
#[cfg(test)]
fn check_examples(tried: Tried<'_>) -> Result<(), String> {
    let Tried { name, source, finds, ignores } = tried;
    if source.is_empty() {
        return if finds.is_empty() && ignores.is_empty() { Ok(()) } else { Err(format!("{name} has examples and no pattern")) };
    }
    let pattern = Pattern::new(source).map_err(|error| format!("{name} can't be understood: {error}"))?;
    if finds.is_empty() || ignores.is_empty() {
        return Err(format!("{name} needs an example that it finds and one that it ignores"));
    }
    if let Some(example) = finds.iter().find(|example| !pattern.is_match(example)) {
        return Err(format!("{name} does not find its example {example:?}"));
    }
    if let Some(example) = ignores.iter().find(|example| pattern.is_match(example)) {
        return Err(format!("{name} finds {example:?}, which it must ignore"));
    }
    Ok(())
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// A pattern of the lexicon as a regular expression over text in normal form, whose only white space is single spaces; the file's first
/// lines say what the signs mean.
fn compile(pattern: &str, letters: Letters) -> String {
    let mut out = format!("(?:{}", letters.flags());
    if pattern.starts_with(|c: char| c.is_alphanumeric() || c == '(' || c == '[') {
        out.push_str(letters.edge());
    }
    out.push_str("(?:");
    let chars: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        match rest {
            [' ', '.', '.', ' ', ..] => {
                out.push_str(r#"[ ,]+(?:[^ ]+ ){0,6}?(?u:["“‘'(])?"#);
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
            ['*', ..] => {
                out.push_str(letters.word());
                out.push('*');
            }
            [' ', ..] => out.push_str("[ -]+"),
            ['-', ..] => out.push_str("[ -]?"),
            [c, ..] if c.is_alphanumeric() => {
                let word: String = rest.iter().take_while(|c| c.is_alphanumeric()).collect();
                at += word.chars().count() - 1;
                out.push_str(&if word.chars().any(char::is_uppercase) { format!("(?-i:{word})") } else { word });
            }
            [c, ..] => out.push_str(&regex::escape(&c.to_string())),
            [] => {}
        }
        at += 1;
    }
    out.push(')');
    if pattern.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '*' | ')')) {
        out.push_str(letters.edge());
    }
    out.push(')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_lexicons_find_their_examples() {
        for language in super::super::reader::languages() {
            let file = super::super::reader::file(language).unwrap();
            assert!(file.contains(&format!("\nlanguage = \"{language}\"\n")), "{language}.toml names another language");
            Lexicon::parse_strictly(file).unwrap_or_else(|error| panic!("{language}.toml: {error}"));
        }
    }

    #[test]
    fn english_has_words_for_everything() {
        let lexicon = Lexicon::parse(super::super::reader::file("en").unwrap()).unwrap();
        let concepts = Concept::ALL.iter().filter(|concept| lexicon.pattern(**concept).is_none()).map(|concept| format!("{concept:?}"));
        let rules = Rule::ALL.iter().filter(|rule| lexicon.rule(**rule).is_none()).map(|rule| format!("{rule:?}"));
        assert_eq!(concepts.chain(rules).collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn a_pattern_reads_as_its_description_says() {
        let check = |pattern: &str, finds: &[&str], ignores: &[&str]| {
            let source = compile(pattern, Letters::Ascii);
            let built = Pattern::new(&source).unwrap();
            finds.iter().for_each(|text| assert!(built.is_match(text), "{pattern} misses {text}: {source}"));
            ignores.iter().for_each(|text| assert!(!built.is_match(text), "{pattern} finds {text}"));
        };
        check("train*", &["training", "we Train it"], &["strain"]);
        check("opt out", &["opt out", "opt-out", "OPT OUT"], &["option outside"]);
        check("fine-tun*", &["fine-tune", "finetuning", "fine tuned"], &["fine music"]);
        check("your [own] (music|art)", &["your music", "your own art"], &["your own cat"]);
        check("sell .. to", &["sell your data to", "sell to"], &["sell your house and everything in it with all furniture to"]);
        check("AI", &["AI", "an AI-made"], &["ai", "AIR"]);
        check("generated by AI", &["Generated by AI", "generated by AI"], &["generated by ai"]);
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
