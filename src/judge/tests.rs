use super::*;
use crate::model::{Clause, ClauseKind, Direction, Severity, Stance};
use crate::text;

fn document(lines: &[&str]) -> Document {
    let clause = |line: &&str| Clause {
        kind: ClauseKind::Paragraph,
        text: (*line).to_owned(),
        label_len: text::label_len(line),
        section: None,
        stem: None,
    };
    Document { title: None, language: Some("en".to_owned()), clauses: lines.iter().map(clause).collect() }
}

const FRAME: [&str; 2] =
    ["You keep all rights in the tracks that you upload to Tidewave.", "The law of Ireland applies to these terms and to all disputes."];

/// The events between two versions that have ordinary clauses around what changes.
pub(super) fn between(old: &[&str], new: &[&str]) -> Vec<Event> {
    let whole = |middle: &[&str]| document(&[&FRAME[..1], middle, &FRAME[1..]].concat());
    explain(&whole(old), &whole(new)).1
}

#[track_caller]
fn only(old: &[&str], new: &[&str]) -> Event {
    let events = between(old, new);
    assert_eq!(events.len(), 1, "{events:#?}");
    events.into_iter().next().unwrap()
}

#[track_caller]
pub(super) fn check(old: &[&str], new: &[&str], kind: &str, direction: Direction, severity: Severity) -> Event {
    let event = only(old, new);
    assert_eq!((event.kind.as_str(), event.direction, event.severity), (kind, direction, severity), "{event:#?}");
    event
}

const GRANT: &str = "Absent another contract between us, the tracks you upload may be used to train, develop or feed artificial intelligence that serves the platform.";
const NARROW: &str = "We shall never train generative systems that are built to imitate your voice or your style on your tracks without your explicit consent.";
const WIDE: &str = "We shall never train generative systems on your tracks without your explicit consent.";

#[test]
fn the_first_version_of_the_story_is_critical_and_worse() {
    let event = check(&[], &[GRANT], "permission-introduced", Direction::Worse, Severity::Critical);
    assert_eq!(
        (event.topic, event.change, event.stance_before, event.stance_after),
        (Topic::Training, ChangeKind::Added, Stance::Silent, Stance::Permits)
    );
    assert_eq!(event.after.as_deref(), Some(GRANT));
}

#[test]
fn the_second_version_is_better_and_names_what_it_leaves_open() {
    let events = between(&[GRANT], &[NARROW]);
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["prohibition-introduced", "permission-removed"], "{events:#?}");
    let promise = &events[0];
    assert_eq!((promise.direction, promise.severity, promise.stance_after), (Direction::Better, Severity::Major, Stance::ProhibitsPartly));
    for open in ["imitate", "generative", "other companies", "feeding AI"] {
        assert!(promise.not_covered.iter().any(|line| line.contains(open)), "{open}: {:#?}", promise.not_covered);
    }
}

#[test]
fn the_third_version_moves_the_promise_and_is_no_event() {
    let old = document(&[FRAME[0], NARROW, FRAME[1], "Fees are paid on the tenth day of every month to the account you name."]);
    let new = document(&[FRAME[0], FRAME[1], "Fees are paid on the tenth day of every month to the account you name.", NARROW]);
    assert!(explain(&old, &new).1.is_empty());
}

#[test]
fn the_fourth_version_closes_the_loophole_and_says_what_is_still_open() {
    let event = check(&[NARROW], &[WIDE], "prohibition-strengthened", Direction::Better, Severity::Major);
    assert!(!event.not_covered.iter().any(|line| line.contains("imitate")), "{:#?}", event.not_covered);
    assert!(event.not_covered.iter().any(|line| line.contains("generative")), "{:#?}", event.not_covered);
}

#[test]
fn protections_that_disappear_are_critical() {
    check(&[WIDE], &[], "prohibition-removed", Direction::Worse, Severity::Critical);
    check(&[WIDE], &[NARROW], "prohibition-weakened", Direction::Worse, Severity::Critical);
    let plans = "We do not train our models on files of people who use Tidewave Team, Tidewave Studio or Tidewave Label.";
    let fewer = "We do not train our models on files of people who use Tidewave Studio or Tidewave Label.";
    check(&[plans], &[fewer], "prohibition-weakened", Direction::Worse, Severity::Critical);
}

