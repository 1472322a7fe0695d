//! One file for what is ours, `state`, and one for what is around us, `outside`.

mod outside;
mod state;

use super::{Ended, Global, Outcome, access, text};
use crate::service::{Setup, WatchlistSource};

/// Check configuration, store, mail, browser, network, clock and permissions, and say what to do
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint doctor")]
pub(super) struct Args {}

pub(super) async fn run(global: &Global, _: &Args) -> Ended {
    let mut report = Report::default();
    let setup = match access::setup(global) {
        Ok(setup) => Some(setup),
        Err(failure) => {
            report.fail("configuration", "the problems are listed below", "mend them; the daemon keeps its last good list until then");
            failure.report();
            None
        }
    };
    if let Some(setup) = &setup {
        configuration(setup);
    }
    // What is stored is looked at even where a file is broken: the daemon goes on, and knows.
    let daemon = state::examine(&mut report, global, setup.is_some()).await?;
    if let Some(setup) = &setup {
        outside::examine(&mut report, setup, daemon).await;
    }
    text::out(&format!("\n{} {}\n", report.problems, if report.problems == 1 { "problem" } else { "problems" }));
    Ok(if report.problems == 0 { Outcome::Quiet } else { Outcome::Found })
}

/// Whether a daemon has this state folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Daemon {
    Running,
    Stopped,
}

#[derive(Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn good(what: &str, detail: &str) {
        text::out(&format!("good     {what}: {detail}\n"));
    }

    fn note(what: &str, detail: &str, advice: &str) {
        text::out(&format!("note     {what}: {detail}\n         → {advice}\n"));
    }

    fn fail(&mut self, what: &str, detail: &str, advice: &str) {
        self.problems += 1;
        text::out(&format!("problem  {what}: {detail}\n         → {advice}\n"));
    }
}

fn configuration(setup: &Setup) {
    let source = match &setup.source {
        WatchlistSource::File(path) => path.display().to_string(),
        WatchlistSource::Shipped => "the list that ships".to_owned(),
    };
    Report::good("watchlist", &format!("{} documents from {source}", setup.watches.len()));
    if setup.settings.fetch.allow_private {
        Report::note(
            "fetching",
            "private addresses may be fetched",
            "take allow_private out of fineprint.toml unless you watch an intranet",
        );
    }
}
