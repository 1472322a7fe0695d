use super::{PastError, Place, unreadable};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Bodies that were unpacked, in a file without a name that goes with this.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    end: u64,
}

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, end: 0 })
    }

    pub(super) fn put(&mut self, body: &[u8]) -> io::Result<Place> {
        self.file.write_all(body)?;
        let start = self.end;
        self.end += body.len() as u64;
        Ok(Place::Spool { start, length: body.len() })
    }

    pub(super) fn read(&self, start: u64, length: usize) -> Result<Vec<u8>, PastError> {
        let mut body = vec![0; length];
        self.file.read_exact_at(&mut body, start).map_err(|reason| unreadable(Path::new("the unpacked pages"), reason))?;
        Ok(body)
    }
}
