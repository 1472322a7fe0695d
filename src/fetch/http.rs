//! Fetching over HTTP: the client and its limits, one attempt after another, one request after another.

use super::browser::{Browser, Rendered};
use super::guard::{Guard, GuardedResolver};
use super::hosts::{Hosts, Visit};
use super::journey::{Journey, redirect_target};
use super::permits::{self, Permits, Said};
use super::retry::{PATIENCE, back_off, is_temporary, retry_after};
use super::trouble::{Trouble, size};
use super::{Fetch, Request, headers};
use crate::model::{Capture, FetchOutcome, FetchSettings, Header, Snapshot};
use crate::signals::{Robots, Rules};
use jiff::Timestamp;
use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use rustls::crypto::{CryptoProvider, ring};
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::time::Duration;
use thiserror::Error;
use tokio::time::{Instant, sleep};
use url::Url;

/// Our product token, by which a robots.txt may name us.
const TOKEN: &str = "fineprint";
/// How long an unused connection is kept: long enough for a redirect or a second attempt, while the next check is hours away. Each keeps
/// up to 400 KB of read buffer.
const KEEP_CONNECTION: Duration = Duration::from_millis(500);

/// A body must come at so many bytes a second, once it has come for as long as a server may be silent: slower ones hold a place that
/// others wait for.
const LEAST_RATE: f64 = 1_000.0;

/// Why there can be no fetcher.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A setting that can't be sent as a header.
    #[error("the setting {setting} can't be sent as a header")]
    Header {
        /// Its name.
        setting: &'static str,
        /// What is wrong with it.
        source: reqwest::header::InvalidHeaderValue,
    },
    /// The HTTP client can't be set up, such as for want of root certificates.
    #[error("the HTTP client can't be set up")]
    Client(#[source] reqwest::Error),
}

/// Installs the cryptography for TLS in this process; more than once does nothing.
pub fn install_crypto() {
    if CryptoProvider::get_default().is_none() {
        // It fails only where another thread was quicker, and then there is one.
        drop(ring::default_provider().install_default());
    }
}

/// Fetches pages over HTTP: politely towards hosts, and guarded against what hostile ones answer.
#[derive(Debug)]
pub struct HttpFetcher {
    /// Follows no redirects: each is a request of its own, with its own check and its own turn.
    client: Client,
    guard: Guard,
    hosts: Hosts,
    permits: Permits,
    browser: Option<Browser>,
    settings: FetchSettings,
}

impl HttpFetcher {
    /// A fetcher by these settings.
    pub fn new(settings: &FetchSettings) -> Result<Self, FetchError> {
        install_crypto();
        let guard = Guard { allow_private: settings.allow_private };
        header_value("accept_language", &settings.accept_language)?;
        let client = client(settings, guard)?;
        Ok(Self {
            client,
            guard,
            hosts: Hosts::new(settings, PATIENCE),
            permits: Permits::default(),
            browser: Browser::find(settings, guard),
            settings: settings.clone(),
        })
    }

    async fn fetch_patiently(&self, request: &Request) -> FetchOutcome {
        for failures in 1..=self.settings.retries {
            match self.attempt(request).await {
                Ok(FetchOutcome::Answered(capture)) if is_temporary(capture.status) => {
                    tracing::debug!(url = request.url, status = capture.status, failures, "temporary failure");
                }
                Ok(outcome) => return outcome,
                Err(trouble) if trouble.temporary => {
                    tracing::debug!(url = request.url, reason = trouble.reason, failures, "temporary failure");
                }
                Err(trouble) => return FetchOutcome::Failed(trouble.into()),
            }
            sleep(back_off(self.settings.retry_pause, failures)).await;
        }
        self.attempt(request).await.unwrap_or_else(|trouble| FetchOutcome::Failed(trouble.into()))
    }

    /// Fetches the page once, through all redirects.
    async fn attempt(&self, request: &Request) -> Result<FetchOutcome, Trouble> {
        let mut journey = Journey::new(request, &self.settings)?;
        loop {
            if self.settings.robots && !request.ignore_robots {
                self.ask_leave(&journey.url).await.map_err(|trouble| journey.explain(trouble))?;
            }
            match self.hop(&mut journey).await.map_err(|trouble| journey.explain(trouble))? {
                Hop::Redirected(next) => journey.go_on(next)?,
                Hop::NotModified => return Ok(FetchOutcome::NotModified),
                Hop::Answered(capture) if request.render => return self.rendered(*capture, &journey).await,
                Hop::Answered(capture) => return Ok(FetchOutcome::Answered(capture)),
            }
        }
    }

