//! The real program dies, is stopped, and has its files edited under it: no mail is lost, none comes twice, and the last good
//! watchlist stays in force.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::web::{Scene, Stage};
use mail_parser::MessageParser;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use support::house::{Daemon, House, LOOPBACK, eventually};
use support::pages::{self, PERMITS, PROMISES, SILENT};
use support::smtp::{Conduct, SmtpStub, Step};

const PATH: &str = "/legal/terms";
const WATCH: &str = "tidewave/terms-of-use";
const ANA: &str = "ana@example.org";

struct Setting {
    house: House,
    stage: Stage,
    post: SmtpStub,
}

impl Setting {
    async fn new() -> Self {
        let (stage, post) = (Stage::open().await.expect("a stage"), SmtpStub::start().await);
        stage.show(PATH, Scene::page(SILENT));
        let house = House::with(&format!("{LOOPBACK}{}", post.as_toml()), &pages::watchlist(&stage.url(PATH), ""));
        Self { house, stage, post }
    }

    /// With Ana subscribed and the first version stored.
    async fn with_first_version() -> Self {
        let setting = Self::new().await;
        setting.house.run(&["subscriber", "add", ANA]).ends_with(0);
        setting.house.run(&["check", WATCH]).ends_with(0);
        setting
    }

    /// Shows a changed page and has it checked until the change is committed; whether the mail left is another matter.
    #[track_caller]
    fn changes(&self, page: &str) {
        self.stage.show(PATH, Scene::page(page));
        let before = self.changes_known();
        eventually("the change is confirmed", || {
            self.house.run(&["check", WATCH]);
            (self.changes_known() > before).then_some(())
        });
    }

    fn changes_known(&self) -> usize {
        let history = self.house.run(&["history", WATCH, "--format", "json"]).ends_with(0).json();
        history["changes"].as_array().map_or(0, Vec::len)
    }

    #[track_caller]
    fn waits_for_mails(&self, count: usize) {
        eventually(&format!("{count} mails come"), || (self.post.mailbox(ANA).len() >= count).then_some(()));
    }

    fn queue(&self) -> String {
        self.house.run(&["mail", "queue"]).ends_with(0).out
    }

    /// The Message-ID of everything that came over the wire, accepted or not.
    fn names(&self) -> Vec<String> {
        let name = |message: &[u8]| MessageParser::default().parse(message).and_then(|mail| mail.message_id().map(str::to_owned));
        self.post.received().iter().map(|mail| name(&mail.message).expect("a Message-ID")).collect()
    }
}

