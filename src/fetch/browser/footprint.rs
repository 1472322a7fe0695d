//! How much the processes of a browser take, read off `/proc`.

use rustix::process::Pid;
use std::fs;

/// How many processes a browser may have, and how many kilobytes of memory of its own: a page of terms takes six, and 100 to 250 MB.
const MOST_PROCESSES: usize = 40;
const MOST_MEMORY: u64 = 768 << 10;

/// The processes of a group.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footprint {
    /// How many there are.
    processes: usize,
    /// Their memory in kilobytes, without what they share with files: a program's code would count once for each.
    memory: u64,
}

impl Footprint {
    /// The footprint of a group; `None` where it can't be seen.
    pub(super) fn of(group: Pid) -> Option<Self> {
        let mut footprint = Self::default();
        for entry in fs::read_dir("/proc").ok()?.flatten().filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit()) {
            // A process may end at any moment.
            let read = |name: &str| fs::read_to_string(entry.path().join(name)).unwrap_or_default();
            if group_of(&read("stat")) == Some(group.as_raw_nonzero().get()) {
                footprint.processes += 1;
                footprint.memory += memory_of(&read("status"));
            }
        }
        (footprint.processes > 0).then_some(footprint)
    }

    /// What is too much of it, as the end of a sentence.
    pub(super) fn excess(self) -> Option<String> {
        if self.memory > MOST_MEMORY {
            return Some(format!("took more than {} MiB of memory", MOST_MEMORY >> 10));
        }
        (self.processes > MOST_PROCESSES).then(|| format!("started more than {MOST_PROCESSES} processes"))
    }
}

/// The group in a line of `/proc/PID/stat`, the third field behind the name, which may hold anything.
fn group_of(stat: &str) -> Option<i32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()
}

/// The memory of its own and what it shares with other processes only, in kilobytes, of a `/proc/PID/status`.
fn memory_of(status: &str) -> u64 {
    let kilobytes = |line: &str| line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
    status.lines().filter(|line| line.starts_with("RssAnon:") || line.starts_with("RssShmem:")).filter_map(kilobytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_found_whatever_a_process_is_called() {
        assert_eq!(group_of("4711 (a) b) (c) S 1 4700 4700 0 -1"), Some(4700));
        assert_eq!(group_of(""), None);
        assert_eq!(memory_of("Name:\tx\nVmRSS:\t  9000 kB\nRssAnon:\t  1000 kB\nRssFile:\t 7000 kB\nRssShmem:\t   24 kB\n"), 1024);
        assert_eq!(memory_of(""), 0);
    }

    #[test]
    fn too_much_is_said_to_be() {
        let said = |processes, memory| Footprint { processes, memory }.excess();
        assert_eq!(said(6, 250 << 10), None);
        assert_eq!(said(6, 769 << 10).as_deref(), Some("took more than 768 MiB of memory"));
        assert_eq!(said(41, 1).as_deref(), Some("started more than 40 processes"));
    }

    #[test]
    fn ones_own_group_is_seen() {
        let own = Footprint::of(rustix::process::getpgrp()).unwrap();
        assert!(own.processes >= 1 && own.memory > 0, "{own:?}");
    }
}
