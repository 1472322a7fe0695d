//! What happens by the clock: digests at a reader's hour, and what the operator is told and reminded of.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::compose::{self, Origin};
use fineprint::deliver::{Deliver, Refusal};
use fineprint::fetch::{Fetch, Request};
use fineprint::model::{
    Capture, Change, ChangeId, CheckRecord, CheckResult, FetchOutcome, Header, Mail, Rhythm, Schedule, Settings, Severity, Subscription,
    SubscriptionId, Wanted, Watch, WatchId,
};
use fineprint::monitor::{Clock, Concern, Monitor};
use fineprint::store::{Commit, MemoryStore, SledStore, Store};
use jiff::{SignedDuration, Timestamp};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use support::disk::Disk;

const PAGES: [&str; 3] =
    [include_str!("../demo/tidewave-0.html"), include_str!("../demo/tidewave-1.html"), include_str!("../demo/tidewave-2.html")];

/// A world in memory: one page, one mailbox for all, one clock.
#[derive(Debug)]
struct World {
    page: Mutex<Result<&'static str, u16>>,
    mails: Mutex<Vec<Mail>>,
    refusal: Mutex<Option<Refusal>>,
    now: Mutex<Timestamp>,
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("a clock")
    }
}

impl Fetch for World {
    fn fetch<'call>(&'call self, request: &'call Request) -> Pin<Box<dyn Future<Output = FetchOutcome> + Send + 'call>> {
        let (status, body) = match *self.page.lock().expect("a page") {
            Ok(page) => (200, page.as_bytes().to_vec()),
            Err(status) => (status, b"<p>no</p>".to_vec()),
        };
        let headers = vec![Header { name: "content-type".to_owned(), value: "text/html".to_owned() }];
        let capture = Capture { url: request.url.clone(), redirects: Vec::new(), fetched: self.now(), status, headers, body };
        Box::pin(async move { FetchOutcome::Answered(Box::new(capture)) })
    }
}

impl Deliver for World {
    fn deliver<'call>(&'call self, mail: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
        let refusal = self.refusal.lock().expect("a refusal").clone();
        if refusal.is_none() {
            self.mails.lock().expect("mails").push(mail.clone());
        }
        Box::pin(async move { refusal.map_or(Ok("250 ok".to_owned()), Err) })
    }
}

struct Scene {
    world: Arc<World>,
    monitor: Monitor,
    watch: Watch,
}

impl Scene {
    fn at(now: &str) -> Self {
        Self::over(Arc::new(MemoryStore::default()), now)
    }

    fn over(store: Arc<dyn Store>, now: &str) -> Self {
        let world = Arc::new(World {
            page: Mutex::new(Ok(PAGES[0])),
            mails: Mutex::default(),
            refusal: Mutex::default(),
            now: Mutex::new(now.parse().expect("a time")),
        });
        let settings = Settings {
            web_url: Some("https://watch.example".to_owned()),
            operator: Some("admin@example.org".to_owned()),
            ..Settings::default()
        };
        let monitor = Monitor::new(store, world.clone(), world.clone(), world.clone(), Arc::new(settings));
        let watch = Watch {
            id: WatchId::new("Tidewave", "Terms of Use"),
            platform: "Tidewave".to_owned(),
            document: "Terms of Use".to_owned(),
            urls: vec!["https://tidewave.example/terms".to_owned()],
            select: Vec::new(),
            remove: Vec::new(),
            links: Vec::new(),
            schedule: Schedule::Every(std::time::Duration::from_hours(6)),
            confirm_after: std::time::Duration::from_mins(15),
            language: None,
            ignore_robots: false,
            needs_browser: false,
            kind: fineprint::model::WatchKind::default(),
            tags: vec!["music".to_owned()],
        };
        Self { world, monitor, watch }
    }

    fn later(&self, minutes: i64) {
        let mut now = self.world.now.lock().expect("a clock");
        *now += SignedDuration::from_mins(minutes);
    }

    fn until(&self, time: &str) {
        *self.world.now.lock().expect("a clock") = time.parse().expect("a time");
    }

    async fn check(&self) {
        self.monitor.check(&self.watch).await.expect("a check");
    }

    async fn shows(&self, page: &'static str) {
        *self.world.page.lock().expect("a page") = Ok(page);
        self.check().await;
        self.later(20);
        self.check().await;
    }

    fn subscribe(&self, id: u64, address: &str, rhythm: Rhythm) {
        let wanted = Wanted { platforms: Vec::new(), tags: Vec::new(), topics: Vec::new(), severity: Severity::Minor, rhythm };
        let subscription =
            Subscription::confirmed(SubscriptionId(id), address.to_owned(), wanted, "operator".to_owned(), self.monitor.now());
        self.monitor.store().commit(Commit { subscriptions: vec![subscription], ..Commit::default() }).expect("a commit");
    }

    async fn delivered(&self) -> Vec<Mail> {
        self.monitor.deliver_due().await.expect("a delivery");
        std::mem::take(&mut *self.world.mails.lock().expect("mails"))
    }

