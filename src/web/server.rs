//! The server: which path is whose.

use super::answer::{Kind, Page, see_other};
use super::cache::Cache;
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
use axum::routing::{get, post};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

/// The longest form that is read, in bytes: all boxes ticked are a few kilobytes.
const LONGEST_FORM: usize = 64 << 10;
/// How many pages are made at once; others wait. Each takes a core and some megabytes.
const AT_ONCE: usize = 4;

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
    making: Semaphore,
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
            making: Semaphore::new(AT_ONCE),
        };
        Self { inner: Arc::new(inner) }
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
            .with_state(self.clone())
    }

    /// The page of a path and query, as it stands in the cache or is made now.
    async fn page(&self, path: &str, query: &str) -> Result<Arc<Page>, Missing> {
        let inner = &self.inner;
        let key = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let state = if pages::never_changes(path) { 0 } else { inner.shelf.store().revision()?.saturating_add(1) };
        if let Some(page) = inner.cache.get(&key, state) {
            return Ok(page);
        }
        // The semaphore is never closed.
        let _turn = inner.making.acquire().await;
        if let Some(page) = inner.cache.get(&key, state) {
            return Ok(page);
        }
        let (site, path, query) = (self.clone(), path.to_owned(), query.to_owned());
        let made = tokio::task::spawn_blocking(move || make(&site.inner, &path, &Fields::read(query.as_bytes()))).await;
        let page = match made {
            Ok(page) => Arc::new(page?),
            Err(failed) => return Err(Missing::Store(StoreError::Io(format!("a page could not be made: {failed}")))),
        };
        if key.len() < 300 {
            inner.cache.put(&key, state, page.clone());
        }
        Ok(page)
    }
}

/// Makes the page of a path.
fn make(inner: &Inner, path: &str, query: &Fields) -> Made {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let site = inner.settings.web_url.as_deref();
    let shelf = &inner.shelf;
    match parts.as_slice() {
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
        [.., "feed.atom"] => feeds::feed(shelf, &parts, site),
        _ => Err(Missing::NotFound),
    }
}

async fn archive(State(site): State<Site>, method: Method, uri: Uri, RawQuery(query): RawQuery, headers: HeaderMap) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return only_for_reading(uri.path().starts_with("/api/"));
    }
    let path = percent_encoding::percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
    if let Some(answer) = pages::stored(&site.inner, &path).await {
        return answer;
    }
    match site.page(&path, query.as_deref().unwrap_or_default()).await {
        Ok(page) => page.answer(&headers),
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
    let named = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    named.filter(|_| site.inner.settings.web.behind_proxy).unwrap_or_else(|| peer.ip())
}

async fn subscribe(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let network = network(&site, &headers, peer);
    blocking(move || subscribing::subscribe(&site.inner, &Fields::read(&body), network)).await
}

async fn ask_confirm(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    blocking(move || subscribing::ask_confirm(&site.inner, &token)).await
}

async fn confirm(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    blocking(move || subscribing::confirm(&site.inner, &token)).await
}

async fn preferences(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    blocking(move || subscribing::preferences(&site.inner, &token)).await
}

async fn set_preferences(State(site): State<Site>, Path(token): Path<String>, body: Bytes) -> Response<Body> {
    blocking(move || subscribing::set_preferences(&site.inner, &token, &Fields::read(&body))).await
}

async fn ask_leave(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    blocking(move || subscribing::ask_leave(&site.inner, &token)).await
}

async fn leave(State(site): State<Site>, Path(token): Path<String>) -> Response<Body> {
    blocking(move || subscribing::leave(&site.inner, &token)).await
}

async fn blocking(work: impl FnOnce() -> Response<Body> + Send + 'static) -> Response<Body> {
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => response,
        Err(failed) => refuse(&Missing::Store(StoreError::Io(failed.to_string())), false),
    }
}

/// Serves the site until `stop`.
///
/// # Errors
/// When the socket breaks.
pub async fn serve(listener: TcpListener, site: Site, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let app = site.router().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stop).await
}
