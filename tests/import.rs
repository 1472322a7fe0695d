//! A watch is given the history that an archive kept.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::web::{Scene, Stage};
use std::path::Path;
use std::process::Command;
use support::house::{House, LOOPBACK, eventually};
use support::pages::{CLOSED, PERMITS, PROMISES, SILENT};
use support::reader::World;

const WATCH: &str = "tidewave/terms-of-use";

fn house(url: &str) -> House {
    let list = format!(
        "[defaults]\nconfirm_after = \"1s\"\n\n[[watch]]\nplatform = \"Tidewave\"\ndocument = \"Terms of Use\"\nurl = \"{url}\"\ntags = [\"music\"]\n"
    );
    House::with(LOOPBACK, &list)
}

/// A house with a folder of three texts.
fn with_folder(url: &str) -> House {
    let house = house(url);
    std::fs::create_dir(house.path("past")).expect("a folder");
    house.write("past/2023-01-10.html", SILENT);
    house.write("past/20240207T101500Z.html", PERMITS);
    house.write(
        "past/2024-02-20--08-00-00.html",
        "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
    );
    house.write("past/2024-06-01.html", PROMISES);
    house.write("past/notes.txt", "no date");
    house
}

fn import(house: &House, more: &[&str]) -> String {
    house.run(&[&["import", WATCH, "past"], more].concat()).ends_with(0).out
}

fn history(house: &House) -> String {
    house.run(&["history", WATCH]).ends_with(0).out
}

