//! The whole way: the real program watches a page on loopback and mails through a real SMTP dialogue. The mailbox holds exactly the
//! mails that a reader should get.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::web::{Scene, Stage};
use mail_parser::{Message, MessageParser};
use std::collections::HashSet;
use support::house::{House, LOOPBACK, Said, eventually};
use support::pages::{self, CLOSED, MOVED, PERMITS, PROMISES, SILENT};
use support::smtp::SmtpStub;

const PATH: &str = "/legal/terms";
const WATCH: &str = "tidewave/terms-of-use";
/// Wants everything about music.
const ANA: &str = "ana@example.org";
/// Wants only what is critical.
const BEN: &str = "ben@example.org";
/// Wants another platform.
const CLEO: &str = "cleo@example.org";

/// What the reader of a mail must find in it, in either part, whatever marks and line breaks stand between.
struct Expected {
    subject: &'static [&'static str],
    quotes: &'static [&'static str],
    /// Words of what is not covered.
    open: &'static [&'static str],
    /// Words that may not stand among what is not covered.
    covered: &'static [&'static str],
}

/// What stands above the list of what a promise leaves open.
const NOT_COVERED: &str = "Does not cover";

const TRAINS: &str = "you also agree that we and the technologies we build on may use your Content to train, develop or inform artificial intelligence as part of running the platform.";
const LOOPHOLE: &str = "train generative AI systems that are designed to imitate your voice, your playing or your style on your Content unless you have given us your explicit consent";
const WITHOUT_LOOPHOLE: &str =
    "never train generative AI systems on your Content unless you have given us your explicit consent by switching it on";

const MAILS: [Expected; 3] = [
    Expected { subject: &["Tidewave", "Terms of Use", "AI training", "(critical, worse"], quotes: &[TRAINS], open: &[], covered: &[] },
    Expected {
        subject: &["Tidewave", "Terms of Use", "AI training", "(major, better"],
        quotes: &[TRAINS, LOOPHOLE],
        open: &["other companies", "imitate", "not generative"],
        covered: &[],
    },
    Expected {
        subject: &["Tidewave", "Terms of Use", "AI training", "better"],
        quotes: &[LOOPHOLE, WITHOUT_LOOPHOLE],
        open: &["other companies", "not generative"],
        covered: &["imitate"],
    },
];

struct Story {
    house: House,
    stage: Stage,
    post: SmtpStub,
}

impl Story {
    async fn begin() -> Self {
        let (stage, post) = (Stage::open().await.expect("a stage"), SmtpStub::start().await);
        stage.show(PATH, Scene::page(SILENT));
        let house = House::with(&format!("{LOOPBACK}{}", post.as_toml()), &pages::watchlist(&stage.url(PATH), ""));
        Self { house, stage, post }
    }

    fn check(&self) -> Said {
        self.house.run(&["check", WATCH])
    }

    /// Shows something that must neither be taken for the document nor for news.
    #[track_caller]
    fn rejects(&self, scene: Scene, reason: &str) {
        self.stage.show(PATH, scene);
        for _ in 0..2 {
            let said = self.check().ends_with(3);
            assert!(said.out.contains(": rejected") && said.out.contains(reason), "{said:#?}");
        }
    }

    /// Shows the document with something round it that is none of it.
    #[track_caller]
    fn sees_nothing_new(&self, scene: Scene) {
        self.stage.show(PATH, scene);
        let said = self.check().ends_with(0);
        assert!(said.out.contains("unchanged"), "{said:#?}");
    }

    /// Shows the document with other places or dates, which may be recorded but not held for news.
    #[track_caller]
    fn accepts_in_silence(&self, scene: Scene) {
        self.stage.show(PATH, scene);
        let said = self.check();
        assert!(!said.out.contains("differs") && !said.out.contains(": rejected"), "{said:#?}");
        self.sees_nothing_new_again();
    }

    #[track_caller]
    fn sees_nothing_new_again(&self) {
        let said = self.check().ends_with(0);
        assert!(said.out.contains("unchanged"), "{said:#?}");
    }

