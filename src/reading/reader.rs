use super::context::{Passage, passages};
use super::lexicon::{Concept, Lexicon};
use super::rule::Rule;
use super::{answer, choice, slots, stance, topic};
use crate::model::{Binding, Document, Frame, Slot, Span, Topic};
use regex::Regex;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

/// A language that is read: its code (ISO 639-1), its file, and the lexicon made of it when it is first needed.
type Language = (&'static str, &'static str, OnceLock<Option<Lexicon>>);

static LANGUAGES: [Language; 9] = [
    ("en", include_str!("lexicons/en.toml"), OnceLock::new()),
    ("fr", include_str!("lexicons/fr.toml"), OnceLock::new()),
    ("de", include_str!("lexicons/de.toml"), OnceLock::new()),
    ("es", include_str!("lexicons/es.toml"), OnceLock::new()),
    ("it", include_str!("lexicons/it.toml"), OnceLock::new()),
    ("pt", include_str!("lexicons/pt.toml"), OnceLock::new()),
    ("nl", include_str!("lexicons/nl.toml"), OnceLock::new()),
    ("pl", include_str!("lexicons/pl.toml"), OnceLock::new()),
    ("uk", include_str!("lexicons/uk.toml"), OnceLock::new()),
];

/// The languages that are read, as ISO 639-1 codes.
pub(super) fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(code, ..)| *code)
}

/// The file of a language.
#[cfg(test)]
pub(super) fn file(language: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(code, ..)| *code == language).map(|(_, file, _)| *file)
}

/// The lexicon of a language, if there is one; the shipped ones are tried by a test.
pub(super) fn lexicon(language: &str) -> Option<&'static Lexicon> {
    let (_, file, lexicon) = LANGUAGES.iter().find(|(code, ..)| *code == language)?;
    lexicon.get_or_init(|| Lexicon::parse(file).ok()).as_ref()
}

/// Whether a piece of text holds words about AI, training or automation.
pub(super) fn mentions_ai(lexicon: &Lexicon, text: &str) -> bool {
    let normal = crate::text::Normal::of(text);
    ABOUT_AI.into_iter().any(|concept| lexicon.has(concept, normal.text()))
}

/// The words about AI, training or automation that a piece of text holds, without their endings.
pub(super) fn ai_words(lexicon: &Lexicon, text: &str) -> BTreeSet<String> {
    let normal = crate::text::Normal::of(text);
    let found = ABOUT_AI.into_iter().flat_map(|concept| lexicon.find_all(concept, normal.text()).collect::<Vec<_>>());
    let words = found.flat_map(|range| {
        let text = &normal.text()[range];
        crate::text::words(text).into_iter().map(|word| stem(&text[word.range])).collect::<Vec<_>>()
    });
    words.collect()
}

/// With what force a text speaks: whether it denies, forbids, allows, asks for consent, leaves a way out, makes an exception.
pub(super) fn force(lexicon: &Lexicon, text: &str) -> [bool; 6] {
    let normal = crate::text::Normal::of(text);
    let denies = [Concept::CovenantNot, Concept::Ban].into_iter().any(|concept| lexicon.has(concept, normal.text()));
    let [allows, asks, agrees, leaves_out, excepts] =
        [Concept::Permission, Concept::Consent, Concept::OptIn, Concept::OptOut, Concept::Exception]
            .map(|concept| lexicon.has(concept, normal.text()));
    // "May not" holds a "may".
    [denies, allows && !denies, asks, agrees, leaves_out, excepts]
}

/// The beginning of a word, without its inflection: "training" and "train" are one.
fn stem(word: &str) -> String {
    const BEGINNING: usize = 5;
    word.to_lowercase().chars().take(BEGINNING).collect()
}

const ABOUT_AI: [Concept; 6] = [Concept::Ai, Concept::Algorithm, Concept::Train, Concept::HardScrape, Concept::Biometric, Concept::AiMade];

