//! A disk of its own for a test, which may be full or read-only.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A disk in memory, unmounted in the end.
pub(crate) struct Disk(TempDir);

impl Disk {
    /// `None` where nothing may be mounted.
    pub(crate) fn of(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        println!("skipped: no disk can be mounted here");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn remount(&self, options: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.path()).status().expect("a mount");
        assert!(done.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What stays mounted is memory that the next start of the machine frees.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
