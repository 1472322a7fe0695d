//! How the daemon is: `/healthz` and `/livez` for supervisors, `/metrics` for Prometheus. On a port of its own, since none of it is for
//! readers; no address of a subscriber is in it all the same.

use super::answer::{Kind, Page, guarded};
use super::connections;
use super::metrics;
use crate::model::Watch;
use crate::monitor::Monitor;
use crate::store::StoreError;
use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::map_response;
use axum::routing::get;
use serde_json::json;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The tick comes every two seconds; after so long without one it is no hiccup.
const SILENT: Duration = Duration::from_secs(30);
/// A store that takes longer to say how it is does not count as one that answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked for how the daemon is.
#[derive(Clone)]
pub struct Health {
    pub(super) monitor: Monitor,
    watches: Arc<dyn Fn() -> Arc<Vec<Watch>> + Send + Sync>,
    /// One answer is made at a time, however many ask.
    turn: Arc<Semaphore>,
}

/// Something that is wrong.
struct Ailment {
    key: &'static str,
    what: &'static str,
    /// Whether only a restart, or the operator's hand, can help: the daemon does not do its work.
    fatal: bool,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").finish_non_exhaustive()
    }
}

impl Health {
    /// The health of a monitor; `watches` gives the list in force.
    #[must_use]
    pub fn new(monitor: Monitor, watches: Arc<dyn Fn() -> Arc<Vec<Watch>> + Send + Sync>) -> Self {
        Self { monitor, watches, turn: Arc::new(Semaphore::new(1)) }
    }

    pub(super) fn watches(&self) -> Arc<Vec<Watch>> {
        (self.watches)()
    }

    fn router(&self) -> Router {
        let (healthz, livez, metrics) = (self.clone(), self.clone(), self.clone());
        Router::new()
            .route("/healthz", get(move || async move { healthz.say(<[Ailment]>::is_empty).await }))
            .route("/livez", get(move || async move { livez.say(is_live).await }))
            .route("/metrics", get(move || async move { metrics.measure().await }))
            .layer(map_response(|response: Response<Body>| async { guarded(response) }))
    }

    /// Says what is wrong; whether it is well, `well` decides.
    async fn say(&self, well: fn(&[Ailment]) -> bool) -> Response<Body> {
        let ailments = self.ailments().await;
        let (status, word) = if well(&ailments) { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "failing") };
        let problems: Vec<_> = ailments.iter().map(|ailment| json!({ "key": ailment.key, "what": ailment.what })).collect();
        answer(status, json!({ "status": word, "live": is_live(&ailments), "problems": problems }).to_string(), "application/json")
    }

    async fn ailments(&self) -> Vec<Ailment> {
        let mut ailments = Vec::new();
        let mut add = |key, what, fatal| ailments.push(Ailment { key, what, fatal });
        if self.monitor.vitals().since_beat().is_none_or(|since| since > SILENT) {
            add("tick", "the scheduler does not tick: nothing is checked", true);
        }
        match self.work(|health| health.monitor.store().incidents()).await {
            Ok(incidents) => {
                let lasts = |key| incidents.iter().any(|incident| incident.key == key);
                if lasts("mail") {
                    add("mail", "mails can't leave; `fineprint doctor` says why", false);
                }
                if lasts("disk") {
                    add("disk", "there is little room on the disk; `fineprint doctor` says how much there should be", false);
                }
                if lasts("store") {
                    add("store", "the store fails its self-check; `fineprint store verify` says where", false);
                }
            }
            Err(_) => add("store", "the store can't be read; the log says why", true),
        }
        if self.monitor.vitals().broken().is_some() {
            add("watchlist", "the watchlist has problems, the last good one is in force; `fineprint doctor` lists them", false);
        }
        ailments
    }

    async fn measure(&self) -> Response<Body> {
        match self.work(metrics::text).await {
            Ok(text) => answer(StatusCode::OK, text, metrics::CONTENT_TYPE),
            Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, "the store can't be read\n".to_owned(), "text/plain; charset=utf-8"),
        }
    }

    /// Work that may wait for the disk; a store that hangs holds one thread, however often it is asked.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
        let health = self.clone();
        let waiting = async move {
            // The semaphore is never closed.
            let turn = health.turn.clone().acquire_owned().await;
            let done = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                work(&health)
            });
            done.await.unwrap_or_else(|failed| Err(StoreError::Io(failed.to_string())))
        };
        let late = || Err(StoreError::Io("the store does not answer".to_owned()));
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| late())
    }
}

fn is_live(ailments: &[Ailment]) -> bool {
    !ailments.iter().any(|ailment| ailment.fatal)
}

/// Unlike the archive's JSON, nothing here may be read by a page from elsewhere that the operator's browser shows.
fn answer(status: StatusCode, body: String, content_type: &'static str) -> Response<Body> {
    let mut response = Page::new(Kind::Text, body, None).once(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Answers on a port of its own until `stop`.
pub async fn serve_health(listener: TcpListener, health: Health, stop: impl Future<Output = ()> + Send + 'static) {
    connections::serve(listener, health.router(), stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::{Deliver, Refusal};
    use crate::fetch::{Fetch, Request};
    use crate::model::{FetchOutcome, Incident, Mail, Settings};
    use crate::monitor::SystemClock;
    use crate::store::{Commit, MemoryStore};
    use jiff::Timestamp;
    use std::pin::Pin;

    /// Nothing goes out, and nothing comes in.
    #[derive(Debug)]
    struct Nobody;

    impl Fetch for Nobody {
        fn fetch<'call>(&'call self, _: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>> {
            Box::pin(std::future::pending())
        }
    }

    impl Deliver for Nobody {
        fn deliver<'call>(&'call self, _: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
            Box::pin(std::future::pending())
        }
    }

    fn health() -> Health {
        let store = Arc::new(MemoryStore::default());
        let monitor = Monitor::new(store, Arc::new(Nobody), Arc::new(Nobody), Arc::new(SystemClock), Arc::new(Settings::default()));
        Health::new(monitor, Arc::new(Arc::default))
    }

    async fn said(health: &Health) -> Vec<(&'static str, bool)> {
        health.ailments().await.iter().map(|ailment| (ailment.key, ailment.fatal)).collect()
    }

    #[tokio::test]
    async fn a_scheduler_that_does_not_tick_is_fatal_and_what_the_operator_can_mend_is_not() {
        let health = health();
        assert_eq!(said(&health).await, [("tick", true)]);
        assert_eq!(health.say(is_live).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        health.monitor.vitals().beat();
        assert_eq!(said(&health).await, []);
        let now = Timestamp::now();
        let stuck =
            Incident { key: "mail".to_owned(), since: now, told: now, what: "to ana@example.org".to_owned(), advice: String::new() };
        let commit = Commit { incidents: vec![("mail".to_owned(), Some(stuck))], ..Commit::default() };
        health.monitor.store().commit(commit).unwrap();
        assert_eq!(said(&health).await, [("mail", false)]);
        assert_eq!(health.say(is_live).await.status(), StatusCode::OK);
        let answer = health.say(<[Ailment]>::is_empty).await;
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        assert!(!body.contains(&b'@') && body.starts_with(b"{\"status\":\"failing\",\"live\":true"), "{body:?}");
    }
}
