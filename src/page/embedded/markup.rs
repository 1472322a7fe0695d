use regex::Regex;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A text of fewer words is a label, not prose.
const PROSE_WORDS: usize = 8;
/// One branch of the data that holds this share of its prose is where the document is.
const MOST: f64 = 0.9;

/// The richest branch of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch<'value> {
    /// How many words of prose it holds.
    pub(super) words: usize,
    value: &'value Value,
    /// What it is called one level further out, where it is called something.
    title: Option<&'value str>,
}

/// The smallest branch that holds nearly all prose of a value.
pub(super) fn richest(value: &Value) -> Branch<'_> {
    let mut branch = Branch { words: prose(value), value, title: None };
    while let Some((words, child)) = children(branch.value).map(|child| (prose(child), child)).max_by_key(|(words, _)| *words) {
        if child.is_string() || ratio(words, branch.words) < MOST {
            break;
        }
        branch = Branch { words, value: child, title: title_of(branch.value).or(branch.title) };
    }
    branch
}

/// What an object calls itself.
fn title_of(value: &Value) -> Option<&str> {
    const WORDS: usize = 12;
    let fields = value.as_object()?;
    let mut titles = fields.iter().filter(|(key, _)| is_title(key)).filter_map(|(_, value)| value.as_str());
    titles.find(|title| (1..=WORDS).contains(&title.split_whitespace().count()))
}

#[expect(clippy::cast_precision_loss, reason = "word counts of a page are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(fields) => Box::new(fields.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Words of all strings that read like sentences.
fn prose(value: &Value) -> usize {
    match value {
        Value::String(text) => Some(text.split_whitespace().count()).filter(|words| *words >= PROSE_WORDS && !is_code(text)).unwrap_or(0),
        _ => children(value).map(prose).sum(),
    }
}

fn is_code(text: &str) -> bool {
    let head: String = text.chars().take(400).collect();
    ["function(", "=>", "{\"", "@media", "};"].iter().any(|mark| head.contains(mark))
}

/// A branch as HTML.
pub(super) fn html(branch: Branch<'_>) -> String {
    let mut writer = Writer::default();
    if let Some(title) = branch.title {
        writer.title(title);
    }
    writer.value("", branch.value);
    writer.out
}

#[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)<(?:p|h[1-6]|ul|ol|li|div|br|strong|b|em|section|article|table|span|a)\b[^<>]*>").expect("a valid pattern")
});

#[derive(Default)]
struct Writer {
    out: String,
    /// Whether strings continue a line.
    inline: bool,
    /// Whether a title was written.
    is_titled: bool,
}

impl Writer {
    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(key, text),
            Value::Array(items) => match element(items) {
                Some((tag, props)) => self.element(tag, props),
                None => items.iter().for_each(|item| self.value(key, item)),
            },
            Value::Object(fields) => self.object(fields),
            _ => {}
        }
    }

    /// A React element: its children, and markup that it is given.
    fn element(&mut self, tag: &str, props: &Map<String, Value>) {
        if tag.starts_with('$') {
            // "$L5" stands for a component of the page's own; what it is given may be text.
            self.wrapped("div", |writer| writer.block(|writer| props.iter().for_each(|(key, value)| writer.value(key, value))));
            return;
        }
        let tag = if tag.chars().all(|c| c.is_ascii_alphanumeric()) && !tag.is_empty() { tag } else { "div" };
        if matches!(tag, "script" | "style" | "nav" | "svg") {
            return;
        }
        self.wrapped(tag, |writer| {
            if let Some(text) = props.get("dangerouslySetInnerHTML").and_then(|html| html.get("__html")).and_then(Value::as_str) {
                writer.out.push_str(text);
            }
            writer.inline(|writer| props.get("children").into_iter().for_each(|children| writer.value("children", children)));
        });
    }

    fn object(&mut self, fields: &Map<String, Value>) {
        let kind = kind_of(fields);
        let texts = ["text", "value"].iter().find_map(|key| fields.get(*key)?.as_str());
        if let (Some(text), true) = (texts, kind.as_deref().is_none_or(|kind| matches!(kind, "text" | "span" | "inline"))) {
            let bare = fields.get("children").or_else(|| fields.get("content")).is_none();
            if bare && (kind.is_some() || self.inline) {
                self.push_escaped(text);
                return;
            }
        }
        let tag = kind.as_deref().map_or("div", |kind| tag_of(kind, fields));
        let typed = tag != "div";
        self.wrapped(tag, |writer| {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| !is_title(key));
            for (key, value) in fields {
                let holds = matches!(
                    key.as_str(),
                    "children" | "content" | "text" | "value" | "nodes" | "items" | "root" | "leaves" | "rows" | "cells" | "data"
                );
                if !typed {
                    writer.block(|writer| writer.value(key, value));
                } else if holds {
                    writer.inline(|writer| writer.value(key, value));
                }
            }
        });
    }

    fn text(&mut self, key: &str, text: &str) {
        let words = text.split_whitespace().count();
        if words == 0 || is_code(text) || text.starts_with("http") || text.starts_with('$') {
            return;
        }
        if MARKUP.is_match(text) {
            self.wrapped("div", |writer| writer.out.push_str(text));
        } else if self.inline {
            self.push_escaped(text);
        } else if is_title(key) && words <= 20 {
            self.title(text);
        } else if words >= PROSE_WORDS || is_text(key) {
            text.lines().filter(|line| !line.trim().is_empty()).for_each(|line| self.line(line.trim()));
        }
    }

    /// A line of plain text or Markdown.
    fn line(&mut self, line: &str) {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let item = line.strip_prefix("* ").or_else(|| line.strip_prefix("- ")).or_else(|| line.strip_prefix("• "));
        match (level, item) {
            (1..=6, _) => self.wrapped(["h1", "h2", "h3", "h4", "h5", "h6"][level - 1], |writer| writer.push_escaped(line[level..].trim())),
            (_, Some(item)) => self.wrapped("li", |writer| writer.push_escaped(item)),
            _ => self.wrapped("p", |writer| writer.push_escaped(line)),
        }
    }

    /// The first title is the document's.
    fn title(&mut self, text: &str) {
        let tag = if std::mem::replace(&mut self.is_titled, true) { "h2" } else { "h1" };
        self.wrapped(tag, |writer| writer.push_escaped(text));
    }

    fn wrapped(&mut self, tag: &str, write: impl FnOnce(&mut Self)) {
        self.out.push_str(&format!("<{tag}>"));
        write(self);
        self.out.push_str(&format!("</{tag}>"));
    }

    fn inline(&mut self, write: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.inline, true);
        write(self);
        self.inline = before;
    }

    fn block(&mut self, write: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.inline, false);
        write(self);
        self.inline = before;
    }

    fn push_escaped(&mut self, text: &str) {
        self.out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
    }
}

