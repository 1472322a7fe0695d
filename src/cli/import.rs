use super::failure::Failure;
use super::replay::{Stage, outcome};
use super::{Ended, Format, Global, Outcome, access, json, text};
use crate::model::{Watch, WatchId};
use crate::monitor::{Checked, ImportError, Monitor, SystemClock};
use crate::past::{DatedPage, Past, Wanted};
use crate::service::{self, Wish};
use crate::store::MemoryStore;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Give a watch the history that an archive kept, without a mail to anybody
#[derive(Debug, clap::Args)]
#[command(
    after_help = "SOURCE is one of\n  a folder of pages with their dates in their names: 2024-02-07.html, 20240207T101500Z.pdf\n  a WARC file, plain or .gz: the answers from the watch's addresses are taken\n  a git repository of Open Terms Archive, versions or snapshots: Service/Document.md\n\nImport before the first check of a watch, and while no daemon runs. Called again, it goes on where it was interrupted.\n\nExample: fineprint import soundcloud/terms-of-service ./contrib-versions --service SoundCloud --dry-run"
)]
pub(super) struct Args {
    /// Which watch, as `fineprint watch list` names it
    watch: WatchId,
    /// The folder, WARC file or repository
    source: PathBuf,
    /// How a repository calls the platform [default: as the watchlist does]
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// How a repository calls the document [default: as the watchlist does]
    #[arg(long, value_name = "NAME")]
    document: Option<String>,
    /// Show what would come of the whole archive; store nothing
    #[arg(long)]
    dry_run: bool,
    /// For people or for tools
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let setup = access::setup(global)?;
    let watch = setup.watches.iter().find(|watch| watch.id == args.watch).ok_or_else(|| {
        Failure::usage(format!("there is no watch {} in the watchlist; `fineprint watch list` shows what there is", args.watch))
    })?;
    let wanted = Wanted {
        watch: &watch.id,
        urls: &watch.urls,
        service: args.service.as_deref(),
        document: args.document.as_deref(),
        longest: setup.settings.fetch.max_body,
    };
    let past = Past::open(&args.source, wanted).await.map_err(Failure::usage)?;
    for (why, count) in &past.passed_over {
        eprintln!("passed over {count}: {}", text::safe(why));
    }
    if past.pages.is_empty() {
        return Err(Failure::usage(format!("{} holds no page for {}", args.source.display(), watch.id)));
    }
    let monitor = if args.dry_run {
        let stage = Arc::new(Stage::default());
        Monitor::new(Arc::new(MemoryStore::new()), stage.clone(), stage, Arc::new(SystemClock), Arc::new(setup.settings.clone()))
    } else {
        if service::call(&setup.state, &Wish::Status, &mut |_| {}).await.is_some() {
            return Err(Failure::world("a daemon is running on this state folder: stop it, import, and start it again"));
        }
        access::monitor_without_mail(&setup)?
    };
    import(args, watch, &past, &monitor).await
}

async fn import(args: &Args, watch: &Watch, past: &Past, monitor: &Monitor) -> Ended {
    let mut steps = Vec::new();
    let mut changes = 0;
    let imported = monitor
        .import(watch, past, &mut |page, checked| {
            changes += usize::from(checked.change.is_some());
            match args.format {
                Format::Text => text::out(&line(page, checked)),
                Format::Json => steps.push(step(page, checked)),
            }
        })
        .await
        .map_err(|error| match error {
            ImportError::Store(error) => Failure::world(error),
            other => Failure::usage(other),
        })?;
    if args.format == Format::Json {
        let counts = json!({ "taken": imported.taken, "known": imported.known, "future": imported.future, "unread": imported.unread });
        text::out(&format!("{}\n", json!({ "watch": watch.id.as_str(), "archive": past.archive.name(), "steps": steps, "pages": counts })));
        return Ok(Outcome::Quiet);
    }
    let mut end = format!("{} pages taken in, {changes} changes; nobody was told of them", imported.taken);
    for (count, what) in [
        (imported.known, "were taken in before, or are older than the last check"),
        (imported.future, "are dated after today and were left"),
        (imported.unread, "are too long and were left"),
    ] {
        if count > 0 {
            end.push_str(&format!("; {count} {what}"));
        }
    }
    let note = if args.dry_run { "; a dry run: nothing of it was stored" } else { "" };
    text::out(&format!("{end}{note}\n"));
    Ok(Outcome::Quiet)
}

fn line(page: &DatedPage, checked: &Checked) -> String {
    let (outcome, reason) = outcome(checked);
    let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
    let events: Vec<String> = checked
        .change
        .iter()
        .flat_map(|change| &change.events)
        .map(|event| format!("  {} {}: {}\n", event.severity, event.topic, text::safe(&event.summary)))
        .collect();
    format!("{} {} {outcome}{reason}\n{}", text::minute(page.at), text::safe(&page.name), events.concat())
}

fn step(page: &DatedPage, checked: &Checked) -> Value {
    let (outcome, reason) = outcome(checked);
    let events = checked.change.as_ref().map(|change| change.events.iter().map(json::event).collect::<Vec<_>>()).unwrap_or_default();
    json!({ "page": page.name, "at": page.at, "outcome": outcome, "reason": reason, "events": events, "change": checked.change.as_ref().map(|change| change.id.0) })
}
