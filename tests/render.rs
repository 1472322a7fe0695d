//! Pages that show nothing without a browser: Chromium runs their scripts, and is gone afterwards. Where it isn't installed, most of this is
//! left out, and said to be.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::fetch::{Fetch, HttpFetcher, Request};
use fineprint::model::{Capture, FetchOutcome, FetchSettings};
use fineprint::web::{Scene, Stage};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

const CLAUSE: &str = "We may use what you upload to train models, unless you object to that in your settings.";

fn settings() -> FetchSettings {
    FetchSettings { allow_private: true, host_spacing: Duration::ZERO, retries: 0, ..FetchSettings::default() }
}

fn is_installed() -> bool {
    let there = Path::new("/usr/bin/chromium").exists();
    if !there {
        eprintln!("left out: Chromium is not installed (Debian package chromium)");
    }
    there
}

async fn render(settings: &FetchSettings, url: &str) -> FetchOutcome {
    let fetcher = HttpFetcher::new(settings).expect("a fetcher");
    fetcher.fetch(&Request { url: url.to_owned(), validators: None, language: None, ignore_robots: false, render: true }).await
}

async fn text_of(stage: &Stage, path: &str) -> String {
    match render(&settings(), &stage.url(path)).await {
        FetchOutcome::Answered(capture) => String::from_utf8(capture.body).expect("text"),
        other => panic!("{path}: {other:?}"),
    }
}

/// A page whose script does this with the element `root` and the text `clause`.
fn scripted(script: &str) -> Scene {
    Scene::page(format!(
        "<!doctype html><html lang=en><body><div id=root></div><script>const root=document.getElementById('root');const clause={CLAUSE:?};{script}</script></body></html>"
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_scripts_write_is_read_whenever_they_write_it() {
    if !is_installed() {
        return;
    }
    let stage = Stage::open().await.expect("a stage");
    stage.show(
        "/terms.json",
        Scene { status: 200, headers: vec![("content-type".to_owned(), "application/json".to_owned())], body: format!("{CLAUSE:?}") },
    );
    for (path, script) in [
        ("/at-once", "root.innerHTML='<p>'+clause+'</p>'"),
        ("/later", "setTimeout(()=>{root.innerHTML='<p>'+clause+'</p>'},4000)"),
        ("/fetched", "fetch('/terms.json').then(r=>r.json()).then(text=>{root.textContent=text})"),
        ("/folded", "root.innerHTML='<details><summary>AI</summary><p>'+clause+'</p></details><div hidden>x</div>'"),
        ("/endless", "root.textContent=clause;let n=0;setInterval(()=>{document.body.dataset.n=n++},50)"),
        ("/again", "root.textContent=clause;(function f(){requestAnimationFrame(f)})()"),
    ] {
        stage.show(path, scripted(script));
        assert!(text_of(&stage, path).await.contains(CLAUSE), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_reaches_nothing_that_we_would_not_and_leaves_nothing_behind() {
    if !is_installed() {
        return;
    }
    let inner = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let stage = Stage::open().await.expect("a stage");
    stage.show(
        "/probe",
        scripted(&format!(
            "fetch('http://{}/').then(()=>{{root.textContent='reached'}}).catch(()=>{{root.textContent='refused'}});fetch('file:///etc/passwd').catch(()=>{{}})",
            inner.local_addr().expect("an address")
        )),
    );
    let before = profiles();
    // The stage itself is private, so with the guard shut not even the page is fetched.
    let shut = FetchSettings { allow_private: false, ..settings() };
    assert!(matches!(render(&shut, &stage.url("/probe")).await, FetchOutcome::Failed(failure) if failure.reason.contains("not fetched")));
    let seen = text_of(&stage, "/probe").await;
    assert!(seen.contains(">refused<"), "a server that never answers is given up, and the page comes to rest: {seen}");
    // Other tests of this file have browsers of their own, and end too.
    support::house::eventually("all profiles are deleted", || profiles().is_subset(&before).then_some(()));
}

/// Temporary folders that hold a browser's profile.
fn profiles() -> BTreeSet<PathBuf> {
    let folder = std::fs::read_dir(std::env::temp_dir()).expect("a folder");
    folder.flatten().map(|entry| entry.path()).filter(|path| path.join("Default").exists() && path.join("Local State").exists()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_no_browser_gets_none_and_validators_of_a_shell_are_not_kept() {
    if !is_installed() {
        return;
    }
    let stage = Stage::open().await.expect("a stage");
    let shell = scripted("root.textContent=clause");
    let headers = [shell.headers.clone(), vec![("etag".to_owned(), "\"x\"".to_owned())]].concat();
    stage.show("/shell", Scene { headers, ..shell });
    stage.show("/gone", Scene { status: 404, ..scripted("root.textContent=clause") });
    stage.show(
        "/plain",
        Scene { status: 200, headers: vec![("content-type".to_owned(), "text/plain".to_owned())], body: "plain".to_owned() },
    );
    let answered = |outcome: FetchOutcome| match outcome {
        FetchOutcome::Answered(capture) => *capture,
        other => panic!("{other:?}"),
    };
    let capture: Capture = answered(render(&settings(), &stage.url("/shell")).await);
    assert_eq!((capture.header("etag"), capture.header("x-fineprint-rendered")), (None, Some("by a browser")));
    let gone = answered(render(&settings(), &stage.url("/gone")).await);
    assert!(gone.status == 404 && gone.header("x-fineprint-rendered").is_none());
    assert_eq!(answered(render(&settings(), &stage.url("/plain")).await).body, b"plain");
}

#[tokio::test]
async fn a_browser_that_is_missing_or_broken_is_said_to_be() {
    let stage = Stage::open().await.expect("a stage");
    stage.show("/terms", scripted("root.textContent=clause"));
    for (browser, said) in [("off", "none is installed"), ("/nowhere/chromium", "can't be started"), ("/bin/false", "gave no text")] {
        let settings = FetchSettings { browser: Some(browser.to_owned()), ..settings() };
        match render(&settings, &stage.url("/terms")).await {
            FetchOutcome::Failed(failure) => assert!(failure.reason.contains(said), "{browser}: {}", failure.reason),
            other => panic!("{browser}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_shows_nothing_is_watched_with_a_browser_without_being_told() {
    if !is_installed() {
        return;
    }
    let stage = Stage::open().await.expect("a stage");
    stage.show("/legal/terms", scripted("fetch('/legal/text').then(r=>r.text()).then(text=>{root.innerHTML=text})"));
    let shows = |page: &str| stage.show("/legal/text", Scene::page(page));
    shows(support::pages::SILENT);
    let settings = support::house::LOOPBACK.replace("browser = \"off\"\n", "");
    let house = support::house::House::with(&settings, &support::pages::watchlist(&stage.url("/legal/terms"), ""));
    let said = house.run(&["check"]).ends_with(0);
    assert!(said.out.contains("first version stored"), "{said:#?}");
    shows(support::pages::PERMITS);
    house.run(&["check"]).ends_with(0);
    let confirmed = support::house::eventually("the change is confirmed", || {
        Some(house.run(&["check"])).filter(|said| said.out.contains("changed") && said.code == Some(1))
    });
    assert!(confirmed.out.contains("AI"), "{confirmed:#?}");
}
