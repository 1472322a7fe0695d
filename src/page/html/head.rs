use super::parse;
use scraper::{ElementRef, Html};

/// What a page says in its head, to machines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Names, lower case, and contents of its `meta` elements, in order.
    pub metas: Vec<(String, String)>,
    /// Where its `link rel=license` of RSL point to.
    pub licences: Vec<String>,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it points to, as written.
    pub href: String,
    /// Its words.
    pub text: String,
}

/// Reads the head of a page, or of the beginning of one.
#[must_use]
pub fn head(markup: &str) -> Head {
    let Some(html) = parse::parse(markup) else { return Head::default() };
    let mut head = Head::default();
    for element in elements(&html) {
        let attribute = |name| element.value().attr(name).map(str::trim);
        match element.value().name() {
            "meta" => {
                if let (Some(name), Some(content)) = (attribute("name"), attribute("content")) {
                    head.metas.push((name.to_ascii_lowercase(), content.to_owned()));
                }
            }
            "link" => {
                let is_licence =
                    attribute("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("license")));
                let is_rsl = attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/rsl+xml"));
                head.licences.extend(attribute("href").filter(|_| is_licence && is_rsl).map(str::to_owned));
            }
            _ => {}
        }
    }
    head
}

/// The links of a page, in order; those without words are left out.
#[must_use]
pub fn links(markup: &str) -> Vec<Link> {
    let Some(html) = parse::parse(markup) else { return Vec::new() };
    let link = |element: ElementRef<'_>| {
        let href = element.value().attr("href")?.trim();
        let text = element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        (!href.is_empty() && !text.is_empty()).then(|| Link { href: href.to_owned(), text })
    };
    elements(&html).filter(|element| element.value().name() == "a").filter_map(link).collect()
}

fn elements(html: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    html.tree.root().descendants().filter_map(ElementRef::wrap)
}
