use super::lexicon::Concept as C;
use super::reader::Sight;
use crate::model::Topic;
use regex::Regex;
use std::sync::LazyLock;

#[expect(clippy::expect_used, reason = "constant patterns; the tests run them")]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a valid pattern")
}

/// A verb of making, then what it makes: a model, an algorithm, an AI technology.
static DEVELOPS_AI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:develop|improv|enhanc|build|creat|refin|optimi[sz]|evaluat|test|advanc|adapt|validat)\w*\b[^.;]{0,90}?\b(?:(?-i:AI|ML|LLMs?|GenAI)\b|artificial intelligence|machine[ -]learning|(?:generative|language|predictive|statistical|foundation\w*|algorithmic|learning)\b[^.;]{0,30}\bmodels?|models\b|algorithms?\b|recommend(?:ation|er) (?:systems?|algorithms?|engines?)|(?:speech|image|voice|face|facial) recognition)",
    )
});

/// "…, including through machine learning": AI is what the improving is done by, with people's data.
static DEVELOPS_THROUGH_AI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:develop|improv|train|enhanc|adapt)\w*\b[^;]{0,160}?\b(?:including|such as)?\s*(?:through|via|by means of)\s+(?:the |our |use |of |using )*(?:(?-i:AI)\b|artificial intelligence|machine learning)",
    )
});

/// AI is the tool: "we use AI to improve …".
static AI_AS_TOOL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:us(?:e|es|ing|ed)|leverag\w+|with the (?:help|assistance|aid|use) of|by means of|powered by|employ\w*|utili[sz]\w+|rely on|through)\b[^.;]{0,40}?\b(?:(?-i:AI|A\.I\.)|artificial intelligence|machine[ -]learning|algorithms?|automated)[^.;]{0,60}?\b(?:to|for|in order to)\b",
    )
});

/// A third party is the one who trains, or the one for whom data is passed on.
static OTHERS_TRAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:shar(?:e|es|ed|ing)|sell|sold|selling|licens(?:e|es|ed|ing)|disclos\w+|provid(?:e|es|ed|ing)|transfer\w*|mak(?:e|es|ing) available|allow|permit|enabl(?:e|es|ing))\b[^.;]{0,80}?\b(?:third[- ]part\w+|partners?|affiliates?|others|vendors?|providers?|compan(?:y|ies)|parent|(?-i:[A-Z]\w+))\b[^.;]{0,140}?\b(?:train|fine-tun|improv|develop)\w*|\b(?:they|third[- ]part(?:y|ies)(?: \w+){0,4}|(?:our )?(?:service providers|vendors|partners|affiliates|sub-?processors|providers))\b (?:do|does|will|shall|may|can|must|are|is|cannot)(?: \w+){0,6}? (?:us(?:e|es|ed|ing)|train)\b|\bso that (?-i:[A-Z]\w+) can\b[^.;]{0,60}\b(?:train|improve|develop)|\b(?:provider|vendor|processor|affiliate|partner)s?\b[^.;]{0,60}?\b(?:not to use|obligation not to|may use|may only use)\b",
    )
});

static CONTEXT_OF_LEARNING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:train|learn|fine-tun|pre-train|finetun|distil)\w*"));

static GOVERNANCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:principles?|standards?|governance|(?-i:AI) Act|responsible (?-i:AI)|ethic\w*|compliance|regulat\w+|sub-?processors?|vendors?|(?:tool|service|technology|model|solution|feature) (?:providers?|partners)|third[- ]party (?-i:AI)|third[- ]party services)\b",
    )
});

static AGE_ESTIMATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:age (?:estimat|inferr|predict|assurance|determin)\w*|determine if you are (?:likely )?(?:over|under)|likely (?:over|under) \d+)",
    )
});

static RELIES_ON_OUTPUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:outputs?|results?|content|responses?|generations?|completions?) (?:from|of|generated|produced|created|by)\b|\b(?:using|use|with|from) (?:the |any |our |such )?(?:outputs?|ai-generated content|generated content|responses?)\b",
    )
});

