use super::*;
use proptest::prelude::*;

/// What becomes of a list, as it is written, and what is said of it.
fn adopted(list: ForeignList, name: &str, text: &str) -> (String, Vec<String>) {
    let is_selector = |css: &str| if css.contains(":has") { Err("no".to_owned()) } else { Ok(()) };
    let foreign = read_foreign(list, name, text, &is_selector).unwrap();
    let adoption = adopt("", "watchlist.toml", foreign).unwrap();
    assert_eq!(adoption.entries, adoption.text, "an empty list holds the entries and nothing else");
    if !adoption.added.is_empty() {
        crate::watchlist::parse(&adoption.text, "watchlist.toml").unwrap();
    }
    let left = adoption.added.iter().flat_map(|(id, left)| left.iter().map(move |left| format!("{id}: {left}")));
    let skipped = adoption.skipped.iter().map(|(name, why)| format!("{name}: {why}"));
    (adoption.entries.clone(), left.chain(skipped).collect())
}

#[test]
fn declarations_become_entries_with_selectors_ranges_and_browser() {
    let declaration = r##"{
      "name": "Tidewave",
      "terms": {
        "Terms of Service": {
          "fetch": "https://tidewave.example/terms", "select": ["main", ".extra"], "remove": ".nav", "executeClientScripts": true,
          "filter": ["removeQueryParams", "cleanUp", {"dropWords": ["x"]}]
        },
        "Privacy Policy": {
          "fetch": "https://tidewave.example/privacy",
          "select": {"startAfter": "#a", "endBefore": "#b"}, "remove": ["div:has(p)", {"startBefore": "#c", "endAfter": "#d"}, {"startBefore": "#e"}]
        },
        "Community Guidelines": {
          "select": "article",
          "combine": [{"fetch": "https://tidewave.example/rules/1"}, {"fetch": "https://tidewave.example/rules/2", "select": "main"}]
        },
        "Imprint": {"select": "main"}
      }
    }"##;
    let (entries, said) = adopted(ForeignList::OpenTermsArchive, "Tidewave.json", declaration);
    assert_eq!(
        entries,
        r##"[[watch]]
platform = "Tidewave"
document = "Terms of Service"
url = "https://tidewave.example/terms"
select = ["main", ".extra"]
remove = ".nav"
needs = "browser"

[[watch]]
platform = "Tidewave"
document = "Privacy Policy"
url = "https://tidewave.example/privacy"
select = { start = "#a", end = "#b" }
remove = { start = "#c", end = "#d" }

[[watch]]
platform = "Tidewave"
document = "Community Guidelines"
urls = ["https://tidewave.example/rules/1", "https://tidewave.example/rules/2"]
select = ["article", "main"]
"##
    );
    assert_eq!(
        said,
        [
            "tidewave/terms-of-service: the filter cleanUp (JavaScript)",
            "tidewave/terms-of-service: the filter dropWords (JavaScript)",
            "tidewave/privacy-policy: that a range begins after \"#a\": it begins with it",
            "tidewave/privacy-policy: that a range ends after \"#d\": it stops before it",
            "tidewave/privacy-policy: the range {\"startBefore\":\"#e\"}, which has no start or no end",
            "tidewave/privacy-policy: the selector \"div:has(p)\", which is not understood here",
            "tidewave/community-guidelines: which selectors belong to which of its pages: each is tried on all of them",
            "Tidewave · Imprint: it has no address",
        ]
    );
}

#[test]
fn watches_of_changedetection_become_entries() {
    let list = r#"{"watching": {
      "1": {"url": "https://www.tidewave.example/legal/terms-of-use.html", "title": null, "tags": ["t1"], "include_filters": ["main", "xpath://div", "/html/body"],
            "subtractive_selectors": [".ad"], "fetch_backend": "html_webdriver", "time_between_check": {"weeks": null, "hours": 3, "minutes": 30}, "paused": true,
            "ignore_text": ["/x/"], "headers": {}, "trigger_text": []},
      "2": {"url": "https://www.tidewave.example/terms_of_use", "title": "", "tag": "music, art", "time_between_check": {"seconds": 5}},
      "3": {"url": "https://tidewave.example/a", "title": "Tidewave rules", "time_between_check_use_default": true, "time_between_check": {"hours": 1}},
      "4": {"url": "https://user:secret@tidewave.example/b", "title": "Hidden"},
      "5": {"title": "Nothing"}
    }, "settings": {"application": {"tags": {"t1": {"title": "music"}}}}}"#;
    let (entries, said) = adopted(ForeignList::Changedetection, "url-watches.json", list);
    assert_eq!(
        entries,
        r#"[[watch]]
platform = "tidewave.example"
document = "Terms of use"
url = "https://www.tidewave.example/legal/terms-of-use.html"
select = "main"
remove = ".ad"
needs = "browser"
schedule = "every 210m"
tags = ["music"]

[[watch]]
platform = "tidewave.example"
document = "Terms of use 2"
url = "https://www.tidewave.example/terms_of_use"
schedule = "every 5m"
tags = ["music", "art"]

[[watch]]
platform = "tidewave.example"
document = "Tidewave rules"
url = "https://tidewave.example/a"
"#
    );
    assert_eq!(
        said,
        [
            "tidewave-example/terms-of-use: the filter \"xpath://div\"",
            "tidewave-example/terms-of-use: the filter \"/html/body\"",
            "tidewave-example/terms-of-use: that it was paused",
            "tidewave-example/terms-of-use: texts to ignore",
            "Hidden: the address contains a user name or password",
            "Nothing: it has no address",
        ]
    );
    let (entries, said) =
        adopted(ForeignList::Changedetection, "list.txt", "https://tidewave.example/terms music, art\n\nhttp://tidewave.example/terms/\n");
    assert!(entries.contains("tags = [\"music\", \"art\"]"), "{entries}");
    assert_eq!(said, ["http://tidewave.example/terms/: its page is watched already, as tidewave-example/terms"]);
}

