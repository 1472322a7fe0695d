//! Pages that show nothing until a browser has run their scripts: Chromium as a process of its own, once for each page.

use super::guard::Guard;
use super::proxy::Proxy;
use super::trouble::{Trouble, size};
use crate::model::FetchSettings;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Where Debian and others put it.
const USUAL: [&str; 4] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable", "/usr/bin/google-chrome"];
/// How long a page may take from start to text.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long it may load before its text is taken as it is.
const LOADING: Duration = Duration::from_secs(40);
/// How much time passes for the page's own clock, in milliseconds, once it waits for nothing from the network: timers run without
/// anybody waiting for them.
const CLOCK: u32 = 15_000;
/// How many browsers run at once; each takes some 250 MB.
const AT_ONCE: usize = 2;

/// The browser of the settings, or the usual one; `None` where there is none. One that the settings name may be missing.
#[must_use]
pub fn browser(settings: &FetchSettings) -> Option<PathBuf> {
    match settings.browser.as_deref() {
        Some("off") => None,
        Some(path) => Some(PathBuf::from(path)),
        None => USUAL.iter().map(PathBuf::from).find(|path| path.exists()),
    }
}

/// A browser on this machine.
#[derive(Debug)]
pub(super) struct Browser {
    program: PathBuf,
    agent: String,
    guard: Guard,
    max_body: usize,
    turns: Semaphore,
}

impl Browser {
    /// The browser of the settings, or the usual one; `None` where there is none.
    pub(super) fn find(settings: &FetchSettings, guard: Guard) -> Option<Self> {
        let agent = format!("Mozilla/5.0 (compatible; {})", settings.user_agent);
        Some(Self { program: browser(settings)?, agent, guard, max_body: settings.max_body, turns: Semaphore::new(AT_ONCE) })
    }

    /// The page's text as markup, once its scripts have run: a fresh profile, no way out but the proxy, and all of it gone afterwards.
    pub(super) async fn render(&self, host: &str, url: &str, language: &str) -> Result<Vec<u8>, Trouble> {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await;
        let failed = |what: &str, error: std::io::Error| Trouble::temporary(format!("the browser for {host} {what}: {error}"));
        let profile = tempfile::tempdir().map_err(|error| failed("has no place for its files", error))?;
        let proxy = Proxy::open(self.guard).await.map_err(|error| failed("has no proxy", error))?;
        let mut running = self.start(profile.path(), &proxy, url, language, true).map_err(|error| failed("can't be started", error))?;
        let mut said = running.text(host, self.max_body).await?;
        if said.is_empty() && !running.ended_well().await {
            // Containers and hardened services have no namespaces for its own sandbox; the guard and the fresh profile remain.
            tracing::debug!(host, "the browser did not start in its own sandbox, and is started without");
            running = self.start(profile.path(), &proxy, url, language, false).map_err(|error| failed("can't be started", error))?;
            said = running.text(host, self.max_body).await?;
        }
        if said.is_empty() {
            return Err(Trouble::temporary(format!("the browser for {host} gave no text")));
        }
        Ok(said)
    }

    fn start(&self, profile: &Path, proxy: &Proxy, url: &str, language: &str, sandbox: bool) -> std::io::Result<Running> {
        let mut command = Command::new(&self.program);
        command
            .args(["--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps"])
            .args(["--disable-dev-shm-usage", "--disable-quic", "--mute-audio", "--hide-scrollbars", "--window-size=1280,2000"])
            .args(["--blink-settings=imagesEnabled=false", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"])
            // Loopback goes through the proxy too, and nothing is resolved past it.
            .args(["--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"])
            .arg(format!("--proxy-server=http://{}", proxy.address))
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--user-agent={}", self.agent))
            .arg(format!("--accept-lang={language}"))
            .arg(format!("--virtual-time-budget={CLOCK}"))
            .arg(format!("--timeout={}", LOADING.as_millis()))
            .arg("--dump-dom");
        if !sandbox {
            command.arg("--no-sandbox");
        }
        // Behind the options stands what can't be one of them: a URL that begins with its scheme.
        command.arg(url).env_clear().env("HOME", profile).env("TMPDIR", profile);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).kill_on_drop(true);
        Ok(Running { child: command.spawn()? })
    }
}

/// A browser that runs; it ends with all of its processes when this is dropped.
struct Running {
    child: Child,
}

impl Running {
    async fn text(&mut self, host: &str, most: usize) -> Result<Vec<u8>, Trouble> {
        let Some(out) = self.child.stdout.take() else { return Ok(Vec::new()) };
        let mut text = Vec::new();
        let reading = out.take(most as u64 + 1).read_to_end(&mut text).await_within(DEADLINE).await;
        match reading {
            None => {
                Err(Trouble::temporary(format!("the page of {host} did not come to rest in a browser within {} s", DEADLINE.as_secs())))
            }
            Some(Err(error)) => Err(Trouble::temporary(format!("the browser for {host} broke off: {error}"))),
            Some(Ok(_)) if text.len() > most => {
                Err(Trouble::permanent(format!("the page of {host} is larger than {} in a browser", size(most))))
            }
            Some(Ok(_)) => Ok(text),
        }
    }

    async fn ended_well(&mut self) -> bool {
        matches!(self.child.wait().await_within(Duration::from_secs(5)).await, Some(Ok(status)) if status.success())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            // Nothing is left of it where this fails.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// Waiting with an end.
trait AwaitWithin: Future + Sized {
    async fn await_within(self, limit: Duration) -> Option<Self::Output> {
        timeout(limit, self).await.ok()
    }
}

impl<F: Future> AwaitWithin for F {}