#[test]
fn a_choice_that_is_taken_or_given_is_told() {
    let free = "We may train our models on the tracks you upload.";
    let choice = "We may train our models on the tracks you upload unless you opt out in your settings.";
    check(&[choice], &[free], "consent-weakened", Direction::Worse, Severity::Critical);
    check(&[free], &[choice], "permission-limited", Direction::Better, Severity::Major);
}

#[test]
fn a_way_out_that_comes_with_its_permission_is_one_event_and_one_that_comes_later_is_a_gain() {
    let free = "We may train our models on the tracks you upload.";
    let choice = "You can opt out of the training of our models in the settings of your account.";
    let once = "If you opt out of this, we shall not train our models on the tracks that you add later.";
    let event = check(&[], &[free, choice, once], "permission-with-opt-out-introduced", Direction::Worse, Severity::Critical);
    assert_eq!(event.stance_after, Stance::PermitsOptOut);
    let event = check(&[free], &[free, choice], "choice-introduced", Direction::Better, Severity::Major);
    assert_eq!(event.summary, "There is now a way to say no to a use for AI training that the document allowed before.");
}

#[test]
fn bans_on_others_protect_the_people_who_publish() {
    let ban = "You may not scrape Tidewave or use anything on it to train machine learning models.";
    let event = check(&[], &[ban], "user-restriction-added", Direction::Better, Severity::Major);
    assert_eq!((event.topic, event.stance_after), (Topic::Scraping, Stance::Prohibits));
    check(&[ban], &[], "user-restriction-removed", Direction::Worse, Severity::Critical);
}

#[test]
fn what_changes_no_meaning_is_no_event() {
    let same = |old: &[&str], new: &[&str]| assert_eq!(between(old, new), Vec::new());
    same(&[WIDE], &[WIDE, WIDE]);
    same(&["4.1 We may train our models on your tracks."], &["5.2 We may train our models on your tracks."]);
    same(&["We may analyse your tracks to train our models."], &["We may analyze your tracks to train our models."]);
    same(&["Outputs of our AI tools may snot be protected by law."], &["Outputs of our AI tools may not be protected by law."]);
    same(&["We train our staff twice a year."], &["We train our staff and moderators four times a year."]);
    same(&[], &["The shop closes at six on Sundays and on public holidays."]);
}

#[test]
fn every_event_has_a_sentence_a_rule_and_a_quote() {
    let events = between(&[GRANT], &[NARROW, "Our AI assistant may give wrong answers; you rely on it at your own risk."]);
    assert!(events.len() >= 3, "{events:#?}");
    for event in events {
        assert!(event.summary.ends_with('.') && !event.rule.is_empty() && (event.before.is_some() || event.after.is_some()), "{event:#?}");
    }
}

#[test]
fn a_permission_and_a_promise_in_one_paragraph_are_two_events() {
    let events = between(
        &[],
        &["We use posts that anybody can read to train our AI models. We will not use your private messages to train our AI models."],
    );
    let directions: Vec<Direction> = events.iter().map(|event| event.direction).collect();
    assert_eq!(directions, [Direction::Worse, Direction::Better], "{events:#?}");
}

/// Nouns that no lexicon knows are material all the same.
#[test]
fn the_same_permission_on_material_of_another_kind_is_news() {
    let right = |what: &str| format!("We may use your {what} to train our artificial intelligence models for speech.");
    for (old, new) in [("songs", "podcasts"), ("podcasts", "lectures"), ("lectures", "songs")] {
        let (old, new) = (right(old), right(new));
        check(&[&old], &[&old, &new], "permission-introduced", Direction::Worse, Severity::Critical);
    }
    let (speech, music) = (right("songs"), right("songs").replace("for speech", "for music"));
    check(&[&speech], &[&speech, &music], "permission-introduced", Direction::Worse, Severity::Critical);
}

#[test]
fn what_is_said_again_in_another_place_is_no_second_event() {
    let old = ["We use your posts to help train our machine learning models and to build new features."];
    let new = [
        "We use your posts to help train our machine learning models and to build new features.",
        "The office is open on working days.",
        "As said above, we use your posts to help train our machine learning models and to build new features.",
    ];
    assert_eq!(between(&old, &new), Vec::new());
}

