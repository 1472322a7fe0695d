//! One page in a browser: loaded, waited for until it rests, unfolded, and taken as markup.

use super::devtools::{Broken, Connection, Message};
use super::events::{Events, Origin, Reply};
use super::process::Running;
use super::rest::{Look, Rest};
use serde_json::{Value, json};
use std::time::Duration;
use thiserror::Error;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// What runs in the page, in a world of its own.
const SCRIPTS: &str = concat!(include_str!("look.js"), include_str!("unfold.js"));
/// How long one of our own scripts may run, in milliseconds: a page of 20 MB takes a fifth of it.
const SCRIPT_TIME: u32 = 5_000;
/// How often a page is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often it is seen to what the browser takes.
const WEIGH_EVERY: Duration = Duration::from_secs(1);
/// How long a page may load before it is taken as it is.
const LOADING: Duration = Duration::from_secs(20);
/// How long what a press brings may take to come to rest, and what one that is pressed for a second time brings.
const AFTER_PRESSES: Duration = Duration::from_secs(6);
const AFTER_ONE: Duration = Duration::from_secs(4);
/// How long all the pressing may take.
const UNFOLDING: Duration = Duration::from_secs(20);
/// The pause behind a press, in which most frameworks draw what it opens.
const BREATH: Duration = Duration::from_millis(40);
/// How many things are pressed on one page, in how many rounds (what is folded may hold what is folded), and how many for a second time.
const MOST_PRESSES: usize = 60;
const ROUNDS: usize = 3;
const MOST_AGAIN: usize = 12;

/// Why there is no text; the end of a sentence that begins with the browser.
#[derive(Debug, Error)]
pub(super) enum Stop {
    /// It can't be spoken with.
    #[error("broke off: {0}")]
    Broken(#[from] Broken),
    /// It did not even say that it is there.
    #[error("said nothing within {} s", .0.as_secs())]
    Silent(Duration),
    /// The page's process ended.
    #[error("broke off: the page crashed")]
    Crashed,
    /// It did not do what it was asked for.
    #[error("refused {command}: {words}")]
    Refused {
        /// What it was asked for.
        command: &'static str,
        /// What it said.
        words: String,
    },
    /// No page came.
    #[error("could not load the page: {0}")]
    NotLoaded(String),
    /// Nothing to read came.
    #[error("gave no text: the page showed none within {} s", .0.as_secs())]
    Empty(Duration),
    /// It took too much of the machine.
    #[error("{0}, and was ended")]
    Excess(String),
    /// The markup is beyond the limit.
    #[error("gave too much text")]
    TooLarge,
}

/// A page of a browser.
pub(super) struct Tab<'fetch> {
    connection: Connection,
    running: &'fetch Running,
    began: Instant,
    weighed: Instant,
    target: String,
    session: String,
    events: Events,
    /// Our own world in the document; none before it was made, and after the document has gone.
    world: Option<i64>,
}

