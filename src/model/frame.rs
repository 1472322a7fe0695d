use super::{Stance, Topic};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// A place in a document: a clause's index and the bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Index into the document's clauses.
    pub clause: u32,
    /// Bytes of the clause's text.
    pub range: Range<usize>,
}

/// A value that was read, and the words that it was read from; `None` where it was inferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot<T> {
    /// The value.
    pub value: T,
    /// The evidence.
    pub span: Option<Span>,
}

/// A sentence about AI, read: who may do what, with whose content, on what condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The sentence.
    pub sentence: Span,
    /// What it is about.
    pub topic: Topic,
    /// The words about AI; `None` where only what introduces the sentence, its heading or the sentence before it names AI.
    pub ai: Option<Span>,
    /// Who acts.
    pub actor: Slot<Actor>,
    /// Who else is named, as one for whom or by whom it is done.
    pub beneficiaries: Vec<Slot<Actor>>,
    /// What is done, in the order of the text, without repeats.
    pub acts: Vec<Slot<Act>>,
    /// With what.
    pub objects: Vec<Slot<Object>>,
    /// With which models and for which purpose; empty where none is named, which means any.
    pub scope: Vec<Slot<Scope>>,
    /// With what force.
    pub modality: Slot<Modality>,
    /// Whether the act is denied or forbidden.
    pub negated: bool,
    /// On what condition.
    pub condition: Slot<Condition>,
    /// What is left out, from the word of exception to the end of the sentence.
    pub exceptions: Vec<Span>,
    /// When it holds; empty where nothing is said of it.
    pub time: Vec<Slot<Time>>,
    /// How far the drafter is bound by it.
    pub binding: Slot<Binding>,
    /// For whom it holds; empty means everybody.
    pub population: Vec<Slot<Population>>,
    /// What narrows a promise or a ban: its loopholes.
    pub limits: Vec<Limit>,
    /// What the clause, alone, says on its topic.
    pub stance: Stance,
    /// Which rule chose the topic.
    pub rule: &'static str,
}

/// A filled slot as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled<'frame> {
    /// The slot, such as `actor` or `scope`.
    pub slot: &'static str,
    /// Its value.
    pub value: String,
    /// The words that filled it; `None` where it was inferred.
    pub span: Option<&'frame Span>,
}

impl Frame {
    /// Every slot that is filled, in the order of [`Frame`].
    #[must_use]
    pub fn filled(&self) -> Vec<Filled<'_>> {
        fn one<'frame, T: fmt::Debug>(slot: &'static str, filled: &'frame Slot<T>) -> Filled<'frame> {
            Filled { slot, value: format!("{:?}", filled.value), span: filled.span.as_ref() }
        }
        let mut out = vec![one("actor", &self.actor)];
        out.extend(self.beneficiaries.iter().map(|filled| one("beneficiary", filled)));
        out.extend(self.acts.iter().map(|filled| one("act", filled)));
        out.extend(self.objects.iter().map(|filled| one("object", filled)));
        out.extend(self.scope.iter().map(|filled| one("scope", filled)));
        out.push(one("modality", &self.modality));
        if self.condition.value != Condition::Unconditional {
            out.push(one("condition", &self.condition));
        }
        out.extend(self.exceptions.iter().map(|span| Filled { slot: "exception", value: "Exception".to_owned(), span: Some(span) }));
        out.extend(self.time.iter().map(|filled| one("time", filled)));
        out.push(one("binding", &self.binding));
        out.extend(self.population.iter().map(|filled| one("population", filled)));
        out
    }
}

/// Who acts in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// The platform itself.
    Platform,
    /// Its parent or affiliates.
    Affiliate,
    /// A vendor that works for the platform.
    Vendor,
    /// A third party for its own purposes.
    ThirdParty,
    /// The user who is bound.
    User,
    /// Nobody is named.
    Unknown,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// Train or fine-tune a model.
    Train,
    /// Develop or improve a model or an AI technology.
    Develop,
    /// Feed to a model: inform, input, prompt, ground.
    Input,
    /// Share, sell or license for AI training.
    Share,
    /// Crawl, scrape or mine.
    Scrape,
    /// Generate content.
    Generate,
    /// Imitate a person's voice or face, or read their biometrics.
    Replicate,
    /// Decide, rank, recommend, moderate or profile by machine.
    Decide,
    /// Build a competing model.
    Compete,
    /// Mark AI content as such.
    Label,
    /// Offer or run an AI feature.
    Operate,
}

