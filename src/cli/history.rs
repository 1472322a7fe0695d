use super::{Ended, Format, Global, Outcome, access, json, text};
use crate::model::WatchId;
use crate::service::{Reply, Wish};
use serde_json::json;

/// List versions, changes and rejected fetches of a document
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint history soundcloud/terms-of-service")]
pub(super) struct Args {
    /// Which watch
    watch: WatchId,
    /// For people or for tools
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let Reply::History { versions, changes, checks } = access::ask_once(global, Wish::History(args.watch.clone())).await? else {
        return Err(access::unexpected());
    };
    if args.format == Format::Json {
        let versions: Vec<_> = versions.iter().map(|version| json!({ "number": version.number, "first_seen": version.first_seen, "fingerprint": version.fingerprint.to_string() })).collect();
        let checks: Vec<_> = checks.iter().map(|check| json!({ "at": check.at, "result": text::result(&check.result) })).collect();
        let changes: Vec<_> = changes.iter().map(json::change).collect();
        text::out(&format!("{}\n", json!({ "watch": args.watch.as_str(), "versions": versions, "changes": changes, "checks": checks })));
        return Ok(Outcome::Quiet);
    }
    if versions.is_empty() && checks.is_empty() {
        text::out(&format!("{} has not been checked yet; `fineprint check {}` does it now\n", args.watch, args.watch));
        return Ok(Outcome::Quiet);
    }
    text::out("Versions\n");
    versions.iter().for_each(|version| text::out(&format!("  v{} first seen {} UTC\n", version.number, text::minute(version.first_seen))));
    text::out("Changes\n");
    changes.iter().for_each(|change| text::out(&format!("  {}\n", text::change_line(change))));
    text::out("Checks worth a line\n");
    checks.iter().for_each(|check| text::out(&format!("  {} UTC  {}\n", text::minute(check.at), text::result(&check.result))));
    Ok(Outcome::Quiet)
}
