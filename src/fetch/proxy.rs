//! The browser's only way out: a proxy on loopback that asks the guard about every connection, and makes it to the very addresses that were
//! checked. The browser resolves no names itself. Where pages are asked for through the operator's proxy, so is all that a page loads; names
//! are then checked here, and resolved there, as they are without a browser.

use super::guard::Guard;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 64 << 10;
/// How long a connection may take to be made, its request to come, or its server to say anything: a page whose counter never answers
/// would not come to rest otherwise.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many bytes may come in for one page, everything that it loads included.
const LOADED: u64 = 64 << 20;
/// How many connections one page may make.
const CONNECTIONS: usize = 400;

/// Why a connection that takes too long is given up.
const SILENT: &str = "it does not answer";

/// A proxy for one page; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Opens one for a guard, with the operator's proxy behind it where there is one.
    pub(super) async fn open(guard: Guard, upstream: Option<Url>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            let left = Arc::new(AtomicU64::new(LOADED));
            let way = Arc::new(Way { guard, upstream });
            let mut connections = JoinSet::new();
            for _ in 0..CONNECTIONS {
                let Ok((stream, _)) = listener.accept().await else { break };
                connections.spawn(serve(stream, way.clone(), left.clone()));
            }
            while connections.join_next().await.is_some() {}
        });
        Ok(Self { address, task })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut browser: TcpStream, way: Arc<Way>, left: Arc<AtomicU64>) {
    let Ok(Ok(head)) = timeout(PATIENCE, read_head(&mut browser)).await else { return };
    let answer = match Wanted::of(&head) {
        Some(wanted) => match way.connect(&wanted).await {
            Ok(opened) => return pass_on(browser, opened, &left).await,
            Err(reason) => {
                tracing::debug!(host = wanted.url.host_str(), "the browser was refused a connection: {reason}");
                &b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"[..]
            }
        },
        None => &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"[..],
    };
    // The browser may be gone.
    let _ = browser.write_all(answer).await;
}

/// Where a request goes, and what is sent there first.
struct Wanted {
    url: Url,
    /// Method and header of a request that is passed on; `None` for a tunnel.
    request: Option<(String, String)>,
    /// What came behind the head already.
    rest: Vec<u8>,
}

impl Wanted {
    fn of(bytes: &[u8]) -> Option<Self> {
        let end = find(bytes, b"\r\n\r\n")? + 4;
        let (head, rest) = (std::str::from_utf8(&bytes[..end]).ok()?, bytes[end..].to_vec());
        let (line, headers) = head.split_once("\r\n")?;
        let mut words = line.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        if method == "CONNECT" {
            return Some(Self { url: Url::parse(&format!("https://{target}/")).ok()?, request: None, rest });
        }
        let url = Url::parse(target).ok().filter(|url| url.scheme() == "http")?;
        let kept = headers.split("\r\n").filter(|line| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            !line.is_empty() && !matches!(name.as_str(), "proxy-connection" | "connection" | "proxy-authorization")
        });
        let headers = kept.flat_map(|line| [line, "\r\n"]).collect();
        Some(Self { url, request: Some((method.to_owned(), headers)), rest })
    }

    /// What is sent first, to the site itself or to a proxy; nothing in a tunnel.
    fn head(&self, to_proxy: bool) -> Vec<u8> {
        let Some((method, headers)) = &self.request else { return Vec::new() };
        let target =
            if to_proxy { &self.url[..url::Position::AfterQuery] } else { &self.url[url::Position::BeforePath..url::Position::AfterQuery] };
        format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n").into_bytes()
    }
}

/// A connection that was made for a request.
struct Opened {
    site: TcpStream,
    /// What is sent to the site first.
    to_site: Vec<u8>,
    /// What is sent to the browser first.
    to_browser: Vec<u8>,
}

/// How sites are reached.
struct Way {
    guard: Guard,
    upstream: Option<Url>,
}

impl Way {
    async fn connect(&self, wanted: &Wanted) -> Result<Opened, String> {
        self.guard.check_url(&wanted.url).map_err(|refused| refused.to_string())?;
        let is_tunnel = wanted.request.is_none();
        let (site, early) = match &self.upstream {
            None => (reach(&wanted.url, self.guard).await?, Vec::new()),
            Some(proxy) => {
                self.guard.check_name(&wanted.url).await.map_err(|refused| refused.to_string())?;
                // The operator's own proxy may stand anywhere.
                let mut site = reach(proxy, Guard { allow_private: true }).await?;
                let early =
                    if is_tunnel { timeout(PATIENCE, tunnel(&mut site, &wanted.url)).await.map_err(|_| SILENT)?? } else { Vec::new() };
                (site, early)
            }
        };
        let greeting = if is_tunnel { &b"HTTP/1.1 200 Connection established\r\n\r\n"[..] } else { b"" };
        let to_site = [wanted.head(self.upstream.is_some()), wanted.rest.clone()].concat();
        Ok(Opened { site, to_site, to_browser: [greeting, &early].concat() })
    }
}

/// Asks a proxy for a tunnel to a site, and gives what came through it already.
async fn tunnel(proxy: &mut TcpStream, to: &Url) -> Result<Vec<u8>, String> {
    let (host, port) = (to.host_str().ok_or("no host")?, to.port_or_known_default().ok_or("no port")?);
    let request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
    proxy.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let answer = read_head(proxy).await.map_err(|error| error.to_string())?;
    let end = find(&answer, b"\r\n\r\n").ok_or("the proxy broke off")? + 4;
    let status = String::from_utf8_lossy(&answer[..end]).split(' ').nth(1).unwrap_or_default().to_owned();
    if status.starts_with('2') { Ok(answer[end..].to_vec()) } else { Err(format!("the proxy answered with status {status}")) }
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while find(&head, b"\r\n\r\n").is_none() && head.len() < LONGEST_HEAD {
        match stream.read(&mut piece).await? {
            0 => break,
            read => head.extend_from_slice(&piece[..read]),
        }
    }
    Ok(head)
}

