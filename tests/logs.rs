//! The log of the real program while mail goes out, is refused and waits: one line an event, and nobody's address in it.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use support::house::eventually;
use support::reader::World;
use support::smtp::{Conduct, Step};

/// The first words of every message in the sources, up to what is put into it.
fn messages(folder: &std::path::Path, found: &mut Vec<String>) {
    let call = regex::Regex::new(r#"(?s)tracing::(?:error|warn|info|debug)!\(.*?"([^"]*)""#).expect("a pattern");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            messages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let words = |message: &str| message.split(['{', ':', ';', ',']).next().unwrap_or_default().trim().to_owned();
            found.extend(call.captures_iter(&text).map(|call| words(&call[1])));
        }
    }
}

#[test]
fn every_message_stands_in_the_documentation() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let documented = std::fs::read_to_string(root.join("docs/logging.md")).expect("the documentation");
    let mut found = Vec::new();
    messages(&root.join("src"), &mut found);
    let missing: Vec<_> = found.iter().filter(|words| !documented.contains(words.as_str())).collect();
    assert!(found.len() > 30 && missing.is_empty(), "not in docs/logging.md: {missing:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_gets_into_the_log_whatever_the_mail_server_says() {
    let world = World::begin().await;
    let settings = world.house.read("fineprint.toml");
    world.house.write("fineprint.toml", &format!("{settings}[operator]\nmail = \"chief@operator.example\"\n"));
    for address in ["ana@example.org", "bo@example.org", "https://hooks.example/secret-path"] {
        world.house.run(&["subscriber", "add", address]).ends_with(0);
    }
    world.post.refuse_mailbox("bo@example.org", "551 5.1.6 <bo@example.org> moved, try bo.new@elsewhere.example");
    let daemon = world.house.start();
    world.is_watched();
    world.starts_to_train();
    daemon.says("a mail was refused for good: 551 5.1.6 <recipient> moved, try address");
    daemon.says("a subscription was suspended");
    world.mail("ana@example.org", 1);
    world.post.misbehave(Step::Mail, Conduct::Answer("451 4.7.1 <ana@example.org>: later, says postmaster@relay.example"));
    world.changes_to(support::pages::PROMISES);
    let queue = || world.house.run(&["mail", "queue"]).out;
    eventually("a mail waits", || queue().contains("later").then_some(()));
    daemon.says("postponed=1");
    let log = daemon.log();
    assert_eq!(daemon.stop().code(), Some(0));
    for secret in ["@", "ana", "bo.new", "hooks.example", "secret-path", "chief"] {
        assert!(!log.contains(secret), "{secret:?} is in the log:\n{log}");
    }
    for line in log.lines() {
        let (level, words) = (["INFO", "WARN"].into_iter().find(|level| line.contains(level)), line.split_whitespace().count());
        assert!(level.is_some() && words > 3, "this is no line of its own: {line:?}");
    }
}
