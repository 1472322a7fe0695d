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

use house::{House, Served, bytes, serve};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

#[path = "house/mod.rs"]
#[allow(dead_code, reason = "the other bench uses the rest")]
mod house;
#[path = "../tests/support/site.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod site;
#[path = "../tests/support/terms.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod terms;

/// How many pages are served.
const PAGES: usize = 100;

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
    for _ in 0..2 {
        let daemon = house.start();
        std::thread::sleep(Duration::from_secs(5));
        println!("daemon: ready after {} ms, {:.1} MB at rest after 5 s", daemon.ready.as_millis(), daemon.memory().0);
        daemon.stop();
    }
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
