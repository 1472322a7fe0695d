use super::*;
use crate::model::{Schedule, Selection, WatchKind};
use crate::watchlist::SHIPPED;
use proptest::prelude::*;
use std::collections::HashSet;

const GOOD: &str = r#"[[watch]]
platform = "SoundCloud"
document = "Terms of Service"
url = "https://soundcloud.com/terms-of-use"
"#;

fn read(text: &str) -> Watchlist {
    parse(text, "watchlist.toml").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn check(text: &str, expect: &[&str]) {
    let problems = parse(text, "watchlist.toml").expect_err(text);
    assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expect, "{text}");
}

/// Checks a watch that is good but for one more line, which is line 5.
fn check_line(line: &str, expect: &str) {
    check(&format!("{GOOD}{line}\n"), &[&format!("watchlist.toml:5:{expect}")]);
}

#[test]
fn the_shortest_watch_has_the_defaults() {
    let watch = Watch {
        kind: WatchKind::Document,
        id: WatchId::new("SoundCloud", "Terms of Service"),
        platform: "SoundCloud".to_owned(),
        document: "Terms of Service".to_owned(),
        urls: vec!["https://soundcloud.com/terms-of-use".to_owned()],
        select: Vec::new(),
        remove: Vec::new(),
        links: Vec::new(),
        schedule: Schedule::Every(DEFAULT_SCHEDULE),
        confirm_after: DEFAULT_CONFIRM_AFTER,
        language: None,
        ignore_robots: false,
        needs_browser: false,
        tags: Vec::new(),
    };
    assert_eq!(read(GOOD).watches, [watch]);
}

#[test]
fn a_watch_may_say_everything() {
    let list = read(
        r##"
        [[watch]]
        platform = " Example "
        document = "Terms"
        urls = ["https://example.org/a", "https://example.org/b"]
        select = ["main", { start = "#a", end = "#b" }]
        remove = ".banner"
        schedule = "15 */6 * * *"
        timezone = "europe/dublin"
        confirm_after = "1h"
        language = "de"
        tags = ["music", " ai ", "music"]
        enabled = true
        "##,
    );
    let [watch] = list.watches.as_slice() else { panic!("one watch") };
    assert_eq!((watch.platform.as_str(), watch.id.as_str()), ("Example", "example/terms"));
    assert_eq!(watch.urls, ["https://example.org/a", "https://example.org/b"]);
    let range = Selection::Range { start: "#a".to_owned(), end: "#b".to_owned() };
    assert_eq!(watch.select, [Selection::Css("main".to_owned()), range]);
    assert_eq!(watch.remove, [Selection::Css(".banner".to_owned())]);
    assert_eq!(watch.schedule, Schedule::Cron { expression: "15 */6 * * *".to_owned(), zone: "Europe/Dublin".to_owned() });
    assert_eq!(watch.confirm_after, Duration::from_hours(1));
    assert_eq!(watch.language.as_deref(), Some("de"));
    assert_eq!(watch.tags, ["music", "ai"]);
}

#[test]
fn defaults_hold_where_a_watch_says_nothing() {
    let list = read(
        r#"
        [[watch]]
        platform = "A"
        document = "Terms"
        url = "https://a.example/"

        [[watch]]
        platform = "B"
        document = "Terms"
        url = "https://b.example/"
        schedule = "1d"
        tags = []

        [[watch]]
        platform = "C"
        document = "Terms"
        url = "https://c.example/"
        timezone = "UTC"

        [defaults]
        schedule = "0 18 * * *"
        timezone = "Europe/Dublin"
        confirm_after = "30m"
        language = "en"
        tags = ["music"]
        "#,
    );
    let in_zone = |zone: &str| Schedule::Cron { expression: "0 18 * * *".to_owned(), zone: zone.to_owned() };
    let schedules: Vec<_> = list.watches.iter().map(|watch| watch.schedule.clone()).collect();
    assert_eq!(schedules, [in_zone("Europe/Dublin"), Schedule::Every(Duration::from_hours(24)), in_zone("UTC")]);
    assert!(list.watches.iter().all(|watch| watch.confirm_after == Duration::from_mins(30) && watch.language.as_deref() == Some("en")));
    assert_eq!(list.watches[0].tags, ["music"]);
    assert!(list.watches[1].tags.is_empty());
}

