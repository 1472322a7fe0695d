//! Mails leave over a real socket, and every answer of a server is understood as what it is.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::deliver::{Deliver as _, DeliverErrorKind, FileDelivery, Refusal, SmtpDelivery};
use fineprint::model::{Mail, MailBody, MailSettings, Secret, Security};
use mail_parser::{MessageParser, MimeHeaders as _};
use std::time::Duration;
use support::smtp::{Conduct, SmtpStub, Step};

const TO: &str = "reader@example.org";
/// Long for a loopback, short for a test that waits for its end.
const PATIENCE: Duration = Duration::from_millis(500);

fn mail() -> Mail {
    Mail {
        to: TO.to_owned(),
        body: MailBody {
            subject: "Tidewave · Größe und „Übung“: now allows AI training on your content (critical, worse)".to_owned(),
            text: format!("Grüße aus Köln, “quoted”.\n.\n..two dots\n{}\n", "long words ".repeat(200)),
            html: format!("<!DOCTYPE html><html><body><p>Grüße &amp; more</p>\n.\n{}</body></html>", "<b>x</b>".repeat(500)),
        },
        message_key: "alert-7-3-0123456789abcdef".to_owned(),
        list: "alerts.fineprint".to_owned(),
        unsubscribe: vec!["https://watch.example/leave/3".to_owned(), "mailto:leave@watch.example?subject=unsubscribe%203".to_owned()],
    }
}

fn delivery(stub: &SmtpStub) -> SmtpDelivery {
    SmtpDelivery::new(&stub.settings()).expect("settings")
}

fn impatient(stub: &SmtpStub) -> SmtpDelivery {
    delivery(stub).with_time_limit(PATIENCE)
}

fn header(message: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8(message.to_vec()).expect("a message in ASCII");
    let head = text.split_once("\r\n\r\n").expect("a body").0.replace("\r\n ", " ");
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
}

#[tokio::test]
async fn a_mail_arrives_whole() {
    let stub = SmtpStub::start().await;
    let answer = delivery(&stub).deliver(&mail()).await.expect("accepted");
    assert_eq!(answer, "250 2.0.0 taken as 4711");
    let received = stub.received();
    assert_eq!((received[0].from.as_str(), received[0].to.as_str()), ("alerts@watch.example", TO));

    let parsed = MessageParser::default().parse(&received[0].message).expect("a message");
    assert_eq!(parsed.subject(), Some(mail().body.subject.as_str()));
    assert_eq!(parsed.message_id(), Some("alert-7-3-0123456789abcdef@watch.example"));
    assert!(parsed.date().is_some_and(mail_parser::DateTime::is_valid));
    assert_eq!(parsed.body_text(0).expect("a text part").replace("\r\n", "\n"), mail().body.text);
    assert_eq!(parsed.body_html(0).expect("an HTML part").replace("\r\n", "\n"), mail().body.html);
    let kinds: Vec<_> = parsed.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
    assert_eq!(kinds, ["alternative", "plain", "html"]);
}

