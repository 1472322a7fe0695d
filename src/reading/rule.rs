use serde::Deserialize;

/// How words stand together in a sentence: each is an expression of the language's lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A verb of making, then what it makes: a model, an algorithm, an AI technology; what is made by or with AI is something else.
    DevelopsAi,
    /// "…, including through machine learning": AI is what the improving is done by, with people's data.
    DevelopsThroughAi,
    /// AI is the tool: "we use AI to improve …".
    AiAsTool,
    /// Something is made with AI, and no AI is made: "to enhance your photos, including with the use of AI".
    MadeWithAi,
    /// Data goes to others so that they train.
    PassedOn,
    /// A third party is the subject: it may or may not train.
    OthersTrain,
    /// Owners of content give up their own bans: what others may not forbid is permitted.
    Waives,
    /// The user is the one who trains, with a tool of the service: "you may fine-tune our models".
    UserTrains,
    /// "Learn more about our AI principles here": a sentence that only points elsewhere.
    Pointer,
    /// Rights in what is published are kept, or not given: "we reserve all rights against text and data mining".
    Reserves,
    /// What people are shown is chosen for them: recommendations that "are based on", ranking that "depends on", their "parameters".
    ChoosesForPeople,
    /// A person's voice or face is imitated.
    ImitatesPeople,
    /// Something is done with biometric data; a list of kinds of data does nothing.
    Processes,
    /// A sentence says something of somebody: a teaser ("Work faster with AI") does not.
    Clause,
    /// "Transform your firm with AI", "Get answers faster": an advertisement speaks in imperatives and promises.
    Teaser,
    /// A purpose in a list: "Develop and improve AI technology".
    Purpose,
    /// A verb of learning stands in the sentence.
    Learns,
    /// Principles, regulation and suppliers of AI.
    Governance,
    /// Somebody's age is estimated.
    AgeEstimation,
    /// Something is done with what an AI service gave out.
    ReliesOnOutput,
    /// It is about what people put on the platform, or about them.
    SpeaksOfPeople,
    /// The platform itself trains.
    OwnTraining,
    /// Others train for themselves.
    TheirTraining,
    /// A rule about content: what is allowed, what it must not be.
    ContentRule,
    /// The platform is the subject.
    Drafter,
    /// "…not used for advertising or profiling": a word in a list of what does not happen.
    OnlyDenied,
    /// AI that makes something.
    Produces,
    /// Operational AI: ranking, moderation, recommendation, detection.
    Operates,
    /// A "not" that denies nothing: "not only", "unless", "cannot be identified".
    NoNegation,
    /// A verb of learning, for finding what a negation governs.
    LearningVerb,
    /// A denial that promises, where others state a practice.
    Promise,
    /// A promise that covers private messages or one kind of data only.
    SomeObjects,
    /// A name that holds "AI"; the first group is the word before it.
    NameWithAi,
    /// A prompt or an output of an AI service, by its defined term.
    DefinedTerm,
    /// A review, an appeal or a human in what machines decide.
    Recourse,
    /// A human who looks at what a machine found, promised and not only described.
    HumanReview,
    /// A control or a safeguard: "turn off", "will not be stored", "with your consent".
    Control,
    /// Machines do not decide.
    NotAutomated,
    /// What belongs to people: their data, messages, activity.
    AboutPeople,
    /// How long something is kept at most.
    Retention,
    /// Liability, warranty, accuracy: who answers for what a machine makes.
    Liability,
    /// People's data is collected, shared or worked with.
    UsesData,
    /// Who owns what is generated.
    Ownership,
    /// Uses that harm others: a ban on these takes nothing from anybody.
    Harm,
    /// What the user has to do.
    UserDuty,
    /// A human takes part.
    ByHuman,
    /// Others who receive data.
    OutsideProvider,
    /// Where an exception begins.
    OpensException,
    /// Where a condition begins.
    OpensCondition,
    /// A name that acts: "Tidewave may …"; the first group is the name.
    NameActs,
    /// Words with a capital letter that act and are no name of the platform.
    NoActor,
    /// A term is defined: what it means is no rule.
    Defines,
    /// Words that point back to what was just said: "you can object to this".
    PointsBack,
    /// A verb of banning that may stand behind what it bans: "training … is prohibited".
    BansFromTheRight,
    /// Mining is named: a ban on it is a ban on use for AI.
    NamesMining,
    /// A licence or a right is given.
    GrantsRight,
    /// A licence to people's content: "you grant us a licence to …", "our licence shall be exclusive".
    LicensesContent,
    /// The platform leaves itself out of a ban: "with the exception of our own tools".
    SelfExempt,
    /// Something is said not to be what it looks like: "does not constitute a sale".
    Redefines,
    /// How far it goes stands in another document: "as described in our AI policy".
    PointsElsewhere,
    /// Who does something loses something: "we may close your account if you …".
    Punishes,
    /// Programs of others come to the platform: "AI agents that access the service".
    MachinesCome,
    /// A choice that is not given, or not for this: "the opt-out does not apply to …".
    DeniesChoice,
    /// Silence, or a missing signal, that gives no permission: "does not imply that consent was given".
    ImpliesNoConsent,
    /// The drafter takes a duty on: "we will label …".
    Undertakes,
    /// A heading of what only sums up: "Summary of changes", "In short".
    SumsUp,
    /// Some people only: those of a plan.
    SomePlans,
    /// Some people only: those of a place.
    SomePlaces,
    /// Some people only: those of an age.
    SomeAges,
    /// What was there before is reached too: "regardless of when you posted it".
    Retroactive,
    /// It cannot be undone: "a model cannot unlearn it", "irrevocable".
    Irreversible,
    /// Announced, paused or put off: "we are delaying our plans".
    Pending,
    /// What the service itself needs: "solely to provide the service to you".
    OwnService,
    /// A human who looks, decides or confirms, where machines were spoken of: "confirmed by a moderator".
    HumanDecides,
    /// Others are named beside the platform as those who train: "our own or third parties' models".
    ForOthersToo,
    /// A promise for the platform itself that goes on to others: "will not use it, and will not permit others to".
    NorLetsOthers,
    /// What is made better is the models themselves: "those services and their underlying models".
    OwnModels,
    /// Behind what is learned from: what is not. "The contents of private messages are left out."
    LeavesOut,
    /// A way to keep material from models: "if you want your data to be excluded from our global models, write to us".
    KeepsFromModels,
    /// A ban in the imperative: "Do not post …".
    Forbids,
    /// Data that leaves the place where it was kept.
    LeavesRegion,
    /// Machines take something from people: "accounts are suspended automatically".
    ActsAutomatically,
    /// No other way is left to people.
    Compels,
    /// Material goes to those who make AI: "we license your posts to AI companies".
    GivenToAiFirms,
    /// What is made better was named in the sentence before: "to improve it".
    ImprovesIt,
    /// Handed to others who do it: "license it to third parties for the training of models".
    ForTheirUse,
    /// "If you do not want it to be used for training".
    UsedForTraining,
    /// A model is described, and nothing is trained: "models already trained are not affected".
    TrainedAlready,
    /// A half of a sentence that speaks of somebody else: "it tells us whether …".
    NewSubject,
    /// The document speaks of itself or of its author, and forbids nothing: "This policy applies to …".
    SaysOfItself,
    /// What a machine of the service said is put to use: "use the helper's answers".
    UsesAnswers,
    /// Personal data is kept out of training: "we seek to keep personal data in training sets to a minimum".
    SparesData,
    /// Something else that people choose: advertisements, cookies, letters.
    AboutMarketing,
    /// What a company does: "builds AI audio tools".
    MakesThings,
    /// Words that only tell what is meant: "notes that you do not share".
    OfWhatYouDoNot,
    /// What the service made, by its defined term: "AI-Generated Content".
    OutputTerm,
    /// A ban that holds for some purposes only: "for a commercial purpose".
    NarrowsBan,
    /// What introduces a list of exceptions: "…, except:".
    LeavesFree,
    /// The beginning of a sentence that its list ends: "You must not use it to".
    LeadsIn,
    /// Something is put to use for AI: "use the images for machine learning".
    UsesForAi,
    /// Those who made it have the say: "without the permission of the rights holder".
    OwnersConsent,
    /// Off unless people want it: "only if you switch it on".
    OnlyIfChosen,
    /// The name of a company by its legal form.
    CompanyName,
    /// Nothing happens without people's agreement: "unless you have agreed".
    NeedsConsent,
    /// Those who work for the platform are held off from something: "our providers are prohibited from training on it".
    BindsOthers,
    /// A way out that leads out of less: "but not for photographs".
    LimitsChoice,
    /// A name that is given to an AI feature where it is introduced; the first group that fits is the name.
    NamedByAi,
    /// Without delay: "as soon as the comparison is done".
    AtOnce,
    /// Words that let only some of it in: "that are reported".
    Restricts,
    /// Whose and what for: "your podcasts", "models for speech"; the first group that fits is the thing.
    Belongs,
    /// What cannot be switched off or refused.
    NoControl,
    /// On unless somebody turns it off.
    OnByDefault,
    /// Off until somebody turns it on.
    OffByDefault,
    /// People are told that they speak with a machine.
    DisclosesMachine,
    /// The platform answers for claims of others: "we will defend you".
    Indemnifies,
    /// Machines are held to a measure: "tested for bias before use".
    Audits,
    /// Behind staff that is trained: "train staff and speech models".
    AndModels,
    /// Data that can be tied to a person only.
    Identifiable,
    /// Content that came under a contract of its own.
    SeparatelyLicensed,
    /// A sentence that goes on about what the one before it named: "These features …", "It answers …", "The content that is generated …".
    GoesOn,
    /// Machines look for what is forbidden: "to detect violations", "flags harmful content".
    Polices,
    /// Something is allowed in one way only: "you may only use it for your own needs".
    OnlyPermits,
    /// The user is the one who passes something on.
    UserShares,
    /// Words before "AI" that make no name of it.
    NoName,
    /// A heading that says of its whole list that the platform does not do it: "What we never do".
    HeadsDenials,
    /// An answer that denies: "No.", "Never, unless you agree".
    AnswersNo,
    /// An answer that affirms: "Yes.", "Only if you want it".
    AnswersYes,
    /// A question about what those who read it may do: "Can I …?"
    AsksForUsers,
    /// A question about what belongs to those who read it: "Is my music …?"
    AsksOfMine,
}