#[test]
fn a_disabled_watch_is_kept_apart_but_checked() {
    let list = read(&format!("{GOOD}enabled = false\n"));
    assert!(list.watches.is_empty());
    assert_eq!(list.disabled.len(), 1);
    check(
        &format!("{GOOD}enabled = false\nschedule = \"never\"\n"),
        &[
            "watchlist.toml:6:12: \"never\" is no schedule; write an interval such as \"every 6h\", or a cron expression such as \"15 */6 * * *\"",
        ],
    );
}

#[test]
fn an_empty_list_is_a_problem() {
    let expect = ["watchlist.toml:1:1: nothing is watched; add a [[watch]] entry with platform, document and url"];
    check("", &expect);
    check("# all gone\n[defaults]\nschedule = \"6h\"\n", &expect);
}

#[test]
fn what_a_watch_needs_is_asked_for() {
    check(
        "[[watch]]\n",
        &[
            "watchlist.toml:1:1: this watch has no platform; add a line such as platform = \"SoundCloud\"",
            "watchlist.toml:1:1: this watch has no document; add a line such as document = \"Terms of Service\"",
            "watchlist.toml:1:1: this watch has no url; add a line such as url = \"https://example.org/terms\"",
        ],
    );
    check(&GOOD.replace("SoundCloud", " "), &["watchlist.toml:2:12: `platform` is empty; write its name, such as \"SoundCloud\""]);
    check(
        &GOOD.replace("Terms of Service", "…"),
        &["watchlist.toml:3:12: `document` has no letter or digit; write its name, such as \"Terms of Service\""],
    );
    check(&GOOD.replace("Terms of", "Terms\\nof"), &["watchlist.toml:3:12: `document` goes over more than one line; write it on one line"]);
    check(
        &GOOD.replace("\"SoundCloud\"", "7"),
        &["watchlist.toml:2:12: `platform` must be a text, not a number; put one text in double quotes"],
    );
}

#[test]
fn unknown_fields_are_refused_with_a_suggestion() {
    check(
        &GOOD.replace("url =", "ulr ="),
        &[
            "watchlist.toml:1:1: this watch has no url; add a line such as url = \"https://example.org/terms\"",
            "watchlist.toml:4:1: unknown field `ulr`; did you mean `url`?",
        ],
    );
    check_line("schedul = \"6h\"", "1: unknown field `schedul`; did you mean `schedule`?");
    check_line("[default]", "2: unknown field `default`; did you mean `defaults`?");
    check_line(
        "colour = 1",
        "1: unknown field `colour`; known here: platform, document, url, urls, index, links, select, remove, schedule, timezone, confirm_after, language, robots, needs, tags, enabled",
    );
}

#[test]
fn urls_are_checked() {
    let url = |url: &str, expect: &str| {
        check(&GOOD.replace("https://soundcloud.com/terms-of-use", url), &[&format!("watchlist.toml:4:7: {expect}")]);
    };
    let whole = "write the whole address, such as \"https://example.org/terms\"";
    url("soundcloud.com/terms", &format!("\"soundcloud.com/terms\" is no web address; {whole}"));
    url("", &format!("\"\" is no web address; {whole}"));
    url("https://", &format!("\"https://\" has no host; {whole}"));
    url("ftp://soundcloud.com/", "\"ftp://soundcloud.com/\" is neither http nor https; write an address that begins with https://");
    url("mailto:a@b.example", "\"mailto:a@b.example\" is neither http nor https; write an address that begins with https://");
    url("https://me:secret@soundcloud.com/", "the address contains a user name or password; watch only pages that are public");
    url("ftp://me:secret@soundcloud.com/", "the address contains a user name or password; watch only pages that are public");
    url("https://me@soundcloud.com/", "the address contains a user name or password; watch only pages that are public");
    url("https://sound cloud.com/", "this is no web address: invalid international domain name; copy the address from the browser");
}

#[test]
fn a_watch_has_either_url_or_urls() {
    check_line("urls = [\"https://a.example/\"]", "1: `url` and `urls` are both given; keep `urls`, with all of the pages in it");
    let urls = |urls: &str, expect: &str| {
        check(&GOOD.replace("url = \"https://soundcloud.com/terms-of-use\"", &format!("urls = {urls}")), &[expect]);
    };
    urls("[]", "watchlist.toml:4:1: `urls` is empty; list at least one page");
    urls("\"https://a.example/\"", "watchlist.toml:4:8: `urls` must be a list, not a text; put it in brackets: urls = [\"…\"]");
    urls("[\"https://a.example/\", \"https://a.example/\"]", "watchlist.toml:4:31: the same page is listed twice; keep it once");
    urls(
        "[\n  \"https://a.example/\",\n  \"ftp://b.example/\",\n]",
        "watchlist.toml:6:3: \"ftp://b.example/\" is neither http nor https; write an address that begins with https://",
    );
}

