//! The commands as a person or a script meets them: what they print, how they end, what they leave behind.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::web::{Scene, Stage};
use mail_parser::MessageParser;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use support::house::{House, LOOPBACK, Said, eventually};
use support::pages;
use support::smtp::{Conduct, SmtpStub, Step};

const TRAINS: &str = "We may use the pictures that you upload to train our artificial intelligence models.";
const PROMISE: &str = "We will not use your pictures to train artificial intelligence models.";
const EXTRA: &str = "Guests may leave three comments a day under each picture.";

/// The terms of an invented platform for pictures, with a sentence of their own behind the licence.
fn terms(sentence: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Terms | Lanternbay</title></head><body><nav><a href=\"/\">Lanternbay</a> <a href=\"/join\">Join</a></nav><main>\
         <h1>Lanternbay Terms</h1>\
         <h2>1. Your pictures</h2>\
         <p>The pictures that you put on Lanternbay remain yours. You give us a licence to show them to visitors and to keep copies for that. {sentence}</p>\
         <h2>2. Conduct</h2><p>You may not:</p>\
         <ul><li>upload pictures that somebody else has taken without asking them;</li><li>follow people who have blocked you with a second account.</li></ul>\
         <h2>3. Liability</h2>\
         <p>We keep the site running as well as we can. Where the law lets us, we answer only for damage that we have caused knowingly or by gross carelessness.</p>\
         </main><footer>Lanternbay, 4 Quay Street</footer></body></html>"
    )
}

/// A house with two versions of the terms in it.
fn with_versions(old: &str, new: &str) -> House {
    let house = House::new();
    house.write("old.html", &terms(old));
    house.write("new.html", &terms(new));
    house
}

fn watchlist(url: &str) -> String {
    format!(
        "# Mine. Don't touch.\n[defaults]\nconfirm_after = \"1s\" # short\n\n# the bay\n[[watch]]\nplatform = \"Lanternbay\"\ndocument = \"Terms\"\nurl = \"{url}\"\ntags = [\"pictures\"]\n"
    )
}

const WATCH: &str = "lanternbay/terms";

/// A house that watches a page on loopback.
async fn watching(settings: &str) -> (House, Stage) {
    let stage = Stage::open().await.expect("a stage");
    stage.show("/terms", Scene::page(terms("")));
    (House::with(settings, &watchlist(&stage.url("/terms"))), stage)
}

/// Shows another sentence and checks until the change is confirmed; the last check.
fn change(house: &House, stage: &Stage, sentence: &str) -> Said {
    stage.show("/terms", Scene::page(terms(sentence)));
    let held = house.run(&["check"]).ends_with(0);
    assert!(held.out.contains("differs; waits for a second sighting"), "{held:#?}");
    eventually("the change is confirmed", || Some(house.run(&["check"])).filter(|said| said.code == Some(1)))
}

