//! Pages that show nothing without a browser: Chromium runs their scripts, and is gone afterwards. Where it isn't installed, most of this is
//! left out, and said to be.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use fineprint::fetch::{Fetch, HttpFetcher, Request};
use fineprint::model::{Capture, FetchOutcome, FetchSettings};
use fineprint::web::{Scene, Stage};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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

fn request(url: &str) -> Request {
    Request { url: url.to_owned(), validators: None, language: None, ignore_robots: false, render: true }
}

async fn render(settings: &FetchSettings, url: &str) -> FetchOutcome {
    HttpFetcher::new(settings).expect("a fetcher").fetch(&request(url)).await
}

fn answered(outcome: FetchOutcome) -> Capture {
    match outcome {
        FetchOutcome::Answered(capture) => *capture,
        other => panic!("{other:?}"),
    }
}

fn failed(outcome: FetchOutcome) -> String {
    match outcome {
        FetchOutcome::Failed(failure) => failure.reason,
        other => panic!("{other:?}"),
    }
}

/// Shows each of these pages, and gives its path and what a browser makes of it; as many at once as a fetcher allows.
async fn texts_of(stage: &Stage, pages: &[(&str, &str)]) -> Vec<(String, String)> {
    let fetcher = Arc::new(HttpFetcher::new(&settings()).expect("a fetcher"));
    let fetching: Vec<_> = pages
        .iter()
        .map(|(path, script)| {
            stage.show(path, scripted(script));
            let (fetcher, url) = (fetcher.clone(), stage.url(path));
            tokio::spawn(async move { fetcher.fetch(&request(&url)).await })
        })
        .collect();
    let mut texts = Vec::new();
    for (fetching, (path, _)) in fetching.into_iter().zip(pages) {
        texts.push(((*path).to_owned(), String::from_utf8(answered(fetching.await.expect("an outcome")).body).expect("text")));
    }
    texts
}

