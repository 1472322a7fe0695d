//! Lines of an export, put into a store that says them again. `SledStore::import` reads them the same way, and verifies beside.
#![no_main]

use fineprint::store::{Commit, Line, MemoryStore, Store};
use libfuzzer_sys::fuzz_target;

fn export(store: &MemoryStore) -> Vec<String> {
    let mut lines = Vec::new();
    store.export(&mut |line| Ok(lines.push(line))).unwrap_or_else(|error| panic!("what was taken in does not come out: {error}"));
    lines
}

fuzz_target!(|data: &[u8]| {
    let store = MemoryStore::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(line) = serde_json::from_slice::<Line>(line) {
            // A line that contradicts the ones before is refused, and leaves nothing.
            let _ = store.commit(Commit { restore: vec![line], ..Commit::default() });
        }
    }
    let said = export(&store);
    let copy = MemoryStore::new();
    let inner = &said[1..said.len() - 1];
    let restore = inner.iter().map(|line| serde_json::from_str(line).expect("a line that is read again")).collect();
    copy.commit(Commit { restore, ..Commit::default() }).unwrap_or_else(|error| panic!("what came out does not go in: {error}"));
    assert_eq!(export(&copy), said);
});
