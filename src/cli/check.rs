use super::failure::Failure;
use super::{Ended, Global, Outcome, access, text};
use crate::model::{CheckResult, WatchId};
use crate::service::{Reply, Wish};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;

/// Check watches once, now
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A difference is believed when a second check still shows it.\n\nExample: fineprint check soundcloud/terms-of-service"
)]
pub(super) struct Args {
    /// Which watches, as `fineprint watch list` names them; none: all
    #[arg(value_name = "WATCH")]
    watches: Vec<WatchId>,
    /// Fetch and judge, but store and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let mut tally = Tally::new(args.dry_run);
    let wish = Wish::Check { watches: args.watches.clone(), dry_run: args.dry_run };
    access::ask(global, wish, &mut |reply| tally.take(reply)).await?;
    tally.end()
}

/// Counts and shows what the checks found.
struct Tally {
    bar: Option<ProgressBar>,
    dry_run: bool,
    checked: usize,
    rejected: usize,
    changed: usize,
    failed: Option<Failure>,
}

impl Tally {
    fn new(dry_run: bool) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        });
        Self { bar, dry_run, checked: 0, rejected: 0, changed: 0, failed: None }
    }

    fn take(&mut self, reply: Reply) {
        match reply {
            Reply::Progress { done, total, watch, result, change, missed } => {
                self.checked += 1;
                self.rejected += usize::from(matches!(result, CheckResult::Rejected(_)));
                self.changed += usize::from(change.is_some());
                let mut lines = format!("{watch}: {}\n", text::result(&result));
                for event in change.iter().flat_map(|change| &change.events) {
                    lines.push_str(&format!("  {} {}: {}\n", event.severity, event.topic, event.summary));
                }
                if !missed.is_empty() {
                    lines.push_str(&format!("  these selectors match nothing, the text was found without them: {}\n", missed.join(", ")));
                }
                match &self.bar {
                    Some(bar) => {
                        bar.set_length(total as u64);
                        bar.set_position(done as u64);
                        bar.set_message(watch.to_string());
                        bar.suspend(|| text::out(&lines));
                    }
                    None => text::out(&lines),
                }
            }
            Reply::Failed(reason) => self.failed = Some(Failure::world(reason)),
            Reply::Unknown(reason) => self.failed = Some(Failure::usage(reason)),
            _ => {}
        }
    }

    fn end(self) -> Ended {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        let note = if self.dry_run { "; a dry run: nothing of it was stored or sent" } else { "" };
        text::out(&format!("{} checked, {} changed, {} rejected{note}\n", self.checked, self.changed, self.rejected));
        if self.checked > 0 && self.rejected == self.checked {
            return Err(Failure::world("no page could be read; each line above says why"));
        }
        Ok(if self.changed > 0 { Outcome::Found } else { Outcome::Quiet })
    }
}