#[test]
fn a_document_is_listed_once() {
    let text = format!("{GOOD}\n{}enabled = false\n", GOOD.replace("SoundCloud", "soundcloud").replace("Terms of", "Terms-of"));
    check(
        &text,
        &["watchlist.toml:8:12: `soundcloud/terms-of-service` is already watched in line 1; \
         give this document another name, or put its pages into the `urls` of the first"],
    );
}

#[test]
fn times_and_languages_are_checked() {
    check_line(
        "schedule = \"evry 6h\"",
        "12: \"evry 6h\" is no schedule; write an interval such as \"every 6h\", or a cron expression such as \"15 */6 * * *\"",
    );
    check_line("schedule = \"every 2m\"", "12: \"every 2m\" is too frequent; leave at least 5m between two fetches");
    check_line("schedule = \"* * * * *\"", "12: \"* * * * *\" is too frequent; leave at least 5m between two fetches");
    check_line("schedule = 6", "12: `schedule` must be a text, not a number; put one text in double quotes");
    check_line(
        "schedule = \"0 25 * * *\"",
        "12: \"0 25 * * *\" is no cron expression: number out of bounds; \
         write minute, hour, day, month and weekday, such as \"15 */6 * * *\", or an interval such as \"every 6h\"",
    );
    check_line("timezone = \"Dublin\"", "12: \"Dublin\" is no known time zone; write an IANA name, such as \"Europe/Dublin\" or \"UTC\"");
    check_line("confirm_after = \"15\"", "17: \"15\" is no length of time; write a number and a unit, such as \"15m\", \"6h\" or \"1d\"");
    check_line("confirm_after = \"0s\"", "17: \"0s\" is too short; leave at least 1s before the second look");
    check_line(
        "language = \"english\"",
        "12: \"english\" is no language code; write the two letters of ISO 639-1, such as \"en\" or \"de\"",
    );
}

#[test]
fn tags_and_flags_are_checked() {
    check_line("tags = [\"music\", \"\"]", "18: this tag is empty; write a word such as \"music\", or take it out");
    check_line("tags = \"music\"", "8: `tags` must be a list, not a text; put it in brackets: tags = [\"…\"]");
    check_line("tags = [\"a\\nb\"]", "9: this tag goes over more than one line; write it on one line");
    check_line("enabled = \"no\"", "11: `enabled` must be true or false, not a text; write true or false without quotes");
}

#[test]
fn selections_are_checked() {
    let both = "write both, such as { start = \"#terms\", end = \"#privacy\" }";
    check_line("select = \"\"", "10: this CSS selector is empty; leave the field out to have the legal text found automatically");
    check_line("select = { start = \"#a\" }", &format!("10: this range has no end; {both}"));
    check_line("remove = [\"nav\", { end = \"#a\" }]", &format!("18: this range has no start; {both}"));
    check_line("select = { start = \"#a\", end = \"#b\", until = \"#c\" }", "38: unknown field `until`; known here: start, end");
    check_line(
        "select = 3",
        "10: `select` must be a CSS selector or a range, not a number; write a text such as \"main\", or { start = \"#terms\", end = \"#privacy\" }",
    );
}

#[test]
fn selectors_are_checked_by_the_caller() {
    let list = read(&format!("{GOOD}select = [\"main\", {{ start = \"#ä[\", end = \"#b\" }}]\nremove = \"p[\"\n"));
    let is_valid = |selector: &str| if selector.ends_with('[') { Err("expected a name".to_owned()) } else { Ok(()) };
    let problems: Vec<_> = list.check_selectors(is_valid).iter().map(ToString::to_string).collect();
    let help = "correct it, or leave it out to have the legal text found automatically";
    assert_eq!(
        problems,
        [
            format!("watchlist.toml:5:29: \"#ä[\" is no CSS selector: expected a name; {help}"),
            format!("watchlist.toml:6:10: \"p[\" is no CSS selector: expected a name; {help}"),
        ]
    );
    assert!(list.check_selectors(|_| Ok(())).is_empty());
}

