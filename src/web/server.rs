//! The server: which path is whose.

use super::answer::{Kind, Page, guarded, see_other};
use super::cache::{Cache, State as CacheState};
use super::connections::{self, Held};
use super::limits::Limits;
use super::requests::Fields;
use super::shelf::Shelf;
use super::{api, badge, feeds, pages, picture, search, subscribing};
use crate::model::{Settings, Watch};
use crate::monitor::Monitor;
use crate::store::StoreError;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, RawQuery, State};
use axum::http::header::ALLOW;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use axum::middleware::map_response;
use axum::routing::{get, post};
use jiff::SignedDuration;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

/// The longest form that is read, in bytes: all boxes ticked are a few kilobytes.
const LONGEST_FORM: usize = 64 << 10;
/// How many pages are made at once; others wait. Each takes a core and some megabytes.
const AT_ONCE: usize = 4;
/// Answers from so many bytes on are large, and so many of them are under way at once.
const LARGE: u64 = 512 << 10;
const LARGE_AT_ONCE: usize = 12;
/// A page that was made a moment ago is shown again, whatever was checked since; the picture, which takes a second, for longer.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);
const PICTURE: SignedDuration = SignedDuration::from_mins(10);
/// Pages under longer keys are not kept: they hold somebody's own words.
const LONGEST_KEY: usize = 300;

/// The archive: what the monitor knows, as pages.
#[derive(Debug, Clone)]
pub struct Site {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) shelf: Shelf,
    pub(super) settings: Settings,
    pub(super) limits: Limits,
    /// Told when a mail was put into the outbox.
    pub(super) mail: Arc<Notify>,
    cache: Cache,
    making: Arc<Semaphore>,
    forms: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Missing {
    /// Nothing stands at this path.
    NotFound,
    /// The request asks for what can't be; a sentence for people.
    Refused(String),
    /// The store could not be read.
    Store(StoreError),
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A page, or why there is none.
pub(super) type Made = Result<Page, Missing>;

impl Site {
    /// A site over a monitor; `watches` gives the list in force, `mail` is told when a mail waits.
    #[must_use]
    pub fn new(monitor: Monitor, settings: Settings, watches: Arc<dyn Fn() -> Arc<Vec<Watch>> + Send + Sync>, mail: Arc<Notify>) -> Self {
        let inner = Inner {
            shelf: Shelf::new(monitor, watches),
            settings,
            limits: Limits::default(),
            mail,
            cache: Cache::default(),
            making: Arc::new(Semaphore::new(AT_ONCE)),
            forms: Arc::new(Semaphore::new(AT_ONCE)),
            large: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Work for a reader that may wait for the disk.
    async fn work(&self, work: impl FnOnce(&Inner) -> Response<Body> + Send + 'static) -> Response<Body> {
        let turn = self.inner.forms.clone().acquire_owned().await;
        let site = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&site.inner)
        });
        done.await.unwrap_or_else(|failed| refuse(&Missing::Store(StoreError::Io(failed.to_string())), false))
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/subscribe", get(archive).post(subscribe))
            .route("/confirm/{token}", get(ask_confirm).post(confirm))
            .route("/preferences/{token}", get(preferences).post(set_preferences))
            .route("/unsubscribe/{token}", get(ask_leave).post(leave))
            .route("/unsubscribed", post(|| async { see_other("/") }))
            .fallback(archive)
            .layer(DefaultBodyLimit::max(LONGEST_FORM))
            .layer(map_response(|response: Response<Body>| async { guarded(response) }))
            .with_state(self.clone())
    }

    /// The page of a path and query, as it stands in the cache or is made now.
    async fn page(&self, path: &str, query: &str) -> Result<Arc<Page>, Missing> {
        let inner = &self.inner;
        let parts: Vec<String> = path.trim_matches('/').split('/').map(str::to_owned).collect();
        let fields = Fields::read(query.as_bytes()).only(asked_for(&parts));
        let key = format!("/{}?{}", parts.join("/"), fields.as_key());
        let revision = if pages::never_changes(&parts) { 0 } else { inner.shelf.store().revision()?.saturating_add(1) };
        let state = CacheState { revision, at: inner.shelf.monitor.now() };
        let moment = if key.starts_with("/matrix.png") { PICTURE } else { MOMENT };
        if let Some(page) = inner.cache.get(&key, state, moment) {
            return Ok(page);
        }
        // The semaphore is never closed. Whoever hangs up does not set the core free that works for them: the work holds the turn.
        let turn = inner.making.clone().acquire_owned().await;
        if let Some(page) = inner.cache.get(&key, state, moment) {
            return Ok(page);
        }
        let site = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            make(&site.inner, &parts, &fields)
        });
        let page = match made.await {
            Ok(page) => Arc::new(page?),
            Err(failed) => return Err(Missing::Store(StoreError::Io(format!("a page could not be made: {failed}")))),
        };
        if key.len() < LONGEST_KEY {
            inner.cache.put(&key, state, page.clone());
        }
        Ok(page)
    }

    /// An answer; a large one waits until few others are under way, since a slow reader holds its memory.
    async fn send(&self, response: Response<Body>) -> Response<Body> {
        let size = http_body::Body::size_hint(response.body()).exact().unwrap_or(u64::MAX);
        if size < LARGE {
            return response;
        }
        match self.inner.large.clone().acquire_owned().await {
            Ok(permit) => response.map(|body| Held::body(body, permit)),
            Err(_) => response,
        }
    }
}

