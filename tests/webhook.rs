//! Programs are called: a real server on loopback takes the JSON, checks the signature, and answers as it likes. And mails are signed.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

use fineprint::deliver::{Channels, Deliver, FileDelivery, Refusal, check_recipient};
use fineprint::model::{Dkim, Mail, MailBody, MailSettings, Secret};
use fineprint::ticket;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A program that takes one call after another: what it was sent, and what it answers.
struct Program {
    url: String,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Program {
    async fn start(status: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let heard = calls.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut call = Vec::new();
                let mut piece = [0; 4096];
                while !call.ends_with(b"}") {
                    let read = stream.read(&mut piece).await.expect("a call");
                    call.extend_from_slice(&piece[..read]);
                }
                heard.lock().expect("calls").push(String::from_utf8(call).expect("text"));
                let answer =
                    format!("HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.expect("an answer");
            }
        });
        Self { url, calls }
    }

    fn mail(&self) -> Mail {
        let body = MailBody { subject: String::new(), text: "{\"type\":\"change\"}".to_owned(), html: String::new() };
        Mail { to: self.url.clone(), body, message_key: "alert-1-1-00".to_owned(), list: String::new(), unsubscribe: Vec::new() }
    }

    async fn call(&self) -> Result<String, Refusal> {
        let folder = tempfile::tempdir().expect("a folder");
        let files = FileDelivery::new(folder.path(), &MailSettings::default()).expect("a delivery");
        let channels = Channels::new(Box::new(files), Some(Secret::new("s3cret")));
        channels.deliver(&self.mail()).await
    }
}

#[tokio::test]
async fn a_call_is_json_and_its_signature_can_be_checked() {
    let program = Program::start("204 No Content").await;
    assert_eq!(program.call().await, Ok("the webhook answered with status 204 No Content".to_owned()));
    let call = program.calls.lock().expect("calls").remove(0).to_lowercase();
    let (head, body) = call.split_once("\r\n\r\n").expect("a body");
    assert!(head.contains("content-type: application/json") && head.contains("x-fineprint-delivery: alert-1-1-00"), "{head}");
    let signature = ticket::sign(b"s3cret", body.as_bytes());
    assert!(head.contains(&format!("x-fineprint-signature-256: sha256={signature}")), "{head}");
}

#[tokio::test]
async fn an_answer_says_whether_another_attempt_makes_sense() {
    for (status, again) in [("500 Oops", true), ("429 Later", true), ("410 Gone", false), ("404 Not Found", false), ("302 Found", false)] {
        let program = Program::start(status).await;
        let refused = program.call().await.expect_err(status);
        assert_eq!(matches!(refused, Refusal::Temporary(_)), again, "{status}: {refused:?}");
        assert_eq!(program.calls.lock().expect("calls").len(), 1, "{status}: redirects are not followed");
    }
    let gone = Program { url: "http://127.0.0.1:1/hook".to_owned(), calls: Arc::default() };
    assert!(matches!(gone.call().await, Err(Refusal::Temporary(reason)) if !reason.contains("/hook")));
}

#[test]
fn a_webhook_is_a_plain_web_address() {
    assert_eq!(check_recipient("https://hooks.example/x?y=z"), Ok("https://hooks.example/x?y=z".to_owned()));
    assert_eq!(check_recipient("ana@example.org"), Ok("ana@example.org".to_owned()));
    for bad in ["https://", "http://user:pass@hooks.example/", "ftp://hooks.example/", "javascript:alert(1)"] {
        assert!(check_recipient(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_mail_is_signed_where_there_is_a_key_and_the_signature_covers_the_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let dkim = |key: Option<&str>| MailSettings {
        dkim: Some(Dkim { selector: "fp".to_owned(), domain: "example.org".to_owned(), key: key.map(Secret::new) }),
        from: "fineprint <alerts@example.org>".to_owned(),
        ..MailSettings::default()
    };
    assert!(FileDelivery::new(folder.path(), &dkim(None)).expect_err("no key").to_string().contains("FINEPRINT_DKIM_KEY"));
    assert!(FileDelivery::new(folder.path(), &dkim(Some("no key"))).is_err());
    let key = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="; // RFC 8032, section 7.1, test 1.
    let delivery = FileDelivery::new(folder.path(), &dkim(Some(key))).expect("a delivery");
    let body = MailBody { subject: "A subject".to_owned(), text: "Text.".to_owned(), html: "<p>Text.</p>".to_owned() };
    let mail = Mail {
        to: "ana@example.org".to_owned(),
        body,
        message_key: "alert-1-1-00".to_owned(),
        list: "alerts.fineprint".to_owned(),
        unsubscribe: vec!["https://watch.example/unsubscribe/x".to_owned()],
    };
    delivery.deliver(&mail).await.expect("a file");
    let written = std::fs::read_to_string(folder.path().join("alert-1-1-00.eml")).expect("a mail");
    let signature = written.split("DKIM-Signature:").nth(1).expect("a signature").split("\r\nDate").next().unwrap_or_default();
    for part in ["a=ed25519-sha256", "d=example.org", "s=fp", "c=relaxed/relaxed", "list-unsubscribe-post", "message-id"] {
        assert!(signature.replace("\r\n ", "").contains(part), "{part} is not in {signature}");
    }
}