#[test]
fn a_mistaken_shape_is_explained() {
    check(
        "[watch]\nplatform = \"A\"\n",
        &["watchlist.toml:1:1: `watch` must be a list, not a table; write [[watch]] with two brackets on either side"],
    );
    check(
        "watch = [\"https://a.example/\"]\n",
        &["watchlist.toml:1:10: a watch must be a table, not a text; write [[watch]] on a line of its own"],
    );
    check("platform = \"A\"\n", &["watchlist.toml:1:1: unknown field `platform`; known here: defaults, watch, promise"]);
    check(
        &format!("defaults = 1\n{GOOD}"),
        &["watchlist.toml:1:12: `defaults` must be a table, not a number; write [defaults] on a line of its own"],
    );
}

#[test]
fn what_is_no_toml_is_reported_and_hides_nothing_behind_it() {
    let check = |old: &str, new: &str, expect: &str| {
        let behind = GOOD.replace("SoundCloud", "B").replace("https", "ftp");
        let text = format!("{}\n{behind}", GOOD.replacen(old, new, 1));
        let line = text.matches('\n').count();
        check(
            &text,
            &[
                &format!("watchlist.toml:{expect}"),
                &format!(
                    "watchlist.toml:{line}:7: \"ftp://soundcloud.com/terms-of-use\" is neither http nor https; write an address that begins with https://"
                ),
            ],
        );
    };
    check("\"SoundCloud\"", "SoundCloud", "2:12: string values must be quoted; put the value in double quotes");
    check("\"SoundCloud\"", "“SoundCloud”", "2:12: string values must be quoted; put the value in double quotes");
    check("\"SoundCloud\"", "", "2:12: string values must be quoted; put the value in double quotes");
    check("SoundCloud\"", "SoundCloud", "2:23: invalid basic string; close the text with a double quote");
    check("SoundCloud", "Sound\\Cloud", "2:19: missing escaped value; write a backslash twice, or put the text in single quotes");
    check("[[watch]]", "[[watch]", "1:9: unclosed array table; write [[watch]] with two brackets on either side");
    check("[[watch]]", "[watch]]", "1:8: unexpected key or value; check the quotes, brackets and commas here");
    check("platform = ", "platform: ", "2:11: key with no value; write name = \"value\"");
    check("platform = ", "platform ", "2:10: key with no value; write name = \"value\"");
    check("url = ", "urls = [", "4:46: unclosed array; close the list with ]");
    check(
        "[[watch]]",
        "[[watch]]\nselect = { start = \"a\"",
        "3:1: missing comma between key-value pairs; put a comma between two values, or close the brackets before it",
    );
    check(
        "[[watch]]",
        "[[watch]]\ntags = [\"a\" \"b\"]",
        "2:13: missing comma between array elements; put a comma between two values, or close the brackets before it",
    );
    check(
        "[[watch]]",
        "[[watch]]\n[watch.select]\nstart = #a\nend = \"#b\"",
        "3:9: string values must be quoted; put the value in double quotes",
    );
}

#[test]
fn what_clashes_between_tables_is_reported() {
    check(&format!("[defaults]\n{GOOD}\n[defaults]\n"), &["watchlist.toml:7:2: duplicate key; keep one of the two"]);
}

#[test]
fn a_key_that_stands_twice_is_reported_where_it_stands_again() {
    check_line("url = \"https://a.example/\"", "1: duplicate key; keep one of the two");
}

#[test]
fn all_problems_of_a_file_are_reported_in_its_order() {
    let text = r#"
[defaults]
language = "klingon"

[[watch]]
platform = "A"
document = "Terms"
url = "a.example"
schedule = "1m"

[[watch]]
platform = "B"
document = ""
url = "https://b.example/"
tagz = ["x"]
"#;
    check(
        text,
        &[
            "watchlist.toml:3:12: \"klingon\" is no language code; write the two letters of ISO 639-1, such as \"en\" or \"de\"",
            "watchlist.toml:8:7: \"a.example\" is no web address; write the whole address, such as \"https://example.org/terms\"",
            "watchlist.toml:9:12: \"1m\" is too frequent; leave at least 5m between two fetches",
            "watchlist.toml:13:12: `document` is empty; write its name, such as \"Terms of Service\"",
            "watchlist.toml:15:1: unknown field `tagz`; did you mean `tags`?",
        ],
    );
}

#[test]
fn columns_count_characters_and_spans_count_bytes() {
    let text = format!("{GOOD}tags = [\"é\", \"\"]\n");
    let problems = parse(&text, "watchlist.toml").unwrap_err();
    let [problem] = problems.as_slice() else { panic!("one problem") };
    assert_eq!((problem.line, problem.column), (5, 14));
    assert_eq!(&text[problem.span.clone()], "\"\"");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_no_problem() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(read(&text).watches, read(GOOD).watches);
}