impl<'fetch> Tab<'fetch> {
    /// Opens an empty page in a browser that was just started.
    pub(super) async fn open(connection: Connection, running: &'fetch Running) -> Result<Self, Stop> {
        let now = Instant::now();
        let (target, session) = (String::new(), String::new());
        let mut tab = Self { connection, running, began: now, weighed: now, target, session, events: Events::default(), world: None };
        tab.ask_browser("Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
        let target = tab.ask_browser("Target.createTarget", json!({ "url": "about:blank" })).await?;
        tab.target = target["targetId"].as_str().unwrap_or_default().to_owned();
        tab.events.frame.clone_from(&tab.target);
        let session = tab.ask_browser("Target.attachToTarget", json!({ "targetId": tab.target, "flatten": true })).await?;
        tab.session = session["sessionId"].as_str().unwrap_or_default().to_owned();
        // Windows that the page opens are halted before they load anything, and closed.
        let pages = json!([{ "type": "page" }, { "exclude": true }]);
        let halted = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": pages });
        tab.ask_browser("Target.setAutoAttach", halted).await?;
        tab.ask("Inspector.enable", json!({})).await?;
        tab.ask("Page.enable", json!({})).await?;
        tab.ask("Network.enable", json!({ "maxTotalBufferSize": 0, "maxResourceBufferSize": 0 })).await?;
        let decided = ["Document", "Media", "Font"].map(|kind| json!({ "resourceType": kind }));
        tab.ask("Fetch.enable", json!({ "patterns": decided })).await?;
        Ok(tab)
    }

    /// Loads a page, and waits until it rests.
    pub(super) async fn load(&mut self, url: &Url) -> Result<(), Stop> {
        url.host_str().unwrap_or_default().clone_into(&mut self.events.host);
        let answer = self.ask("Page.navigate", json!({ "url": url.as_str() })).await?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(Stop::NotLoaded(error.chars().take(100).collect()));
        }
        let look = self.settle(LOADING).await?;
        if look.letters == 0 { Err(Stop::Empty(LOADING)) } else { Ok(()) }
    }

    /// Where the document came from.
    pub(super) fn origin(&self) -> Option<Origin> {
        self.events.origin.clone()
    }

    /// Opens what is folded, and takes the document as markup of at most so many characters. A document that a press led away from counts as
    /// it was before.
    pub(super) async fn unfold(&mut self, most: usize) -> Result<String, Stop> {
        self.events.sealed = true;
        let end = Instant::now() + UNFOLDING;
        let mut presses = MOST_PRESSES;
        let mut before = self.take(most).await?;
        for round in 0..ROUNDS {
            if Instant::now() >= end || !self.open_round(end, &mut presses).await? {
                break;
            }
            if self.evaluate("fineprint.hasLeft()").await? != Some(json!(false)) {
                return before.ok_or(Stop::Crashed);
            }
            if round + 1 < ROUNDS {
                before = self.take(most).await?.or(before);
            }
        }
        self.evaluate("fineprint.restore()").await?;
        self.take(most).await?.or(before).ok_or(Stop::Crashed)
    }

    /// Opens everything that is folded now; false where nothing was.
    async fn open_round(&mut self, end: Instant, presses: &mut usize) -> Result<bool, Stop> {
        let mut some = self.does("fineprint.openDetails()").await?;
        while *presses > 0 && Instant::now() < end && self.does("fineprint.press()").await? {
            *presses -= 1;
            some = true;
            self.wait(BREATH).await?;
        }
        if !some {
            return Ok(false);
        }
        self.settle(AFTER_PRESSES).await?;
        for _ in 0..MOST_AGAIN {
            if Instant::now() >= end || !self.does("fineprint.pressAgain()").await? {
                break;
            }
            self.settle(AFTER_ONE).await?;
        }
        Ok(true)
    }

    /// The document as markup; `None` where it has gone.
    async fn take(&mut self, most: usize) -> Result<Option<String>, Stop> {
        let Some(mut taken) = self.evaluate(&format!("fineprint.take({most})")).await? else { return Ok(None) };
        match taken["markup"].take() {
            Value::String(markup) => Ok(Some(markup)),
            _ => Err(Stop::TooLarge),
        }
    }

    /// Waits until the page rests, but no longer than this.
    async fn settle(&mut self, most: Duration) -> Result<Look, Stop> {
        let end = self.now() + most;
        let mut rest = Rest::default();
        loop {
            let look = self.look().await?;
            if look.is_none() {
                rest.begin_anew();
            }
            let (look, now) = (look.unwrap_or_default(), self.now());
            if rest.is_at(now, look, self.events.requests.are_waited_for(now)) || now >= end {
                return Ok(look);
            }
            self.weigh()?;
            self.wait(LOOK_EVERY).await?;
        }
    }