#[track_caller]
fn assert_keys(value: &Value, keys: &[&str]) {
    let there: BTreeSet<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    let missing: Vec<_> = keys.iter().filter(|key| !there.contains(*key)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in {value:#}");
}

fn is_quote(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|quote| !quote.is_empty() && quote.chars().count() <= 500)
}

/// An event has every key that tools rely on, with a value of the right kind.
#[track_caller]
fn assert_event(event: &Value) {
    assert_keys(
        event,
        &["topic", "kind", "change", "direction", "severity", "stance_before", "stance_after", "rule", "summary", "section"],
    );
    let words = |key: &str, allowed: &[&str]| {
        assert!(event[key].as_str().is_some_and(|word| allowed.contains(&word)), "{key} of {event:#}");
    };
    let stances = ["prohibits", "prohibits-partly", "permits-opt-in", "silent", "describes", "permits-opt-out", "permits"];
    words("topic", &["training", "training-sharing", "scraping", "outputs", "likeness", "automated-decisions", "conduct", "other"]);
    words("change", &["added", "removed", "modified"]);
    words("direction", &["worse", "better", "neutral"]);
    words("severity", &["minor", "major", "critical"]);
    words("stance_before", &stances);
    words("stance_after", &stances);
    assert!(["kind", "rule", "summary"].iter().all(|key| event[key].as_str().is_some_and(|text| !text.is_empty())), "{event:#}");
    assert_keys(event, &["before", "after", "not_covered"]);
    assert!(is_quote(&event["before"]) && is_quote(&event["after"]) && event["section"].is_string(), "{event:#}");
    assert!(event["not_covered"].as_array().is_some_and(|lines| lines.iter().all(Value::is_string)), "{event:#}");
}

#[test]
fn compare_as_json_has_every_key_that_tools_rely_on() {
    let house = with_versions(TRAINS, PROMISE);
    let compared = house.run(&["compare", "old.html", "new.html", "--format", "json"]).ends_with(1).json();
    assert_keys(&compared, &["old", "new", "events", "edits"]);
    assert!(compared["old"].is_object() && compared["new"].is_object());
    assert!(compared["edits"].as_array().is_some_and(|edits| !edits.is_empty()), "{compared:#}");
    let events = compared["events"].as_array().expect("events");
    assert!(!events.is_empty(), "{compared:#}");
    for event in events {
        assert_event(event);
        for (key, page) in [("before", terms(TRAINS)), ("after", terms(PROMISE))] {
            assert!(event[key].as_str().is_none_or(|quote| page.contains(quote)), "{key} is no quote: {event:#}");
        }
    }
}

#[test]
fn compare_says_what_a_new_permission_means() {
    let house = with_versions("", TRAINS);
    let compared = house.run(&["compare", "old.html", "new.html", "--format", "json"]).ends_with(1).json();
    assert_eq!(compared["events"].as_array().map(Vec::len), Some(1), "{compared:#}");
    let event = &compared["events"][0];
    let expected = json!({ "topic": "training", "change": "added", "direction": "worse", "severity": "critical", "stance_before": "silent", "stance_after": "permits", "before": null, "after": TRAINS });
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(&event[key], value, "{key} of {event:#}");
    }
    assert!(event["section"].as_str().is_some_and(|section| section.contains("1. Your pictures")), "{event:#}");
}

#[test]
fn compare_claims_nothing_about_a_language_that_is_not_read() {
    let paragraph = "A felhasználó a szolgáltatás használatával elfogadja ezeket a feltételeket, és tudomásul veszi, hogy a szerződésre a magyar jog az irányadó. ";
    let page = |last: &str| format!("<html lang=hu><h1>Feltételek</h1><p>{}</p><p>{last}</p></html>", paragraph.repeat(8));
    let house = with_versions("", "");
    house.write("old.html", &page("A díjat havonta kell megfizetni."));
    house.write("new.html", &page("A feltöltött képeket mesterséges intelligencia betanítására használjuk."));
    let printed = house.run(&["compare", "old.html", "new.html"]).ends_with(1).out;
    assert!(printed.contains("not read yet (hu)") && !printed.contains("nothing that it says about AI"), "{printed}");
}

#[test]
fn compare_in_every_format_shows_the_same_change() {
    let house = with_versions("", TRAINS);
    let compare = |format: &str| house.run(&["compare", "old.html", "new.html", "--format", format]).ends_with(1).out;
    let event = house.run(&["compare", "old.html", "new.html", "--format", "json"]).json()["events"][0].clone();
    for format in ["text", "html", "markdown"] {
        let printed = compare(format);
        for key in ["topic", "direction", "summary", "after"] {
            let words = event[key].as_str().expect("words");
            assert!(printed.contains(words), "{key} {words:?} is not in {format}:\n{printed}");
        }
        assert!(printed.to_lowercase().contains("critical"), "{printed}");
    }
    assert!(compare("html").starts_with("<!doctype html>") && compare("html").trim_end().ends_with("</html>"));
    assert!(compare("markdown").starts_with("# "));
}

#[test]
fn a_page_cannot_put_markup_into_the_report_or_move_the_cursor() {
    let hostile =
        format!("{TRAINS} The words &lt;script&gt;alert(1)&lt;/script&gt; and &#27;[2J and &#8238;desrever&#8236; mean nothing to us.");
    let house = with_versions("", &hostile);
    let html = house.run(&["compare", "old.html", "new.html", "--format", "html"]).ends_with(1).out;
    assert!(html.contains("alert(1)") && !html.contains("<script"), "{html}");
    for format in ["text", "markdown", "html"] {
        let printed = house.run(&["compare", "old.html", "new.html", "--format", format]).ends_with(1).out;
        assert!(!printed.contains(['\u{1b}', '\u{202e}']), "{format}: {printed:?}");
    }
}