#[test]
fn the_shipped_list_is_sound() {
    let list = read(SHIPPED);
    let platforms: HashSet<_> = list.watches.iter().map(|watch| watch.platform.as_str()).collect();
    let ids: HashSet<_> = list.watches.iter().map(|watch| &watch.id).collect();
    assert!(list.watches.len() >= 80, "{} documents", list.watches.len());
    assert!(platforms.len() >= 40, "{} platforms", platforms.len());
    assert_eq!(ids.len(), list.watches.len());
    assert!(list.disabled.is_empty());
    assert_eq!(list.watches[0].id.as_str(), "soundcloud/terms-of-service");
    let tags = ["music", "video", "writing", "pictures", "code", "chat", "ai", "social", "games", "dating", "work"];
    for watch in &list.watches {
        assert!(!watch.tags.is_empty() && watch.tags.iter().all(|tag| tags.contains(&tag.as_str())), "{}: {:?}", watch.id, watch.tags);
        assert_eq!(watch.language.as_deref(), Some("en"), "{}", watch.id);
    }
}

proptest! {
    #[test]
    fn no_text_brings_the_reader_down(lines in prop::collection::vec(prop::sample::select(vec![
        "[[watch]]", "[watch]", "[defaults]", "[watch.select]", "[[watch", "platform = \"A\"", "document = \"é\"", "url = \"https://a.example/\"",
        "urls = [", "]", "select = { start = ", "}", "\"\"\"", "tags = [\"", "watch = []", "watch.a = 1", "= 1", "schedule = \"*/5 * * * *\"", "\u{0}", "#",
    ]), 0..12)) {
        let text = lines.join("\n");
        if let Err(problems) = parse(&text, "watchlist.toml") {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(text.get(problem.span).is_some());
            }
        }
    }
}

#[test]
fn an_index_says_which_of_its_links_are_watched() {
    let head = "[[watch]]\nplatform = \"A\"\ndocument = \"B\"\n";
    let list = read(&format!("{head}index = \"https://a.example/legal\"\nlinks = [\"/legal/*\", \"https://b.example/*\"]\n"));
    assert_eq!((list.watches[0].kind, list.watches[0].links.len()), (WatchKind::Index, 2));
    check(
        &format!("{head}index = \"https://a.example/legal\"\n"),
        &["watchlist.toml:4:1: this index has no links; say which of its links are watched: links = [\"/legal/*\"]"],
    );
    check(
        &format!("{head}index = \"https://a.example/legal\"\nlinks = [\"legal\"]\nurl = \"https://a.example/x\"\n"),
        &[
            "watchlist.toml:5:10: \"legal\" is no pattern of links; begin it with / or https://, with * for anything, such as \"/legal/*\"",
            "watchlist.toml:6:1: `index` and `url` are both given; make two entries of it",
        ],
    );
    check(
        &format!("{head}url = \"https://a.example/x\"\nlinks = [\"/x\"]\n"),
        &["watchlist.toml:5:1: `links` belongs to an index; name the page that lists the documents with `index`"],
    );
}

#[test]
fn a_promise_names_a_watched_document_and_a_whole_sentence() {
    let watch = "[[watch]]\nplatform = \"A\"\ndocument = \"B\"\nurl = \"https://a.example/x\"\n";
    let promise = "[[promise]]\nplatform = \"A\"\ndocument = \"B\"\n";
    let list = read(&format!("{watch}{promise}wording = \"We will never train on your songs.\"\nby = \"2026-06-30\"\n"));
    assert_eq!(list.promises[0].by.map(|date| date.to_string()).as_deref(), Some("2026-06-30"));
    check(
        &format!("{watch}{promise}wording = \"Soon.\"\nby = \"June\"\n"),
        &[
            "watchlist.toml:8:11: this wording is too short; quote at least a whole sentence of what was promised",
            "watchlist.toml:9:6: \"June\" is no date; write it as \"2026-06-30\"",
        ],
    );
    check(
        &format!("{watch}[[promise]]\nplatform = \"A\"\ndocument = \"C\"\nwording = \"We will never train on your songs.\"\n"),
        &["watchlist.toml:7:1: `a/c` is promised something, and is not watched; add a [[watch]] with the same platform and document"],
    );
}

#[test]
fn the_name_of_the_signals_is_kept() {
    check(
        "[[watch]]\nplatform = \"A\"\ndocument = \"AI signals\"\nurl = \"https://a.example/x\"\n",
        &["watchlist.toml:3:12: this name is kept for what the site says to machines; give the document another name"],
    );
}
