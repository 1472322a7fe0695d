//! Somebody who opens the pages and reads the mail.

use super::house::{House, LOOPBACK, eventually};
use super::pages::{self, PERMITS, SILENT};
use super::smtp::SmtpStub;
use fineprint::web::{Scene, Stage};
use mail_parser::{Message, MessageParser};

/// The watched page's path on the stage.
const PATH: &str = "/legal/terms";

/// The program with its pages open, a platform to watch, and a mail server.
pub(crate) struct World {
    pub(crate) house: House,
    pub(crate) post: SmtpStub,
    pub(crate) site: String,
    stage: Stage,
}

impl World {
    pub(crate) async fn begin() -> Self {
        let stage = Stage::open().await.expect("a stage");
        stage.show(PATH, Scene::page(SILENT));
        Self::on(stage, LOOPBACK).await
    }

    /// A platform that trains on what it is given, and whose robots.txt says this; what it tells machines is watched too.
    pub(crate) async fn with_robots(robots: &str) -> Self {
        let stage = Stage::open().await.expect("a stage");
        stage.show(PATH, Scene::page(PERMITS));
        let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        stage.show("/robots.txt", Scene { status: 200, headers, body: robots.to_owned() });
        Self::on(stage, &LOOPBACK.replace("signals = false\n", "")).await
    }

    async fn on(stage: Stage, settings: &str) -> Self {
        let post = SmtpStub::start().await;
        let door = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port();
        let site = format!("http://127.0.0.1:{door}");
        let settings = format!("{settings}{}[web]\nlisten = \"127.0.0.1:{door}\"\nurl = \"{site}\"\n", post.as_toml());
        let house = House::with(&settings, &pages::watchlist(&stage.url(PATH), ""));
        Self { house, post, site, stage }
    }

    /// Waits until the first version is kept.
    pub(crate) fn is_watched(&self) {
        eventually("the first version is stored", || self.house.run(&["watch", "list"]).out.contains("  v1  ").then_some(()));
    }

    /// The platform changes its terms, and the change is confirmed.
    pub(crate) fn changes_to(&self, page: &str) {
        self.stage.show(PATH, Scene::page(page));
        let said = self.house.run(&["check", "tidewave/terms-of-use"]).ends_with(0);
        assert!(said.out.contains("differs"), "{said:#?}");
        let settled = || (!self.house.run(&["check", "tidewave/terms-of-use"]).out.contains("differs")).then_some(());
        eventually("the change is confirmed", settled);
    }

    /// The platform starts to allow AI training.
    pub(crate) fn starts_to_train(&self) {
        self.changes_to(PERMITS);
    }

    /// The newest of at least `count` mails to an address.
    pub(crate) fn mail(&self, address: &str, count: usize) -> Mail {
        let raw = eventually("the mail comes", || self.post.mailbox(address).get(count - 1).cloned());
        Mail { raw }
    }

    /// Asks for a page: status, headers in lower case, body.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(reqwest::Method::GET, path, None).await
    }

    /// The page once it holds these words: pages may be a moment old.
    pub(crate) async fn shows(&self, path: &str, words: &str) -> String {
        for _ in 0..200 {
            let body = self.get(path).await.body;
            if body.contains(words) {
                return body;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{path} never shows {words:?}: {}", self.get(path).await.body);
    }

    /// Sends a form.
    pub(crate) async fn post_form(&self, path: &str, form: &str) -> Answer {
        self.send(reqwest::Method::POST, path, Some(form.to_owned())).await
    }

    /// Whether a form is refused as too large: by an answer, or by a server that has hung up before all of it was sent.
    pub(crate) async fn is_too_large(&self, path: &str, form: String) -> bool {
        self.try_send(reqwest::Method::POST, path, Some(form)).await.is_none_or(|answer| answer.status == 413)
    }

    async fn send(&self, method: reqwest::Method, path: &str, form: Option<String>) -> Answer {
        self.try_send(method, path, form).await.expect("an answer")
    }

    async fn try_send(&self, method: reqwest::Method, path: &str, form: Option<String>) -> Option<Answer> {
        fineprint::fetch::install_crypto();
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.site) };
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let mut request = client.request(method, url);
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        }
        let response = request.send().await.ok()?;
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        Some(Answer { status: response.status().as_u16(), headers, body: response.text().await.ok()? })
    }
}

/// What the site answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

/// A mail as it came.
#[derive(Debug)]
pub(crate) struct Mail {
    raw: Vec<u8>,
}

impl Mail {
    fn message(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a message")
    }

    pub(crate) fn subject(&self) -> String {
        self.message().subject().expect("a subject").to_owned()
    }

    pub(crate) fn text(&self) -> String {
        self.message().body_text(0).expect("a text part").into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.message().header_raw(name).map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The first link of the text part that leads to this kind of page.
    pub(crate) fn link(&self, kind: &str) -> String {
        let text = self.text();
        let found = text.split_whitespace().find(|word| word.starts_with("http") && word.contains(&format!("/{kind}/")));
        found.unwrap_or_else(|| panic!("no link to {kind} in {text}")).to_owned()
    }
}
