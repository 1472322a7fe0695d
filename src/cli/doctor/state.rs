use super::super::failure::Failure;
use super::super::{Global, access, text};
use super::{Daemon, Report};
use crate::model::{MailState, OutboxEntry, WatchId, WatchState};
use crate::service::{self, Reply, Wish};
use crate::store::Room;
use jiff::{SignedDuration, Timestamp};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

/// This program was not built before then: an earlier clock is wrong.
const BUILT_AFTER: i64 = 1_763_000_000;
/// A clock may be put right by so much.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(5);
/// How long a running daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The tick comes every two seconds.
const SILENT: u64 = 30;

type States = Vec<(WatchId, WatchState, Option<Timestamp>)>;

/// Looks at the state folder and what is stored in it; with broken files only as far as a running daemon tells.
pub(super) async fn examine(report: &mut Report, global: &Global, readable: bool) -> Result<Daemon, Failure> {
    let state = access::state_folder(global)?;
    state_folder(report, &state);
    if !state.exists() {
        clock(report, &[]);
        return Ok(Daemon::Stopped);
    }
    let Some(daemon) = daemon(report, &state).await else {
        clock(report, &[]);
        return Ok(Daemon::Running);
    };
    let states = if readable || daemon == Daemon::Running {
        store(report, global).await
    } else {
        Report::note("store", "not looked at", "mend the two files first");
        Vec::new()
    };
    clock(report, &states);
    Ok(daemon)
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
        Ok(_) => room(report, state),
    }
}

/// Whether what comes can be written.
fn room(report: &mut Report, state: &Path) {
    // The file has no name, and is gone when this returns.
    if let Err(error) = tempfile::tempfile_in(state) {
        let advice = "run doctor as the user of the service, or as root; if that doesn't help, make the file system writable";
        return report.fail("state", &format!("nothing can be written into {}: {error}", state.display()), advice);
    }
    match Room::beside(&state.join("store")) {
        Ok(room) if room.is_little() => {
            let advice = "make room: a start after a crash and an export copy the store; when none is left, the daemon ends";
            let (free, wanted) = (room.free >> 20, room.wanted() >> 20);
            report.fail("disk", &format!("only {free} MiB are free where {} is, {wanted} should be", state.display()), advice);
        }
        Ok(room) => Report::good("state", &format!("{}, with {} MiB free", state.display(), room.free >> 20)),
        Err(error) => report.fail("disk", &format!("its room can't be looked at: {error}"), "look at `df`"),
    }
}

/// Whether a daemon runs and does its work; `None` where nothing more can be asked.
async fn daemon(report: &mut Report, state: &Path) -> Option<Daemon> {
    let mut said = None;
    let mut hear = |reply| said = Some(reply);
    let asking = service::call(state, &Wish::Status, &mut hear);
    let Ok(answer) = tokio::time::timeout(PATIENCE, asking).await else {
        let detail = format!("it runs, but has not answered for {} s", PATIENCE.as_secs());
        report.fail("daemon", &detail, "`systemctl restart fineprint`; under systemd its watchdog does so after two minutes");
        return None;
    };
    match (answer, said) {
        (None, _) => {
            Report::note("daemon", "not running", "start it with `fineprint run` or `systemctl start fineprint`");
            Some(Daemon::Stopped)
        }
        (Some(Err(error)), _) => {
            report.fail("daemon", &error.to_string(), "do what it says");
            None
        }
        (Some(Ok(())), Some(Reply::Status { beat: Some(beat), .. })) if beat > SILENT => {
            let detail = format!("it answers, but its scheduler has not ticked for {beat} s: nothing is checked");
            report.fail("daemon", &detail, "`systemctl restart fineprint`, and look at its log");
            Some(Daemon::Running)
        }
        (Some(Ok(())), _) => {
            Report::good("daemon", "running and answering");
            Some(Daemon::Running)
        }
    }
}

/// Asks the store; the states of the watches.
async fn store(report: &mut Report, global: &Global) -> States {
    match access::ask_once(global, Wish::Verify).await {
        Ok(Reply::Problems(problems)) => match problems.first() {
            None => Report::good("store", "every hash and reference is right"),
            Some(first) => report.fail(
                "store",
                &format!("{} problems, the first: {first}", problems.len()),
                "`fineprint store verify` lists them; restore a copy of the store",
            ),
        },
        Ok(_) => {}
        Err(failure) => {
            report.fail("store", "it can't be opened; the reason is below", "do what it says");
            failure.report();
            return Vec::new();
        }
    }
    if let Ok(Reply::Outbox(entries)) = access::ask_once(global, Wish::Outbox(1000)).await {
        outbox(report, &entries);
    }
    let Ok(Reply::States(states)) = access::ask_once(global, Wish::States).await else { return Vec::new() };
    failing(report, &states);
    selectors(report, &states);
    states
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

/// A clock that stands before what was stored under it is wrong, now or then.
fn clock(report: &mut Report, states: &[(WatchId, WatchState, Option<Timestamp>)]) {
    let now = Timestamp::now();
    let newest = states.iter().filter_map(|(_, state, _)| state.last_check.max(state.last_good)).max();
    let advice = "set the system's clock; wrong times would stand in the evidence";
    match newest {
        _ if now.as_second() < BUILT_AFTER => report.fail("clock", &format!("it says {now}"), advice),
        Some(newest) if newest.duration_since(now) > CLOCK_SLACK => {
            let detail = format!("it says {}, but the last check was at {}", text::minute(now), text::minute(newest));
            report.fail("clock", &detail, advice);
        }
        _ => Report::good("clock", &text::minute(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_nothing_can_be_written_into_is_a_problem() {
        let mut report = Report::default();
        room(&mut report, Path::new("/proc"));
        assert_eq!(report.problems, 1);
    }

    #[test]
    fn a_clock_before_the_last_check_is_a_problem() {
        let mut report = Report::default();
        let checked = |at| [(WatchId::new("a", "b"), WatchState { last_check: Some(at), ..WatchState::default() }, None)];
        clock(&mut report, &checked(Timestamp::now() + SignedDuration::from_mins(1)));
        assert_eq!(report.problems, 0, "clocks are put right by a little");
        clock(&mut report, &checked(Timestamp::now() + SignedDuration::from_hours(2)));
        assert_eq!(report.problems, 1);
    }
}
