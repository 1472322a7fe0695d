//! Which robots are there for AI, and for what.

/// What a robot fetches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// To train models, or to collect what models are trained with.
    Training,
    /// To find pages for answers and search results.
    Search,
    /// At the wish of a person or an agent, at that moment.
    User,
    /// For AI by its name; for what is not known.
    Other,
}

/// Product tokens as their operators publish them, lower case. Two of them (Google-Extended, Applebot-Extended) fetch nothing and stand in
/// robots.txt only.
const TRAINING: &[&str] = &[
    "gptbot",
    "claudebot",
    "anthropic-ai",
    "claude-web",
    "google-extended",
    "applebot-extended",
    "ccbot",
    "bytespider",
    "tiktokspider",
    "meta-externalagent",
    "facebookbot",
    "amazonbot",
    "cohere-ai",
    "cohere-training-data-crawler",
    "ai2bot",
    "ai2bot-dolma",
    "deepseekbot",
    "chatglm-spider",
    "pangubot",
    "petalbot",
    "timpibot",
    "yandexadditional",
    "yandexadditionalbot",
    "omgili",
    "omgilibot",
    "webzio-extended",
    "icc-crawler",
    "sbintuitionsbot",
    "kangaroo bot",
    "friendlycrawler",
    "velenpublicwebcrawler",
    "cotoyogi",
    "imagesiftbot",
    "img2dataset",
    "laiondownloader",
    "brightbot",
    "brightbot 1.0",
    "googleother",
    "googleother-image",
    "googleother-video",
    "google-cloudvertexbot",
    "bedrockbot",
    "diffbot",
    "factset_spyderbot",
    "isscyberriskcrawler",
];

const SEARCH: &[&str] = &[
    "oai-searchbot",
    "claude-searchbot",
    "perplexitybot",
    "applebot",
    "amzn-searchbot",
    "azureai-searchbot",
    "youbot",
    "meta-webindexer",
    "bravebot",
    "exasearchbot",
    "linkupbot",
    "andibot",
    "querit-searchbot",
];

const USER: &[&str] = &[
    "chatgpt-user",
    "chatgpt agent",
    "operator",
    "claude-user",
    "perplexity-user",
    "mistralai-user",
    "meta-externalfetcher",
    "google-agent",
    "googleagent-mariner",
    "gemini-deep-research",
    "google-notebooklm",
    "amzn-user",
    "novaact",
    "kimi-user",
    "manus-user",
    "duckassistbot",
    "devin",
    "claude-code",
    "cursor",
    "firecrawlagent",
    "crawl4ai",
    "tavilybot",
    "apifybot",
];

/// Parts of names by which a robot that is not listed says that it is there for AI.
const TELLING: &[&str] = &["gpt", "claude", "llm", "openai", "anthropic", "mistral", "gemini", "deepseek", "cohere"];

/// What a robot fetches for, by its product token; `None` where it is not there for AI.
#[must_use]
pub fn class_of(token: &str) -> Option<Class> {
    let token = token.to_lowercase();
    let listed = |names: &[&str]| names.contains(&token.as_str());
    if listed(TRAINING) {
        return Some(Class::Training);
    }
    if listed(SEARCH) {
        return Some(Class::Search);
    }
    if listed(USER) {
        return Some(Class::User);
    }
    let is_word = |word: &str| word == "ai" || word == "aibot";
    let tells = TELLING.iter().any(|part| token.contains(part)) || token.split(|c: char| !c.is_alphanumeric()).any(is_word);
    tells.then_some(Class::Other)
}
