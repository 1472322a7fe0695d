use ego_tree::NodeId;
use html5ever::LocalName;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{TokenizerResult, TreeSink as _};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use scraper::{Html, HtmlTreeSink};
use std::cell::RefCell;

/// Browsers stop nesting at 512 too. html5ever's time grows with the square of the depth: 500 KB of `<div>` take 27 s without a cap.
const MAX_DEPTH: usize = 512;
/// The tree is looked at after every piece, so that it is never deeper than the cap and one piece's worth of tags.
const PIECE: usize = 4096;

/// Every so many new nodes one is looked at, since a chain grows node by node; looking at all of them took a tenth of the time.
const SAMPLE: usize = 8;

/// The largest terms pages measured have 60,000 nodes; unclosed formatting elements can make a hundred of each tag.
const MAX_NODES: usize = 400_000;
/// html5ever looks for duplicates among all attributes of a tag: 120,000 of them take 5 s.
const MAX_ATTRIBUTES: usize = 1000;

/// Whether a tag of the page has more attributes than any honest one. Text of scripts and styles is no markup.
fn has_monstrous_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
        at = open + 1;
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let name_end = bytes[at..].iter().position(|byte| !byte.is_ascii_alphanumeric()).map_or(bytes.len(), |found| at + found);
        let raw = ["script", "style", "textarea"].iter().find(|name| bytes[at..name_end].eq_ignore_ascii_case(name.as_bytes()));
        let (mut quote, mut gaps, mut space) = (0u8, 0usize, false);
        while at < bytes.len() && (quote != 0 || bytes[at] != b'>') {
            match bytes[at] {
                byte if quote != 0 => quote = if byte == quote { 0 } else { quote },
                byte @ (b'"' | b'\'') if bytes[at - 1] == b'=' => quote = byte,
                byte => {
                    gaps += usize::from(space && !byte.is_ascii_whitespace());
                    space = byte.is_ascii_whitespace() || byte == b'/';
                }
            }
            at += 1;
        }
        if gaps > MAX_ATTRIBUTES {
            return true;
        }
        if let Some(name) = raw {
            let close = format!("</{name}");
            at = (at..bytes.len().saturating_sub(close.len()))
                .find(|from| bytes[*from] == b'<' && bytes[*from..*from + close.len()].eq_ignore_ascii_case(close.as_bytes()))
                .unwrap_or(bytes.len());
        }
    }
    false
}

/// Parses a page; `None` where it is nested deeper than any honest page.
///
/// The tokenizer looks at each letter of a script, and scripts are more than half of many pages. So pieces end where a script or style
/// begins; if the tokenizer says that it stands in one, its text is handed to the tree as a whole (HTML, sections 13.2.5.4 and 13.2.5.5).
pub(super) fn parse(text: &str) -> Option<Html> {
    if has_monstrous_tag(text) {
        return None;
    }
    let tree = TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), TreeBuilderOpts::default());
    let tokenizer = Tokenizer::new(Builder { tree, raw: RefCell::default() }, TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut seen = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at(next_cut(rest));
        rest = tail;
        input.push_back(StrTendril::from_slice(piece));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        let raw = tokenizer.sink.raw.take();
        if let Some(name) = raw.filter(|_| piece.ends_with('>')) {
            let (inert, tail) = rest.split_at(inert_length(rest, &name));
            rest = tail;
            tokenizer.sink.take_text(inert);
        }
        let html = tokenizer.sink.tree.sink.0.borrow();
        let nodes = html.tree.nodes();
        let total = nodes.len();
        if total > MAX_NODES {
            return None;
        }
        if nodes.rev().take(total - seen).step_by(SAMPLE).any(|node| node.ancestors().nth(MAX_DEPTH).is_some()) {
            return None;
        }
        seen = total;
    }
    tokenizer.end();
    Some(tokenizer.sink.tree.sink.finish())
}

/// The tree builder, and the element whose raw text begins where its last token ended.
struct Builder {
    tree: TreeBuilder<NodeId, HtmlTreeSink>,
    raw: RefCell<Option<LocalName>>,
}