/// With what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Object {
    /// What users upload or post.
    UserContent,
    /// Personal data.
    PersonalData,
    /// Voice, face, likeness, biometrics.
    Likeness,
    /// Private messages and calls.
    PrivateMessages,
    /// Prompts and outputs of AI features.
    InputsOutputs,
    /// Public web content.
    PublicWeb,
    /// The platform's own content.
    PlatformContent,
    /// Usage data, aggregated or de-identified data.
    UsageData,
}

/// With which models, or for which purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Models that imitate.
    Imitating,
    /// Models that make a certain kind of output.
    OutputType,
    /// Generative models.
    Generative,
    /// A class of models: foundational, large language, external.
    ModelClass,
    /// Ranking, recommendation, moderation, detection, advertising.
    Operational,
    /// What the service itself needs.
    OwnService,
}

/// When a clause holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Time {
    /// From now on only.
    Prospective,
    /// For what was there before, too.
    Retroactive,
    /// It cannot be undone.
    Irreversible,
    /// Announced, paused or put off.
    Pending,
}

/// How far the drafter is bound by a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Binding {
    /// It grants, promises, forbids or declines.
    Term,
    /// It states what is done or not done.
    Statement,
    /// It sums up what no other clause says.
    Summary,
    /// How far it goes stands in another document.
    Elsewhere,
}

/// For whom a clause holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Population {
    /// People of a plan or with a kind of account.
    Plan,
    /// People of a place.
    Place,
    /// People of an age.
    Age,
}

/// With what force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Modality {
    /// A right: "may", "you grant", "licence".
    Permission,
    /// A statement of what is done or not done.
    Practice,
    /// A promise not to: "will not", "shall not".
    Covenant,
    /// A ban on the user or on others.
    Ban,
    /// A duty.
    Duty,
    /// A disclaimer or a shift of liability.
    Disclaimer,
}

/// On what condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// None in the clause.
    Unconditional,
    /// Only with explicit, affirmative consent.
    OptIn,
    /// Only with consent of no stated form.
    Consent,
    /// Only under a separate agreement.
    Agreement,
    /// Unless the person opts out.
    OptOut,
    /// Legitimate interest, with a right to object.
    LegitimateInterest,
}

/// Words that narrow a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// In which way.
    pub kind: LimitKind,
    /// The words.
    pub span: Span,
}

/// The ways in which a promise is narrower than it sounds (research: loopholes L1 to L24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitKind {
    /// Only models that imitate.
    ImitationOnly,
    /// Only models that make a certain kind of output.
    OutputType,
    /// Only generative models.
    GenerativeOnly,
    /// Only a class of models (foundational, large language, external).
    ModelClass,
    /// Only the platform's own acts.
    ActorOnly,
    /// Consent of no stated form, which may hide in these very terms.
    WeakConsent,
    /// "By default", "generally", "currently".
    Hedge,
    /// Only from now on.
    Prospective,
    /// Only some content or data.
    ObjectOnly,
    /// Exceptions are listed.
    Exception,
    /// Only what the law demands.
    LawDependent,
    /// A statement of practice, not a promise.
    PracticeOnly,
    /// Words of intent: "aim to", "designed to".
    Intent,
    /// De-identified or aggregated data stays open.
    Deidentified,
    /// Content under separate agreements only.
    SeparateAgreement,
    /// People with one kind of account only.
    Plan,
    /// People of one place only.
    Place,
    /// People of one age only.
    Age,
    /// The platform leaves itself, or its own products, out of what it forbids to others.
    SelfExempt,
    /// Something is said not to be what the promise forbids: "does not constitute a sale".
    Redefinition,
    /// How far it goes stands in another document.
    Pointer,
}