    async fn operator_mail(&self, others: Vec<Concern>) -> Vec<Mail> {
        self.monitor.look_after(std::slice::from_ref(&self.watch), others).expect("a look");
        self.delivered().await
    }
}

#[tokio::test]
async fn a_digest_comes_at_the_readers_hour_once_and_holds_all_that_changed() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    scene.subscribe(1, "ana@example.org", Rhythm::parse("daily", "", 8, "Europe/Berlin").expect("a rhythm"));
    scene.subscribe(2, "ben@example.org", Rhythm::AtOnce);
    scene.later(60);
    scene.shows(PAGES[1]).await;
    scene.later(60);
    scene.shows(PAGES[2]).await;
    let to = |mails: &[Mail]| mails.iter().map(|mail| mail.to.clone()).collect::<Vec<_>>();
    assert_eq!(to(&scene.delivered().await), ["ben@example.org", "ben@example.org"]);
    assert_eq!(scene.monitor.digests_due().expect("digests"), 0, "not before its hour");

    scene.until("2026-03-03T07:00:30Z");
    assert_eq!(scene.monitor.digests_due().expect("digests"), 1);
    assert_eq!(scene.monitor.digests_due().expect("digests"), 0, "once");
    let mails = scene.delivered().await;
    assert_eq!(to(&mails), ["ana@example.org"]);
    let body = &mails[0].body;
    assert_eq!(body.subject, "2 changes about AI: Tidewave");
    for part in [&body.text, &body.html] {
        assert!(part.contains("https://watch.example/changes/1") && part.contains("https://watch.example/changes/2"), "{part}");
        assert!(part.contains("Critical · worse for you") || part.contains("Critical"), "{part}");
    }
    assert!(mails[0].unsubscribe[0].starts_with("https://watch.example/unsubscribe/"));

    scene.until("2026-03-04T07:00:30Z");
    assert_eq!(scene.monitor.digests_due().expect("digests"), 0, "a day without a change is a day without a mail");
    assert!(scene.delivered().await.is_empty());
}

#[tokio::test]
async fn a_digest_that_was_missed_comes_after_a_restart_with_what_waited() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    scene.subscribe(1, "ana@example.org", Rhythm::parse("weekly", "monday", 8, "UTC").expect("a rhythm"));
    scene.later(60);
    scene.shows(PAGES[1]).await;
    scene.until("2026-03-12T15:00:00Z");
    assert_eq!(scene.monitor.digests_due().expect("digests"), 1);
    assert_eq!(scene.delivered().await.len(), 1);
    let subscription = scene.monitor.store().subscription(SubscriptionId(1)).expect("a store").expect("a subscription");
    assert_eq!(subscription.digest.expect("a turn").next.to_string(), "2026-03-16T08:00:00Z");
}

#[tokio::test]
async fn the_operator_is_told_once_reminded_weekly_and_told_of_the_end() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    scene.subscribe(1, "ana@example.org", Rhythm::AtOnce);
    *scene.world.page.lock().expect("a page") = Err(500);
    for _ in 0..3 {
        scene.later(60);
        scene.check().await;
    }
    assert!(scene.operator_mail(Vec::new()).await.is_empty(), "a few failures are no incident");
    for _ in 0..4 {
        scene.later(360);
        scene.check().await;
    }
    let told = scene.operator_mail(Vec::new()).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].to.as_str(), told[0].body.subject.as_str()), ("admin@example.org", "fineprint: watch tidewave/terms-of-use"));
    assert!(told[0].body.text.contains("status 500") && told[0].body.text.contains("watch test"), "{}", told[0].body.text);
    assert!(scene.operator_mail(Vec::new()).await.is_empty(), "one incident, one mail");
    scene.later(8 * 24 * 60);
    assert!(scene.operator_mail(Vec::new()).await[0].body.subject.contains("still: watch"));
    scene.shows(PAGES[0]).await;
    assert!(scene.operator_mail(Vec::new()).await[0].body.subject.contains("over: watch"));
    assert!(scene.operator_mail(Vec::new()).await.is_empty());
    assert!(scene.monitor.store().outbox(9).expect("an outbox").is_empty(), "what was said to the operator is not kept");
}

#[tokio::test]
async fn several_worries_are_one_mail_and_a_broken_watchlist_is_one() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    let broken = Concern { key: "watchlist".to_owned(), what: "It can't be read.".to_owned(), advice: "Mend it.".to_owned() };
    let other = Concern { key: "mail".to_owned(), ..broken.clone() };
    let mails = scene.operator_mail(vec![broken.clone(), other]).await;
    assert_eq!(mails.iter().map(|mail| mail.body.subject.as_str()).collect::<Vec<_>>(), ["fineprint: 2 incidents"]);
    let over = scene.operator_mail(vec![broken]).await;
    assert_eq!(over[0].body.subject, "fineprint: over: mail");
}