#[test]
fn jobs_of_urlwatch_become_entries() {
    let jobs = r#"
name: Tidewave terms
url: https://tidewave.example/terms
tags: [music]
filter:
  - css:
      selector: main
      exclude: .ad
  - html2text
  - strip
  - element-by-class: inner
  - shellpipe: "rm -rf /"
---
navigate: https://tidewave.example/privacy
filter: element-by-id:legal,html2text,xpath:x
headers: {A: b}
---
name: A command
command: ls
---
"just a text"
"#;
    let (entries, said) = adopted(ForeignList::Urlwatch, "urls.yaml", jobs);
    assert_eq!(
        entries,
        r##"[[watch]]
platform = "tidewave.example"
document = "Tidewave terms"
url = "https://tidewave.example/terms"
select = "main"
remove = ".ad"
tags = ["music"]

[[watch]]
platform = "tidewave.example"
document = "Privacy"
url = "https://tidewave.example/privacy"
select = "#legal"
needs = "browser"
"##
    );
    assert_eq!(
        said,
        [
            "tidewave-example/tidewave-terms: the filter element-by-class within the one before: \".inner\"",
            "tidewave-example/tidewave-terms: the filter shellpipe",
            "tidewave-example/privacy: the filter xpath",
            "tidewave-example/privacy: request headers",
            "A command: a command of the shell",
        ]
    );
}

#[test]
fn nothing_that_stood_in_the_list_changes() {
    let before = "# Mine.\r\n[[watch]]\r\nplatform = \"A\" # a\r\ndocument = \"B\"\r\nurl = \"https://a.example/b\"\r\n";
    let foreign = read_foreign(ForeignList::Changedetection, "l", "https://a.example/b/\nhttps://c.example/d", &|_| Ok(())).unwrap();
    let adoption = adopt(before, "watchlist.toml", foreign).unwrap();
    assert!(adoption.text.starts_with(before) && adoption.text.ends_with("url = \"https://c.example/d\"\r\n"), "{}", adoption.text);
    assert_eq!(adoption.skipped, [("https://a.example/b/".to_owned(), "its page is watched already, as a/b".to_owned())]);
    assert!(adopt("[[watch]]\nplatform = 1", "watchlist.toml", Vec::new()).is_err());
}

#[test]
fn what_is_no_list_is_said_to_be_none() {
    for (list, text, reason) in [
        (ForeignList::OpenTermsArchive, "[]", "x is not understood: it has no \"terms\""),
        (ForeignList::Changedetection, "{}", "x is not understood: it has no \"watching\""),
        (ForeignList::Changedetection, "https://a.example\nhello", "x is not understood: line 2 begins with no address"),
    ] {
        assert_eq!(read_foreign(list, "x", text, &|_| Ok(())).unwrap_err(), reason);
    }
    let mut laughs = "b0: &b0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    (1..12).for_each(|n| laughs.push_str(&format!("b{n}: &b{n} [{}]\n", format!("*b{},", n - 1).repeat(9))));
    assert!(read_foreign(ForeignList::Urlwatch, "x", &laughs, &|_| Ok(())).is_err(), "references that multiply are refused");
    assert!(read_foreign(ForeignList::Urlwatch, "x", &"[".repeat(100_000), &|_| Ok(())).is_err(), "so is what is nested without end");
}

#[test]
fn whose_list_it_is_shows_in_name_and_text() {
    assert_eq!(guess_foreign("a/urls.yaml", ""), ForeignList::Urlwatch);
    assert_eq!(guess_foreign("url-watches.json", "{\"watching\": {}}"), ForeignList::Changedetection);
    assert_eq!(guess_foreign("Tidewave.json", "{\"terms\": {}}"), ForeignList::OpenTermsArchive);
    assert_eq!(guess_foreign("list.txt", "https://a.example"), ForeignList::Changedetection);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_the_readers_down(parts in prop::collection::vec(prop::sample::select(vec![
        "{\"terms\": {\"A\": ", "{\"watching\": {\"1\": ", "{", "}", "[", "]", "\"url\":", "\"fetch\":", "\"https://a.example/ü\"", ",", "null", "1e999", "\"combine\":",
        "\"select\":", "{\"startBefore\": 1}", "\"filter\":", "url: https://a.example\n", "---\n", "filter:\n - css: ", "- ", "&a ", "*a ", "<<: ", "!!binary ", "\t", "\u{0}", "é",
    ]), 0..24), junk in "\\PC{0,60}") {
        let text = parts.concat() + &junk;
        for list in [ForeignList::OpenTermsArchive, ForeignList::Changedetection, ForeignList::Urlwatch] {
            if let Ok(foreign) = read_foreign(list, "x.json", &text, &|_| Ok(())) {
                let adoption = adopt("", "watchlist.toml", foreign).unwrap();
                prop_assert!(adoption.added.is_empty() || crate::watchlist::parse(&adoption.text, "w").is_ok());
            }
        }
    }
}