/// A commit in a repository, as of a day.
fn git(folder: &Path, arguments: &[&str], day: &str) {
    let at = format!("{day}T10:00:00Z");
    let done = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_AUTHOR_DATE", &at)
        .env("GIT_COMMITTER_DATE", at)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A repository in which a document changes from day to day.
fn repository(house: &House, file: &str, days: &[(&str, &str)]) {
    let folder = house.path("past");
    std::fs::create_dir_all(folder.join("Tidewave")).expect("a folder");
    git(&folder, &["init", "-q"], "2023-01-01");
    for (day, text) in days {
        house.write(&format!("past/Tidewave/{file}"), text);
        git(&folder, &["add", "."], day);
        git(&folder, &["commit", "-q", "-m", "Record new changes"], day);
    }
}

#[test]
fn a_folder_of_dated_pages_becomes_history_and_nobody_is_told() {
    let house = with_folder("https://tidewave.example/terms");
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);

    let rehearsed = import(&house, &["--dry-run"]);
    assert!(rehearsed.contains("4 pages taken in, 2 changes") && rehearsed.contains("a dry run"), "{rehearsed}");
    assert!(!history(&house).contains("2024"), "a dry run stores nothing");

    let said = import(&house, &[]);
    assert!(said.contains("2023-01-10 00:00 2023-01-10.html first") && said.contains("rejected") && said.contains("critical"), "{said}");
    let change = house.run(&["show", "1", "--format", "json"]).ends_with(0).json();
    assert_eq!(change["imported_from"], "a folder of dated pages");
    assert_eq!((&change["last_seen_old"], &change["first_seen_new"]), (&"2023-01-10T00:00:00Z".into(), &"2024-02-07T10:15:00Z".into()));
    assert_eq!(change["confirmed"], "2024-02-07T10:15:00Z");
    assert!(house.run(&["show", "2"]).out.contains("From an archive: a folder of dated pages"));
    assert!(!house.run(&["mail", "queue"]).out.contains("ana@"), "nobody is told");
    house.run(&["store", "verify"]).ends_with(0);

    let before = history(&house);
    let again = import(&house, &[]);
    assert!(again.contains("0 pages taken in, 0 changes") && again.contains("4 were taken in before"), "{again}");
    assert_eq!(history(&house), before);

    house.write("past/2024-09-01.html", CLOSED);
    assert!(import(&house, &[]).contains("1 pages taken in, 1 changes"), "what came later is added");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_check_after_an_import_tells_of_what_is_new_only() {
    let stage = Stage::open().await.expect("a stage");
    stage.show("/terms", Scene::page(PROMISES.to_owned()));
    let house = with_folder(&stage.url("/terms"));
    house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    import(&house, &[]);
    let checked = house.run(&["check"]).ends_with(0).out;
    assert!(checked.contains("0 changed"), "{checked}");
    stage.show("/terms", Scene::page(CLOSED.to_owned()));
    eventually("the change", || house.run(&["check"]).out.contains("1 changed").then_some(()));
    let queue = house.run(&["mail", "queue"]).out;
    assert_eq!(queue.matches("ana@").count(), 1, "{queue}");
    let change = house.run(&["show", "3", "--format", "json"]).ends_with(0).json();
    assert!(change["imported_from"].is_null() && change["old_version"] == 3, "{change:#}");

    house.write("past/2022-05-05.html", SILENT);
    let late = house.run(&["import", WATCH, "past"]).ends_with(2).complaint();
    assert!(late.contains("nothing can be put before them"), "{late}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_with_a_history_of_its_own_is_left_as_it_is() {
    let stage = Stage::open().await.expect("a stage");
    stage.show("/terms", Scene::page(PROMISES.to_owned()));
    let house = with_folder(&stage.url("/terms"));
    house.run(&["check"]).ends_with(0);
    let refused = house.run(&["import", WATCH, "past"]).ends_with(2).complaint();
    assert!(refused.contains("nothing can be put before them") && refused.contains("--state"), "{refused}");

    let _daemon = house.start();
    let refused = house.run(&["import", WATCH, "past"]).ends_with(3).complaint();
    assert!(refused.contains("stop it, import, and start it again"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_open_terms_archive_are_read_from_its_repository() {
    let stage = Stage::open().await.expect("a stage");
    stage.show("/terms", Scene::page(CLOSED.to_owned()));
    let house = house(&stage.url("/terms"));
    house.write("0.html", SILENT);
    house.write("1.html", PERMITS);
    let text = |page: &str| house.run(&["extract", page]).ends_with(0).out;
    let (silent, permits) = (text("0.html"), text("1.html"));
    // The third day takes back what the second one brought: a page that blinked.
    repository(
        &house,
        "Terms of Use.md",
        &[("2023-01-10", &silent), ("2023-05-01", &permits), ("2023-05-02", &silent), ("2024-02-07", &permits)],
    );
    let trap = house.path("trap");
    let hook = format!("#!/bin/sh\ntouch {}\n", trap.display());
    house.write("hook", &hook);
    git(&house.path("past"), &["config", "core.fsmonitor", &house.path("hook").display().to_string()], "2024-03-01");
    git(&house.path("past"), &["config", "diff.external", &house.path("hook").display().to_string()], "2024-03-01");
    house.write("past/.gitattributes", "*.md diff=x\n");
    git(&house.path("past"), &["config", "diff.x.textconv", &house.path("hook").display().to_string()], "2024-03-01");

    let said = import(&house, &[]);
    assert!(said.contains("2023-05-01 10:00") && said.contains("changed") && said.contains("critical"), "{said}");
    assert!(!trap.exists(), "the repository's programs are not run");
    assert_eq!(house.run(&["show", "1", "--format", "json"]).json()["imported_from"], "versions of Open Terms Archive");
    let checked = house.run(&["check"]).ends_with(0).out;
    assert!(checked.contains("first version") && checked.contains("0 changed"), "another reader's text is no baseline: {checked}");

    let refused = house.run(&["import", WATCH, "past", "--document", "Privacy Policy"]).ends_with(2).complaint();
    assert!(refused.contains("Tidewave/Terms of Use.md") && refused.contains("--document"), "{refused}");
}

#[test]
fn snapshots_of_open_terms_archive_are_pages() {
    let house = house("https://tidewave.example/terms");
    repository(&house, "Terms of Service.html", &[("2023-01-10", SILENT), ("2024-02-07", PERMITS)]);
    house.run(&["import", WATCH, "past"]).ends_with(2);
    let said = import(&house, &["--document", "Terms of Service", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["archive"], &said["pages"]["taken"]), (&"snapshots of Open Terms Archive".into(), &2.into()));
    assert_eq!((&said["steps"][1]["outcome"], &said["steps"][1]["change"]), (&"changed".into(), &1.into()));
}

#[test]
fn a_crawls_page_is_believed_when_the_next_one_shows_it_too() {
    let house = house("https://tidewave.example/terms");
    let record = |day: &str, body: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://tidewave.example/terms/\r\nWARC-Date: {day}T00:00:00Z\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
            answer.len()
        )
    };
    house.write("past", &[record("2023-01-01", SILENT), record("2024-02-07", PERMITS)].concat());
    assert!(import(&house, &["--dry-run"]).contains("2024-02-07 00:00 http://tidewave.example/terms/ held"));
    house.write("past", &[record("2023-01-01", SILENT), record("2024-02-07", PERMITS), record("2024-03-07", PERMITS)].concat());
    assert!(import(&house, &[]).contains("2024-03-07 00:00 http://tidewave.example/terms/ changed"));
    let change = house.run(&["show", "1", "--format", "json"]).json();
    assert_eq!((&change["first_seen_new"], &change["confirmed"]), (&"2024-02-07T00:00:00Z".into(), &"2024-03-07T00:00:00Z".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_archive_says_where_a_change_comes_from_and_feeds_do_not_call_it_news() {
    let world = World::begin().await;
    std::fs::create_dir(world.house.path("past")).expect("a folder");
    world.house.write("past/2023-01-10.html", SILENT);
    world.house.write("past/2024-02-07.html", PERMITS);
    world.house.run(&["import", WATCH, "past"]).ends_with(0);
    let _daemon = world.house.start();
    let page = world.get("/changes/1").await.body;
    assert!(page.contains("From an archive (a folder of dated pages): changed between") && !page.contains("second"), "{page}");
    assert!(world.get("/changes").await.body.contains("7 February 2024"));
    assert!(world.get("/api/v1/changes/1").await.body.contains("\"imported_from\":\"a folder of dated pages\""));
    for feed in ["/feed.atom", "/documents/tidewave/terms-of-use/feed.atom"] {
        assert!(!world.get(feed).await.body.contains("<entry>"), "{feed}");
    }
    assert!(!world.get("/").await.body.contains("/changes/1\""), "the front page tells what changed lately");
}

#[test]
fn the_list_of_another_program_is_taken_over() {
    let house = house("https://tidewave.example/terms");
    let before = house.read("watchlist.toml");
    std::fs::create_dir_all(house.path("theirs/declarations")).expect("a folder");
    house.write(
        "theirs/declarations/Driftwood.json",
        "{\"name\": \"Driftwood\", \"terms\": {\"Terms of Service\": {\"fetch\": \"https://driftwood.example/tos\", \"select\": \"main\", \"filter\": [\"clean\"]}}}",
    );
    house.write(
        "theirs/declarations/Tidewave.json",
        "{\"name\": \"Tidewave\", \"terms\": {\"Terms\": {\"fetch\": \"https://tidewave.example/terms/\"}}}",
    );
    house.write("theirs/declarations/Driftwood.history.json", "{}");

    let rehearsed = house.run(&["watch", "import", "theirs", "--dry-run"]).ends_with(0);
    assert_eq!(
        rehearsed.out,
        "[[watch]]\nplatform = \"Driftwood\"\ndocument = \"Terms of Service\"\nurl = \"https://driftwood.example/tos\"\nselect = \"main\"\n"
    );
    assert!(rehearsed.err.contains("1 would be added, 1 skipped"), "{}", rehearsed.err);
    assert_eq!(house.read("watchlist.toml"), before);

    let said = house.run(&["watch", "import", "theirs", "--format", "ota"]).ends_with(0).out;
    assert_eq!(
        said,
        "driftwood/terms-of-service: added; not carried over: the filter clean (JavaScript)\n\
         Tidewave · Terms: skipped, its page is watched already, as tidewave/terms-of-use\n\
         1 added, 1 skipped\n"
    );
    assert_eq!(house.read("watchlist.toml"), format!("{before}\n{}", rehearsed.out));
    assert!(house.run(&["watch", "import", "theirs"]).ends_with(0).out.ends_with("0 added, 2 skipped\n"));

    house.write("urls.yaml", "url: [");
    assert!(house.run(&["watch", "import", "urls.yaml"]).ends_with(2).complaint().contains("urls.yaml is not understood"));
}

#[test]
fn a_document_of_two_pages_is_put_together_from_a_crawl() {
    let house = House::with(
        LOOPBACK,
        "[[watch]]\nplatform = \"Tidewave\"\ndocument = \"Terms of Use\"\nurls = [\"https://tidewave.example/1\", \"https://tidewave.example/2\"]\n",
    );
    let record = |page: u8, day: &str, body: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://tidewave.example/{page}\r\nWARC-Date: {day}T00:00:00Z\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
            answer.len()
        )
    };
    let days = [(1, "2023-01-01", SILENT), (2, "2023-01-02", CLOSED), (1, "2023-02-01", PERMITS), (2, "2023-03-01", CLOSED)];
    house.write("past", &days.map(|(page, day, body)| record(page, day, body)).concat());
    let said = import(&house, &[]);
    let outcomes: Vec<&str> = said.lines().filter(|line| line.starts_with("2023")).filter_map(|line| line.split(' ').nth(3)).collect();
    assert_eq!(outcomes, ["first", "held", "changed"], "{said}");
    std::fs::create_dir(house.path("folder")).expect("a folder");
    house.write("folder/2022-01-01.html", SILENT);
    assert!(house.run(&["import", WATCH, "folder"]).ends_with(2).complaint().contains("does not tell them apart"));
}