/// The topics that a sentence is about, each with the rule that chose it; the order of the rules is their precedence.
pub(super) fn choose(sight: &Sight<'_, '_>) -> Vec<(Topic, &'static str)> {
    if sight.passage.text().split_whitespace().count() < 4 && !sight.ai {
        return Vec::new();
    }
    let bound = is_bound(sight);
    if let Some(found) = learning(sight, bound) {
        return found;
    }
    let one = |topic, rule| vec![(topic, rule)];
    if sight.has(C::HardScrape) && (bound || sight.has_in_full(C::Ban) || sight.has_above(C::YouBan)) {
        return one(Topic::Scraping, "scraping-ban");
    }
    if sight.has(C::HardScrape) && sight.has(C::Permission) && sight.has(C::PublicWeb) {
        return one(Topic::Scraping, "scraping-permission");
    }
    if AGE_ESTIMATION.is_match(&sight.plain) && (sight.ai || sight.algorithm || sight.has(C::Biometric)) {
        return one(if sight.has(C::Biometric) { Topic::Likeness } else { Topic::AutomatedDecisions }, "age-estimation");
    }
    if sight.has(C::Biometric) && (sight.has(C::Replicate) || sight.has(C::Likeness)) {
        let about_people = sight.ai || bound || sight.has(C::PersonalData) || sight.lexicon.has(C::Biometric, &sight.plain);
        if about_people && (!sight.has(C::AiMade) || sight.has(C::Replicate) && bound) {
            return one(Topic::Likeness, "likeness");
        }
    }
    if sight.has(C::AiMade)
        && (bound || sight.has(C::Duty) || sight.has(C::Label))
        && !sight.has(C::Disclaimer)
        && (sight.has(C::Post) || sight.has(C::Label))
    {
        return one(Topic::Conduct, "ai-content-rule");
    }
    if sight.algorithm && !sight.ai || decides(sight) {
        return if sight.has(C::Decide) || sight.has(C::LegalEffect) {
            one(Topic::AutomatedDecisions, "operational-ai")
        } else {
            Vec::new()
        };
    }
    if !(sight.ai || sight.ai_above || sight.defined_term) {
        return Vec::new();
    }
    about_features(sight, bound)
}

fn about_features(sight: &Sight<'_, '_>, bound: bool) -> Vec<(Topic, &'static str)> {
    let one = |topic, rule| vec![(topic, rule)];
    if GOVERNANCE.is_match(&sight.plain) && sight.ai && !sight.has(C::Disclaimer) && !sight.has(C::Generate) {
        return one(Topic::Other, "ai-governance");
    }
    if sight.ai && bound && sight.has(C::Post) && !sight.has(C::InputsOutputs) && sight.has(C::PersonProtected) {
        return one(Topic::Conduct, "ai-conduct");
    }
    if sight.has(C::Disclaimer) {
        return one(Topic::Outputs, "output-disclaimer");
    }
    one(Topic::Outputs, if bound { "output-ban" } else { "ai-feature" })
}

/// Training, developing and feeding models.
fn learning(sight: &Sight<'_, '_>, bound: bool) -> Option<Vec<(Topic, &'static str)>> {
    let text = &sight.plain;
    let trains = CONTEXT_OF_LEARNING.is_match(text) && (sight.ai || sight.has(C::Model)) && sight.has(C::Train);
    let develops = DEVELOPS_AI.is_match(text) && !AI_AS_TOOL.is_match(text) || DEVELOPS_THROUGH_AI.is_match(text);
    let feeds = sight.ai && sight.has(C::Input) && sight.has(C::UserContent) && (sight.has(C::Permission) || sight.has(C::CovenantNot));
    if !(trains || develops || feeds) {
        return None;
    }
    if bound {
        let with_outputs = sight.has(C::InputsOutputs) && RELIES_ON_OUTPUT.is_match(text);
        return Some(vec![if with_outputs {
            (Topic::Outputs, "ban-on-training-with-outputs")
        } else {
            (Topic::Scraping, "ban-on-training")
        }]);
    }
    let material = sight.has(C::UserContent)
        || sight.has(C::PersonalData)
        || sight.has(C::Messages)
        || sight.has(C::UsageData)
        || sight.has(C::PublicWeb)
        || sight.has(C::InputsOutputs)
        || sight.has(C::Likeness);
    if !trains
        && !feeds
        && !material
        && !sight.lexicon.has(C::PersonalData, &sight.full)
        && !sight.lexicon.has(C::UserContent, &sight.full)
        && !sight.has(C::Platform)
    {
        return None;
    }
    if OTHERS_TRAIN.is_match(text) && !is_own(sight) {
        return Some(vec![(Topic::TrainingSharing, "training-by-others")]);
    }
    let rule = if trains {
        "training"
    } else if feeds {
        "input-to-models"
    } else {
        "developing-models"
    };
    Some(vec![(Topic::Training, rule)])
}