    /// The page as a browser shows it. What the server said of the unrendered page validates nothing of it.
    async fn rendered(&self, capture: Capture, journey: &Journey<'_>) -> Result<FetchOutcome, Trouble> {
        let is_markup = capture.header("content-type").is_none_or(|kind| kind.contains("html"));
        if !(200..300).contains(&capture.status) || !is_markup {
            return Ok(FetchOutcome::Answered(Box::new(capture)));
        }
        let Some(browser) = &self.browser else {
            return Err(Trouble::permanent(format!(
                "the page of {} needs a browser, and none is installed; install Chromium (Debian: chromium), or name one with [fetch] browser",
                journey.host()
            )));
        };
        let language = journey.request.language.as_deref().unwrap_or(&self.settings.accept_language);
        let Rendered { body, url, status } = browser.render(journey.host(), &journey.url, language).await?;
        let mut redirects = capture.redirects;
        if !is_same_page(&url, &journey.url) {
            // Scripts, too, may lead elsewhere.
            if self.settings.robots && !journey.request.ignore_robots {
                self.ask_leave(&url).await?;
            }
            redirects.push(url.to_string());
        }
        let mut headers: Vec<Header> = capture.headers;
        headers.retain(|header| !matches!(header.name.as_str(), "etag" | "last-modified" | "content-type"));
        headers.push(Header { name: "content-type".to_owned(), value: "text/html; charset=utf-8".to_owned() });
        headers.push(Header { name: "x-fineprint-rendered".to_owned(), value: "by a browser".to_owned() });
        Ok(FetchOutcome::Answered(Box::new(Capture { redirects, status, headers, body, fetched: Timestamp::now(), ..capture })))
    }

    /// Asks the page's site whether robots may fetch it, once a day.
    async fn ask_leave(&self, url: &Url) -> Result<(), Trouble> {
        self.guard.check_url(url).map_err(|refused| Trouble::permanent(refused.to_string()))?;
        let Some(address) = permits::address(url) else { return Ok(()) };
        let said = if let Some(said) = self.permits.of(url) { said } else { self.permits.keep(url, self.rules_at(&address).await) };
        let host = url.host_str().unwrap_or_default();
        match said {
            Said::Rules(rules) if rules.allows(&permits::path_of(url)) => Ok(()),
            Said::Rules(_) => Err(Trouble::permanent(format!(
                "the robots.txt of {host} asks robots to leave this page alone; the watchlist can overrule that for one page with robots = \"ignore\""
            ))),
            Said::Nothing(reason) => Err(Trouble::temporary(format!("whether robots may fetch this page is not known: {reason}"))),
        }
    }

    /// The rules of a site (RFC 9309, section 2.3.1): a client's error stands for no rules, a server's for none that are known.
    async fn rules_at(&self, address: &Url) -> Said {
        const MOST_REDIRECTS: usize = 5;
        let request = Request { url: address.to_string(), validators: None, language: None, ignore_robots: true, render: false };
        let settings = FetchSettings { max_redirects: MOST_REDIRECTS, ..self.settings.clone() };
        let mut journey = match Journey::new(&request, &settings) {
            Ok(journey) => journey,
            Err(trouble) => return Said::Nothing(trouble.reason),
        };
        loop {
            match self.hop(&mut journey).await {
                Ok(Hop::Redirected(next)) => {
                    if journey.go_on(next).is_err() {
                        return Said::Rules(Rules::default());
                    }
                }
                Ok(Hop::Answered(capture)) if (200..300).contains(&capture.status) => {
                    return Said::Rules(Robots::parse(&capture.body).rules_for(TOKEN));
                }
                Ok(Hop::Answered(capture)) if capture.status >= 500 || capture.status == 429 => {
                    return Said::Nothing(format!("{address} answered with status {}", capture.status));
                }
                Ok(_) => return Said::Rules(Rules::default()),
                Err(trouble) => return Said::Nothing(trouble.reason),
            }
        }
    }

    /// One request, in the host's turn, which ends before a redirect to the next host is followed.
    async fn hop(&self, journey: &mut Journey<'_>) -> Result<Hop, Trouble> {
        self.guard.check_url(&journey.url).map_err(|refused| Trouble::permanent(refused.to_string()))?;
        let host = journey.host().to_owned();
        if self.settings.proxy.is_some() {
            self.guard.check_name(&journey.url).await.map_err(|refused| Trouble::permanent(refused.to_string()))?;
        }
        let mut visit = self.hosts.visit(&host).await.map_err(|left_alone| Trouble::left_alone(&host, left_alone))?;
        if let Some(Said::Rules(Rules { delay: Some(delay), .. })) = self.permits.of(&journey.url) {
            visit.space(delay);
        }
        let sent = headers::sent(journey.request, &self.settings.accept_language, journey.redirects.len());
        let conditional = headers::is_conditional(&sent);
        let sending = self.client.get(journey.url.clone()).headers(sent).send();
        let response = journey.spend("did not answer", sending).await?;
        let response = response.map_err(|error| Trouble::of_client(&host, &error, &self.settings))?;
        headers::check_size(&host, response.headers())?;
        let status = response.status().as_u16();
        if status == 304 && conditional {
            return Ok(Hop::NotModified);
        }
        if let Some(next) = redirect_target(&journey.url, status, response.headers())? {
            return Ok(Hop::Redirected(next));
        }
        heed_retry_after(&host, &response, &mut visit)?;
        let mut received = headers::received(response.headers());
        // Our own marks are no server's to make.
        received.retain(|header| !header.name.starts_with("x-fineprint-"));
        let vantage = self.settings.vantage().map(|vantage| Header { name: Snapshot::VANTAGE.to_owned(), value: vantage.to_owned() });
        received.extend(vantage);
        let body = journey.spend("did not complete its answer", self.read_body(&host, response)).await??;
        let (url, redirects) = (journey.request.url.clone(), mem::take(&mut journey.redirects));
        Ok(Hop::Answered(Box::new(Capture { url, redirects, fetched: Timestamp::now(), status, headers: received, body })))
    }