/// The frames of a document, in reading order.
pub(super) fn frames(document: &Document, lexicon: &'static Lexicon) -> Vec<Frame> {
    let passages = passages(document);
    let gate = Gate::of(document, lexicon);
    let mut frames = Vec::new();
    let mut titles = Titles { lexicon, last: None };
    let (mut subject, mut machine, mut learning): (Option<u32>, Option<u32>, Option<u32>) = (None, None, None);
    let states = |passage: &Passage<'_>| !passage.is_heading() && !answer::is_question(passage.text());
    for (place, passage) in passages.iter().enumerate().filter(|(_, passage)| states(passage)) {
        let goes_on =
            subject == Some(passage.clause) && (lexicon.says(Rule::GoesOn, passage.text()) || choice::is_denied(lexicon, passage.text()));
        let before = Before {
            goes_on,
            named: subject == Some(passage.clause),
            machine: machine == Some(passage.clause) || titles.name_machines(passage),
            learning: learning == Some(passage.clause),
        };
        let sight = gate.look(passage, before);
        let answers = place.checked_sub(1).map(|at| &passages[at]).filter(|before| answer::is_question(before.text()));
        if let Some(asked) = answers.and_then(|question| gate.look(question, Before::NOTHING))
            && !sight.as_ref().is_some_and(|sight| frames_of(sight).iter().any(|frame| is_about_material(frame.topic)))
        {
            frames.extend(answer::read(&asked, passage));
        }
        if !goes_on {
            subject = sight.as_ref().filter(|sight| sight.ai).map(|_| passage.clause);
        }
        if sight.as_ref().is_some_and(|sight| sight.ai || sight.algorithm) {
            machine = Some(passage.clause);
        }
        let Some(sight) = sight else { continue };
        let summed_up = [passage.heading, passage.outer_heading].iter().any(|heading| lexicon.says(Rule::SumsUp, heading));
        let found = frames_of(&sight);
        let found = divided(document, passage, &found, |part| gate.look(part, before)).unwrap_or(found);
        if found.iter().any(|frame| frame.topic == Topic::Training && !frame.negated) {
            learning = Some(passage.clause);
        }
        frames.extend(found.into_iter().map(|frame| {
            let frame = choice::behind(frame, passage, &passages[place + 1..], lexicon);
            if summed_up { Frame { binding: Slot { value: Binding::Summary, span: None }, ..frame } } else { frame }
        }));
    }
    without_summaries(frames)
}

/// Whether a topic is about what is learned from.
fn is_about_material(topic: Topic) -> bool {
    matches!(topic, Topic::Training | Topic::TrainingSharing | Topic::Scraping)
}

/// What only sums up is no clause, unless it alone says so: "In short: your content is never used to train AI".
fn without_summaries(mut frames: Vec<Frame>) -> Vec<Frame> {
    let sums_up = |frame: &Frame| frame.binding.value == Binding::Summary;
    let said: BTreeSet<(Topic, bool)> = frames.iter().filter(|frame| !sums_up(frame)).map(|frame| (frame.topic, frame.negated)).collect();
    frames.retain(|frame| !sums_up(frame) || !said.contains(&(frame.topic, frame.negated)));
    frames
}

/// A sentence of two halves that speak against one another: "From May we also use what you share to train them; what you keep is not
/// used". Each half has its frames, and both stand for the sentence.
fn divided<'doc>(
    document: &Document,
    passage: &Passage<'doc>,
    found: &[Frame],
    mut look: impl for<'part> FnMut(&'part Passage<'doc>) -> Option<Sight<'part, 'doc>>,
) -> Option<Vec<Frame>> {
    let learns = |frame: &Frame| matches!(frame.topic, Topic::Training | Topic::TrainingSharing);
    let text = document.clauses.get(passage.clause as usize)?.text.get(passage.range.clone())?;
    if !found.iter().any(|frame| learns(frame) || frame.topic == Topic::Scraping) || !text.contains("; ") {
        return None;
    }
    let mut frames = Vec::new();
    let mut from = 0;
    for half in text.split_inclusive("; ") {
        let range = passage.range.start + from..passage.range.start + from + half.trim_end().len();
        from += half.len();
        let part = passage.part(half, range);
        frames.extend(look(&part).iter().flat_map(frames_of));
    }
    let speaks = |negated: bool| frames.iter().any(|frame| learns(frame) && frame.negated == negated);
    let whole = Span { clause: passage.clause, range: passage.range.clone() };
    (speaks(true) && speaks(false)).then(|| frames.into_iter().map(|frame| Frame { sentence: whole.clone(), ..frame }).collect())
}

