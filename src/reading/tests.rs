use super::*;
use crate::model::{Actor, Clause, ClauseKind, Condition, LimitKind, Modality, Span};
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

fn only(line: &str) -> Frame {
    let reading = read(&document(&[line]));
    assert_eq!(reading.frames.len(), 1, "{line}: {:#?}", reading.frames);
    reading.frames.into_iter().next().unwrap()
}

#[track_caller]
fn check(line: &str, topic: Topic, stance: Stance) -> Frame {
    let frame = only(line);
    assert_eq!((frame.topic, frame.stance), (topic, stance), "{line}: {frame:#?}");
    frame
}

#[test]
fn permissions_to_train_are_read() {
    let frame = check(
        "You agree that Tidewave may use your tracks to train, tune or feed artificial intelligence.",
        Topic::Training,
        Stance::Permits,
    );
    assert_eq!((frame.negated, frame.modality.value), (false, Modality::Permission));
    check("Uploads are used for the training of machine learning models.", Topic::Training, Stance::Permits);
    check(
        "We may train our models on your recordings unless you opt out in your account settings.",
        Topic::Training,
        Stance::PermitsOptOut,
    );
    check("We develop and improve our services, including through machine learning, with your data.", Topic::Training, Stance::Permits);
}

#[test]
fn promises_not_to_train_are_read_with_what_they_leave_open() {
    let frame = check(
        "We will not use your tracks to train generative models that are built to imitate your voice or style without your explicit permission.",
        Topic::Training,
        Stance::ProhibitsPartly,
    );
    assert_eq!((frame.actor.value, frame.condition.value, frame.modality.value), (Actor::Platform, Condition::OptIn, Modality::Covenant));
    let kinds: Vec<LimitKind> = frame.limits.iter().map(|limit| limit.kind).collect();
    assert!(
        kinds.contains(&LimitKind::ImitationOnly) && kinds.contains(&LimitKind::GenerativeOnly) && kinds.contains(&LimitKind::ActorOnly),
        "{kinds:?}"
    );
    check("Your files are never used to train AI.", Topic::Training, Stance::Prohibits);
    check("We won't train AI models on your work without your consent.", Topic::Training, Stance::PermitsOptIn);
}

#[test]
fn bans_on_others_are_no_promises() {
    check("You may not scrape the site or use it to train machine learning models.", Topic::Scraping, Stance::Prohibits);
    check("You agree not to crawl, spider or harvest the platform.", Topic::Scraping, Stance::ProhibitsPartly);
}

#[test]
fn what_only_looks_like_ai_is_not_read() {
    for line in [
        "We train our employees on how to handle personal data.",
        "Our specially trained experts review every complaint.",
        "Calls are recorded for staff training and quality.",
        "We collect your device model and operating system.",
        "Our business model depends on advertising.",
        "You can buy train tickets in the app.",
        "Si applica ai sensi dell'articolo 13.",
        "This contract was concluded with Brightline AI, Inc., 5 Main Street.",
    ] {
        assert!(read(&document(&[line])).frames.is_empty(), "{line}: {:#?}", read(&document(&[line])).frames);
    }
}

#[test]
fn every_filled_slot_points_at_its_words() {
    let line = "7.2 We will not, under any circumstances, use your music to train generative models.";
    let document = document(&[line]);
    for frame in read(&document).frames {
        let filled = frame.filled();
        let spans = frame.limits.iter().map(|limit| &limit.span).chain(filled.iter().filter_map(|filled| filled.span)).chain(&frame.ai);
        for span in spans {
            let words = &document.clauses[span.clause as usize].text[span.range.clone()];
            assert!(!words.is_empty() && line.contains(words));
        }
        assert_eq!(&line[frame.sentence.range.clone()], &line[4..]);
    }
}

/// The slots of a sentence with their words: "time Retroactive: previously posted".
fn slots(line: &str) -> Vec<String> {
    let document = document(&[line]);
    let frames = read(&document).frames;
    let words = |span: Option<&Span>| span.map_or("-", |span| &document.clauses[span.clause as usize].text[span.range.clone()]);
    let filled = frames.iter().flat_map(Frame::filled);
    filled.map(|filled| format!("{} {}: {}", filled.slot, filled.value, words(filled.span))).collect()
}

