use super::*;
use crate::watchlist::{SHIPPED, parse};

const FILE: &str = "watchlist.toml";

/// Comments in every place where a comment can stand.
const LIST: &str = r#"# My list.

[defaults]
schedule = "every 6h"  # often enough

# ---- Music ----

# founding case
[[watch]]
platform = "SoundCloud"
document = "Terms of Service"
url = "https://soundcloud.com/terms-of-use" # V1
tags = ["music"]

[[watch]]   # second
platform  =  'Bandcamp'
document  =  'Terms of Service'
urls = [
    "https://bandcamp.com/terms_of_use",  # all of it
]


# ---- Video ----

# why: it has no API
# and never had
[[watch]]
platform = "Vimeo"
document = "Terms of Service"
url = "https://vimeo.com/terms"
# schedule = "every 1d"

# the end
"#;

fn id(platform: &str) -> WatchId {
    WatchId::new(platform, "Terms of Service")
}

fn new(platform: &str) -> NewWatch {
    NewWatch {
        platform: platform.to_owned(),
        document: "Privacy Policy".to_owned(),
        urls: vec!["https://example.org/privacy".to_owned()],
        ..NewWatch::default()
    }
}

fn cut(text: &str, part: &str) -> String {
    assert_eq!(text.matches(part).count(), 1, "{part}");
    text.replacen(part, "", 1)
}

#[test]
fn removing_takes_the_entry_and_the_comment_above_it() {
    for (platform, part) in [
        (
            "SoundCloud",
            "# founding case\n[[watch]]\nplatform = \"SoundCloud\"\ndocument = \"Terms of Service\"\nurl = \"https://soundcloud.com/terms-of-use\" # V1\ntags = [\"music\"]\n\n",
        ),
        (
            "Bandcamp",
            "\n[[watch]]   # second\nplatform  =  'Bandcamp'\ndocument  =  'Terms of Service'\nurls = [\n    \"https://bandcamp.com/terms_of_use\",  # all of it\n]\n",
        ),
        (
            "Vimeo",
            "# why: it has no API\n# and never had\n[[watch]]\nplatform = \"Vimeo\"\ndocument = \"Terms of Service\"\nurl = \"https://vimeo.com/terms\"\n# schedule = \"every 1d\"\n\n",
        ),
    ] {
        assert_eq!(remove(LIST, FILE, &id(platform)).unwrap(), cut(LIST, part));
    }
}

#[test]
fn a_comment_between_two_entries_stays_with_the_one_below() {
    let entry =
        |name: &str| format!("[[watch]]\nplatform = \"{name}\"\ndocument = \"Terms of Service\"\nurl = \"https://{name}.example/\"\n");
    let text = format!("{}# about b\n{}", entry("a"), entry("b"));
    assert_eq!(remove(&text, FILE, &id("a")).unwrap(), format!("# about b\n{}", entry("b")));
    assert_eq!(remove(&text, FILE, &id("b")).unwrap(), entry("a"));
}

#[test]
fn the_last_entry_leaves_no_gap_at_the_end() {
    let text =
        "[defaults]\nlanguage = \"en\"\n\n[[watch]]\nplatform = \"A\"\ndocument = \"Terms of Service\"\nurl = \"https://a.example/\"";
    assert_eq!(remove(text, FILE, &id("A")).unwrap(), "[defaults]\nlanguage = \"en\"\n");
    assert_eq!(remove(&format!("{text}\n\n"), FILE, &id("A")).unwrap(), "[defaults]\nlanguage = \"en\"\n");
}

#[test]
fn sub_tables_go_with_their_entry() {
    let text = "[[watch]]\nplatform = \"A\"\ndocument = \"Terms of Service\"\nurl = \"https://a.example/\"\n[watch.select]\nstart = \"#a\"\nend = \"#b\"\n\n# end\n";
    assert_eq!(remove(text, FILE, &id("A")).unwrap(), "# end\n");
}

#[test]
fn a_new_entry_joins_its_platform() {
    let edited = add(LIST, FILE, &new("Bandcamp")).unwrap();
    let part = "\n[[watch]]\nplatform = \"Bandcamp\"\ndocument = \"Privacy Policy\"\nurl = \"https://example.org/privacy\"\n";
    assert_eq!(cut(&edited, part), LIST);
    assert!(edited.contains(&format!("# all of it\n]\n{part}\n\n# ---- Video")));
}

#[test]
fn a_new_platform_comes_last() {
    let watch = NewWatch {
        urls: vec!["https://example.org/1".to_owned(), "https://example.org/2".to_owned()],
        schedule: Some("every 1d".to_owned()),
        language: Some("en".to_owned()),
        tags: vec!["music".to_owned(), "ai".to_owned()],
        ..new("The \"New\" One")
    };
    let entry = "\n[[watch]]\nplatform = 'The \"New\" One'\ndocument = \"Privacy Policy\"\n\
                 urls = [\"https://example.org/1\", \"https://example.org/2\"]\nschedule = \"every 1d\"\nlanguage = \"en\"\ntags = [\"music\", \"ai\"]\n";
    assert_eq!(add(LIST, FILE, &watch).unwrap(), format!("{LIST}{entry}"));
}

