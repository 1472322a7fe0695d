//! The wording of whole mails, read before it was accepted; every platform and clause here is invented.

use super::sample::{sample_change, sample_subscription};
use super::*;
use crate::model::{Change, ChangeId, ChangeKind, Direction, Event, Mail, MailBody, Piece, Severity, Stance, Topic};
use jiff::Timestamp;

const REPLY_TO: &str = "fineprint <leave@watch.example>";
const BIDI: [char; 4] = ['\u{202E}', '\u{2066}', '\u{200F}', '\u{202A}'];

fn now() -> Timestamp {
    "2026-03-05T19:05:00Z".parse().expect("a timestamp")
}

fn no_site() -> Origin<'static> {
    Origin { site: None, reply_to: REPLY_TO, leave: None, preferences: None }
}

fn with_site() -> Origin<'static> {
    let leave = Some("https://watch.example/leave/3.c2lnbmVk");
    Origin { site: Some("https://watch.example"), leave, ..no_site() }
}

fn compose(change: &Change, origin: &Origin<'_>) -> Mail {
    let events: Vec<&Event> = change.events.iter().collect();
    alert(change, &events, &sample_subscription("reader@example.org", now()), origin)
}

/// The founding case, first act: a permission appears.
fn permission_introduced() -> Change {
    Change { effective: Some("Last updated: 3 March 2026".to_owned()), ..sample_change(now()) }
}

/// The second act: the permission goes, and a promise comes that leaves something open.
fn permission_replaced() -> Change {
    let mut change = sample_change(now());
    let removed = Event {
        change: ChangeKind::Removed,
        direction: Direction::Better,
        severity: Severity::Major,
        stance_before: Stance::Permits,
        stance_after: Stance::ProhibitsPartly,
        before: change.events[0].after.clone(),
        after: None,
        rule: "permission-removed".to_owned(),
        kind: "permission-removed".to_owned(),
        summary: "Tidewave's terms no longer say that your uploads may be used to train AI.".to_owned(),
        ..change.events[0].clone()
    };
    let (before, after) = (
        "Tidewave respects your rights and asks before it licenses your uploads to a partner.",
        "Tidewave respects your rights and asks before it trains generative systems meant to imitate you on your uploads.",
    );
    let promised = Event {
        change: ChangeKind::Modified,
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
        redline: vec![
            Piece::Same("Tidewave respects your rights and asks before it ".to_owned()),
            Piece::Removed("licenses your uploads to a partner".to_owned()),
            Piece::Added("trains generative systems meant to imitate you on your uploads".to_owned()),
            Piece::Same(".".to_owned()),
        ],
        section: "Your content › Promises".to_owned(),
        not_covered: vec![
            "Generative systems that are not meant to imitate you (“meant to imitate you”).".to_owned(),
            "AI that is not generative (“generative systems”).".to_owned(),
            "Other companies: the promise names only Tidewave (“it trains”).".to_owned(),
        ],
        rule: "prohibition-introduced, scope-limited".to_owned(),
        kind: "scope-limited-prohibition".to_owned(),
        summary: "Tidewave now promises to ask before it trains AI that imitates you on what you upload; other AI is left open.".to_owned(),
        ..removed.clone()
    };
    change.events = vec![promised, removed];
    change.sentences = [0, 1, 1];
    change
}

fn thirty_events() -> Change {
    let mut change = permission_replaced();
    let event = change.events.remove(0);
    change.events = (1..=30).map(|n| Event { summary: format!("Finding number {n} of thirty."), ..event.clone() }).collect();
    change
}

