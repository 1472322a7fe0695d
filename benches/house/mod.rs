//! The built program in a folder of its own, pages on loopback for it, and what it costs.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::time::TimeValLike as _;
use nix::unistd::Pid;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

/// What is served: the body of each page, and whether validators are heeded.
#[derive(Default)]
pub(crate) struct Served {
    pub(crate) bodies: Vec<Vec<u8>>,
    pub(crate) validates: bool,
}

/// The cost of one run of the program.
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    /// KiB.
    pub(crate) peak: u64,
}

/// Serves the pages, each on a host of its own, all on one port.
pub(crate) fn serve(served: Arc<RwLock<Served>>, requests: Arc<AtomicUsize>) -> u16 {
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
pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
}

impl House {
    pub(crate) fn new(port: u16, pages: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "[fetch]\nallow_private = true\nhost_spacing = \"0s\"\nretries = 0\nbrowser = \"off\"\nrobots = false\nsignals = false\n[web]\nlisten = \"off\"\n";
        std::fs::write(folder.path().join("fineprint.toml"), settings).expect("a file");
        let mut list = "[defaults]\nschedule = \"every 1d\"\nconfirm_after = \"1s\"\n".to_owned();
        for page in 0..pages {
            let host = format!("127.{}.{}.{}", page / 40_000, 1 + page / 200 % 200, 1 + page % 200);
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
    pub(crate) fn run(&self, arguments: &[&str]) -> Cost {
        let (cpu_before, began) = (cpu_of_children(), Instant::now());
        let mut child = self.program(arguments);
        let mut peak = 0;
        while child.try_wait().expect("a child").is_none() {
            peak = peak.max(memory(child.id(), "VmHWM:"));
            std::thread::sleep(Duration::from_millis(2));
        }
        Cost { cpu: cpu_of_children() - cpu_before, wall: began.elapsed().as_secs_f64(), peak }
    }

    /// Starts the daemon over the store as it is now, and waits until it is ready.
    pub(crate) fn start(&self) -> Daemon {
        let (cpu_before, began) = (cpu_of_children(), Instant::now());
        let mut child = self.program(&["run"]);
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut line = String::new();
        while !line.contains("fineprint is watching") {
            line.clear();
            assert!(log.read_line(&mut line).expect("a log") > 0, "the daemon ended");
        }
        Daemon { ready: began.elapsed(), cpu_before, child, _log: log }
    }
}

/// A daemon that is ready.
pub(crate) struct Daemon {
    /// How long it took.
    pub(crate) ready: Duration,
    cpu_before: f64,
    child: Child,
    /// Whoever closes it makes the daemon fail at its next line.
    _log: BufReader<ChildStderr>,
}

impl Daemon {
    /// The memory that it holds, or held at most, in MB.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let megabytes = |line| memory(self.child.id(), line) as f64 / 1024.0;
        (megabytes("VmRSS:"), megabytes("VmHWM:"))
    }

    /// Stops it as systemd would: the CPU seconds that it took in all.
    pub(crate) fn stop(self) -> f64 {
        self.end(Signal::SIGTERM)
    }

    /// Lets it die without a word.
    pub(crate) fn kill(self) -> f64 {
        self.end(Signal::SIGKILL)
    }

    fn end(mut self, signal: Signal) -> f64 {
        let process = i32::try_from(self.child.id()).expect("a process");
        kill(Pid::from_raw(process), signal).expect("a living daemon");
        self.child.wait().expect("a dead child");
        cpu_of_children() - self.cpu_before
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

pub(crate) fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().map_or(0, |file| file.len()) }).sum()
}
