use super::Global;
use super::failure::Failure;
use crate::deliver;
use crate::fetch::HttpFetcher;
use crate::model::MailSettings;
use crate::monitor::{Monitor, SystemClock};
use crate::service::{self, Desk, Files, Reply, Setup, Wish};
use crate::store::SledStore;
use crate::watchlist::{DKIM_VARIABLE, PASSWORD_VARIABLE, WEBHOOK_VARIABLE};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads both files and finds the state folder.
pub(super) fn setup(global: &Global) -> Result<Setup, Failure> {
    let files = Files { config: global.config.clone(), watchlist: global.watchlist.clone(), state: state_folder(global)? };
    Ok(files.read(secret)?)
}

/// The secrets: the variable that may hold one, and the credential that may.
pub(super) const CREDENTIALS: [(&str, &str); 3] =
    [(PASSWORD_VARIABLE, "smtp_password"), (DKIM_VARIABLE, "dkim_key"), (WEBHOOK_VARIABLE, "webhook_secret")];

/// Where systemd puts the credentials.
pub(super) fn credentials_folder() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

/// A secret from systemd's credentials, else from the environment.
fn secret(name: &str) -> Option<String> {
    let (_, credential) = CREDENTIALS.iter().find(|(variable, _)| *variable == name)?;
    let from_file = credentials_folder().and_then(|folder| std::fs::read_to_string(folder.join(credential)).ok());
    from_file.or_else(|| std::env::var(name).ok())
}

pub(super) fn state_folder(global: &Global) -> Result<PathBuf, Failure> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    global
        .state
        .clone()
        .or_else(|| variable("STATE_DIRECTORY"))
        .or_else(|| variable("XDG_STATE_HOME").map(|home| home.join("fineprint")))
        .or_else(|| variable("HOME").map(|home| home.join(".local/state/fineprint")))
        .ok_or_else(|| Failure::usage("there is no place for the state; name a folder with --state DIR"))
}

/// Opens the store and wires the rooms together.
pub(super) fn monitor(setup: &Setup) -> Result<Monitor, Failure> {
    wire(setup, &setup.settings.mail)
}

/// The same for what sends nothing: mail settings that are wrong do not keep it from the store.
pub(super) fn monitor_without_mail(setup: &Setup) -> Result<Monitor, Failure> {
    wire(setup, &MailSettings::default())
}

fn wire(setup: &Setup, mail: &MailSettings) -> Result<Monitor, Failure> {
    create_private(&setup.state)?;
    let store = SledStore::open(&setup.state.join("store")).map_err(Failure::world)?;
    let fetcher = HttpFetcher::new(&setup.settings.fetch).map_err(Failure::world)?;
    let deliver = deliver::open(mail, &setup.state.join("mail")).map_err(Failure::usage)?;
    Ok(Monitor::new(Arc::new(store), Arc::new(fetcher), Arc::from(deliver), Arc::new(SystemClock), Arc::new(setup.settings.clone())))
}

/// The state folder holds addresses: nobody else may look into one that we make.
fn create_private(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| Failure::world(format!("{} can't be made: {error}", folder.display())))
}

/// Has a wish granted: by the running daemon, or, where there is none, by a desk of our own, which then also delivers what is due.
/// The daemon is asked before our files are read: it answers also while somebody's half-finished edit of the watchlist is broken.
pub(super) async fn ask(global: &Global, wish: Wish, replies: &mut (dyn FnMut(Reply) + Send)) -> Result<(), Failure> {
    if let Some(answered) = service::call(&state_folder(global)?, &wish, replies).await {
        return answered.map_err(Failure::world);
    }
    let setup = setup(global)?;
    let checks = matches!(wish, Wish::Check { dry_run: false, .. });
    let monitor = if checks { monitor(&setup)? } else { monitor_without_mail(&setup)? };
    let desk = Desk::new(monitor, setup.watches.clone(), setup.settings.fetch.concurrency).map_err(Failure::world)?;
    desk.promise(setup.promises);
    desk.grant(wish, replies).await;
    if checks {
        desk.monitor.deliver_due().await.map_err(Failure::world)?;
    }
    Ok(())
}

/// Makes sure that no daemon holds the store, for what can't be done under it.
pub(super) async fn without_daemon(global: &Global, what: &str) -> Result<PathBuf, Failure> {
    let state = state_folder(global)?;
    if service::call(&state, &Wish::Status, &mut |_| {}).await.is_some() {
        return Err(Failure::usage(format!("the daemon is running on {}: stop it before {what}", state.display())));
    }
    create_private(&state)?;
    Ok(state.join("store"))
}

/// Asks for something that has one answer.
pub(super) async fn ask_once(global: &Global, wish: Wish) -> Result<Reply, Failure> {
    let mut last = Reply::Done;
    ask(global, wish, &mut |reply| last = reply).await?;
    match last {
        Reply::Failed(reason) => Err(Failure::world(reason)),
        Reply::Unknown(reason) => Err(Failure::usage(reason)),
        reply => Ok(reply),
    }
}

/// Where a reply is not of the kind that the wish has.
pub(super) fn unexpected() -> Failure {
    Failure::world("the running daemon answered something else; is it of the same version as this command?")
}
