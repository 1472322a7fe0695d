use super::*;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use std::io::Write as _;

const URL: &str = "https://tidewave.example/terms";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn record(kind: &str, url: &str, date: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n").as_bytes(), body].concat()
}

fn response(date: &str, body: &str) -> Vec<u8> {
    record("response", URL, date, &answer("", body.as_bytes()))
}

/// Dates and bodies of the pages that are read of a file, and what was passed over.
type Found = (Vec<(String, String)>, Vec<String>);

fn read_at_most(bytes: &[u8], longest: usize) -> Result<Found, PastError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (watch, urls) = (WatchId::new("Tidewave", "Terms"), [URL.to_owned()]);
        let wanted = Wanted { watch: &watch, urls: &urls, service: None, document: None, longest };
        let past = Past::open(file.path(), wanted).await?;
        let mut pages = Vec::new();
        for page in &past.pages {
            pages.push((page.at.to_string(), String::from_utf8_lossy(&past.body(page).await?).into_owned()));
        }
        let passed = past.passed_over.iter().map(|(why, count)| format!("{count} {why}")).collect();
        Ok((pages, passed))
    })
}

fn read(bytes: &[u8]) -> Found {
    read_at_most(bytes, 100_000).unwrap()
}

fn pairs(pages: &[(&str, &str)]) -> Vec<(String, String)> {
    pages.iter().map(|(at, body)| ((*at).to_owned(), (*body).to_owned())).collect()
}

#[test]
fn the_answers_of_the_page_are_read_in_the_order_of_their_dates() {
    let records = [
        record("warcinfo", "", "2024-01-01T00:00:00Z", b"software: none"),
        response("2024-03-01T00:00:00Z", "new"),
        record("request", URL, "2024-03-01T00:00:00Z", b"GET /terms HTTP/1.1\r\n\r\n"),
        record("response", "http://tidewave.example/terms/", "2024-02-01T00:00:00.5Z", &answer("", b"old")),
        record("response", "https://tidewave.example/terms?page=2", "2024-02-02T00:00:00Z", &answer("", b"another page")),
        record("revisit", URL, "2024-04-01T00:00:00Z", b"HTTP/1.1 200 OK\r\n\r\n"),
        record("response", URL, "2024-05-01T00:00:00Z", b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n"),
    ];
    let expected = pairs(&[("2024-02-01T00:00:00.5Z", "old"), ("2024-03-01T00:00:00Z", "new")]);
    let passed = ["1 is a redirect", "1 says only that the page was the one before (revisit)"];
    assert_eq!(read(&records.concat()), (expected.clone(), passed.map(str::to_owned).to_vec()));
    let packed: Vec<u8> = records.iter().flat_map(|record| gz(record)).collect();
    assert_eq!(read(&packed).0, expected, "each record packed by itself");
    assert_eq!(read(&gz(&records.concat())).0, expected, "packed as a whole");
}

#[test]
fn bodies_are_unpacked_as_they_were_sent() {
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(b"text").unwrap();
    let packed = gz(b"text");
    let chunked = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
    for (headers, body) in [
        ("", b"text".to_vec()),
        ("Transfer-Encoding: chunked\r\n", b"2;a=b\r\nte\r\n2\r\nxt\r\n0\r\n\r\n".to_vec()),
        ("Content-Encoding: gzip\r\n", packed),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked),
        ("Content-Encoding: deflate\r\n", deflate.finish().unwrap()),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", b"text".to_vec()),
    ] {
        let file = record("response", URL, "2024-03-01T00:00:00Z", &answer(headers, &body));
        assert_eq!(read(&file), (pairs(&[("2024-03-01T00:00:00Z", "text")]), Vec::new()), "{headers}");
    }
}

#[test]
fn what_a_hostile_file_claims_is_not_believed() {
    let good = response("2024-03-01T00:00:00Z", "text");
    let bomb = record("response", URL, "2024-03-02T00:00:00Z", &answer("Content-Encoding: gzip\r\n", &gz(&vec![b'a'; 1 << 20])));
    let huge = response("2024-03-03T00:00:00Z", &"b".repeat(500_000));
    let long = response("2024-03-03T00:00:00Z", &"b".repeat(120_000));
    let undated = response("yesterday", "text");
    let (pages, passed) = read(&[good.clone(), bomb, huge, long, undated, good.clone()].concat());
    assert_eq!(pages.len(), 2, "what stands behind them is read");
    assert_eq!(passed, ["1 has no date", "3 is too long"]);

    let lying = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nshort".to_vec();
    let unsaid = b"WARC/1.0\r\nWARC-Type: response\r\n\r\nshort".to_vec();
    let endless = [b"WARC/1.0\r\nX: ".to_vec(), vec![b'x'; 100_000]].concat();
    for end in [lying, unsaid, endless, good[..good.len() - 30].to_vec(), b"<html>".to_vec()] {
        let (pages, passed) = read(&[good.clone(), end].concat());
        assert_eq!(pages, pairs(&[("2024-03-01T00:00:00Z", "text")]));
        assert!(passed[0].contains("ends the file before its end, after 1 pages"), "{passed:?}");
    }
    let packed = gz(&good);
    let cut = [&packed[..], &packed[..packed.len() - 9]].concat();
    assert!(read(&cut).1[0].contains("damaged or cut off"));
}

#[test]
fn what_is_no_archive_is_said_to_be_none() {
    let error = read_at_most(b"<html>", 9).unwrap_err().to_string();
    assert!(error.contains("neither a folder of dated pages nor a WARC file nor a git repository"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..600), flip in 0usize..400, packed: bool) {
        let mut file = [response("2024-03-01T00:00:00Z", "text"), b"WARC/1.1\r\n".to_vec(), bytes].concat();
        let place = flip % file.len();
        file[place] ^= 0x15;
        let file = if packed { gz(&file) } else { [b"WARC/".to_vec(), file].concat() };
        let _ = read_at_most(&file, 100);
    }

    #[test]
    fn no_answer_brings_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..300), headers in prop::sample::select(vec![
        "", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n", "Content-Encoding: br\r\n",
    ])) {
        if let Ok(answer) = http::read(&answer(headers, &bytes), 100) {
            prop_assert!(answer.body.len() <= 300);
        }
        let _ = http::read(&bytes, 100);
    }

    #[test]
    fn no_name_brings_the_dates_down(name in "\\PC{0,40}") {
        let _ = dates::date_of(&name);
    }
}
