use super::{Ended, Format, Global, Outcome, access, json, text};
use crate::model::ChangeId;
use crate::service::{Reply, Wish};

/// Show one change: what it means, the words, the evidence
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint show 12")]
pub(super) struct Args {
    /// The change's number
    change: ChangeId,
    /// For people or for tools
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let Reply::Change(change) = access::ask_once(global, Wish::Show(args.change)).await? else { return Err(access::unexpected()) };
    if args.format == Format::Json {
        text::out(&format!("{}\n", json::change(&change)));
        return Ok(Outcome::Quiet);
    }
    text::out(&format!("{} · {}\n{}\n\n", change.platform, change.document, text::change_line(&change)));
    change.events.iter().for_each(|event| text::out(&format!("{}\n", text::event(event))));
    if let Some(kept) = change.replaced {
        text::out(&format!("The whole document was replaced: {kept} % of its words stayed.\n\n"));
    } else if change.events.is_empty() {
        change.excerpt.iter().for_each(|pieces| text::out(&format!("  {}\n\n", text::redline(pieces))));
    }
    text::out(&format!("Old text last seen  {} UTC   sha256 {}\n", text::minute(change.last_seen_old), change.old_sha256));
    text::out(&format!("New text first seen {} UTC   sha256 {}\n", text::minute(change.first_seen_new), change.new_sha256));
    match &change.imported_from {
        Some(archive) => text::out(&format!("From an archive: {}; nobody was told of it\n", text::safe(archive))),
        None => text::out(&format!("Confirmed by a second fetch {} UTC\n", text::minute(change.confirmed))),
    }
    text::out(&format!("Source {}\n", text::safe(&change.url)));
    if let Some(effective) = &change.effective {
        let same = if change.keeps_its_date() { ", as before: its text changed, its date did not" } else { "" };
        text::out(&format!("The page dates itself: {}{same}\n", text::safe(effective)));
    }
    Ok(Outcome::Quiet)
}
