//! Documents of several pages, indexes, what sites tell machines, and what platforms promised: a site in memory, and the clock.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

use fineprint::deliver::{Deliver, Refusal};
use fineprint::fetch::{Fetch, Request};
use fineprint::model::{
    Capture, CheckResult, Direction, FetchOutcome, FetchSettings, Header, Mail, Promise, Rejection, Rhythm, Settings, Severity,
    Subscription, SubscriptionId, Validators, Wanted, Watch,
};
use fineprint::monitor::{Checked, Clock, Monitor};
use fineprint::service::Desk;
use fineprint::store::{Commit, MemoryStore, Store};
use fineprint::watchlist;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// A page of terms with a sentence of its own.
fn terms(title: &str, more: &str) -> String {
    let filler = "You keep every right in what you upload to this service, and you may delete your account at any time. \
        We answer every message within a week, and our liability is limited as the law allows. These terms are an agreement between you and us.";
    format!(
        "<!doctype html><html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{filler}</p><p>{more}</p></main></body></html>"
    )
}

/// A site: what stands at each address, with its status and content type.
#[derive(Debug)]
struct Site {
    pages: Mutex<HashMap<String, (u16, &'static str, String)>>,
    mails: Mutex<Vec<Mail>>,
    now: Mutex<Timestamp>,
    /// What the server calls the state of each page.
    etag: Mutex<Option<&'static str>>,
    /// What the last request asked to be spared.
    asked: Mutex<Option<Validators>>,
    /// The proxy through which it is seen.
    seen_from: Mutex<Option<&'static str>>,
}

impl Clock for Site {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("a clock")
    }
}

impl Fetch for Site {
    fn fetch<'call>(&'call self, request: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>> {
        let path = request.url.strip_prefix("https://songs.example").unwrap_or(&request.url).to_owned();
        let found = self.pages.lock().expect("pages").get(&path).cloned();
        let (status, kind, body) = found.unwrap_or((404, "text/plain", "not here".to_owned()));
        let mut headers = vec![Header { name: "content-type".to_owned(), value: kind.to_owned() }];
        headers.extend(self.etag.lock().expect("a name").map(|etag| Header { name: "etag".to_owned(), value: etag.to_owned() }));
        self.asked.lock().expect("a request").clone_from(&request.validators);
        let seen_from = *self.seen_from.lock().expect("a place");
        headers.extend(seen_from.map(|place| Header { name: "x-fineprint-vantage".to_owned(), value: place.to_owned() }));
        let body = body.into_bytes();
        let capture = Capture { url: request.url.clone(), redirects: Vec::new(), fetched: self.now(), status, headers, body };
        Box::pin(async move { FetchOutcome::Answered(Box::new(capture)) })
    }
}

impl Deliver for Site {
    fn deliver<'call>(&'call self, mail: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
        self.mails.lock().expect("mails").push(mail.clone());
        Box::pin(async move { Ok("250 ok".to_owned()) })
    }
}

struct Scene {
    site: Arc<Site>,
    desk: Desk,
    listed: Vec<Watch>,
}

impl Scene {
    fn of(list: &str) -> Self {
        let site = Arc::new(Site {
            pages: Mutex::default(),
            mails: Mutex::default(),
            etag: Mutex::default(),
            asked: Mutex::default(),
            seen_from: Mutex::default(),
            now: Mutex::new("2026-03-02T10:00:00Z".parse().expect("a time")),
        });
        let settings = Settings { operator: Some("admin@example.org".to_owned()), ..Settings::default() };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let monitor = Monitor::new(store, site.clone(), site.clone(), site.clone(), Arc::new(settings));
        let list = watchlist::parse(list, "watchlist.toml").expect("a list");
        let wanted =
            Wanted { platforms: Vec::new(), tags: Vec::new(), topics: Vec::new(), severity: Severity::Minor, rhythm: Rhythm::AtOnce };
        let reader = Subscription::confirmed(SubscriptionId(1), "ana@example.org".to_owned(), wanted, "operator".to_owned(), monitor.now());
        monitor.store().commit(Commit { subscriptions: vec![reader], ..Commit::default() }).expect("a commit");
        let desk = Desk::new(monitor, list.watches.clone(), 1).expect("a desk");
        desk.promise(list.promises);
        Self { site, desk, listed: list.watches }
    }

