use super::lexicon::{Concept as C, pattern};
use super::reader::Sight;
use crate::model::Topic;
use regex::Regex;
use std::sync::LazyLock;

/// A verb of making, then what it makes: a model, an algorithm, an AI technology; what is made by or with AI is something else.
static DEVELOPS_AI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:develop|improv|enhanc|build|refin|optimi[sz]|evaluat|test|advanc|adapt|validat)\w*|creat(?:e|es|ing))\b(?:[^.;]{0,90}[^.;\w-])?(?:(?-i:AI|ML|GenAI|AI/ML)(?:[ -](?:models?|systems?|technolog\w+|algorithms?|capabilit\w+|solutions?|products?|and machine|or machine|and (?-i:ML))|[,.;)]|$)|(?:artificial intelligence|machine[ -]learning)(?: \([^)]*\))?(?:(?: and| or|,)? (?:machine[ -]learning|artificial intelligence|models?|systems?|technolog\w+|algorithms?|capabilit\w+|solutions?|tools?)|[,.;)]|$)|(?:generative|language|predictive|statistical|foundation\w*|algorithmic|learning|basic|data)\b[^.;]{0,30}\bmodels?|(?:our|its|their|these|such|the|those|new) (?:\w+ ){0,3}(?:models|algorithms?)\b|recommend(?:ation|er) (?:systems?|algorithms?|engines?)|(?:speech|image|voice|face|facial) recognition technolog\w+)",
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

/// Data goes to others so that they train.
static PASSED_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:shar(?:e|es|ed|ing)|sell|sold|selling|licens(?:e|es|ed|ing)|disclos\w+|transfer\w*|mak(?:e|es|ing) (?:\w+ ){0,4}available|made available|permit|allow|enabl(?:e|es|ing))\b[^.;]{0,90}?\b(?:third[- ]part\w+|partners?|affiliates?|others|vendors?|compan(?:y|ies)|parent|model providers?|(?:with|to) (?-i:[A-Z]\w+))\b[^.;]{0,220}?\b(?:train|fine-tun|improv\w+ (?:\w+ )*(?-i:AI)|develop\w* (?:\w+ )*(?-i:AI))\w*",
    )
});

/// A third party is the subject: it may or may not train.
static OTHERS_TRAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\W|in case |where )*\b(?:they|(?:our |these |such )?(?:third[- ]part(?:y|ies)(?: \w+){0,4}|service providers|vendors|partners|affiliates|sub-?processors|providers))\b,? (?:do|does|will|shall|may|can|must|are|is|cannot)(?: \w+){0,6}? (?:us(?:e|es|ed|ing)|train)\b|\bso that (?:it|they|(?-i:[A-Z]\w+)) can\b[^.;]{0,60}\b(?:train|improve|develop)|\b(?:providers?|vendors?|processors?|affiliates?|partners?|third part(?:y|ies))\b[^.;]{0,60}?\b(?:not to use|obligation not to|may (?:only )?use|from using)\b",
    )
});

/// Owners of content give up their own bans: what others may not forbid is permitted.
static WAIVES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bwaive\w*\b[^.;]{0,200}\b(?:prohibit|restrict|access|scrap|crawl|train|publicly|datasets?)\w*|\bnot to (?:impose|take|use)\b[^.;]{0,80}\b(?:measures|restrict)\w*[^.;]{0,60}\b(?:access|crawl|scrap)\w*",
    )
});

/// The user is the one who trains, with a tool of the service: "you may fine-tune our models".
static USER_TRAINS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:you|customers?|users?|licensees?|developers?)\b (?:may|can|will|are (?:able|permitted|allowed) to|choose to|wish to|to)? ?(?:use and |access and |use, )?(?:fine-tune|train|distill?)\b|\b(?:grants?|permits?|allows?|enables?|provide) you\b[^.;]{0,160}\b(?:fine-tun|train|distil)\w*[^.;]{0,40}\bmodels?\b|\bfine-tuned (?:or distilled )?(?:versions?|models?)\b",
    )
});

/// "Learn more about our AI principles here": a sentence that only points elsewhere.
static POINTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:you can |to )?(?:learn|read|find out|see) more\b|for (?:more |further )?information\b|(?:please )?(?:see|refer to|visit|consult|check)\b (?:our|the|this|your)\b|you (?:can|may) (?:review|read|find|learn)\b[^.;]{0,80}\b(?:here|page|centre|center|principles|article|faq|site)\b|more information (?:about|on)\b)",
    )
});

