use crate::model::ClauseKind;
use crate::page::outline::could_be_heading;
use crate::text;
use std::collections::{HashMap, HashSet};

/// A gap of so many times the size of the letters parts the cells of a table.
const CELLS: f64 = 2.0;
/// How the cells of a row are parted in a clause.
const PARTED: &str = " | ";

/// A line of a page, as it was drawn. Lengths are in points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) page: usize,
    text: String,
    start: f64,
    end: f64,
    /// Height of the letters' foot above the page's.
    foot: f64,
    size: f64,
    /// Where the last letter stands, which letter.
    last: (f64, String),
}

impl Line {
    pub(super) fn begin(page: usize, text: &str, [start, end]: [f64; 2], foot: f64, size: f64) -> Self {
        Self { page, text: text.to_owned(), start, end, foot, size, last: (start, text.to_owned()) }
    }

    /// Whether a letter belongs to the line: at its height, or raised as note marks are, and not before its end.
    pub(super) fn goes_on_at(&self, start: f64, foot: f64, size: f64) -> bool {
        let shift = (foot - self.foot).abs();
        let level = shift < 0.25 * self.size.max(size) || (size < 0.8 * self.size && shift < 0.6 * self.size);
        level && start > self.end - self.size
    }

    pub(super) fn push(&mut self, text: &str, start: f64, end: f64, size: f64) {
        // Bold letters are sometimes the same letter drawn twice.
        if self.last.1 == text && (start - self.last.0).abs() < 0.1 * size {
            return;
        }
        let gap = start - self.end;
        if gap > CELLS * size && text::label_len(&format!("{} x", self.text.trim())) == 0 && !is_bullet(&self.text) {
            self.text.truncate(self.text.trim_end().len());
            self.text.push_str(PARTED);
        } else if gap > 0.16 * size && !self.text.ends_with(' ') && text != " " {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.end = end;
        self.last = (start, text.to_owned());
    }
}

/// The clauses that lines make together.
pub(super) fn clauses(lines: Vec<Line>) -> Vec<(ClauseKind, String)> {
    let lines = without_running_heads(lines.into_iter().filter(|line| !line.text.trim().is_empty()).collect());
    let measure = Measure::of(&lines);
    let mut clauses: Vec<(ClauseKind, String)> = Vec::new();
    for run in lines.chunk_by(|line, next| !measure.parts(line, next)) {
        let text = measure.joined(run);
        clauses.push((
            measure.kind(&run[0], &text),
            text.strip_prefix(['•', '●', '▪', '◦', '\u{f0b7}']).map_or(text.as_str(), str::trim).to_owned(),
        ));
    }
    clauses
}

/// What is usual in a file.
struct Measure {
    /// Size of most letters.
    size: f64,
    /// From foot to foot of two lines of a paragraph.
    leading: f64,
    /// Where most lines end at the latest.
    right: f64,
    /// Sizes larger than that of most letters, largest first: the levels of headings.
    larger: Vec<i64>,
    /// Words with a hyphen inside a line, in lower case.
    hyphenated: HashSet<String>,
}

impl Measure {
    fn of(lines: &[Line]) -> Self {
        let mut sizes: HashMap<i64, usize> = HashMap::new();
        let mut steps: HashMap<i64, usize> = HashMap::new();
        lines.iter().for_each(|line| *sizes.entry(tenths(line.size)).or_default() += line.text.len());
        for pair in lines.windows(2).filter(|pair| pair[0].page == pair[1].page) {
            let step = tenths(pair[0].foot - pair[1].foot);
            if step > 0 {
                *steps.entry(step).or_default() += 1;
            }
        }
        let usual = |counts: &HashMap<i64, usize>| counts.iter().max_by_key(|(value, count)| (**count, -**value)).map(|(value, _)| *value);
        let size = usual(&sizes).unwrap_or(110);
        let mut larger: Vec<i64> = sizes.keys().copied().filter(|other| *other * 100 > size * 112).collect();
        larger.sort_unstable_by(|one, other| other.cmp(one));
        let mut ends: Vec<f64> = lines.iter().map(|line| line.end).collect();
        ends.sort_unstable_by(f64::total_cmp);
        let right = ends.get(ends.len() * 9 / 10).copied().unwrap_or_default();
        let words = lines.iter().flat_map(|line| line.text.split_whitespace());
        let hyphenated = words.filter(|word| word.trim_end_matches('-').contains('-')).map(bare).collect();
        Self { size: points(size), leading: points(usual(&steps).unwrap_or(size * 6 / 5)), right, larger, hyphenated }
    }