fn frames_of(sight: &Sight<'_, '_>) -> Vec<Frame> {
    topic::choose(sight)
        .into_iter()
        .map(|(topic, rule)| {
            let frame = slots::fill(sight, topic, rule);
            Frame { stance: stance::of_clause(sight, &frame), ..frame }
        })
        .collect()
}

/// A sentence that may be about AI, and what was seen in it.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that was seen or not")]
pub(super) struct Sight<'look, 'doc> {
    pub(super) passage: &'look Passage<'doc>,
    pub(super) lexicon: &'static Lexicon,
    /// The sentence without what only looks like AI: staff training, business models, names of companies.
    pub(super) plain: String,
    /// What introduces its list: a sentence, or a heading that denies all below it ("What we never do").
    pub(super) lead: String,
    /// The introduction of its list and the sentence.
    pub(super) full: String,
    /// Where the platform is called by its own name.
    pub(super) own_name: Option<Range<usize>>,
    /// AI is named in the sentence.
    pub(super) ai: bool,
    /// AI is named in what introduces the sentence.
    pub(super) ai_above: bool,
    /// An algorithm or automated processing is named in the sentence.
    pub(super) algorithm: bool,
    /// A prompt or an output of an AI service is named by its defined term.
    pub(super) defined_term: bool,
    /// A human decides, where machines were named before: in the clause, in its heading or in what introduces it.
    pub(super) human_above: bool,
    /// Nobody can switch it off, where machines were named before.
    pub(super) fixed_above: bool,
    /// Something is left out of what the clause said is learned from.
    pub(super) left_out: bool,
    /// AI that was named before is what is made better: "to improve it".
    pub(super) improves_it: bool,
    /// Nobody answers for what the AI makes that was named before, in the clause, its heading or what introduces it.
    pub(super) disclaimed: bool,
    /// The document names AI several times.
    pub(super) about_ai: bool,
    /// Real people are imitated, in a document about AI.
    pub(super) imitates: bool,
}

/// What stands above sentences: looked at once for all the sentences below it.
struct Titles<'doc> {
    lexicon: &'static Lexicon,
    last: Option<(&'doc str, bool)>,
}

impl<'doc> Titles<'doc> {
    /// Whether the heading or what introduces a sentence names AI or an algorithm.
    fn name_machines(&mut self, passage: &Passage<'doc>) -> bool {
        let names = |text: &str| self.lexicon.has(Concept::Ai, text) || self.lexicon.has(Concept::Algorithm, text);
        let heading = match self.last {
            Some((heading, names)) if std::ptr::eq(heading, passage.heading) => names,
            _ => names(passage.heading),
        };
        self.last = Some((passage.heading, heading));
        heading || !passage.stem.is_empty() && names(&passage.stem)
    }
}

/// What the sentences of the clause said before.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that was said or not")]
struct Before {
    /// The sentence goes on about AI that was named.
    goes_on: bool,
    /// AI was named in the sentence before, whatever this one begins with.
    named: bool,
    /// AI or an algorithm was named, or is by the heading or by what introduces the sentence.
    machine: bool,
    /// It was said that models learn from people's material.
    learning: bool,
}

impl Before {
    /// Nothing was said.
    const NOTHING: Self = Self { goes_on: false, named: false, machine: false, learning: false };

    /// Whether something was said that a sentence without a word about AI may go on about.
    fn any(self) -> bool {
        self.goes_on || self.named || self.machine || self.learning
    }
}

impl Sight<'_, '_> {
    /// Whether a concept's words stand in the sentence.
    pub(super) fn has(&self, concept: Concept) -> bool {
        self.lexicon.has(concept, &self.plain) || (concept == Concept::Platform && self.own_name.is_some())
    }