/// A list's introduction that says nothing alone: "For example, we may use AI to:".
fn is_lead_in(text: &str) -> bool {
    text.trim_end().ends_with(':') && text.split_whitespace().count() <= 12
}

/// Rights in what is published are kept, or not given: "we reserve all rights against text and data mining".
static RESERVES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:reserv\w*|withhold\w*|retain\w*)\b[^.;]{0,160}\b(?:text[ -]and[ -]data[ -]mining|text or data mining|data[ -]mining|(?-i:TDM)|(?:(?-i:AI)|model|machine[ -]learning)[ -]training|train\w*[^.;]{0,40}\b(?:models?|(?-i:AI))|scrap\w*|crawl\w*)\b|\b(?:do|does|shall|will|should|can) ?not (?:be (?:construed|deemed|read|taken|understood) (?:as|to) )?(?:grant\w*|giv\w*|confer\w*|extend|include|imply|constitute|amount)\b[^.;]{0,120}\b(?:text[ -]and[ -]data[ -]mining|text or data mining|data[ -]mining|(?-i:TDM)|(?-i:AI)[ -]training|scrap\w*|crawl\w*)\b",
    )
});

/// What people are shown is chosen for them: recommendations that "are based on", ranking that "depends on", their "parameters".
static CHOOSES_FOR_PEOPLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:recommend(?:ations?|ed)|suggest(?:ions?|ed)|personali[sz]ed (?:\w+ ){0,2}(?:content|recommendations?|feeds?|results?|suggestions?)|rank(?:ing|ed)|search results|(?:content|posts|results|jobs|tracks|videos|products|listings) (?:that (?:is|are) |which (?:is|are) |we )?(?:show|shown|display|displayed|see|recommend|recommended|presented|ordered))\b[^.;]{0,80}?\b(?:(?:is|are|be) (?:\w+ ){0,2}(?:based|determined|influenced|driven|chosen|selected|ordered|made)|depends? on|takes? (?:\w+ )?(?:into account|account of)|(?:main |numerous |several |following )?(?:parameters|factors|signals|criteria))\b",
    )
});

/// A person's voice or face is imitated.
static IMITATES_PEOPLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:imitat|clon|replicat|mimic|impersonat|reproduc|recreat|synthesi[sz]|simulat)\w*\b[^.;]{0,60}?\b(?:your|their|his|her|person's|people's|someone's|else's|another's|others'|artist's|individual's|of (?:a|any|another|other|real) \w+)\b[^.;]{0,30}\b(?:voices?|faces?|likeness\w*|identit\w+)|\b(?:voices?|faces?|likeness\w*)\b of (?:a|an|any|another|other|real)\b[^.;]{0,60}\b(?:without|consent)",
    )
});

/// Something is done with biometric data; a list of kinds of data does nothing.
static PROCESSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:collect|process|us(?:e|es|ed|ing)\b|analy[sz]|scan|compar|match|verif|identif|recogni[sz]|estimat|delet|retain|stor(?:e|ed|ing)\b|creat|extract|detect|clon|enabl)\w*",
    )
});

/// A sentence says something of somebody: a teaser ("Work faster with AI") does not.
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:may|can|could|will|would|shall|must|should|cannot|is|are|was|were|be|been|do|does|don't|doesn't|has|have|had|use|uses|using|process(?:es)?|provides?|collects?|appl(?:y|ies)|includes?|including|helps?|allows?|agree|means|refers?|prohibited|you|we|us|our)\b",
    )
});

/// "Transform your firm with AI", "Get answers faster": an advertisement speaks in imperatives and promises.
static TEASER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[A-Z]\w+ ){0,4}(?:transform|discover|unlock|find|get|explore|boost|accelerate|automate|deliver|streamline|integrate|expedite|complete|turn|scale|eliminate|meet|try|learn|see|save|drive|simplify|empower|reimagine|supercharge|standardi[sz]e|move|detect) (?:[^.]*)\b(?:with|using|by|through|that's|faster|powered)\b",
    )
});