/// The fields that the page of a path looks at: what else a query holds makes no other page.
fn asked_for(parts: &[String]) -> &'static [&'static str] {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [""] => &["tag"],
        ["changes"] => &["topic", "severity", "tag", "about", "before"],
        ["changes", _] => &["view"],
        ["documents", _, _, "compare"] => &["old", "new", "view"],
        ["search"] => &["q"],
        ["subscribe"] => &["platform", "tag", "topic", "severity", "rhythm", "day", "hour", "zone"],
        ["api", "v1", "changes"] => &["platform", "document", "tag", "topic", "severity", "about", "limit", "before"],
        ["api", "v1", "search"] => &["q"],
        ["api", "v1", "documents", _, _, "compare"] => &["old", "new"],
        _ => &[],
    }
}

/// Makes the page of a path.
fn make(inner: &Inner, parts: &[&str], query: &Fields) -> Made {
    let site = inner.settings.web_url.as_deref();
    let shelf = &inner.shelf;
    match parts {
        [""] => pages::front(shelf, query),
        ["style.css"] => Ok(Page::new(Kind::Css, pages::STYLE, None)),
        ["icon.svg"] => Ok(Page::new(Kind::Svg, pages::ICON, None)),
        ["robots.txt"] => Ok(Page::new(Kind::Text, pages::ROBOTS, None)),
        ["subscribe"] => Ok(subscribing::form(inner, query)),
        ["changes"] => pages::changes(shelf, query),
        ["changes", id] => pages::change(shelf, id, query.one("view") == "side", site),
        ["platforms", slug] => pages::platform(shelf, slug),
        ["platforms", slug, "badge.svg"] => badge::badge(shelf, slug),
        ["documents", platform, document] => pages::document(shelf, &format!("{platform}/{document}")),
        ["documents", platform, document, "compare"] => pages::compared(shelf, &format!("{platform}/{document}"), query),
        ["documents", platform, document, "versions", number] => pages::version(shelf, &format!("{platform}/{document}"), number),
        ["search"] => search::page(shelf, query),
        ["matrix.svg"] => picture::svg(shelf),
        ["matrix.png"] => picture::png(shelf),
        ["api", "v1", rest @ ..] => api::answer(shelf, rest, query, site),
        [.., "feed.atom"] => feeds::feed(shelf, parts, site),
        _ => Err(Missing::NotFound),
    }
}

async fn archive(State(site): State<Site>, method: Method, uri: Uri, RawQuery(query): RawQuery, headers: HeaderMap) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return only_for_reading(uri.path().starts_with("/api/"));
    }
    let path = percent_encoding::percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
    if let Some(answer) = pages::stored(&site.inner, &path, &headers).await {
        return site.send(answer).await;
    }
    match site.page(&path, query.as_deref().unwrap_or_default()).await {
        Ok(page) => site.send(page.answer(&headers)).await,
        Err(missing) => refuse(&missing, path.starts_with("/api/")),
    }
}

fn only_for_reading(as_json: bool) -> Response<Body> {
    let (status, line) = (StatusCode::METHOD_NOT_ALLOWED, "This address is only for reading.");
    let page = if as_json { failure(status, line) } else { pages::message("Not here", &[line]) };
    let mut response = page.once(status);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

fn failure(status: StatusCode, line: &str) -> Page {
    Page::new(Kind::Json, serde_json::json!({ "error": line, "status": status.as_u16() }).to_string(), None)
}

pub(super) fn refuse(missing: &Missing, as_json: bool) -> Response<Body> {
    let (status, title, line) = match missing {
        Missing::NotFound => {
            (StatusCode::NOT_FOUND, "Nothing is here", "The address may be incomplete, or the document is no longer watched.")
        }
        Missing::Refused(why) => (StatusCode::BAD_REQUEST, "This can’t be asked", why.as_str()),
        Missing::Store(error) => {
            tracing::error!("a page could not be made: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page can't be shown", "The fault is here, and the operator can see it in the log.")
        }
    };
    if as_json {
        return failure(status, line).once(status);
    }
    pages::message(title, &[line]).once(status)
}

/// The network that a request comes from.
fn network(site: &Site, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
    // The last entry is the one that the proxy itself wrote; those before it are whatever the reader sent.
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let named = forwarded.and_then(|list| address_of(list.rsplit(',').next()?.trim()));
    named.filter(|_| site.inner.settings.web.behind_proxy).unwrap_or_else(|| peer.ip())
}

/// An address as proxies write it: with or without brackets and port.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

async fn subscribe(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let network = network(&site, &headers, peer);
    site.work(move |inner| subscribing::subscribe(inner, &Fields::read(&body), network)).await
}

async fn ask_confirm(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    site.work(move |inner| subscribing::ask_confirm(inner, &token)).await
}

async fn confirm(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    site.work(move |inner| subscribing::confirm(inner, &token)).await
}

async fn preferences(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    site.work(move |inner| subscribing::preferences(inner, &token)).await
}

async fn set_preferences(State(site): State<Site>, Path(token): Path<String>, body: Bytes) -> Response<Body> {
    site.work(move |inner| subscribing::set_preferences(inner, &token, &Fields::read(&body))).await
}

async fn ask_leave(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    site.work(move |inner| subscribing::ask_leave(inner, &token)).await
}

async fn leave(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    site.work(move |inner| subscribing::leave(inner, &token)).await
}

/// Serves the site until `stop`.
pub async fn serve(listener: TcpListener, site: Site, stop: impl Future<Output = ()> + Send + 'static) {
    connections::serve(listener, site.router(), stop).await;
}
