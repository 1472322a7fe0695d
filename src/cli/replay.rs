use super::failure::Failure;
use super::{Ended, Format, Outcome, json, text};
use crate::deliver::{Deliver, Refusal};
use crate::fetch::{Fetch, Request};
use crate::model::{Capture, CheckResult, FetchOutcome, Header, Mail, Schedule, Settings, Watch, WatchId};
use crate::monitor::{Checked, Clock, Monitor};
use crate::store::MemoryStore;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Feed a folder of dated pages through one check each, as if they had been fetched then
#[derive(Debug, clap::Args)]
#[command(
    after_help = "DIR/index.json: {\"document\": \"Platform/Terms of Service\", \"sequence\": [{\"page\": \"pages/000.html\", \"fetched\": \"2026-05-19T12:00:00Z\"}]}\n\nExample: fineprint replay ./pages --format json"
)]
pub(super) struct Args {
    /// The folder that holds index.json
    dir: PathBuf,
    /// How to print what happened
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Deserialize)]
struct Index {
    document: String,
    sequence: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    page: String,
    fetched: Timestamp,
}

pub(super) async fn run(args: &Args) -> Ended {
    let index = read_index(&args.dir)?;
    let (platform, document) = index.document.split_once('/').unwrap_or((index.document.as_str(), "Document"));
    let stage = Arc::new(Stage::default());
    let monitor = Monitor::new(Arc::new(MemoryStore::new()), stage.clone(), stage.clone(), stage.clone(), Arc::new(Settings::default()));
    let watch = watch(platform, document);
    let mut steps = Vec::with_capacity(index.sequence.len());
    for entry in &index.sequence {
        let path = args.dir.join(&entry.page);
        let body = std::fs::read(&path).map_err(|error| Failure::usage(format!("{} can't be read: {error}", path.display())))?;
        stage.set(body, entry.fetched, &entry.page);
        let checked = monitor.check(&watch).await.map_err(Failure::world)?;
        steps.push((entry, checked));
    }
    match args.format {
        Format::Json => text::out(&format!(
            "{}\n",
            json!({ "document": index.document, "steps": steps.iter().map(|(entry, checked)| step(&entry.page, checked)).collect::<Vec<_>>() })
        )),
        Format::Text => steps.iter().for_each(|(entry, checked)| text::out(&format!("{}\n", line(entry, checked)))),
    }
    let found = steps.iter().any(|(_, checked)| checked.change.is_some());
    Ok(if found { Outcome::Found } else { Outcome::Quiet })
}

fn read_index(dir: &Path) -> Result<Index, Failure> {
    let path = dir.join("index.json");
    let text = std::fs::read_to_string(&path).map_err(|error| Failure::usage(format!("{} can't be read: {error}", path.display())))?;
    serde_json::from_str(&text).map_err(|error| Failure::usage(format!("{}:{}:{}: {error}", path.display(), error.line(), error.column())))
}

fn watch(platform: &str, document: &str) -> Watch {
    Watch {
        id: WatchId::new(platform, document),
        platform: platform.to_owned(),
        document: document.to_owned(),
        urls: vec!["https://replay.invalid/document".to_owned()],
        select: Vec::new(),
        remove: Vec::new(),
        links: Vec::new(),
        schedule: Schedule::Every(Duration::from_hours(6)),
        confirm_after: Duration::ZERO,
        language: None,
        ignore_robots: false,
        needs_browser: false,
        kind: crate::model::WatchKind::default(),
        tags: Vec::new(),
    }
}

/// What a reader of the history would be shown: a date that moved is recorded, but is no change to read.
pub(super) fn outcome(checked: &Checked) -> (&'static str, Option<String>) {
    match &checked.result {
        CheckResult::First => ("first", None),
        CheckResult::Held => ("held", None),
        CheckResult::Rejected(rejection) => ("rejected", Some(rejection.to_string())),
        CheckResult::Changed(_) if checked.change.as_ref().is_some_and(|change| change.date_only) => {
            ("unchanged", Some("only a date changed".to_owned()))
        }
        CheckResult::Changed(_) => ("changed", None),
        CheckResult::Unchanged => ("unchanged", None),
        CheckResult::Flap => ("unchanged", Some("a text that was there before came and went".to_owned())),
        CheckResult::Variant => ("unchanged", Some("a difference was gone at the second sighting".to_owned())),
    }
}

fn step(page: &str, checked: &Checked) -> Value {
    let (outcome, reason) = outcome(checked);
    let events = checked.change.as_ref().map(|change| change.events.iter().map(json::event).collect::<Vec<_>>()).unwrap_or_default();
    let sentences = checked.change.as_ref().map(|change| change.sentences);
    json!({ "page": page, "outcome": outcome, "reason": reason, "events": events, "sentences": sentences })
}

fn line(entry: &Entry, checked: &Checked) -> String {
    let (outcome, reason) = outcome(checked);
    let events: Vec<String> = checked
        .change
        .iter()
        .flat_map(|change| &change.events)
        .map(|event| format!("\n    {} {}: {}", event.severity, event.topic, event.summary))
        .collect();
    let events = events.concat();
    format!("{} {} {outcome}{}{events}", entry.fetched, entry.page, reason.map(|reason| format!(" ({reason})")).unwrap_or_default())
}

/// Plays server, clock and mailbox: serves the page of the day.
#[derive(Debug, Default)]
pub(super) struct Stage {
    now: Mutex<(Vec<u8>, Timestamp, &'static str)>,
}

impl Stage {
    fn set(&self, body: Vec<u8>, at: Timestamp, name: &str) {
        let kind = match Path::new(name).extension().and_then(|extension| extension.to_str()) {
            Some("md") => "text/markdown",
            Some("txt") => "text/plain",
            _ => "text/html",
        };
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = (body, at, kind);
    }
}

impl Fetch for Stage {
    fn fetch<'call>(&'call self, request: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>> {
        let (body, fetched, kind) = self.now.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let headers = vec![Header { name: "content-type".to_owned(), value: kind.to_owned() }];
        let capture = Capture { url: request.url.clone(), redirects: Vec::new(), fetched, status: 200, headers, body };
        Box::pin(async move { FetchOutcome::Answered(Box::new(capture)) })
    }
}

impl Deliver for Stage {
    fn deliver<'call>(&'call self, _: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
        Box::pin(async { Ok("not sent: a replay".to_owned()) })
    }
}

impl Clock for Stage {
    fn now(&self) -> Timestamp {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}
