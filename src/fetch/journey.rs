//! One attempt at one page, from its URL through the redirects to an answer.

use super::Request;
use super::trouble::{Trouble, seconds};
use crate::model::FetchSettings;
use reqwest::header::{HeaderMap, LOCATION};
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use url::Url;

/// How far an attempt has come.
#[derive(Debug)]
pub(super) struct Journey<'request> {
    pub(super) request: &'request Request,
    /// Where it stands.
    pub(super) url: Url,
    /// The URLs after the first one.
    pub(super) redirects: Vec<String>,
    /// The host that it began at.
    origin: String,
    /// What is left of the limit on one attempt; the time spent in queues is not the server's and not counted.
    left: Duration,
    total: Duration,
    max_redirects: usize,
}

impl<'request> Journey<'request> {
    pub(super) fn new(request: &'request Request, settings: &FetchSettings) -> Result<Self, Trouble> {
        let url = Url::parse(&request.url).map_err(|error| Trouble::permanent(format!("{:?} is no URL: {error}", request.url)))?;
        let origin = host_of(&url).to_owned();
        let (total, max_redirects) = (settings.total_timeout, settings.max_redirects);
        Ok(Self { request, url, redirects: Vec::new(), origin, left: total, total, max_redirects })
    }

    pub(super) fn host(&self) -> &str {
        host_of(&self.url)
    }

    /// Goes on to where a redirect leads.
    pub(super) fn go_on(&mut self, mut next: Url) -> Result<(), Trouble> {
        if self.redirects.len() >= self.max_redirects {
            return Err(Trouble::permanent(format!("{} redirected more than {} times", self.origin, self.max_redirects)));
        }
        next.set_fragment(None);
        self.redirects.push(next.to_string());
        self.url = next;
        Ok(())
    }

    /// Waits for a server while the limit allows it; `what` the host failed to do goes into the sentence.
    pub(super) async fn spend<T>(&mut self, what: &str, waiting: impl Future<Output = T>) -> Result<T, Trouble> {
        let start = Instant::now();
        let result = timeout(self.left, waiting).await;
        self.left = self.left.saturating_sub(start.elapsed());
        result.map_err(|_| Trouble::temporary(format!("{} {what} within {}", self.host(), seconds(self.total))))
    }

    /// Names the host that the reader knows where the trouble is another's.
    pub(super) fn explain(&self, trouble: Trouble) -> Trouble {
        if self.redirects.is_empty() { trouble } else { trouble.after_redirect_from(&self.origin) }
    }
}

/// Where a redirect leads; a redirect without a Location is an answer like any other.
pub(super) fn redirect_target(from: &Url, status: u16, headers: &HeaderMap) -> Result<Option<Url>, Trouble> {
    let Some(location) = headers.get(LOCATION).filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308)) else {
        return Ok(None);
    };
    // Browsers, too, read what is no ASCII as UTF-8.
    let location = String::from_utf8_lossy(location.as_bytes());
    let no_url = |_| Trouble::permanent(format!("{} redirected to something that is no URL", host_of(from)));
    from.join(&location).map(Some).map_err(no_url)
}

/// The host as reasons and manners name it.
fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn a_location_is_read_relative_to_where_it_came_from() {
        let from = Url::parse("https://example.org/legal/terms?old").unwrap();
        let cases = [
            ("/en/terms", "https://example.org/en/terms"),
            ("privacy#top", "https://example.org/legal/privacy#top"),
            ("//example.com/", "https://example.com/"),
            ("http://10.0.0.1/", "http://10.0.0.1/"),
            ("ftp://example.org/", "ftp://example.org/"),
            ("/könig", "https://example.org/k%C3%B6nig"),
        ];
        for (location, expected) in cases {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_bytes(location.as_bytes()).unwrap())]);
            assert_eq!(redirect_target(&from, 302, &headers).unwrap().unwrap().as_str(), expected);
            assert!(redirect_target(&from, 300, &headers).unwrap().is_none());
        }
        let nonsense = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static("http://["))]);
        let trouble = redirect_target(&from, 301, &nonsense).unwrap_err();
        assert_eq!(trouble.reason, "example.org redirected to something that is no URL");
        assert!(redirect_target(&from, 301, &HeaderMap::new()).unwrap().is_none());
    }
}