    fn shows(&self, path: &str, page: String) {
        self.answers(path, 200, "text/html", page);
    }

    fn answers(&self, path: &str, status: u16, kind: &'static str, body: impl Into<String>) {
        self.site.pages.lock().expect("pages").insert(path.to_owned(), (status, kind, body.into()));
    }

    fn later(&self, hours: i64) {
        *self.site.now.lock().expect("a clock") += SignedDuration::from_hours(hours);
    }

    fn watch(&self, id: &str) -> Watch {
        let watches = self.desk.watches();
        watches.iter().find(|watch| watch.id.as_str() == id).unwrap_or_else(|| panic!("no watch {id} among {watches:#?}")).clone()
    }

    async fn check(&self, id: &str) -> Checked {
        self.desk.monitor.check(&self.watch(id)).await.expect("a check")
    }

    /// Checks, and an hour later again.
    async fn check_twice(&self, id: &str) -> Checked {
        self.check(id).await;
        self.later(1);
        self.check(id).await
    }

    /// Mails to one address since the last look.
    async fn mails_to(&self, address: &str) -> Vec<Mail> {
        self.desk.monitor.deliver_due().await.expect("a delivery");
        let mails = std::mem::take(&mut *self.site.mails.lock().expect("mails"));
        mails.into_iter().filter(|mail| mail.to == address).collect()
    }

    async fn operator(&self) -> Vec<Mail> {
        self.desk.monitor.look_after(&self.desk.watches(), Vec::new()).expect("a look");
        self.mails_to("admin@example.org").await
    }
}

const TWO_PAGES: &str =
    "[[watch]]\nplatform = \"Songs\"\ndocument = \"Terms\"\nurls = [\"https://songs.example/a\", \"https://songs.example/b\"]\n";

#[tokio::test]
async fn validators_that_come_later_for_the_same_bytes_are_sent_back() {
    let scene = Scene::of("[[watch]]\nplatform = \"Songs\"\ndocument = \"Terms\"\nurl = \"https://songs.example/terms\"\n");
    scene.shows("/terms", terms("Terms", "We may use your songs to train our models."));
    for (sent, asked) in [(None, None), (Some("\"a\""), None), (Some("\"b\""), Some("\"a\"")), (None, Some("\"b\""))] {
        *scene.site.etag.lock().expect("a name") = sent;
        scene.check("songs/terms").await;
        let validators = scene.site.asked.lock().expect("a request").take();
        assert_eq!(validators.and_then(|validators| validators.etag).as_deref(), asked);
    }
}

#[tokio::test]
async fn a_page_that_fails_does_not_freeze_the_others() {
    let scene = Scene::of(TWO_PAGES);
    scene.shows("/a", terms("Terms", "The first page ends here with a sentence."));
    scene.shows("/b", terms("Annex", "The annex ends here with another sentence."));
    assert_eq!(scene.check("songs/terms").await.result, CheckResult::First);
    scene.later(6);
    scene.answers("/b", 503, "text/html", "<p>later</p>");
    let more = "The first page ends here with a sentence. We may use your songs to train artificial intelligence models.";
    scene.shows("/a", terms("Terms", more));
    let checked = scene.check_twice("songs/terms").await;
    let change = checked.change.expect("a change of the page that can be read");
    assert_eq!((change.events.len(), change.events[0].direction), (1, Direction::Worse));
    assert_eq!(change.sentences[1], 0, "nothing of the annex is taken for deleted");
    assert_eq!(scene.mails_to("ana@example.org").await.len(), 1);
    let state = scene.desk.monitor.store().state(&scene.watch("songs/terms").id).expect("a state");
    assert_eq!(state.troubles[1].as_ref().map(|trouble| trouble.rejection.clone()), Some(Rejection::Status(503)));
    assert!(state.troubles[0].is_none());

    for _ in 0..7 {
        scene.later(6);
        scene.check("songs/terms").await;
    }
    let told = scene.operator().await;
    assert_eq!(told.len(), 1);
    assert!(told[0].body.text.contains("https://songs.example/b") && told[0].body.text.contains("stands in"), "{}", told[0].body.text);
    scene.shows("/b", terms("Annex", "The annex ends here with another sentence."));
    assert_eq!(scene.check("songs/terms").await.result, CheckResult::Unchanged);
    assert!(scene.operator().await[0].body.text.contains("over"));
    assert!(scene.desk.monitor.store().verify().expect("a look").is_empty());
}

