//! Fetching from servers that are as odd and as hostile as those out there: they speak bytes, written here by hand.

#![expect(clippy::unwrap_used, reason = "what these servers can't do, the test should fail for")]

use fineprint::fetch::{Fetch, FetchError, HttpFetcher, Request};
use fineprint::model::{Capture, Failure, FetchOutcome, FetchSettings, Validators};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

/// What a server does with one request.
enum Reply {
    /// Sends this and closes the connection.
    Bytes(Vec<u8>),
    /// Sends the first and then the second again and again, with a pause before each.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// Says nothing and keeps the connection.
    Silence,
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self::Bytes(text.into_bytes())
    }
}

/// A server on a port of its own, one request a connection.
struct Server {
    address: SocketAddr,
    /// The requests as they came.
    seen: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// `reply` gets the request and how many came before it.
    async fn start(reply: impl Fn(&str, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let Ok(request) = read_head(&mut stream).await else { continue };
                let before = log.lock().unwrap().len();
                let answer = reply(&request, before);
                log.lock().unwrap().push(request);
                connections.spawn(async move { send(&mut stream, answer).await });
            }
        });
        Self { address, seen, task: task.abort_handle() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

async fn send(stream: &mut TcpStream, reply: Reply) -> io::Result<()> {
    match reply {
        Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
        Reply::Endless(first, again, pause) => {
            stream.write_all(&first).await?;
            loop {
                sleep(pause).await;
                stream.write_all(&again).await?;
            }
        }
        Reply::Silence => std::future::pending().await,
    }
    stream.shutdown().await?;
    // Closing with something unread resets the connection and takes the answer with it.
    while stream.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}

/// An answer with this status and header, and a body of the right length.
fn page(status: u16, header: &str, body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 {status} Whatever\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    Reply::Bytes([head.as_bytes(), body].concat())
}

fn redirect(location: &str) -> Reply {
    page(302, &format!("Location: {location}\r\n"), b"")
}

/// No pauses, no retries, loopback allowed.
fn settings() -> FetchSettings {
    FetchSettings {
        allow_private: true,
        host_spacing: Duration::ZERO,
        retry_pause: Duration::ZERO,
        retries: 0,
        max_body: 1 << 20,
        robots: false,
        ..FetchSettings::default()
    }
}

fn request(url: &str) -> Request {
    Request { url: url.to_owned(), validators: None, language: None, ignore_robots: false, render: false }
}

async fn fetch(settings: &FetchSettings, url: &str) -> FetchOutcome {
    HttpFetcher::new(settings).unwrap().fetch(&request(url)).await
}

#[track_caller]
fn answered(outcome: FetchOutcome) -> Capture {
    match outcome {
        FetchOutcome::Answered(capture) => *capture,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn failed(outcome: FetchOutcome) -> Failure {
    match outcome {
        FetchOutcome::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_page_is_captured_as_it_came() {
    let server =
        Server::start(|_, _| page(200, "Content-Type: text/html\r\nX-Odd: caf\u{e9}\r\nSet-Cookie: a=b\r\n", b"<p>\xe9\0</p>")).await;
    let fetcher = HttpFetcher::new(&settings()).unwrap();
    let wanted = Request { language: Some("de".to_owned()), ..request(&server.url("/terms?a=1#section")) };
    let capture = answered(fetcher.fetch(&wanted).await);
    assert_eq!(capture.url, wanted.url);
    assert_eq!(capture.redirects, Vec::<String>::new());
    assert_eq!(capture.status, 200);
    assert_eq!(capture.body, b"<p>\xe9\0</p>");
    assert_eq!(capture.header("content-type"), Some("text/html"));
    assert_eq!(capture.header("x-odd"), Some("café"));

    answered(fetcher.fetch(&wanted).await);
    for sent in server.requests() {
        let sent = sent.to_lowercase();
        assert!(sent.starts_with("get /terms?a=1 http/1.1\r\n"), "{sent}");
        assert!(sent.contains(&format!("\r\nuser-agent: fineprint/{} (+https://", env!("CARGO_PKG_VERSION"))), "{sent}");
        assert!(sent.contains("\r\naccept-language: de, en;q=0.50\r\n"), "{sent}");
        assert!(!sent.contains("if-none-match") && !sent.contains("if-modified-since"), "{sent}");
        assert!(!sent.contains("cookie") && !sent.contains("referer"), "{sent}");
        let encodings = sent.lines().find_map(|line| line.strip_prefix("accept-encoding: ")).unwrap();
        assert!(encodings.contains("gzip") && !encodings.contains("br") && !encodings.contains("zstd"), "{encodings}");
    }
}

#[tokio::test]
async fn an_error_status_is_an_answer() {
    for status in [403, 404, 410, 451, 501] {
        let server = Server::start(move |_, _| page(status, "Retry-After: 9999\r\n", b"gone")).await;
        let capture = answered(fetch(&FetchSettings { retries: 3, ..settings() }, &server.url("/")).await);
        assert_eq!((capture.status, capture.body.as_slice()), (status, b"gone".as_slice()));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn validators_are_echoed_as_they_came() {
    let (etag, date) = (r#"W/"a  b,\"c""#, "Thu, 1 Jan 70 0:00:00 +0200 (odd)");
    let server = Server::start(move |sent, _| {
        let known =
            sent.contains(&format!("\r\nif-none-match: {etag}\r\n")) && sent.contains(&format!("\r\nif-modified-since: {date}\r\n"));
        if known {
            "HTTP/1.1 304 Not Modified\r\n\r\n".into()
        } else {
            page(200, &format!("ETag:  {etag}\r\nLast-Modified: {date} \r\n"), b"terms")
        }
    })
    .await;
    let fetcher = HttpFetcher::new(&settings()).unwrap();
    let first = answered(fetcher.fetch(&request(&server.url("/"))).await);
    let again = Request { validators: Some(first.validators()), ..request(&server.url("/")) };
    assert_eq!(fetcher.fetch(&again).await, FetchOutcome::NotModified);
}

#[tokio::test]
async fn not_modified_without_having_asked_is_no_confirmation() {
    let server = Server::start(|_, _| "HTTP/1.1 304 Not Modified\r\n\r\n".into()).await;
    let unconditional = Request { validators: Some(Validators::default()), ..request(&server.url("/")) };
    let capture = answered(HttpFetcher::new(&settings()).unwrap().fetch(&unconditional).await);
    assert_eq!((capture.status, capture.body.len()), (304, 0));
}

#[tokio::test]
async fn every_redirect_is_recorded() {
    let server = Server::start(|sent, _| match sent.split(' ').nth(1).unwrap() {
        "/a" => page(301, "Location: b/c\r\nSet-Cookie: session=1\r\n", b"moved"),
        "/b/c" => redirect("../d?x=1#part"),
        "/d?x=1" => page(308, "Location: /e\r\n", b""),
        _ => page(200, "", b"here"),
    })
    .await;
    let capture = answered(fetch(&settings(), &server.url("/a")).await);
    assert_eq!(capture.url, server.url("/a"));
    assert_eq!(capture.redirects, ["/b/c", "/d?x=1", "/e"].map(|path| server.url(path)));
    assert_eq!(capture.final_url(), server.url("/e"));
    assert_eq!(capture.body, b"here");
    assert!(server.requests().iter().all(|sent| !sent.to_lowercase().contains("cookie")));
}

#[tokio::test]
async fn a_redirect_without_a_target_is_an_answer() {
    let server = Server::start(|_, _| page(302, "", b"somewhere else")).await;
    assert_eq!(answered(fetch(&settings(), &server.url("/")).await).status, 302);
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::start(|_, _| redirect("/")).await;
    let failure = failed(fetch(&FetchSettings { max_redirects: 4, retries: 2, ..settings() }, &server.url("/")).await);
    assert_eq!(failure.reason, "127.0.0.1 redirected more than 4 times");
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_redirect_out_of_the_web_is_not_followed() {
    for (target, scheme) in [("ftp://example.org/", "ftp"), ("file:///etc/passwd", "file"), ("javascript:alert(1)", "javascript")] {
        let server = Server::start(move |_, _| redirect(target)).await;
        let failure = failed(fetch(&FetchSettings { retries: 2, ..settings() }, &server.url("/")).await);
        let expected = format!("after a redirect from 127.0.0.1: {scheme} URLs are not fetched, only http and https");
        assert_eq!(failure.reason, expected);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn private_hosts_are_not_even_connected_to() {
    let server = Server::start(|_, _| page(200, "", b"secret")).await;
    let port = server.address.port();
    let guarded = FetchSettings { allow_private: false, retries: 2, ..settings() };
    let cases = [
        (format!("http://127.0.0.1:{port}/"), "127.0.0.1 is a loopback address, which is not fetched"),
        (format!("http://2130706433:{port}/"), "127.0.0.1 is a loopback address, which is not fetched"),
        (format!("http://[::1]:{port}/"), "[::1] is a loopback address, which is not fetched"),
        (format!("http://localhost:{port}/"), "a loopback address, which is not fetched"),
    ];
    for (url, expected) in cases {
        let failure = failed(fetch(&guarded, &url).await);
        assert!(failure.reason.ends_with(expected), "{url}: {}", failure.reason);
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_name_that_resolves_is_fetched() {
    let server = Server::start(|_, _| page(200, "", b"terms")).await;
    let url = format!("http://localhost:{}/", server.address.port());
    assert_eq!(answered(fetch(&settings(), &url).await).body, b"terms");
}

#[tokio::test]
async fn what_is_no_url_is_reported() {
    let failure = failed(fetch(&settings(), "example.org/terms").await);
    assert_eq!(failure.reason, "\"example.org/terms\" is no URL: relative URL without a base");
}

#[tokio::test]
async fn a_compressed_page_is_captured_in_plain() {
    let server = Server::start(|_, _| page(200, "Content-Encoding: gzip\r\n", &gzip(b"<p>terms</p>"))).await;
    let capture = answered(fetch(&settings(), &server.url("/")).await);
    assert_eq!(capture.body, b"<p>terms</p>");
    assert_eq!(capture.header("content-encoding"), None);
}

#[tokio::test]
async fn a_compression_bomb_is_cut_off() {
    // It never ends: only a limit on what comes out can end it, and memory is bounded by that limit.
    let server = Server::start(|_, _| {
        let (first, again) = gzip_bomb();
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        Reply::Endless([head.as_slice(), &first].concat(), again.repeat(100), Duration::ZERO)
    })
    .await;
    let start = Instant::now();
    let failure = failed(fetch(&FetchSettings { retries: 2, ..settings() }, &server.url("/")).await);
    assert_eq!(failure.reason, "the body of 127.0.0.1's answer is larger than 1 MiB");
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = Server::start(move |_, _| Reply::Endless(head.into(), vec![b' '; 4096], Duration::ZERO)).await;
    let failure = failed(fetch(&settings(), &server.url("/")).await);
    assert_eq!(failure.reason, "the body of 127.0.0.1's answer is larger than 1 MiB");
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit() {
    let server = Server::start(|_, before| page(200, "", &vec![b'x'; (1 << 20) + before])).await;
    assert_eq!(answered(fetch(&settings(), &server.url("/")).await).body.len(), 1 << 20);
    failed(fetch(&settings(), &server.url("/")).await);
}

#[tokio::test]
async fn an_encoding_that_was_not_offered_is_not_taken_for_the_page() {
    for encoding in ["br", "zstd", "gzip, gzip", "compress"] {
        let server = Server::start(move |_, _| page(200, &format!("Content-Encoding: {encoding}\r\n"), b"????")).await;
        let failure = failed(fetch(&settings(), &server.url("/")).await);
        assert_eq!(failure.reason, format!("127.0.0.1 encoded its answer as {encoding}, which was not offered"));
    }
}

#[tokio::test]
async fn damaged_compression_is_reported() {
    let mut damaged = gzip(b"<p>terms</p>");
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 1;
    for body in [damaged, gzip(b"<p>terms</p>")[..15].to_vec(), b"<p>plain</p>".to_vec()] {
        let server = Server::start(move |_, _| page(200, "Content-Encoding: gzip\r\n", &body)).await;
        let failure = failed(fetch(&settings(), &server.url("/")).await);
        assert!(failure.reason.starts_with("the answer of 127.0.0.1 can't be read: "), "{}", failure.reason);
    }
}

#[tokio::test]
async fn a_dripping_server_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = Server::start(move |_, _| Reply::Endless(head.into(), b"x".to_vec(), Duration::from_millis(20))).await;
    let hurried = FetchSettings { total_timeout: Duration::from_millis(300), ..settings() };
    let start = Instant::now();
    let failure = failed(fetch(&hurried, &server.url("/")).await);
    assert_eq!(failure.reason, "127.0.0.1 did not complete its answer within 0.3 s");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_given_up_before_the_time_is_over() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = Server::start(move |_, _| Reply::Endless(head.into(), b"x".to_vec(), Duration::from_millis(20))).await;
    let patient = FetchSettings { read_timeout: Duration::from_millis(200), ..settings() };
    let failure = failed(fetch(&patient, &server.url("/")).await);
    assert_eq!(failure.reason, "the body of 127.0.0.1's answer comes at less than a kilobyte a second");
}

#[tokio::test]
async fn a_proxy_is_asked_for_every_page_and_named_in_what_is_stored() {
    let forged = "X-Fineprint-Vantage: elsewhere\r\n";
    let proxy = Server::start(move |_, _| page(200, forged, b"<p>seen from there</p>")).await;
    let through = FetchSettings { proxy: Some(proxy.url("/")), ..settings() };
    let capture = answered(fetch(&through, "http://songs.example/terms").await);
    assert_eq!(capture.body, b"<p>seen from there</p>");
    let marks: Vec<_> = capture.headers.iter().filter(|header| header.name == "x-fineprint-vantage").collect();
    assert_eq!(marks.len(), 1);
    assert!(proxy.url("/").contains(&marks[0].value), "{marks:?}");
    assert!(proxy.requests()[0].starts_with("GET http://songs.example/terms "), "{:?}", proxy.requests());
    let direct = Server::start(move |_, _| page(200, forged, b"<p>here</p>")).await;
    let capture = answered(fetch(&settings(), &direct.url("/")).await);
    assert_eq!(capture.header("x-fineprint-vantage"), None, "no server makes our marks");
}

#[tokio::test]
async fn a_proxy_is_no_way_round_the_guard() {
    let proxy = Server::start(|_, _| page(200, "", b"secret")).await;
    let through = FetchSettings { proxy: Some(proxy.url("/")), allow_private: false, ..settings() };
    for inside in ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://localhost/"] {
        failed(fetch(&through, inside).await);
    }
    assert!(proxy.requests().is_empty());
}

#[tokio::test]
async fn a_dripping_header_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\n";
    let server = Server::start(move |_, _| Reply::Endless(head.into(), b"a: b\r\n".to_vec(), Duration::from_millis(20))).await;
    let hurried = FetchSettings { total_timeout: Duration::from_millis(300), ..settings() };
    let failure = failed(fetch(&hurried, &server.url("/")).await);
    assert_eq!(failure.reason, "127.0.0.1 did not answer within 0.3 s");
}

#[tokio::test]
async fn the_limit_on_time_holds_for_all_redirects_together() {
    let first = "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n";
    let server = Server::start(move |_, _| Reply::Endless(first.into(), b"\r\n".to_vec(), Duration::from_millis(150))).await;
    let hurried = FetchSettings { total_timeout: Duration::from_millis(400), max_redirects: 1000, ..settings() };
    let failure = failed(fetch(&hurried, &server.url("/")).await);
    assert!(failure.reason.ends_with("127.0.0.1 did not answer within 0.4 s"), "{}", failure.reason);
    assert!(server.requests().len() <= 4);
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let server = Server::start(|_, _| Reply::Silence).await;
    let hurried = FetchSettings { read_timeout: Duration::from_millis(200), ..settings() };
    let failure = failed(fetch(&hurried, &server.url("/")).await);
    assert_eq!(failure.reason, "127.0.0.1 sent nothing for 0.2 s");
}

#[tokio::test]
async fn a_connection_closed_too_early_is_reported_and_tried_again() {
    let truncated = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<p>half";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>ha";
    for broken in [truncated, chunked, "HTTP/1.1 200 O", "", "SSH-2.0-OpenSSH_9.2\r\n"] {
        let server = Server::start(move |_, before| if before == 0 { broken.into() } else { page(200, "", b"whole") }).await;
        let failure = failed(fetch(&settings(), &server.url("/")).await);
        assert!(failure.reason.starts_with("the answer of 127.0.0.1 can't be read: "), "{}", failure.reason);
        assert!(!failure.reason.contains(['{', '(']), "{}", failure.reason);

        let server = Server::start(move |_, before| if before == 0 { broken.into() } else { page(200, "", b"whole") }).await;
        let retried = fetch(&FetchSettings { retries: 1, ..settings() }, &server.url("/")).await;
        assert_eq!(answered(retried).body, b"whole");
    }
}

#[tokio::test]
async fn a_temporary_status_is_tried_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let server =
            Server::start(move |_, before| if before < 2 { page(status, "Retry-After: 0\r\n", b"busy") } else { page(200, "", b"terms") })
                .await;
        let capture = answered(fetch(&FetchSettings { retries: 2, ..settings() }, &server.url("/")).await);
        assert_eq!((capture.status, capture.body.as_slice()), (200, b"terms".as_slice()));
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn a_short_retry_after_is_waited_for() {
    let server = Server::start(|_, before| if before == 0 { page(503, "Retry-After: 1\r\n", b"") } else { page(200, "", b"") }).await;
    let start = Instant::now();
    answered(fetch(&FetchSettings { retries: 1, ..settings() }, &server.url("/")).await);
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_status_that_stays_temporary_is_an_answer() {
    let server = Server::start(|_, _| page(503, "", b"maintenance")).await;
    let capture = answered(fetch(&FetchSettings { retries: 2, ..settings() }, &server.url("/")).await);
    assert_eq!((capture.status, capture.body.as_slice()), (503, b"maintenance".as_slice()));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_long_retry_after_is_reported_and_kept() {
    let server = Server::start(|_, _| page(429, "Retry-After: 3600\r\n", b"")).await;
    let fetcher = HttpFetcher::new(&FetchSettings { retries: 2, ..settings() }).unwrap();
    let failure = failed(fetcher.fetch(&request(&server.url("/"))).await);
    assert_eq!(failure.reason, "127.0.0.1 answered with status 429 and asked to be left alone for 3600 s");
    assert_eq!(failure.retry_after, Some(3600));

    let other_page = failed(fetcher.fetch(&request(&server.url("/other"))).await);
    assert!(other_page.reason.starts_with("127.0.0.1 asked to be left alone, for another "), "{}", other_page.reason);
    assert!(other_page.retry_after.is_some_and(|seconds| (3590..=3600).contains(&seconds)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refused_connection_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let failure = failed(fetch(&FetchSettings { retries: 1, ..settings() }, &format!("http://127.0.0.1:{port}/")).await);
    assert_eq!(failure, Failure { reason: "127.0.0.1 refused the connection".to_owned(), retry_after: None });
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_named() {
    let failure = failed(fetch(&settings(), "http://terms.invalid/").await);
    assert!(failure.reason.starts_with("the name terms.invalid can't be resolved: "), "{}", failure.reason);
}

#[tokio::test]
async fn a_server_without_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let failure = failed(fetch(&settings(), &url).await);
    assert!(failure.reason.starts_with("no encrypted connection to 127.0.0.1: "), "{}", failure.reason);
}

#[tokio::test]
async fn a_huge_header_is_refused() {
    let long = format!("X-Long: {}\r\n", "x".repeat(70_000));
    let server = Server::start(move |_, _| page(200, &long, b"")).await;
    let failure = failed(fetch(&settings(), &server.url("/")).await);
    assert_eq!(failure.reason, "the header of 127.0.0.1's answer is larger than 64 KiB");

    let head = "HTTP/1.1 200 OK\r\nX-Endless: ";
    let server = Server::start(move |_, _| Reply::Endless(head.into(), vec![b'x'; 4096], Duration::ZERO)).await;
    let failure = failed(fetch(&settings(), &server.url("/")).await);
    assert!(failure.reason.starts_with("the answer of 127.0.0.1 can't be read: "), "{}", failure.reason);

    for (count, outcome) in [(150, true), (250, false)] {
        let many = "X-Many: 1\r\n".repeat(count);
        let server = Server::start(move |_, _| page(200, &many, b"")).await;
        let fetched = fetch(&settings(), &server.url("/")).await;
        assert_eq!(matches!(fetched, FetchOutcome::Answered(_)), outcome, "{count}: {fetched:?}");
    }
}

#[tokio::test]
async fn two_requests_to_one_host_never_overlap() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = tokio::spawn({
        let (open, most) = (Arc::clone(&open), Arc::clone(&most));
        async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (open, most) = (Arc::clone(&open), Arc::clone(&most));
                connections.spawn(async move {
                    read_head(&mut stream).await.unwrap();
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Long enough for another request to come in between, if one could.
                    sleep(Duration::from_millis(20)).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                    send(&mut stream, page(200, "", b"")).await
                });
            }
        }
    });
    let fetcher = Arc::new(HttpFetcher::new(&settings()).unwrap());
    let mut running = JoinSet::new();
    for _ in 0..6 {
        let (fetcher, wanted) = (Arc::clone(&fetcher), request(&url));
        running.spawn(async move { answered(fetcher.fetch(&wanted).await) });
    }
    assert_eq!(running.join_all().await.len(), 6);
    assert_eq!(most.load(Ordering::SeqCst), 1);
    server.abort();
}

#[test]
fn settings_that_cannot_be_sent_are_refused_at_once() {
    for broken in [
        FetchSettings { user_agent: "a\r\nb".to_owned(), ..settings() },
        FetchSettings { accept_language: "\u{7f}".to_owned(), ..settings() },
    ] {
        assert!(matches!(HttpFetcher::new(&broken), Err(FetchError::Header { .. })));
    }
}

/// The bytes as a gzip file (RFC 1952) with one stored block.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut file = GZIP_HEAD.to_vec();
    file.push(1);
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(bytes);
    file.extend(crc32(bytes).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

fn crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), shift))
}

/// The beginning of a gzip file, and 13 bytes that go on for 2064 bytes of zeros as often as they are repeated.
fn gzip_bomb() -> (Vec<u8>, Vec<u8>) {
    // RFC 1951: a block with fixed codes (3 bits, least significant first), the literal zero (8), and from then on "258 bytes
    // as one byte before" (8 for the length, 5 for the distance).
    let again = "1100010100000";
    let bits = format!("010{}{}", "00110000", again.repeat(16));
    let bytes: Vec<u8> =
        bits.as_bytes().chunks_exact(8).map(|octet| octet.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0'))).collect();
    ([&GZIP_HEAD, &bytes[..4]].concat(), bytes[4..17].to_vec())
}

/// A server with this robots.txt, and pages everywhere else.
async fn with_robots(status: u16, robots: &'static str) -> Server {
    Server::start(move |sent, _| {
        if sent.to_lowercase().starts_with("get /robots.txt ") { page(status, "", robots.as_bytes()) } else { page(200, "", b"terms") }
    })
    .await
}

fn heeding() -> FetchSettings {
    FetchSettings { robots: true, ..settings() }
}

#[tokio::test]
async fn robots_txt_is_asked_once_and_heeded() {
    let server = with_robots(200, "User-agent: *\nDisallow: /\n\nUser-agent: fineprint\nDisallow: /private/\n").await;
    let fetcher = HttpFetcher::new(&heeding()).unwrap();
    for _ in 0..2 {
        answered(fetcher.fetch(&request(&server.url("/terms"))).await);
    }
    let refused = failed(fetcher.fetch(&request(&server.url("/private/terms"))).await);
    assert!(refused.reason.contains("robots.txt") && refused.reason.contains("robots = \"ignore\""), "{}", refused.reason);
    let asked: Vec<String> = server.requests().iter().map(|sent| sent.split(' ').nth(1).unwrap_or_default().to_owned()).collect();
    assert_eq!(asked, ["/robots.txt", "/terms", "/terms"]);
    let overruled = Request { ignore_robots: true, ..request(&server.url("/private/terms")) };
    answered(fetcher.fetch(&overruled).await);
}

#[tokio::test]
async fn a_site_without_rules_forbids_nothing_and_one_that_fails_everything() {
    for status in [404, 403, 410] {
        answered(fetch(&heeding(), &with_robots(status, "User-agent: *\nDisallow: /").await.url("/terms")).await);
    }
    for status in [500, 503, 429] {
        let failure = failed(fetch(&heeding(), &with_robots(status, "").await.url("/terms")).await);
        assert!(failure.reason.contains(&format!("answered with status {status}")), "{}", failure.reason);
    }
}

#[tokio::test]
async fn where_a_redirect_leads_is_asked_too() {
    let forbidden = with_robots(200, "User-agent: *\nDisallow: /terms").await;
    let target = forbidden.url("/terms");
    let server = Server::start(move |sent, _| {
        if sent.to_lowercase().starts_with("get /robots.txt ") {
            page(404, "", b"")
        } else {
            page(302, &format!("Location: {target}\r\n"), b"")
        }
    })
    .await;
    let failure = failed(fetch(&heeding(), &server.url("/")).await);
    assert!(failure.reason.contains("robots.txt"), "{}", failure.reason);
    assert!(forbidden.requests().iter().all(|sent| sent.to_lowercase().starts_with("get /robots.txt ")));
}
