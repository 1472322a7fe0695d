use super::failure::Failure;
use super::{Ended, Outcome, text};
use crate::deliver::FileDelivery;
use crate::fetch::HttpFetcher;
use crate::model::{CheckResult, FetchSettings, MailSettings, MailState, Rhythm, Schedule, Settings, Severity, Wanted, Watch, WatchId};
use crate::monitor::{Monitor, SystemClock};
use crate::service::{Desk, Reply, Wish};
use crate::store::SledStore;
use crate::web::{Scene, Stage};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Play a platform's story on this machine: local pages, the real store, the mails as files
#[derive(Debug, clap::Args)]
#[command(after_help = "Nothing leaves this machine.\n\nExample: fineprint demo")]
pub(super) struct Args {
    /// Where to play; kept afterwards, so that the mails and the store can be looked at
    #[arg(long, value_name = "DIR", default_value = "fineprint-demo")]
    folder: PathBuf,
}

/// An act of the story: what happens, and the page that Tidewave then shows.
const ACTS: &[(&str, Show)] = &[
    (
        "November 2023. Tidewave, where musicians publish their tracks, has ordinary terms.",
        Show::Page(include_str!("../../demo/tidewave-0.html")),
    ),
    ("February 2024. One sentence is added, and nobody is told.", Show::Page(include_str!("../../demo/tidewave-1.html"))),
    ("For an hour a bot wall stands in front of the page.", Show::Wall),
    ("May 2025. After an outcry the sentence goes, and a promise comes.", Show::Page(include_str!("../../demo/tidewave-2.html"))),
    ("September 2025. The promise moves into a paragraph of its own.", Show::Page(include_str!("../../demo/tidewave-3.html"))),
    ("January 2026. The promise loses the words that left the loophole.", Show::Page(include_str!("../../demo/tidewave-4.html"))),
];