impl Rule {
    /// Every rule, in the order of the lexicons.
    #[cfg(test)]
    pub(super) const ALL: &'static [Self] = &[
        Self::DevelopsAi,
        Self::DevelopsThroughAi,
        Self::AiAsTool,
        Self::MadeWithAi,
        Self::PassedOn,
        Self::OthersTrain,
        Self::Waives,
        Self::UserTrains,
        Self::Pointer,
        Self::Reserves,
        Self::ChoosesForPeople,
        Self::ImitatesPeople,
        Self::Processes,
        Self::Clause,
        Self::Teaser,
        Self::Purpose,
        Self::Learns,
        Self::Governance,
        Self::AgeEstimation,
        Self::ReliesOnOutput,
        Self::SpeaksOfPeople,
        Self::OwnTraining,
        Self::TheirTraining,
        Self::ContentRule,
        Self::Drafter,
        Self::OnlyDenied,
        Self::Produces,
        Self::Operates,
        Self::NoNegation,
        Self::LearningVerb,
        Self::Promise,
        Self::SomeObjects,
        Self::NameWithAi,
        Self::DefinedTerm,
        Self::Recourse,
        Self::HumanReview,
        Self::Control,
        Self::NotAutomated,
        Self::AboutPeople,
        Self::Retention,
        Self::Liability,
        Self::UsesData,
        Self::Ownership,
        Self::Harm,
        Self::UserDuty,
        Self::ByHuman,
        Self::OutsideProvider,
        Self::OpensException,
        Self::OpensCondition,
        Self::NameActs,
        Self::NoActor,
        Self::Defines,
        Self::PointsBack,
        Self::BansFromTheRight,
        Self::NamesMining,
        Self::GrantsRight,
        Self::LicensesContent,
        Self::SelfExempt,
        Self::Redefines,
        Self::PointsElsewhere,
        Self::Punishes,
        Self::MachinesCome,
        Self::DeniesChoice,
        Self::ImpliesNoConsent,
        Self::Undertakes,
        Self::SumsUp,
        Self::SomePlans,
        Self::SomePlaces,
        Self::SomeAges,
        Self::Retroactive,
        Self::Irreversible,
        Self::Pending,
        Self::OwnService,
        Self::HumanDecides,
        Self::ForOthersToo,
        Self::NorLetsOthers,
        Self::OwnModels,
        Self::LeavesOut,
        Self::KeepsFromModels,
        Self::Forbids,
        Self::LeavesRegion,
        Self::ActsAutomatically,
        Self::Compels,
        Self::GivenToAiFirms,
        Self::ImprovesIt,
        Self::ForTheirUse,
        Self::UsedForTraining,
        Self::TrainedAlready,
        Self::NewSubject,
        Self::SaysOfItself,
        Self::UsesAnswers,
        Self::SparesData,
        Self::AboutMarketing,
        Self::MakesThings,
        Self::OfWhatYouDoNot,
        Self::OutputTerm,
        Self::NarrowsBan,
        Self::LeavesFree,
        Self::LeadsIn,
        Self::UsesForAi,
        Self::OwnersConsent,
        Self::OnlyIfChosen,
        Self::CompanyName,
        Self::NeedsConsent,
        Self::BindsOthers,
        Self::LimitsChoice,
        Self::NamedByAi,
        Self::AtOnce,
        Self::Restricts,
        Self::Belongs,
        Self::NoControl,
        Self::OnByDefault,
        Self::OffByDefault,
        Self::DisclosesMachine,
        Self::Indemnifies,
        Self::Audits,
        Self::AndModels,
        Self::Identifiable,
        Self::SeparatelyLicensed,
        Self::GoesOn,
        Self::Polices,
        Self::OnlyPermits,
        Self::UserShares,
        Self::NoName,
        Self::HeadsDenials,
        Self::AnswersNo,
        Self::AnswersYes,
        Self::AsksForUsers,
        Self::AsksOfMine,
    ];
}
