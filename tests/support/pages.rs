//! The pages of Tidewave, an invented platform, and what may happen to a page.

use fineprint::web::Scene;

/// Terms without a word about AI.
pub(crate) const SILENT: &str = include_str!("../../demo/tidewave-0.html");
/// A sentence lets the platform train on everything.
pub(crate) const PERMITS: &str = include_str!("../../demo/tidewave-1.html");
/// A promise in its place, with a loophole.
pub(crate) const PROMISES: &str = include_str!("../../demo/tidewave-2.html");
/// The same promise in a paragraph of its own.
pub(crate) const MOVED: &str = include_str!("../../demo/tidewave-3.html");
/// The promise without the loophole.
pub(crate) const CLOSED: &str = include_str!("../../demo/tidewave-4.html");

/// A watchlist of Tidewave's terms; `extra` is put behind it.
pub(crate) fn watchlist(url: &str, extra: &str) -> String {
    format!(
        "[defaults]\nschedule = \"every 1d\"\nconfirm_after = \"1s\"\n\n[[watch]]\nplatform = \"Tidewave\"\ndocument = \"Terms of Use\"\nurl = \"{url}\"\ntags = [\"music\"]\n{extra}"
    )
}

/// The page with something replaced, which must be there.
#[track_caller]
pub(crate) fn with(page: &str, old: &str, new: &str) -> Scene {
    assert!(page.contains(old), "the page does not hold {old:?}");
    Scene::page(page.replacen(old, new, 1))
}

/// An answer that is not the page.
pub(crate) fn failing(status: u16, headers: &[(&str, &str)], body: &str) -> Scene {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let html = ("content-type".to_owned(), "text/html".to_owned());
    Scene { status, headers: headers.chain([html]).collect(), body: body.to_owned() }
}
