mod import;

use super::failure::Failure;
use super::{Ended, Global, Outcome, access, text};
use crate::fetch::{Fetch as _, HttpFetcher, Request};
use crate::model::{FetchOutcome, Schedule, Stance, Topic, Watch, WatchId};
use crate::page::{self, Answer, Baseline, Page, Rules};
use crate::reading;
use crate::service::{self, Reply, Setup, WatchlistSource, Wish};
use crate::watchlist::{self, NewWatch};
use std::path::{Path, PathBuf};

/// Look at and edit the watchlist
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint watch test https://tidewave.example/terms")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List what is watched, when it was last seen and when it is due
    #[command(after_help = "Example: fineprint watch list")]
    List,
    /// Add a document, keeping the file's comments and order
    #[command(after_help = "Example: fineprint watch add Tidewave \"Terms of Use\" https://tidewave.example/terms --tag music")]
    Add {
        /// The platform's name
        platform: String,
        /// The document's name
        document: String,
        /// Its page, or several pages that together are the document
        #[arg(required = true)]
        urls: Vec<String>,
        /// A word by which people subscribe; may be given several times
        #[arg(long = "tag", value_name = "TAG")]
        tags: Vec<String>,
    },
    /// Take over another program's list: what can't be carried over is named, what is watched already is skipped
    Import(import::Args),
    /// Remove a document from the list; its history stays in the store
    #[command(after_help = "Example: fineprint watch remove tidewave/terms-of-use")]
    Remove {
        /// Which watch
        watch: WatchId,
    },
    /// Fetch once and show verdict, text and stance; stores nothing
    #[command(after_help = "Example: fineprint watch test https://tidewave.example/terms")]
    Test {
        /// A watch, or a URL
        what: String,
    },
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    match &args.command {
        Command::List => list(global).await,
        Command::Add { platform, document, urls, tags } => {
            let new = NewWatch {
                platform: platform.clone(),
                document: document.clone(),
                urls: urls.clone(),
                tags: tags.clone(),
                ..NewWatch::default()
            };
            edit(global, |text, file| watchlist::add(text, file, &new).map_err(Failure::usage)).await?;
            text::out(&format!("{} is watched\n", WatchId::new(platform, document)));
            Ok(Outcome::Quiet)
        }
        Command::Import(args) => import::run(global, args).await,
        Command::Remove { watch } => {
            edit(global, |text, file| watchlist::remove(text, file, watch).map_err(Failure::usage)).await?;
            text::out(&format!("{watch} is no longer watched; its history stays in the store\n"));
            Ok(Outcome::Quiet)
        }
        Command::Test { what } => test(global, what).await,
    }
}

async fn list(global: &Global) -> Ended {
    let Reply::States(states) = access::ask_once(global, Wish::States).await? else { return Err(access::unexpected()) };
    for (id, state, due) in states {
        let seen = state.last_good.map_or_else(|| "never seen".to_owned(), |at| format!("seen {}", text::minute(at)));
        let due = due.map_or_else(|| "not queued".to_owned(), |at| format!("due {}", text::minute(at)));
        let trouble = state.rejection.map(|rejection| format!("  {} failures: {rejection}", state.failures)).unwrap_or_default();
        let missed = match state.missed.as_slice() {
            [] => String::new(),
            missed => format!("  selectors that match nothing: {}", missed.join(", ")),
        };
        text::out(&format!("{id}  v{}  {seen}  {due}{trouble}{missed}\n", state.version));
    }
    Ok(Outcome::Quiet)
}

