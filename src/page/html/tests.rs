use super::*;
use crate::model::{ClauseKind, Selection};

const PAGE: &str = r#"<!doctype html><html><head><title>Terms | Tidewave</title></head><body>
  <nav><a href=/a>Home</a> <a href=/b>Pricing</a></nav>
  <div class="cookie-banner">We use cookies to make this site better for you, accept them all or choose which ones you want.</div>
  <main><h1>Terms of Use</h1><p>Last updated: 3 May 2025</p>
  <h2>1. Licence</h2><p>You grant us a licence to host your tracks and to show them to the people who visit our site, as long as you keep them there.</p>
  <p>You may not:</p><ul><li>scrape the site or any part of it with robots or other tools;</li><li>train models on the tracks of other people without their consent.</li></ul>
  <table><tr><th>Data</th><th>Purpose</th></tr><tr><td>Tracks</td><td>Hosting and streaming them to listeners</td></tr></table>
  <button aria-expanded="false">What about AI?</button><div hidden><p>We will not use your tracks to train generative models without your consent, and that is a promise we make to you.</p></div>
  </main><footer><p>Tidewave Ltd, 1 Harbour Street. Follow us everywhere, and subscribe to the newsletter.</p></footer></body></html>"#;

fn texts(page: &Page) -> Vec<&str> {
    page.document.clauses.iter().map(|clause| clause.text.as_str()).collect()
}

#[test]
fn the_legal_text_is_found_without_a_selector() {
    let page = read(PAGE, Rules::default()).unwrap();
    let texts = texts(&page);
    assert_eq!(texts[0], "Terms of Use");
    assert!(texts.contains(&"Tracks | Hosting and streaming them to listeners"), "{texts:#?}");
    assert!(texts.contains(&"What about AI?"), "an accordion's title is a heading");
    assert!(texts.iter().any(|text| text.starts_with("We will not use your tracks")), "folded text is text");
    for noise in ["Pricing", "cookies", "newsletter"] {
        assert!(!texts.iter().any(|text| text.contains(noise)), "{noise}: {texts:#?}");
    }
}

#[test]
fn a_selector_that_matches_nothing_degrades_and_is_reported() {
    let gone = [Selection::Css(".terms-body-2019".to_owned())];
    let page = read(PAGE, Rules { select: &gone, remove: &[] }).unwrap();
    assert_eq!(page.missed, [".terms-body-2019"]);
    assert_eq!(texts(&page)[0], "Terms of Use");
}

#[test]
fn selections_and_ranges_cut_the_page() {
    let range = [Selection::Range { start: "h2".to_owned(), end: "ul".to_owned() }];
    let page = read(PAGE, Rules { select: &range, remove: &[] }).unwrap();
    assert_eq!(texts(&page).first(), Some(&"1. Licence"));
    assert_eq!(texts(&page).last(), Some(&"You may not:"));
    let table = [Selection::Css("table".to_owned())];
    let page = read(PAGE, Rules { select: &[], remove: &table }).unwrap();
    assert!(!texts(&page).iter().any(|text| text.contains("Hosting")));
}

#[test]
fn a_range_goes_from_one_heading_to_another() {
    let range = [Selection::Range { start: "heading: 1. Licence".to_owned(), end: "heading:what about ai".to_owned() }];
    let two = PAGE.replace("</main>", "<h2>What about AI</h2><p>That is told elsewhere.</p></main>");
    let page = read(&two, Rules { select: &range, remove: &[] }).unwrap();
    assert_eq!(texts(&page).first(), Some(&"1. Licence"));
    assert!(!texts(&page).contains(&"That is told elsewhere."));
    let gone = [Selection::Range { start: "heading: 9. Gone".to_owned(), end: "ul".to_owned() }];
    assert_eq!(read(PAGE, Rules { select: &gone, remove: &[] }).unwrap().missed.len(), 1);
}

