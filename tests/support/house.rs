//! A folder in which the real program lives: its files, its state, its daemon, its commands.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a condition is waited for; generous, since machines that run tests are busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Settings under which a page and a mail server on loopback can be used, and nothing is waited for.
pub(crate) const LOOPBACK: &str = "[fetch]\nallow_private = true\nhost_spacing = \"0s\"\nretries = 0\nbrowser = \"off\"\nsignals = false\n";

/// Waits until `look` finds something, and fails with `what` where it doesn't in time.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        sleep(LOOK_EVERY);
    }
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Fails unless the command ended with this exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// What was printed, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// What was said on stderr as one line: the frame that people see broken into lines is taken off.
    pub(crate) fn complaint(&self) -> String {
        self.err.split(|c: char| c.is_whitespace() || matches!(c, '×' | '│' | '╰' | '─' | '▶')).collect::<Vec<_>>().join(" ")
    }
}

/// A folder with a watchlist, settings and a state folder; the files are called as the program expects them to be.
#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn with(settings: &str, watchlist: &str) -> Self {
        let house = Self::new();
        house.write("fineprint.toml", settings);
        house.write("watchlist.toml", watchlist);
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    /// The program, in this folder and without anything of the environment that the tests run in.
    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fineprint"));
        command.env_clear().env("HOME", self.folder.path()).env("FINEPRINT_STATE", "state").current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let mut command = assert_cmd::Command::from_std(self.program());
        let output = command.args(arguments).timeout(PATIENCE).output().expect("the program");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts the daemon and waits until it watches.
    pub(crate) fn start(&self) -> Daemon {
        self.start_at("")
    }

    /// The same with its clock moved by so much, such as `+3h`; by nothing where that is empty.
    pub(crate) fn start_at(&self, offset: &str) -> Daemon {
        let log = self.path("daemon.log");
        let file = std::fs::File::create(&log).expect("a log");
        let mut program = self.program();
        if !offset.is_empty() {
            program
                .env("LD_PRELOAD", "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
                .env("FAKETIME", offset)
                .env("DONT_FAKE_MONOTONIC", "1");
        }
        let child = program.arg("run").stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn().expect("the program");
        let daemon = Daemon { child, log };
        daemon.says("fineprint is watching");
        daemon
    }
}

/// The running program; it is killed where a test leaves it running.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// The log since it was started.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    /// Waits until the log holds these words.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        self.says_often(words, 1);
    }

    /// Waits until the log holds these words so many times.
    #[track_caller]
    pub(crate) fn says_often(&self, words: &str, times: usize) {
        eventually(&format!("the log says {words:?} {times} times"), || (self.log().matches(words).count() >= times).then_some(()));
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &script]).status().expect("a shell");
        assert!(sent.success(), "{script}");
    }

    /// Stops it as systemd would, and waits for its end.
    #[track_caller]
    pub(crate) fn stop(self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Waits until it ends.
    #[track_caller]
    pub(crate) fn ended(mut self) -> ExitStatus {
        eventually("the daemon ends", || self.child.try_wait().expect("a child"))
    }

    /// Ends it as the kernel would: without a chance to do anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a child to kill");
        self.child.wait().expect("a dead child");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
