//! A scripted world under faults: pages that change, pages that hang, fail or are hidden behind a wall, names that lead nowhere, a mail
//! server that misbehaves, a process that is killed at any instant, a clock that jumps. Afterwards everything is held against the script. `FINEPRINT_ROUNDS` says how many rounds there are; few of them run by default.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::web::{Scene, Stage};
use mail_parser::MessageParser;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use support::house::{House, LOOPBACK, eventually};
use support::smtp::{Conduct, SmtpStub, Step};

const DOCUMENTS: usize = 4;
const READERS: [&str; 3] = ["ana@example.org", "ben@example.org", "eva@example.org"];
const OBJECTS: [&str; 12] =
    ["songs", "recordings", "pictures", "messages", "videos", "reviews", "drawings", "poems", "letters", "podcasts", "scripts", "lectures"];
const MODELS: [&str; 8] = ["speech", "language", "music", "image", "video", "translation", "recommendation", "search"];
/// Moves the clock of a process; not everywhere installed.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// The settings of the world: a page that says nothing is given up after a moment.
fn settings(mail: &str) -> String {
    format!("{LOOPBACK}read_timeout = \"300ms\"\nconnect_timeout = \"300ms\"\n{mail}")
}

/// The text of a document at a version: each version has one sentence more than the one before.
fn page(document: usize, version: usize) -> String {
    // As long as terms are: a text of three sentences that doubles while its page is out of reach passes for another document.
    let mut clauses = String::new();
    for object in OBJECTS {
        let _ = write!(
            clauses,
            "<p>Questions about {object} are answered by our desk within a fortnight. A fee for {object} is due on the day that the invoice names. \
            Notices that concern {object} reach us by post at the address below.</p>"
        );
    }
    for number in 0..version {
        let (object, model) = (OBJECTS[number % OBJECTS.len()], MODELS[number / OBJECTS.len() % MODELS.len()]);
        let _ = write!(
            clauses,
            "<h2>Part {number}</h2><p>We may use your {object} to train our artificial intelligence models for {model}.</p>"
        );
    }
    format!(
        "<!doctype html><html lang=en><head><title>Terms {document}</title></head><body><main><h1>Terms {document}</h1>\
        <p>These terms are an agreement between you and us, and they govern how you use service number {document}. You keep every right in what you \
        upload, and you may delete your account at any time. Our liability is limited as far as the law allows it.</p>{clauses}</main></body></html>"
    )
}

/// What a page shows instead of its text.
fn wall(choice: &mut fastrand::Rng) -> (Scene, &'static str) {
    let page = |status: u16, body: &str| Scene { status, ..Scene::page(body) };
    match choice.u8(0..4) {
        0 => (page(503, "<html><body>busy</body></html>"), "page 503"),
        1 => (page(200, ""), "page empty"),
        2 => {
            (page(200, "<html><title>Just a moment...</title><body>Checking your browser before you proceed.</body></html>"), "page walled")
        }
        _ => (page(404, "<html><body><h1>Not found</h1></body></html>"), "page gone"),
    }
}

/// Pages that never come: a server that takes the connection and says nothing, and a name that leads nowhere.
const NEVER: [&str; 2] = ["hangs/terms", "nowhere/terms"];

struct World {
    house: House,
    stage: Stage,
    post: SmtpStub,
    /// Takes connections and says nothing, as long as it is there.
    _silent: TcpListener,
    versions: [usize; DOCUMENTS],
    /// What `check` said was committed: change numbers by document.
    acknowledged: BTreeSet<String>,
    /// Messages that the server took whole without being able to say so.
    died_on_the_wire: bool,
}

impl World {
    async fn new() -> Self {
        let (stage, post) = (Stage::open().await.expect("a stage"), SmtpStub::start().await);
        let mut list = "[defaults]\nschedule = \"every 1d\"\nconfirm_after = \"1s\"\n".to_owned();
        for document in 0..DOCUMENTS {
            stage.show(&format!("/t{document}"), Scene::page(page(document, 0)));
            let url = stage.url(&format!("/t{document}"));
            let _ = write!(list, "[[watch]]\nplatform = \"P{document}\"\ndocument = \"Terms\"\nurl = \"{url}\"\n");
        }
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let hanging = format!("http://{}/terms", silent.local_addr().expect("an address"));
        for (platform, url) in [("Hangs", hanging.as_str()), ("Nowhere", "http://terms.nowhere.invalid/")] {
            let _ = write!(list, "[[watch]]\nplatform = \"{platform}\"\ndocument = \"Terms\"\nurl = \"{url}\"\n");
        }
        let house = House::with(&settings(&post.as_toml()), &list);
        for reader in READERS {
            house.run(&["subscriber", "add", reader]).ends_with(0);
        }
        house.run(&["check"]);
        Self { house, stage, post, _silent: silent, versions: [0; DOCUMENTS], acknowledged: BTreeSet::new(), died_on_the_wire: false }
    }

