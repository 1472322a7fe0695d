//! Really Simple Licensing 1.0 (rslstandard.org): an XML file that says for which paths what is permitted, prohibited and paid for.

use super::normal::{Purpose, Value, WHOLE, tame};
use roxmltree::{Document, Node, ParsingOptions};

/// The namespace of its elements.
const NAMESPACE: &str = "https://rslstandard.org/rsl";
/// No honest file has more nodes.
const MOST_NODES: u32 = 20_000;

/// Purpose, path and what is said for each usage that the file names; `None` where it is no such file.
pub(super) fn file(text: &str) -> Option<Vec<(Purpose, String, Value)>> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}').trim_start(), options).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "rsl" || root.tag_name().namespace().is_some_and(|name| name != NAMESPACE) {
        return None;
    }
    let mut said = Vec::new();
    for content in root.children().filter(|node| node.has_tag_name_of("content")) {
        let scope = match content.attribute("url") {
            None | Some("" | "/" | "/*") => WHOLE.to_owned(),
            Some(path) => tame(path),
        };
        for licence in content.children().filter(|node| node.has_tag_name_of("license")) {
            let price = payment(licence);
            for (element, permits) in [("permits", true), ("prohibits", false)] {
                for purpose in usages(licence, element) {
                    let value = match (&price, permits) {
                        (_, false) => Value::Denied,
                        (Some(price), true) => Value::OnTerms(price.clone()),
                        (None, true) => Value::Allowed,
                    };
                    said.push((purpose, scope.clone(), value));
                }
            }
        }
    }
    // What is prohibited anywhere for a path is not permitted beside it.
    let denied: Vec<(Purpose, String)> =
        said.iter().filter(|(_, _, value)| *value == Value::Denied).map(|(purpose, scope, _)| (*purpose, scope.clone())).collect();
    said.retain(|(purpose, scope, value)| *value == Value::Denied || !denied.contains(&(*purpose, scope.clone())));
    Some(said)
}

trait TagName {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl TagName for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// The usages of `<permits type="usage">` and `<prohibits type="usage">`, parted by commas or spaces.
fn usages(licence: Node<'_, '_>, element: &str) -> Vec<Purpose> {
    let of_usage = |node: &Node<'_, '_>| node.has_tag_name_of(element) && node.attribute("type").is_none_or(|kind| kind == "usage");
    let words = licence.children().filter(of_usage).filter_map(|node| node.text());
    let purpose = |word: &str| match word {
        "all" => Some(Purpose::Anything),
        "ai-all" => Some(Purpose::Ai),
        "ai-train" => Some(Purpose::Training),
        "ai-input" | "ai-index" => Some(Purpose::Input),
        "search" => Some(Purpose::Search),
        _ => None,
    };
    words.flat_map(|text| text.split([',', ' ', '\n', '\t'])).filter_map(|word| purpose(word.trim())).collect()
}

/// What has to be paid or done, in words.
fn payment(licence: Node<'_, '_>) -> Option<String> {
    let payment = licence.children().find(|node| node.has_tag_name_of("payment"))?;
    let kind = payment.attribute("type").unwrap_or("payment");
    if kind == "free" {
        return None;
    }
    let amount = payment.children().find(|node| node.has_tag_name_of("amount"));
    let amount = amount.and_then(|amount| Some(format!("{} {}", amount.attribute("currency").unwrap_or_default(), amount.text()?.trim())));
    Some(tame(&amount.map_or_else(|| kind.to_owned(), |amount| format!("{kind}, {}", amount.trim()))))
}
