//! Legal text that a page ships as data for its scripts: Next.js data and flight rows, JSON-LD, state that a script is given. Used where
//! the page itself shows no legal text. What is found becomes HTML, and is read by the same rules as any page.

mod markup;
mod scripts;

use scraper::Html;

/// The richest text among the page's data, as HTML; `None` where there is none.
pub(super) fn markup(html: &Html) -> Option<String> {
    let values = scripts::values(html);
    let richest = values.iter().map(markup::richest).max_by_key(|branch| branch.words)?;
    Some(markup::html(richest)).filter(|html| !html.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::page::{Page, Rules, read};

    fn page(scripts: &str) -> Page {
        let html = format!("<!doctype html><html><head><title>Terms</title></head><body><div id=root></div>{scripts}</body></html>");
        read(html.as_bytes(), Some("text/html"), Rules::default()).unwrap()
    }

    fn shown(page: &Page) -> Vec<String> {
        page.document.clauses.iter().map(|clause| format!("{:?} {}", clause.kind, clause.text)).collect()
    }

    const KEEP: &str =
        "You keep the rights in the content that you upload to our services, and we process personal data as the privacy policy says.";
    const GRANT: &str = "You grant us a licence to host the content, to show it to other users, and to use it for the purposes of these terms under applicable law.";
    const LAW: &str = "The law of Ireland applies to this agreement, and the courts of Dublin have jurisdiction over any dispute about liability or rights.";

    /// Enough text to be a document.
    fn many(one: impl Fn(usize, &str) -> String) -> String {
        (0..9).map(|n| one(n, [KEEP, GRANT, LAW][n % 3])).collect::<Vec<_>>().join(",")
    }

    /// A sentence cut at a space.
    fn halves(text: &str) -> (&str, &str) {
        let at = text[20..].find(' ').unwrap() + 20;
        (&text[..at], &text[at + 1..])
    }

    #[track_caller]
    fn check_holds_all(page: &Page) {
        let all: Vec<&str> = page.document.clauses.iter().map(|clause| clause.text.as_str()).collect();
        for clause in [KEEP, GRANT, LAW] {
            assert!(all.iter().any(|text| text.contains(clause)), "{clause} is not in {all:#?}");
        }
    }

    #[test]
    fn markup_in_the_data_of_a_framework_is_read_as_markup() {
        let html = many(|n, text| format!("<h2>Part {n}</h2><p>{text}</p>")).replace('"', "\\\"");
        let data = format!(
            r#"{{"props":{{"menu":[{{"label":"Home","href":"/"}}],"page":{{"title":"Terms of Use","body":"{html}"}}}},"buildId":"x9"}}"#
        );
        let page = page(&format!("<script id=__NEXT_DATA__ type=application/json>{data}</script>"));
        check_holds_all(&page);
        assert!(shown(&page).contains(&"Heading(2) Part 3".to_owned()), "{:#?}", shown(&page));
        assert!(!shown(&page).iter().any(|text| text.contains("Home")), "a menu is no legal text");
    }

    #[test]
    fn rich_text_trees_keep_their_headings_lists_and_links() {
        let items = many(|n, text| {
            format!(
                r#"{{"nodeType":"heading-2","content":[{{"nodeType":"text","value":"Part {n}"}}]}},{{"nodeType":"unordered-list","content":[{{"nodeType":"list-item","content":[{{"nodeType":"paragraph","content":[{{"nodeType":"text","value":"{} "}},{{"nodeType":"hyperlink","data":{{"uri":"https://x.example"}},"content":[{{"nodeType":"text","value":"{}"}}]}}]}}]}}]}}"#,
                halves(text).0,
                halves(text).1
            )
        });
        let page = page(&format!(r#"<script>window.__STATE__ = {{"doc":{{"nodeType":"document","content":[{items}]}}}};</script>"#));
        assert!(shown(&page).contains(&"Heading(2) Part 4".to_owned()), "{:#?}", shown(&page));
        assert!(shown(&page).iter().any(|text| text.starts_with("ListItem You keep the")), "{:#?}", shown(&page));
        assert!(!shown(&page).iter().any(|text| text.contains("x.example")));
    }

    #[test]
    fn flight_rows_are_read_as_the_elements_they_stand_for() {
        let rows = many(|n, text| {
            format!(
                r#"["$","section","{n}",{{"children":[["$","h2",null,{{"children":"Part {n}"}}],["$","p",null,{{"className":"x","children":["{} ",["$","strong",null,{{"children":"{}"}}]]}}]]}}]"#,
                halves(text).0,
                halves(text).1
            )
        });
        let row = format!("5:I[\"app/x\",[],\"X\"]\n6:[\"$\",\"div\",null,{{\"children\":[{rows}]}}]\n");
        let (first, second) = row.split_at(row.len() / 2);
        let push = |text: &str| format!("<script>self.__next_f.push({})</script>", serde_json::json!([1, text]));
        let page = page(&format!("{}{}", push(first), push(second)));
        check_holds_all(&page);
        assert!(shown(&page).contains(&"Heading(2) Part 4".to_owned()), "{:#?}", shown(&page));
    }

    #[test]
    fn linked_data_and_plain_lines_are_text_and_messages_of_the_interface_are_none() {
        let body =
            many(|n, text| format!("{n}. {text}")).replace(",0", "").replace("dispute about", "dispute \\n about").replace(",1", "\\n1");
        let page =
            page(&format!(r#"<script type="application/ld+json">{{"@type":"WebPage","name":"Terms","articleBody":"{body}"}}</script>"#));
        assert!(page.document.word_count() > 150);
        let messages = (0..200)
            .map(|n| format!(r#""k{n}":"Press this button number {n} to play the next song in your list""#))
            .collect::<Vec<_>>()
            .join(",");
        let player = self::page(&format!(r#"<script type="application/json">{{"messages":{{{messages}}}}}</script>"#));
        assert_eq!(player.document.word_count(), 0, "{:#?}", shown(&player));
    }

    #[test]
    fn one_document_in_several_rows_in_an_attribute_or_in_a_string_is_found_whole() {
        let row = |id: usize, from: usize| {
            let rows: Vec<String> =
                (from..from + 4).map(|n| format!(r#"["$","p",null,{{"children":"{n}. {}"}}]"#, [KEEP, GRANT, LAW][n % 3])).collect();
            format!("{id}:[{}]\n", rows.join(","))
        };
        let push = |text: &str| format!("<script>self.__next_f.push({})</script>", serde_json::json!([1, text]));
        let rows = page(&push(&format!("0:[\"$L2\",\"$L3\"]\n{}{}", row(2, 0), row(3, 4))));
        assert_eq!(rows.document.clauses.len(), 8, "{:#?}", shown(&rows));
        let body =
            serde_json::json!({ "title": "Terms of Use", "body": many(|n, text| format!("<h2>Part {n}</h2><p>{text}</p>")) }).to_string();
        let attribute = page(&format!("<div id=app data-page=\"{}\"></div>", body.replace('&', "&amp;").replace('"', "&quot;")));
        check_holds_all(&attribute);
        assert_eq!(shown(&attribute)[0], "Heading(1) Terms of Use");
        check_holds_all(&page(&format!(
            "<script type=application/json>{}</script>",
            serde_json::json!({ "status": 200, "body": body }).to_string().replace("</", "<\\/")
        )));
    }

    #[test]
    fn text_in_code_in_a_frame_and_for_browsers_without_scripts_is_found() {
        let body: String = (0..9).map(|n| format!("<h2>Part {n}</h2><p>{}</p>", [KEEP, GRANT, LAW][n % 3])).collect::<Vec<_>>().concat();
        check_holds_all(&page(&format!("<noscript>{body}</noscript>")));
        check_holds_all(&page(&format!("<iframe srcdoc=\"{body}\"></iframe>")));
        let escaped = body.replace('<', "\\u003C").replace('/', "\\u002F");
        for code in [
            format!("window.__NUXT__=(function(a,b){{return {{data:[{{title:a,body:'{escaped}'}}]}}}}('Terms','x'))"),
            format!("const terms = {{ title: 'Terms of Use', html: `{body}` }};"),
        ] {
            let page = page(&format!("<script>{code}</script>"));
            check_holds_all(&page);
            assert!(shown(&page).contains(&"Heading(2) Part 4".to_owned()), "{:#?}", shown(&page));
        }
    }

    #[test]
    fn a_list_of_values_that_name_each_other_by_number_is_followed() {
        let mut list = serde_json::json!([["Reactive", 1], { "page": 2 }, { "title": 3, "sections": 4 }, "Terms of Use", []]);
        for n in 0..9 {
            let at = list.as_array().unwrap().len();
            list[4].as_array_mut().unwrap().push(at.into());
            let values =
                [serde_json::json!({ "heading": at + 1, "text": at + 2 }), format!("Part {n}").into(), [KEEP, GRANT, LAW][n % 3].into()];
            list.as_array_mut().unwrap().extend(values);
        }
        let page = page(&format!("<script type=application/json id=__NUXT_DATA__>{list}</script>"));
        check_holds_all(&page);
        assert!(shown(&page).iter().any(|text| text.contains("Part 4")), "{:#?}", shown(&page));
        let circle =
            self::page("<script type=application/json id=__NUXT_DATA__>[[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],\"x\"]".repeat(40).as_str());
        assert_eq!(circle.document.word_count(), 0);
    }

    #[test]
    fn a_page_that_shows_its_first_section_and_ships_the_rest_is_read_whole() {
        let html = (0..20).map(|n| format!("<h2>Part {n}</h2><p>{n}. {}</p>", [KEEP, GRANT, LAW][n % 3])).collect::<Vec<_>>();
        let shown_part = html[..7].concat();
        let data = serde_json::json!({ "body": html.concat() }).to_string().replace("</", "<\\/");
        let page = page(&format!("<main>{shown_part}</main><script type=application/json>{data}</script>"));
        assert!(shown(&page).contains(&"Heading(2) Part 19".to_owned()), "{:#?}", shown(&page));
    }

    #[test]
    fn hostile_data_is_survived() {
        for data in [
            "[".repeat(100_000),
            format!("{{\"a\":{}", "\"x\",".repeat(1000)),
            "{\"a\":\"\\ud800\"}".to_owned(),
            "1:T7fffffff,abc".to_owned(),
        ] {
            page(&format!(
                "<script type=application/json>{data}</script><script>self.__next_f.push([1,{data:?}])</script><script>window.x={data}</script>"
            ));
        }
        let script = many(|_, text| format!("<p>{text}</p><script>alert(1)</script><img src=x onerror=alert(1)>"));
        let page = page(&format!(
            "<script type=application/json>{}</script>",
            serde_json::json!({ "html": script }).to_string().replace("</", "<\\/")
        ));
        assert!(!shown(&page).iter().any(|text| text.contains("alert")));
    }
}