#[test]
fn who_gains_which_models_when_for_whom_and_how_far_it_binds_are_slots() {
    for (line, expected) in [
        (
            "We and our affiliates may use recordings that you uploaded before this date to train large language models.",
            &[
                "actor Platform: We",
                "beneficiary Affiliate: affiliates",
                "act Train: train",
                "scope ModelClass: large language models",
                "time Retroactive: uploaded before",
                "binding Term: may",
            ][..],
        ),
        (
            "A model cannot unlearn what it was trained on with your posts, whether you live in the Union or not.",
            &["time Irreversible: cannot unlearn"][..],
        ),
        (
            "We have not yet begun to train generative models on the messages of members under 18, except in Ireland.",
            &[
                "time Pending: not yet begun to train",
                "scope Generative: generative",
                "population Age: under 18",
                "exception Exception: except in Ireland",
            ][..],
        ),
        (
            "As described in our AI Policy, we do not use documents of enterprise customers to train models.",
            &["binding Elsewhere: As described in our AI Policy", "population Plan: enterprise customers"][..],
        ),
        (
            "Your clips may be used to train models solely to provide the service to you.",
            &["actor Unknown: -", "scope OwnService: solely to provide the service"][..],
        ),
    ] {
        let slots = slots(line);
        for slot in expected {
            assert!(slots.iter().any(|found| found == slot), "{line}: {slot}: {slots:#?}");
        }
    }
}

#[test]
fn a_language_without_a_lexicon_is_said_to_be_so() {
    let mut document = document(&["Tartalmait mesterséges intelligencia betanítására használjuk."]);
    document.language = Some("hu".to_owned());
    let reading = read(&document);
    assert!(!reading.supported && reading.frames.is_empty());
}

#[test]
fn a_list_of_what_does_not_happen_is_no_automated_decision() {
    let line = "These identifiers are subject to strict controls and are not used for advertising, profiling or tracking.";
    assert!(read(&document(&[line])).frames.is_empty(), "{:#?}", read(&document(&[line])).frames);
    check(
        "Nobody on Tidewave has to accept a verdict reached by automated processing alone: you may appeal against it.",
        Topic::AutomatedDecisions,
        Stance::Describes,
    );
}

#[test]
fn advertisements_are_no_clauses() {
    for line in [
        "Transform your studio with AI that plans, mixes and masters.",
        "Find better samples faster with search powered by years of music and AI.",
    ] {
        assert!(read(&document(&[line])).frames.is_empty(), "{line}");
    }
}