#[test]
fn a_ban_on_harmful_use_of_outputs_takes_nothing_from_anybody() {
    let event = only(&[], &["You may not use the outputs of our AI tools for illegal or deceptive purposes."]);
    assert_eq!((event.topic, event.direction), (Topic::Outputs, Direction::Neutral), "{event:#?}");
}

#[test]
fn the_same_permission_for_third_parties_too_is_news() {
    let old = ["We develop and improve artificial intelligence technology with your posts on Tidewave."];
    let new = [
        "The office is open on working days, and closed on holidays.",
        "We develop and improve artificial intelligence technology with your posts on Tidewave and for third parties.",
    ];
    assert!(between(&old, &new).iter().any(|event| event.direction == Direction::Worse), "{:#?}", between(&old, &new));
}

#[test]
fn a_language_that_is_not_read_is_said_to_be_so() {
    let swedish = |more: &[&str]| {
        let frame = [
            "Du behåller alla rättigheter till det som du laddar upp till Tidewave.",
            "Svensk lag gäller för dessa villkor och för alla tvister.",
        ];
        Document { language: Some("sv".to_owned()), ..document(&[&frame[..1], more, &frame[1..]].concat()) }
    };
    let about_ai = "Vi får använda dina inspelningar för att träna modeller för artificiell intelligens.";
    let events = explain(&swedish(&[]), &swedish(&[about_ai])).1;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].kind.as_str(), events[0].direction, events[0].after.as_deref()),
        ("unread-language", Direction::Neutral, Some(about_ai))
    );
    assert!(events[0].summary.contains("not read yet (sv)"), "{}", events[0].summary);
    assert_eq!(explain(&swedish(&[]), &swedish(&["Vi svarar på alla meddelanden inom en vecka."])).1, []);
    assert_eq!(explain(&swedish(&[about_ai]), &swedish(&[about_ai])).1, []);
}

#[test]
fn a_pause_that_ends_is_a_protection_lost() {
    let paused = "We have paused our plans to use your posts to develop artificial intelligence models.";
    check(&[paused], &[], "prohibition-removed", Direction::Worse, Severity::Critical);
}

#[test]
fn a_choice_that_stops_reaching_is_worse() {
    let free = "We may train our AI models on the tracks you upload, unless you opt out in your settings.";
    let denied = "The opt-out in your settings does not apply to AI models that are still being tested.";
    check(&[free], &[free, denied], "control-narrowed", Direction::Worse, Severity::Critical);
}

#[test]
fn an_indemnity_that_grows_by_ai_shifts_liability() {
    let old = "You hold Tidewave harmless from any claim and liability that arises from your use of the service or of its AI tools.";
    let new = "You hold Tidewave harmless from any claim and liability that arises from your use of the service or of its AI tools, or from your misuse of AI-generated content.";
    let event = check(&[old], &[new], "disclaimer-added", Direction::Worse, Severity::Major);
    assert_eq!(event.topic, Topic::Outputs);
}

#[test]
fn a_permission_in_one_way_only_that_shrinks_is_a_restriction() {
    let old = "You may only use outputs of our AI tools for your own needs and in products that you make for others.";
    let new = "You may only use outputs of our AI tools for your own needs.";
    check(&[old], &[new], "output-restriction", Direction::Worse, Severity::Major);
}

#[test]
fn a_licence_that_lets_ai_loose_on_content_is_worse() {
    let licence = "You grant us a licence to your recordings, which covers adaptations that AI makes of them.";
    let event = check(&[], &[licence], "output-licence", Direction::Worse, Severity::Major);
    assert_eq!(event.stance_after, Stance::Permits);
}

#[test]
fn an_appeal_and_what_it_is_against_are_two_provisions() {
    let events = between(
        &[],
        &["We use AI to detect accounts that violate these rules. You may appeal against a decision that our AI systems made about you."],
    );
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["recourse-added", "operational-ai-disclosed"], "{events:#?}");
}

