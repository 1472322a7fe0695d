use html5ever::tendril::{StrTendril, TendrilSink as _};
use scraper::{Html, HtmlTreeSink};

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
    while let Some(open) = bytes[at..].iter().position(|byte| *byte == b'<').map(|found| at + found) {
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
pub(super) fn parse(text: &str) -> Option<Html> {
    parse_in_pieces(text, PIECE)
}

/// The same in pieces of so many bytes, or little more.
fn parse_in_pieces(text: &str, length: usize) -> Option<Html> {
    if has_monstrous_tag(text) {
        return None;
    }
    let mut parser = html5ever::driver::parse_document(HtmlTreeSink::new(Html::new_document()), html5ever::ParseOpts::default());
    let mut seen = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let cut = if rest.len() > length { rest.ceil_char_boundary(length) } else { rest.len() };
        let (piece, tail) = rest.split_at(cut);
        parser.process(StrTendril::from_slice(piece));
        rest = tail;
        let html = parser.tokenizer.sink.sink.0.borrow();
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
    Some(parser.finish())
}

#[cfg(test)]
mod tests {
    use super::{PIECE, parse_in_pieces};
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
        for length in [1, 2, 3, 7, PIECE] {
            assert_eq!(tree(&parse_in_pieces(text, length).unwrap()), tree(&whole(text)), "{text:?} in pieces of {length}");
        }
    }

    #[test]
    fn scripts_and_styles_are_the_same_wherever_they_are_cut() {
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
