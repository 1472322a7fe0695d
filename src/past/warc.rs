use super::spool::Spool;
use super::{Archive, DatedPage, Holder, Past, PastError, Wanted, http, pass_over, unreadable};
use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use url::Url;

/// The longest head of a record.
const LONGEST_HEAD: u64 = 64 << 10;
/// What an answer's own head may have beyond the longest body.
const ANSWER_HEAD: u64 = 256 << 10;

pub(super) fn open(source: &Path, wanted: Wanted<'_>) -> Result<Past, PastError> {
    let failed = |reason| unreadable(source, reason);
    let mut input = BufReader::new(File::open(source).map_err(failed)?);
    let start = input.fill_buf().map_err(failed)?;
    let mut reader = Reader { wanted, spool: Spool::new().map_err(failed)?, pages: Vec::new(), passed_over: BTreeMap::new() };
    if start.starts_with(&[0x1f, 0x8b]) {
        reader.read(&mut BufReader::new(MultiGzDecoder::new(input)));
    } else if start.starts_with(b"WARC/") {
        reader.read(&mut input);
    } else {
        let what = format!("{} is neither a folder of dated pages nor a WARC file nor a git repository", source.display());
        return Err(PastError::Unknown(what));
    }
    let Reader { spool, pages, passed_over, .. } = reader;
    Ok(Past { archive: Archive::Warc, pages, passed_over, holder: Holder::Spool(spool), longest: wanted.longest })
}

struct Reader<'a> {
    wanted: Wanted<'a>,
    spool: Spool,
    pages: Vec<DatedPage>,
    passed_over: BTreeMap<String, usize>,
}

/// The head of a record.
#[derive(Debug, Default)]
struct Head {
    kind: String,
    url: String,
    date: Option<Timestamp>,
    length: u64,
    truncated: bool,
}

impl Reader<'_> {
    /// Reads records up to the end of the file, or to where it stops making sense.
    fn read(&mut self, input: &mut dyn BufRead) {
        loop {
            match self.record(input) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let read = self.pages.len();
                    return self.pass(format!("ends the file before its end, after {read} pages: it is damaged or cut off ({error})"));
                }
            }
        }
    }

    fn pass(&mut self, why: impl Into<String>) {
        pass_over(&mut self.passed_over, why);
    }

    /// Reads one record; whether there was one.
    fn record(&mut self, input: &mut dyn BufRead) -> io::Result<bool> {
        let Some(head) = head(input)? else { return Ok(false) };
        let part = self.wanted.urls.iter().position(|url| same_page(url, &head.url));
        let (Some(part), true) = (part, matches!(head.kind.as_str(), "response" | "revisit")) else {
            skip(input, head.length)?;
            return Ok(true);
        };
        let is_short = head.length <= self.wanted.longest as u64 + ANSWER_HEAD;
        let refused = match head.date {
            _ if head.kind == "revisit" => Some("says only that the page was the one before (revisit)"),
            None => Some("has no date"),
            Some(_) if head.truncated => Some("was cut off by the crawler"),
            Some(_) if !is_short => Some("is too long"),
            Some(_) => None,
        };
        if let Some(why) = refused {
            self.pass(why);
            skip(input, head.length)?;
            return Ok(true);
        }
        let mut block = Vec::new();
        input.take(head.length).read_to_end(&mut block)?;
        if (block.len() as u64) < head.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.answer(&head, part, &block)?;
        Ok(true)
    }

    fn answer(&mut self, head: &Head, part: usize, block: &[u8]) -> io::Result<()> {
        match http::read(block, self.wanted.longest) {
            Err(why) => self.pass(why),
            Ok(answer) if (300..400).contains(&answer.status) => self.pass("is a redirect"),
            Ok(answer) => {
                let place = self.spool.put(&answer.body)?;
                let Some(at) = head.date else { return Ok(()) };
                self.pages.push(DatedPage { at, part, name: head.url.clone(), status: answer.status, headers: answer.headers, place });
            }
        }
        Ok(())
    }
}

/// The head of the next record; `None` at the end of the file.
fn head(input: &mut dyn BufRead) -> io::Result<Option<Head>> {
    let nonsense = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut left = LONGEST_HEAD;
    let version = loop {
        match line(input, &mut left)? {
            None => return Ok(None),
            Some(line) if line.is_empty() => {}
            Some(line) => break line,
        }
    };
    if !version.starts_with("WARC/") {
        return Err(nonsense("a record does not begin with WARC/"));
    }
    let (mut head, mut length) = (Head::default(), None);
    loop {
        let line = line(input, &mut left)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "warc-type" => head.kind = value.to_ascii_lowercase(),
            // Older writers put it into angle brackets.
            "warc-target-uri" => value.trim_matches(['<', '>']).clone_into(&mut head.url),
            "warc-date" => head.date = value.parse().ok(),
            "warc-truncated" => head.truncated = true,
            "content-length" => length = value.parse().ok(),
            _ => {}
        }
    }
    head.length = length.ok_or_else(|| nonsense("a record does not say how long it is"))?;
    Ok(Some(head))
}

/// A line without its end; `None` at the end of the file.
fn line(input: &mut dyn BufRead, left: &mut u64) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = input.take(*left).read_until(b'\n', &mut bytes)? as u64;
    *left -= read;
    match bytes.strip_suffix(b"\n") {
        Some(line) => Ok(Some(String::from_utf8_lossy(line).trim_end().to_owned())),
        None if read == 0 && *left > 0 => Ok(None),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "the head of a record has no end")),
    }
}

fn skip(input: &mut dyn BufRead, length: u64) -> io::Result<()> {
    let skipped = io::copy(&mut input.take(length), &mut io::sink())?;
    if skipped < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Whether two addresses are those of one page: scheme and trailing slash do not matter.
fn same_page(one: &str, other: &str) -> bool {
    let page = |address: &str| {
        let url = Url::parse(address).ok()?;
        let host = url.host_str()?.to_owned();
        Some((host, url.port(), url.path().trim_end_matches('/').to_owned(), url.query().map(str::to_owned)))
    };
    page(one).is_some_and(|page_one| page(other) == Some(page_one))
}