/// Edits the user's file; where there is none yet, one begins from the list that ships.
async fn edit(global: &Global, change: impl FnOnce(&str, &str) -> Result<String, Failure>) -> Result<(), Failure> {
    let setup = access::setup(global)?;
    let (path, text) = current(&setup)?;
    let edited = change(&text, &path.display().to_string())?;
    watchlist::parse(&edited, &path.display().to_string())
        .map_err(|problems| Failure::usage(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    write_whole(&path, &edited)?;
    // A running daemon sees the new file by itself within seconds; telling it saves the wait.
    if let Some(told) = service::call(&setup.state, &Wish::Reload, &mut |_| {}).await {
        told.map_err(Failure::world)?;
    }
    Ok(())
}

/// The user's file and its text, or that of the list with which it will begin.
fn current(setup: &Setup) -> Result<(PathBuf, String), Failure> {
    let path = match &setup.source {
        WatchlistSource::File(path) => path.clone(),
        WatchlistSource::Shipped => PathBuf::from("watchlist.toml"),
    };
    let text = if path.exists() { std::fs::read_to_string(&path)? } else { watchlist::SHIPPED.to_owned() };
    Ok((path, text))
}

/// Writes beside the file and renames, so that nobody ever reads half a list.
fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let beside = path.with_extension("toml.new");
    std::fs::write(&beside, text)?;
    std::fs::File::open(&beside)?.sync_all()?;
    Ok(std::fs::rename(&beside, path)?)
}

async fn test(global: &Global, what: &str) -> Ended {
    let setup = access::setup(global)?;
    let watch = match what.parse::<WatchId>().ok().and_then(|id| setup.watches.iter().find(|watch| watch.id == id)) {
        Some(watch) => watch.clone(),
        None if what.starts_with("http") => from_url(what),
        None => {
            return Err(Failure::usage(format!("{what} is no watch of the list and no URL; `fineprint watch list` shows what there is")));
        }
    };
    let fetcher = HttpFetcher::new(&setup.settings.fetch).map_err(Failure::world)?;
    let mut usable = true;
    let mut pages = Vec::new();
    for url in &watch.urls {
        let request = Request {
            url: url.clone(),
            validators: None,
            language: watch.language.clone(),
            ignore_robots: watch.ignore_robots,
            render: watch.needs_browser,
        };
        let capture = match fetcher.fetch(&request).await {
            FetchOutcome::Answered(capture) => capture,
            FetchOutcome::NotModified => {
                return Err(Failure::world(format!("{url}: the server answered 304 to a request without validators")));
            }
            FetchOutcome::Failed(failure) => return Err(Failure::world(failure.reason)),
        };
        text::out(&format!(
            "{url}\n  status {}, {} bytes, {}\n",
            capture.status,
            capture.body.len(),
            capture.header("content-type").unwrap_or("no content type")
        ));
        capture.redirects.iter().for_each(|hop| text::out(&format!("  by way of {hop}\n")));
        let rules = Rules { select: &watch.select, remove: &watch.remove };
        match page::read(&capture.body, capture.header("content-type"), rules) {
            Ok(page) => {
                let answer = Answer { status: capture.status, url, final_url: capture.final_url(), headers: &capture.headers };
                let rejection = page::judge(answer, &page, Baseline { document: None, language: watch.language.as_deref() }).rejection();
                usable &= rejection.is_none();
                text::out(&format!("  verdict: {}\n", rejection.map_or_else(|| "usable".to_owned(), |rejection| rejection.to_string())));
                page.missed.iter().for_each(|selector| text::out(&format!("  the selector {selector:?} matches nothing\n")));
                pages.push(page);
            }
            Err(rejection) => {
                usable = false;
                text::out(&format!("  verdict: {rejection}\n"));
            }
        }
    }
    show(&page::join(pages));
    Ok(if usable { Outcome::Quiet } else { Outcome::Found })
}

fn show(page: &Page) {
    let document = &page.document;
    text::out(&format!(
        "\n{} clauses, {} words, language {}\n",
        document.clauses.len(),
        document.word_count(),
        document.language.as_deref().unwrap_or("unknown")
    ));
    document
        .clauses
        .iter()
        .take(8)
        .for_each(|clause| text::out(&format!("  {}\n", text::safe(&clause.text.chars().take(110).collect::<String>()))));
    let reading = reading::read(document);
    text::out("\nStance\n");
    for topic in Topic::ALL.iter().filter(|topic| reading.stance(**topic) != Stance::Silent) {
        text::out(&format!("  {topic}: {}\n", reading.stance(*topic)));
    }
    if reading.stances.is_empty() {
        text::out("  silent on AI\n");
    }
}

fn from_url(url: &str) -> Watch {
    Watch {
        id: WatchId::new("test", "test"),
        platform: "test".to_owned(),
        document: "test".to_owned(),
        urls: vec![url.to_owned()],
        select: Vec::new(),
        remove: Vec::new(),
        links: Vec::new(),
        schedule: Schedule::Every(watchlist::DEFAULT_SCHEDULE),
        confirm_after: std::time::Duration::ZERO,
        language: None,
        ignore_robots: false,
        needs_browser: false,
        kind: crate::model::WatchKind::default(),
        tags: Vec::new(),
    }
}