#[test]
fn a_document_compared_with_itself_is_quiet() {
    let house = with_versions(TRAINS, TRAINS);
    house.run(&["compare", "old.html", "old.html"]).ends_with(0);
    for format in ["text", "json", "html", "markdown"] {
        let said = house.run(&["compare", "old.html", "new.html", "--format", format]).ends_with(0);
        if format == "json" {
            assert_eq!((&said.json()["events"], &said.json()["edits"]), (&json!([]), &json!([])));
        }
    }
}

#[test]
fn compare_reads_html_markdown_and_plain_text_alike() {
    let house = with_versions("", TRAINS);
    let markdown = house.run(&["extract", "new.html"]).ends_with(0).out;
    house.write("new.md", &markdown);
    house.write("new.txt", &markdown.replace(['#', '-'], ""));
    house.run(&["compare", "new.html", "new.md"]).ends_with(0);
    for new in ["new.md", "new.txt"] {
        let compared = house.run(&["compare", "old.html", new, "--format", "json"]).ends_with(1).json();
        assert_eq!(compared["events"][0]["after"], TRAINS, "{new}: {compared:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compare_fetches_what_is_named_by_its_url() {
    let (house, stage) = watching(LOOPBACK).await;
    house.write("new.html", &terms(TRAINS));
    let compared = house.run(&["compare", &stage.url("/terms"), "new.html", "--format", "json"]).ends_with(1).json();
    assert_eq!(compared["events"][0]["after"], TRAINS);
    stage.show("/terms", pages::failing(503, &[], "<h1>Back soon</h1>"));
    let compared = house.run(&["compare", "new.html", &stage.url("/terms"), "--format", "json"]).json();
    assert_eq!(compared["events"], json!([]), "an error page is no version: {compared:#}");
}

#[test]
fn replay_as_json_has_a_step_for_each_page() {
    let house = House::new();
    let error = "<h1>Something went wrong</h1><p>Try again later.</p>".to_owned();
    let sequence = [
        (terms(""), "first"),
        (terms(""), "unchanged"),
        (terms(TRAINS), "held"),
        (terms(TRAINS), "changed"),
        (error, "rejected"),
        (terms(TRAINS), "unchanged"),
    ];
    let mut entries = Vec::new();
    for (day, (page, _)) in (1..).zip(&sequence) {
        house.write(&format!("pages/{day}.html"), page);
        entries.push(json!({ "page": format!("pages/{day}.html"), "fetched": format!("2026-03-0{day}T12:00:00Z"), "note": "ignored" }));
    }
    house.write("index.json", &json!({ "document": "Lanternbay/Terms", "sequence": entries, "origin": "invented" }).to_string());

    let replayed = house.run(&["replay", ".", "--format", "json"]).ends_with(1).json();
    let steps = replayed["steps"].as_array().expect("steps");
    let outcomes: Vec<_> = steps.iter().filter_map(|step| step["outcome"].as_str()).collect();
    assert_eq!(outcomes, sequence.each_ref().map(|(_, outcome)| *outcome));
    for (step, entry) in steps.iter().zip(&entries) {
        assert_keys(step, &["page", "outcome", "reason", "events"]);
        assert_eq!(step["page"], entry["page"]);
        assert_eq!(step["events"].as_array().is_some_and(|events| !events.is_empty()), step["outcome"] == "changed", "{step:#}");
        assert_eq!(step["reason"].is_string(), step["outcome"] == "rejected", "{step:#}");
    }
    assert_event(&steps[3]["events"][0]);
    assert_eq!(steps[3]["events"][0]["after"], TRAINS);
    let text = house.run(&["replay", "."]).ends_with(1).out;
    assert!(text.contains("2026-03-04T12:00:00Z pages/4.html changed") && text.contains("critical training"), "{text}");
}

/// A page that is served in two variants in turn: nobody is told, and the history calls it what it is.
#[test]
fn variants_that_are_served_in_turn_are_told_from_changes() {
    let house = House::new();
    let other = "Pictures of ferries are shown on the start page in the summer months of every year.";
    let mut entries = Vec::new();
    for (day, extra) in ["", other, "", other, ""].into_iter().enumerate() {
        house.write(&format!("pages/{day}.html"), &terms(extra));
        entries.push(json!({ "page": format!("pages/{day}.html"), "fetched": format!("2026-03-0{}T12:00:00Z", day + 1) }));
    }
    house.write("index.json", &json!({ "document": "Lanternbay/Terms", "sequence": entries }).to_string());
    let replayed = house.run(&["replay", ".", "--format", "json"]).ends_with(0).json();
    let steps = replayed["steps"].as_array().expect("steps");
    let seen: Vec<_> = steps.iter().map(|step| (step["outcome"].as_str().unwrap_or(""), step["reason"].as_str().unwrap_or(""))).collect();
    assert_eq!(
        seen,
        [
            ("first", ""),
            ("held", ""),
            ("unchanged", "a difference was gone at the second sighting"),
            ("held", ""),
            ("unchanged", "a text that was there before came and went"),
        ]
    );
}

#[test]
fn explain_names_the_rule_and_the_words_that_decided() {
    let house = House::new();
    house.write("old.html", &terms(""));
    house.write("new.html", &terms(TRAINS));
    let said = house.run(&["compare", "old.html", "new.html", "--explain"]).ends_with(1).out;
    for words in ["Decided by: training/", "Read now: permits", "act Train \u{201c}train\u{201d}"] {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
}

#[test]
fn extract_prints_the_legal_text_and_nothing_round_it() {
    let house = with_versions(TRAINS, "");
    let markdown = house.run(&["extract", "old.html"]).ends_with(0).out;
    for words in ["# Lanternbay Terms\n", "## 1. Your pictures\n", TRAINS, "- upload pictures that somebody else has taken"] {
        assert!(markdown.contains(words), "{words:?} is not in\n{markdown}");
    }
    assert!(!markdown.contains("Join") && !markdown.contains("Quay Street"), "{markdown}");

    let extracted = house.run(&["extract", "old.html", "--format", "json"]).ends_with(0).json();
    assert_keys(&extracted, &["title", "language", "words", "clauses"]);
    assert_eq!(extracted["language"], "en");
    let clauses = extracted["clauses"].as_array().expect("clauses");
    for clause in clauses {
        assert_keys(clause, &["kind", "level", "label", "text", "section", "stem"]);
        assert!(markdown.contains(clause["text"].as_str().expect("a text")), "{clause:#}");
    }
    let item = clauses.iter().find(|clause| clause["kind"] == "list-item").expect("a list item");
    assert_eq!((&item["stem"], &item["section"]), (&json!("You may not:"), &json!(["Lanternbay Terms", "2. Conduct"])));
}

#[test]
fn read_says_where_a_document_stands() {
    let house = with_versions(TRAINS, "");
    let text = house.run(&["read", "old.html"]).ends_with(0).out;
    assert!(text.contains("training: permits") && text.contains(TRAINS), "{text}");
    let reading = house.run(&["read", "old.html", "--format", "json"]).ends_with(0).json();
    assert_eq!(reading["supported"], true);
    let topics = reading["topics"].as_array().expect("topics");
    let training = topics.iter().find(|topic| topic["topic"] == "training").expect("training");
    assert_eq!((&training["stance"], &training["clauses"][0]["quote"]), (&json!("permits"), &json!(TRAINS)));
    let silent = house.run(&["read", "new.html", "--format", "json"]).ends_with(0).json();
    assert!(silent["topics"].as_array().is_some_and(|topics| topics.iter().all(|topic| topic["stance"] == "silent")), "{silent:#}");
}

#[test]
fn the_exit_code_says_whose_fault_it_is() {
    let refused = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}/terms", listener.local_addr().expect("an address"))
    };
    let house = House::with(LOOPBACK, &watchlist(&refused));
    house.write("old.html", &terms(""));
    house.write("new.html", &terms(TRAINS));
    house.write("numbers.bin", "\0\0\0\0");
    house.write("broken/index.json", "{\"document\":\n 7}");
    let cases: &[(&[&str], i32, &str)] = &[
        (&["compare", "old.html", "old.html"], 0, ""),
        (&["compare", "old.html", "new.html"], 1, ""),
        (&["compare", "old.html", "nowhere.html"], 2, "nowhere.html can't be read"),
        (&["compare", "old.html"], 2, "Usage"),
        (&["compare", "old.html", "new.html", "--format", "poem"], 2, "poem"),
        (&["compare", "old.html", &refused], 3, "127.0.0.1"),
        (&["extract", "numbers.bin"], 2, "numbers.bin can't be read"),
        (&["extract", &refused], 3, "127.0.0.1"),
        (&["read", "nowhere.html"], 2, "nowhere.html can't be read"),
        (&["replay", "nowhere"], 2, "index.json can't be read"),
        (&["replay", "broken"], 2, "index.json:2:"),
        (&["check"], 3, "no page could be read"),
        (&["check", "lanternbay/nothing"], 2, "there is no watch lanternbay/nothing"),
        (&["show", "99"], 2, "there is no change 99"),
        (&["show", "many"], 2, "many"),
        (&["watch", "test", "nowhere"], 2, "no watch of the list and no URL"),
        (&["watch", "test", &refused], 3, "127.0.0.1"),
        (&["--watchlist", "nowhere.toml", "watch", "list"], 2, "nowhere.toml can't be read"),
        (&["--config", "nowhere.toml", "watch", "list"], 2, "nowhere.toml can't be read"),
        (&["--state", "old.html", "mail", "queue"], 3, "old.html"),
        (&["dance"], 2, "dance"),
        (&[], 2, "Usage"),
    ];
    for (arguments, code, words) in cases {
        let said = house.run(arguments);
        assert_eq!(said.code, Some(*code), "{arguments:?}: {said:#?}");
        assert!(said.complaint().contains(words), "{arguments:?} does not say {words:?}: {said:#?}");
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let house = House::new();
    let commands = [
        "run",
        "check",
        "compare",
        "extract",
        "read",
        "replay",
        "watch list",
        "watch add",
        "watch remove",
        "watch test",
        "history",
        "show",
        "subscriber list",
        "subscriber add",
        "subscriber remove",
        "mail test",
        "mail queue",
        "store verify",
        "doctor",
        "demo",
    ];
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let said = house.run(&arguments).ends_with(0);
        assert!(said.out.contains(&format!("Example: fineprint {command}")) || said.out.contains(&format!(" {command}\n")), "{said:#?}");
    }
}

#[test]
fn a_broken_file_is_reported_by_line_and_column_on_one_line() {
    let broken = "[[watch]]\nplatform = \"Lanternbay\"\ndocument = \"Terms\"\nurl = \"ftp://lanternbay.example/a-very-long-path-that-goes-on-and-on-until-no-terminal-is-wide-enough\"\n";
    let house = House::with("", broken);
    for arguments in [&["check"][..], &["run"], &["watch", "list"], &["watch", "test", WATCH], &["mail", "test", "ana@example.org"]] {
        let said = house.run(arguments).ends_with(2);
        assert!(said.err.lines().any(|line| line.contains("watchlist.toml:4:7: ") && line.contains("wide-enough")), "{said:#?}");
    }
    house.write("watchlist.toml", &watchlist("https://lanternbay.example/terms"));
    house.write("fineprint.toml", "[fetch]\nretries = \"many\"\n");
    let said = house.run(&["check"]).ends_with(2);
    assert!(said.err.contains("fineprint.toml:2:11: "), "{said:#?}");
}

#[test]
fn watch_add_and_remove_leave_the_rest_of_the_file_alone() {
    let house = House::with("", &watchlist("https://lanternbay.example/terms"));
    let before = house.read("watchlist.toml");
    house.run(&["watch", "add", "Otterfield", "Privacy Notice", "https://otterfield.example/privacy", "--tag", "pictures"]).ends_with(0);
    let added = house.read("watchlist.toml");
    assert!(added.starts_with(&before) && added.contains("otterfield.example/privacy"), "{added}");
    let list = house.run(&["watch", "list"]).ends_with(0).out;
    assert!(list.contains("lanternbay/terms") && list.contains("otterfield/privacy-notice"), "{list}");

    house.run(&["watch", "add", "Otterfield", "Privacy Notice", "https://otterfield.example/privacy"]).ends_with(2);
    house.run(&["watch", "add", "Otterfield", "Terms", "otterfield.example"]).ends_with(2);
    house.run(&["watch", "remove", "otterfield/terms"]).ends_with(2);
    assert_eq!(house.read("watchlist.toml"), added, "a refused edit wrote something");

    house.run(&["watch", "remove", "otterfield/privacy-notice"]).ends_with(0);
    assert_eq!(house.read("watchlist.toml"), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watch_test_shows_verdict_text_and_stance_and_stores_nothing() {
    let (house, stage) = watching(LOOPBACK).await;
    stage.show("/terms", Scene::page(terms(TRAINS)));
    for what in [WATCH, &stage.url("/terms")] {
        let said = house.run(&["watch", "test", what]).ends_with(0);
        for words in ["status 200", "verdict: usable", "1. Your pictures", "language en", "training: permits"] {
            assert!(said.out.contains(words), "{words:?} is not in {said:#?}");
        }
    }
    stage.show("/terms", pages::failing(403, &[("cf-mitigated", "challenge")], "<title>Just a moment...</title>"));
    let said = house.run(&["watch", "test", WATCH]).ends_with(1);
    assert!(said.out.contains("status 403") && said.out.contains("bot wall"), "{said:#?}");
    assert!(!house.path("state").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_and_show_tell_of_each_change() {
    let (house, stage) = watching(LOOPBACK).await;
    let said = house.run(&["history", WATCH]).ends_with(0);
    assert!(said.out.contains("has not been checked yet"), "{said:#?}");
    house.run(&["check"]).ends_with(0);
    let confirmed = change(&house, &stage, TRAINS);
    assert!(confirmed.out.contains("critical training") && confirmed.out.contains("fineprint show 1"), "{confirmed:#?}");
    change(&house, &stage, EXTRA);

    let text = house.run(&["history", WATCH]).ends_with(0).out;
    for words in ["v3 first seen", "v2 first seen", "v1 first seen", "#2 ", "#1 ", "v1→v2", "first version stored"] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    let history = house.run(&["history", WATCH, "--format", "json"]).ends_with(0).json();
    assert_eq!(history["versions"].as_array().map(Vec::len), Some(3));
    let ids: Vec<_> = history["changes"].as_array().expect("changes").iter().map(|change| change["id"].clone()).collect();
    assert_eq!(ids, [json!(2), json!(1)]);

    let shown = house.run(&["show", "1"]).ends_with(0).out;
    assert!(shown.contains(TRAINS) && shown.contains("sha256") && shown.contains(&stage.url("/terms")), "{shown}");
    let shown = house.run(&["show", "1", "--format", "json"]).ends_with(0).json();
    assert_event(&shown["events"][0]);
    assert_eq!(shown["old_version"], 1);
    let sha256 = |sentence: &str| fineprint::model::Sha256::of(terms(sentence).as_bytes()).to_string();
    assert_eq!((&shown["old_sha256"], &shown["new_sha256"]), (&json!(sha256("")), &json!(sha256(TRAINS))));
    assert_eq!(house.run(&["store", "verify"]).ends_with(0).out, "0 problems\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_difference_that_one_fetch_shows_and_the_next_does_not_is_no_change() {
    let (house, stage) = watching(LOOPBACK).await;
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    house.run(&["check"]).ends_with(0);
    stage.show("/terms", Scene::page(terms(TRAINS)));
    assert!(house.run(&["check"]).ends_with(0).out.contains("differs"));
    stage.show("/terms", Scene::page(terms("")));
    assert!(house.run(&["check"]).ends_with(0).out.contains("was gone at the second sighting"));
    assert_eq!(house.run(&["history", WATCH, "--format", "json"]).json()["changes"], json!([]));
    assert_eq!(house.run(&["mail", "queue"]).ends_with(0).out, "the outbox is empty\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_stores_and_sends_nothing() {
    let (house, stage) = watching(LOOPBACK).await;
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    let said = house.run(&["check", "--dry-run"]).ends_with(0);
    assert!(said.out.contains("nothing of it was stored or sent"), "{said:#?}");
    assert!(house.run(&["history", WATCH]).out.contains("has not been checked yet"));

    house.run(&["check"]).ends_with(0);
    let before = house.run(&["history", WATCH, "--format", "json"]).json();
    stage.show("/terms", Scene::page(terms(TRAINS)));
    for _ in 0..2 {
        assert!(house.run(&["check", "--dry-run"]).ends_with(0).out.contains("differs"));
    }
    assert_eq!(house.run(&["history", WATCH, "--format", "json"]).json(), before);
    assert_eq!(house.run(&["mail", "queue"]).out, "the outbox is empty\n");
}

#[test]
fn subscribers_are_added_listed_and_forgotten() {
    let house = House::with("", &watchlist("https://lanternbay.example/terms"));
    assert!(house.run(&["subscriber", "list"]).ends_with(0).out.contains("nobody is subscribed"));
    house.run(&["subscriber", "add", "ana@example.org", "--tag", "pictures", "--topic", "training", "--severity", "major"]).ends_with(0);
    let said = house.run(&["subscriber", "add", "ben@example.org", "--platform", "Lanternbey"]).ends_with(0);
    assert!(said.err.contains("no watch is of the platform \"Lanternbey\""), "{said:#?}");
    let list = house.run(&["subscriber", "list"]).ends_with(0).out;
    assert_eq!(list.lines().count(), 2, "{list}");
    for words in ["ana@example.org", "from major", "#pictures", "training", "ben@example.org", "Lanternbey"] {
        assert!(list.contains(words), "{words:?} is not in {list}");
    }
    for bad in ["ana", "ana@localhost", "a b@example.org", "ana@example.org\r\nBcc: all@example.org", ""] {
        house.run(&["subscriber", "add", bad]).ends_with(2);
    }
    house.run(&["subscriber", "add", "ana@example.org", "--topic", "weather"]).ends_with(2);
    house.run(&["subscriber", "remove", "nobody@example.org"]).ends_with(2);
    house.run(&["subscriber", "remove", "ANA@example.org"]).ends_with(0);
    let list = house.run(&["subscriber", "list"]).ends_with(0).out;
    assert!(!list.contains("ana@") && list.contains("ben@"), "{list}");
    let number = list.split_whitespace().next().expect("a number");
    house.run(&["subscriber", "remove", number]).ends_with(0);
    assert!(house.run(&["subscriber", "list"]).out.contains("nobody is subscribed"));
}

/// The mails of a folder, each parsed and with a text and an HTML part; their subjects.
#[track_caller]
fn subjects(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let subject = |file: &std::path::PathBuf| {
        assert_eq!(file.extension().and_then(|extension| extension.to_str()), Some("eml"), "{}", file.display());
        let bytes = std::fs::read(file).expect("a mail");
        let mail = MessageParser::default().parse(&bytes).expect("a message");
        assert!(mail.body_text(0).is_some() && mail.body_html(0).is_some() && mail.message_id().is_some(), "{}", file.display());
        assert!(mail.header_raw("List-Unsubscribe").is_some(), "{}", file.display());
        mail.subject().expect("a subject").to_owned()
    };
    files.iter().map(subject).collect()
}

#[test]
fn a_test_mail_without_a_server_becomes_a_file() {
    let house = House::with("", &watchlist("https://lanternbay.example/terms"));
    let said = house.run(&["mail", "test", "ana@example.org"]).ends_with(0);
    assert!(said.out.contains("written as a file") && said.out.contains(".eml"), "{said:#?}");
    let subjects = subjects(&house.path("state/mail"));
    assert!(matches!(subjects.as_slice(), [subject] if subject.starts_with("Test: ")), "{subjects:#?}");
    house.run(&["mail", "test", "ana"]).ends_with(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_mail_prints_what_the_server_said() {
    let post = SmtpStub::start().await;
    let house = House::with(&post.as_toml(), &watchlist("https://lanternbay.example/terms"));
    let said = house.run(&["mail", "test", "ana@example.org"]).ends_with(0);
    for words in ["MAIL FROM", "RCPT TO", "taken as 4711"] {
        assert!(said.out.contains(words), "{words:?} is not in {said:#?}");
    }
    assert_eq!(post.mailbox("ana@example.org").len(), 1);
    post.misbehave(Step::Rcpt, Conduct::Answer("550 5.1.1 nobody of that name"));
    let said = house.run(&["mail", "test", "ana@example.org"]).ends_with(3);
    assert!(said.complaint().contains("nobody of that name"), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_an_alert_is_a_file_and_the_queue_says_so() {
    let (house, stage) = watching(LOOPBACK).await;
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    house.run(&["check"]).ends_with(0);
    change(&house, &stage, TRAINS);
    let queue = house.run(&["mail", "queue"]).ends_with(0).out;
    assert_eq!(queue.lines().count(), 1, "{queue}");
    assert!(queue.contains("ana@example.org") && queue.contains("Lanternbay · Terms") && queue.contains("[sent "), "{queue}");
    let subjects = subjects(&house.path("state/mail"));
    assert!(matches!(subjects.as_slice(), [subject] if subject.contains("(critical, worse")), "{subjects:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_finds_nothing_wrong_where_nothing_is() {
    let post = SmtpStub::start().await;
    let (house, _stage) = watching(&format!("{LOOPBACK}{}", post.as_toml())).await;
    assert!(house.run(&["doctor"]).ends_with(0).out.contains("does not exist yet"));
    house.run(&["check"]).ends_with(0);
    let said = house.run(&["doctor"]).ends_with(0);
    for words in ["good     store", "good     outbox", "good     watches", "good     mail", "daemon: not running", "0 problems"] {
        assert!(said.out.contains(words), "{words:?} is not in {said:#?}");
    }
    let daemon = house.start();
    assert!(house.run(&["doctor"]).ends_with(0).out.contains("good     daemon: running and answering"));
    assert_eq!(daemon.stop().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_names_every_problem_and_what_to_do() {
    let (house, stage) = watching(LOOPBACK).await;
    stage.show("/terms", pages::failing(404, &[], "<h1>Not here</h1>"));
    for _ in 0..3 {
        house.run(&["check"]).ends_with(3);
    }
    house.write("fineprint.toml", &format!("{LOOPBACK}[mail]\nserver = \"127.0.0.1\"\nusername = \"ana\"\nfrom = \"a@watch.example\"\n"));
    std::fs::set_permissions(house.path("state"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    let said = house.run(&["doctor"]).ends_with(1);
    for words in [
        "problem  watch: lanternbay/terms has failed 3 times in a row: the server answered with status 404",
        "`fineprint watch test lanternbay/terms`",
        "may be read by other users",
        "chmod 700",
        "there is a user name but no password",
        "3 problems",
    ] {
        assert!(said.out.contains(words), "{words:?} is not in {said:#?}");
    }
    house.write("watchlist.toml", "[[watch]]\nplatform = 7\n");
    let said = house.run(&["doctor"]).ends_with(1);
    assert!(said.out.contains("problem  configuration") && said.err.contains("watchlist.toml:2:12: "), "{said:#?}");
}

#[test]
fn the_demonstration_tells_the_story_and_leaves_its_mails() {
    let house = House::new();
    let said = house.run(&["demo", "--folder", "stage"]).ends_with(0);
    assert!(said.out.contains("first version stored") && said.out.contains("bot wall"), "{said:#?}");
    let subjects = subjects(&house.path("stage/mail"));
    assert_eq!(subjects.len(), 3, "{subjects:#?}");
    assert!(subjects.iter().all(|subject| subject.starts_with("Tidewave · Terms of Use: ") && said.out.contains(subject)), "{subjects:#?}");
    for (grade, subject) in ["(critical, worse", "(major, better", "better"].iter().zip(&subjects) {
        assert!(subject.contains(grade), "{subjects:#?}");
    }
    house.run(&["demo", "--folder", "stage"]).ends_with(0);
}
