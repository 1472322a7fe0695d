//! What supervisors and Prometheus are told of the running program.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use reqwest::StatusCode;
use serde_json::Value;
use std::collections::HashSet;
use support::house::eventually;
use support::reader::World;

/// A world whose daemon can be asked how it is, and where.
async fn world() -> (World, String) {
    let world = World::begin().await;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port();
    let settings = world.house.read("fineprint.toml");
    world.house.write("fineprint.toml", &format!("{settings}[health]\nlisten = \"127.0.0.1:{port}\"\n"));
    (world, format!("http://127.0.0.1:{port}"))
}

fn ask(url: &str) -> (StatusCode, String) {
    fineprint::fetch::install_crypto();
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            let answer = reqwest::get(url).await.expect("an answer");
            (answer.status(), answer.text().await.expect("a body"))
        })
    })
}

fn figure(metrics: &str, name: &str) -> Option<f64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_says_that_it_is_well_and_why_not() {
    let (world, at) = world().await;
    let daemon = world.house.start();
    eventually("it ticks", || (ask(&format!("{at}/healthz")).0 == StatusCode::OK).then_some(()));
    let good = world.house.read("watchlist.toml");
    world.house.write("watchlist.toml", "[[watch]]\nplatform = 7\n");
    let said = eventually("it says that the list is broken", || {
        let (status, body) = ask(&format!("{at}/healthz"));
        (status == StatusCode::SERVICE_UNAVAILABLE).then_some(body)
    });
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["live"], &said["problems"][0]["key"]), (&Value::Bool(true), &Value::from("watchlist")), "{said}");
    assert_eq!(ask(&format!("{at}/livez")).0, StatusCode::OK, "a restart would not help");
    world.house.write("watchlist.toml", &good);
    eventually("it is well again", || (ask(&format!("{at}/healthz")).0 == StatusCode::OK).then_some(()));
    assert_eq!(world.get("/metrics").await.status, 404, "readers of the pages are not told");
    assert_eq!(world.get("/healthz").await.status, 404);
    assert_eq!(daemon.stop().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_count_what_happened_and_name_nobody() {
    let (world, at) = world().await;
    world.house.run(&["subscriber", "add", "ana@example.org"]).ends_with(0);
    let daemon = world.house.start();
    world.is_watched();
    world.starts_to_train();
    world.mail("ana@example.org", 1);
    let metrics = eventually("the mail is counted", || {
        let (status, text) = ask(&format!("{at}/metrics"));
        assert_eq!(status, StatusCode::OK);
        (figure(&text, "fineprint_deliveries_total{result=\"sent\"}") == Some(1.0)).then_some(text)
    });
    for (name, value) in [
        ("fineprint_watches", 1.0),
        ("fineprint_changes", 1.0),
        ("fineprint_versions", 2.0),
        ("fineprint_due_watches", 0.0),
        ("fineprint_checks_total{result=\"first\"}", 1.0),
        ("fineprint_checks_total{result=\"changed\"}", 1.0),
        ("fineprint_subscriptions{state=\"confirmed\"}", 1.0),
        ("fineprint_outbox_mails{state=\"due\"}", 0.0),
    ] {
        assert_eq!(figure(&metrics, name), Some(value), "{name} in {metrics}");
    }
    assert!(figure(&metrics, "fineprint_store_bytes") > Some(1000.0), "{metrics}");
    assert!(figure(&metrics, "fineprint_free_bytes") > Some(1000.0), "{metrics}");
    assert!(!metrics.contains('@') && !metrics.contains("http"), "{metrics}");
    is_well_formed(&metrics);
    assert_eq!(daemon.stop().code(), Some(0));
}

/// The rules of the text format: each figure is explained, then typed, then given, in one block; no line twice; classes of a histogram
/// only rise, and the last holds all.
#[track_caller]
fn is_well_formed(metrics: &str) {
    assert!(metrics.ends_with('\n'));
    let (mut block, mut blocks, mut lines) = ("", HashSet::new(), HashSet::new());
    let mut classes: Vec<f64> = Vec::new();
    for line in metrics.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            block = help.split(' ').next().expect("a name");
            assert!(blocks.insert(block), "{block} comes twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert!(name == block && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
        } else {
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            let value: f64 = value.parse().expect("a number");
            assert!(name.starts_with(block) && lines.insert(name), "{line}");
            if name.contains("_bucket{") {
                classes.push(value);
            }
        }
    }
    assert!(classes.len() > 5 && classes.is_sorted(), "{classes:?}");
    assert_eq!(classes.last().copied(), figure(metrics, "fineprint_check_duration_seconds_count"));
}