/// A purpose in a list: "Develop and improve AI technology".
static PURPOSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:\W|and |or |to |for |in order to )*(?:develop|improv|train|build|enhanc|creat|fine-tun|pre-train|provid)\w*")
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
    let words = sight.passage.text().split_whitespace().count();
    if words < 4 || (!sight.ai && !sight.algorithm && words < 6) {
        return Vec::new();
    }
    let bound = is_bound(sight);
    let learns = sight.has(C::Train) || sight.has(C::HardScrape);
    if !learns && !bound && (POINTER.is_match(&sight.plain) || is_lead_in(&sight.plain)) {
        return Vec::new();
    }
    if !bound && sight.passage.stem.is_empty() && (!CLAUSE.is_match(&sight.plain) || TEASER.is_match(&sight.plain)) && !sight.has(C::Train)
    {
        return Vec::new();
    }
    if WAIVES.is_match(&sight.plain) {
        return vec![(Topic::Scraping, "waiver-of-bans")];
    }
    if reserves(sight) {
        return vec![(Topic::Scraping, "reservation-of-rights")];
    }
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
    let imitates = IMITATES_PEOPLE.is_match(&sight.plain) && (sight.ai || bound);
    if imitates || (sight.has(C::Biometric) && PROCESSES.is_match(&sight.plain)) {
        return one(Topic::Likeness, "likeness");
    }
    if sight.has(C::AiMade)
        && (bound || sight.has(C::Duty) || sight.has(C::Label) || about_posts(sight))
        && !(sight.has(C::Disclaimer) && !sight.has(C::PersonProtected))
        && (sight.has(C::Post) || sight.has(C::Label) || rule_about_content(sight, bound))
    {
        return one(Topic::Conduct, "ai-content-rule");
    }
    if (sight.ai || sight.algorithm) && sight.has(C::LegalEffect) && !sight.has(C::Disclaimer) {
        return one(Topic::AutomatedDecisions, "recourse");
    }
    if sight.ai && bound && sight.has(C::Post) && !sight.has(C::InputsOutputs) {
        return one(Topic::Conduct, "ai-conduct");
    }
    if sight.algorithm && !sight.ai || decides(sight) {
        return if (sight.has(C::Decide) || sight.has(C::LegalEffect)) && !only_denied(sight) {
            one(Topic::AutomatedDecisions, "operational-ai")
        } else {
            Vec::new()
        };
    }
    if CHOOSES_FOR_PEOPLE.is_match(&sight.plain) && !bound {
        return one(Topic::AutomatedDecisions, "parameters-of-recommendations");
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
    let as_tool = sight.ai && !bound && AI_AS_TOOL.is_match(&sight.plain) && !PRODUCES.is_match(&sight.plain);
    if as_tool && sight.has(C::Platform) && !sight.has(C::CovenantNot) {
        return one(Topic::AutomatedDecisions, "ai-as-tool");
    }
    if sight.has(C::Disclaimer) {
        return one(Topic::Outputs, "output-disclaimer");
    }
    if as_tool {
        return one(Topic::AutomatedDecisions, "ai-as-tool");
    }
    if !sight.ai && !sight.defined_term && !says_something(sight) {
        return Vec::new();
    }
    one(Topic::Outputs, if bound { "output-ban" } else { "ai-feature" })
}

/// Training, developing and feeding models.
fn learning(sight: &Sight<'_, '_>, bound: bool) -> Option<Vec<(Topic, &'static str)>> {
    let text = &sight.plain;
    let trains = CONTEXT_OF_LEARNING.is_match(text) && (sight.ai || sight.has(C::Model)) && sight.has(C::Train);
    let develops = DEVELOPS_AI.is_match(text) && !AI_AS_TOOL.is_match(text) || DEVELOPS_THROUGH_AI.is_match(text);
    let material_named = sight.has(C::UserContent) || sight.has(C::PersonalData) || sight.has(C::Messages) || sight.has(C::PublicWeb);
    let feeds = sight.ai
        && sight.has(C::Input)
        && material_named
        && (sight.has(C::Permission) || sight.has(C::CovenantNot) || sight.has(C::SourceFor));
    if !(trains || develops || feeds) {
        return None;
    }
    if !bound && OTHERS_TRAIN.is_match(text) && !is_own(sight) {
        return Some(vec![(Topic::TrainingSharing, "training-by-others")]);
    }
    if USER_TRAINS.is_match(text) && !bound {
        return Some(vec![(Topic::Outputs, "training-by-the-user")]);
    }
    if bound {
        let with_outputs = sight.has(C::InputsOutputs) && RELIES_ON_OUTPUT.is_match(text);
        return Some(vec![if with_outputs {
            (Topic::Outputs, "ban-on-training-with-outputs")
        } else {
            (Topic::Scraping, "ban-on-training")
        }]);
    }
    let forbidden = sight.has_in_full(C::Ban) || sight.has(C::CovenantNot);
    if forbidden
        && !sight.has_in_full(C::Platform)
        && !speaks_of_people(sight)
        && (sight.has(C::PlatformContent) || sight.has(C::HardScrape) || sight.has(C::Ban))
    {
        return Some(vec![(Topic::Scraping, "ban-on-training")]);
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
        && !PURPOSE.is_match(text)
    {
        return None;
    }
    let passed_on =
        PASSED_ON.is_match(text) && !text.to_lowercase().contains("you share") && !text.to_lowercase().contains("you provide to");
    if (passed_on || OTHERS_TRAIN.is_match(text)) && !is_own(sight) {
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

/// The sentence is about what people put on the platform, or about them.
fn speaks_of_people(sight: &Sight<'_, '_>) -> bool {
    static YOURS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:your|users?'?s?|customers?'?s?|members?'?s?|artists?'?s?|creators?'?s?|personal (?:data|information)|uploads?|inputs?)\b",
        )
    });
    YOURS.is_match(&sight.plain)
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

/// Whether a text or data mining right is reserved, by the platform and not against it.
pub(super) fn reserves(sight: &Sight<'_, '_>) -> bool {
    RESERVES.is_match(&sight.plain) && !speaks_of_people(sight)
}

/// Content that is made by AI and that somebody posts, in a rule that names neither the platform nor its features: "…including
/// AI-generated media that depict children", "be generated by artificial intelligence", "AI-generated content is permitted only if …".
fn about_posts(sight: &Sight<'_, '_>) -> bool {
    static RULE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^\W*(?:[\w ,]{0,60}, )?be\b|\b(?:is|are) (?:only )?(?:permitted|allowed|prohibited|forbidden|banned|not permitted|not allowed|welcome)\b",
        )
    });
    !sight.has(C::Platform) && (sight.has(C::PersonProtected) || RULE.is_match(&sight.plain))
}

