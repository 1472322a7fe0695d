use super::choice;
use super::lexicon::Concept as C;
use super::reader::Sight;
use super::rule::Rule as R;
use crate::model::Topic;

/// A list's introduction that says nothing alone: "For example, we may use AI to:".
fn is_lead_in(text: &str) -> bool {
    text.trim_end().ends_with(':') && text.split_whitespace().count() <= 12
}

/// Entries of a menu, parted by signs: "Home · What is agentic AI? · Prices · Log in".
fn is_menu(sight: &Sight<'_, '_>) -> bool {
    const ENTRIES: usize = 2;
    let plain = sight.plain.trim_end();
    let entries = |signs: &[char]| plain.matches(signs).count();
    let is_listed = entries(&['·', '›', '•']) >= ENTRIES || entries(&['|']) >= 1;
    !sight.passage.in_row() && is_listed && !plain.ends_with('.') && !plain.contains([',', ';'])
}

/// A few words without a verb that stand before what they announce: "AI and text and data mining."
fn is_label(sight: &Sight<'_, '_>, words: usize) -> bool {
    const FEW: usize = 8;
    let stands_alone = sight.passage.stem.is_empty() || sight.passage.opens;
    words <= FEW && stands_alone && !sight.passage.in_row() && !sight.says(R::Clause) && !sight.has(C::Ban)
}

/// What is no clause: entries of a menu, labels, introductions of lists, what a ban leaves free, advertisements, definitions.
fn says_nothing(sight: &Sight<'_, '_>, bound: bool) -> bool {
    let words = sight.passage.text().split_whitespace().count();
    let is_short = words < 4 || !sight.ai && !sight.algorithm && words < 6;
    if is_short || is_menu(sight) || is_label(sight, words) || sight.lexicon.says(R::LeavesFree, &sight.passage.stem) {
        return true;
    }
    let learns = sight.has(C::Train) || sight.has(C::HardScrape);
    let points = sight.says(R::Pointer) || is_lead_in(&sight.plain);
    // "Learn about how models are trained."
    let is_signpost = words <= 12 && sight.says(R::Pointer) && !names_material(sight) && !sight.has(C::OptOut);
    if sight.says(R::LeadsIn) || !bound && (is_signpost || !learns && points) {
        return true;
    }
    let advertises = (!sight.says(R::Clause) || sight.says(R::Teaser)) && !(sight.passage.in_row() && sight.says(R::Purpose));
    if !bound && sight.passage.stem.is_empty() && advertises && !sight.has(C::Train) {
        return true;
    }
    let permits = sight.has(C::Permission) && (sight.has(C::Platform) || sight.has(C::User));
    sight.says(R::Defines) && !bound && !permits && !licenses_by_definition(sight)
}