#[tokio::test]
async fn where_every_page_fails_the_fetch_does_not_count() {
    let scene = Scene::of(TWO_PAGES);
    scene.shows("/a", terms("Terms", "The first page ends here."));
    assert_eq!(scene.check("songs/terms").await.result, CheckResult::Rejected(Rejection::Status(404)), "the first time needs all pages");
    scene.shows("/b", terms("Annex", "The annex ends here."));
    assert_eq!(scene.check("songs/terms").await.result, CheckResult::First);
    scene.answers("/a", 500, "text/html", "<p>no</p>");
    scene.answers("/b", 500, "text/html", "<p>no</p>");
    assert_eq!(scene.check("songs/terms").await.result, CheckResult::Rejected(Rejection::Status(500)));
}

#[tokio::test]
async fn a_rejected_answer_is_read_again_where_anything_but_its_bytes_differs() {
    let scene = Scene::of(ONE_PAGE);
    let page = terms("Terms", "The terms end here with a sentence about what you upload, and they hold until we write new ones.");
    let german = Watch { language: Some("de".to_owned()), ..scene.watch("songs/terms") };
    let check = |watch: Watch| {
        let monitor = scene.desk.monitor.clone();
        async move { monitor.check(&watch).await.expect("a check").result }
    };
    let other_language = CheckResult::Rejected(Rejection::Language("en".to_owned(), "de".to_owned()));
    scene.shows("/terms", page.clone());
    for failures in 1..=3 {
        assert_eq!(check(german.clone()).await, other_language);
        assert_eq!(scene.desk.monitor.store().state(&german.id).expect("a state").failures, failures);
    }
    assert_eq!(scene.desk.monitor.store().snapshot(&german.id, 0, 2).expect("a look"), None, "the same bytes are kept once");
    assert_eq!(check(scene.watch("songs/terms")).await, CheckResult::First, "the operator mended the language");

    let scene = Scene::of(ONE_PAGE);
    let check = |watch: Watch| {
        let monitor = scene.desk.monitor.clone();
        async move { monitor.check(&watch).await.expect("a check").result }
    };
    scene.answers("/terms", 200, "application/zip", page.clone());
    let no_page = CheckResult::Rejected(Rejection::ContentType("application/zip".to_owned()));
    assert_eq!(check(scene.watch("songs/terms")).await, no_page);
    assert_eq!(check(scene.watch("songs/terms")).await, no_page);
    scene.shows("/terms", page);
    assert_eq!(check(scene.watch("songs/terms")).await, CheckResult::First, "the site mended its type");
}

#[tokio::test]
async fn a_page_seen_from_elsewhere_begins_anew() {
    let scene = Scene::of(ONE_PAGE);
    scene.shows("/terms", terms("Terms", "The terms end here with a sentence."));
    assert_eq!(scene.check("songs/terms").await.result, CheckResult::First);
    *scene.site.seen_from.lock().expect("a place") = Some("proxy.example:3128");
    scene.shows("/terms", terms("Terms", "We may use your songs to train artificial intelligence models."));
    let fetch = FetchSettings { proxy: Some("http://proxy.example:3128".to_owned()), ..FetchSettings::default() };
    let store = scene.desk.monitor.store().clone();
    let settings = Arc::new(Settings { fetch, ..Settings::default() });
    let elsewhere = Monitor::new(store, scene.site.clone(), scene.site.clone(), scene.site.clone(), settings);
    for _ in 0..3 {
        scene.later(6);
        elsewhere.check(&scene.watch("songs/terms")).await.expect("a check");
    }
    assert!(scene.mails_to("ana@example.org").await.is_empty(), "what others see is no change");
    scene.shows("/terms", terms("Terms", "We may use your songs and letters to train artificial intelligence models and sell them."));
    elsewhere.check(&scene.watch("songs/terms")).await.expect("a check");
    scene.later(1);
    let change = elsewhere.check(&scene.watch("songs/terms")).await.expect("a check").change;
    assert!(change.is_some(), "from the same place a change is one");
}

const ONE_PAGE: &str = "[[watch]]\nplatform = \"Songs\"\ndocument = \"Terms\"\nurl = \"https://songs.example/terms\"\n";
const SHUT: &str = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /search\n";

