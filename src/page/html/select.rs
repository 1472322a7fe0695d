use super::arena::Arena;
use super::prune::Live;
use crate::model::Selection;
use crate::text;
use scraper::{Html, Selector};

/// Whether a CSS selector can be understood; if not, why.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check_selector(selector: &str) -> Result<(), String> {
    Selector::parse(selector).map(|_| ()).map_err(|error| error.to_string())
}

/// Drops what `remove` selects; the selectors that matched nothing.
pub(super) fn remove(html: &Html, arena: &Arena<'_>, selections: &[Selection], live: &mut Live) -> Vec<String> {
    let mut missed = Vec::new();
    for selection in selections {
        let ranges = ranges(html, arena, selection);
        if ranges.is_empty() {
            missed.push(shown(selection));
        }
        for range in ranges {
            range.for_each(|index| {
                if live.has(index) {
                    live.drop_subtree(arena, index);
                }
            });
        }
    }
    missed
}

/// Keeps what `select` selects; whether anything was found, and the selectors that matched nothing.
pub(super) fn keep(html: &Html, arena: &Arena<'_>, selections: &[Selection], live: &mut Live) -> (bool, Vec<String>) {
    let mut missed = Vec::new();
    let mut kept = Live::none(arena);
    let mut found = false;
    for selection in selections {
        let ranges = ranges(html, arena, selection);
        if ranges.is_empty() {
            missed.push(shown(selection));
        }
        for range in ranges {
            found = true;
            kept.keep_range(range);
        }
    }
    if found {
        live.intersect(&kept);
    }
    (found, missed)
}

/// The nodes that a selection stands for. A union of ranges, so nested matches are no repetition.
fn ranges(html: &Html, arena: &Arena<'_>, selection: &Selection) -> Vec<std::ops::Range<usize>> {
    let matches = |css: &str| -> Vec<usize> {
        Selector::parse(css)
            .map(|selector| html.select(&selector).filter_map(|element| arena.index_of(element.id())).collect())
            .unwrap_or_default()
    };
    match selection {
        Selection::Css(css) => matches(css).into_iter().map(|index| index..arena.nodes[index].end).collect(),
        Selection::Range { start, end } => {
            let places = |end: &str| end.strip_prefix("heading:").map_or_else(|| matches(end), |words| headings(arena, words));
            let Some(from) = places(start).first().copied() else { return Vec::new() };
            let to = places(end).into_iter().find(|index| *index > from).unwrap_or(arena.nodes.len());
            std::iter::once(from..to).collect()
        }
    }
}

/// The headings with these words.
fn headings(arena: &Arena<'_>, words: &str) -> Vec<usize> {
    let wanted = text::sentence_fingerprint(words);
    let is_heading = |index: &usize| matches!(arena.nodes[*index].tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt");
    (0..arena.nodes.len()).filter(is_heading).filter(|index| text::sentence_fingerprint(&arena.text_of(*index)) == wanted).collect()
}

fn shown(selection: &Selection) -> String {
    match selection {
        Selection::Css(css) => css.clone(),
        Selection::Range { start, end } => format!("{start} to {end}"),
    }
}
