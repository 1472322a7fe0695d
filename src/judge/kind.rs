/// The finer kind of an event: what happened to the meaning of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A right to train appeared.
    PermissionIntroduced,
    /// A right to train appeared, with a way to say no.
    PermissionWithOptOutIntroduced,
    /// Only a way to say no appeared: it shows a practice that the document had not named.
    ImpliedPermission,
    /// Others get content or data for their own training.
    ThirdPartySharingAdded,
    /// A right to train is gone, and no other says the same.
    PermissionRemoved,
    /// A right to train is tied to people’s choice.
    PermissionLimited,
    /// A promise not to train appeared.
    ProhibitionIntroduced,
    /// A promise not to train is gone.
    ProhibitionRemoved,
    /// A promise not to train became a right to do so.
    ProhibitionTurnedIntoPermission,
    /// A promise covers more.
    ProhibitionStrengthened,
    /// A promise covers less.
    ProhibitionWeakened,
    /// A pause or a delay of training has ended.
    DelayLifted,
    /// People have less say.
    ConsentWeakened,
    /// Consent took the place of a legitimate interest, or the other way round.
    LegalBasisChanged,
    /// A way to say no to what was allowed before.
    ChoiceIntroduced,
    /// More ways to say no.
    ControlExtended,
    /// Fewer ways to say no.
    ControlNarrowed,
    /// An exception grew.
    ExceptionWidened,
    /// An exception shrank.
    ExceptionNarrowed,
    /// A right to train reaches further.
    ScopeWidened,
    /// A right to train reaches less far.
    ScopeNarrowed,
    /// A promise or a right names more companies.
    ActorAdded,
    /// A promise or a right names fewer companies.
    ActorDropped,
    /// A promise or a right holds for other plans, places or ages.
    TierMoved,
    /// What a promise covers is called by another name.
    Redefinition,
    /// How far it goes stands in another document now.
    PointerMoved,
    /// A right to train reaches what was there before.
    Retroactive,
    /// A right to train says that it cannot be undone.
    Irreversible,
    /// A ban on others’ scraping or training appeared.
    UserRestrictionAdded,
    /// A ban on others covers more.
    UserRestrictionExtended,
    /// A ban on others covers less.
    UserRestrictionNarrowed,
    /// A ban on others is gone.
    UserRestrictionRemoved,
    /// The platform left itself out of what it forbids to others.
    SelfExemption,
    /// Machines may collect content.
    PermissionToScrape,
    /// A rule about faces, voices or likeness.
    LikenessRule,
    /// A rule about content that AI made.
    ContentRule,
    /// A review, an appeal or a human in what machines decide.
    RecourseAdded,
    /// Such a recourse is gone.
    RecourseRemoved,
    /// A use of automated systems is described.
    OperationalAiDisclosed,
    /// It is described no longer.
    OperationalAiNoLongerDescribed,
    /// Who owns what AI features make.
    OutputOwnership,
    /// A right in what people put into AI features or these make.
    OutputLicence,
    /// What people may not do with AI features or their output.
    OutputRestriction,
    /// Responsibility for AI features is declined or moved.
    DisclaimerAdded,
    /// Such a disclaimer is gone.
    DisclaimerRemoved,
    /// The platform answers for claims about what AI features make.
    IndemnityAdded,
    /// It answers for less.
    IndemnityRemoved,
    /// A control or a safeguard over an AI feature.
    ControlAdded,
    /// Such a control is gone.
    ControlRemoved,
    /// A duty of those who use AI features.
    UserDuty,
    /// An AI feature that works with people’s data.
    FeatureWithData,
    /// An AI feature.
    FeatureDescribed,
    /// It is described no longer.
    FeatureNoLongerDescribed,
    /// More about outside AI providers that receive data.
    VendorDisclosed,
    /// A use that involves AI needs consent.
    ConsentRequired,
    /// Any other clause about AI.
    ClauseAboutAi,
    /// Other words; the effect seems the same.
    Reworded,
}

impl Kind {
    /// Whether it is no news: other words for the same, or a use of machines that is described no longer, which takes nothing from anybody.
    pub(super) fn is_silent(self) -> bool {
        matches!(self, Self::Reworded | Self::OperationalAiNoLongerDescribed | Self::FeatureNoLongerDescribed)
    }

    /// The word that JSON, webhooks and `--explain` show.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::PermissionIntroduced => "permission-introduced",
            Self::PermissionWithOptOutIntroduced => "permission-with-opt-out-introduced",
            Self::ImpliedPermission => "implied-permission",
            Self::ThirdPartySharingAdded => "third-party-sharing-added",
            Self::PermissionRemoved => "permission-removed",
            Self::PermissionLimited => "permission-limited",
            Self::ProhibitionIntroduced => "prohibition-introduced",
            Self::ProhibitionRemoved => "prohibition-removed",
            Self::ProhibitionTurnedIntoPermission => "prohibition-turned-into-permission",
            Self::ProhibitionStrengthened => "prohibition-strengthened",
            Self::ProhibitionWeakened => "prohibition-weakened",
            Self::DelayLifted => "delay-lifted",
            Self::ConsentWeakened => "consent-weakened",
            Self::LegalBasisChanged => "legal-basis-changed",
            Self::ChoiceIntroduced => "choice-introduced",
            Self::ControlExtended => "control-extended",
            Self::ControlNarrowed => "control-narrowed",
            Self::ExceptionWidened => "exception-widened",
            Self::ExceptionNarrowed => "exception-narrowed",
            Self::ScopeWidened => "scope-widened",
            Self::ScopeNarrowed => "scope-narrowed",
            Self::ActorAdded => "actor-added",
            Self::ActorDropped => "actor-dropped",
            Self::TierMoved => "tier-moved",
            Self::Redefinition => "redefinition",
            Self::PointerMoved => "pointer-moved",
            Self::Retroactive => "retroactive",
            Self::Irreversible => "irreversible",
            Self::UserRestrictionAdded => "user-restriction-added",
            Self::UserRestrictionExtended => "user-restriction-extended",
            Self::UserRestrictionNarrowed => "user-restriction-narrowed",
            Self::UserRestrictionRemoved => "user-restriction-removed",
            Self::SelfExemption => "self-exemption",
            Self::PermissionToScrape => "permission-to-scrape",
            Self::LikenessRule => "likeness-rule",
            Self::ContentRule => "content-rule",
            Self::RecourseAdded => "recourse-added",
            Self::RecourseRemoved => "recourse-removed",
            Self::OperationalAiDisclosed => "operational-ai-disclosed",
            Self::OperationalAiNoLongerDescribed => "operational-ai-no-longer-described",
            Self::OutputOwnership => "output-ownership",
            Self::OutputLicence => "output-licence",
            Self::OutputRestriction => "output-restriction",
            Self::DisclaimerAdded => "disclaimer-added",
            Self::DisclaimerRemoved => "disclaimer-removed",
            Self::IndemnityAdded => "indemnity-added",
            Self::IndemnityRemoved => "indemnity-removed",
            Self::ControlAdded => "control-added",
            Self::ControlRemoved => "control-removed",
            Self::UserDuty => "user-duty",
            Self::FeatureWithData => "feature-with-data",
            Self::FeatureDescribed => "feature-described",
            Self::FeatureNoLongerDescribed => "feature-no-longer-described",
            Self::VendorDisclosed => "vendor-disclosed",
            Self::ConsentRequired => "consent-required",
            Self::ClauseAboutAi => "clause-about-ai",
            Self::Reworded => "reworded",
        }
    }
}
