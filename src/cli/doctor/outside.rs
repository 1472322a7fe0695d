use super::super::access;
use super::{Daemon, Report};
use crate::deliver::{Refusal, SmtpDelivery};
use crate::fetch;
use crate::model::{Settings, Watch};
use crate::service::{Setup, WatchlistSource};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::JoinSet;

/// How long all names together may take; those of a list are asked for at once.
const RESOLVING: Duration = Duration::from_secs(12);
/// How many names are listed.
const NAMED: usize = 5;

/// Looks at what the daemon needs of the machine and the network.
pub(super) async fn examine(report: &mut Report, setup: &Setup, daemon: Daemon) {
    secrets(report, setup);
    mail(report, &setup.settings).await;
    browser(report, setup);
    if daemon == Daemon::Stopped {
        port(report, "web", setup.settings.web.listen, setup.settings.web.chosen);
        port(report, "health", setup.settings.health.listen, setup.settings.health.chosen);
    }
    names(report, &setup.watches).await;
}

/// Secrets lie where systemd puts them, or beside the two files.
fn secrets(report: &mut Report, setup: &Setup) {
    let beside = match &setup.source {
        WatchlistSource::File(path) => path.parent().map(Path::to_owned),
        WatchlistSource::Shipped => None,
    };
    let folders: BTreeSet<PathBuf> = access::credentials_folder().into_iter().chain(beside).collect();
    for path in folders.iter().flat_map(|folder| access::CREDENTIALS.map(|(_, name)| folder.join(name))) {
        let open = std::fs::metadata(&path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o007 != 0);
        if open {
            let shown = path.display();
            let advice = format!("chmod 600 {shown}, and change the secret if others use this machine");
            report.fail("secret", &format!("{shown} may be read by everybody on this machine"), &advice);
        }
    }
}

async fn mail(report: &mut Report, settings: &Settings) {
    let mail = &settings.mail;
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
    if mail.from.contains("localhost") {
        report.fail("mail", "the sender is still the default, which servers refuse", "set [mail] from in fineprint.toml");
    }
    let knocked = match SmtpDelivery::new(mail) {
        Ok(delivery) => delivery.knock().await,
        Err(error) => return report.fail("mail", &error.to_string(), "mend [mail] in fineprint.toml"),
    };
    match knocked {
        Ok(()) => {
            let login = if mail.username.is_some() { "and lets us in" } else { "and asks for no login" };
            Report::good("mail", &format!("{server} answers {login}; `fineprint mail test ADDRESS` tries a whole mail"));
        }
        Err(Refusal::Temporary(reason) | Refusal::Permanent(reason)) => {
            let advice = "look at server, port, security and username in [mail], at the password, and whether a firewall lets us out";
            report.fail("mail", &format!("{server} can't be used: {reason}"), advice);
        }
    }
}

fn browser(report: &mut Report, setup: &Setup) {
    let in_need: Vec<&str> = setup.watches.iter().filter(|watch| watch.needs_browser).map(|watch| watch.id.as_str()).collect();
    match (fetch::browser(&setup.settings.fetch), &setup.settings.fetch.browser) {
        (Some(program), _) if program.exists() => Report::good("browser", &program.display().to_string()),
        (Some(program), _) => {
            let advice = "mend browser in [fetch]; it is the whole path of a Chromium";
            report.fail("browser", &format!("{} is not there", program.display()), advice);
        }
        (None, _) if in_need.is_empty() => {
            Report::note("browser", "none", "only pages that show nothing without one need it (Debian: apt install chromium)");
        }
        (None, Some(_)) => {
            report.fail("browser", &format!("it is off, and {} needs one", shortened(&in_need)), "take browser = \"off\" out of [fetch]");
        }
        (None, None) => {
            let advice = "apt install chromium, or name another in [fetch] browser";
            report.fail("browser", &format!("there is none, and {} needs one", shortened(&in_need)), advice);
        }
    }
}

/// A port that the daemon would want when it starts.
fn port(report: &mut Report, table: &str, address: Option<SocketAddr>, chosen: bool) {
    let Some(address) = address else { return };
    match std::net::TcpListener::bind(address) {
        Ok(_) => Report::good("port", &format!("{address} is free")),
        Err(error) => {
            let detail = format!("{address} can't be had: {error}");
            let advice = format!("end what has it, or choose another with [{table}] listen");
            if chosen {
                report.fail("port", &detail, &advice);
            } else {
                Report::note("port", &detail, &format!("the daemon does without it; {advice}"));
            }
        }
    }
}

/// Whether the names of the watched hosts can be resolved.
async fn names(report: &mut Report, watches: &[Watch]) {
    let urls = watches.iter().flat_map(|watch| &watch.urls);
    let hosts: BTreeSet<String> = urls.filter_map(|url| Some(url::Url::parse(url).ok()?.domain()?.to_owned())).collect();
    if hosts.is_empty() {
        return;
    }
    let mut asking = JoinSet::new();
    for host in hosts.clone() {
        asking.spawn(
            async move { (tokio::net::lookup_host((host.as_str(), 443)).await.is_ok_and(|mut found| found.next().is_some()), host) },
        );
    }
    let mut found = BTreeSet::new();
    let all = async {
        while let Some(asked) = asking.join_next().await {
            found.extend(asked.ok().filter(|(is_there, _)| *is_there).map(|(_, host)| host));
        }
    };
    // Those that have not answered until then are not found.
    let _ = tokio::time::timeout(RESOLVING, all).await;
    let lost: Vec<&str> = hosts.difference(&found).map(String::as_str).collect();
    if lost.is_empty() {
        Report::good("names", &format!("{} hosts of the watchlist are found", hosts.len()));
    } else if found.is_empty() {
        let advice = "look at the network and the name server (/etc/resolv.conf)";
        report.fail("names", &format!("no host can be found, {} neither", shortened(&lost)), advice);
    } else {
        let advice = "if they stay lost, mend their addresses in the watchlist";
        report.fail("names", &format!("{} of {} hosts can't be found: {}", lost.len(), hosts.len(), shortened(&lost)), advice);
    }
}

fn shortened(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