/// What the page shows.
#[derive(Debug, Clone, Copy)]
enum Show {
    Page(&'static str),
    Wall,
}

const PATH: &str = "/terms";

pub(super) async fn run(args: &Args) -> Ended {
    let stage = Stage::open().await?;
    let mails = args.folder.join("mail");
    let desk = open(&args.folder, &mails, stage.url(PATH)).await?;
    text::out(
        "Tidewave is invented; everything else is real: a server on loopback, the fetcher, the store, the mail.\nEvery change is seen twice before it is believed.\n\n",
    );
    let mut shown = 0;
    for (story, scene) in ACTS {
        text::out(&format!("▸ {story}\n"));
        stage.show(PATH, scene_of(*scene));
        for _ in 0..2 {
            check(&desk).await?;
        }
        shown = show_new_mails(&desk, shown)?;
    }
    text::out(&format!(
        "\nThe mails are in {}, as your mail program would receive them.\nTo watch the {} documents of the list that ships: fineprint run\n",
        mails.display(),
        crate::watchlist::parse(crate::watchlist::SHIPPED, "watchlist.toml").map_or(0, |list| list.watches.len())
    ));
    Ok(Outcome::Quiet)
}

fn scene_of(scene: Show) -> Scene {
    match scene {
        Show::Page(html) => Scene::page(html),
        Show::Wall => Scene {
            status: 403,
            headers: vec![("cf-mitigated".to_owned(), "challenge".to_owned())],
            body: "<title>Just a moment...</title>".to_owned(),
        },
    }
}

async fn open(folder: &Path, mails: &Path, url: String) -> Result<Desk, Failure> {
    let settings = Settings {
        fetch: FetchSettings { allow_private: true, host_spacing: Duration::ZERO, retries: 0, ..FetchSettings::default() },
        mail: MailSettings { from: "fineprint <alerts@fineprint.example>".to_owned(), ..MailSettings::default() },
        ..Settings::default()
    };
    claim(folder)?;
    let store = folder.join("store");
    if store.exists() {
        std::fs::remove_dir_all(&store)?;
    }
    if mails.exists() {
        std::fs::remove_dir_all(mails)?;
    }
    let store = SledStore::open(&store).map_err(Failure::world)?;
    let fetcher = HttpFetcher::new(&settings.fetch).map_err(Failure::world)?;
    let delivery = FileDelivery::new(mails, &settings.mail).map_err(Failure::world)?;
    let monitor = Monitor::new(Arc::new(store), Arc::new(fetcher), Arc::new(delivery), Arc::new(SystemClock), Arc::new(settings));
    let desk = Desk::new(monitor, vec![tidewave(url)], 1).map_err(Failure::world)?;
    let subscribe = Wish::Subscribe {
        address: "you@example.org".to_owned(),
        wanted: Wanted {
            platforms: Vec::new(),
            tags: vec!["music".to_owned()],
            topics: Vec::new(),
            severity: Severity::Minor,
            rhythm: Rhythm::AtOnce,
        },
    };
    ask(&desk, subscribe).await?;
    Ok(desk)
}

/// Takes an empty or new folder, or one that a demonstration made before; what is anybody else's is left alone.
fn claim(folder: &Path) -> Result<(), Failure> {
    let mark = folder.join(".fineprint-demo");
    let empty = std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !empty && !mark.exists() {
        return Err(Failure::usage(format!(
            "{} holds something else already; name an empty or a new folder with --folder",
            folder.display()
        )));
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(mark, "the demonstration may be played here again\n")?)
}

fn tidewave(url: String) -> Watch {
    Watch {
        id: WatchId::new("Tidewave", "Terms of Use"),
        platform: "Tidewave".to_owned(),
        document: "Terms of Use".to_owned(),
        urls: vec![url],
        select: Vec::new(),
        remove: Vec::new(),
        links: Vec::new(),
        schedule: Schedule::Every(crate::watchlist::DEFAULT_SCHEDULE),
        confirm_after: Duration::ZERO,
        language: None,
        ignore_robots: false,
        needs_browser: false,
        kind: crate::model::WatchKind::default(),
        tags: vec!["music".to_owned()],
    }
}

async fn ask(desk: &Desk, wish: Wish) -> Result<Vec<Reply>, Failure> {
    let mut replies = Vec::new();
    desk.grant(wish, &mut |reply| replies.push(reply)).await;
    match replies.last() {
        Some(Reply::Failed(reason)) => Err(Failure::world(reason)),
        _ => Ok(replies),
    }
}

async fn check(desk: &Desk) -> Result<(), Failure> {
    for reply in ask(desk, Wish::Check { watches: Vec::new(), dry_run: false }).await? {
        if let Reply::Progress { result, change, .. } = reply {
            let note = match &result {
                CheckResult::Changed(_) if change.is_some_and(|change| change.date_only) => {
                    "only a date and places changed: recorded".to_owned()
                }
                CheckResult::Changed(_) => "the difference is confirmed".to_owned(),
                other => text::result(other),
            };
            text::out(&format!("    check: {note}\n"));
        }
    }
    desk.monitor.deliver_due().await.map_err(Failure::world)?;
    Ok(())
}

/// Prints the mails that were delivered since the last act; how many there are now.
fn show_new_mails(desk: &Desk, shown: usize) -> Result<usize, Failure> {
    let entries = desk.monitor.store().outbox(100).map_err(Failure::world)?;
    for entry in entries.iter().rev().skip(shown) {
        let state = if matches!(entry.state, MailState::Sent { .. }) { "mailed" } else { "waiting" };
        text::out(&format!("\n    ✉ {state} to {}: {}\n\n", entry.mail.to, entry.mail.body.subject));
        entry.mail.body.text.lines().for_each(|line| text::out(&format!("      {line}\n")));
        text::out("\n");
    }
    if entries.len() == shown {
        text::out("    no mail\n\n");
    }
    Ok(entries.len())
}
