//! HTML to a [`Page`]: parse with a cap on nesting, flatten the tree to an arena in reading order, drop what is not the document,
//! descend to the document's root, emit clauses. Linear in the page's size; the parsed tree is never changed.

mod arena;
mod chrome;
mod emit;
mod parse;
mod phrases;
mod prune;
mod select;

pub use select::check_selector;

use super::{Page, Rules};
use crate::model::Rejection;
use arena::{Arena, Facts};

/// Reads an HTML page.
pub(super) fn read(text: &str, rules: Rules<'_>) -> Result<Page, Rejection> {
    let html = parse::parse(text).ok_or(Rejection::TooDeep)?;
    let arena = Arena::of(&html);
    let facts = Facts::of(&html);
    let mut live = prune::Live::all(&arena);
    let mut missed = select::remove(&html, &arena, rules.remove, &mut live);
    let mut page = Page { title: facts.title.clone(), refresh: facts.refresh, asks_password: facts.asks_password, ..Page::default() };
    let mut chosen = live.clone();
    let (found, selectors_missed) = select::keep(&html, &arena, rules.select, &mut chosen);
    missed.extend(selectors_missed);
    page.document = if found {
        emit::document(&arena, &chosen, arena.body(), facts.title)
    } else {
        prune::drop_chrome(&arena, &mut live);
        let root = prune::leave_document(&arena, &mut live);
        emit::document(&arena, &live, root, facts.title)
    };
    page.missed = missed;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Selection;

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
}