    async fn look(&mut self) -> Result<Option<Look>, Stop> {
        let seen = self.evaluate("fineprint.look()").await?;
        Ok(seen.and_then(|seen| {
            Some(Look { letters: seen["letters"].as_u64()?, shape: seen["shape"].as_i64()?, loading: seen["loading"].as_bool()? })
        }))
    }

    /// Ends a browser that takes too much.
    fn weigh(&mut self) -> Result<(), Stop> {
        if self.weighed.elapsed() < WEIGH_EVERY {
            return Ok(());
        }
        self.weighed = Instant::now();
        let excess = self.running.footprint().and_then(super::footprint::Footprint::excess);
        excess.map_or(Ok(()), |excess| Err(Stop::Excess(excess)))
    }

    async fn does(&mut self, expression: &str) -> Result<bool, Stop> {
        Ok(self.evaluate(expression).await? == Some(json!(true)))
    }

    /// The value of an expression in our own world; `None` where the document went away meanwhile. A document that must stay is not looked
    /// for anew.
    async fn evaluate(&mut self, expression: &str) -> Result<Option<Value>, Stop> {
        if self.world.is_none() && !self.events.sealed {
            let place = json!({ "frameId": self.events.frame, "worldName": "fineprint" });
            self.world = gone(self.ask("Page.createIsolatedWorld", place).await)?.and_then(|made| made["executionContextId"].as_i64());
            self.run(&format!("{SCRIPTS};0")).await?;
        }
        self.run(expression).await
    }

    async fn run(&mut self, expression: &str) -> Result<Option<Value>, Stop> {
        let Some(world) = self.world else { return Ok(None) };
        let command = json!({ "expression": expression, "contextId": world, "returnByValue": true, "timeout": SCRIPT_TIME });
        let mut answer = gone(self.ask("Runtime.evaluate", command).await)?;
        match &mut answer {
            Some(answer) if answer.get("exceptionDetails").is_none() => Ok(Some(answer["result"]["value"].take())),
            _ => {
                self.world = None;
                Ok(None)
            }
        }
    }

    async fn ask(&mut self, command: &'static str, params: Value) -> Result<Value, Stop> {
        let id = self.connection.send(Some(&self.session), command, params).await?;
        self.answer(id, command).await
    }

    async fn ask_browser(&mut self, command: &'static str, params: Value) -> Result<Value, Stop> {
        let id = self.connection.send(None, command, params).await?;
        self.answer(id, command).await
    }

    async fn answer(&mut self, id: u64, command: &'static str) -> Result<Value, Stop> {
        loop {
            match self.connection.next().await? {
                Message::Answer(of, answer) if of == id => return answer.map_err(|words| Stop::Refused { command, words }),
                Message::Answer(..) => {}
                Message::Event { method, params } => self.heed(&method, &params).await?,
            }
        }
    }

    /// Lets the page go on for so long.
    async fn wait(&mut self, time: Duration) -> Result<(), Stop> {
        let end = Instant::now() + time;
        while let Ok(message) = timeout_at(end, self.connection.next()).await {
            if let Message::Event { method, params } = message? {
                self.heed(&method, &params).await?;
            }
        }
        Ok(())
    }

    async fn heed(&mut self, method: &str, params: &Value) -> Result<(), Stop> {
        match self.events.on(self.began.elapsed(), method, params) {
            // Whether it was heeded is of no interest: what was replied to may be over.
            Some(Reply::Page(command, params)) => drop(self.connection.send(Some(&self.session), command, params).await?),
            Some(Reply::Browser(command, params)) => drop(self.connection.send(None, command, params).await?),
            None => {}
        }
        if self.events.crashed { Err(Stop::Crashed) } else { Ok(()) }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}

/// A refusal means that the document has gone.
fn gone(answer: Result<Value, Stop>) -> Result<Option<Value>, Stop> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Stop::Refused { .. }) => Ok(None),
        Err(stop) => Err(stop),
    }
}