/// An array that stands for an element in React's flight format: `["$", tag, key, props]`.
fn element(items: &[Value]) -> Option<(&str, &Map<String, Value>)> {
    match items {
        [Value::String(mark), Value::String(tag), _, Value::Object(props), ..] if mark == "$" => Some((tag, props)),
        _ => None,
    }
}

/// What kind of node an object of a rich-text tree is, in lower case (Contentful, Portable Text, `ProseMirror`, Slate, Lexical, `Draft.js`).
fn kind_of(fields: &Map<String, Value>) -> Option<String> {
    let name = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_lowercase);
    // Portable Text calls every block "block" and tells its kind by style and list.
    if fields.contains_key("listItem") {
        return Some("list-item".to_owned());
    }
    let kind = ["nodeType", "type", "_type", "tag"].iter().find_map(|key| name(key));
    let style = name("style").filter(|style| style != "normal");
    if kind.as_deref() == Some("block") { style.or_else(|| Some("paragraph".to_owned())) } else { kind }
}

fn tag_of(kind: &str, fields: &Map<String, Value>) -> &'static str {
    let attributes = fields.get("attrs").or_else(|| fields.get("props")).and_then(Value::as_object);
    let level = fields.get("level").or_else(|| attributes?.get("level")).or_else(|| fields.get("tag"));
    let level = level.map(|level| level.as_str().map_or_else(|| level.to_string(), str::to_owned));
    let heading = kind.starts_with("heading") || kind.starts_with("header") || (kind.len() == 2 && kind.starts_with('h'));
    if heading {
        const WORDS: [&str; 6] = ["one", "two", "three", "four", "five", "six"];
        let digit = |text: &str| text.bytes().rev().find(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
        let spelt = || WORDS.iter().position(|word| kind.ends_with(word)).map(|place| place + 1);
        let level = digit(kind).or_else(spelt).or_else(|| level.as_deref().and_then(digit)).unwrap_or(2);
        return ["h1", "h2", "h3", "h4", "h5", "h6"][level.clamp(1, 6) - 1];
    }
    match kind.replace(['-', '_'], "").as_str() {
        "paragraph" | "p" | "textblock" | "blockquote" | "unstyled" => "p",
        "listitem" | "li" => "li",
        "orderedlist" | "ol" | "numberedlist" => "ol",
        "unorderedlist" | "bulletlist" | "ul" | "list" => "ul",
        "table" => "table",
        "tablerow" | "tr" => "tr",
        "tablecell" | "tableheader" | "tableheadercell" | "td" | "th" => "td",
        "hyperlink" | "link" | "a" | "span" | "text" | "entryhyperlink" | "assethyperlink" => "span",
        _ => "div",
    }
}

fn is_title(key: &str) -> bool {
    matches!(key, "title" | "heading" | "headline" | "header" | "name" | "question" | "sectionTitle" | "subtitle" | "label")
}

fn is_text(key: &str) -> bool {
    matches!(
        key,
        "text"
            | "value"
            | "content"
            | "body"
            | "html"
            | "markdown"
            | "copy"
            | "answer"
            | "paragraph"
            | "paragraphs"
            | "description"
            | "articleBody"
    )
}
