//! The rules of the house (see ARCHITECTURE.md), read off the sources: who may import whom, where a library may appear, what the pure
//! rooms must not touch, how long a file may grow. Tests inside `src/` are free of them.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "house/source.rs"]
mod source;

use source::Source;
use std::fs;
use std::path::Path;

/// A room, and the rooms that it may import.
struct Room {
    name: &'static str,
    floor: u8,
    may_import: &'static [&'static str],
}

const fn room(name: &'static str, floor: u8, may_import: &'static [&'static str]) -> Room {
    Room { name, floor, may_import }
}

/// Everything below the monitor.
const BELOW_MONITOR: &[&str] = &[
    "model",
    "text",
    "page",
    "compare",
    "reading",
    "judge",
    "signals",
    "ticket",
    "compose",
    "watchlist",
    "fetch",
    "store",
    "deliver",
    "past",
];
/// What the web room may see.
const BELOW_WEB: &[&str] = &[
    "model",
    "text",
    "page",
    "compare",
    "reading",
    "judge",
    "signals",
    "ticket",
    "compose",
    "watchlist",
    "fetch",
    "store",
    "deliver",
    "monitor",
];
/// Everything but the command line.
const BELOW_CLI: &[&str] = &[
    "model",
    "text",
    "page",
    "compare",
    "reading",
    "judge",
    "signals",
    "ticket",
    "compose",
    "watchlist",
    "fetch",
    "store",
    "deliver",
    "past",
    "monitor",
    "web",
    "service",
];

const ROOMS: &[Room] = &[
    room("model", 0, &[]),
    room("text", 1, &["model"]),
    room("page", 1, &["model", "text"]),
    room("compare", 1, &["model", "text"]),
    room("reading", 1, &["model", "text"]),
    room("signals", 1, &["model", "text", "page", "compare", "reading"]),
    room("judge", 1, &["model", "text", "compare", "reading"]),
    room("ticket", 1, &["model"]),
    room("compose", 1, &["model", "ticket"]),
    room("watchlist", 2, &["model"]),
    room("fetch", 2, &["model", "signals"]),
    room("store", 2, &["model"]),
    room("deliver", 2, &["model", "ticket"]),
    room("past", 2, &["model"]),
    room("monitor", 3, BELOW_MONITOR),
    room("web", 4, BELOW_WEB),
    room("service", 4, BELOW_CLI),
    room("cli", 5, BELOW_CLI),
];

/// A library, and the only files that may name it; a folder ends with a slash.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("sfv", &["signals/"]),
    ("roxmltree", &["signals/"]),
    ("reqwest", &["fetch/", "deliver/webhook.rs"]),
    ("sled", &["store/sled.rs", "store/sled/"]),
    ("lettre", &["deliver/"]),
    ("scraper", &["page/"]),
    ("hayro_interpret", &["page/pdf/"]),
    ("kurbo", &["page/pdf/"]),
    ("flate2", &["page/pdf/", "past/"]),
    ("ego_tree", &["page/"]),
    ("html5ever", &["page/"]),
    ("similar", &["compare/"]),
    ("tokio_cron_scheduler", &["monitor/tick.rs"]),
    ("axum", &["web/"]),
    ("resvg", &["web/picture.rs"]),
    ("hmac", &["ticket/"]),
    ("httparse", &["past/"]),
    ("serde_saphyr", &["watchlist/"]),
];

/// What the nouns and the pure rooms must not touch: the outside world, the clock, chance, waiting.
const IMPURE: &[&str] = &["SystemTime", "Instant", "Timestamp::now", "Zoned::now", "async", "await"];
const IMPURE_STD: &[&str] = &["fs", "net", "env", "process", "thread", "os"];
const IMPURE_LIBRARIES: &[&str] = &["tokio", "fastrand"];
const PURE_UP_TO: u8 = 1;

/// What only the rooms of the uppermost floors may do.
const OUTSPOKEN: &[&str] = &["println!", "print!", "eprintln!", "eprint!", "dbg!", "stdout()", "stderr()", "process::exit"];
const OUTSPOKEN_STD: &[&str] = &["env", "process"];
/// The one file below that runs another program, and so names the ends of its pipes.
const RUNS_A_PROGRAM: &str = "fetch/browser/process.rs";
const QUIET_BELOW: u8 = 4;

/// Lines of a file before its tests.
const LONGEST: usize = 600;
const MEDIAN: usize = 150;
const NINETIETH: usize = 400;

fn room_of(source: &Source) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == source.room())
}

/// Files with the room that each is in; `lib.rs` and `main.rs` are in none.
fn in_rooms(sources: &[Source]) -> impl Iterator<Item = (&Source, &'static Room)> {
    sources.iter().filter_map(|source| Some((source, room_of(source)?)))
}

fn none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

fn at(source: &Source, line: usize, what: &str) -> String {
    format!("src/{}:{line}: {what}", source.path)
}

#[test]
fn every_room_is_on_the_plan() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut built: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut planned: Vec<&str> = ROOMS.iter().map(|room| room.name).collect();
    built.sort_unstable();
    planned.sort_unstable();
    assert_eq!(built, planned, "rooms of src/lib.rs, and rooms of the table in this file");
}