/// Whether content made by AI is what a rule about people's posts speaks of: in a list under "You may not post", or to protect somebody.
fn rule_about_content(sight: &Sight<'_, '_>, bound: bool) -> bool {
    about_posts(sight) || bound && (sight.has_above(C::Post) || sight.has_above(C::UserContent) || sight.has(C::PersonProtected))
}

/// Whether the sentence gives bans up.
pub(super) fn waives(sight: &Sight<'_, '_>) -> bool {
    WAIVES.is_match(&sight.plain)
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
    (heading_bans && !DRAFTER.is_match(&sight.plain)) || (own && sight.has(C::PlatformContent) && !DRAFTER.is_match(&sight.plain))
}

/// Under a heading about AI, a sentence counts only if it grants, forbids, disclaims or speaks of data.
fn says_something(sight: &Sight<'_, '_>) -> bool {
    sight.passage.text().split_whitespace().count() >= 8
        && [C::Permission, C::Ban, C::Duty, C::InputsOutputs, C::PersonalData, C::Share, C::OptOut]
            .iter()
            .any(|concept| sight.has(*concept))
}

/// "…not used for advertising or profiling": a word of a list of what does not happen to some data.
fn only_denied(sight: &Sight<'_, '_>) -> bool {
    static DENIED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:not|never|nor|restricted from|prohibited from)\b[^.;]{0,160}\b(?:profiling|advertis\w+)\b"));
    !sight.ai && DENIED.is_match(&sight.plain) && !sight.has(C::LegalEffect)
}

/// AI that makes something.
static PRODUCES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:generat\w+|outputs?|prompts?|chatbots?|chat ?bots?|assistants?|responses?|summar\w+|translat\w+|transcri\w+|(?-i:AI)[- ](?:features?|assistants?|powered features?|services?)|image|text|create)\b",
    )
});

/// Operational AI: ranking, moderation, recommendation, detection.
fn decides(sight: &Sight<'_, '_>) -> bool {
    static OPERATES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:automated (?:individual )?decision|profiling|rank(?:s|ed|ing)?\b|recommend(?:s|ed|ations?|er)?\b|moderat\w+|detect\w*|flag(?:s|ged|ging)?\b|fraud\w*|personali[sz]\w+|curat\w+|scam\w*|spam|block(?:s|ed|ing)?\b|identif(?:y|ies|ied|ying)|classif\w+|enforce\w*|safety|abuse|violat\w+|targeted|advertis\w+|\bads\b|infer(?:s|red|ences?)?\b|predict\w*|decisions?\b|match(?:es|ing)\b|review(?:s|ed|ing)?\b|analy[sz]\w*|appeal\w*|verif\w+|estimat\w+|filter\w*|scan\w*|screen(?:s|ing)\b|insights?)",
        )
    });
    (sight.ai || sight.algorithm) && OPERATES.is_match(&sight.plain) && !PRODUCES.is_match(&sight.plain)
}
