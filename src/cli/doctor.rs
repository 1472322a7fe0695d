use super::{Ended, Global, Outcome, access, text};
use crate::deliver::SmtpDelivery;
use crate::model::{MailState, OutboxEntry, WatchId, WatchState};
use crate::service::{self, Reply, Setup, WatchlistSource, Wish};
use jiff::Timestamp;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Check configuration, store, mail, clock and permissions, and say what to do
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint doctor")]
pub(super) struct Args {}

/// This program was not built before then: an earlier clock is wrong.
const BUILT_AFTER: i64 = 1_763_000_000;

pub(super) async fn run(global: &Global, _: &Args) -> Ended {
    let mut report = Report::default();
    match access::setup(global) {
        Ok(setup) => {
            configuration(&setup);
            state_folder(&mut report, &setup.state);
            store(&mut report, global, &setup).await;
            mail(&mut report, &setup);
        }
        Err(failure) => {
            report.fail("configuration", "the problems are listed below", "mend them; the daemon keeps its last good list until then");
            failure.report();
        }
    }
    clock(&mut report);
    text::out(&format!("\n{} {}\n", report.problems, if report.problems == 1 { "problem" } else { "problems" }));
    Ok(if report.problems == 0 { Outcome::Quiet } else { Outcome::Found })
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

fn state_folder(report: &mut Report, state: &Path) {
    match std::fs::metadata(state) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Report::note("state", &format!("{} does not exist yet", state.display()), "the first run makes it");
        }
        Err(error) => report.fail(
            "state",
            &format!("{} can't be looked at: {error}", state.display()),
            "run doctor as the user of the service, or as root",
        ),
        Ok(found) if !found.is_dir() => {
            report.fail("state", &format!("{} is no folder", state.display()), "name another folder with --state");
        }
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            report.fail(
                "state",
                &format!("{} may be read by other users; it holds addresses", state.display()),
                &format!("chmod 700 {}", state.display()),
            );
        }
        Ok(_) => Report::good("state", &state.display().to_string()),
    }
}

async fn store(report: &mut Report, global: &Global, setup: &Setup) {
    if !setup.state.exists() {
        return;
    }
    let alive = service::call(&setup.state, &Wish::Status, &mut |_| {}).await.is_some_and(|answer| answer.is_ok());
    if alive {
        Report::good("daemon", "running and answering");
    } else {
        Report::note("daemon", "not running", "start it with `fineprint run` or `systemctl start fineprint`");
    }
    match access::ask_once(global, Wish::Verify).await {
        Ok(Reply::Problems(problems)) if problems.is_empty() => Report::good("store", "every hash and reference is right"),
        Ok(Reply::Problems(problems)) => report.fail(
            "store",
            &format!("{} problems, the first: {}", problems.len(), problems[0]),
            "`fineprint store verify` lists them; restore a copy of the store",
        ),
        Ok(_) => {}
        Err(failure) => {
            report.fail("store", "it can't be opened; the reason is below", "do what it says");
            failure.report();
            return;
        }
    }
    if let Ok(Reply::States(states)) = access::ask_once(global, Wish::States).await {
        failing(report, &states);
        selectors(report, &states);
    }
    if let Ok(Reply::Outbox(entries)) = access::ask_once(global, Wish::Outbox(1000)).await {
        outbox(report, &entries);
    }
}

fn failing(report: &mut Report, states: &[(WatchId, WatchState, Option<Timestamp>)]) {
    const OFTEN: u32 = 3;
    let failing: Vec<_> = states.iter().filter(|(_, state, _)| state.failures >= OFTEN).collect();
    if failing.is_empty() {
        Report::good("watches", "none fails");
    }
    for (id, state, _) in failing {
        let reason = state.rejection.as_ref().map(ToString::to_string).unwrap_or_default();
        report.fail(
            "watch",
            &format!("{id} has failed {} times in a row: {reason}", state.failures),
            &format!("`fineprint watch test {id}` shows what the server sends; mend its entry in the watchlist"),
        );
    }
}

fn selectors(report: &mut Report, states: &[(WatchId, WatchState, Option<Timestamp>)]) {
    for (id, state, _) in states.iter().filter(|(_, state, _)| !state.missed.is_empty()) {
        report.fail(
            "selectors",
            &format!("{id} has selectors that match nothing any more: {}", state.missed.join(", ")),
            "its text is found without them meanwhile; mend or remove `select` and `remove` in the watchlist",
        );
    }
}

fn outbox(report: &mut Report, entries: &[OutboxEntry]) {
    let stuck = entries.iter().filter(|entry| matches!(&entry.state, MailState::Due { last_error: Some(_), .. })).count();
    let refused = entries.iter().filter(|entry| matches!(&entry.state, MailState::Refused { .. })).count();
    if stuck > 0 {
        report.fail(
            "outbox",
            &format!("{stuck} mails could not be sent yet"),
            "`fineprint mail queue` shows what the server said, `fineprint mail test ADDRESS` tries it",
        );
    }
    if refused > 0 {
        Report::note(
            "outbox",
            &format!("{refused} mails were refused for good"),
            "`fineprint mail queue` shows which; remove addresses that do not exist",
        );
    }
    if stuck + refused == 0 {
        Report::good("outbox", "nothing is stuck");
    }
}

fn mail(report: &mut Report, setup: &Setup) {
    let mail = &setup.settings.mail;
    let Some(server) = &mail.server else {
        return Report::note("mail", "no server is configured: mails are written as files", "set [mail] server in fineprint.toml");
    };
    if mail.username.is_some() && mail.password.is_none() {
        return report.fail(
            "mail",
            "there is a user name but no password",
            "give the systemd credential smtp_password, or FINEPRINT_SMTP_PASSWORD",
        );
    }
    if let Err(error) = SmtpDelivery::new(mail) {
        return report.fail("mail", &error.to_string(), "mend [mail] in fineprint.toml");
    }
    if mail.from.contains("localhost") {
        report.fail("mail", "the sender is still the default, which servers refuse", "set [mail] from in fineprint.toml");
    }
    Report::good("mail", &format!("leaves through {server}; `fineprint mail test ADDRESS` tries it"));
}

fn clock(report: &mut Report) {
    let now = Timestamp::now();
    if now.as_second() < BUILT_AFTER {
        report.fail("clock", &format!("it says {now}"), "set the system's clock; wrong times would stand in the evidence");
    } else {
        Report::good("clock", &text::minute(now));
    }
}
