//! What a whole pass costs: the built program checks pages that this bench serves on loopback. First pass, unchanged pass (whole bodies,
//! then 304), the next state of every page, its second sighting; CPU seconds, wall, peak memory and bytes on disk, each pass a process of its
//! own. Then how long the daemon takes to be ready, and what it holds at rest.
//!
//! Where `FINEPRINT_PAGES` names a folder of sequences of real pages, 100 of them are served, else made-up ones of the same size.
//! `cargo bench --bench system`

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a bench fails where its setting fails, and prints rounded figures"
)]

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

#[path = "../tests/support/site.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod site;
#[path = "../tests/support/terms.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod terms;

/// How many pages are served.
const PAGES: usize = 100;

/// What is served: the body of each page, and whether validators are heeded.
#[derive(Default)]
struct Served {
    bodies: Vec<Vec<u8>>,
    validates: bool,
}

/// The cost of one run of the program.
struct Cost {
    cpu: f64,
    wall: f64,
    /// KiB.
    peak: u64,
}

fn main() {
    let (first, next) = pages();
    let differ = first.iter().zip(&next).filter(|(one, other)| one != other).count();
    let mean = first.iter().map(Vec::len).sum::<usize>() / first.len();
    println!("{} pages of {} KB on average; {differ} differ in the next state", first.len(), mean / 1000);
    let served = Arc::new(RwLock::new(Served { bodies: first, validates: false }));
    let requests = Arc::new(AtomicUsize::new(0));
    let port = serve(served.clone(), requests.clone());
    let house = House::new(port, PAGES);

    let pass = |name: &str| {
        let before = requests.load(Ordering::Relaxed);
        let cost = house.run(&["check"]);
        let disk = bytes(&house.folder.path().join("state"));
        println!(
            "{name:<42} CPU {:>6.2} s  wall {:>6.2} s  peak {:>6.1} MB  disk {:>5.1} MB  {} requests",
            cost.cpu,
            cost.wall,
            cost.peak as f64 / 1024.0,
            disk as f64 / 1e6,
            requests.load(Ordering::Relaxed) - before
        );
    };
    pass("first pass");
    pass("unchanged, whole bodies, no validators");
    served.write().expect("a lock").validates = true;
    pass("unchanged, validators come for the first time");
    pass("unchanged, 304");
    {
        let mut served = served.write().expect("a lock");
        (served.bodies, served.validates) = (next, false);
    }
    pass("next state of every page");
    std::thread::sleep(Duration::from_millis(1_100));
    pass("its second sighting");
    house.rest();
}

/// A hundred pages, and the state of each that came next.
fn pages() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    if let Some(folder) = std::env::var_os("FINEPRINT_PAGES").map(PathBuf::from) {
        let mut sequences: Vec<_> =
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path().join("pages")).collect();
        sequences.sort();
        let page = |sequence: &Path, number: usize| std::fs::read(sequence.join(format!("{number:03}.html"))).ok();
        let mut pairs = Vec::new();
        for number in (0..).step_by(3).take(50) {
            for sequence in &sequences {
                if let (Some(one), Some(other)) = (page(sequence, number), page(sequence, number + 1))
                    && one.len() > 100_000
                    && other.len() > 100_000
                {
                    pairs.push((one, other));
                }
            }
        }
        pairs.truncate(PAGES);
        if pairs.len() == PAGES {
            return pairs.into_iter().unzip();
        }
        println!("there are only {} pages of more than 100 KB in FINEPRINT_PAGES: made-up ones are taken", pairs.len());
    }
    let made_up = |seed: usize, more: &str| {
        let page = site::page(&terms::Draft::of_bytes(terms::SHAPES[seed % terms::SHAPES.len()], seed as u64, 250_000), site::Around::Site);
        page.replacen("</main>", &format!("<p>{more}</p></main>"), 1).into_bytes()
    };
    let first = (0..PAGES).map(|seed| made_up(seed, "")).collect();
    let next = (0..PAGES).map(|seed| made_up(seed, &format!("We may use what you upload to train model number {seed}."))).collect();
    (first, next)
}

