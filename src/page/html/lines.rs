use super::arena::Arena;
use super::prune::{Live, ratio};
use crate::page::pattern;
use crate::text;
use regex::Regex;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::LazyLock;

/// Shorter lines may be chrome.
const SHORT: u32 = 16;

/// Drops what the order of the lines gives away, whatever it is called: a table of contents, whose lines are the headings that follow;
/// the way to the page and its menus, which are links before the title; what leads on behind the last sentence.
pub(super) fn drop_by_order(arena: &Arena<'_>, live: &mut Live) {
    let lines = lines_of(arena, live);
    let mut gone = contents(arena, &lines);
    gone.extend(before_title(arena, &lines));
    gone.extend(behind_the_end(arena, &lines));
    gone.into_iter().for_each(|line| live.drop_range(lines[line].nodes.clone()));
}

/// A run of text as a reader sees it.
struct Line {
    /// From its first text to behind its last one.
    nodes: Range<usize>,
    container: usize,
    words: u32,
    link_words: u32,
    /// What a short line says, whatever its number, case and typography.
    key: u64,
}

impl Line {
    fn is_links(&self) -> bool {
        self.words > 0 && self.words < SHORT && ratio(self.link_words, self.words) > 0.5
    }

    fn is_prose(&self) -> bool {
        self.words >= 8 && ratio(self.link_words, self.words) < 0.5
    }
}

fn lines_of(arena: &Arena<'_>, live: &Live) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut broken = true;
    for index in arena.body()..arena.nodes.len() {
        let node = &arena.nodes[index];
        if !live.has(index) {
            continue;
        }
        broken |= node.block;
        if node.words == 0 {
            continue;
        }
        let linked = if arena.in_link(index) { node.words } else { 0 };
        match lines.last_mut().filter(|line| !broken && line.container == node.container) {
            Some(open) => {
                open.nodes.end = index + 1;
                open.words += node.words;
                open.link_words += linked;
            }
            None => lines.push(Line { nodes: index..index + 1, container: node.container, words: node.words, link_words: linked, key: 0 }),
        }
        broken = false;
    }
    for line in lines.iter_mut().filter(|line| line.words < SHORT) {
        line.key = key_of(arena, line);
    }
    lines
}

fn key_of(arena: &Arena<'_>, line: &Line) -> u64 {
    let mut hasher = DefaultHasher::new();
    let chars = arena.nodes[line.nodes.clone()].iter().flat_map(|node| node.text.chars());
    let letters = chars.skip_while(|c| !c.is_alphabetic()).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
    hasher.finish()
}

fn text_of(arena: &Arena<'_>, line: &Line) -> String {
    arena.nodes[line.nodes.clone()].iter().map(|node| node.text).collect::<String>().trim().to_owned()
}

/// Two lines or more, one after the other, that stand again as headings behind them: all links, or at least three.
fn contents(arena: &Arena<'_>, lines: &[Line]) -> Vec<usize> {
    let mut heads: HashMap<u64, usize> = HashMap::new();
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| line.words < SHORT && line.link_words < line.words) {
        if is_title(arena, line) {
            heads.insert(line.key, place);
        }
    }
    let leads_on = |place: usize| -> bool {
        let line = &lines[place];
        let again = heads.get(&line.key).is_some_and(|head| *head > place + 1);
        line.words < SHORT && !is_heading(arena, line) && again
    };
    let mut gone = Vec::new();
    let mut place = 0;
    while place < lines.len() {
        let length = (place..lines.len()).take_while(|at| leads_on(*at)).count();
        let linked = (place..place + length).all(|at| lines[at].is_links());
        // A row of a table says the same as the part that it names.
        let tabled = |at: usize| arena.ancestors(lines[at].nodes.start).any(|up| arena.nodes[up].tag == "td");
        if length >= 3 && !(place..place + length).all(tabled) || length == 2 && linked {
            gone.extend(place..place + length);
        }
        place += length.max(1);
    }
    gone
}

fn is_heading(arena: &Arena<'_>, line: &Line) -> bool {
    arena
        .ancestors(line.nodes.start)
        .take_while(|up| arena.nodes[*up].tag != "body")
        .any(|up| matches!(arena.nodes[up].tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt" | "caption"))
}

/// What a reader takes for a title: a heading, or a line in bold.
fn is_title(arena: &Arena<'_>, line: &Line) -> bool {
    let bold = |index: &usize| {
        arena.ancestors(*index).take_while(|up| *up > line.container).any(|up| matches!(arena.nodes[up].tag, "b" | "strong"))
    };
    is_heading(arena, line)
        || arena.nodes[line.container].opens_something()
        || line.nodes.clone().filter(|index| arena.nodes[*index].words > 0).all(|index| bold(&index))
}

/// Links that stand before the title of the page, and the title's own name among them.
fn before_title(arena: &Arena<'_>, lines: &[Line]) -> Vec<usize> {
    let Some(title) = lines.iter().position(|line| arena.is_title(line.nodes.start)) else { return Vec::new() };
    let key = lines[title].key;
    let mark = |line: &Line| !text_of(arena, line).contains(char::is_alphanumeric);
    let menu = |line: &Line| line.is_links() || mark(line) || (line.key == key && line.words < SHORT);
    if lines[..title].iter().any(Line::is_prose) {
        return Vec::new();
    }
    (0..title).filter(|place| menu(&lines[*place]) && text::find_dates(&text_of(arena, &lines[*place])).is_empty()).collect()
}

/// Behind the last sentence: whose page it is, and the links that lead to the next one. Other links there may be documents that apply too.
fn behind_the_end(arena: &Arena<'_>, lines: &[Line]) -> Vec<usize> {
    let goes = |line: &Line| {
        let text = text_of(arena, line);
        names_owner(&text) || (line.is_links() && LEADS_ON.is_match(&text))
    };
    let end = lines.iter().rposition(|line| !goes(line) && !line.is_links()).map_or(0, |last| last + 1);
    (end..lines.len()).filter(|place| goes(&lines[*place])).collect()
}

/// Whether a line says whose page it is. The length is counted here: 80 times a class of all letters is an automaton of 3 MB, which took
/// a tenth of an unchanged pass to build.
fn names_owner(line: &str) -> bool {
    const LONGEST: usize = 80;
    let name = OWNER.captures(line).and_then(|captures| captures.get(1));
    name.is_some_and(|name| name.as_str().chars().filter(|c| *c != '.').count() <= LONGEST)
}

/// Whose page it is: the year turns every January.
static OWNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:©|\(c\) ?\d{4}|copyright (?:©|\(c\)|\d{4}))((?:[^.!?]|\.\w)*)(?:\.(?: ?all rights reserved| ?alle rechte vorbehalten| ?tous droits réservés| ?todos los derechos reservados| ?tutti i diritti riservati)?\.?)?$",
    )
});

/// Where a reader is sent on to.
static LEADS_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:«|‹|←|<)?\s*(?:next|previous|prev|back to|weiter|zurück zu|suivant|précédent|retour à|siguiente|anterior|volver a)\b")
});