#[tokio::test]
async fn a_lost_signal_is_mailed_and_an_error_in_its_place_is_not() {
    let scene = Scene::of(ONE_PAGE);
    let id = "songs/ai-signals";
    scene.answers("/robots.txt", 200, "text/plain", SHUT);
    scene.answers("/llms.txt", 404, "text/html", "<!doctype html><p>no such page</p>");
    scene.shows("/", "<!doctype html><head><meta name=robots content='noai, noimageai'></head><body>Songs".to_owned());
    assert_eq!(scene.check(id).await.result, CheckResult::First);
    assert_eq!(scene.check_twice(id).await.result, CheckResult::Unchanged);

    // A login page, an error and a bot wall where the signals stood: nothing is withdrawn by them.
    let login = "<!doctype html><title>Log in</title><form><input type=password></form>";
    for (robots, front) in [((200, login), (200, login)), ((503, "later"), (404, "gone")), ((403, "no"), (403, "no"))] {
        scene.answers("/robots.txt", robots.0, "text/html", robots.1);
        scene.answers("/", front.0, "text/html", front.1);
        for _ in 0..3 {
            scene.later(25);
            scene.check(id).await;
        }
    }
    assert!(scene.mails_to("ana@example.org").await.is_empty());

    scene.answers("/robots.txt", 200, "text/plain", SHUT);
    scene.shows("/", "<!doctype html><head><meta name=robots content=index></head><body>Songs".to_owned());
    let change = scene.check_twice(id).await.change.expect("a lost tag");
    assert_eq!(change.events.iter().map(|event| event.direction).collect::<Vec<_>>(), [Direction::Worse]);
    let mails = scene.mails_to("ana@example.org").await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].body.text.contains("The noai tag of songs.example no longer says"), "{}", mails[0].body.text);

    scene.answers("/robots.txt", 200, "text/plain", "User-agent: *\nDisallow: /search\n");
    let change = scene.check_twice(id).await.change.expect("a lost group");
    assert!(change.events[0].summary.contains("GPTBot"), "{}", change.events[0].summary);
    assert!(scene.desk.monitor.store().verify().expect("a look").is_empty());
}

#[tokio::test]
async fn a_file_of_signals_that_stays_away_for_a_week_is_withdrawn() {
    let scene = Scene::of(ONE_PAGE);
    let id = "songs/ai-signals";
    scene.answers("/robots.txt", 200, "text/plain", "User-agent: *\nDisallow: /search\n");
    scene.shows("/", "<!doctype html><head></head><body>Songs".to_owned());
    scene.answers("/.well-known/tdmrep.json", 200, "application/json", "[{\"location\":\"/*\",\"tdm-reservation\":1}]");
    scene.check(id).await;
    scene.answers("/.well-known/tdmrep.json", 404, "text/html", "no");
    let mut withdrawn = None;
    for day in 0..10 {
        scene.later(24);
        if scene.check(id).await.change.is_some() {
            withdrawn = Some(day);
        }
    }
    assert!(withdrawn.is_some_and(|day| day >= 7), "{withdrawn:?}");
    let mails = scene.mails_to("ana@example.org").await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].body.text.contains("TDM reservation"), "{}", mails[0].body.text);
}

#[tokio::test]
async fn a_licence_named_in_robots_txt_is_read() {
    let scene = Scene::of(ONE_PAGE);
    let id = "songs/ai-signals";
    let robots = "User-agent: *\nDisallow: /search\nLicense: https://songs.example/licence.xml\n";
    scene.answers("/robots.txt", 200, "text/plain", robots);
    scene.shows("/", "<!doctype html><head></head><body>Songs".to_owned());
    let licence =
        |usage: &str| format!("<rsl xmlns=\"https://rslstandard.org/rsl\"><content url=\"/\"><license>{usage}</license></content></rsl>");
    scene.answers("/licence.xml", 200, "application/rsl+xml", licence("<prohibits type=\"usage\">ai-train</prohibits>"));
    assert_eq!(scene.check(id).await.result, CheckResult::First);
    scene.later(24);
    scene.answers("/licence.xml", 200, "application/rsl+xml", licence("<permits type=\"usage\">ai-train</permits>"));
    let change = scene.check_twice(id).await.change.expect("a licence that allows more");
    assert_eq!((change.events[0].direction, change.events[0].severity), (Direction::Worse, Severity::Major));
}