impl TokenSink for Builder {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        let name = match &token {
            Token::TagToken(tag) => Some(tag.name.clone()),
            _ => None,
        };
        let result = self.tree.process_token(token, line);
        let is_raw = matches!(result, TokenSinkResult::RawData(RawKind::ScriptData | RawKind::Rawtext));
        self.raw.replace(name.filter(|_| is_raw));
        result
    }

    fn end(&self) {
        self.tree.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.tree.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl Builder {
    /// Takes raw text as the tokenizer would have given it: with its line ends and NULs made plain (sections 13.2.3.5 and 13.2.5.4).
    fn take_text(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = if text.contains(['\r', '\0']) {
            StrTendril::from(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"))
        } else {
            StrTendril::from_slice(text)
        };
        // In raw text a tree asks for nothing.
        let _ = self.tree.process_token(Token::CharacterTokens(text), 1);
    }
}

/// How much of a text the tokenizer is given next: up to the end of a tag that raw text may follow, or a piece.
fn next_cut(text: &str) -> usize {
    let piece = if text.len() > PIECE { text.ceil_char_boundary(PIECE) } else { text.len() };
    let bytes = text.as_bytes();
    let begins_raw = |at: &usize| {
        let named = |name: &str| bytes.get(at + 1..=at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        named("script") || named("style")
    };
    let tag = memchr::memchr_iter(b'<', &bytes[..piece]).find(begins_raw);
    tag.and_then(|open| memchr::memchr(b'>', &bytes[open..piece]).map(|end| open + end + 1)).unwrap_or(piece)
}

/// How much of a raw text is nothing but text: up to what may end it, or begin a comment in it.
fn inert_length(text: &str, name: &str) -> usize {
    let bytes = text.as_bytes();
    let may_end = |at: &usize| {
        let behind = &bytes[at + 1..];
        let closes = behind.strip_prefix(b"/").and_then(|behind| behind.get(..name.len()));
        behind.starts_with(b"!--") || closes.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    memchr::memchr_iter(b'<', bytes).find(may_end).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::parse;
    use html5ever::tendril::TendrilSink as _;
    use proptest::prelude::*;
    use scraper::{Html, HtmlTreeSink};

    /// What the parser makes of a page that it is given as a whole.
    fn whole(text: &str) -> Html {
        html5ever::driver::parse_document(HtmlTreeSink::new(Html::new_document()), html5ever::ParseOpts::default()).one(text)
    }

    #[track_caller]
    fn check_same(text: &str) {
        let tree = |html: &Html| html.root_element().html();
        assert_eq!(tree(&parse(text).unwrap()), tree(&whole(text)), "{text:?}");
    }

    #[test]
    fn raw_text_is_the_same_as_letter_by_letter() {
        let long = "var x = '<br>'; ".repeat(600);
        for page in [
            "<script>a < @</script><p>one",
            "<SCRIPT type=js>@ let a = '</scr' + 'ipt>';</SCRIPT ><p>one",
            "<script><!-- <script> </script> --> @</script><p>one",
            "<script><!-- <script> @ --> </script><p>one",
            "<script a='>'>@</script><p>one",
            "<script>@a\r\nb\rc\0d</script>\r\n<p>one",
            "<style>p > b { }</style><p>one<style>",
            "<script></scripty></script><p>one",
            "<svg><script>a<b></script></svg><p>one<script/>two</script>",
            "<svg><style>a<b></b></style></svg><p>one",
            "<textarea><script>@</textarea><p>one</script>two",
            "<!-- <script> --><p>one</p><!-- </script> -->",
            "<select><script>@</script><option>y</select>",
            "<noscript><script>@</noscript><p>one",
            "<table><script>@</script><style>y</style><tr><td>z",
            "<p>one<script>",
            "<p>one<script>@</scr",
            "<template><script>@</script></template><script>y</script>",
            "<scripts>@</scripts><styled>y</styled><s>z</s><S>z</S>",
        ] {
            check_same(page);
            check_same(&page.replace('@', &long));
        }
    }

    proptest! {
        #[test]
        fn pieces_give_the_tree_of_the_whole(parts in proptest::collection::vec(
            prop_oneof![
                Just("<script>"), Just("</script>"), Just("<style>"), Just("</style>"), Just("<!--"), Just("-->"), Just("<"), Just(">"),
                Just("</"), Just("a"), Just("\r"), Just("\n"), Just("<svg>"), Just("</svg>"), Just("<script "), Just("'"), Just("="),
                Just("<textarea>"), Just("</textarea>"), Just("<p>"), Just("é"), Just("<title>"), Just("</title>"), Just("/>"),
            ],
            0..30,
        )) {
            check_same(&parts.concat());
        }
    }
}