#[test]
fn a_promise_about_less_than_the_defined_term_asks_what_it_means() {
    let defined: Vec<String> =
        (1..=5).map(|number| format!("Rule {number} of this page is about Your Content and who may hear it.")).collect();
    let mut old: Vec<&str> = defined.iter().map(String::as_str).collect();
    let before = old.clone();
    old.push("We shall never train artificial intelligence on your content.");
    let event = only(&before, &old);
    assert!(event.not_covered.iter().any(|line| line.contains("defined term \u{201c}Content\u{201d}")), "{:#?}", event.not_covered);
}

#[test]
fn a_summary_names_the_material_that_the_clause_names_and_says_what_it_assumes() {
    let event = only(&[], &["Your recordings may be used to train artificial intelligence."]);
    assert_eq!(
        event.summary,
        "The document now says that your recordings may be used to train AI; the clause offers no way to say no. The clause does not say who would do it."
    );
}

#[test]
fn a_ban_on_scraping_that_names_more_ways_protects_more() {
    let old = "You may not scrape any part of Tidewave.";
    let new = "You may not scrape, crawl, harvest or otherwise extract data from any part of Tidewave.";
    check(&[old], &[new], "user-restriction-extended", Direction::Better, Severity::Minor);
    check(&[new], &[old], "user-restriction-narrowed", Direction::Worse, Severity::Minor);
}

#[test]
fn a_promise_beside_a_permission_names_the_permission() {
    let permission = "We may use the recordings that you publish to train our AI models.";
    let promise = "We will not use your private messages to train our AI models.";
    let event = only(&[permission], &[permission, promise]);
    assert!(event.not_covered.iter().any(|line| line.contains(permission)), "{:#?}", event.not_covered);
}

#[test]
fn an_edit_is_named_after_what_made_the_difference() {
    let promise = |who: &str| format!("We do not use the tracks of {who} to train generative models.");
    let (old, new) = (promise("free accounts and team plans"), promise("free accounts"));
    check(&[&old], &[&new], "tier-moved", Direction::Worse, Severity::Critical);
    for (old, new, kind, direction) in [
        (
            "We have put on hold our plans to use your tracks to train generative models.",
            "We use your tracks to train generative models.",
            "delay-lifted",
            Direction::Worse,
        ),
        (
            "With your express consent we use your tracks to train our AI models.",
            "On the basis of our legitimate interests we use your tracks to train our AI models.",
            "legal-basis-changed",
            Direction::Worse,
        ),
        (
            "We will not use your tracks to train AI models.",
            "We will not use your tracks to train AI models; their use within this licence does not constitute training of models.",
            "redefinition",
            Direction::Worse,
        ),
        (
            "We will not use your tracks to train AI models.",
            "We will not use your tracks to train AI models, as further described in our AI policy.",
            "pointer-moved",
            Direction::Worse,
        ),
        (
            "We will not use, and will not let third parties use, your tracks to train AI models.",
            "We will not use your tracks to train AI models.",
            "actor-dropped",
            Direction::Worse,
        ),
        (
            "We may use the tracks that you upload to train our AI models.",
            "We may use the tracks that you upload to train our AI models, and a model cannot unlearn what it was trained on.",
            "irreversible",
            Direction::Worse,
        ),
        (
            "We may use the tracks that you upload to train our AI models.",
            "We may use the tracks that you upload, regardless of when they were posted, to train our AI models.",
            "retroactive",
            Direction::Worse,
        ),
    ] {
        let events = between(&[old], &[new]);
        let found: Vec<(&str, Direction)> = events.iter().map(|event| (event.kind.as_str(), event.direction)).collect();
        assert!(found.contains(&(kind, direction)), "{kind}: {events:#?}");
    }
    check(
        &["Nobody may use the tracks on Tidewave to train an AI model."],
        &["Nobody may use the tracks on Tidewave to train an AI model, with the exception of our own tools."],
        "self-exemption",
        Direction::Worse,
        Severity::Major,
    );
}

#[test]
fn a_promise_that_shrinks_in_several_ways_is_not_named_after_one_of_them() {
    let events = between(
        &["We will not use, and will not let any provider use, your tracks to train AI models."],
        &["We will not use your tracks to train generative AI models, as further described in our AI policy."],
    );
    let of = |topic: Topic| events.iter().find(|event| event.topic == topic).map(|event| (event.kind.as_str(), event.summary.as_str()));
    assert_eq!(of(Topic::Training).map(|(kind, _)| kind), Some("prohibition-weakened"), "{events:#?}");
    let (kind, summary) = of(Topic::TrainingSharing).expect("an event about others");
    assert_eq!(kind, "prohibition-removed");
    assert!(summary.contains("other companies"), "{summary}");
}

