//! A PDF file.
#![no_main]

use fineprint::page::{self, Rules};
use fineprint_fuzz::assert_sound;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(page) = page::read(data, Some("application/pdf"), Rules::default()) {
        assert_sound(&page.document);
    }
});