#[test]
fn markup_nested_deeper_than_honest_pages_is_refused_quickly() {
    assert_eq!(read(&"<div>".repeat(100_000), Rules::default()), Err(Rejection::TooDeep));
    assert_eq!(read(&"<ul><li>".repeat(50_000), Rules::default()), Err(Rejection::TooDeep));
    let attributes: Vec<String> = (0..5000).map(|n| format!("a{n}=1")).collect();
    assert_eq!(read(&format!("<p {}>x", attributes.join(" ")), Rules::default()), Err(Rejection::TooDeep));
    assert_eq!(read(&"<b><p>".repeat(100_000), Rules::default()), Err(Rejection::TooDeep));
    let with_comments = format!("<body>{}", "<div></body><!-- x -->".repeat(20_000));
    assert_eq!(read(&with_comments, Rules::default()), Err(Rejection::TooDeep));
}

#[test]
fn a_cookie_banner_without_a_name_and_a_skip_link_are_no_text() {
    let page = PAGE.replace(
        "<main>",
        "<a href='#main'>Skip to main content</a><div class='x9f'><p>We use cookies to provide and improve content on all of our pages and apps.</p><button>Allow all cookies</button><span>Decline optional cookies</span></div><main>",
    );
    assert_eq!(texts(&read(&page, Rules::default()).unwrap()), texts(&read(PAGE, Rules::default()).unwrap()));
}

/// What websites put around and into their documents, and where: none of it is text of the document.
#[test]
fn what_a_website_adds_changes_nothing() {
    let noise = [
        (
            "<main>",
            "<div class=top><p>We recently updated our <b>Privacy Notice</b>.</p><p>We added detail about advertising, and clarified how long logs are kept.</p></div><main>",
        ),
        (
            "<p>Last updated: 3 May 2025</p>",
            "<p>Last updated: 3 May 2025</p><blockquote><p><strong>Terms Updated</strong></p><p>Our terms have been updated to be easier to read.</p></blockquote>",
        ),
        (
            "<h2 id=one>1. Licence</h2>",
            "<div class=x><ul><li><a href='#one'>1. Licence of the tracks</a></li><li><a href='#two'>2. Conduct of members</a></li><li><a href='#one'>3. Money and payouts</a></li><li><a href='#two'>4. Law</a></li></ul></div><h2 id=one>1. Licence</h2>",
        ),
        ("</main>", "<div class=q><p>Was this page helpful?</p><a href=/yes>Yes</a> <a href=/no>No</a></div></main>"),
        (
            "</main>",
            "<section><h3>Related articles</h3><div><a href=/1>How to delete an account that you no longer want to have</a></div><div><a href=/2>Who gets to see the profile of a member</a></div></section></main>",
        ),
        ("</table>", "</table><span>(opens in a new tab)</span>"),
        (
            "</main>",
            "<ul class=z9><li>English</li><li>Deutsch</li><li>Français</li><li>Español (México)</li><li>Polski</li><li>日本語</li></ul></main>",
        ),
        ("<main>", "<div data-testid='side-nav'><p>Legal overview</p><p>Platform terms</p><p>Developer terms</p></div><main>"),
        ("</main>", "<div class='feedback'><p>Tell us what you think.</p><p>Send</p></div></main>"),
        ("</main>", "<button role=combobox aria-expanded=false>Earlier versions</button></main>"),
        ("<h1>", "<p>You are here: <a href=/>Home</a> &gt; <a href=/l>Legal</a> &gt; Terms</p><h1>"),
        ("<h1>", "<ol class=flex><li><a href=/>Home</a></li><li>/</li><li><a href=/l>Legal</a></li><li>Terms of Use</li></ol><h1>"),
        ("<h1>", "<div class='fil-ariane'><p><a href=/>Accueil</a> Conditions</p></div><h1>"),
        ("<p>Last", "<p>9 min read</p><p>Share:</p><p>Written by the legal team</p><p>Last"),
        (
            "<h2 id=one>1. Licence</h2>",
            "<p><a href='#one'>1. Licence</a></p><p><a href='#three'>What about AI?</a></p><h2 id=one>1. Licence</h2>",
        ),
        ("<h2 id=one>1. Licence</h2>", "<p><a href='#a1'>Licence</a><br><a href='#a2'>What about AI?</a></p><h2 id=one>1. Licence</h2>"),
        ("</main>", "<p><a href=/privacy>Next: Privacy policy</a></p><p>© 2026 Tonlage GmbH. All rights reserved.</p></main>"),
        ("</main>", "<h3>Articles similaires</h3><ul><li><a href=/1>Supprimer un compte</a></li></ul></main>"),
        ("<h1>Terms of Use</h1>", "<h1>Terms\u{ad} of\u{200b} Use</h1>"),
    ];
    let page = PAGE.replace("<h2>1.", "<h2 id=one>1.").replace("<p>You may not:", "<p id=two>You may not:");
    let plain = read(&page, Rules::default()).unwrap().document;
    let keys = |document: &Document| -> Vec<u64> {
        document.clauses.iter().map(|clause| crate::text::sentence_fingerprint(&clause.text)).collect()
    };
    for (place, added) in noise {
        let changed = page.replacen(place, added, 1);
        assert_ne!(changed, page, "{place} is not there");
        let read = read(&changed, Rules::default()).unwrap();
        assert_eq!(keys(&read.document), keys(&plain), "{added}: {:#?}", texts(&read));
    }
}