#[tokio::test]
async fn mail_that_cannot_leave_is_an_incident_and_what_was_refused_for_days_suspends() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    scene.subscribe(1, "ana@example.org", Rhythm::AtOnce);
    *scene.world.refusal.lock().expect("a refusal") = Some(Refusal::Temporary("421 busy".to_owned()));
    scene.later(60);
    scene.shows(PAGES[1]).await;
    for _ in 0..4 {
        scene.monitor.deliver_due().await.expect("a delivery");
        scene.later(60);
    }
    scene.monitor.look_after(std::slice::from_ref(&scene.watch), Vec::new()).expect("a look");
    let incidents = scene.monitor.store().incidents().expect("incidents");
    assert!(incidents.len() == 1 && incidents[0].key == "mail" && incidents[0].what.contains("421 busy"), "{incidents:#?}");
    for _ in 0..40 {
        scene.later(6 * 60);
        scene.monitor.deliver_due().await.expect("a delivery");
    }
    let subscription = scene.monitor.store().subscription(SubscriptionId(1)).expect("a store").expect("a subscription");
    assert!(!subscription.is_confirmed(), "{subscription:#?}");
    assert!(format!("{:?}", subscription.state).contains("421 busy"), "{subscription:#?}");
}

#[tokio::test]
async fn a_disk_that_fills_up_is_told_while_there_is_room_for_a_mail() {
    let Some(disk) = Disk::of("80m") else { return };
    let store = SledStore::open(&disk.path().join("store")).expect("a store");
    let scene = Scene::over(Arc::new(store), "2026-03-02T10:00:00Z");
    let told = scene.operator_mail(Vec::new()).await;
    assert!(told.len() == 1 && told[0].body.text.contains("MiB are free on the disk where the store is"), "{told:#?}");
    assert!(scene.operator_mail(Vec::new()).await.is_empty(), "one incident, one mail");
    disk.remount("size=400m");
    assert!(scene.operator_mail(Vec::new()).await[0].body.subject.contains("over"));
}

#[tokio::test]
async fn a_program_is_sent_the_change_as_json() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    scene.subscribe(1, "https://hooks.example/fineprint", Rhythm::AtOnce);
    scene.later(60);
    scene.shows(PAGES[1]).await;
    let mails = scene.delivered().await;
    assert_eq!(mails[0].to, "https://hooks.example/fineprint");
    let json: serde_json::Value = serde_json::from_str(&mails[0].body.text).expect("JSON");
    assert_eq!(json["change"]["events"][0]["severity"], "critical");
    assert_eq!(json["change"]["archive"], "https://watch.example/changes/1");
}

#[tokio::test]
async fn a_page_that_flickers_is_an_incident_until_it_is_calm() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    for _ in 0..8 {
        scene.later(300);
        let line = CheckRecord { at: scene.monitor.now(), result: CheckResult::Flap };
        scene.monitor.store().commit(Commit { history: Some((scene.watch.id.clone(), line)), ..Commit::default() }).expect("a commit");
    }
    let look = || scene.monitor.look_closely(std::slice::from_ref(&scene.watch)).expect("a look");
    look();
    let told = scene.delivered().await;
    assert_eq!(told[0].body.subject, "fineprint: noisy tidewave/terms-of-use");
    assert!(told[0].body.text.contains("another one 8 times in a week"), "{}", told[0].body.text);
    scene.operator_mail(Vec::new()).await;
    assert_eq!(scene.monitor.store().incidents().expect("incidents").len(), 1, "a look at other things does not end it");
    scene.later(8 * 24 * 60);
    look();
    assert!(scene.delivered().await[0].body.subject.starts_with("fineprint: over: noisy"));
}

#[tokio::test]
async fn a_digest_of_hundreds_of_changes_is_cut_with_a_link() {
    let scene = Scene::at("2026-03-02T10:00:00Z");
    scene.check().await;
    scene.subscribe(1, "ana@example.org", Rhythm::parse("daily", "", 8, "UTC").expect("a rhythm"));
    scene.later(60);
    scene.shows(PAGES[1]).await;
    let store = scene.monitor.store();
    let change = store.changes(None, 1).expect("changes").remove(0);
    let subscription = store.subscription(SubscriptionId(1)).expect("a store").expect("a subscription");
    let links = scene.monitor.links().expect("a store").expect("links");
    let changes: Vec<Change> =
        (1..=600).map(|id| Change { id: ChangeId(id), platform: format!("Platform {}", id % 90), ..change.clone() }).collect();
    let told: Vec<_> = changes.iter().map(|change| (change, change.events.iter().collect())).collect();
    let own = links.reader(subscription.id, scene.monitor.now());
    let settings = Settings { web_url: Some("https://watch.example".to_owned()), ..Settings::default() };
    let mail = compose::digest(&told, &subscription, &Origin::of(&settings).with(&own), scene.monitor.now());
    assert!(mail.body.text.len() + mail.body.html.len() <= compose::MAX_BYTES, "{}", mail.body.html.len());
    assert!(mail.body.text.contains("This mail leaves out") && mail.body.text.contains("https://watch.example\n"), "{}", mail.body.text);
    assert!(mail.body.subject.starts_with("600 changes about AI: "), "{}", mail.body.subject);
}