    /// Whether a rule fits the sentence.
    pub(super) fn says(&self, rule: Rule) -> bool {
        self.lexicon.says(rule, &self.plain)
    }

    /// Whether it fits the sentence behind what introduces it.
    pub(super) fn says_in_full(&self, rule: Rule) -> bool {
        self.lexicon.says(rule, &self.full)
    }

    /// Whether they stand in the sentence or in what introduces it.
    pub(super) fn has_in_full(&self, concept: Concept) -> bool {
        self.lexicon.has(concept, &self.full)
    }

    /// Whether they stand in the introduction or the heading.
    pub(super) fn has_above(&self, concept: Concept) -> bool {
        self.lexicon.has(concept, &self.passage.stem) || self.lexicon.has(concept, self.passage.heading)
    }
}

/// The name by which a document speaks of its platform: the one that acts most often, where it does so several times.
fn own_name(document: &Document, lexicon: &Lexicon) -> Option<Regex> {
    const OFTEN: usize = 2;
    let acts = lexicon.rule(Rule::NameActs)?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for clause in &document.clauses {
        for (_, name) in acts.named(&clause.text).filter(|(_, name)| !lexicon.says(Rule::NoActor, name)) {
            *counts.entry(name).or_default() += 1;
        }
    }
    // A noun that opens sentences stands inside them with a small letter, as a word and not as part of an address.
    let is_name = |name: &str| {
        let noun = Regex::new(&format!(r"(?:^|[\s(]){}(?:[\s,;:)]|\.\s|\.?$)", regex::escape(&name.to_lowercase()))).ok();
        noun.is_some_and(|noun| !document.clauses.iter().any(|clause| noun.is_match(&clause.text)))
    };
    let mut names: Vec<(&str, usize)> = counts.into_iter().filter(|(_, times)| *times >= OFTEN).collect();
    names.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let (name, _) = names.into_iter().find(|(name, _)| is_name(name))?;
    Regex::new(&format!(r"\b{}\b", regex::escape(name))).ok()
}

/// The names that a document gives to its AI features: proper names, and defined terms that say what they are ("Voice Models").
fn features(document: &Document, lexicon: &Lexicon) -> Option<Regex> {
    const SEVERAL: usize = 6;
    const KINDS: [&str; 8] = ["Model", "Assistant", "Generat", "Copilot", "Bot", "Agent", "AI", "Tool"];
    let introduces = lexicon.rule(Rule::NamedByAi)?;
    let mut names: BTreeSet<String> = BTreeSet::new();
    for clause in document.clauses.iter().filter(|clause| lexicon.has(Concept::Ai, &clause.text)) {
        for (group, name) in introduces.named(&clause.text) {
            let is_term = group > 2;
            let says_what = KINDS.iter().any(|kind| name.contains(kind)) && name != "AI";
            if if is_term { says_what } else { !lexicon.says(Rule::NoActor, name) && !lexicon.says(Rule::NoName, name) } {
                names.insert(regex::escape(name));
            }
        }
    }
    // A document that is all about the feature says more about it than that it is AI.
    let is_everywhere = |name: &Regex| {
        let times = document.clauses.iter().filter(|clause| name.is_match(&clause.text)).count();
        times > SEVERAL && times * 8 > document.clauses.len()
    };
    let patterns = names.into_iter().filter_map(|name| Regex::new(&format!(r"\b{name}s?\b")).ok());
    let names: Vec<String> = patterns.filter(|name| !is_everywhere(name)).map(|name| name.as_str().to_owned()).collect();
    if names.is_empty() { None } else { Regex::new(&names.join("|")).ok() }
}

/// Decides which sentences are looked at.
struct Gate {
    lexicon: &'static Lexicon,
    /// The platform's own name, where the document speaks of it by name.
    own_name: Option<Regex>,
    /// Names of companies and products that hold "AI" and are no statement about it ("Acme AI").
    names: Option<Regex>,
    /// The names of the AI features that the document introduces: "our AI tutor, Sage".
    features: Option<Regex>,
    /// Whether the document names AI several times.
    about_ai: bool,
    /// Whether the document is that of an AI service, whose "Inputs" and "Outputs" are defined terms.
    ai_service: bool,
}