    /// Reads the body. Its length is counted as it comes out of decompression: neither a header nor the length on the wire
    /// says anything about it. Measured: 194 KB of gzip became 200 MB.
    async fn read_body(&self, host: &str, mut response: Response) -> Result<Vec<u8>, Trouble> {
        headers::check_encoding(host, response.headers())?;
        let limit = self.settings.max_body;
        let begun = Instant::now();
        // What the header promises is not believed beyond a usual page.
        const USUAL: u64 = 1 << 20;
        let expected = response.content_length().map_or(0, |length| length.min(USUAL));
        let mut body = Vec::with_capacity(usize::try_from(expected).unwrap_or(0).min(limit));
        while let Some(chunk) = response.chunk().await.map_err(|error| Trouble::of_client(host, &error, &self.settings))? {
            if chunk.len() > limit - body.len() {
                return Err(Trouble::permanent(format!("the body of {host}'s answer is larger than {}", size(limit))));
            }
            body.extend_from_slice(&chunk);
            let elapsed = begun.elapsed();
            #[expect(clippy::cast_precision_loss, reason = "a rate")]
            let is_slow = elapsed > self.settings.read_timeout && (body.len() as f64) < LEAST_RATE * elapsed.as_secs_f64();
            if is_slow {
                return Err(Trouble::temporary(format!("the body of {host}'s answer comes at less than a kilobyte a second")));
            }
        }
        Ok(body)
    }
}

impl Fetch for HttpFetcher {
    fn fetch<'call>(&'call self, request: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>> {
        Box::pin(self.fetch_patiently(request))
    }

    fn renders(&self) -> bool {
        self.browser.is_some()
    }
}

/// How one request of an attempt ended.
enum Hop {
    Redirected(Url),
    NotModified,
    Answered(Box<Capture>),
}

/// Leaves the host alone where it asks for that with a temporary status; for long, the fetch ends here.
fn heed_retry_after(host: &str, response: &Response, visit: &mut Visit) -> Result<(), Trouble> {
    let status = response.status().as_u16();
    let asked = response.headers().get(RETRY_AFTER).filter(|_| is_temporary(status));
    let Some(quiet) = asked.and_then(|value| retry_after(value.to_str().ok()?, Timestamp::now())) else {
        return Ok(());
    };
    visit.leave_alone(quiet);
    if quiet > PATIENCE { Err(Trouble::quiet_asked(host, status, quiet)) } else { Ok(()) }
}

/// Whether both are one page, at whichever place of it.
fn is_same_page(one: &Url, other: &Url) -> bool {
    one[..url::Position::AfterQuery] == other[..url::Position::AfterQuery]
}

/// The host of the proxy, which the operator chose: it may stand on a private network.
fn proxy_host(settings: &FetchSettings) -> Option<String> {
    Url::parse(settings.proxy.as_deref()?).ok()?.host_str().map(str::to_owned)
}

fn client(settings: &FetchSettings, guard: Guard) -> Result<Client, FetchError> {
    let builder = match &settings.proxy {
        Some(proxy) => Client::builder().proxy(reqwest::Proxy::all(proxy).map_err(FetchError::Client)?),
        // None of the environment's: it would resolve names for us, past the guard.
        None => Client::builder().no_proxy(),
    };
    builder
        .user_agent(header_value("user_agent", &settings.user_agent)?)
        .dns_resolver(GuardedResolver::new(guard, proxy_host(settings)))
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .pool_idle_timeout(KEEP_CONNECTION)
        .pool_max_idle_per_host(1)
        .http1_max_headers(headers::MAX_HEADERS)
        .http1_ignore_invalid_headers_in_responses(true)
        .http2_max_header_list_size(headers::MAX_HEADER_BYTES)
        // Measured: 891 bytes of brotli with its large window took 1 GiB before they gave the first byte to count
        // (brotli-decompressor 6.3, no setting against it). With zstd a server may ask for a window of 128 MiB. Every server
        // that knows them knows gzip, whose window is 32 KiB.
        .no_brotli()
        .no_zstd()
        .build()
        .map_err(FetchError::Client)
}

fn header_value(setting: &'static str, value: &str) -> Result<HeaderValue, FetchError> {
    HeaderValue::from_str(value).map_err(|source| FetchError::Header { setting, source })
}