/// The sentence says what the platform itself does ("to train our models").
fn is_own(sight: &Sight<'_, '_>) -> bool {
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:we|us)\b[^.;]{0,80}\b(?:train|improve|develop)\w*\b[^.;]{0,60}\b(?:our|models?|algorithms?)\b|\btrain\w*[^.;]{0,40}\bour\b",
        )
    });
    static THEY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\btheir (?:own )?(?:\w+ ){0,3}(?:models?|algorithms?|purposes|training)|\b(?:permit|allow|enable) (?:any )?(?:others|third)",
        )
    });
    OWN.is_match(&sight.plain) && !THEY.is_match(&sight.plain)
}

/// Whether the user or others are the ones who are bound.
pub(super) fn is_bound(sight: &Sight<'_, '_>) -> bool {
    static DRAFTER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:we|us|our (?:service )?(?:company|team|partners|vendors|providers))\b (?:also |further |expressly )?(?:will|shall|do|does|may|must|can|would|are|is)\b|\b(?:we|our)\b[^.;]{0,30}\b(?:won't|don't|never)\b",
        )
    });
    let own = sight.has(C::YouBan) || (sight.has(C::Ban) && sight.has(C::User));
    if own && !DRAFTER.is_match(&sight.plain) {
        return true;
    }
    let lead = &sight.passage.stem;
    if !lead.is_empty()
        && sight.lexicon.has(C::YouBan, lead)
        && !sight.lexicon.has(C::Permission, sight.passage.text().get(..12).unwrap_or_default())
    {
        return true;
    }
    let heading_bans = sight.lexicon.has(C::YouBan, sight.passage.heading);
    (heading_bans && !sight.lexicon.has(C::Platform, &sight.plain) && !DRAFTER.is_match(&sight.plain))
        || (own && sight.has(C::PlatformContent) && !DRAFTER.is_match(&sight.plain))
}

/// Operational AI: ranking, moderation, recommendation, detection.
fn decides(sight: &Sight<'_, '_>) -> bool {
    static OPERATES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:automated (?:individual )?decision|profiling|rank(?:s|ed|ing)?\b|recommend(?:s|ed|ations?|er)?\b|moderat\w+|detect\w*|flag(?:s|ged|ging)?\b|fraud\w*|personali[sz]\w+|curat\w+|scam\w*|spam|block(?:s|ed|ing)?\b|identif(?:y|ies|ied|ying)|classif\w+|enforce\w*|safety|abuse|violat\w+|targeted|advertis\w+|\bads\b|infer(?:s|red|ences?)?\b|predict\w*|decisions?\b|match(?:es|ing)\b|review(?:s|ed|ing)?\b|analy[sz]\w*|appeal\w*|verif\w+|estimat\w+|filter\w*|scan\w*|screen(?:s|ing)\b|insights?)",
        )
    });
    static PRODUCES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:generat\w+|outputs?|prompts?|chatbots?|chat ?bots?|assistants?|responses?|summar\w+|translat\w+|transcri\w+|(?-i:AI)[- ](?:features?|assistants?|powered features?|services?)|image|text|create)\b",
        )
    });
    (sight.ai || sight.algorithm) && OPERATES.is_match(&sight.plain) && !PRODUCES.is_match(&sight.plain)
}
