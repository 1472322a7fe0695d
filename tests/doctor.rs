//! `fineprint doctor` finds what can go wrong around the program, and says what to do.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use support::house::{House, LOOPBACK, Said};
use support::smtp::SmtpStub;

const WATCH: &str = "[[watch]]\nplatform = \"Tidewave\"\ndocument = \"Terms\"\nurl = \"http://127.0.0.1:1/terms\"\n";

#[track_caller]
fn finds(said: &Said, problem: &str, advice: &str) {
    let found = said.out.split_once(&format!("problem  {problem}")).and_then(|(_, rest)| rest.split("→ ").nth(1));
    assert!(
        found.is_some_and(|rest| rest.lines().next().is_some_and(|line| line.contains(advice))),
        "{problem:?} with {advice:?}: {said:#?}"
    );
}

#[test]
fn a_mail_server_that_nobody_answers_at() {
    let house =
        House::with(&format!("{LOOPBACK}[mail]\nserver = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\nfrom = \"a@b.example\"\n"), WATCH);
    finds(&house.run(&["doctor"]).ends_with(1), "mail: 127.0.0.1 can't be used: ", "port");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_answers_is_not_sent_a_mail() {
    let post = SmtpStub::start().await;
    let house = House::with(&format!("{LOOPBACK}{}", post.as_toml()), WATCH);
    assert!(house.run(&["doctor"]).ends_with(0).out.contains("good     mail: 127.0.0.1 answers"));
    assert_eq!((post.connections(), post.received().len()), (1, 0));
}

#[test]
fn a_port_that_another_program_has() {
    let other = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = other.local_addr().expect("an address");
    let house = House::with(&format!("{LOOPBACK}[web]\nlisten = \"{address}\"\n"), WATCH);
    finds(&house.run(&["doctor"]).ends_with(1), &format!("port: {address} can't be had"), "[web] listen");
}

#[test]
fn a_secret_that_everybody_may_read() {
    let house = House::with(LOOPBACK, WATCH);
    house.write("smtp_password", "s3cret\n");
    std::fs::set_permissions(house.path("smtp_password"), PermissionsExt::from_mode(0o644)).expect("permissions");
    let said = house.run(&["doctor"]).ends_with(1);
    finds(&said, "secret: smtp_password may be read by everybody", "chmod 600");
    assert!(!said.out.contains("s3cret"));
    std::fs::set_permissions(house.path("smtp_password"), PermissionsExt::from_mode(0o600)).expect("permissions");
    house.run(&["doctor"]).ends_with(0);
}

#[test]
fn a_browser_that_a_page_needs_and_that_is_not_there() {
    let needy = format!("{WATCH}needs = \"browser\"\n");
    let house = House::with(LOOPBACK, &needy);
    finds(&house.run(&["doctor"]).ends_with(1), "browser: it is off, and tidewave/terms needs one", "[fetch]");
    house.write("fineprint.toml", &LOOPBACK.replace("\"off\"", "\"/nowhere/chromium\""));
    finds(&house.run(&["doctor"]).ends_with(1), "browser: /nowhere/chromium is not there", "[fetch]");
}

#[test]
fn a_host_that_has_no_address() {
    let house = House::with(LOOPBACK, &WATCH.replace("127.0.0.1:1", "tidewave.invalid"));
    finds(&house.run(&["doctor"]).ends_with(1), "names: no host can be found, tidewave.invalid", "name server");
}

#[test]
fn a_store_that_lost_its_data_and_a_broken_list() {
    let house = House::with(LOOPBACK, WATCH);
    house.run(&["check"]).ends_with(3);
    std::fs::write(house.path("state/store/db"), b"").expect("a file");
    finds(&house.run(&["doctor"]).ends_with(1), "store: it can't be opened", "do what it says");
    house.write("watchlist.toml", "[[watch]]\nplatform = 7\n");
    let said = house.run(&["doctor"]).ends_with(1);
    finds(&said, "configuration", "mend them");
    assert!(said.err.contains("watchlist.toml:2:12: ") && said.out.contains("note     store: not looked at"), "{said:#?}");
}

#[test]
fn a_daemon_that_hangs() {
    let house = House::with(LOOPBACK, WATCH);
    let daemon = house.start();
    daemon.signal("STOP");
    finds(&house.run(&["doctor"]).ends_with(1), "daemon: it runs, but has not answered", "restart");
    daemon.signal("CONT");
    assert_eq!(daemon.stop().code(), Some(0));
}