#[track_caller]
fn stops_cleanly(daemon: Daemon) {
    assert_eq!(daemon.stop().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_was_committed_before_the_kill_arrives_once_after_it() {
    let setting = Setting::with_first_version().await;
    setting.post.misbehave(Step::Connect, Conduct::Stall);
    let daemon = setting.house.start();
    setting.changes(PERMITS);
    eventually("the daemon tries to deliver", || (setting.post.connections() > 0).then_some(()));
    assert!(setting.queue().contains("[due "), "{}", setting.queue());
    daemon.kill();
    assert_eq!(setting.post.received(), []);

    setting.post.behave();
    let daemon = setting.house.start();
    setting.waits_for_mails(1);
    eventually("the mail is known to be sent", || setting.queue().contains("[sent ").then_some(()));
    stops_cleanly(daemon);

    // The mail of another change is the barrier: whatever else was in the outbox would have left before it.
    let daemon = setting.house.start();
    setting.changes(PROMISES);
    setting.waits_for_mails(2);
    stops_cleanly(daemon);
    let names = setting.names();
    assert_eq!(names.len(), 2, "{names:#?}");
    assert_ne!(names[0], names[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_was_on_the_wire_at_the_kill_is_repeated_under_the_same_name() {
    let setting = Setting::with_first_version().await;
    setting.post.misbehave(Step::Message, Conduct::Stall);
    let daemon = setting.house.start();
    setting.changes(PERMITS);
    eventually("the whole message comes", || (setting.post.received().len() == 1).then_some(()));
    daemon.kill();

    setting.post.behave();
    let daemon = setting.house.start();
    setting.waits_for_mails(1);
    stops_cleanly(daemon);
    let names = setting.names();
    assert_eq!(names.len(), 2, "{names:#?}");
    assert_eq!(names[0], names[1], "a mail server can't tell that it is a repeat");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_is_down_loses_nothing_and_the_queue_says_what_it_said() {
    let setting = Setting::with_first_version().await;
    setting.post.misbehave(Step::Connect, Conduct::Answer("421 4.3.2 closed for the night"));
    let daemon = setting.house.start();
    setting.changes(PERMITS);
    let queue = eventually("the attempt is recorded", || Some(setting.queue()).filter(|queue| queue.contains("again at")));
    assert!(queue.contains("1 attempts so far") && queue.contains("closed for the night"), "{queue}");
    stops_cleanly(daemon);
    let said = setting.house.run(&["doctor"]).ends_with(1);
    assert!(said.out.contains("problem  outbox: 1 mails could not be sent yet"), "{}", said.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_the_process_is_killed_each_change_is_mailed_under_one_name() {
    let setting = Setting::with_first_version().await;
    for (round, page) in [PERMITS, PROMISES, pages::CLOSED].into_iter().enumerate() {
        setting.stage.show(PATH, Scene::page(page));
        for pause in [5, 60, 250] {
            let daemon = setting.house.start();
            // A check from outside makes the daemon busy with this very watch at the time of its death.
            std::thread::scope(|scope| {
                let check = scope.spawn(|| setting.house.run(&["check", WATCH]));
                // Not a wait for anything: the pauses choose the instants of death.
                std::thread::sleep(Duration::from_millis(pause * (round as u64 + 1)));
                daemon.kill();
                check.join().expect("a check");
            });
        }
        let daemon = setting.house.start();
        eventually("the change is mailed", || {
            setting.house.run(&["check", WATCH]);
            (setting.post.mailbox(ANA).len() > round).then_some(())
        });
        stops_cleanly(daemon);
    }
    let names: HashSet<String> = setting.names().into_iter().collect();
    assert_eq!(names.len(), 3, "{names:#?}");
    let problems = setting.house.run(&["store", "verify"]).ends_with(0).out;
    assert_eq!(problems, "0 problems\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_stops_an_idle_daemon_at_once_and_leaves_no_socket() {
    let setting = Setting::with_first_version().await;
    let daemon = setting.house.start();
    assert!(setting.house.path("state/control.sock").exists());
    let since = Instant::now();
    daemon.signal("TERM");
    daemon.says("fineprint has stopped");
    stops_cleanly(daemon);
    assert!(since.elapsed() < Duration::from_secs(5), "it took {:?}", since.elapsed());
    assert!(!setting.house.path("state/control.sock").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_watchlist_is_read_without_being_told_and_a_removed_watch_leaves() {
    let setting = Setting::with_first_version().await;
    let daemon = setting.house.start();
    let url = setting.stage.url("/privacy");
    setting.stage.show("/privacy", Scene::page(SILENT));
    let extra = format!("\n[[watch]]\nplatform = \"Tidewave\"\ndocument = \"Privacy Policy\"\nurl = \"{url}\"\n");
    setting.house.write("watchlist.toml", &pages::watchlist(&setting.stage.url(PATH), &extra));
    let list = |words: &str| Some(setting.house.run(&["watch", "list"]).ends_with(0).out).filter(|list| list.contains(words));
    eventually("the new watch is fetched", || list("tidewave/privacy-policy  v1"));
    setting.house.write("watchlist.toml", &pages::watchlist(&setting.stage.url(PATH), ""));
    eventually("the watch is gone", || list(WATCH).filter(|list| !list.contains("privacy-policy")));
    stops_cleanly(daemon);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sighup_reads_the_watchlist_again() {
    let setting = Setting::with_first_version().await;
    let daemon = setting.house.start();
    daemon.signal("HUP");
    daemon.says_often("the watchlist was read again", 1);
    daemon.signal("HUP");
    daemon.says_often("the watchlist was read again", 2);
    stops_cleanly(daemon);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_edit_is_reported_with_its_place_and_the_last_good_list_stays_in_force() {
    let setting = Setting::with_first_version().await;
    let daemon = setting.house.start();
    let good = setting.house.read("watchlist.toml");
    let broken = format!("{good}\n[[watch]]\nplatform = \"Otherwave\"\ndocumant = \"Terms\"\n");
    let line = broken.lines().position(|line| line.starts_with("documant")).expect("the slip") + 1;
    setting.house.write("watchlist.toml", &broken);
    daemon.says(&format!("watchlist.toml:{line}:1: "));
    daemon.says("the last good one stays in force");

    let said = setting.house.run(&["watch", "list"]).ends_with(0);
    assert!(said.out.contains(WATCH) && !said.out.contains("otherwave"), "{said:#?}");
    setting.house.run(&["check", WATCH]).ends_with(0);
    setting.house.run(&["subscriber", "add", "ben@example.org", "--tag", "music"]).ends_with(0);

    setting.house.write("watchlist.toml", &good);
    daemon.says("the watchlist was read again");
    stops_cleanly(daemon);
    setting.house.write("watchlist.toml", &broken);
    let said = setting.house.run(&["run"]).ends_with(2);
    assert!(said.complaint().contains(&format!("watchlist.toml:{line}:1: ")), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_daemon_on_the_same_state_is_refused_and_the_first_goes_on() {
    let setting = Setting::with_first_version().await;
    let daemon = setting.house.start();
    setting.house.run(&["run"]).ends_with(3);
    setting.house.run(&["watch", "list"]).ends_with(0);
    stops_cleanly(daemon);
}