    /// Whether a new clause begins with the second of two lines.
    fn parts(&self, line: &Line, next: &Line) -> bool {
        let ended = line.text.trim_end().ends_with(['.', ';', ':', '!', '?']);
        let short = line.end < self.right - 0.2 * (self.right - line.start).max(0.0);
        let refers = ["section", "sections", "clause", "article", "paragraph", "and", "or", "§", "to"];
        let points_on = line.text.split_whitespace().next_back().is_some_and(|word| refers.contains(&word.to_lowercase().as_str()));
        let begins = is_bullet(&next.text) || (text::label_len(next.text.trim_start()) > 0 && !points_on);
        let step = line.foot - next.foot;
        let jumped = line.page != next.page || step < -self.size;
        let other_size = (line.size - next.size).abs() > 0.08 * line.size.max(next.size);
        if other_size || begins || line.text.contains(PARTED) || next.text.contains(PARTED) {
            return true;
        }
        if jumped {
            return ended || self.is_larger(line);
        }
        step > 1.35 * self.leading || (ended && (short || (next.start - line.start).abs() > 0.8 * self.size))
    }

    fn is_larger(&self, line: &Line) -> bool {
        self.larger.contains(&tenths(line.size))
    }

    fn kind(&self, first: &Line, text: &str) -> ClauseKind {
        if text.contains(PARTED) {
            return ClauseKind::TableRow;
        }
        let words = text.split_whitespace().count();
        let shouted = text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase);
        if let Some(level) = self.larger.iter().position(|size| *size == tenths(first.size)).filter(|_| words <= 20) {
            return ClauseKind::Heading(u8::try_from(level + 1).unwrap_or(6).min(6));
        }
        let numbered = text.starts_with(|c: char| c.is_ascii_digit()) && text::label_len(text) > 0;
        if could_be_heading(text) && ((shouted && words <= 10) || (numbered && words <= 8 && !text.ends_with(':'))) {
            return ClauseKind::Heading(6);
        }
        let lettered = text::label_len(text) > 0 && !numbered;
        if is_bullet(text) || lettered { ClauseKind::ListItem } else { ClauseKind::Paragraph }
    }

    /// The lines as one text. A hyphen at the end of a line goes where it only parts a word.
    fn joined(&self, lines: &[Line]) -> String {
        let mut out = String::new();
        for line in lines {
            let next = line.text.trim();
            let Some(head) =
                out.strip_suffix('-').filter(|head| head.ends_with(char::is_lowercase) && next.starts_with(char::is_lowercase))
            else {
                if !out.is_empty() && !out.ends_with(['-', '\u{2010}', '/']) {
                    out.push(' ');
                }
                out.push_str(next);
                continue;
            };
            let word = head.split_whitespace().next_back().unwrap_or_default();
            let whole = format!("{word}-{}", next.split_whitespace().next().unwrap_or_default());
            if !self.hyphenated.contains(&bare(&whole)) {
                out.pop();
            }
            out.push_str(next);
        }
        out
    }
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn is_bullet(text: &str) -> bool {
    text.trim_start().starts_with(['•', '●', '▪', '◦', '\u{f0b7}'])
}

#[expect(clippy::cast_possible_truncation, reason = "lengths on a page are far below 2^53")]
fn tenths(points: f64) -> i64 {
    (points.clamp(-1e6, 1e6) * 10.0).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "lengths on a page are far below 2^53")]
fn points(tenths: i64) -> f64 {
    tenths as f64 / 10.0
}

/// Drops page numbers, and what stands at the head or foot of three pages and of half of all.
fn without_running_heads(lines: Vec<Line>) -> Vec<Line> {
    const EDGE: usize = 2;
    let key =
        |line: &Line| -> String { line.text.trim().to_lowercase().chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect() };
    let mut edges: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        edges.entry(line.page).or_default().push(index);
    }
    let pages = edges.len();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut at_edge = vec![false; lines.len()];
    for indices in edges.values_mut() {
        indices.sort_by(|one, other| lines[*one].foot.total_cmp(&lines[*other].foot));
        let outer: HashSet<usize> = indices.iter().take(EDGE).chain(indices.iter().rev().take(EDGE)).copied().collect();
        let keys: HashSet<String> = outer.iter().map(|index| key(&lines[*index])).collect();
        outer.into_iter().for_each(|index| at_edge[index] = true);
        keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
    }
    let is_number = |key: &str| {
        let rest = key.replace("page", "").replace("seite", "").replace("of", "").replace("von", "");
        key.contains('#') && rest.chars().all(|c| "#/|-– ".contains(c)) && key.matches('#').count() <= 6
    };
    let runs = |line: &Line| {
        let key = key(line);
        is_number(&key) || counts.get(&key).is_some_and(|count| *count >= 3 && count * 2 >= pages)
    };
    lines.into_iter().zip(at_edge).filter(|(line, edge)| !(*edge && runs(line))).map(|(line, _)| line).collect()
}