/// The topics that a sentence is about, each with the rule that chose it; the order of the rules is their precedence.
pub(super) fn choose(sight: &Sight<'_, '_>) -> Vec<(Topic, &'static str)> {
    if row_of_learning(sight) {
        return vec![(Topic::Training, "row-of-learning")];
    }
    let bound = is_bound(sight);
    if says_nothing(sight, bound) {
        return Vec::new();
    }
    if sight.says(R::Waives) {
        return vec![(Topic::Scraping, "waiver-of-bans")];
    }
    if reserves(sight) {
        return vec![(Topic::Scraping, "reservation-of-rights")];
    }
    if sight.left_out && !bound {
        return vec![(Topic::Training, "left-out")];
    }
    if let Some(found) = learning(sight, bound) {
        return with_the_other_side(sight, found);
    }
    if (sight.ai || sight.ai_above) && choice::is_denied(sight.lexicon, &sight.plain) {
        return vec![(Topic::Training, "choice-denied")];
    }
    let one = |topic, rule| vec![(topic, rule)];
    if sight.has(C::HardScrape) && (bound || sight.has_in_full(C::Ban) || sight.has_above(C::YouBan)) {
        return one(Topic::Scraping, "scraping-ban");
    }
    if sight.has(C::HardScrape) && sight.has(C::Permission) && sight.has(C::PublicWeb) {
        return one(Topic::Scraping, "scraping-permission");
    }
    if sight.says(R::AgeEstimation) && (sight.ai || sight.algorithm || sight.has(C::Biometric)) {
        return one(if sight.has(C::Biometric) { Topic::Likeness } else { Topic::AutomatedDecisions }, "age-estimation");
    }
    let gives_likeness = sight.ai && !bound && sight.has(C::Likeness) && sight.says(R::LicensesContent);
    let imitates = gives_likeness || sight.says(R::ImitatesPeople) && (sight.ai || sight.imitates || bound);
    let about_outputs = bound && sight.has(C::InputsOutputs);
    if imitates || (sight.has(C::Biometric) && (bound || sight.says(R::Processes)) && !about_outputs) {
        return one(Topic::Likeness, "likeness");
    }
    if sight.has(C::AiMade) && !speaks_of_outputs(sight) && rules_what_people_post(sight, bound) {
        return one(Topic::Conduct, "ai-content-rule");
    }
    if sight.has(C::AiMade) && disclaims(sight) && !bound {
        return one(Topic::Outputs, "output-disclaimer");
    }
    if sight.says(R::DisclosesMachine) && sight.has(C::Duty) && !sight.says(R::Drafter) {
        return one(Topic::Conduct, "machine-disclosure");
    }
    let under_a_ban = bound && !sight.passage.stem.is_empty();
    if ((sight.ai || sight.algorithm) && sight.has(C::LegalEffect) || sight.human_above) && !sight.has(C::Disclaimer) && !under_a_ban {
        return one(Topic::AutomatedDecisions, "recourse");
    }
    if sight.ai && bound && sight.says(R::MachinesCome) && !sight.has(C::InputsOutputs) {
        return one(Topic::Scraping, "ban-on-machine-access");
    }
    if bound && puts_to_use_for_ai(sight) {
        return one(Topic::Scraping, "ban-on-use-for-ai");
    }
    if sight.ai && bound && sight.has(C::Post) && !sight.has(C::InputsOutputs) {
        return one(Topic::Conduct, "ai-conduct");
    }
    if sight.has(C::Recommends) && sight.says(R::Recourse) && !bound {
        return one(Topic::AutomatedDecisions, "recourse");
    }
    if sight.algorithm && !sight.ai || decides(sight) {
        return if (sight.has(C::Decide) || sight.has(C::LegalEffect)) && !only_denied(sight) {
            one(Topic::AutomatedDecisions, "operational-ai")
        } else {
            Vec::new()
        };
    }
    if sight.says(R::ChoosesForPeople) && !bound {
        return one(Topic::AutomatedDecisions, "parameters-of-recommendations");
    }
    if bound && sight.has(C::InputsOutputs) && sight.has(C::Model) && (sight.has(C::Develop) || sight.has(C::Train)) {
        return one(Topic::Outputs, "ban-on-training-with-outputs");
    }
    if sight.disclaimed && !bound {
        return one(Topic::Outputs, "output-disclaimer");
    }
    if !(sight.ai || sight.ai_above || sight.defined_term || sight.fixed_above) {
        return Vec::new();
    }
    about_features(sight, bound)
}

/// The heading or the first cell of a list of companies that work for the platform.
fn is_vendor_list(sight: &Sight<'_, '_>, above: &str) -> bool {
    sight.lexicon.says(R::Governance, above) || sight.lexicon.says(R::CompanyName, above)
}

/// A cell of a table whose first cell is a purpose of learning, or an item below a heading that is one: it says with what, or on what
/// ground.
fn row_of_learning(sight: &Sight<'_, '_>) -> bool {
    let (above, lexicon) = (if sight.passage.in_row() { &sight.passage.stem } else { &sight.lead }, sight.lexicon);
    let learns = lexicon.has(C::Train, above) && (lexicon.has(C::Model, above) || !sight.passage.in_row() && lexicon.has(C::Ai, above));
    let headed = sight.passage.in_list() && sight.passage.stem.is_empty() && !above.is_empty();
    (sight.passage.in_row() || headed) && learns && !sight.has(C::Train) && names_material(sight)
}

/// People's material is named.
pub(super) fn names_material(sight: &Sight<'_, '_>) -> bool {
    [C::UserContent, C::PersonalData, C::Messages, C::UsageData].into_iter().any(|concept| sight.has(concept))
}

