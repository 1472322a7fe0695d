//! The archive as others see it: pages, feeds, pictures and JSON, of a platform whose terms come from a stranger.

#![expect(clippy::expect_used, reason = "a test fails where its setting fails")]

mod support;

use serde_json::Value;
use support::pages::{PERMITS, PROMISES};
use support::reader::{Answer, World};

const DOCUMENT: &str = "/documents/tidewave/terms-of-use";

/// Every kind of page, once two changes were seen.
const PAGES: &[&str] = &[
    "/",
    "/?tag=music",
    "/changes",
    "/changes?topic=training",
    "/changes?severity=critical&about=all",
    "/changes/1",
    "/changes/1?view=side",
    "/platforms/tidewave",
    DOCUMENT,
    "/documents/tidewave/terms-of-use/versions/2",
    "/documents/tidewave/terms-of-use/compare?old=1&new=3",
    "/search",
    "/search?q=train",
    "/subscribe",
];
const FEEDS: &[&str] = &[
    "/feed.atom",
    "/platforms/tidewave/feed.atom",
    "/documents/tidewave/terms-of-use/feed.atom",
    "/tags/music/feed.atom",
    "/topics/training/feed.atom",
    "/severities/critical/feed.atom",
];
const ANSWERS: &[(&str, &str)] = &[
    ("/platforms", "/platforms"),
    ("/platforms/{platform}", "/platforms/tidewave"),
    ("/documents", "/documents"),
    ("/documents/{platform}/{document}", "/documents/tidewave/terms-of-use"),
    ("/documents/{platform}/{document}/versions", "/documents/tidewave/terms-of-use/versions"),
    ("/documents/{platform}/{document}/versions/{number}", "/documents/tidewave/terms-of-use/versions/2"),
    ("/documents/{platform}/{document}/history", "/documents/tidewave/terms-of-use/history"),
    ("/documents/{platform}/{document}/compare", "/documents/tidewave/terms-of-use/compare?old=1&new=3"),
    ("/changes/{id}/redline", "/changes/1/redline"),
    ("/changes", "/changes?about=all"),
    ("/changes/{id}", "/changes/1"),
    ("/search", "/search?q=train"),
];