    fn show(&mut self, document: usize) {
        self.versions[document] += 1;
        self.show_again(document);
    }

    fn show_again(&self, document: usize) {
        self.stage.show(&format!("/t{document}"), Scene::page(page(document, self.versions[document])));
    }

    fn misbehaves(&mut self, choice: &mut fastrand::Rng) -> &'static str {
        let as_ever = self.post.as_toml();
        self.house.write("fineprint.toml", &settings(&as_ever));
        let (step, conduct, name) = match choice.u8(0..10) {
            // The server does not speak TLS: the handshake fails.
            8 => {
                self.house.write("fineprint.toml", &settings(&as_ever.replace("security = \"none\"", "security = \"tls\"")));
                return "TLS broken";
            }
            9 => {
                let server = as_ever.lines().find(|line| line.starts_with("server")).expect("a server").to_owned();
                self.house.write("fineprint.toml", &settings(&as_ever.replace(&server, "server = \"mail.nowhere.invalid\"")));
                return "no such server";
            }
            0 => (Step::Connect, Conduct::Stall, "server silent"),
            1 => (Step::Data, Conduct::Stall, "stall before DATA"),
            2 => (Step::Message, Conduct::Stall, "stall after DATA"),
            3 => (Step::Message, Conduct::HangUp, "line dies after DATA"),
            4 => (Step::Mail, Conduct::Answer("451 4.3.0 try again later"), "451"),
            5 => (Step::Rcpt, Conduct::After(Duration::from_millis(120)), "slow"),
            _ => {
                self.post.behave();
                return "server well";
            }
        };
        self.died_on_the_wire |= step == Step::Message;
        self.post.misbehave(step, conduct);
        name
    }

    /// Checks everything from outside, as a person would, and keeps what was said to be done.
    fn check(&mut self) {
        let said = self.house.run(&["check"]);
        self.acknowledge(&said.out);
    }

    fn acknowledge(&mut self, out: &str) {
        let number = |line: &str| line.split("fineprint show ").nth(1)?.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned);
        self.acknowledged.extend(out.lines().filter_map(number).filter(|number| !number.is_empty()));
    }

    fn changes(&self, document: usize) -> Vec<serde_json::Value> {
        let history = self.house.run(&["history", &format!("p{document}/terms"), "--format", "json"]).ends_with(0).json();
        history["changes"].as_array().cloned().unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_comes_twice_whenever_the_process_dies() {
    let rounds: usize = std::env::var("FINEPRINT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(12);
    let seed = std::env::var("FINEPRINT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let can_jump = Path::new(FAKETIME).exists();
    let mut choice = fastrand::Rng::with_seed(seed);
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    let mut world = World::new().await;
    for round in 0..rounds {
        if choice.u8(0..3) > 0 {
            let document = choice.usize(0..DOCUMENTS);
            if world.versions[document] < OBJECTS.len() * MODELS.len() {
                world.show(document);
            }
        }
        *faults.entry(world.misbehaves(&mut choice).to_owned()).or_default() += 1;
        let hidden = (choice.u8(0..3) == 0).then(|| choice.usize(0..DOCUMENTS));
        if let Some(document) = hidden {
            let (scene, name) = wall(&mut choice);
            world.stage.show(&format!("/t{document}"), scene);
            *faults.entry(name.to_owned()).or_default() += 1;
        }
        let jump = if can_jump && choice.u8(0..4) == 0 { ["+3h", "-3h", "+26h"][choice.usize(0..3)] } else { "" };
        if !jump.is_empty() {
            *faults.entry(format!("clock {jump}")).or_default() += 1;
        }
        let daemon = world.house.start_at(jump);
        let pause = Duration::from_millis(choice.u64(0..700));
        let said = std::thread::scope(|scope| {
            let house = &world.house;
            let check = scope.spawn(|| house.run(&["check"]).out);
            // Not a wait for anything: the pause chooses the instant of death.
            std::thread::sleep(pause);
            daemon.kill();
            check.join().expect("a check")
        });
        *faults.entry("SIGKILL".to_owned()).or_default() += 1;
        world.acknowledge(&said);
        if let Some(document) = hidden {
            world.show_again(document);
        }
        if round % 10 == 9 {
            assert_eq!(world.house.run(&["store", "verify"]).ends_with(0).out, "0 problems\n", "round {round}");
        }
    }
    settle(&mut world, can_jump);
    held_against_the_script(&world, rounds, &faults, seed);
}

/// Lets the world come to rest: everything seen twice, every mail delivered. Mails that were put off wait for minutes: the clock is moved.
fn settle(world: &mut World, can_jump: bool) {
    world.post.behave();
    world.house.write("fineprint.toml", &settings(&world.post.as_toml()));
    let jump = if can_jump { "+40h" } else { "" };
    let daemon = world.house.start_at(jump);
    for _ in 0..3 {
        world.check();
        std::thread::sleep(Duration::from_millis(1_100));
    }
    world.check();
    let patience = if can_jump { 1 } else { 5 };
    for attempt in 0..patience {
        let queue = || world.house.run(&["mail", "queue"]).ends_with(0).out;
        let done = std::panic::catch_unwind(|| eventually("every mail is delivered", || (!queue().contains("[due ")).then_some(())));
        assert!(done.is_ok() || attempt + 1 < patience, "{}", queue());
    }
    daemon.stop();
}

fn held_against_the_script(world: &World, rounds: usize, faults: &BTreeMap<String, usize>, seed: u64) {
    let house = &world.house;
    assert_eq!(house.run(&["store", "verify"]).ends_with(0).out, "0 problems\n");
    let (mut wanted, mut known) = (BTreeSet::new(), BTreeSet::new());
    for document in 0..DOCUMENTS {
        let changes = world.changes(document);
        for change in &changes {
            let id = change["id"].to_string();
            // Each version takes a right more.
            assert!(change["events"].as_array().is_some_and(|events| !events.is_empty()), "a change that is not told: {change:#}");
            wanted.insert(id.clone());
            known.insert(id);
        }
        let sentences: u64 = changes.iter().map(|change| change["sentences"]["added"].as_u64().unwrap_or_default()).sum();
        // A heading and a sentence a version.
        assert!(
            sentences >= world.versions[document] as u64,
            "document {document}: {sentences} came, {} were shown; {changes:#?}; {}",
            world.versions[document],
            house.run(&["history", &format!("p{document}/terms")]).out
        );
    }
    for watch in NEVER {
        let history = house.run(&["history", watch, "--format", "json"]).ends_with(0).json();
        assert_eq!(history["changes"].as_array().map(Vec::len), Some(0), "{watch}: {history:#}");
    }
    let missing: Vec<_> = world.acknowledged.difference(&known).collect();
    assert!(missing.is_empty(), "acknowledged and not there: {missing:?}");
    assert!(rounds < 10 || !wanted.is_empty(), "the world held nothing to be told");

    let mut lost = 0;
    let (mut arrived, mut repeated, mut twice) = (0, 0, 0);
    for reader in READERS {
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        for message in world.post.received().into_iter().filter(|mail| mail.to == reader) {
            let mail = MessageParser::default().parse(&message.message).expect("a mail").into_owned();
            *by_name.entry(mail.message_id().expect("a Message-ID").to_owned()).or_default() += 1;
        }
        arrived += by_name.len();
        repeated += by_name.values().filter(|count| **count > 1).count();
        lost += wanted.len().saturating_sub(by_name.len());
        twice += by_name.len().saturating_sub(wanted.len());
    }
    println!(
        "rounds {rounds}, seed {seed}: faults {faults:?}; changes {}, told {}, mails {arrived}, lost {lost}, under two names {twice}, repeated under one name {repeated}, acknowledged {}",
        known.len(),
        wanted.len(),
        world.acknowledged.len()
    );
    assert_eq!((lost, twice), (0, 0), "each change is told to each reader under one name");
    assert!(repeated == 0 || world.died_on_the_wire, "a repeat needs a line that died");
}
