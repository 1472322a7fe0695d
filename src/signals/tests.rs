use super::*;
use crate::model::{Capture, Direction, Document, Header, Rejection, Severity, Stance};
use jiff::Timestamp;
use proptest::prelude::*;

const SITE: &str = "https://songs.example";

fn read(files: &[(&str, &str)]) -> Document {
    let urls: Vec<String> = files.iter().map(|(path, _)| format!("{SITE}{path}")).collect();
    let sources: Vec<Source<'_>> = files.iter().zip(&urls).map(|((_, body), url)| Source { url, body: body.as_bytes() }).collect();
    document(&sources)
}

fn lines(files: &[(&str, &str)]) -> Vec<String> {
    signals(&read(files)).iter().map(|signal| format!("{}: {}", signal.mechanism.words(), signal.line())).collect()
}

fn capture(path: &str, status: u16, kind: &str, body: &str) -> Capture {
    Capture {
        url: format!("{SITE}{path}"),
        redirects: Vec::new(),
        fetched: Timestamp::UNIX_EPOCH,
        status,
        headers: vec![Header { name: "content-type".to_owned(), value: kind.to_owned() }],
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn robots_are_told_apart_by_what_they_are_for() {
    let file = "User-agent: GPTBot\nUser-agent: CCBot/2.0\nDisallow: /\n\nUser-agent: OAI-SearchBot\nAllow: /\n\nUser-agent: ChatGPT-User\nDisallow: /private\n\nUser-agent: NewThing-AI\nDisallow: /\n\nUser-agent: Googlebot\nDisallow: /\n\nUser-agent: Mailbot\nDisallow: /\n\nUser-agent: *\nDisallow: /search\n";
    insta::assert_snapshot!(lines(&[("/robots.txt", file)]).join("\n"), @r"
    robots.txt: ChatGPT-User · fetching for a user · whole site — not wanted in parts
    robots.txt: GPTBot · AI training · whole site — not wanted
    robots.txt: NewThing-AI · AI · whole site — not wanted
    robots.txt: OAI-SearchBot · search · whole site — allowed
    robots.txt: everybody else · anything · whole site — not wanted in parts
    ");
}

#[test]
fn the_examples_of_the_specifications() {
    // contentsignals.org; draft-ietf-aipref-attach-05, section 3; TDMRep, section 4; RSL 1.0; Spawning's ai.txt.
    let robots = "User-Agent: *\nContent-Signal: search=yes, ai-input=no, ai-train=no\nContent-Usage: train-ai=n\nContent-Usage: /ai-ok/ train-ai=y\nAllow: /\nLicense: https://songs.example/license.xml\n";
    let tdmrep = r#"[{"location":"/*","tdm-reservation":1,"tdm-policy":"https://songs.example/policies/policy.json"},{"location":"/directory-a/*","tdm-reservation":0},{"location":"/b","tdm-reservation":2}]"#;
    let rsl = r#"<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><permits type="usage">search</permits><prohibits type="usage">ai-train</prohibits></license></content><content url="/news/"><license><permits type="usage">ai-input,ai-train</permits><payment type="crawl"><amount currency="USD">0.015</amount></payment></license></content></rsl>"#;
    let ai = "# Spawning AI\nUser-Agent: *\nDisallow: *.jpg\nDisallow: *.png\nDisallow: *.mp3\nAllow: *.txt\n";
    let files = [("/robots.txt", robots), ("/.well-known/tdmrep.json", tdmrep), ("/license.xml", rsl), ("/ai.txt", ai)];
    insta::assert_snapshot!(lines(&files).join("\n"), @r"
    robots.txt: everybody else · anything · whole site — allowed
    Content-Signal: everybody else · AI input · whole site — not wanted
    Content-Signal: everybody else · AI training · whole site — not wanted
    Content-Signal: everybody else · search · whole site — allowed
    Content-Usage: everybody else · AI training · /ai-ok/ — allowed
    Content-Usage: everybody else · AI training · whole site — not wanted
    TDM reservation: everybody else · text and data mining · /directory-a/* — allowed
    TDM reservation: everybody else · text and data mining · whole site — on terms: https://songs.example/policies/policy.json
    ai.txt: everybody else · AI training · audio — not wanted
    ai.txt: everybody else · AI training · images — not wanted
    ai.txt: everybody else · AI training · text — allowed
    RSL licence: everybody else · AI input · /news/ — on terms: crawl, USD 0.015
    RSL licence: everybody else · AI training · /news/ — on terms: crawl, USD 0.015
    RSL licence: everybody else · AI training · whole site — not wanted
    RSL licence: everybody else · search · whole site — allowed
    ");
}

#[test]
fn heads_of_answers_and_of_pages_are_read() {
    let mut page = capture(
        "/",
        200,
        "text/html",
        "<!doctype html><head><title>Songs</title><meta name=\"ROBOTS\" content=\"index, NoAI, noimageai\"><meta name=\"tdm-reservation\" content=\"1\"><link rel=\"license\" type=\"application/rsl+xml\" href=\"/l.xml\"></head><body><p>Hello</p>",
    );
    page.headers.push(Header { name: "x-robots-tag".to_owned(), value: "GPTBot: noai".to_owned() });
    page.headers.push(Header { name: "tdm-reservation".to_owned(), value: "0".to_owned() });
    page.headers.push(Header { name: "content-usage".to_owned(), value: "train-ai=n, search=y;x=1".to_owned() });
    assert_eq!(served(&page), Ok(()));
    let (gist, url) = (gist(&page), page.url.clone());
    let source = Source { url: &url, body: &gist };
    assert_eq!(licence(&[source]), Some("https://songs.example/l.xml".to_owned()));
    let lines: Vec<String> = signals(&document(&[source])).iter().map(Signal::line).collect();
    assert_eq!(
        lines,
        [
            "everybody else · AI training · page — not wanted",
            "everybody else · search · page — allowed",
            "GPTBot · AI training · whole site — not wanted",
            "everybody else · AI training · images — not wanted",
            "everybody else · AI training · whole site — not wanted",
            "everybody else · text and data mining · page — not wanted",
        ]
    );
}

#[test]
fn what_stands_in_place_of_a_file_says_nothing() {
    let html = "<!doctype html><html><head><title>Log in</title></head><body><form><input type=password></form></body></html>";
    for (path, status, kind, body) in [
        ("/robots.txt", 200, "text/html", html),
        ("/robots.txt", 200, "text/plain", html),
        ("/.well-known/tdmrep.json", 404, "application/json", "{}"),
        ("/ai.txt", 503, "text/plain", "later"),
        ("/", 200, "text/html", html),
        ("/", 200, "application/json", "{}"),
    ] {
        assert!(served(&capture(path, status, kind, body)).is_err(), "{path} {status} {kind}");
    }
    assert_eq!(served(&capture("/ai.txt", 404, "text/plain", "")), Err(Rejection::Status(404)));
    assert_eq!(served(&capture("/robots.txt", 200, "text/plain", "User-agent: *\nDisallow:")), Ok(()));
}

#[test]
fn a_lost_signal_is_news_and_a_new_group_without_effect_is_none() {
    let with = |robots: &str| read(&[("/robots.txt", robots)]);
    let shut = with("User-agent: GPTBot\nDisallow: /\n\nUser-agent: ClaudeBot\nDisallow: /\n\nUser-agent: *\nDisallow: /search");
    let open = with("User-agent: *\nDisallow: /search");
    let lost = events(&shut, &open);
    assert_eq!(lost.len(), 1);
    assert_eq!((lost[0].direction, lost[0].severity), (Direction::Worse, Severity::Major));
    assert_eq!((lost[0].stance_before, lost[0].stance_after), (Stance::Prohibits, Stance::ProhibitsPartly));
    assert_eq!(
        lost[0].summary,
        "The robots.txt of songs.example asks ClaudeBot and GPTBot (AI training) to stay away from parts of the site only, no longer from all of it."
    );
    let quoted = lost[0].before.clone().unwrap();
    assert!(shut.clauses.iter().any(|clause| clause.text == quoted), "{quoted}");
    let gained = events(&open, &shut);
    assert_eq!((gained.len(), gained[0].direction, gained[0].severity), (1, Direction::Better, Severity::Major));
    // The same for a robot with a group of its own or without one.
    assert_eq!(events(&open, &with("User-agent: GPTBot\nDisallow: /search\nUser-agent: *\nDisallow: /search")), []);
    assert_eq!(events(&shut, &shut), []);
    let search = events(&with("User-agent: OAI-SearchBot\nDisallow: /"), &with("User-agent: *\nAllow: /"));
    assert_eq!((search[0].direction, search[0].severity), (Direction::Worse, Severity::Minor));
}

#[test]
fn a_vendors_default_is_no_more_than_minor() {
    let kept = |signal: &str| {
        read(&[("/robots.txt", &format!("# BEGIN Cloudflare Managed content\nUser-agent: *\nContent-Signal: {signal}\nAllow: /\n"))])
    };
    let events = events(&kept("search=yes"), &kept("search=yes,ai-train=no"));
    assert_eq!((events.len(), events[0].severity, events[0].direction), (1, Severity::Minor, Direction::Better));
    assert!(events[0].not_covered.iter().any(|line| line.contains("Cloudflare")), "{events:?}");
}

#[test]
fn a_lost_noai_is_news() {
    let page = |meta: &str| {
        let page = capture("/", 200, "text/html", &format!("<!doctype html><head>{meta}</head><body>x"));
        let (url, gist) = (page.url.clone(), gist(&page).into_owned());
        document(&[Source { url: &url, body: &gist }])
    };
    let lost = events(&page("<meta name=robots content=noai>"), &page("<meta name=robots content=index>"));
    assert_eq!(lost[0].summary, "The noai tag of songs.example no longer says that AI training is not wanted.");
    assert_eq!((lost[0].direction, lost[0].severity, lost[0].stance_after), (Direction::Worse, Severity::Major, Stance::Silent));
}

#[test]
fn what_does_not_fit_the_terms_is_told() {
    let mut terms = crate::page::read(
        b"You may add the noai tag to any work that you publish here, and we pass it on to whoever collects pages.",
        Some("text/plain"),
        crate::page::Rules::default(),
    )
    .unwrap()
    .document;
    let open = signals(&read(&[("/robots.txt", "User-agent: *\nDisallow:")]));
    let told = contradictions(&terms, Stance::Prohibits, Stance::Silent, &open);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].terms.as_deref().unwrap().contains("noai tag"));
    terms.clauses.clear();
    let shut = signals(&read(&[("/robots.txt", "User-agent: GPTBot\nDisallow: /")]));
    assert_eq!(contradictions(&terms, Stance::Prohibits, Stance::Silent, &shut), []);
    assert_eq!(contradictions(&terms, Stance::Prohibits, Stance::Permits, &shut).len(), 1);
    let at_odds = signals(&read(&[("/robots.txt", "User-agent: GPTBot\nDisallow: /\nUser-agent: *\nContent-Signal: ai-train=yes")]));
    assert_eq!(contradictions(&terms, Stance::Silent, Stance::Silent, &at_odds).len(), 1);
    // Terms without signals that were read contradict nothing.
    assert_eq!(contradictions(&terms, Stance::Prohibits, Stance::Permits, &[]), []);
}

#[test]
fn an_llms_txt_is_followed_where_it_speaks_of_ai() {
    let file = "# Songs\n\n> A place for songs.\n\n- [Docs](https://songs.example/docs)\n\nYou may not use the content of this site to train artificial intelligence models.\n";
    let document = read(&[("/llms.txt", file)]);
    let texts: Vec<&str> = document.clauses.iter().map(|clause| clause.text.as_str()).collect();
    assert_eq!(texts, [SITE, "llms.txt", "You may not use the content of this site to train artificial intelligence models."]);
}

#[test]
fn values_void_as_their_drafts_say() {
    for (value, read) in [
        ("train-ai=n, train-ai=y", "allowed"),
        ("TRAIN-AI=n", ""),
        ("train-ai=no", ""),
        ("train-ai=\"n\"", ""),
        ("train-ai=n, ??", ""),
        ("", ""),
    ] {
        let file = format!("User-agent: *\nContent-Usage: {value}");
        let said = lines(&[("/robots.txt", &file)]);
        let said = said.iter().find(|line| line.starts_with("Content-Usage")).map_or("", |line| line.rsplit("— ").next().unwrap_or(""));
        assert_eq!(said, read, "{value}");
    }
}

proptest! {
    #[test]
    fn any_bytes_give_signals_that_read_back(body in prop::collection::vec(any::<u8>(), 0..600), path in 0usize..7, odd in "[ -~·—\\n]{0,200}") {
        let paths = ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/.well-known/ai.txt", "/llms.txt", "/", "/l.xml"];
        for body in [body.as_slice(), odd.as_bytes(), format!("User-agent: {odd}-ai\nDisallow: /\nContent-Signal: ai-train={odd}").as_bytes()] {
            let url = format!("{SITE}{}", paths[path]);
            let read = document(&[Source { url: &url, body }]);
            let found = signals(&read);
            let lines = read.clauses.iter().filter(|clause| !clause.is_heading() && clause.section.is_some()).count();
            prop_assert!(paths[path] == "/llms.txt" || found.len() == lines, "{:?}", read);
            prop_assert!(events(&read, &read).is_empty());
        }
    }

    #[test]
    fn robots_that_look_real_give_signals(groups in prop::collection::vec(("(GPTBot|CCBot|\\*|Bytespider|x)", "(Disallow|Allow|Content-Signal|License)", "(/|/a|\\*|ai-train=no||https://a.example/l)"), 0..12)) {
        let lines: Vec<String> = groups.iter().map(|(agent, key, value)| format!("User-agent: {agent}\n{key}: {value}\n")).collect();
        let file = lines.concat();
        let url = format!("{SITE}/robots.txt");
        let read = document(&[Source { url: &url, body: file.as_bytes() }]);
        prop_assert!(!signals(&read).is_empty() || file.is_empty());
        let _ = licence(&[Source { url: &url, body: file.as_bytes() }]);
    }
}
