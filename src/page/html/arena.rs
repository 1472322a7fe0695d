use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};
use std::cell::OnceCell;
use std::collections::HashMap;

/// Elements whose text is never text of the page. `hidden` is no reason to drop: folded accordions are hidden.
fn is_silent(element: &Element) -> bool {
    // A template that is a shadow root is shown (HTML, "declarative shadow roots").
    if element.name() == "template" {
        return element.attr("shadowrootmode").is_none();
    }
    matches!(
        element.name(),
        "script"
            | "style"
            | "noscript"
            | "svg"
            | "iframe"
            | "head"
            | "link"
            | "meta"
            | "input"
            | "select"
            | "option"
            | "object"
            | "embed"
            | "canvas"
            | "video"
            | "audio"
            | "picture"
            | "img"
            | "map"
            | "datalist"
            | "progress"
            | "base"
            | "math"
    )
}

/// Elements that begin a new run of text.
fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// A page as an array in reading order: a node's subtree is everything up to its `end`.
#[derive(Debug)]
pub(super) struct Arena<'page> {
    pub(super) nodes: Vec<Item<'page>>,
    by_id: HashMap<ego_tree::NodeId, usize>,
    body: usize,
    /// Where the main headings stand, in reading order.
    titles: Vec<usize>,
    /// The elements that a link inside the page can lead to.
    anchors: OnceCell<HashMap<&'page str, usize>>,
}

/// A node of the page.
#[derive(Debug)]
pub(super) struct Item<'page> {
    /// The element's name; empty for a text.
    pub(super) tag: &'page str,
    /// The text; empty for an element.
    pub(super) text: &'page str,
    /// Index of the parent; the root is its own.
    pub(super) parent: usize,
    /// One past the last node of the subtree.
    pub(super) end: usize,
    /// Whether it begins a new run of text.
    pub(super) block: bool,
    /// The nearest node around it, itself included, that holds a run of text of its own.
    pub(super) container: usize,
    /// The nearest link around it, itself included.
    link: Option<usize>,
    /// How many words the text has.
    pub(super) words: u32,
    pub(super) element: Option<&'page Element>,
}

impl<'page> Item<'page> {
    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&'page str> {
        self.element.and_then(|element| element.attr(name))
    }

    /// The names that its author gave an element: class, id, what it is called for tests and in site builders, and for screen readers.
    pub(super) fn names(&self) -> impl Iterator<Item = &'page str> {
        let named = |name: &str| {
            matches!(name, "class" | "id" | "aria-label")
                || name
                    .strip_prefix("data-")
                    .is_some_and(|name| matches!(name, "testid" | "test-id" | "component") || name.ends_with("-name"))
        };
        self.element.into_iter().flat_map(|element| element.attrs()).filter(move |(name, _)| named(name)).map(|(_, value)| value)
    }

    /// A button that opens an accordion: its text is a title.
    pub(super) fn opens_something(&self) -> bool {
        let picks = self.attribute("role") == Some("combobox") || self.attribute("aria-haspopup").is_some_and(|opens| opens != "false");
        !picks && (self.attribute("aria-expanded").is_some() || self.attribute("aria-controls").is_some())
    }

    pub(super) fn is_link(&self) -> bool {
        matches!(self.tag, "a" | "button")
    }
}

/// How many words a text has, by white space.
fn count_words(text: &str) -> u32 {
    let count = if text.is_ascii() {
        let begins = |inside: &mut bool, byte: u8| Some(!std::mem::replace(inside, !byte.is_ascii_whitespace()) && *inside);
        text.bytes().scan(false, begins).filter(|begins| *begins).count()
    } else {
        text.split_whitespace().count()
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What a page says about itself outside its text.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) title: Option<String>,
    pub(super) refresh: Option<String>,
    pub(super) asks_password: bool,
}