#[test]
fn the_first_entry_of_an_empty_file_needs_no_gap() {
    assert!(add("", FILE, &new("A")).unwrap().starts_with("[[watch]]\nplatform = \"A\"\n"));
    assert!(add("# mine", FILE, &new("A")).unwrap().starts_with("# mine\n\n[[watch]]\n"));
}

#[test]
fn adding_and_removing_leaves_every_byte_of_the_shipped_list() {
    for platform in ["SoundCloud", "Signal", "Somebody new"] {
        let new = NewWatch { document: "Test".to_owned(), ..new(platform) };
        let added = add(SHIPPED, FILE, &new).unwrap();
        assert_eq!(parse(&added, FILE).unwrap().watches.len(), parse(SHIPPED, FILE).unwrap().watches.len() + 1);
        assert_eq!(remove(&added, FILE, &WatchId::new(platform, "Test")).unwrap(), SHIPPED);
    }
}

#[test]
fn every_entry_of_the_shipped_list_can_be_removed_alone() {
    for watch in parse(SHIPPED, FILE).unwrap().watches {
        let edited = remove(SHIPPED, FILE, &watch.id).unwrap();
        let start = edited.bytes().zip(SHIPPED.bytes()).take_while(|(edited, shipped)| edited == shipped).count();
        let removed = SHIPPED.len() - edited.len();
        assert_eq!(edited[start..], SHIPPED[start + removed..], "{}", watch.id);
    }
}

#[test]
fn windows_line_ends_are_kept() {
    let text = LIST.replace('\n', "\r\n");
    let added = add(&text, FILE, &new("Vimeo")).unwrap();
    assert_eq!(added, add(LIST, FILE, &new("Vimeo")).unwrap().replace('\n', "\r\n"));
    assert_eq!(remove(&added, FILE, &WatchId::new("Vimeo", "Privacy Policy")).unwrap(), text);
}

#[test]
fn what_cannot_be_added_says_why() {
    let check = |text: &str, new: &NewWatch, expect: &str| assert_eq!(add(text, FILE, new).unwrap_err().to_string(), expect);
    check(
        LIST,
        &NewWatch { document: "terms of service".to_owned(), ..new("SoundCloud") },
        "watchlist.toml:9:1: `soundcloud/terms-of-service` is already watched; remove it first, or choose another name",
    );
    check(
        LIST,
        &NewWatch { urls: vec!["example.org".to_owned()], ..new("A") },
        "new watch:4:7: \"example.org\" is no web address; write the whole address, such as \"https://example.org/terms\"",
    );
    check(LIST, &NewWatch { urls: Vec::new(), ..new("A") }, "new watch:4:1: `urls` is empty; list at least one page");
    check(
        "[[watch]]\nplatform = 1\n",
        &new("A"),
        "watchlist.toml:1:1: this watch has no document; add a line such as document = \"Terms of Service\"",
    );
    check(
        "watch = [{ platform = \"B\", document = \"Terms\", url = \"https://b.example/\" }]\n",
        &new("A"),
        "watchlist.toml:2:1: `a/privacy-policy` can't be written here; give every watch a [[watch]] line of its own",
    );
}

#[test]
fn what_cannot_be_removed_says_why() {
    let check = |text: &str, id: &WatchId, expect: &str| assert_eq!(remove(text, FILE, id).unwrap_err().to_string(), expect);
    check(
        LIST,
        &id("Soundclod"),
        "watchlist.toml:1:1: `soundclod/terms-of-service` is not in the list; did you mean `soundcloud/terms-of-service`?",
    );
    check(LIST, &WatchId::new("x", "y"), "watchlist.toml:1:1: `x/y` is not in the list; `fineprint watch list` prints what is in the list");
    check(
        "watch = [{ platform = \"B\", document = \"Terms of Service\", url = \"https://b.example/\" }]\n",
        &id("B"),
        "watchlist.toml:1:1: `b/terms-of-service` can't be taken out alone; give every watch a [[watch]] line of its own",
    );
    check(
        "[[watch]]\nplatform = \"A\"\ndocument = \"Terms of Service\"\nurl = '''https://a.example/\n# x'''\n[[watch]]\nplatform = \"B\"\ndocument = \"Terms of Service\"\nurl = \"https://b.example/\"\n",
        &id("B"),
        "watchlist.toml:6:1: `b/terms-of-service` can't be taken out alone; give every watch a [[watch]] line of its own",
    );
}
