//! Reads the sources as tokens, as far as the rules of the house need them: comments, strings and tests are left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The line that begins a file's tests.
const TESTS: &str = "#[cfg(test)]";

/// One file of `src/`.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path below `src/`.
    pub(crate) path: String,
    /// Everything in it.
    pub(crate) text: String,
    /// The words and signs of its code, without tests.
    pub(crate) tokens: Vec<Token>,
    /// How many lines it has before its tests; 0 for a file that is nothing but tests.
    pub(crate) lines: usize,
}

/// A word, or a sign of one character (`::` counts as one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Source {
    pub(crate) fn new(path: &str, text: String) -> Self {
        let code = before_tests(&text);
        Self { path: path.to_owned(), tokens: tokens(&blank(code)), lines: code.lines().count(), text }
    }

    /// The room that the file belongs to, or, directly in `src/`, the file's own name.
    pub(crate) fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// The words that follow `root::`, those of a group `root::{…}` each, with their lines.
    pub(crate) fn children_of(&self, root: &str) -> Vec<Token> {
        let mut found = Vec::new();
        for (at, pair) in self.tokens.windows(2).enumerate() {
            let is_root = pair[0].text == root && pair[1].text == "::" && !at.checked_sub(1).is_some_and(|before| self.is(before, "::"));
            if is_root {
                found.extend(self.first_segments(at + 2));
            }
        }
        found
    }

    /// The first segment of the path that begins at a token; of every path, where a group begins there.
    fn first_segments(&self, start: usize) -> Vec<Token> {
        if !self.is(start, "{") {
            return self.tokens.get(start).cloned().into_iter().collect();
        }
        let mut found = Vec::new();
        let (mut depth, mut at) = (0, start);
        while let Some(token) = self.tokens.get(at) {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" if depth == 1 => break,
                "}" => depth -= 1,
                "," => {}
                _ if depth == 1 && (self.is(at - 1, "{") || self.is(at - 1, ",")) => found.push(token.clone()),
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// Where a word stands as the beginning of a path or is named by `use`, as libraries are.
    pub(crate) fn mentions(&self, library: &str) -> Vec<usize> {
        let own = self.tokens.windows(2).any(|pair| pair[0].text == "mod" && pair[1].text == library);
        if own {
            return Vec::new();
        }
        let begins = |at: usize| {
            let after_path = at.checked_sub(2).is_some_and(|before| self.is(at - 1, "::") && is_word(&self.tokens[before].text));
            let named = at.checked_sub(1).is_some_and(|before| self.is(before, "use") || self.is(before, "crate"));
            !after_path && (self.is(at + 1, "::") || named)
        };
        (0..self.tokens.len()).filter(|at| self.is(*at, library) && begins(*at)).map(|at| self.tokens[at].line).collect()
    }

    /// Where a sequence of tokens stands.
    pub(crate) fn occurrences(&self, sequence: &str) -> Vec<usize> {
        let wanted = tokens(sequence);
        let same = |window: &[Token]| window.iter().zip(&wanted).all(|(one, other)| one.text == other.text);
        self.tokens.windows(wanted.len()).filter(|window| same(window)).map(|window| window[0].line).collect()
    }

    /// Where a chain of `super::` climbs out of the room.
    pub(crate) fn climbs_out(&self) -> Vec<usize> {
        let below = self.path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
        let mut found = Vec::new();
        let mut chain = 0;
        for (at, token) in self.tokens.iter().enumerate() {
            match token.text.as_str() {
                "super" => chain += 1,
                "::" if chain > 0 && self.is(at - 1, "super") => {}
                _ => chain = 0,
            }
            if chain == below && token.text == "super" {
                found.push(token.line);
            }
        }
        found
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.text == text)
    }
}

/// Every file of `src/`, in order.
pub(crate) fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        Source::new(&name, fs::read_to_string(path).unwrap())
    };
    let mut sources: Vec<Source> = paths.iter().map(read).collect();
    let only_tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    for source in sources.iter_mut().filter(|source| only_tests.contains(&source.path)) {
        source.tokens.clear();
        source.lines = 0;
    }
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The files that a file declares as tests (`#[cfg(test)] mod tests;`).
fn test_files(source: &Source) -> Vec<String> {
    let folder = source.path.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
    let mut lines = source.text.lines().map(str::trim);
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let declared = (line == TESTS).then(|| lines.next()).flatten().and_then(|next| next.strip_prefix("mod ")?.strip_suffix(';'));
        found.extend(declared.map(|name| format!("{folder}/{name}.rs")));
    }
    found
}

/// The text up to the block of tests that ends a file.
fn before_tests(text: &str) -> &str {
    let block = text.match_indices(TESTS).find(|(at, mark)| {
        let after = text[at + mark.len()..].trim_start();
        after.starts_with("mod ") && after.split_once(['{', ';']).is_some_and(|(name, _)| after[name.len()..].starts_with('{'))
    });
    block.map_or(text, |(at, _)| &text[..at])
}

/// The same text with comments and what stands in quotes replaced by blanks, line ends kept.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let skip = skipped(rest);
        if skip == 0 {
            out.push(character);
            rest = &rest[character.len_utf8()..];
        } else {
            out.push(' ');
            out.extend(rest[..skip].chars().filter(|character| *character == '\n'));
            rest = &rest[skip..];
            // What follows a raw string's `r` or a string's `b` is a word of its own.
            out.push(' ');
        }
    }
    out
}

/// How many bytes of a comment, string or character begin here; 0: none.
fn skipped(text: &str) -> usize {
    let to = |end: Option<usize>| end.unwrap_or(text.len());
    if text.starts_with("//") {
        to(text.find('\n'))
    } else if text.starts_with("/*") {
        to(text.find("*/").map(|end| end + 2))
    } else if let Some(hashes) = raw_string(text) {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = 2 + hashes;
        to(text[start..].find(&end).map(|at| start + at + end.len()))
    } else if text.starts_with('"') {
        to(quoted(text, '"'))
    } else if let Some(after) = text.strip_prefix('\'') {
        // A lifetime has no closing quote after its first character.
        let is_character = after.starts_with('\\') || after.chars().nth(1) == Some('\'');
        if is_character { to(quoted(text, '\'')) } else { 0 }
    } else {
        0
    }
}

/// How many `#` a raw string has that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        let mut rest = line.trim_start();
        while let Some(character) = rest.chars().next() {
            let word = rest.find(|character: char| !is_part(character)).unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(character.len_utf8()) };
            found.push(Token { text: rest[..length].to_owned(), line: number });
            rest = rest[length..].trim_start();
        }
    }
    found
}

fn is_word(text: &str) -> bool {
    text.chars().all(is_part)
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
