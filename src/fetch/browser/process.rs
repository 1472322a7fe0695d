//! The browser as a process: how it is started, how much it may take, and that all of it ends.

use super::devtools::Connection;
use super::footprint::Footprint;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The pipes of the protocol are its descriptors 3 and 4, which a shell puts there: what it was given to read and to write as usual. The
/// shell is then gone, since the browser takes its place.
const HAND_OVER: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;
/// How long its end is waited for, once it was killed.
const DYING: Duration = Duration::from_secs(5);

/// What a browser is started with.
#[derive(Debug)]
pub(super) struct Start<'fetch> {
    /// The browser's program.
    pub(super) program: &'fetch Path,
    /// A folder that is its alone.
    pub(super) profile: &'fetch Path,
    /// The proxy that is its only way out.
    pub(super) proxy: std::net::SocketAddr,
    /// As which it presents itself.
    pub(super) agent: &'fetch str,
    /// The languages it asks for.
    pub(super) language: &'fetch str,
    /// Whether it is started in its own sandbox.
    pub(super) sandbox: bool,
    /// The longest message that it may send.
    pub(super) longest: usize,
}

impl Start<'_> {
    /// Starts it, and gives what it is spoken with.
    pub(super) fn start(&self) -> io::Result<(Running, Connection)> {
        // The shell's word that there is no such program would come late, and from the wrong one.
        std::fs::metadata(self.program)?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", HAND_OVER])
            .arg(self.program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-startup-window", "--disable-gpu", "--no-first-run"])
            .args(["--no-default-browser-check", "--disable-extensions", "--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage"])
            .args(["--disable-quic", "--mute-audio", "--hide-scrollbars", "--window-size=1280,2000", "--deny-permission-prompts"])
            .args(["--blink-settings=imagesEnabled=false", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"])
            // One page needs one renderer: none is held ready, and scripts get a heap of half of what a whole browser may take.
            .args(["--disable-features=SpareRendererForSitePerProcess", "--js-flags=--max-old-space-size=384"])
            // Loopback goes through the proxy too, and nothing is resolved past it.
            .args(["--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"])
            .arg(format!("--proxy-server=http://{}", self.proxy))
            .arg(format!("--user-data-dir={}", self.profile.display()))
            .arg(format!("--user-agent={}", self.agent))
            .arg(format!("--accept-lang={}", self.language));
        if !self.sandbox {
            command.arg("--no-sandbox");
        }
        command.env_clear().env("HOME", self.profile).env("TMPDIR", self.profile);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).kill_on_drop(true);
        let mut child = command.spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        Ok((Running { child }, Connection::new(from, to, self.longest)))
    }
}

/// A browser that runs; it ends with all of its processes when this is dropped. Where not even that happens, as when the daemon is killed,
/// it ends because its pipes do.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
}

impl Running {
    /// What its processes take now; `None` where that can't be seen.
    pub(super) fn footprint(&self) -> Option<Footprint> {
        Footprint::of(self.group()?)
    }

    /// Ends it, and waits until it writes into its profile no more.
    pub(super) async fn end(mut self) {
        self.kill();
        // One that can't be waited for is waited for by nobody else either.
        let _ = timeout(DYING, self.child.wait()).await;
    }

    fn group(&self) -> Option<Pid> {
        self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
    }

    fn kill(&self) {
        if let Some(group) = self.group() {
            // Nothing is left of it where this fails.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