#[test]
fn a_notice_of_what_is_to_come_stays() {
    for said in [
        "From now on your tracks may be used to train models.",
        "The new terms take effect on 1 March 2026.",
        "By continuing you agree to them.",
    ] {
        let page = PAGE.replace("<main>", &format!("<div><p>We have updated our terms. {said}</p></div><main>"));
        let page = page.replace("<main>", "<div class=wrap>").replace("</main>", "</div>");
        assert!(texts(&read(&page, Rules::default()).unwrap()).iter().any(|text| text.contains(said)), "{said}");
    }
}

/// A section may be called what chrome is called.
#[test]
fn sections_with_the_names_of_chrome_stay() {
    for name in [
        "feedback",
        "newsletter",
        "how-we-share",
        "cookie-settings",
        "social-media",
        "related",
        "announcement",
        "sharing",
        "privacy-choices",
    ] {
        let clause = "If you send us ideas, we may use them without paying you, and they are not confidential, whatever you write on them, unless we agreed on something else in writing before you sent them to us.";
        let page =
            PAGE.replace("<table>", &format!("<section id='{name}' class='{name}'><h2>A section</h2><p>{clause}</p></section><table>"));
        assert!(texts(&read(&page, Rules::default()).unwrap()).contains(&clause), "{name}");
    }
}

#[test]
fn what_introduces_a_long_document_stays() {
    let clause = |n: usize| {
        format!(
            "<p>Clause number {n} says that you keep all of the rights in the content which you upload to us, and that we may host it for as long as you want.</p>"
        )
    };
    let clauses: String = (0..200).map(clause).collect();
    let page = format!(
        "<body><div class=a><p>Published: 30 July 2025</p><div><p>Effective: 30 September 2025</p></div><div><a href=/print>Print</a></div><p>This agreement is between you and us, and governs your use of all that we offer.</p></div><div class=b>{clauses}</div><div class=c><p>Top of page</p></div></body>"
    );
    let page = read(&page, Rules::default()).unwrap();
    let texts = texts(&page);
    assert_eq!(
        texts[..3],
        [
            "Published: 30 July 2025",
            "Effective: 30 September 2025",
            "This agreement is between you and us, and governs your use of all that we offer."
        ]
    );
    assert_eq!(texts.len(), 203, "{:?}", texts.last());
}

#[test]
fn lists_are_numbered_as_a_browser_numbers_them() {
    let items = |attributes: &str| {
        let page = PAGE.replace("<ul>", &format!("<ol {attributes}>")).replace("</ul>", "</ol>");
        let page = read(&page, Rules::default()).unwrap();
        page.document
            .clauses
            .iter()
            .filter_map(|clause| (clause.kind == ClauseKind::ListItem).then(|| clause.label().map(str::to_owned))?)
            .collect::<Vec<_>>()
    };
    assert_eq!(items(""), ["1.", "2."]);
    assert_eq!(items("start=4"), ["4.", "5."]);
    assert_eq!(items("type=a"), ["a.", "b."]);
    assert_eq!(items("type=I"), ["I.", "II."]);
}