#[tokio::test]
async fn the_pages_of_an_index_are_watched_and_new_ones_are_told_to_the_operator() {
    let list =
        "[[watch]]\nplatform = \"Songs\"\ndocument = \"Policies\"\nindex = \"https://songs.example/legal\"\nlinks = [\"/legal/*\"]\n";
    let scene = Scene::of(list);
    let index = |links: &str| format!("<!doctype html><title>Legal</title><h1>Legal</h1><ul>{links}</ul>");
    scene.shows("/legal", index("<li><a href=/legal/terms>Terms</a>"));
    scene.check("songs/policies").await;
    scene.desk.replace(scene.listed.clone()).expect("a list");
    scene.shows("/legal/terms", terms("Terms", "The terms end here with a sentence."));
    assert_eq!(scene.check("songs/policies-legal-terms").await.result, CheckResult::First);
    assert!(scene.operator().await.is_empty());

    scene.later(6);
    scene.shows("/legal", index("<li><a href=/legal/ai>AI policy</a><li><a href=/legal/terms>Terms</a>"));
    scene.check_twice("songs/policies").await;
    let told = scene.mails_to("admin@example.org").await;
    assert_eq!(told.len(), 1);
    assert!(told[0].body.html.contains("AI policy (https://songs.example/legal/ai)"), "{}", told[0].body.text);
    scene.desk.replace(scene.listed.clone()).expect("a list");
    scene.shows("/legal/ai", terms("AI", "The policy ends here with a sentence."));
    assert_eq!(scene.check("songs/policies-legal-ai").await.result, CheckResult::First);
    assert!(scene.mails_to("ana@example.org").await.is_empty());
}

#[tokio::test]
async fn a_promise_is_followed_until_it_is_kept() {
    let wording = "We will not use your songs to train artificial intelligence models without your explicit consent.";
    let list = format!("{ONE_PAGE}[[promise]]\nplatform = \"Songs\"\ndocument = \"Terms\"\nwording = \"{wording}\"\nannounced = 2026-02-20\nby = 2026-03-05\n")
        .replace("= 2026-02-20", "= \"2026-02-20\"")
        .replace("= 2026-03-05", "= \"2026-03-05\"");
    let scene = Scene::of(&list);
    let promises: Arc<Vec<Promise>> = scene.desk.promises();
    let look = || async {
        scene.desk.monitor.look_at_promises(&promises).expect("a look");
        scene.mails_to("ana@example.org").await
    };
    let nothing_else = |mails: Vec<Mail>| mails.into_iter().filter(|mail| mail.message_key.starts_with("promise")).collect::<Vec<_>>();
    scene.shows("/terms", terms("Terms", "The terms end here with a sentence."));
    scene.check("songs/terms").await;
    assert!(look().await.is_empty(), "that it has not come yet is no news");
    scene.later(24 * 5);
    let late = look().await;
    assert_eq!(late.len(), 1);
    assert!(late[0].body.text.contains("has passed"), "{}", late[0].body.text);
    assert!(look().await.is_empty(), "it is told once");

    let weaker = "We will not use your songs to train generative artificial intelligence models that imitate your voice without your explicit consent.";
    scene.shows("/terms", terms("Terms", weaker));
    scene.check_twice("songs/terms").await;
    let told = nothing_else(look().await);
    assert_eq!(told.len(), 1);
    assert!(told[0].body.text.contains("imitate your voice") && told[0].body.subject.contains("weaker"), "{}", told[0].body.text);

    scene.later(6);
    scene.shows("/terms", terms("Terms", wording));
    scene.check_twice("songs/terms").await;
    let told = nothing_else(look().await);
    assert_eq!(told.len(), 1);
    assert!(told[0].body.subject.contains("kept") && told[0].body.text.contains("word for word"), "{}", told[0].body.text);
    let known = scene.desk.monitor.store().incidents().expect("incidents");
    assert!(known.iter().any(|one| one.key.starts_with("promise songs/terms ")));
    scene.desk.monitor.look_at_promises(&[]).expect("a look");
    assert!(scene.desk.monitor.store().incidents().expect("incidents").is_empty(), "a promise that left the list is forgotten");
}