/// A page and a watchlist that try everything: markup, line breaks, marks, reversed text, endless words.
fn hostile() -> Change {
    let mut change = permission_replaced();
    let attack = "</blockquote><script>alert(1)</script>\"'&\u{202E}desrever\u{2066}\r\n\r\nDoes not cover:\n- nothing, all is well\n> {+forged+} [-gone-]";
    change.platform = format!("Evil\r\nBcc: all@example.org\u{202E} {}", "x".repeat(300));
    change.document = "<b>Terms</b>\u{2028}of\u{0} use".to_owned();
    change.url = "javascript:alert('source')".to_owned();
    change.effective = Some(format!("Effective {attack}"));
    change.language = Some("en\" onload=\"alert(1)".to_owned());
    let event = Event {
        before: Some(format!("Before {attack}")),
        after: Some(format!("After {attack}{}", " &\"<>'".repeat(20_000))),
        redline: vec![Piece::Same("no such words".to_owned())],
        section: format!("Section {attack}"),
        not_covered: vec![format!("Line {attack}"); 100],
        rule: format!("rule {attack}"),
        summary: format!("Summary {attack}"),
        ..change.events[0].clone()
    };
    change.events = vec![event; 20];
    change
}

fn all() -> Vec<Change> {
    vec![permission_introduced(), permission_replaced(), thirty_events(), hostile()]
}

fn size(body: &MailBody) -> usize {
    body.subject.len() + body.text.len() + body.html.len()
}

