//! What a site tells machines: the answers to all that is asked, and once more, a week later.
#![no_main]

use fineprint::model::{Capture, Document};
use fineprint::signals::{self, Robots, Source};
use fineprint_fuzz::{assert_sound, parts};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fn capture(url: &str, body: &[u8]) -> Capture {
    Capture { url: url.to_owned(), redirects: vec![], fetched: Timestamp::UNIX_EPOCH, status: 200, headers: vec![], body: body.to_vec() }
}

fn document(urls: &[String], bodies: &[&[u8]]) -> Document {
    let gists: Vec<Vec<u8>> = urls
        .iter()
        .zip(bodies)
        .map(|(url, body)| {
            let capture = capture(url, body);
            let _ = signals::served(&capture);
            // A body that is a gist already may bring headers.
            if body.starts_with(b"<") { signals::gist(&capture).into_owned() } else { body.to_vec() }
        })
        .collect();
    let sources: Vec<Source<'_>> = urls.iter().zip(&gists).map(|(url, body)| Source { url, body }).collect();
    let _ = signals::licence(&sources);
    signals::document(&sources)
}

fuzz_target!(|data: &[u8]| {
    let mut urls = signals::addresses("https://tidewave.example/terms").expect("an origin");
    urls.push("https://tidewave.example/licence.xml".to_owned());
    let bodies: Vec<&[u8]> = parts(data).collect();

    let robots = Robots::parse(bodies[0]);
    let rules = robots.rules_for("GPTBot");
    let allowed = rules.allows("/terms");
    assert!(allowed || robots.naming("GPTBot").is_some() || robots.for_all().is_some(), "forbidden by nobody");

    let (old, new) = bodies.split_at(bodies.len().min(urls.len()));
    let (old, new) = (document(&urls, old), document(&urls, new));
    for document in [&old, &new] {
        assert_sound(document);
        for signal in signals::signals(document) {
            let line = signal.line();
            assert!(document.clauses.iter().any(|clause| clause.text == line), "{signal:?} is not written as {line:?}");
        }
        assert!(signals::events(document, document).is_empty(), "a site differs from itself");
    }
    for event in signals::events(&old, &new) {
        assert!(event.before.is_some() || event.after.is_some(), "an event without a quote: {event:#?}");
    }
});