#[test]
fn a_way_out_that_comes_alone_shows_a_practice_that_was_not_named() {
    let event = only(&[], &["You can opt out of the use of your tracks for training our AI models in your settings."]);
    assert_eq!((event.kind.as_str(), event.direction, event.stance_after), ("implied-permission", Direction::Worse, Stance::PermitsOptOut));
    assert!(event.summary.contains("had not said"), "{}", event.summary);
}

#[test]
fn a_summary_says_what_was_inferred_and_what_cannot_be_undone() {
    let permission = "Recordings that were posted before this date may be used by us in perpetuity to train artificial intelligence.";
    let summary = only(&[], &[permission]).summary;
    assert!(summary.contains("what was there before") && summary.contains("cannot be undone"), "{summary}");
}

#[test]
fn what_is_said_the_other_way_round_is_no_news() {
    for (old, new) in [
        (
            "Our recommendation algorithm decides in which order you see other members.",
            "The order in which you see other members is decided by our recommendation algorithm.",
        ),
        (
            "A picture that was made with a generative tool must bear the label “AI”.",
            "A picture that was made with a generative tool must carry the label “AI”.",
        ),
        (
            "We use your posts to train and build our AI models for search.",
            "To build and train our AI models for search, we use your posts.",
        ),
    ] {
        assert_eq!(between(&[old], &[new]), [], "{new}");
    }
}

#[test]
fn one_small_word_that_turns_a_clause_round_is_told() {
    let ban = "You may not use robots to scrape or crawl the site at any time.";
    let leave = "You may use robots to scrape or crawl the site at any time.";
    check(&[ban], &[leave], "user-restriction-removed", Direction::Worse, Severity::Major);
    check(&[leave], &[ban], "user-restriction-added", Direction::Better, Severity::Major);
    let kept = "Our AI assistant will not store your messages after you leave.";
    let free = "Our AI assistant may store your messages after you leave.";
    check(&[kept], &[free], "control-removed", Direction::Worse, Severity::Major);
    check(&[free], &[kept], "control-added", Direction::Better, Severity::Major);
}

#[test]
fn features_that_are_on_by_default_or_stay_on_take_a_control_away() {
    let off = "AI features are inactive until your administrator enables them.";
    check(&[off], &["AI features are active by default."], "control-removed", Direction::Worse, Severity::Major);
    check(&["AI features are active by default."], &[off], "control-added", Direction::Better, Severity::Major);
}

#[test]
fn others_who_join_a_permission_make_it_critical_and_a_human_who_goes_is_missed() {
    let own = "Develop and train machine-learning models for lending, at Tidewave, with your data.";
    let both = "Develop and train machine-learning models for lending, at the Tidewave Group and its technology partners, with your data.";
    let events = between(&[own], &[both]);
    assert!(events.iter().any(|event| event.direction == Direction::Worse && event.severity == Severity::Critical), "{events:#?}");
    let machine = "Our automated system flags accounts that may be false.";
    let human = "Every account that our automated system flags is looked at by a moderator.";
    let alone = "Every account that our automated system flags is closed automatically.";
    let events = between(&[machine, human], &[machine, alone]);
    assert!(events.iter().any(|event| event.kind == "recourse-removed" && event.severity == Severity::Major), "{events:#?}");
}

#[test]
fn faces_that_are_kept_longer_are_worse_and_kept_shorter_better() {
    let kept = |time: &str| format!("We process your facial geometry to verify you and delete it {time}.");
    let (day, years) = (kept("within 24 hours"), kept("three years after you leave"));
    check(&[&day], &[&years], "likeness-rule", Direction::Worse, Severity::Major);
    check(&[&years], &[&day], "likeness-rule", Direction::Better, Severity::Major);
}

