//! An archive: a WARC file, or, where the first byte is no letter of it, the name of a dated page in a folder.
#![no_main]

use fineprint::model::WatchId;
use fineprint::past::{Past, Wanted};
use libfuzzer_sys::fuzz_target;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// Longer pages are refused.
const LONGEST: usize = 1 << 16;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fn read(source: &Path) {
    let watch = WatchId::new("Tidewave", "Terms of Service");
    let urls = ["https://tidewave.example/terms".to_owned(), "https://tidewave.example/rules".to_owned()];
    let wanted = Wanted { watch: &watch, urls: &urls, service: None, document: None, longest: LONGEST };
    RUNTIME.block_on(async {
        let Ok(past) = Past::open(source, wanted).await else { return };
        assert!(past.pages.is_sorted_by_key(|page| page.at), "not the oldest first");
        for page in &past.pages {
            assert!(page.part < urls.len());
            let body = past.body(page).await.expect("a page that was listed");
            assert!(body.len() <= LONGEST, "{} bytes", body.len());
        }
    });
}

fuzz_target!(|data: &[u8]| {
    if let Some(name) = data.strip_prefix(b"\0") {
        let folder = FOLDER.path().join("pages");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let name = String::from_utf8_lossy(name).replace('/', "-");
        // What can't be a file's name is none.
        if std::fs::write(folder.join(name), "We may train models.").is_ok() {
            read(&folder);
        }
    } else {
        let file = FOLDER.path().join("crawl.warc");
        std::fs::write(&file, data).expect("a file");
        read(&file);
    }
});