    /// Shows a changed document: the first check holds it, later ones confirm it, and the mail comes.
    #[track_caller]
    fn changes(&self, page: &str, mails: usize) {
        self.stage.show(PATH, Scene::page(page));
        let said = self.check().ends_with(0);
        assert!(said.out.contains("differs; waits for a second sighting"), "{said:#?}");
        // Whether one of these checks confirms it or the daemon's own is left open.
        eventually("the change is confirmed", || (!self.check().out.contains("differs")).then_some(()));
        eventually("the mail comes", || (self.post.mailbox(ANA).len() >= mails).then_some(()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mailbox_holds_a_mail_for_each_change_of_meaning_and_no_other() {
    let story = Story::begin().await;
    let daemon = story.house.start();
    for arguments in [
        &["subscriber", "add", ANA, "--tag", "music"][..],
        &["subscriber", "add", BEN, "--severity", "critical"],
        &["subscriber", "add", CLEO, "--platform", "Otherwave"],
    ] {
        story.house.run(arguments).ends_with(0);
    }
    eventually("the first version is stored", || story.house.run(&["watch", "list"]).out.contains("  v1  ").then_some(()));

    story.changes(PERMITS, 1);

    let banner = "<body><div class=\"cookie-banner\" role=\"dialog\"><p>We use cookies and similar tools to keep you signed in and to measure what people listen to. You can accept them all or choose.</p><button>Accept all</button></div>";
    story.sees_nothing_new(pages::with(PERMITS, "<body>", banner));
    story.rejects(pages::failing(403, &[("cf-mitigated", "challenge")], "<title>Just a moment...</title>"), "bot wall");
    story.rejects(
        pages::failing(200, &[], "<title>Just a moment...</title><p>Verifying you are human. This may take a few seconds.</p>"),
        "bot wall",
    );
    story.rejects(pages::failing(500, &[], "<h1>Something went wrong</h1><p>Our best people look into it.</p>"), "500");
    let menu = "<a href=\"/help\">Help</a> <a href=\"/\">Home</a> <a href=\"/pro\">Go Pro</a> <a href=\"/discover\">Discover</a></nav>";
    let old_menu = "<a href=\"/\">Home</a> <a href=\"/discover\">Discover</a> <a href=\"/pro\">Go Pro</a> <a href=\"/help\">Help</a></nav>";
    story.sees_nothing_new(pages::with(PERMITS, old_menu, menu));
    story.accepts_in_silence(pages::with(PERMITS, "3 November 2023", "1 December 2023"));

    story.changes(PROMISES, 2);
    story.accepts_in_silence(Scene::page(MOVED));
    story.changes(CLOSED, 3);

    assert_mails(&story.post.mailbox(ANA), &MAILS);
    assert_mails(&story.post.mailbox(BEN), &MAILS[..1]);
    assert_no_mail_is_another(&story.post);

    let queue = story.house.run(&["mail", "queue"]).ends_with(0).out;
    assert_eq!(queue.lines().count(), 4, "{queue}");
    assert!(queue.lines().all(|line| line.contains("[sent")), "{queue}");
    let history = story.house.run(&["history", WATCH, "--format", "json"]).ends_with(0).json();
    let changes = history["changes"].as_array().expect("changes");
    let with_events = changes.iter().filter(|change| change["events"].as_array().is_some_and(|events| !events.is_empty()));
    assert_eq!(with_events.count(), 3, "{history:#}");
    story.house.run(&["store", "verify"]).ends_with(0);

    let log = daemon.log();
    assert!(!log.contains("ERROR"), "{log}");
    assert!([ANA, BEN, CLEO].iter().all(|address| !log.contains(address)), "the log holds an address:\n{log}");
    assert_eq!(daemon.stop().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_found_and_mailed_when_nobody_asks_for_it() {
    let story = Story::begin().await;
    let daemon = story.house.start();
    story.house.run(&["subscriber", "add", ANA]).ends_with(0);
    daemon.says("the first version was stored");
    story.stage.show(PATH, Scene::page(PERMITS));
    // The daily check is a day away, so the first sighting is asked for; the second comes by itself.
    let said = story.check().ends_with(0);
    assert!(said.out.contains("differs"), "{said:#?}");
    eventually("the mail comes", || story.post.mailbox(ANA).pop());
    daemon.says("a change was confirmed");
    assert_mails(&story.post.mailbox(ANA), &MAILS[..1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_that_overlap_make_one_change_and_one_mail() {
    let story = Story::begin().await;
    let _daemon = story.house.start();
    story.house.run(&["subscriber", "add", ANA]).ends_with(0);
    story.check();
    for (page, mails) in [(PERMITS, 1), (PROMISES, 2)] {
        story.stage.show(PATH, Scene::page(page));
        eventually("the mail comes", || {
            let codes = std::thread::scope(|scope| {
                let checks: Vec<_> = (0..4).map(|_| scope.spawn(|| story.check())).collect();
                checks.into_iter().map(|check| check.join().expect("a check")).collect::<Vec<_>>()
            });
            assert!(codes.iter().all(|said| matches!(said.code, Some(0 | 1))), "{codes:#?}");
            (story.post.mailbox(ANA).len() >= mails).then_some(())
        });
    }
    assert_eq!(story.post.mailbox(ANA).len(), 2);
}

#[track_caller]
fn assert_mails(mailbox: &[Vec<u8>], expected: &[Expected]) {
    let mails: Vec<Message<'_>> = mailbox.iter().map(|mail| MessageParser::default().parse(mail).expect("a message")).collect();
    let subjects: Vec<&str> = mails.iter().filter_map(Message::subject).collect();
    assert_eq!(mails.len(), expected.len(), "{subjects:#?}");
    for (mail, expected) in mails.iter().zip(expected) {
        let subject = mail.subject().expect("a subject");
        for words in expected.subject {
            assert!(subject.contains(words), "{words:?} is not in {subject:?}");
        }
        let (text, html) = (mail.body_text(0).expect("a text part"), mail.body_html(0).expect("an HTML part"));
        for (name, part) in [("text", unmarked_text(&text)), ("HTML", unmarked_html(&html))] {
            for quote in expected.quotes {
                assert!(part.contains(quote), "{quote:?} is not in the {name} part of {subject:?}:\n{part}");
            }
            let (_, open) = part.split_once(NOT_COVERED).unwrap_or_default();
            assert_eq!(open.is_empty(), expected.open.is_empty(), "{part}");
            assert!(expected.open.iter().all(|words| open.contains(words)), "the {name} part of {subject:?} hides a loophole:\n{part}");
            assert!(!expected.covered.iter().any(|words| open.contains(words)), "the {name} part of {subject:?} invents one:\n{part}");
        }
        let leave = mail.header_raw("List-Unsubscribe").expect("List-Unsubscribe");
        assert!(leave.contains("<mailto:alerts@watch.example?"), "{leave}");
        assert!(text.contains("unsubscribe"), "{text}");
    }
}

/// Every message on the wire was accepted, for somebody who asked for it, and has a name of its own.
#[track_caller]
fn assert_no_mail_is_another(post: &SmtpStub) {
    let received = post.received();
    assert!(received.iter().all(|mail| mail.accepted && (mail.to == ANA || mail.to == BEN)));
    let names: HashSet<String> = received
        .iter()
        .map(|mail| MessageParser::default().parse(&mail.message).expect("a message").message_id().expect("a Message-ID").to_owned())
        .collect();
    assert_eq!(names.len(), received.len(), "a Message-ID stands twice: {names:#?}");
}

/// The text part as a reader reads it: without the marks of a quotation and of a redline, in one line.
fn unmarked_text(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches("> "));
    let joined = lines.collect::<Vec<_>>().join(" ");
    one_line(&["[-", "-]", "{+", "+}"].iter().fold(joined, |text, mark| text.replace(mark, "")))
}

/// The HTML part as a reader reads it.
fn unmarked_html(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let pieces = body.split('<').map(|piece| {
        let (tag, text) = piece.split_once('>').unwrap_or_default();
        // Marks stand inside a sentence, everything else ends a line.
        let inline = ["ins", "del", "strong", "span", "b", "a", "em", "mark", "s", "u"];
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        format!("{}{text}", if inline.contains(&name) { "" } else { " " })
    });
    let text = pieces.collect::<String>();
    one_line(&text.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\"").replace("&nbsp;", " "))
}

/// In one line, and without the space that a taken-off mark leaves before a comma or full stop.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",").replace(" .", ".")
}