/// The words of an HTML part, without tags, style sheet and entities.
fn words_of_html(html: &str) -> String {
    let body = html.split_once("<body").expect("a body").1;
    let mut text = String::new();
    let mut in_tag = true;
    for c in body.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    entities.iter().fold(text, |text, (entity, c)| text.replace(entity, c))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_wording_of_a_permission_that_appears() {
    let mail = compose(&permission_introduced(), &no_site());
    insta::assert_snapshot!("permission_introduced", format!("Subject: {}\n\n{}", mail.body.subject, mail.body.text));
}

#[test]
fn the_wording_of_a_permission_replaced_by_a_promise() {
    let mail = compose(&permission_replaced(), &with_site());
    insta::assert_snapshot!("permission_replaced", format!("Subject: {}\n\n{}", mail.body.subject, mail.body.text));
}

#[test]
fn the_wording_of_thirty_events() {
    let mail = compose(&thirty_events(), &no_site());
    insta::assert_snapshot!("thirty_events", format!("Subject: {}\n\n{}", mail.body.subject, mail.body.text));
}

#[test]
fn the_wording_of_a_hostile_page() {
    let mut change = hostile();
    change.events.truncate(1);
    let mail = compose(&change, &no_site());
    insta::assert_snapshot!("hostile", format!("Subject: {}\n\n{}", mail.body.subject, mail.body.text));
}

#[test]
fn the_wording_of_a_test_mail() {
    let mail = test_mail("me@example.org", now(), &with_site());
    insta::assert_snapshot!("test_mail", format!("Subject: {}\n\n{}", mail.body.subject, mail.body.text));
    assert!(mail.body.subject.starts_with("Test: "));
    assert!(mail.body.html.contains("Tidewave does not exist"));
    assert_ne!(mail.message_key, test_mail("me@example.org", Timestamp::UNIX_EPOCH, &with_site()).message_key);
}

#[test]
fn no_mail_is_empty_or_too_long() {
    for change in all() {
        for origin in [no_site(), with_site()] {
            let body = compose(&change, &origin).body;
            assert!(size(&body) <= MAX_BYTES, "{} has {} bytes", body.subject, size(&body));
            assert!(!body.subject.is_empty() && body.text.len() > 500 && body.html.len() > 2_000);
        }
    }
}

#[test]
fn a_change_without_events_still_says_so() {
    let mut change = permission_introduced();
    change.events.clear();
    let body = compose(&change, &no_site()).body;
    assert!(body.text.contains("Tidewave") && body.html.contains("No clause about AI changed."));
    assert!(body.text.contains("No clause about AI changed."));
}

#[test]
fn a_subject_is_one_short_line_of_visible_characters() {
    for change in all() {
        let subject = compose(&change, &no_site()).body.subject;
        assert!(subject.chars().count() <= 120, "{subject}");
        assert!(!subject.chars().any(|c| c.is_control() || BIDI.contains(&c)), "{subject:?}");
    }
}

#[test]
fn no_part_carries_hidden_characters() {
    let body = compose(&hostile(), &no_site()).body;
    for part in [&body.text, &body.html] {
        assert!(!part.chars().any(|c| BIDI.contains(&c) || (c.is_control() && c != '\n')));
    }
}

#[test]
fn a_hostile_page_gets_no_markup_into_the_html() {
    let html = compose(&hostile(), &no_site()).body.html;
    for bad in ["<script", "<b>", "href=\"javascript", "onload=\"alert", "onload=&#34;"] {
        assert!(!html.contains(bad), "{bad}");
    }
    assert!(html.contains("&#60;script&#62;"));
}

#[test]
fn a_hostile_page_cannot_forge_lines_or_marks_in_the_text() {
    let mut change = hostile();
    change.events.truncate(1);
    let text = compose(&change, &no_site()).body.text;
    assert_eq!(text.lines().filter(|line| line.trim() == "Does not cover:").count(), 1, "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("- nothing")).count(), 0, "{text}");
    assert!(text.lines().filter(|line| line.starts_with('>')).all(|line| !line.contains("{+") && !line.contains("[-")), "{text}");
}

#[test]
fn the_html_needs_nothing_from_elsewhere() {
    for change in all() {
        let html = compose(&change, &with_site()).body.html;
        for bad in ["<img", "<link", "<script", "<iframe", "url(", "@import", "src="] {
            assert!(!html.contains(bad), "{bad}");
        }
    }
}

#[test]
fn both_parts_say_the_same_sentences() {
    for change in [permission_introduced(), permission_replaced(), thirty_events()] {
        for origin in [no_site(), with_site()] {
            let body = compose(&change, &origin).body;
            let (text, html) = (squeezed(&body.text), squeezed(&words_of_html(&body.html)));
            let first = change.events.iter().take(2);
            let mut sentences: Vec<&str> = first.clone().map(|event| event.summary.as_str()).collect();
            sentences.extend(first.flat_map(|event| &event.not_covered).map(String::as_str));
            sentences.extend(["Tidewave · Terms of Use", "the document as a whole", "last seen on 5 March 2026, 12:05 UTC"]);
            sentences.extend([
                "again on 5 March 2026, 19:05 UTC",
                "The quotes above are among them.",
                "no model decided",
                "not legal advice",
            ]);
            sentences.extend(["https://tidewave.example/legal/terms", "You asked to hear of changes of any severity at Tidewave"]);
            let leave = if origin.site.is_some() { "https://watch.example/leave/3.c2lnbmVk" } else { "leave@watch.example" };
            assert!(body.text.contains(leave) && body.html.contains(&format!("{leave}\"")) || body.html.contains(&format!(":{leave}?")));
            for sentence in sentences {
                let sentence = squeezed(sentence);
                assert!(text.contains(&sentence), "text lacks {sentence}");
                assert!(html.contains(&sentence), "html lacks {sentence}");
            }
        }
    }
}

#[test]
fn changed_words_are_marked_in_both_parts() {
    let body = compose(&permission_replaced(), &no_site()).body;
    assert!(squeezed(&body.text.replace("\n> ", " ")).contains("[-licensesyouruploadstoapartner-]"));
    assert!(body.html.contains(">licenses your uploads to a partner</del>."));
    assert!(body.html.contains(">trains generative systems meant to imitate you on your uploads</ins>."));
}

#[test]
fn the_archive_is_linked_only_where_there_is_one() {
    let change = permission_introduced();
    assert!(compose(&change, &with_site()).body.text.contains("https://watch.example/changes/1"));
    assert!(!compose(&change, &no_site()).body.text.contains("Archive"));
}

#[test]
fn text_has_the_whole_digests_and_html_their_beginnings() {
    let change = permission_introduced();
    let body = compose(&change, &no_site()).body;
    for digest in [change.old_sha256, change.new_sha256].map(|digest| digest.to_string()) {
        assert!(body.text.contains(&digest) && body.html.contains(&digest[..16]));
    }
}

#[test]
fn a_reader_leaves_by_link_where_there_is_one_and_by_answering_otherwise() {
    let change = permission_introduced();
    let mailto = "mailto:leave@watch.example?subject=unsubscribe%201";
    assert_eq!(compose(&change, &no_site()).unsubscribe, [mailto]);
    assert_eq!(compose(&change, &with_site()).unsubscribe, ["https://watch.example/leave/3.c2lnbmVk", mailto]);
}

#[test]
fn the_message_key_is_the_same_for_a_repeat_and_another_for_another_change() {
    let change = permission_introduced();
    let key = compose(&change, &no_site()).message_key;
    assert_eq!(key, compose(&change, &with_site()).message_key);
    let other = Change { id: ChangeId(2), ..permission_introduced() };
    assert_ne!(key, compose(&other, &no_site()).message_key);
    let elsewhere = Change { first_seen_new: Timestamp::UNIX_EPOCH, ..permission_introduced() };
    assert_ne!(key, compose(&elsewhere, &no_site()).message_key);
}

#[test]
fn a_subject_does_not_call_new_what_was_allowed_before() {
    let mut change = permission_introduced();
    let subject = |change: &Change| compose(change, &no_site()).body.subject;
    for before in [Stance::PermitsOptOut, Stance::PermitsOptIn] {
        (change.events[0].stance_before, change.events[0].stance_after) = (before, Stance::Permits);
        assert!(subject(&change).contains("now allows AI training on your content without a choice"), "{}", subject(&change));
    }
    change.events[0].stance_before = Stance::Silent;
    assert!(!subject(&change).contains("without a choice"), "{}", subject(&change));
}

#[test]
fn every_topic_and_stance_has_a_subject_that_keeps_its_severity() {
    for topic in Topic::ALL {
        for stance in Stance::ALL {
            let mut change = permission_introduced();
            (change.events[0].topic, change.events[0].stance_after) = (*topic, *stance);
            let subject = compose(&change, &no_site()).body.subject;
            assert!(subject.starts_with("Tidewave · Terms of Use: ") && subject.ends_with(" (critical, worse)"), "{subject}");
            assert!(!subject.contains('…'), "{subject}");
        }
    }
}

/// Writes the samples to `target/mail-samples`, to be looked at in a browser.
#[test]
#[ignore = "writes files for people to look at"]
fn dump_samples() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mail-samples");
    std::fs::create_dir_all(&folder).expect("a folder");
    let samples = [
        ("introduced", compose(&permission_introduced(), &no_site())),
        ("replaced", compose(&permission_replaced(), &with_site())),
        ("thirty", compose(&thirty_events(), &no_site())),
        ("hostile", compose(&hostile(), &no_site())),
        ("test", test_mail("me@example.org", now(), &no_site())),
    ];
    for (name, mail) in samples {
        std::fs::write(folder.join(format!("{name}.html")), mail.body.html).expect("a file");
    }
}

#[test]
fn a_document_that_was_replaced_is_said_to_be() {
    let change = Change { replaced: Some(4), ..permission_introduced() };
    let mail = compose(&change, &no_site());
    for part in [&mail.body.text, &mail.body.html] {
        assert!(part.contains("The whole document was replaced: 4 % of its words stayed."), "{part}");
    }
}

#[test]
fn a_text_that_changed_under_the_same_date_is_said_to_have() {
    let mail = |before: Option<&str>| {
        let change = Change { effective_before: before.map(str::to_owned), ..permission_introduced() };
        let text = compose(&change, &no_site()).body.text;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(mail(Some("Last updated: 3 March 2026")).contains("its text changed, its date did not"));
    for other in [None, Some("Last updated: 2 March 2026")] {
        assert!(!mail(other).contains("its date did not"), "{other:?}");
    }
}
