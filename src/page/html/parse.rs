use html5ever::tendril::{StrTendril, TendrilSink as _};
use scraper::{Html, HtmlTreeSink};

/// Browsers stop nesting at 512 too. html5ever's time grows with the square of the depth: 500 KB of `<div>` take 27 s without a cap.
const MAX_DEPTH: usize = 512;
/// The tree is looked at after every piece, so that it is never deeper than the cap and one piece's worth of tags.
const PIECE: usize = 4096;

/// Parses a page; `None` where it is nested deeper than any honest page.
pub(super) fn parse(text: &str) -> Option<Html> {
    let mut parser = html5ever::driver::parse_document(HtmlTreeSink::new(Html::new_document()), html5ever::ParseOpts::default());
    let mut seen = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let cut = rest.char_indices().map(|(at, c)| at + c.len_utf8()).find(|end| *end >= PIECE).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(cut);
        parser.process(StrTendril::from_slice(piece));
        rest = tail;
        let html = parser.tokenizer.sink.sink.0.borrow();
        let nodes = html.tree.nodes();
        let total = nodes.len();
        if nodes.rev().take(total - seen).any(|node| node.ancestors().nth(MAX_DEPTH).is_some()) {
            return None;
        }
        seen = total;
    }
    Some(parser.finish())
}