#[test]
fn a_mark_that_points_to_a_note_is_no_part_of_a_word() {
    let page = PAGE
        .replace("our site,", "our site<sup><a href='#n1'>1</a></sup>,")
        .replace("<table>", "<p id=n1>1. A site is a place on the web.</p><table>");
    let page = read(&page, Rules::default()).unwrap();
    assert!(texts(&page).iter().any(|text| text.contains("our site [1],")), "{:#?}", texts(&page));
    assert!(texts(&page).contains(&"1. A site is a place on the web."));
}

#[test]
fn a_row_that_is_there_for_phones_and_for_desktops_is_kept_once() {
    let row = "<tr><td>Training</td><td>We use the tracks that you upload, and what is said in comments on them, to train the models that choose what others hear.</td></tr>";
    let once = read(&PAGE.replace("</table>", &format!("{row}</table>")), Rules::default()).unwrap();
    let twice = read(&PAGE.replace("</table>", &format!("{row}{row}</table>")), Rules::default()).unwrap();
    assert_eq!(texts(&once), texts(&twice));
}

/// Clauses stand in every element that HTML has.
#[test]
fn clauses_in_unusual_places_stay() {
    let clause = "We may use the recordings that you upload to us in order to train models, unless you object to that in your settings before we start.";
    let twice = format!("<p>{clause}</p><p>A second sentence follows it here, so that nobody takes this for a notice of two words.</p>");
    for place in [
        format!("<section class=modal><h2>Limits</h2>{twice}</section>"),
        format!("<aside class=plain-english>{twice}</aside>"),
        format!("<div role=alert>{twice}</div>"),
        format!("<footer><h2>Law</h2>{twice}</footer>"),
        format!("<section><header><h2>Term</h2>{twice}</header></section>"),
        format!("<aside role=doc-footnote>{twice}</aside>"),
        format!("<div id=ot-sdk-cookie-policy>{twice}</div>"),
        format!("<dialog open>{twice}</dialog>"),
        format!(
            "<textarea readonly>{clause}\n\n{clause} That is all that we say about recordings, and nothing else applies to them.</textarea>"
        ),
        format!("<pre>A title\n\n{clause}</pre>"),
    ] {
        let page = PAGE.replace("<table>", &format!("{place}<table>"));
        let page = read(&page, Rules::default()).unwrap();
        assert!(texts(&page).contains(&clause), "{place}: {:#?}", texts(&page));
    }
    let beside = PAGE.replace(
        "</main>",
        &format!(
            "</main><section class=annex><h2>Annex</h2>{twice}{}</section>",
            twice.replace("second", "third").replace("recordings", "pictures")
        ),
    );
    assert!(texts(&read(&beside, Rules::default()).unwrap()).contains(&clause), "an annex beside main");
}

#[test]
fn documents_that_apply_too_are_named_at_the_end() {
    let page = PAGE.replace("</main>", "<p><a href=/rules>Community rules</a></p><p><a href=/pay>Payment terms</a></p></main>");
    let page = read(&page, Rules::default()).unwrap();
    assert!(texts(&page).contains(&"Payment terms"), "{:#?}", texts(&page));
}

#[test]
fn a_shadow_root_that_stands_in_the_markup_is_shown() {
    let page =
        PAGE.replace("<main>", "<legal-page><template shadowrootmode=open><main>").replace("</main>", "</main></template></legal-page>");
    assert_eq!(texts(&read(&page, Rules::default()).unwrap()), texts(&read(PAGE, Rules::default()).unwrap()));
}

#[test]
fn links_that_a_sentence_announces_and_words_in_buttons_are_text() {
    let vendors = "<p>We engage these sub-processors:</p><ul><li><a href=https://a.example>Acorn Hosting</a></li><li><a href=https://b.example>Birch Mail</a></li><li><a href=https://c.example>Cedar Models</a></li><li><a href=https://d.example>Dune Search</a></li></ul><p>The term <button class=tip>Affiliate</button> means a company that owns another one.</p>";
    let page = read(&PAGE.replace("<table>", &format!("{vendors}<table>")), Rules::default()).unwrap();
    for text in ["Cedar Models", "The term Affiliate means a company that owns another one."] {
        assert!(texts(&page).contains(&text), "{text}: {:#?}", texts(&page));
    }
}