impl Gate {
    fn of(document: &Document, lexicon: &'static Lexicon) -> Self {
        /// So many mentions of AI and of its terms make the document that of an AI service.
        const ENOUGH: usize = 3;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let (mut mentions, mut terms) = (0, 0);
        for clause in &document.clauses {
            if mentions < ENOUGH {
                mentions += lexicon.find_all(Concept::Ai, &clause.text).count();
            }
            if mentions < ENOUGH && !lexicon.has(Concept::NotAModel, &clause.text) {
                mentions += lexicon.find_all(Concept::Model, &clause.text).count();
            }
            if terms < ENOUGH {
                terms += lexicon.rule(Rule::DefinedTerm).map_or(0, |rule| rule.find_iter(&clause.text).count());
            }
            for (_, word) in lexicon.rule(Rule::NameWithAi).into_iter().flat_map(|rule| rule.named(&clause.text)) {
                if !lexicon.says(Rule::NoName, word) {
                    *counts.entry(word.to_owned()).or_default() += 1;
                }
            }
        }
        let names: Vec<String> = counts.into_keys().map(|name| regex::escape(&name)).collect();
        let names = if names.is_empty() {
            None
        } else {
            Regex::new(&format!(r"\b(?:{}) A\.?I\b(?:,? (?:Inc|Ltd|LLC|GmbH|SAS|Corp)\b\.?)?", names.join("|"))).ok()
        };
        Self {
            lexicon,
            own_name: own_name(document, lexicon),
            names,
            features: features(document, lexicon),
            about_ai: mentions >= ENOUGH,
            ai_service: terms >= ENOUGH && mentions >= ENOUGH,
        }
    }

    /// What a sentence has that could be about AI; `None` for one that has nothing.
    fn look<'look, 'doc>(&self, passage: &'look Passage<'doc>, before: Before) -> Option<Sight<'look, 'doc>> {
        let lexicon = self.lexicon;
        // What is blanked out can only take AI away: most texts need no second look.
        let above = |text: &str| lexicon.has(Concept::Ai, text) && lexicon.has(Concept::Ai, &self.without_look_alikes(text));
        let titled = passage.heading.split_whitespace().count() <= 10 && passage.clause > 8 && above(passage.heading);
        let named = self.features.as_ref().is_some_and(|names| names.is_match(passage.text()));
        let defined_term = self.ai_service && lexicon.says(Rule::DefinedTerm, passage.text());
        if !(titled || named || defined_term || before.any() || !passage.stem.is_empty() || lexicon.hints(passage.text())) {
            return None;
        }
        let plain = self.without_look_alikes(passage.text());
        let ai = named || lexicon.has(Concept::Ai, &plain);
        let improves_it = before.named && lexicon.says(Rule::ImprovesIt, &plain);
        let ai_above = before.goes_on || improves_it || above(&passage.stem) || titled;
        let algorithm = lexicon.has(Concept::Algorithm, &plain);
        let trains_models =
            lexicon.has(Concept::Model, &plain) && (lexicon.has(Concept::Train, &plain) || lexicon.has(Concept::Develop, &plain));
        let scrapes = lexicon.has(Concept::HardScrape, &plain);
        let biometric = lexicon.has(Concept::Biometric, &plain);
        // A "trained moderator" is blanked out in `plain`.
        let human_above = before.machine && lexicon.says(Rule::HumanDecides, passage.text());
        let fixed_above =
            before.machine && [Rule::NoControl, Rule::OnByDefault, Rule::OffByDefault].into_iter().any(|rule| lexicon.says(rule, &plain));
        let disclaimed = before.machine
            && lexicon.has(Concept::Disclaimer, &plain)
            && (lexicon.has(Concept::Generate, &plain) || lexicon.has(Concept::InputsOutputs, &plain))
            && lexicon.says(Rule::Liability, &plain);
        let imitates = self.about_ai && lexicon.has(Concept::Replicate, &plain) && lexicon.says(Rule::ImitatesPeople, &plain);
        let left_out = before.learning && lexicon.says(Rule::LeavesOut, &plain) && !lexicon.has(Concept::OptOut, &plain);
        let seen = ai
            || human_above
            || fixed_above
            || left_out
            || improves_it
            || disclaimed
            || imitates
            || lexicon.has(Concept::Model, &plain) && lexicon.says(Rule::KeepsFromModels, &plain)
            || passage.in_row() && lexicon.has(Concept::Train, &passage.stem) && lexicon.has(Concept::Model, &passage.stem)
            || lexicon.says(Rule::DisclosesMachine, &plain)
            || ai_above
            || algorithm
            || trains_models
            || defined_term
            || scrapes
            || biometric
            || lexicon.has(Concept::AiMade, &plain)
            || lexicon.has(Concept::Recommends, &plain);
        if !seen {
            return None;
        }
        // Names that hold "AI" are blanked out in `plain`, and the platform's own may be one of them.
        let own_name = self.own_name.as_ref().and_then(|name| name.find(passage.text())).map(|found| found.range());
        // What the platform calls itself is "we" where a rule asks who does something.
        let own = self.as_we(passage.text());
        let lead = self.lead(passage);
        let full = if lead.is_empty() { own.into_owned() } else { format!("{lead} {own}") };
        Some(Sight {
            passage,
            lexicon,
            full,
            lead,
            own_name,
            plain,
            ai,
            ai_above,
            algorithm,
            defined_term,
            human_above,
            fixed_above,
            left_out,
            improves_it,
            disclaimed,
            about_ai: self.about_ai,
            imitates,
        })
    }