#[tokio::test]
async fn the_headers_are_those_of_a_list() {
    let stub = SmtpStub::start().await;
    delivery(&stub).deliver(&mail()).await.expect("accepted");
    let message = &stub.mailbox(TO)[0];
    let expected = [
        ("From", "fineprint <alerts@watch.example>"),
        ("Reply-To", "leave@watch.example"),
        ("To", TO),
        ("List-Id", "<alerts.fineprint>"),
        ("List-Unsubscribe", "<https://watch.example/leave/3>, <mailto:leave@watch.example?subject=unsubscribe%203>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ];
    for (name, value) in expected {
        assert_eq!(header(message, name).as_deref(), Some(value), "{name}");
    }
    assert!(header(message, "Subject").is_some_and(|subject| subject.contains("=?utf-8?") && subject.is_ascii()));
    assert!(message.split(|byte| *byte == b'\n').all(|line| line.len() <= 200), "a line is too long");
}

#[tokio::test]
async fn one_click_is_promised_only_where_there_is_a_link() {
    let stub = SmtpStub::start().await;
    let unsubscribe = vec!["mailto:leave@watch.example".to_owned()];
    delivery(&stub).deliver(&Mail { unsubscribe, ..mail() }).await.expect("accepted");
    let message = &stub.mailbox(TO)[0];
    assert_eq!(header(message, "List-Unsubscribe").as_deref(), Some("<mailto:leave@watch.example>"));
    assert_eq!(header(message, "List-Unsubscribe-Post"), None);
}

#[tokio::test]
async fn a_subject_cannot_bring_headers_of_its_own() {
    let stub = SmtpStub::start().await;
    let mut hostile = mail();
    hostile.body.subject = "Hello\r\nBcc: all@example.org\r\n\r\nbody".to_owned();
    hostile.message_key = "x>\r\nBcc: all@example.org".to_owned();
    hostile.unsubscribe = vec!["https://watch.example/\r\nBcc: all@example.org".to_owned()];
    delivery(&stub).deliver(&hostile).await.expect("accepted");
    let message = &stub.received()[0].message;
    assert_eq!(header(message, "Bcc"), None);
    assert_eq!(MessageParser::default().parse(message).expect("a message").bcc(), None);
}

#[tokio::test]
async fn answers_mean_what_they_say() {
    let cases = [
        (Step::Connect, "421 4.3.2 come back later", false),
        (Step::Connect, "554 5.7.1 you are on a list", false),
        (Step::Mail, "550 5.7.1 sender not allowed", false),
        (Step::Rcpt, "451 4.7.1 greylisted", false),
        (Step::Rcpt, "530 5.7.0 authentication required", false),
        (Step::Rcpt, "550 5.1.1 no such mailbox", true),
        (Step::Data, "554 5.5.1 no", true),
        (Step::Data, "250 2.0.0 out of step", false),
        (Step::Message, "452 4.3.1 disk full", false),
        (Step::Message, "554 5.6.0 not wanted", true),
        (Step::Message, "354 out of step", false),
    ];
    for (step, answer, is_permanent) in cases {
        let stub = SmtpStub::start().await;
        stub.misbehave(step, Conduct::Answer(answer));
        match delivery(&stub).deliver(&mail()).await.expect_err(answer) {
            Refusal::Permanent(text) => assert!(is_permanent && text.contains(answer), "{answer}: {text}"),
            Refusal::Temporary(text) => assert!(!is_permanent && text.contains(answer), "{answer}: {text}"),
        }
        assert!(stub.mailbox(TO).is_empty());
    }
}

#[tokio::test]
async fn an_answer_does_not_carry_the_address() {
    let stub = SmtpStub::start().await;
    stub.refuse_mailbox(TO, "550 5.1.1 <Reader@Example.ORG>: no such mailbox");
    let refusal = delivery(&stub).deliver(&mail()).await;
    assert_eq!(refusal, Err(Refusal::Permanent("550 5.1.1 <recipient>: no such mailbox".to_owned())));
}

#[tokio::test]
async fn a_repeat_after_a_lost_answer_has_the_same_message_id() {
    let stub = SmtpStub::start().await;
    stub.misbehave(Step::Message, Conduct::HangUp);
    let delivery = delivery(&stub);
    assert!(matches!(delivery.deliver(&mail()).await, Err(Refusal::Temporary(_))));
    stub.behave();
    delivery.deliver(&mail()).await.expect("accepted");
    let ids: Vec<_> = stub.received().iter().map(|mail| header(&mail.message, "Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids[0].is_some() && ids[0] == ids[1]);
    assert_eq!(stub.mailbox(TO).len(), 1);
}

#[tokio::test]
async fn a_server_that_stalls_is_left() {
    for step in [Step::Connect, Step::Mail, Step::Rcpt, Step::Data, Step::Message] {
        let stub = SmtpStub::start().await;
        stub.misbehave(step, Conduct::Stall);
        let refusal = impatient(&stub).deliver(&mail()).await;
        assert_eq!(refusal, Err(Refusal::Temporary("no answer within 0.5 s".to_owned())), "{step:?}");
    }
}

#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_answer_to_the_next_mail() {
    let stub = SmtpStub::start().await;
    let delivery = impatient(&stub);
    stub.misbehave(Step::Message, Conduct::After(PATIENCE * 2));
    assert!(matches!(delivery.deliver(&mail()).await, Err(Refusal::Temporary(_))));
    tokio::time::sleep(PATIENCE * 2).await;
    stub.misbehave(Step::Message, Conduct::Answer("554 5.6.0 not wanted"));
    assert_eq!(delivery.deliver(&mail()).await, Err(Refusal::Permanent("554 5.6.0 not wanted".to_owned())));
}

#[tokio::test]
async fn mails_in_a_row_share_a_connection() {
    let stub = SmtpStub::start().await;
    let delivery = delivery(&stub);
    for _ in 0..5 {
        delivery.deliver(&mail()).await.expect("accepted");
    }
    assert_eq!((stub.connections(), stub.mailbox(TO).len()), (1, 5));
}

#[tokio::test]
async fn many_mails_at_once_use_few_connections() {
    let stub = SmtpStub::start().await;
    let delivery = std::sync::Arc::new(delivery(&stub));
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let delivery = std::sync::Arc::clone(&delivery);
        sends.spawn(async move { delivery.deliver(&mail()).await });
    }
    assert!(sends.join_all().await.iter().all(Result::is_ok));
    assert_eq!(stub.mailbox(TO).len(), 40);
}

#[tokio::test]
async fn no_server_is_temporary() {
    let settings = {
        let stub = SmtpStub::start().await;
        stub.settings()
    };
    tokio::task::yield_now().await;
    let refusal = SmtpDelivery::new(&settings).expect("settings").deliver(&mail()).await;
    assert!(matches!(refusal, Err(Refusal::Temporary(_))), "{refusal:?}");
}

#[tokio::test]
async fn an_address_that_cannot_be_written_to_is_permanent() {
    let stub = SmtpStub::start().await;
    let delivery = delivery(&stub);
    for to in ["", "nobody", "a@b@c", "x@example.org\r\nRCPT TO:<y@example.org>", "grüße@example.org"] {
        let refusal = delivery.deliver(&Mail { to: to.to_owned(), ..mail() }).await;
        assert!(matches!(refusal, Err(Refusal::Permanent(_))), "{to:?}: {refusal:?}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_trusted_with_mail_that_asks_for_it() {
    let stub = SmtpStub::start().await;
    let settings = MailSettings { security: Security::StartTls, ..stub.settings() };
    let refusal = SmtpDelivery::new(&settings).expect("settings").deliver(&mail()).await;
    assert!(matches!(&refusal, Err(Refusal::Temporary(text)) if text.contains("STARTTLS")), "{refusal:?}");
    assert!(stub.received().is_empty());
}

#[tokio::test]
async fn a_conversation_shows_both_sides() {
    let stub = SmtpStub::start().await;
    let conversation = delivery(&stub).converse(&mail()).await;
    assert!(conversation.outcome.is_ok());
    let lines = conversation.lines.iter().map(|line| line.replace(&stub.settings().port.expect("a port").to_string(), "PORT"));
    let lines: Vec<String> =
        lines.map(|line| if line.starts_with("> (the message") { "> (the message)".to_owned() } else { line }).collect();
    let expected = [
        "* connecting to 127.0.0.1 port PORT",
        "* stub.example is there, not encrypted, and offers 8BITMIME",
        "> MAIL FROM:<alerts@watch.example>",
        "< 250 2.1.0 sender ok",
        "> RCPT TO:<reader@example.org>",
        "< 250 2.1.5 recipient ok",
        "> DATA",
        "< 354 go ahead",
        "> (the message)",
        "< 250 2.0.0 taken as 4711",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_conversation_shows_where_it_failed() {
    let stub = SmtpStub::start().await;
    stub.misbehave(Step::Rcpt, Conduct::Stall);
    let conversation = impatient(&stub).converse(&mail()).await;
    let last: Vec<&str> = conversation.lines.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(last, ["* no answer within 0.5 s", "> RCPT TO:<reader@example.org>"]);
}

#[test]
fn settings_that_cannot_work_are_refused_in_words() {
    let good = MailSettings { server: Some("mail.example.org".to_owned()), security: Security::None, ..MailSettings::default() };
    let cases = [
        (MailSettings { server: None, ..good.clone() }, DeliverErrorKind::NoServer),
        (MailSettings { from: "nobody".to_owned(), ..good.clone() }, DeliverErrorKind::From("nobody".to_owned())),
        (MailSettings { reply_to: Some("x".to_owned()), ..good.clone() }, DeliverErrorKind::ReplyTo("x".to_owned())),
        (MailSettings { username: Some("me".to_owned()), ..good.clone() }, DeliverErrorKind::HalfCredentials),
    ];
    for (settings, kind) in cases {
        assert_eq!(SmtpDelivery::new(&settings).expect_err("refused").kind(), &kind);
    }
    assert!(SmtpDelivery::new(&good).is_ok());
}

#[test]
fn a_password_does_not_show() {
    let settings = MailSettings {
        server: Some("mail.example.org".to_owned()),
        security: Security::None,
        username: Some("me".to_owned()),
        password: Some(Secret::new("hunter2")),
        ..MailSettings::default()
    };
    assert!(!format!("{:?}", SmtpDelivery::new(&settings).expect("settings")).contains("hunter2"));
}

#[tokio::test]
async fn the_same_mail_twice_is_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let mails = folder.path().join("state/mail");
    let delivery = FileDelivery::new(&mails, &MailSettings::default()).expect("settings");
    let answer = delivery.deliver(&mail()).await.expect("written");
    delivery.deliver(&mail()).await.expect("written again");
    let files: Vec<_> = std::fs::read_dir(&mails).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(files, [mails.join("alert-7-3-0123456789abcdef.eml")]);
    assert!(answer.contains("alert-7-3-0123456789abcdef.eml"));
    let bytes = std::fs::read(&files[0]).expect("a file");
    let parsed = MessageParser::default().parse(&bytes).expect("a message");
    assert_eq!(parsed.subject(), Some(mail().body.subject.as_str()));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_a_mail_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let mails = folder.path().join("mail");
    FileDelivery::new(&mails, &MailSettings::default()).expect("settings").deliver(&mail()).await.expect("written");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    assert_eq!((mode(&mails), mode(&mails.join("alert-7-3-0123456789abcdef.eml"))), (0o700, 0o600));
}

#[tokio::test]
async fn a_key_does_not_lead_out_of_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let mails = folder.path().join("mail");
    let delivery = FileDelivery::new(&mails, &MailSettings::default()).expect("settings");
    for key in ["../../outside", "/etc/outside", "..", ".", "a/b", "nul\0byte", &"x".repeat(5_000)] {
        delivery.deliver(&Mail { message_key: key.to_owned(), ..mail() }).await.expect("written");
    }
    assert_eq!(std::fs::read_dir(&mails).expect("a folder").count(), 7);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_temporary() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let delivery = FileDelivery::new(file.path().join("mail"), &MailSettings::default()).expect("settings");
    assert!(matches!(delivery.deliver(&mail()).await, Err(Refusal::Temporary(_))));
}