#[test]
fn a_room_imports_only_what_stands_below_it() {
    let mut broken = Vec::new();
    let sources = source::all();
    for (source, room) in in_rooms(&sources) {
        for child in source.children_of("crate") {
            let allowed = child.text == room.name || room.may_import.contains(&child.text.as_str());
            if !allowed {
                broken.push(at(source, child.line, &format!("{} may not import {}", room.name, child.text)));
            }
        }
        broken.extend(source.climbs_out().into_iter().map(|line| at(source, line, "write crate:: to leave the room, not super::")));
    }
    none(&broken, "these imports are not allowed");
}

#[test]
fn a_library_appears_only_in_its_room() {
    let mut broken = Vec::new();
    for source in source::all() {
        for (library, homes) in LIBRARIES {
            let at_home = homes.iter().any(|home| source.path == *home || (home.ends_with('/') && source.path.starts_with(home)));
            if !at_home {
                broken.extend(source.mentions(library).into_iter().map(|line| at(&source, line, library)));
            }
        }
    }
    none(&broken, "these libraries are named outside of their rooms");
}

#[test]
fn the_pure_rooms_touch_nothing_outside() {
    let mut broken = Vec::new();
    let sources = source::all();
    for (source, _) in in_rooms(&sources).filter(|(_, room)| room.floor <= PURE_UP_TO) {
        for what in IMPURE {
            broken.extend(source.occurrences(what).into_iter().map(|line| at(source, line, what)));
        }
        for child in source.children_of("std").iter().filter(|child| IMPURE_STD.contains(&child.text.as_str())) {
            broken.push(at(source, child.line, &format!("std::{}", child.text)));
        }
        for library in IMPURE_LIBRARIES {
            broken.extend(source.mentions(library).into_iter().map(|line| at(source, line, library)));
        }
    }
    none(&broken, "the nouns and the pure rooms have no I/O, no clock, no chance and no async");
}

#[test]
fn only_the_uppermost_rooms_print_exit_or_read_the_environment() {
    let mut broken = Vec::new();
    let sources = source::all();
    for (source, _) in in_rooms(&sources).filter(|(_, room)| room.floor < QUIET_BELOW) {
        for what in OUTSPOKEN {
            broken.extend(source.occurrences(what).into_iter().map(|line| at(source, line, what)));
        }
        for child in source.children_of("std").iter().filter(|child| OUTSPOKEN_STD.contains(&child.text.as_str())) {
            if !(source.path == RUNS_A_PROGRAM && child.text == "process") {
                broken.push(at(source, child.line, &format!("std::{}", child.text)));
            }
        }
    }
    none(&broken, "a room below the fourth floor returns what it has to say");
}

#[test]
fn every_room_says_first_what_it_must_never_do() {
    for room in ROOMS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room.name).join("mod.rs");
        let text = fs::read_to_string(&path).unwrap();
        let opening: String = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let opening = opening.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in ["In:", "Out:", "must never"] {
            assert!(opening.contains(words), "src/{}/mod.rs does not begin with a comment that holds {words:?}", room.name);
        }
    }
}

#[test]
fn files_stay_short() {
    let sources = source::all();
    let long: Vec<String> =
        sources.iter().filter(|source| source.lines > LONGEST).map(|source| at(source, source.lines, "too long")).collect();
    none(&long, "a file has at most 600 lines before its tests");
    let mut lines: Vec<usize> = sources.iter().map(|source| source.lines).filter(|lines| *lines > 0).collect();
    lines.sort_unstable();
    let (median, ninetieth) = (lines[lines.len() / 2], lines[lines.len() * 9 / 10]);
    assert!(median <= MEDIAN, "half of the files have more than {median} lines; {MEDIAN} is the limit");
    assert!(ninetieth <= NINETIETH, "a tenth of the files have more than {ninetieth} lines; {NINETIETH} is the limit");
}

#[test]
fn the_reader_of_sources_sees_code_and_nothing_else() {
    let text = r##"
//! Speaks of crate::fetch and reqwest::Client.
use crate::{model::{Watch, store}, text::Normal};
use std::{collections::HashMap, fs};
const QUOTE: &str = "crate::web"; /* crate::cli */
const RAW: &str = r#"say "println!" and tokio::spawn"#;
fn life<'a>(x: &'a str) -> char { super::super::far(); '"' }
#[cfg(test)]
mod tests { use crate::monitor; }
"##;
    let source = Source::new("page/html/mod.rs", text.to_owned());
    let words = |root| source.children_of(root).into_iter().map(|token| token.text).collect::<Vec<_>>();
    assert_eq!(words("crate"), ["model", "text"]);
    assert_eq!(words("std"), ["collections", "fs"]);
    assert_eq!((source.room(), source.lines), ("page", 7));
    assert_eq!(source.climbs_out(), [7]);
    assert!(source.mentions("reqwest").is_empty() && source.mentions("tokio").is_empty() && source.occurrences("println!").is_empty());
}