/// A connection to one of the addresses that the guard lets pass.
async fn reach(url: &Url, guard: Guard) -> Result<TcpStream, String> {
    let host = url.host_str().ok_or("no host")?;
    let port = url.port_or_known_default().ok_or("no port")?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> = lookup_host((bare, port)).await.map_err(|error| error.to_string())?.collect();
    guard.check_addresses(host, &addresses).map_err(|refused| refused.to_string())?;
    let connecting = TcpStream::connect(addresses.as_slice());
    timeout(PATIENCE, connecting).await.map_err(|_| SILENT)?.map_err(|error| error.to_string())
}

async fn pass_on(mut browser: TcpStream, opened: Opened, left: &AtomicU64) {
    let Opened { mut site, to_site, to_browser } = opened;
    if browser.write_all(&to_browser).await.is_err() || site.write_all(&to_site).await.is_err() {
        return;
    }
    let (mut from_browser, mut to_browser) = browser.split();
    let (mut from_site, mut to_site) = site.split();
    let up = tokio::io::copy(&mut from_browser, &mut to_site);
    tokio::select! {
        // One side is done: a tunnel that is half closed is of no use to a page.
        _ = up => {}
        () = copy_counted(&mut from_site, &mut to_browser, left) => {}
    }
}

/// Copies until the end, or until the page has loaded enough.
async fn copy_counted(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin), left: &AtomicU64) {
    let mut piece = vec![0; 16 << 10];
    while let Ok(Ok(read @ 1..)) = timeout(PATIENCE, from.read(&mut piece)).await {
        let enough = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(read as u64)).is_err();
        if enough || to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(guard: Guard, request: &str) -> String {
        asked_through(None, guard, request).await
    }

    async fn asked_through(upstream: Option<Url>, guard: Guard, request: &str) -> String {
        let proxy = Proxy::open(guard, upstream).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn nothing_that_the_guard_forbids_is_reached() {
        let guard = Guard { allow_private: false };
        for request in [
            "CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n",
            "CONNECT localhost:443 HTTP/1.1\r\n\r\n",
            "CONNECT [::1]:443 HTTP/1.1\r\n\r\n",
            "CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n",
            "GET http://127.0.0.1/ HTTP/1.1\r\n\r\n",
            "GET http://[::ffff:10.0.0.1]/ HTTP/1.1\r\n\r\n",
            "GET http://0x7f.1/ HTTP/1.1\r\n\r\n",
        ] {
            assert!(asked(guard, request).await.starts_with("HTTP/1.1 403"), "{request}");
        }
        for request in ["GET /etc/passwd HTTP/1.1\r\n\r\n", "GET file:///etc/passwd HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n"] {
            assert!(asked(guard, request).await.starts_with("HTTP/1.1 400"), "{request}");
        }
    }

    #[tokio::test]
    async fn a_request_is_passed_on_as_a_server_wants_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let head = read_head(&mut stream).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
            String::from_utf8(head).unwrap()
        });
        let request = format!("GET http://127.0.0.1:{port}/terms?a=1 HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n");
        let answer = asked(Guard { allow_private: true }, &request).await;
        assert!(answer.ends_with("ok"), "{answer}");
        assert_eq!(server.await.unwrap(), "GET /terms?a=1 HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n");
    }

    /// An operator's proxy that gives this answer to one request, and the request.
    async fn operators(answer: &'static str) -> (Url, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let proxy = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let head = read_head(&mut stream).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(head).unwrap()
        });
        (url, proxy)
    }

    #[tokio::test]
    async fn everything_goes_through_the_operators_proxy_where_there_is_one() {
        let guard = Guard { allow_private: false };
        let (url, proxy) = operators("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        let answer = asked_through(Some(url), guard, "GET http://songs.example/terms?a=1 HTTP/1.1\r\nHost: songs.example\r\n\r\n").await;
        assert!(answer.ends_with("ok"), "{answer}");
        let expected = "GET http://songs.example/terms?a=1 HTTP/1.1\r\nConnection: close\r\nHost: songs.example\r\n\r\n";
        assert_eq!(proxy.await.unwrap(), expected);

        let (url, proxy) = operators("HTTP/1.1 200 Connection established\r\n\r\nfirst words").await;
        let answer = asked_through(Some(url), guard, "CONNECT songs.example:443 HTTP/1.1\r\nHost: songs.example:443\r\n\r\n").await;
        assert_eq!(answer, "HTTP/1.1 200 Connection established\r\n\r\nfirst words");
        assert_eq!(proxy.await.unwrap(), "CONNECT songs.example:443 HTTP/1.1\r\nHost: songs.example:443\r\n\r\n");

        let (url, _) = operators("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
        let answer = asked_through(Some(url), guard, "CONNECT songs.example:443 HTTP/1.1\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }

    #[tokio::test]
    async fn the_operators_proxy_is_no_way_round_the_guard() {
        let (url, proxy) = operators("HTTP/1.1 200 OK\r\n\r\nsecret").await;
        for request in [
            "CONNECT 10.0.0.1:443 HTTP/1.1\r\n\r\n",
            "CONNECT localhost:443 HTTP/1.1\r\n\r\n",
            "GET http://169.254.169.254/ HTTP/1.1\r\n\r\n",
        ] {
            let answer = asked_through(Some(url.clone()), Guard { allow_private: false }, request).await;
            assert!(answer.starts_with("HTTP/1.1 403"), "{request}");
        }
        assert!(!proxy.is_finished());
    }
}