/// A term whose meaning is a use of people's material for learning: "“Improvement” means training models on your content".
fn licenses_by_definition(sight: &Sight<'_, '_>) -> bool {
    let material = sight.has(C::UserContent) || sight.has(C::PersonalData) || sight.has(C::Messages);
    material && sight.has(C::Train) && (sight.ai || sight.has(C::Model))
}

/// A sentence that speaks of the platform's own training and of that of others is about both.
fn with_the_other_side(sight: &Sight<'_, '_>, mut found: Vec<(Topic, &'static str)>) -> Vec<(Topic, &'static str)> {
    match found.first().map(|(topic, _)| *topic) {
        Some(Topic::Training) if sight.says(R::ForOthersToo) || sight.says(R::NorLetsOthers) => {
            found.push((Topic::TrainingSharing, "training-by-others-too"));
        }
        Some(Topic::TrainingSharing) if sight.says(R::NorLetsOthers) || sight.says(R::ForOthersToo) => {
            found.insert(0, (Topic::Training, "training"));
        }
        _ => {}
    }
    found
}

fn about_features(sight: &Sight<'_, '_>, bound: bool) -> Vec<(Topic, &'static str)> {
    let one = |topic, rule| vec![(topic, rule)];
    if sight.passage.in_row() && [sight.passage.heading, sight.passage.stem.as_str()].into_iter().any(|above| is_vendor_list(sight, above))
    {
        return one(Topic::Other, "ai-vendor");
    }
    if (sight.says(R::Governance) && sight.ai || sight.says(R::Audits) && (sight.ai || sight.ai_above || sight.has(C::Model)))
        && !sight.has(C::Disclaimer)
        && !sight.has(C::Generate)
    {
        return one(Topic::Other, "ai-governance");
    }
    let as_tool = sight.ai && !bound && sight.says(R::AiAsTool) && !sight.says(R::Produces);
    if as_tool && sight.has(C::Platform) && !sight.has(C::CovenantNot) {
        return one(Topic::AutomatedDecisions, "ai-as-tool");
    }
    if sight.has(C::Disclaimer) {
        return one(Topic::Outputs, "output-disclaimer");
    }
    if as_tool {
        return one(Topic::AutomatedDecisions, "ai-as-tool");
    }
    if !sight.ai && !sight.defined_term && !says_something(sight) && !sight.fixed_above {
        return Vec::new();
    }
    one(Topic::Outputs, if bound { "output-ban" } else { "ai-feature" })
}

/// Training, developing and feeding models.
fn learning(sight: &Sight<'_, '_>, bound: bool) -> Option<Vec<(Topic, &'static str)>> {
    let material_named = sight.has(C::UserContent) || sight.has(C::PersonalData) || sight.has(C::Messages) || sight.has(C::PublicWeb);
    let only_described = sight.says(R::TrainedAlready) && !material_named || sight.says(R::SparesData) && !sight.has(C::Permission);
    let trains = sight.says(R::Learns) && (sight.ai || sight.has(C::Model)) && sight.has(C::Train) && !only_described;
    let made_with_ai = (sight.says(R::AiAsTool) || sight.says(R::MadeWithAi)) && !sight.says(R::OwnModels);
    let is_trade = !material_named && !sight.has(C::Permission) && says_its_trade(sight);
    let develops = sight.says(R::DevelopsAi) && !made_with_ai && !is_trade
        || sight.says(R::DevelopsThroughAi)
        || sight.improves_it && names_material(sight);
    let feeds = sight.ai
        && sight.has(C::Input)
        && material_named
        && (sight.has(C::Permission) || sight.has(C::CovenantNot) || sight.has(C::SourceFor));
    let kept_from = material_named && sight.has(C::Model) && sight.says(R::KeepsFromModels);
    let chooses = !bound
        && sight.has(C::OptOut)
        && (kept_from || sight.about_ai && (sight.says(R::UsedForTraining) || material_named && sight.has(C::Train)));
    if !bound && sight.says(R::GivenToAiFirms) && names_material(sight) && !is_own(sight) {
        return Some(vec![(Topic::TrainingSharing, "given-to-ai-firms")]);
    }
    if chooses && !(trains || develops || feeds) {
        return Some(vec![(Topic::Training, "choice")]);
    }
    if !(trains || develops || feeds) {
        return None;
    }
    if binds_others(sight) || !bound && sight.says(R::OthersTrain) && !is_own(sight) {
        return Some(vec![(Topic::TrainingSharing, "training-by-others")]);
    }
    if sight.says(R::UserTrains) && !bound {
        return Some(vec![(Topic::Outputs, "training-by-the-user")]);
    }
    if bound {
        let with_outputs = sight.has(C::InputsOutputs) && sight.says(R::ReliesOnOutput) || sight.says(R::UsesAnswers);
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
        && !sight.says(R::Drafter)
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
        && !sight.says(R::Purpose)
    {
        return None;
    }
    let passed_on = sight.says_in_full(R::PassedOn) && !sight.says(R::UserShares);
    if (passed_on || sight.says(R::OthersTrain)) && !is_own(sight) {
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
    sight.says(R::SpeaksOfPeople)
}

/// The sentence says what the platform itself does ("to train our models").
fn is_own(sight: &Sight<'_, '_>) -> bool {
    let handed_on = sight.says_in_full(R::ForTheirUse) && !sight.says_in_full(R::OwnModels);
    sight.says_in_full(R::OwnTraining) && !sight.says(R::TheirTraining) && !handed_on
}

/// Whether a text or data mining right is reserved, by the platform and not against it.
pub(super) fn reserves(sight: &Sight<'_, '_>) -> bool {
    sight.says(R::Reserves) && !speaks_of_people(sight) || sight.says(R::ImpliesNoConsent) && (sight.ai || sight.ai_above)
}

/// Content that is made by AI and that somebody posts, in a rule that names neither the platform nor its features: "…including
/// AI-generated media that depict children", "be generated by artificial intelligence", "AI-generated content is permitted only if …".
fn about_posts(sight: &Sight<'_, '_>) -> bool {
    !sight.has(C::Platform) && (sight.has(C::PersonProtected) || sight.says(R::ContentRule))
}

/// Whether a sentence about content made by AI says what people may, must or must not do with it.
fn rules_what_people_post(sight: &Sight<'_, '_>, bound: bool) -> bool {
    // What the platform marks of its own is no rule for people.
    let of_people = sight.has(C::User) || sight.has(C::UserContent) || !sight.has(C::Platform);
    let labels = sight.has(C::Label) && of_people;
    let rules = bound || labels || sight.has(C::Duty) || about_posts(sight);
    let posts = labels || sight.has(C::Post) || rule_about_content(sight, bound);
    !disclaims(sight) && rules && posts
}

/// The platform's content, and not its AI features, is what may not be used for AI.
fn puts_to_use_for_ai(sight: &Sight<'_, '_>) -> bool {
    let used = sight.lexicon.rule(R::UsesForAi).and_then(|rule| rule.named(&sight.plain).next());
    used.is_some_and(|(_, used)| {
        let names = |concept| sight.lexicon.has(concept, used);
        let points_back = sight.says(R::PointsBack) && used.split_whitespace().count() <= 1;
        !names(C::Ai)
            && !names(C::InputsOutputs)
            && (points_back || names(C::PlatformContent) || names(C::UsageData) || names(C::UserContent))
    })
}

/// What the service itself made is named by its defined term ("AI-Generated Content"), and nobody posts it.
fn speaks_of_outputs(sight: &Sight<'_, '_>) -> bool {
    !sight.has(C::Label) && (sight.defined_term && !sight.has(C::Post) || sight.says(R::OutputTerm))
}

/// It is about who answers for what a machine made, and protects nobody who is shown in it.
fn disclaims(sight: &Sight<'_, '_>) -> bool {
    sight.has(C::Disclaimer) && !sight.has(C::PersonProtected)
}

/// Whether content made by AI is what a rule about people's posts speaks of: in a list under "You may not post", or to protect somebody.
fn rule_about_content(sight: &Sight<'_, '_>, bound: bool) -> bool {
    about_posts(sight) || bound && (sight.has_above(C::Post) || sight.has_above(C::UserContent) || sight.has(C::PersonProtected))
}

/// Whether the sentence gives bans up.
pub(super) fn waives(sight: &Sight<'_, '_>) -> bool {
    sight.says(R::Waives)
}

/// Whether the user or others are the ones who are bound.
pub(super) fn is_bound(sight: &Sight<'_, '_>) -> bool {
    // "Our providers are prohibited from training on Customer Data" binds them, for the sake of the people.
    if binds_others(sight) {
        return false;
    }
    let drafts = sight.says(R::Drafter) || names_itself(sight);
    // "You grant us a licence to …" gives, and forbids nothing.
    let gives = sight.says(R::LicensesContent) && !sight.has(C::YouBan);
    let ruling = match sight.lexicon.rule(R::OfWhatYouDoNot) {
        Some(rule) => rule.blanked(&sight.plain),
        None => sight.plain.as_str().into(),
    };
    let bans = |concept| sight.lexicon.has(concept, &ruling);
    let own = !gives && (bans(C::YouBan) || (bans(C::Ban) && names_users(sight)));
    if own && !drafts || sight.says(R::Punishes) || sight.says(R::Forbids) {
        return true;
    }
    let lead = &sight.lead;
    if sight.lexicon.says(R::HeadsDenials, lead) {
        return false;
    }
    if !lead.is_empty()
        && sight.lexicon.has(C::YouBan, lead)
        && !sight.lexicon.has(C::Permission, sight.passage.text().get(..12).unwrap_or_default())
    {
        return true;
    }
    let bans_below = |heading: &&str| sight.lexicon.has(C::YouBan, heading) && !sight.lexicon.says(R::HeadsDenials, heading);
    let heading_bans = [sight.passage.heading, sight.passage.outer_heading].iter().any(bans_below);
    let of_itself = sight.passage.stem.is_empty() && sight.says(R::MakesThings)
        || sight.says(R::SaysOfItself)
        || sight.own_name.as_ref().is_some_and(|name| name.start == 0);
    (heading_bans && !drafts && (own || !of_itself)) || (own && sight.has(C::PlatformContent) && !drafts)
}

/// The platform says what it makes or sells: "Tidewave builds language models that people trust".
fn says_its_trade(sight: &Sight<'_, '_>) -> bool {
    const HEAD: usize = 2;
    let name = sight.lexicon.find(C::Platform, &sight.plain).or_else(|| sight.own_name.clone());
    name.filter(|name| name.start == 0).is_some_and(|name| {
        let head: Vec<&str> = sight.plain[name.end..].split_whitespace().take(HEAD).collect();
        let says = |rule| sight.lexicon.says(rule, &head.join(" "));
        says(R::MakesThings) && !says(R::LearningVerb)
    })
}

/// The platform is the subject by its own name: "Redkite will not …".
fn names_itself(sight: &Sight<'_, '_>) -> bool {
    let text = sight.passage.text();
    sight.own_name.clone().is_some_and(|name| sight.lexicon.says(R::Drafter, &format!("we{}", &text[name.end..])))
}

/// Users are named for themselves, and not only by what is theirs: "Customer Content", "Customer's consent".
fn names_users(sight: &Sight<'_, '_>) -> bool {
    let owned: Vec<_> =
        [C::UserContent, C::PersonalData].into_iter().flat_map(|concept| sight.lexicon.find_all(concept, &sight.plain)).collect();
    let stands = |found: std::ops::Range<usize>| {
        let owns = sight.plain[found.end..].starts_with(['\'', '’'])
            || owned.iter().any(|owned| owned.start <= found.start && found.end < owned.end);
        !owns
    };
    sight.lexicon.find_all(C::User, &sight.plain).any(stands)
}

/// Those who work with people's material for the platform are held off from something.
fn binds_others(sight: &Sight<'_, '_>) -> bool {
    sight.says(R::BindsOthers) && (names_material(sight) || sight.has(C::PublicWeb))
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
    !sight.ai && sight.says(R::OnlyDenied) && !sight.has(C::LegalEffect)
}

/// Operational AI: ranking, moderation, recommendation, detection.
fn decides(sight: &Sight<'_, '_>) -> bool {
    let polices = sight.says(R::Polices) && !is_bound(sight);
    (sight.ai || sight.algorithm) && (polices || sight.says(R::Operates) && !sight.says(R::Produces))
}