#[test]
fn a_way_out_that_leads_out_of_less_is_a_protection_lost() {
    let old = "We train AI models on your posts and pictures; you may object to this in your settings.";
    let new = "We train AI models on your posts and pictures; you may object to this in your settings, but not for pictures.";
    check(&[old], &[new], "control-narrowed", Direction::Worse, Severity::Critical);
}

#[test]
fn a_choice_that_stands_behind_a_permission_is_part_of_it() {
    let learns = "Our software may learn from the drawings you keep with us, so that our AI models recognise more things.";
    let out = "If you would rather we did not, you can turn this off in your account.";
    let none = "If you would rather we did not, your choice is to delete the drawings.";
    let event = check(&[learns, out], &[learns, none], "consent-weakened", Direction::Worse, Severity::Critical);
    assert_eq!((event.stance_before, event.stance_after), (Stance::PermitsOptOut, Stance::Permits));
    assert_eq!(event.before.as_deref(), Some(out));
    assert_eq!(event.after.as_deref(), Some(none));
    let later = "If you would rather we did not, you can turn this off in your account within ten days of an upload.";
    check(&[learns, out], &[learns, later], "control-narrowed", Direction::Worse, Severity::Critical);
    let asks = "No drawing is part of such learning unless you have agreed to it.";
    let event = check(&[learns, out], &[learns, asks], "permission-limited", Direction::Better, Severity::Major);
    assert_eq!(event.stance_after, Stance::PermitsOptIn);
    assert_eq!(between(&[learns, out], &[learns, "If you would rather we did not, turn this off in your account."]), []);
}

#[test]
fn what_people_chose_and_is_now_on_by_default_is_worse() {
    let when = "When this setting is on, we may use your drawings to train our AI models.";
    let chosen = "You will find the setting in your account.";
    let given = "The setting is on by default in the free plan.";
    let event = check(&[when, chosen], &[when, given], "consent-weakened", Direction::Worse, Severity::Critical);
    assert_eq!((event.stance_before, event.stance_after), (Stance::PermitsOptIn, Stance::PermitsOptOut));
}

#[test]
fn a_sentence_that_now_allows_one_thing_and_denies_another_allows() {
    let promise = "We do not use your notes to train artificial intelligence models.";
    let halved = "From May we also use the notes that you share by link to train artificial intelligence models; notes that you do not share are not used to train artificial intelligence models.";
    let events = between(&[promise], &[halved]);
    assert_eq!((events[0].direction, events[0].severity), (Direction::Worse, Severity::Critical), "{events:#?}");
    assert!(events.iter().all(|event| event.direction == Direction::Worse), "{events:#?}");
}

#[test]
fn a_promise_of_the_platform_by_its_name_binds_no_user() {
    let both = "Redkite will not use Customer Notes to train any generative model, and will not permit a third party to do so, without Customer's written consent.";
    let less =
        "Redkite will not permit a third party to use Customer Notes to train any generative model without Customer's written consent.";
    let about = "Redkite may change its prices. Redkite will tell you before.";
    let events = between(&[about, both], &[about, less]);
    assert!(events.iter().any(|event| event.topic == Topic::Training && event.direction == Direction::Worse), "{events:#?}");
    assert!(events.iter().all(|event| event.topic != Topic::Scraping), "{events:#?}");
}

#[test]
fn companies_that_work_for_the_platform_are_bound_for_the_sake_of_people() {
    let bound =
        "Providers of the models behind our helper are barred by contract from keeping your data and from using your data to train.";
    let event = check(&[], &[bound], "prohibition-introduced", Direction::Better, Severity::Major);
    assert_eq!(event.topic, Topic::TrainingSharing);
    let other =
        "The providers of the models that power our helper are barred under contract from keeping your data, and from training with it.";
    assert_eq!(between(&[bound], &[other]), []);
}

#[test]
fn a_sentence_that_became_a_list_says_the_same() {
    let item =
        |text: &str, stem: u32| Clause { kind: ClauseKind::ListItem, text: text.to_owned(), label_len: 0, section: None, stem: Some(stem) };
    let mut old = document(&[
        FRAME[0],
        "We may put your pictures into collections that we license to third parties for the training of generative models and for exhibitions.",
        FRAME[1],
    ]);
    let mut new = document(&[FRAME[0], "We may put your pictures into collections that we license to third parties for:", FRAME[1]]);
    new.clauses.insert(2, item("computer vision; and", 1));
    new.clauses.insert(2, item("the training of generative models;", 1));
    assert_eq!(explain(&old, &new).1, []);
    old.clauses[1].text = "We may put your pictures into collections that we license to third parties for exhibitions.".to_owned();
    let events = explain(&old, &new).1;
    assert!(events.iter().any(|event| event.severity == Severity::Critical && event.topic == Topic::TrainingSharing), "{events:#?}");
}