/// What of the markup is no script: the scripts hold the words that they write.
fn shown(markup: &str) -> String {
    markup.split("<script>").map(|piece| piece.split_once("</script>").map_or(piece, |(_, rest)| rest)).collect()
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
    let pages = [
        ("/at-once", "root.innerHTML='<p>'+clause+'</p>'"),
        ("/later", "setTimeout(()=>{root.innerHTML='<p>'+clause+'</p>'},4000)"),
        ("/loading", "root.textContent='Loading';setTimeout(()=>{root.innerHTML='<p>'+clause+'</p>'},2000)"),
        ("/fetched", "fetch('/terms.json').then(r=>r.json()).then(text=>{root.textContent=text})"),
        ("/folded", "root.innerHTML='<details><summary>AI</summary><p>'+clause+'</p></details><div hidden>x</div>'"),
        ("/ticking", "root.textContent=clause;let n=0;setInterval(()=>{document.body.dataset.n=n++;document.title=n},50)"),
        ("/again", "root.textContent=clause;(function f(){requestAnimationFrame(f)})()"),
        ("/shadow", "root.attachShadow({mode:'open'}).innerHTML='<p>'+clause+'</p>'"),
        ("/alert", "alert('read me');confirm('really?');root.textContent=clause"),
        ("/denied", "navigator.geolocation.getCurrentPosition(()=>{},()=>{root.textContent=clause})"),
        (
            "/download",
            "root.textContent=clause;const a=document.createElement('a');a.href='/terms.json';a.download='x';a.click();location.href='data:application/zip,x'",
        ),
        ("/window", "root.textContent=clause;window.open('/at-once')"),
    ];
    for (path, text) in texts_of(&stage, &pages).await {
        assert!(shown(&text).contains(CLAUSE), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_folded_is_opened_and_nothing_else_is_pressed() {
    if !is_installed() {
        return;
    }
    let stage = Stage::open().await.expect("a stage");
    stage.show("/clause", Scene::page(CLAUSE));
    let pages = [
        (
            "/details",
            "root.innerHTML='<details><summary>AI</summary><p id=p></p></details>';root.firstChild.ontoggle=()=>fetch('/clause').then(r=>r.text()).then(t=>{p.textContent=t})",
        ),
        (
            "/accordion",
            "root.innerHTML='<h2><button aria-expanded=false>AI</button></h2><div id=p></div>';const b=root.querySelector('button');b.onclick=()=>{b.setAttribute('aria-expanded','true');fetch('/clause').then(r=>r.text()).then(t=>{p.textContent=t})}",
        ),
        // Opening one closes the other, and takes its text away.
        (
            "/one-at-a-time",
            "for(const n of [1,2])root.innerHTML+='<h2><button aria-expanded=false>Part '+n+'</button></h2><div></div>';const all=[...root.querySelectorAll('button')];all.forEach((b,n)=>{b.onclick=()=>{all.forEach(o=>{o.setAttribute('aria-expanded',o===b);if(o!==b)o.parentNode.nextSibling.replaceChildren()});fetch('/clause').then(r=>r.text()).then(t=>{if(b.ariaExpanded==='true')b.parentNode.nextSibling.innerHTML='<div><p>'+(n?'Other words stand in the second part, and there are enough of them.':t)+'</p></div>'})}})",
        ),
        // The first part is open, and what stands in it is not taken away either.
        (
            "/open-already",
            "root.innerHTML='<section><p>'+clause+'</p></section><button aria-expanded=false>Next part</button>';root.lastChild.onclick=()=>{root.firstChild.remove();root.append('The next part.')}",
        ),
        (
            "/more",
            "root.innerHTML='<p>We may …</p><button>Show more</button>';root.lastChild.onclick=e=>{e.target.remove();root.append(clause)}",
        ),
        ("/de", "root.innerHTML='<a role=button>Alles anzeigen</a>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/fr", "root.innerHTML='<button>Lire la suite…</button>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/es", "root.innerHTML='<button>Ver más</button>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/it", "root.innerHTML='<button>Leggi tutto</button>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/pt", "root.innerHTML='<button>Leia mais</button>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/nl", "root.innerHTML='<button>Meer lezen</button>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/pl", "root.innerHTML='<button>Pokaż więcej</button>';root.lastChild.onclick=()=>root.append(clause)"),
        ("/uk", "root.innerHTML='<button>Показати більше</button>';root.lastChild.onclick=()=>root.append(clause)"),
        (
            "/away",
            "root.innerHTML='<p>'+clause+'</p><button>Read more</button>';root.lastChild.onclick=()=>{location.href='/clause-elsewhere'}",
        ),
        ("/blank", "root.innerHTML='<p>'+clause+'</p><button>Read more</button>';root.lastChild.onclick=()=>{location.href='about:blank'}"),
        (
            "/routed",
            "root.innerHTML='<p>'+clause+'</p><button>Read more</button>';root.lastChild.onclick=()=>{history.pushState(0,'','/x');root.textContent='Another page.'}",
        ),
        ("/alerted", "root.innerHTML='<button>Read more</button>';root.lastChild.onclick=()=>{alert('so');root.append(clause)}"),
    ];
    for (path, text) in texts_of(&stage, &pages).await {
        assert!(shown(&text).contains(CLAUSE), "{path}: {text}");
        assert!(path != "/one-at-a-time" || shown(&text).contains("Other words stand in the second part"), "{path}: {text}");
    }
    let untouched = "<nav><button aria-expanded=false>Menu</button></nav><header><button aria-expanded=false>Account</button></header>\
        <div class=cookie-banner><button>Show more</button></div><a href=/x><span role=button aria-expanded=false>Read more</span></a>\
        <a href=/x aria-expanded=false>Terms</a><form action=/x><button>Show all</button></form><button>Accept all</button><button>Sign in</button>\
        <button aria-expanded=false aria-haspopup=menu>Language</button><div role=dialog><button aria-expanded=false>Why</button></div>";
    let script = format!("root.innerHTML={untouched:?}+'<p>'+clause.repeat(9)+'</p>';document.onclick=()=>root.prepend('PRESSED')");
    for (path, text) in texts_of(&stage, &[("/untouched", script.as_str())]).await {
        assert!(shown(&text).contains(CLAUSE) && !shown(&text).contains("PRESSED"), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_never_rests_is_taken_at_last_and_one_that_never_shows_text_is_not() {
    if !is_installed() {
        return;
    }
    let stage = Stage::open().await.expect("a stage");
    stage.show("/never", scripted("setInterval(()=>{document.body.dataset.n=1},50)"));
    stage.show("/endless", scripted("root.textContent=clause;setInterval(()=>root.append(' again'),50)"));
    let (settings, never, endless) = (settings(), stage.url("/never"), stage.url("/endless"));
    let (never, endless) = tokio::join!(render(&settings, &never), render(&settings, &endless));
    assert_eq!(failed(never), "the browser for 127.0.0.1 gave no text: the page showed none within 20 s");
    assert!(shown(&String::from_utf8(answered(endless).body).expect("text")).contains(CLAUSE));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_scripts_lead_to_is_seen_and_asked_for_leave() {
    if !is_installed() {
        return;
    }
    let stage = Stage::open().await.expect("a stage");
    stage.show("/terms", scripted("location.replace('/terms/new')"));
    stage.show("/terms/new", scripted("root.textContent=clause"));
    stage.show("/lost", scripted("location.replace('/gone')"));
    stage.show("/gone", Scene { status: 404, ..Scene::page("<p>There is nothing here that could be terms.") });
    stage.show("/shut", scripted("location.replace('/private/terms')"));
    stage.show("/private/terms", scripted("root.textContent=clause"));
    stage.show("/robots.txt", Scene { status: 200, headers: Vec::new(), body: "User-agent: *\nDisallow: /private/\n".to_owned() });
    let moved = answered(render(&settings(), &stage.url("/terms")).await);
    assert_eq!((moved.status, moved.redirects), (200, vec![stage.url("/terms/new")]));
    assert_eq!(answered(render(&settings(), &stage.url("/lost")).await).status, 404);
    assert!(failed(render(&settings(), &stage.url("/shut")).await).contains("asks robots to leave this page alone"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_sees_pages_through_the_operators_proxy_and_gets_no_further_than_we_do() {
    if !is_installed() {
        return;
    }
    // The stage is the proxy: it answers for every host.
    let stage = Stage::open().await.expect("a stage");
    let inner = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    inner.set_nonblocking(true).expect("a listener");
    let inside =
        ["10.0.0.1", "169.254.169.254", "localhost", "[::1]", "[::ffff:192.168.0.1]", "0x7f.1"].map(|host| format!("http://{host}/secret"));
    let inside = [inside.to_vec(), vec![format!("http://{}/secret", inner.local_addr().expect("an address"))]].concat();
    let open = vec![("access-control-allow-origin".to_owned(), "*".to_owned())];
    stage.show("/secret", Scene { status: 200, headers: open, body: "reached".to_owned() });
    stage.show(
        "/terms",
        scripted(&format!(
            "Promise.all([...{inside:?},'http://other.example/secret'].map(u=>fetch(u).then(r=>r.text()).catch(()=>'refused'))).then(said=>{{root.textContent=clause+said}})"
        )),
    );
    let settings = FetchSettings { proxy: Some(stage.url("")), allow_private: false, ..settings() };
    let capture = answered(render(&settings, "http://songs.example/terms").await);
    let text = shown(std::str::from_utf8(&capture.body).expect("text"));
    assert!(text.contains(&format!("{CLAUSE}{}reached", "refused,".repeat(inside.len()))), "{text}");
    assert!(inner.accept().is_err(), "nobody came");
    assert!(capture.header("x-fineprint-vantage").is_some());
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
    let folder = tempfile::tempdir().expect("a folder");
    let (browser, _) = marked(folder.path());
    let settings = FetchSettings { browser: Some(browser), ..settings() };
    // The stage itself is private, so with the guard shut not even the page is fetched.
    let shut = FetchSettings { allow_private: false, ..settings.clone() };
    assert!(matches!(render(&shut, &stage.url("/probe")).await, FetchOutcome::Failed(failure) if failure.reason.contains("not fetched")));
    let seen = String::from_utf8(answered(render(&settings, &stage.url("/probe")).await).body).expect("text");
    assert!(seen.contains(">refused<"), "a server that never answers is given up, and the page comes to rest: {seen}");
    let left: Vec<PathBuf> = profiles(folder.path()).into_iter().filter(|profile| profile.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The profiles that a marked browser was given.
fn profiles(folder: &Path) -> Vec<PathBuf> {
    let arguments = std::fs::read_to_string(folder.join("arguments")).expect("it was started");
    let profiles: Vec<PathBuf> = arguments.lines().filter_map(|line| line.strip_prefix("--user-data-dir=")).map(PathBuf::from).collect();
    assert!(!profiles.is_empty(), "{arguments}");
    profiles
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
    let folder = tempfile::tempdir().expect("a folder");
    let nonsense = program(folder.path(), "nonsense", r"printf 'hello\0' >&4; cat <&3 >/dev/null");
    let refusing = program(folder.path(), "refusing", r#"printf '{"id":1,"error":{"message":"no such thing"}}\0' >&4; cat <&3 >/dev/null"#);
    for (browser, said) in [
        ("off", "none is installed"),
        ("/nowhere/chromium", "can't be started"),
        ("/bin/false", "broke off: it ended"),
        (&nonsense, "broke off: what it says makes no sense"),
        (&refusing, "refused Browser.setDownloadBehavior: no such thing"),
    ] {
        let settings = FetchSettings { browser: Some(browser.to_owned()), ..settings() };
        let reason = failed(render(&settings, &stage.url("/terms")).await);
        assert!(reason.contains(said), "{browser}: {reason}");
    }
}

/// A program that does this.
fn program(folder: &Path, name: &str, script: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
    path.display().to_string()
}

/// A browser that notes what it is started with, whose processes bear a mark, and the mark.
fn marked(folder: &Path) -> (String, String) {
    let mark = format!("--mark-of-{}", folder.file_name().expect("a name").display());
    let noting = format!("printf '%s\\n' \"$@\" >>{}", folder.join("arguments").display());
    (program(folder, "browser", &format!("{noting}\nexec /usr/bin/chromium {mark} \"$@\"")), mark)
}

/// How many processes bear it.
fn processes(mark: &str) -> usize {
    let of = |entry: std::fs::DirEntry| std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
    let bears = |command: Vec<u8>| String::from_utf8_lossy(&command).split('\0').any(|word| word == mark);
    std::fs::read_dir("/proc").expect("processes").flatten().map(of).filter(|command| bears(command.clone())).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_gone_whatever_ends_the_fetch() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (browser, mark) = marked(folder.path());
    let stage = Stage::open().await.expect("a stage");
    stage.show("/legal/terms", scripted("setTimeout(()=>{root.textContent=clause},600000)"));
    let settings = FetchSettings { browser: Some(browser.clone()), ..settings() };
    let url = stage.url("/legal/terms");
    let runs = || (processes(&mark) > 0).then_some(());
    let is_gone = || (processes(&mark) == 0).then_some(());

    // Somebody stops waiting for it.
    let fetching = tokio::spawn(async move { render(&settings, &url).await });
    support::house::eventually("the browser runs", runs);
    fetching.abort();
    support::house::eventually("it is gone", is_gone);

    // The daemon is killed, and can end nothing itself.
    let settings = support::house::LOOPBACK.replace("\"off\"", &format!("{browser:?}"));
    let house = support::house::House::with(&settings, &support::pages::watchlist(&stage.url("/legal/terms"), ""));
    let daemon = house.start();
    support::house::eventually("the daemon's browser runs", runs);
    daemon.kill();
    support::house::eventually("it is gone too", is_gone);
    for profile in profiles(folder.path()).iter().filter(|profile| profile.exists()) {
        std::fs::remove_dir_all(profile).expect("what a killed daemon leaves");
    }

    // The page brings its process down.
    stage.show(
        "/legal/terms",
        scripted(
            "root.textContent=clause;const all=[];setInterval(()=>{for(let n=0;n<50;n++)all.push(new Array(1e6).fill(n+Math.random()))},1)",
        ),
    );
    let settings = FetchSettings { browser: Some(browser), ..self::settings() };
    let reason = failed(render(&settings, &stage.url("/legal/terms")).await);
    assert!(reason.contains("the page crashed") || reason.contains("of memory, and was ended"), "{reason}");
    support::house::eventually("it is gone again", is_gone);
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
