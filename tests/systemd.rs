//! The units are understood by systemd and shut what they should. Needs systemd-analyze (Debian package systemd), no running systemd.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SERVICES: [&str; 2] = ["fineprint.service", "fineprint-check.service"];
const UNITS: [&str; 3] = ["fineprint.service", "fineprint-check.service", "fineprint-check.timer"];
/// In tenths: an exposure of 1.5 of 10, where 10 is a service without any protection.
const MOST_EXPOSED: &str = "15";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd")
}

fn unit(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// Runs systemd-analyze; `None` where it isn't installed, which counts as a failure where CI is set.
#[expect(clippy::explicit_write, reason = "what a test that passes prints by a macro is not shown")]
fn analyze(arguments: &[&str]) -> Option<Output> {
    match Command::new("systemd-analyze").args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "systemd-analyze is not installed: {error}");
            writeln!(std::io::stderr(), "skipped: systemd-analyze is not installed").unwrap();
            None
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The units as installed, but for the program, which is the one that was just built.
fn installed() -> tempfile::TempDir {
    let installed = tempfile::tempdir().unwrap();
    for name in UNITS {
        let text = unit(name).replace("/usr/bin/fineprint", env!("CARGO_BIN_EXE_fineprint"));
        fs::write(installed.path().join(name), text).unwrap();
    }
    installed
}

#[test]
fn systemd_understands_every_line() {
    let installed = installed();
    for name in UNITS {
        let path = installed.path().join(name);
        let Some(output) = analyze(&["verify", "--man=no", path.to_str().unwrap()]) else { return };
        let complaints: Vec<String> = said(&output).lines().filter(|line| line.contains("fineprint")).map(str::to_owned).collect();
        assert!(output.status.success() && complaints.is_empty(), "{name}: {}", said(&output));
    }
}

#[test]
fn the_services_are_shut_tight() {
    for name in SERVICES {
        let path = folder().join(name);
        let threshold = format!("--threshold={MOST_EXPOSED}");
        let Some(output) = analyze(&["security", "--offline=true", &threshold, path.to_str().unwrap()]) else { return };
        assert!(output.status.success(), "{name} is more exposed than {MOST_EXPOSED}: {}", said(&output));
    }
}

/// The lines that the example of a drop-in gives for a browser, as somebody would uncomment them.
fn for_a_browser() -> String {
    let example = unit("fineprint.service.d/override.conf.example");
    let (_, lines) = example.split_once("\n# A browser").unwrap();
    let settings = lines.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| line.starts_with(char::is_uppercase));
    settings.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_browser_opens_it_no_further_than_that() {
    let opened = tempfile::tempdir().unwrap();
    let path = opened.path().join("fineprint.service");
    let text = unit("fineprint.service").replace("\n[Install]", &format!("{}\n\n[Install]", for_a_browser()));
    assert!(text.contains("ProcSubset=all") && text.contains("MemoryDenyWriteExecute=no"), "{text}");
    fs::write(&path, text).unwrap();
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let Some(output) = analyze(&["security", "--offline=true", &threshold, path.to_str().unwrap()]) else { return };
    assert!(output.status.success(), "{}", said(&output));
}

/// The settings of a unit that both services must have alike.
fn protection(name: &str) -> Vec<String> {
    const OWN: [&str; 7] = ["Type=", "ExecStart=", "ExecReload=", "Restart", "Timeout", "WatchdogSec=", "SuccessExitStatus="];
    let text = unit(name);
    let (_, service) = text.split_once("[Service]\n").unwrap();
    let service = service.split("\n[").next().unwrap();
    let mut lines: Vec<String> = service
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !OWN.iter().any(|key| line.starts_with(key)))
        .map(str::to_owned)
        .collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_timers_service_is_shut_as_the_daemon_is() {
    assert_eq!(protection("fineprint.service"), protection("fineprint-check.service"));
}

#[test]
fn the_watchdog_waits_for_the_scheduler_and_no_password_is_needed() {
    let daemon = unit("fineprint.service");
    for line in ["Type=notify", "WatchdogSec=2min", "DynamicUser=yes", "StateDirectory=fineprint", "SetCredential=smtp_password:\\n"] {
        assert!(daemon.lines().any(|other| other == line), "{line}");
    }
}
