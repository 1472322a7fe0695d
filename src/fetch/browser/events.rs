//! What a browser tells of a page while nobody asks: what it keeps in mind of that, and what is sent back. Nothing in here waits or sends.

use super::rest::Requests;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// Where the document came from in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// Its URL, after all redirects.
    pub(super) url: String,
    /// The HTTP status.
    pub(super) status: u16,
}

/// What the browser told of the page.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The page's main frame; it is called as its target is.
    pub(super) frame: String,
    /// The host that was asked for; its frames are let in.
    pub(super) host: String,
    /// What it waits for from the network.
    pub(super) requests: Requests,
    /// Where the last document that was asked for came from, and the number of its loading. It may be a download, or come to nothing.
    arrived: Option<(String, Origin)>,
    /// The number of the loading of the document that is there.
    shown: String,
    /// Where that came from.
    pub(super) origin: Option<Origin>,
    /// Whether the document must stay: something of it is being pressed.
    pub(super) sealed: bool,
    /// Whether the page's process ended.
    pub(super) crashed: bool,
}

/// A command that is sent back on an event.
#[derive(Debug, PartialEq)]
pub(super) enum Reply {
    /// To the page.
    Page(&'static str, Value),
    /// To the browser.
    Browser(&'static str, Value),
}

impl Events {
    /// Takes an event in, and says what is sent back, if anything.
    pub(super) fn on(&mut self, now: Duration, method: &str, params: &Value) -> Option<Reply> {
        let word = |name: &str| params[name].as_str().unwrap_or_default();
        match method {
            "Network.requestWillBeSent" => self.requests.sent(now, word("requestId"), word("type")),
            "Network.loadingFinished" | "Network.loadingFailed" => self.requests.ended(word("requestId")),
            "Network.responseReceived" if word("type") == "Document" && word("frameId") == self.frame => {
                let response = &params["response"];
                let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
                let origin = response["url"].as_str().zip(status).map(|(url, status)| Origin { url: url.to_owned(), status });
                self.arrived = origin.map(|origin| (word("loaderId").to_owned(), origin));
                self.note_origin();
            }
            "Page.frameNavigated" if params["frame"]["id"].as_str() == Some(self.frame.as_str()) => {
                params["frame"]["loaderId"].as_str().unwrap_or_default().clone_into(&mut self.shown);
                self.origin = None;
                self.note_origin();
            }
            "Fetch.requestPaused" => return Some(self.decide(params)),
            // None is answered with yes.
            "Page.javascriptDialogOpening" => return Some(Reply::Page("Page.handleJavaScriptDialog", json!({ "accept": false }))),
            "Target.attachedToTarget" => {
                let target = params["targetInfo"]["targetId"].as_str().filter(|target| *target != self.frame)?;
                return Some(Reply::Browser("Target.closeTarget", json!({ "targetId": target })));
            }
            "Inspector.targetCrashed" => self.crashed = true,
            _ => {}
        }
        None
    }

    /// What arrived becomes the origin where it is what is shown; either may be told first.
    fn note_origin(&mut self) {
        if let Some((_, origin)) = self.arrived.take_if(|(loading, _)| *loading == self.shown) {
            self.origin = Some(origin);
        }
    }

    /// Documents may come; films and fonts are no text, frames of other sites no part of the document.
    fn decide(&self, params: &Value) -> Reply {
        let is_main = params["frameId"].as_str() == Some(self.frame.as_str());
        let is_document = params["resourceType"].as_str() == Some("Document");
        let of_host = || params["request"]["url"].as_str().and_then(|url| Url::parse(url).ok()?.host_str().map(|host| host == self.host));
        let id = &params["requestId"];
        let fail = |reason: &str| Reply::Page("Fetch.failRequest", json!({ "requestId": id, "errorReason": reason }));
        match (is_document, is_main) {
            // The document that is there stays.
            (true, true) if self.sealed => fail("Aborted"),
            (true, true) => Reply::Page("Fetch.continueRequest", json!({ "requestId": id })),
            (true, false) if of_host() == Some(true) => Reply::Page("Fetch.continueRequest", json!({ "requestId": id })),
            _ => fail("BlockedByClient"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Events {
        Events { frame: "main".to_owned(), host: "tidewave.example".to_owned(), ..Events::default() }
    }

    fn paused(kind: &str, frame: &str, url: &str) -> Value {
        json!({ "requestId": "7", "resourceType": kind, "frameId": frame, "request": { "url": url } })
    }

    #[test]
    fn only_documents_of_the_page_are_let_in_and_none_once_it_is_pressed() {
        const HOME: &str = "https://tidewave.example/terms";
        let mut events = events();
        let mut replied = |sealed, kind, frame, url| {
            events.sealed = sealed;
            match events.on(Duration::ZERO, "Fetch.requestPaused", &paused(kind, frame, url)) {
                Some(Reply::Page("Fetch.continueRequest", _)) => "goes on".to_owned(),
                Some(Reply::Page("Fetch.failRequest", params)) => params["errorReason"].as_str().unwrap_or_default().to_owned(),
                other => format!("{other:?}"),
            }
        };
        assert_eq!(replied(false, "Document", "main", HOME), "goes on");
        assert_eq!(replied(false, "Document", "main", "https://elsewhere.example/"), "goes on");
        assert_eq!(replied(true, "Document", "main", HOME), "Aborted");
        assert_eq!(replied(true, "Document", "inner", HOME), "goes on");
        assert_eq!(replied(false, "Document", "inner", "https://ads.example/"), "BlockedByClient");
        assert_eq!(replied(false, "Font", "main", HOME), "BlockedByClient");
    }

    #[test]
    fn dialogs_and_windows_are_closed_and_a_crash_is_seen() {
        let mut events = events();
        let mut on = |method: &str, params: Value| events.on(Duration::ZERO, method, &params);
        let dismissed = Reply::Page("Page.handleJavaScriptDialog", json!({ "accept": false }));
        assert_eq!(on("Page.javascriptDialogOpening", json!({ "type": "alert" })), Some(dismissed));
        let closed = Reply::Browser("Target.closeTarget", json!({ "targetId": "other" }));
        assert_eq!(on("Target.attachedToTarget", json!({ "targetInfo": { "targetId": "other" } })), Some(closed));
        assert_eq!(on("Target.attachedToTarget", json!({ "targetInfo": { "targetId": "main" } })), None);
        assert_eq!(on("Inspector.targetCrashed", json!({})), None);
        assert!(events.crashed);
    }

    #[test]
    fn the_last_document_of_the_main_frame_is_where_the_page_came_from() {
        let mut events = events();
        let mut received = |kind: &str, frame: &str, status: u64| {
            let response = json!({ "url": "https://tidewave.example/x", "status": status });
            let params = json!({ "type": kind, "frameId": frame, "loaderId": status.to_string(), "response": response });
            events.on(Duration::ZERO, "Network.responseReceived", &params);
            let shown = json!({ "frame": { "id": frame, "loaderId": status.to_string() } });
            events.on(Duration::ZERO, "Page.frameNavigated", &shown);
            events.origin.as_ref().map(|origin| origin.status)
        };
        assert_eq!(received("Script", "main", 500), None);
        assert_eq!(received("Document", "inner", 500), None);
        assert_eq!(received("Document", "main", 200), Some(200));
        assert_eq!(received("Document", "main", 404), Some(404));
        // A download leaves the document where it is.
        let download = json!({ "type": "Document", "frameId": "main", "loaderId": "9", "response": { "url": "data:,x", "status": 200 } });
        events.on(Duration::ZERO, "Network.responseReceived", &download);
        assert_eq!(events.origin.map(|origin| origin.status), Some(404));
    }
}