impl<'page> Arena<'page> {
    pub(super) fn of(html: &'page Html) -> Self {
        let mut arena =
            Self { nodes: Vec::with_capacity(4096), by_id: HashMap::new(), body: 0, titles: Vec::new(), anchors: OnceCell::new() };
        let mut open: Vec<usize> = Vec::new();
        let mut silent_depth = 0usize;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(element) if silent_depth > 0 || is_silent(element) => silent_depth += 1,
                    Node::Element(element) => {
                        let index = arena.push(element.name(), "", &open, Some(element));
                        arena.by_id.insert(node.id(), index);
                        open.push(index);
                    }
                    Node::Text(text) if silent_depth == 0 && !open.is_empty() => {
                        arena.push("", text, &open, None);
                    }
                    _ => {}
                },
                Edge::Close(node) => match node.value() {
                    Node::Element(_) if silent_depth > 0 => silent_depth -= 1,
                    Node::Element(_) => {
                        if let Some(index) = open.pop() {
                            arena.nodes[index].end = arena.nodes.len();
                        }
                    }
                    _ => {}
                },
            }
        }
        arena.body = arena.nodes.iter().position(|node| node.tag == "body").unwrap_or(0);
        arena
    }

    fn push(&mut self, tag: &'page str, text: &'page str, open: &[usize], element: Option<&'page Element>) -> usize {
        let index = self.nodes.len();
        let parent = open.last().copied().unwrap_or(index);
        let (container, link) = self.nodes.get(parent).map_or((0, None), |parent| (parent.container, parent.link));
        let words = count_words(text);
        let block = is_block(tag);
        let mut item = Item { tag, text, parent, end: index + 1, block, container, link, words, element };
        if (item.block && tag != "br") || (tag == "button" && item.opens_something()) {
            item.container = index;
        }
        if tag == "h1" {
            self.titles.push(index);
        }
        if item.is_link() {
            item.link = Some(index);
        }
        self.nodes.push(item);
        index
    }

    /// Whether a text is that of a link: inside one, or in a block that a link is wrapped around.
    pub(super) fn in_link(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        node.link.is_some_and(|link| link > node.container || self.ancestors(node.container).take(3).any(|up| up == link))
    }

    /// Whether a main heading stands in a subtree. Asked for many subtrees, so it may not look through them.
    pub(super) fn holds_title(&self, of: usize) -> bool {
        let first = self.titles.partition_point(|title| *title < of);
        self.titles.get(first).is_some_and(|title| *title < self.nodes[of].end)
    }

    /// Whether a text stands in a main heading.
    pub(super) fn is_title(&self, index: usize) -> bool {
        let behind = self.titles.partition_point(|title| *title <= index);
        behind.checked_sub(1).is_some_and(|last| index < self.nodes[self.titles[last]].end)
    }

    /// The element that `#name` leads to.
    pub(super) fn anchor(&self, name: &str) -> Option<usize> {
        let all = || {
            let named =
                |(index, node): (usize, &Item<'page>)| node.attribute("id").or_else(|| node.attribute("name")).map(|name| (name, index));
            self.nodes.iter().enumerate().filter_map(named).collect()
        };
        self.anchors.get_or_init(all).get(name).copied()
    }

    /// Where the page's text begins.
    pub(super) fn body(&self) -> usize {
        self.body
    }

    /// The node that stands for an element of the parsed page, unless it is silent.
    pub(super) fn index_of(&self, id: ego_tree::NodeId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The children of a node.
    pub(super) fn children(&self, of: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes.get(of).map_or(0, |node| node.end);
        let mut next = of + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.nodes[child].end;
            Some(child)
        })
    }

    /// The nodes around one, nearest first.
    pub(super) fn ancestors(&self, of: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = of;
        std::iter::from_fn(move || {
            let parent = self.nodes.get(at)?.parent;
            if parent == at {
                return None;
            }
            at = parent;
            Some(parent)
        })
    }

    /// The texts of a subtree, as they stand.
    pub(super) fn text_of(&self, of: usize) -> String {
        self.nodes[of..self.nodes[of].end].iter().map(|node| node.text).collect::<Vec<_>>().join(" ")
    }
}

impl Facts {
    /// Title, refresh and password field: they stand in silent elements, so the parsed page is asked.
    pub(super) fn of(html: &Html) -> Self {
        let mut facts = Self::default();
        for node in html.tree.nodes() {
            let Some(element) = node.value().as_element() else { continue };
            match element.name() {
                "title" if facts.title.is_none() => {
                    let text: String = node.children().filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect();
                    let text = crate::page::outline::fold_white_space(&text);
                    facts.title = (!text.is_empty()).then_some(text);
                }
                "meta" if element.attr("http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("refresh")) => {
                    facts.refresh =
                        element.attr("content").and_then(|content| content.split_once('=')).map(|(_, url)| url.trim().to_owned());
                }
                "input" if element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password")) => facts.asks_password = true,
                _ => {}
            }
        }
        facts
    }
}
