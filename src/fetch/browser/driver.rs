//! Which browser there is, and what one fetch asks of it.

use super::process::Start;
use super::tab::{Stop, Tab};
use crate::fetch::guard::Guard;
use crate::fetch::proxy::Proxy;
use crate::fetch::trouble::{Trouble, size};
use crate::model::FetchSettings;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

/// Where Debian and others put it.
const USUAL: [&str; 4] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable", "/usr/bin/google-chrome"];
/// How long a page may take from start to text.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long a browser may take to say its first word.
const STARTING: Duration = Duration::from_secs(20);
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
pub(in crate::fetch) struct Browser {
    program: PathBuf,
    agent: String,
    guard: Guard,
    /// The operator's proxy, which pages are asked for through.
    upstream: Option<Url>,
    max_body: usize,
    turns: Semaphore,
}

/// A page as a browser shows it.
#[derive(Debug)]
pub(in crate::fetch) struct Rendered {
    /// Its markup, once its scripts have run and what is folded was opened.
    pub(in crate::fetch) body: Vec<u8>,
    /// Where the document came from in the end.
    pub(in crate::fetch) url: Url,
    /// The status that it came with.
    pub(in crate::fetch) status: u16,
}

impl Browser {
    /// The browser of the settings, or the usual one; `None` where there is none.
    pub(in crate::fetch) fn find(settings: &FetchSettings, guard: Guard) -> Option<Self> {
        let agent = format!("Mozilla/5.0 (compatible; {})", settings.user_agent);
        let upstream = settings.proxy.as_deref().and_then(|proxy| Url::parse(proxy).ok());
        let turns = Semaphore::new(AT_ONCE);
        Some(Self { program: browser(settings)?, agent, guard, upstream, max_body: settings.max_body, turns })
    }

    /// The page once its scripts have run: a fresh profile, no way out but the proxy, and all of it gone afterwards.
    pub(in crate::fetch) async fn render(&self, host: &str, url: &Url, language: &str) -> Result<Rendered, Trouble> {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await;
        match timeout(DEADLINE, self.render_in(host, url, language)).await {
            Ok(rendered) => rendered,
            Err(_) => {
                Err(Trouble::temporary(format!("the page of {host} did not come to rest in a browser within {} s", DEADLINE.as_secs())))
            }
        }
    }

    async fn render_in(&self, host: &str, url: &Url, language: &str) -> Result<Rendered, Trouble> {
        let failed = |what: &str, error: std::io::Error| Trouble::temporary(format!("the browser for {host} {what}: {error}"));
        let profile = tempfile::tempdir().map_err(|error| failed("has no place for its files", error))?;
        let proxy = Proxy::open(self.guard, self.upstream.clone()).await.map_err(|error| failed("has no proxy", error))?;
        for sandbox in [true, false] {
            let (running, connection) =
                self.start(profile.path(), &proxy, language, sandbox).start().map_err(|error| failed("can't be started", error))?;
            let opened = timeout(STARTING, Tab::open(connection, &running)).await.unwrap_or(Err(Stop::Silent(STARTING)));
            let (started, rendered) = match opened {
                Ok(tab) => (true, self.page(tab, url).await),
                Err(stop) => (false, Err(stop)),
            };
            running.end().await;
            match rendered {
                // Containers and hardened services have no namespaces for its own sandbox; the guard and the fresh profile remain.
                Err(Stop::Broken(_)) if sandbox && !started => {
                    tracing::debug!(host, "the browser did not start in its own sandbox, and is started without");
                }
                rendered => return rendered.map_err(|stop| self.trouble(host, &stop)),
            }
        }
        Err(Trouble::temporary(format!("the browser for {host} can't be started")))
    }

    async fn page(&self, mut tab: Tab<'_>, url: &Url) -> Result<Rendered, Stop> {
        tab.load(url).await?;
        let body = tab.unfold(self.max_body).await?.into_bytes();
        if body.len() > self.max_body {
            return Err(Stop::TooLarge);
        }
        let origin = tab.origin();
        let status = origin.as_ref().map_or(200, |origin| origin.status);
        let url = origin.and_then(|origin| Url::parse(&origin.url).ok()).unwrap_or_else(|| url.clone());
        Ok(Rendered { body, url, status })
    }

    fn trouble(&self, host: &str, stop: &Stop) -> Trouble {
        match stop {
            Stop::TooLarge => Trouble::permanent(format!("the page of {host} is larger than {} in a browser", size(self.max_body))),
            _ => Trouble::temporary(format!("the browser for {host} {stop}")),
        }
    }

    fn start<'fetch>(&'fetch self, profile: &'fetch Path, proxy: &Proxy, language: &'fetch str, sandbox: bool) -> Start<'fetch> {
        // In a message a character may take six, and what stands around the markup is short.
        let longest = self.max_body.saturating_mul(6).saturating_add(1 << 20);
        Start { program: &self.program, profile, proxy: proxy.address, agent: &self.agent, language, sandbox, longest }
    }
}