/// Two changes, the second of which smuggles markup into the clause about AI and into the document's other text.
async fn hostile_world() -> (World, support::house::Daemon) {
    let world = World::begin().await;
    let daemon = world.house.start();
    world.is_watched();
    world.starts_to_train();
    let markup = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;\"'&gt;&lt;/title&gt;]]&gt; &#x202E;txt";
    let hostile = PROMISES.replace("We will not", &format!("{markup} We will not")).replace("<h2>", &format!("<h2>{markup} "));
    assert_ne!(hostile, PROMISES);
    world.changes_to(&hostile);
    (world, daemon)
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_markup_is_text_wherever_it_is_shown() {
    let (world, _daemon) = hostile_world().await;
    for path in PAGES.iter().chain(FEEDS).chain(&["/changes/2", "/changes/2?view=side", "/matrix.svg", "/platforms/tidewave/badge.svg"]) {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:#?}");
        for bad in ["<script", "<img", "\u{202E}", " onerror=alert(2)>"] {
            assert!(!answer.body.contains(bad), "{path} holds {bad}");
        }
    }
    let change = world.get("/changes/2").await.body;
    assert!(change.contains("alert(1)"), "the words themselves are shown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_guarded_and_validated() {
    let (world, _daemon) = hostile_world().await;
    for path in PAGES.iter().chain(FEEDS).chain(&["/style.css", "/matrix.png", "/api/v1/changes", "/nothing", "/confirm/x"]) {
        let answer = world.get(path).await;
        let policy = header(&answer, "content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {answer:#?}");
        assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(header(&answer, "referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(header(&answer, "set-cookie"), None, "{path}");
        assert!(!answer.body.contains("src=\"http") && !answer.body.contains("@import"), "{path} asks somebody else");
    }
    let first = world.get("/changes/1").await;
    let etag = header(&first, "etag").expect("an ETag").to_owned();
    fineprint::fetch::install_crypto();
    let client = reqwest::Client::new();
    let again = |tag: String| client.get(format!("{}/changes/1", world.site)).header("if-none-match", tag).send();
    assert_eq!(again(etag.clone()).await.expect("an answer").status().as_u16(), 304);
    assert_eq!(again(format!("\"x\", W/{etag}")).await.expect("an answer").status().as_u16(), 304);
    assert_eq!(again("\"x\"".to_owned()).await.expect("an answer").status().as_u16(), 200);
    let since = header(&first, "last-modified").expect("Last-Modified").to_owned();
    let unmodified = client.get(format!("{}/changes/1", world.site)).header("if-modified-since", since).send().await.expect("an answer");
    assert_eq!(unmodified.status().as_u16(), 304);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bytes_of_a_page_are_kept_and_never_run_here() {
    let (world, _daemon) = hostile_world().await;
    let version = world.get(&format!("{DOCUMENT}/versions/2")).await;
    let path = version.body.split('"').find(|part| part.contains("/snapshots/")).expect("a link to the bytes").to_owned();
    let bytes = world.get(&path).await;
    assert_eq!(bytes.body, PERMITS);
    assert_eq!(header(&bytes, "content-type"), Some("application/octet-stream"));
    assert!(header(&bytes, "content-disposition").is_some_and(|value| value.starts_with("attachment")));
    assert!(header(&bytes, "content-security-policy").is_some_and(|value| value.starts_with("sandbox")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_said_to_be_not_there() {
    let (world, _daemon) = hostile_world().await;
    for path in [
        "/nothing",
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/documents/tidewave/..%2fterms-of-use",
        "/documents/tidewave/terms-of-use/versions/0",
        "/documents/tidewave/terms-of-use/versions/99999999999999999999",
        "/documents/tidewave/terms-of-use/snapshots/0/999",
        "/documents/tidewave/terms-of-use/compare?old=1&new=-1",
        "/changes/99",
        "/changes/-1",
        "/platforms/%00",
        "/tags/nothing/feed.atom",
        "/api/v1/changes/99",
        "/api/v2/changes",
        "/%ff%fe",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:#?}");
    }
    assert_eq!(world.post_form("/changes/1", "a=b").await.status, 405);
    let failed: Value = serde_json::from_str(&world.get("/api/v1/changes/99").await.body).expect("JSON");
    assert_eq!(failed["status"], 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_are_atom_and_hold_each_change_under_its_own_name() {
    let (world, _daemon) = hostile_world().await;
    for path in FEEDS {
        let body = world.get(path).await.body;
        let feed = feed_rs::parser::parse(body.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}\n{body}"));
        assert_eq!(feed.id, format!("{}{path}", world.site));
        assert!(!feed.entries.is_empty() && feed.updated.is_some(), "{path}");
        let ids: std::collections::HashSet<&str> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), feed.entries.len(), "{path}");
        for entry in &feed.entries {
            let link = entry.links.first().expect("a link");
            assert_eq!(world.get(&link.href).await.status, 200, "{path}: {}", link.href);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_answers_as_its_description_says() {
    let (world, _daemon) = hostile_world().await;
    let description: Value = serde_json::from_str(&world.get("/api/v1/openapi.json").await.body).expect("JSON");
    assert_eq!(description["openapi"], "3.1.0");
    let described: Vec<&str> = description["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    for path in described.iter().filter(|path| **path != "/openapi.json") {
        assert!(ANSWERS.iter().any(|(template, _)| template == path), "{path} is not tried here");
    }
    for (template, path) in ANSWERS {
        let answer = world.get(&format!("/api/v1{path}")).await;
        let value: Value = serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}: {answer:#?}"));
        let schema = &description["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(!schema.is_null(), "{template}");
        let problems = mismatches(&description, schema, &value, path);
        assert!(problems.is_empty(), "{problems:#?}");
    }
    let redline: Value = serde_json::from_str(&world.get("/api/v1/changes/1/redline").await.body).expect("JSON");
    let added = redline["redline"].as_array().expect("rows").iter().flat_map(|row| row["pieces"].as_array().expect("pieces").iter());
    assert!(added.filter_map(|piece| piece["added"].as_str()).any(|words| words.contains("artificial intelligence")), "{redline:#}");
    assert_eq!(world.get("/api/v1/documents/tidewave/terms-of-use/compare?old=1").await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_tells_where_terms_and_signals_do_not_fit() {
    let world = World::with_robots("User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /search\n").await;
    let _daemon = world.house.start();
    world.is_watched();
    let summary = "The site asks others not to use its content for AI, while its terms let the platform itself do so.";
    let body = world.shows("/api/v1/documents/tidewave/terms-of-use", summary).await;
    let terms: Value = serde_json::from_str(&body).expect("JSON");
    let found = &terms["contradictions"][0];
    assert!(found["summary"] == summary && found["terms"].is_null(), "{found:#}");
    assert!(found["signal"].as_str().is_some_and(|line| line.contains("GPTBot")), "{found:#}");
    let signals: Value = serde_json::from_str(&world.get("/api/v1/documents/tidewave/ai-signals").await.body).expect("JSON");
    assert!(signals["contradictions"].is_null() && signals["signals"][0]["mechanism"] == "robots.txt", "{signals:#}");
    let description: Value = serde_json::from_str(&world.get("/api/v1/openapi.json").await.body).expect("JSON");
    for document in [&terms, &signals] {
        let problems = mismatches(&description, &description["components"]["schemas"]["Document"], document, "a document");
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

/// Where a value is not what a schema says (of JSON Schema 2020-12, the words that the description uses).
fn mismatches(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let target = name.trim_start_matches('#');
        return mismatches(root, root.pointer(target).unwrap_or_else(|| panic!("{name} leads nowhere")), value, at);
    }
    let mut problems = Vec::new();
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !allowed.is_empty() && !allowed.contains(&kind) {
        problems.push(format!("{at} is {kind}, not {allowed:?}"));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        problems.push(format!("{at} is {value}, which is not listed"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(|_| value.is_object()) {
        if value.get(name).is_none() {
            problems.push(format!("{at} lacks {name}"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let known = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        match known {
            Some(known) => problems.extend(mismatches(root, known, inner, &format!("{at}.{name}"))),
            None if schema["properties"].is_object() => problems.push(format!("{at} has {name}, which is not described")),
            None => {}
        }
    }
    for (place, inner) in value.as_array().into_iter().flatten().enumerate() {
        problems.extend(mismatches(root, &schema["items"], inner, &format!("{at}[{place}]")));
    }
    problems
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_says_who_may_train_and_quotes_it() {
    let world = World::begin().await;
    let _daemon = world.house.start();
    world.is_watched();
    assert!(world.get("/").await.body.contains("not mentioned"));
    world.starts_to_train();
    world.shows("/", "class=\"cell permits\" href=\"/documents/tidewave/terms-of-use\">allowed</a>").await;
    world.shows("/platforms/tidewave", "to train, develop or inform artificial intelligence").await;
    world.shows("/platforms/tidewave/badge.svg", "allowed").await;
    let json: Value = serde_json::from_str(&world.shows("/api/v1/platforms/tidewave", "permits").await).expect("JSON");
    assert_eq!(json["stances"]["training"], "permits");
    let found = world.get("/search?q=inform+artificial+intelligence").await.body;
    assert!(found.contains("<mark>artificial</mark>") && found.contains("In today’s version, and in none before."), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_without_a_public_address_shows_pages_and_takes_no_subscriptions() {
    let world = World::begin().await;
    let settings = world.house.read("fineprint.toml").replace("url = ", "# ");
    world.house.write("fineprint.toml", &settings);
    let _daemon = world.house.start();
    assert_eq!(world.get("/").await.status, 200);
    assert!(world.get("/subscribe").await.body.contains("takes no subscriptions yet"));
    assert_eq!(world.post_form("/subscribe", "address=ana@example.org").await.status, 503);
    assert!(world.post.received().is_empty());
}