#[test]
fn the_founding_case_and_the_traps_are_read_in_every_language() {
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in include_str!("lexicons/cases.txt").lines().filter(|line| !line.starts_with('#')) {
        let [language, topic, stance, sentence] = line.splitn(4, '|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        seen.insert(language);
        let mut document = document(&[sentence]);
        document.language = Some(language.to_owned());
        let found: Vec<String> = read(&document).frames.iter().map(|frame| format!("{}|{}", frame.topic, frame.stance)).collect();
        let expected = if topic == "none" { Vec::new() } else { vec![format!("{topic}|{stance}")] };
        if found != expected {
            wrong.push(format!("{line}\n    read as {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(languages().all(|language| language == "en" || seen.contains(language)), "a language has no cases: {seen:?}");
}

#[test]
fn what_a_heading_denies_is_denied_of_every_item_below_it() {
    let below = |language: &str, heading: &str, item: &str| {
        let mut document = document(&[heading, item]);
        document.language = Some(language.to_owned());
        document.clauses[0].kind = ClauseKind::Heading(2);
        document.clauses[1] = Clause { kind: ClauseKind::ListItem, section: Some(0), ..document.clauses[1].clone() };
        read(&document).frames.iter().map(|frame| (frame.topic, frame.stance)).collect::<Vec<_>>()
    };
    let cases = [
        ("en", "What we will never do", "Use your drawings to train AI models."),
        ("en", "What we don't do with your music", "Train AI models on your songs."),
        ("en", "Our promises: we never", "Use your poems to train AI."),
        ("de", "Was wir niemals tun", "Ihre Inhalte zum Training von KI-Modellen verwenden."),
        ("fr", "Ce que nous ne ferons jamais", "Utiliser vos contenus pour entraîner des modèles d’IA."),
        ("es", "Lo que nunca hacemos", "Usar su contenido para entrenar modelos de inteligencia artificial."),
        ("it", "Cosa non facciamo", "Usare i tuoi contenuti per addestrare modelli di intelligenza artificiale."),
        ("pt", "O que nunca fazemos", "Usar o seu conteúdo para treinar modelos de inteligência artificial."),
        ("nl", "Wat wij nooit doen", "Uw inhoud gebruiken om AI-modellen te trainen."),
        ("pl", "Czego nigdy nie robimy", "Wykorzystywanie twoich treści do trenowania modeli AI."),
        ("uk", "Чого ми ніколи не робимо", "Використовувати ваш контент для навчання моделей ШІ."),
    ];
    for (language, heading, item) in cases {
        assert_eq!(below(language, heading, item), [(Topic::Training, Stance::Prohibits)], "{language}: {heading} {item}");
    }
    assert_eq!(below("en", "What we do", "Use your drawings to train AI models."), [(Topic::Training, Stance::Permits)]);
    assert_eq!(below("en", "What we don't do", "We use your drawings to train AI models."), [(Topic::Training, Stance::Permits)]);
    assert_eq!(below("en", "What you must not do", "Use our drawings to train AI models."), [(Topic::Scraping, Stance::Prohibits)]);
}

#[test]
fn what_a_company_makes_and_whom_a_ban_names_is_no_permission() {
    let trade = read(&document(&["Tidewave builds language models that musicians trust every day. Tidewave respects you."]));
    assert_eq!(trade.stance(Topic::Training), Stance::Silent);
    check("No person and no automated tool may copy our articles in order to train a model.", Topic::Scraping, Stance::Prohibits);
    check("We do not use photos uploaded before 1 May 2025 to train generative AI models.", Topic::Training, Stance::ProhibitsPartly);
    let both = read(&document(&["We will not use your stories to train AI, and we will not sell them to anyone else for that purpose."]));
    assert_eq!((both.stance(Topic::Training), both.stance(Topic::TrainingSharing)), (Stance::Prohibits, Stance::Prohibits));
    let open = read(&document(&["These Terms do not limit our right to use your content for training artificial intelligence."]));
    assert_eq!(open.stance(Topic::Training), Stance::Permits);
}

#[test]
fn a_bare_answer_says_what_its_question_asked() {
    let asked = |language: &str, question: &str, answer: &str| {
        let mut document = document(&[question, answer]);
        document.language = Some(language.to_owned());
        document.clauses[0].kind = ClauseKind::Heading(3);
        read(&document).frames.iter().map(|frame| (frame.topic, frame.stance)).collect::<Vec<_>>()
    };
    let cases = [
        ("en", "Do you use my photos to train AI models?", "No.", Stance::Prohibits),
        ("en", "Is my music used to train your AI?", "No, it isn't.", Stance::Prohibits),
        ("en", "Will my photos be used to train AI?", "Never. They stay yours.", Stance::Prohibits),
        ("en", "Do you use my photos to train AI models?", "Not unless you opt in.", Stance::PermitsOptIn),
        ("en", "Q: Is my content used to train AI?", "A: Yes.", Stance::Permits),
        ("en", "Is my content used to train AI?", "Yes, unless you opt out in your settings.", Stance::PermitsOptOut),
        ("de", "Verwenden Sie meine Inhalte zum Training von KI-Modellen?", "Nein.", Stance::Prohibits),
        ("fr", "Utilisez-vous mes contenus pour entraîner des modèles d’IA ?", "Non.", Stance::Prohibits),
        ("es", "¿Usan mis fotos para entrenar modelos de inteligencia artificial?", "No.", Stance::Prohibits),
        ("it", "Usate le mie foto per addestrare modelli di intelligenza artificiale?", "Sì.", Stance::Permits),
        ("pt", "Usam as minhas fotos para treinar modelos de inteligência artificial?", "Não.", Stance::Prohibits),
        ("nl", "Gebruikt u mijn foto's om AI-modellen te trainen?", "Nee.", Stance::Prohibits),
        ("pl", "Czy wykorzystujecie moje zdjęcia do trenowania modeli AI?", "Nie.", Stance::Prohibits),
        ("uk", "Чи використовуєте ви мої фото для навчання моделей ШІ?", "Ні.", Stance::Prohibits),
    ];
    for (language, question, answer, stance) in cases {
        assert_eq!(asked(language, question, answer), [(Topic::Training, stance)], "{language}: {question} {answer}");
    }
    assert_eq!(asked("en", "May I train AI models on your articles?", "No."), [(Topic::Scraping, Stance::Prohibits)]);
    assert_eq!(asked("en", "May I train AI models on your articles?", "Yes."), []);
    assert_eq!(asked("en", "Do you show my photos to others?", "No."), []);
    assert_eq!(asked("en", "Do you use my photos to train AI models?", "Notices are sent by e-mail."), []);
    let inside = read(&document(&["Do you use my photos to train AI models? No."]));
    assert_eq!(inside.stance(Topic::Training), Stance::Prohibits);
}

#[test]
fn rights_that_are_kept_from_miners_are_read_as_a_ban() {
    check("Tidewave reserves all its rights against text and data mining, as Article 4 allows.", Topic::Scraping, Stance::Prohibits);
    check("Reading this page does not grant you a right to AI training of any kind.", Topic::Scraping, Stance::Prohibits);
}

#[test]
fn a_user_who_trains_a_model_of_the_service_gives_nothing_away() {
    let reading = read(&document(&["You may fine-tune the models of Tidewave with the tools that come with them."]));
    assert!(reading.frames.iter().all(|frame| frame.topic == Topic::Outputs), "{:#?}", reading.frames);
    assert_eq!(reading.stance(Topic::Training), Stance::Silent);
}

#[test]
fn what_recommendations_are_made_from_is_operational() {
    check(
        "Recommendations on Tidewave are based on the tracks that you have played and liked.",
        Topic::AutomatedDecisions,
        Stance::Describes,
    );
    for line in ["We recommend that you choose a long password.", "Learn more about our use of AI here."] {
        assert!(read(&document(&[line])).frames.is_empty(), "{line}: {:#?}", read(&document(&[line])).frames);
    }
}

#[test]
fn data_that_cannot_identify_anybody_is_used_all_the_same() {
    check("We may use data that cannot identify you to train and improve our machine learning models.", Topic::Training, Stance::Permits);
}

#[test]
fn a_way_out_in_the_next_sentence_belongs_to_the_permission() {
    let read_stance = |lines: &[&str]| read(&document(lines)).stance(Topic::Training);
    let trains = "We use the recordings that you publish to train our AI models.";
    assert_eq!(read_stance(&[trains, "You can object to this at any time in your settings."]), Stance::PermitsOptOut);
    assert_eq!(
        read_stance(&["We use the recordings that you publish to train our AI models. To opt out of such use, write to us."]),
        Stance::PermitsOptOut
    );
    assert_eq!(read_stance(&[trains, "You can object to marketing mails in your settings."]), Stance::Permits, "another matter");
    let far =
        [trains, "We keep records for a year.", "Payments are due on Mondays.", "Our law is Irish.", "You can object to this decision."];
    assert_eq!(read_stance(&far), Stance::Permits, "too far away");
    let french = Document {
        language: Some("fr".to_owned()),
        ..document(&["Nous utilisons vos contenus pour entraîner nos modèles d'IA.", "Vous pouvez vous opposer à cette utilisation."])
    };
    assert_eq!(read(&french).stance(Topic::Training), Stance::PermitsOptOut);
}

#[test]
fn a_negation_reaches_over_parentheses_and_through_definitions() {
    let far = "Neither Tidewave nor any partner is allowed to use recordings that came under separate contracts (among them artwork, pictures, logos, the works that were performed and every part of them, lyrics, notes, names, and all that a label or a publisher sent along with them on the day of delivery or later, in whatever format) for the purposes of training artificial intelligence, unless the owners agreed.";
    let frame = only(far);
    assert_eq!((frame.topic, frame.negated), (Topic::Training, true), "{frame:#?}");
    let frame = only("Private use does not include using the recordings on Tidewave to train a machine learning model.");
    assert_eq!((frame.topic, frame.stance), (Topic::Scraping, Stance::Prohibits), "{frame:#?}");
    assert!(read(&document(&["“Base Model” refers to a machine learning model that was trained by somebody."])).frames.is_empty());
}

#[test]
fn a_label_on_what_ai_made_is_a_duty_of_those_who_post() {
    let frame = only("You must label recordings and other content that uses AI.");
    assert_eq!((frame.topic, frame.modality.value), (Topic::Conduct, Modality::Duty), "{frame:#?}");
}

#[test]
fn a_platform_that_speaks_of_itself_by_name_is_the_actor() {
    let terms = [
        "Tidewave may close accounts.",
        "Tidewave will tell you before that.",
        "Tidewave reserves the right to change its prices. Write to legal@tidewave.example, or see tidewave.example/prices.",
        "Prices may change. Prices will be told in time; the prices may rise.",
        "Users may leave at any time. Users will be told. Users may write to us. Users may complain.",
        "Tidewave may use automated systems to detect and remove your content where it breaks these rules.",
    ];
    let reading = read(&document(&terms));
    let frame = reading.frames.iter().find(|frame| frame.topic == Topic::AutomatedDecisions).unwrap();
    assert_eq!((frame.actor.value, frame.stance), (Actor::Platform, Stance::Permits), "{frame:#?}");
}

#[test]
fn what_only_sums_up_is_no_clause_unless_it_alone_says_so() {
    let heading = |text: &str| Clause { kind: ClauseKind::Heading(2), ..document(&[text]).clauses.remove(0) };
    let under = |section: u32, text: &str| Clause { section: Some(section), ..document(&[text]).clauses.remove(0) };
    let short = "In short: we never use your recordings to train AI.";
    let clause = "We do not use your recordings to train our AI models for singing, in any country.";
    let page = |clauses: Vec<Clause>| Document { title: None, language: Some("en".to_owned()), clauses };
    let both = page(vec![heading("Summary of changes"), under(0, short), heading("Your recordings"), under(2, clause)]);
    let frames = read(&both).frames;
    assert_eq!(frames.iter().map(|frame| frame.sentence.clause).collect::<Vec<_>>(), [3], "{frames:#?}");
    let alone = page(vec![heading("Summary of changes"), under(0, short)]);
    assert_eq!(read(&alone).stance(Topic::Training), Stance::Prohibits);
}

#[test]
fn a_choice_that_does_not_reach_is_no_way_out() {
    let terms = "By using Draft Tools you agree that (a) Tidewave may use your recordings to train its AI models, and (b) the opt-out that you chose for other tools does not apply to Draft Tools.";
    let reading = read(&document(&[terms]));
    assert_eq!(reading.stance(Topic::Training), Stance::Permits, "{:#?}", reading.frames);
    assert!(reading.frames.iter().any(|frame| frame.rule == "choice-denied"), "{:#?}", reading.frames);
}

#[test]
fn plans_that_are_on_hold_are_not_carried_out() {
    let frame = only("For now we are delaying our plans to use your posts to develop artificial intelligence models.");
    assert!(frame.topic == Topic::Training && frame.negated, "{frame:#?}");
    let frame = only("You may close your account while we use your posts to develop artificial intelligence models.");
    assert!(frame.topic == Topic::Training && !frame.negated, "{frame:#?}");
}

#[test]
fn what_is_made_with_ai_makes_no_model() {
    let reading = read(&document(&["Some tools let you enhance your photos and other content, including with the use of AI technology."]));
    assert_eq!(reading.stance(Topic::Training), Stance::Silent, "{:#?}", reading.frames);
    check("We use your photos to enhance our AI technology.", Topic::Training, Stance::Permits);
}

#[test]
fn machines_that_look_for_what_is_forbidden_decide_and_generate_nothing() {
    check(
        "We transcribe voice messages into text and let our AI model detect harmful content in them.",
        Topic::AutomatedDecisions,
        Stance::Describes,
    );
}

#[test]
fn a_promise_to_some_people_or_about_some_data_says_to_whom() {
    let kinds = |line: &str| only(line).limits.iter().map(|limit| limit.kind).collect::<Vec<_>>();
    assert!(kinds("We do not train our AI models on files of Team customers.").contains(&LimitKind::Plan));
    assert!(kinds("We do not train our AI models on posts of people in Switzerland.").contains(&LimitKind::Place));
    assert!(kinds("We do not use data in a form that identifies you to train our AI models.").contains(&LimitKind::Deidentified));
    assert!(
        kinds("We do not use recordings delivered to us under a separate agreement to train AI models.")
            .contains(&LimitKind::SeparateAgreement)
    );
    let all = kinds("We do not train our AI models on your files.");
    assert!(!all.contains(&LimitKind::Plan) && !all.contains(&LimitKind::Place) && !all.contains(&LimitKind::Deidentified), "{all:?}");
}

#[test]
fn silence_of_a_tag_gives_no_consent_and_what_the_law_permits_is_no_permission() {
    check("A missing tag does not imply that anybody gave consent to AI training.", Topic::Scraping, Stance::Prohibits);
    let frame = only("Face scans are deleted after a month, or later to the extent permitted by applicable law.");
    assert_eq!(frame.modality.value, Modality::Practice, "{frame:#?}");
}

#[test]
fn machines_that_are_kept_out_are_a_ban_on_scraping() {
    check("You may not let an AI agent access Tidewave or browse its pages for you.", Topic::Scraping, Stance::Prohibits);
    check("You may not use AI features of Tidewave to annoy others with noise.", Topic::Outputs, Stance::Prohibits);
}

#[test]
fn what_is_punished_is_a_ban_on_users_and_no_right_of_the_platform() {
    let reading = read(&document(&["We may suspend your account if you use our output to train a competing AI model."]));
    assert_eq!((reading.stance(Topic::Training), reading.stance(Topic::Outputs)), (Stance::Silent, Stance::Prohibits), "{reading:#?}");
}

#[test]
fn who_trains_and_what_is_denied_is_read_in_other_words() {
    check("Your recordings are excluded from our AI training program unless you join it.", Topic::Training, Stance::PermitsOptIn);
    check("Your recordings are part of our AI training program; you can opt out at any time.", Topic::Training, Stance::PermitsOptOut);
    check(
        "Nothing in this agreement gives us the right to train generative AI models on your work.",
        Topic::Training,
        Stance::ProhibitsPartly,
    );
    check("We may share de-identified data with research partners who develop AI models.", Topic::TrainingSharing, Stance::Permits);
    let reading = read(&document(&["Customers may use the interface to train AI models on their own data."]));
    assert_eq!(reading.stance(Topic::Training), Stance::Silent, "{:#?}", reading.frames);
}

#[test]
fn what_a_ban_or_a_promise_leaves_out_by_name_is_a_limit() {
    let kinds = |line: &str| only(line).limits.iter().map(|limit| limit.kind).collect::<Vec<_>>();
    let own = "You may not train AI models on anything that is on Tidewave, with the exception of our own models.";
    assert!(kinds(own).contains(&LimitKind::SelfExempt));
    assert!(kinds("We do not train AI models on your files, except as described in our data policy.").contains(&LimitKind::Pointer));
    let name = "We never sell your files to those who train AI, and what we pass on to them is not considered a sale.";
    assert!(kinds(name).contains(&LimitKind::Redefinition));
    check("“Improvement” means the training of AI models on your recordings.", Topic::Training, Stance::Permits);
}

/// The topics that a sentence is read as, among others before it in its paragraph.
fn topics(lines: &str) -> Vec<Topic> {
    read(&document(&[lines])).frames.iter().map(|frame| frame.topic).collect()
}

#[test]
fn training_of_ones_own_and_by_others_in_one_sentence_is_both() {
    for line in [
        "Tidewave will not use your drafts, and will not let any provider use them, to train machine learning models.",
        "We use your clips to train AI models, our own and those of the studios who work with us.",
        "Your songs are never used to train language models of ours or of any third party.",
    ] {
        assert_eq!(topics(line), [Topic::Training, Topic::TrainingSharing], "{line}");
    }
    for line in [
        "We may license your reviews to AI companies.",
        "We offer the recordings that you upload to developers of artificial intelligence.",
        "Research partners to whom we supply your essays train their language models on them.",
    ] {
        assert_eq!(topics(line), [Topic::TrainingSharing], "{line}");
    }
}

#[test]
fn a_human_who_decides_where_machines_were_spoken_of_is_recourse() {
    assert_eq!(
        topics("Our algorithm ranks applications. No application is refused before a recruiter has looked at it."),
        [Topic::AutomatedDecisions; 2]
    );
    assert!(topics("You may write to us. A moderator will look at your letter.").is_empty());
}

#[test]
fn an_ai_feature_is_known_by_the_name_that_the_document_gives_it() {
    let document = document(&[
        "Meet Pollen, our AI gardener. You keep your garden.",
        "Posts are used, once names are gone, to train and test Pollen and its models.",
        "The law of Ireland applies. You pay in euros.",
    ]);
    let frames = read(&document).frames;
    assert!(frames.iter().any(|frame| frame.topic == Topic::Training && frame.sentence.clause == 1), "{frames:#?}");
    assert!(frames.iter().all(|frame| frame.sentence.clause < 2), "{frames:#?}");
}

#[test]
fn what_is_left_out_of_training_is_a_promise_about_it() {
    let frames = read(&document(&["We train our models on what you post. The contents of private messages are left out."])).frames;
    assert_eq!(
        frames.iter().map(|frame| (frame.topic, frame.negated)).collect::<Vec<_>>(),
        [(Topic::Training, false), (Topic::Training, true)]
    );
    assert_eq!(frames[1].stance, Stance::ProhibitsPartly);
}

#[test]
fn what_cannot_be_undone_denies_nothing_and_weighing_interests_neither() {
    for line in [
        "We train our models on your posts, and a model cannot unlearn what it has read.",
        "So long as your interests do not outweigh ours, we train our AI models on your posts.",
        "We use your calls to coach staff and speech models that our AI team trains.",
    ] {
        check(line, Topic::Training, Stance::Permits);
    }
    check("In no case may the articles be used to train a machine learning system.", Topic::Scraping, Stance::Prohibits);
    check("Text and data mining is reserved for our own use.", Topic::Scraping, Stance::Prohibits);
}

#[test]
fn menus_and_courses_about_ai_are_no_clauses() {
    for line in ["Home · What is agentic AI? · Prices · Log in", "Opinion | How our writers use artificial intelligence"] {
        assert!(topics(line).is_empty(), "{line}");
    }
}

#[test]
fn people_who_are_trained_are_no_models() {
    for line in [
        "No channel is closed for good by an algorithm alone: a trained person on our team decides.",
        "Reports that our AI finds go to trained editors.",
    ] {
        assert!(!topics(line).contains(&Topic::Training), "{line}");
    }
}

#[test]
fn content_for_use_in_ai_is_kept_back_and_ai_features_are_not() {
    check("You may not use the images or any metadata for machine learning.", Topic::Scraping, Stance::Prohibits);
    assert!(!topics("You may not use the AI features for advertising.").contains(&Topic::Scraping));
}

#[test]
fn what_a_ban_leaves_free_is_no_ban() {
    let lines =
        ["Customers may not use Output to train AI models, except (i) models that sort data, and (ii) fine-tuned versions of our models."];
    let frames = read(&document(&lines)).frames;
    assert!(frames.iter().all(|frame| frame.topic == Topic::Outputs), "{frames:#?}");
}

#[test]
fn rules_about_what_machines_made_are_read_however_they_are_put() {
    for line in [
        "Texts composed, in whole or in part, with ChatGPT must not be submitted.",
        "Songs that were made by AI aren't allowed.",
        "Pictures made with generative software are not accepted.",
    ] {
        assert_eq!(topics(line), [Topic::Conduct], "{line}");
    }
    assert_eq!(
        topics("Synthetic voices that sound like an identifiable person are not allowed without that person's consent."),
        [Topic::Likeness]
    );
}