    /// A text in which the platform is "we" where it calls itself by its name.
    fn as_we<'text>(&self, text: &'text str) -> Cow<'text, str> {
        self.own_name.as_ref().map_or(Cow::Borrowed(text), |name| name.replace_all(text, "we"))
    }

    /// What introduces the list that a sentence belongs to.
    fn lead(&self, passage: &Passage<'_>) -> String {
        let stem = self.as_we(&passage.stem);
        let says_we = self.lexicon.find(Concept::Platform, &self.as_we(passage.text())).is_some_and(|found| found.start == 0);
        if !stem.is_empty() || says_we {
            return stem.into_owned();
        }
        let heading = self.as_we(passage.heading);
        let learns = passage.in_list()
            && self.lexicon.has(Concept::Train, &heading)
            && (self.lexicon.has(Concept::Ai, &heading) || self.lexicon.has(Concept::Model, &heading))
            && !answer::is_question(&heading);
        if learns || self.lexicon.says(Rule::HeadsDenials, &heading) {
            format!("{}:", heading.trim_end_matches(':'))
        } else {
            String::new()
        }
    }

    /// The text with look-alikes of AI blanked out, byte for byte, so that offsets stay right.
    fn without_look_alikes(&self, text: &str) -> String {
        let mut out = text.to_owned();
        let mut staff: Vec<Range<usize>> = self.lexicon.find_all(Concept::StaffTraining, text).collect();
        if !staff.is_empty() {
            // A "training program" trains people, an "AI training program" does not.
            let ai: Vec<usize> = self.lexicon.find_all(Concept::Ai, text).map(|found| found.end).collect();
            let of_ai = |found: &Range<usize>| {
                ai.iter().any(|end| *end < found.start && text[*end..found.start].trim_matches([' ', '-']).is_empty())
            };
            staff.retain(|found| !of_ai(found) && !self.lexicon.says(Rule::AndModels, &text[found.end..]));
        }
        let models = self.lexicon.find_all(Concept::NotAModel, text);
        let names = self.names.iter().flat_map(|names| names.find_iter(text).map(|found| found.range()).collect::<Vec<_>>());
        for range in staff.into_iter().chain(models).chain(names) {
            out.replace_range(range.clone(), &" ".repeat(range.len()));
        }
        out
    }
}
