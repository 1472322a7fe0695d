//! Answers with the headers that every page has.

use crate::model::Sha256;
use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// Nothing but our own style sheet and pictures; no script, no frame, no plug-in, forms to nobody else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A stored page is a stranger's: wherever it is opened it may do nothing.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// What kind of content an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Css,
    Json,
    Atom,
    Svg,
    Png,
    Text,
}

impl Kind {
    fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Css => "text/css; charset=utf-8",
            Self::Json => "application/json",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// A finished body, which may be sent to many.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) kind: Kind,
    pub(super) body: Bytes,
    /// When what it shows was last changed, where that is known.
    pub(super) modified: Option<Timestamp>,
    etag: HeaderValue,
}

impl Page {
    pub(super) fn new(kind: Kind, body: impl Into<Bytes>, modified: Option<Timestamp>) -> Self {
        let body = body.into();
        let digest = Sha256::of(&body).to_string();
        let etag = HeaderValue::try_from(format!("\"{}\"", &digest[..24])).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Self { kind, body, modified, etag }
    }

    /// A page of a template.
    pub(super) fn of(template: &impl Template, modified: Option<Timestamp>) -> Self {
        // Writing to a string can't fail.
        Self::new(Kind::Html, template.render().unwrap_or_default(), modified)
    }

    /// The answer to a request for it: its body, or that the reader has it already (RFC 9110, section 13).
    pub(super) fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        let modified = self.modified.and_then(|at| DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok());
        let same = if let Some(tags) = asked.get(IF_NONE_MATCH) {
            let etag = self.etag.to_str().unwrap_or_default();
            let listed = tags.to_str().unwrap_or_default().split(',').map(|tag| tag.trim().trim_start_matches("W/"));
            listed.into_iter().any(|tag| tag == etag || tag == "*")
        } else {
            let since = asked.get(IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
            modified.is_some() && since == modified.as_deref()
        };
        let mut response = Response::new(if same { Body::empty() } else { Body::from(self.body.clone()) });
        if same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind.content_type()));
        headers.insert(ETAG, self.etag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        if let Some(modified) = modified.and_then(|modified| HeaderValue::try_from(modified).ok()) {
            headers.insert(LAST_MODIFIED, modified);
        }
        secure(headers, self.kind);
        response
    }

    /// The same for one reader alone, or with another status: it is kept nowhere.
    pub(super) fn once(&self, status: StatusCode) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind.content_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        secure(headers, self.kind);
        response
    }
}

/// The bytes of a stranger's page: to be saved, never to be shown by us.
pub(super) fn stored_bytes(body: Vec<u8>, name: &str, asked: &HeaderMap) -> Response<Body> {
    let page = Page::new(Kind::Text, body, None);
    let mut response = page.answer(asked);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(axum::http::header::CONTENT_DISPOSITION, value);
    }
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    response
}

/// Where a reader is sent on to, by GET.
pub(super) fn see_other(path: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(path) = HeaderValue::try_from(path) {
        response.headers_mut().insert(axum::http::header::LOCATION, path);
    }
    secure(response.headers_mut(), Kind::Text);
    response
}

/// An answer that is not of our making, such as one to a body that is too large, with the headers that ours have.
pub(super) fn guarded(mut response: Response<Body>) -> Response<Body> {
    if !response.headers().contains_key(CONTENT_SECURITY_POLICY) {
        secure(response.headers_mut(), Kind::Text);
    }
    response
}

fn secure(headers: &mut HeaderMap, kind: Kind) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Pictures and feeds are made to be shown elsewhere.
    let shared = matches!(kind, Kind::Svg | Kind::Png | Kind::Atom | Kind::Json);
    let policy = HeaderValue::from_static(if shared { "cross-origin" } else { "same-origin" });
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), policy);
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    if shared {
        headers.insert(axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
}