/// Serves the pages, each on a host of its own, all on one port.
fn serve(served: Arc<RwLock<Served>>, requests: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (served, requests) = (served.clone(), requests.clone());
            std::thread::spawn(move || answer(stream, &served, &requests));
        }
    });
    port
}

fn answer(stream: TcpStream, served: &RwLock<Served>, requests: &AtomicUsize) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream);
    loop {
        let (mut path, mut asked) = (String::new(), None);
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(rest) = line.strip_prefix("GET ") {
                rest.split(' ').next()?.clone_into(&mut path);
            } else if let Some(etag) = line.to_ascii_lowercase().strip_prefix("if-none-match: ") {
                asked = Some(etag.to_owned());
            }
        }
        requests.fetch_add(1, Ordering::Relaxed);
        let served = served.read().ok()?;
        let number: Option<usize> = path.trim_start_matches("/p").parse().ok();
        match number.and_then(|number| served.bodies.get(number)) {
            None => out.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").ok()?,
            Some(_) if served.validates && asked.is_some() => out.write_all(b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n").ok()?,
            Some(body) => {
                let etag = if served.validates { "ETag: \"a\"\r\n" } else { "" };
                write!(out, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{etag}Content-Length: {}\r\n\r\n", body.len()).ok()?;
                out.write_all(body).ok()?;
            }
        }
    }
}

/// A folder in which the program lives.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(port: u16, pages: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "[fetch]\nallow_private = true\nhost_spacing = \"0s\"\nretries = 0\nbrowser = \"off\"\nrobots = false\nsignals = false\n[web]\nlisten = \"off\"\n";
        std::fs::write(folder.path().join("fineprint.toml"), settings).expect("a file");
        let mut list = "[defaults]\nschedule = \"every 1d\"\nconfirm_after = \"1s\"\n".to_owned();
        for page in 0..pages {
            let host = format!("127.0.{}.{}", 1 + page / 200, 1 + page % 200);
            let _ = write!(list, "[[watch]]\nplatform = \"P{page}\"\ndocument = \"Terms\"\nurl = \"http://{host}:{port}/p{page}\"\n");
        }
        std::fs::write(folder.path().join("watchlist.toml"), list).expect("a file");
        Self { folder }
    }

    fn program(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fineprint"));
        command.env_clear().env("FINEPRINT_STATE", "state").current_dir(self.folder.path()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program")
    }

    /// Runs a command to its end.
    fn run(&self, arguments: &[&str]) -> Cost {
        let (cpu_before, began) = (cpu_of_children(), Instant::now());
        let mut child = self.program(arguments);
        let mut peak = 0;
        while child.try_wait().expect("a child").is_none() {
            peak = peak.max(memory(child.id(), "VmHWM:"));
            std::thread::sleep(Duration::from_millis(2));
        }
        Cost { cpu: cpu_of_children() - cpu_before, wall: began.elapsed().as_secs_f64(), peak }
    }

    /// Starts the daemon over the store as it is now, and says how long it took and what it holds.
    fn rest(&self) {
        let began = Instant::now();
        let mut child = self.program(&["run"]);
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut line = String::new();
        while !line.contains("fineprint is watching") {
            line.clear();
            assert!(log.read_line(&mut line).expect("a log") > 0, "the daemon ended");
        }
        let ready = began.elapsed();
        std::thread::sleep(Duration::from_secs(5));
        let rests = memory(child.id(), "VmRSS:");
        println!("daemon: ready after {} ms, {:.1} MB at rest after 5 s", ready.as_millis(), rests as f64 / 1024.0);
        child.kill().expect("a child");
        child.wait().expect("a dead child");
        let mut rest = String::new();
        log.read_to_string(&mut rest).ok();
    }
}

fn cpu_of_children() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// A line of `/proc/PID/status`, in KiB.
fn memory(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line));
    value.and_then(|value| value.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().map_or(0, |file| file.len()) }).sum()
}
