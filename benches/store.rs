//! What real pages cost in the store: the sequences of `FINEPRINT_PAGES` (each a folder with an `index.json` and `pages/`) are committed
//! one page after another, as a daemon would, then every body is read back. Prints how many bytes a snapshot takes, split into what stands
//! alone and what builds on another, how many the disk takes, and how long reading takes at worst. Says so and ends where the variable is
//! not set.

use fineprint::model::{Keep, Sha256, Snapshot, WatchId};
use fineprint::store::{Commit, Footprint, SledStore, Store};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let Some(pages_of) = std::env::var_os("FINEPRINT_PAGES") else {
        println!("store: FINEPRINT_PAGES names no folder of sequences of pages, so there is nothing to measure");
        return Ok(());
    };
    let state = tempfile::tempdir()?;
    let folder = state.path().join("store");
    let store = SledStore::open(&folder)?;
    let mut sequences: Vec<PathBuf> =
        std::fs::read_dir(pages_of)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    sequences.retain(|path| path.join("index.json").exists());
    sequences.sort();
    let (mut longest_write, mut bytes, mut kept) = (Duration::ZERO, 0, Vec::new());
    for sequence in &sequences {
        let name = sequence.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let watch = WatchId::new(&name, "page");
        for (number, body) in (1..).zip(pages(sequence)?) {
            bytes += body.len();
            let since = Instant::now();
            store.commit(Commit { snapshots: vec![(snapshot(&watch, number, &body), body)], ..Commit::default() })?;
            longest_write = longest_write.max(since.elapsed());
            kept.push((watch.clone(), number));
        }
    }
    let mut longest_read = (Duration::ZERO, String::new());
    for (watch, number) in &kept {
        let since = Instant::now();
        store.body(watch, 0, *number)?;
        longest_read = longest_read.max((since.elapsed(), format!("{watch} {number}")));
    }
    let Footprint { alone, built, repeated, records } = store.footprint()?;
    let mean = |bytes: u64| bytes / kept.len().max(1) as u64;
    println!("{} snapshots of {} sequences, {} B each as they came", kept.len(), sequences.len(), mean(bytes as u64));
    println!(
        "bodies: {} B each; of these {} B for the {} that stand alone ({} B each),",
        mean(alone.bytes + built.bytes + repeated.bytes),
        mean(alone.bytes),
        alone.count,
        alone.mean()
    );
    println!(
        "        {} B for the {} that build on another ({} B each); {} repeat one",
        mean(built.bytes),
        built.count,
        built.mean(),
        repeated.count
    );
    println!("records: {} B each", records.mean());
    println!("longest commit {longest_write:?}, longest reading {:?} ({})", longest_read.0, longest_read.1);
    drop(store);
    let compacted = SledStore::compact(&folder, Keep::default(), jiff::Timestamp::UNIX_EPOCH)?;
    println!("on the disk: {} B each, {} B after compacting", mean(compacted.before), mean(compacted.after));
    Ok(())
}

fn pages(sequence: &Path) -> Result<Vec<Vec<u8>>, Failed> {
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(sequence.join("index.json"))?)?;
    let steps = index["sequence"].as_array().ok_or("no sequence")?;
    steps.iter().map(|step| Ok(std::fs::read(sequence.join(step["page"].as_str().ok_or("no page")?))?)).collect()
}

/// A record such as real fetches leave.
fn snapshot(watch: &WatchId, number: u32, body: &[u8]) -> Snapshot {
    let header = |name: &str, value: &str| fineprint::model::Header { name: name.to_owned(), value: value.to_owned() };
    Snapshot {
        watch: watch.clone(),
        part: 0,
        number,
        url: "https://platform.example/legal/terms-of-service".to_owned(),
        redirects: Vec::new(),
        fetched: jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(i64::from(number)),
        status: 200,
        headers: vec![header("content-type", "text/html; charset=utf-8"), header("etag", "\"5f1c-9a\"")],
        sha256: Sha256::of(body),
        length: body.len() as u64,
        rejection: None,
    }
}