#[test]
fn the_owners_say_that_becomes_the_platforms_is_a_protection_lost() {
    let owners = "You may not use posts to train an AI model, except with the permission of the authors.";
    let ours = "You may not use posts to train an AI model, except under a licence that you buy from us.";
    check(&[owners], &[ours], "user-restriction-narrowed", Direction::Worse, Severity::Critical);
    check(&[ours], &[owners], "user-restriction-extended", Direction::Better, Severity::Major);
}

#[test]
fn a_label_before_a_promise_makes_it_no_longer() {
    let promise =
        "Tidewave does not use your calls, chats or other messages to train its own or third-party artificial intelligence models.";
    assert_eq!(between(&[promise], &[&format!("No training. {promise}")]), []);
    assert_eq!(between(&[&format!("Our promise on training: {promise}")], &[promise]), []);
}

#[test]
fn an_opt_out_that_goes_from_behind_its_permission_is_one_event() {
    let permission = "We may use prompts and drawings to train and improve our AI models.";
    let out = "You may opt out on the privacy page of your account; we will then use new drawings to serve you only.";
    let event = check(&[&format!("{permission} {out}")], &[permission], "consent-weakened", Direction::Worse, Severity::Critical);
    assert_eq!((event.stance_before, event.stance_after), (Stance::PermitsOptOut, Stance::Permits));
}

#[test]
fn a_ban_for_some_purposes_only_is_narrower() {
    let all = "You may not use posts as an input to train any AI model.";
    let some = "You may not use posts as an input to train any AI model for a commercial purpose.";
    check(&[all], &[some], "user-restriction-narrowed", Direction::Worse, Severity::Critical);
}

#[test]
fn a_rewritten_permission_that_lets_others_in_is_no_rewording() {
    let old = "We may use your drawings in order to train our own AI models.";
    let new = "For the purpose of training AI models, ours and those of our partners alike, each drawing of yours may be used.";
    let events = between(&[old], &[new]);
    assert!(events.iter().any(|event| event.direction == Direction::Worse && event.severity == Severity::Critical), "{events:#?}");
}

#[test]
fn a_ban_with_a_hole_for_polite_machines_is_narrower() {
    let ban = "You may not use automated means to gather content for the training of artificial intelligence models.";
    let holed = "You may not use automated means to gather content for the training of artificial intelligence models, unless your crawler observes our robots.txt file.";
    check(&[ban], &[holed], "user-restriction-narrowed", Direction::Worse, Severity::Critical);
}

#[test]
fn machines_beside_the_people_who_decided_are_no_recourse() {
    let people = "Each appeal against an automated decision is reviewed by a member of our staff.";
    let both = "Each appeal against an automated decision is reviewed by a machine learning model, by a member of our staff, or by both.";
    check(&[people], &[both], "recourse-removed", Direction::Worse, Severity::Major);
}

#[test]
fn a_promise_that_gets_a_date_is_weaker() {
    let promise = "We do not train AI models on your files.";
    for dated in [
        "Until 30 September 2027 we do not train AI models on your files.",
        "As of the date of this version, we do not train AI models on your files.",
        "For the time being, we do not train AI models on your files.",
    ] {
        check(&[promise], &[dated], "prohibition-weakened", Direction::Worse, Severity::Critical);
        check(&[dated], &[promise], "prohibition-strengthened", Direction::Better, Severity::Major);
    }
}

#[test]
fn data_that_need_not_be_made_anonymous_any_more_is_more_data() {
    let anonymous = "We use de-identified messages to train our AI models.";
    let any = "We use messages to train our AI models.";
    check(&[anonymous], &[any], "scope-widened", Direction::Worse, Severity::Critical);
    check(&[any], &[anonymous], "scope-narrowed", Direction::Better, Severity::Minor);
}
