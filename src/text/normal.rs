use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;

/// A text in normal form, with the way back to its source: compatibility characters (NFKC, UAX #15), typographic quotes and dashes,
/// invisible characters, look-alike letters and white space are folded, case is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normal {
    text: String,
    /// For each byte of `text` the byte of the source where its character begins.
    starts: Vec<u32>,
    /// Length of the source without the white space at its end.
    source_len: u32,
}

impl Normal {
    /// Folds a text.
    #[must_use]
    pub fn of(source: &str) -> Self {
        let source = source.trim_end();
        let mut normal =
            Self { text: String::with_capacity(source.len()), starts: Vec::with_capacity(source.len()), source_len: offset(source.len()) };
        for (at, c) in source.char_indices() {
            normal.push_source_char(at, c);
        }
        if normal.text.ends_with(' ') {
            normal.text.pop();
            normal.starts.pop();
        }
        normal.fold_look_alikes();
        normal
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the source that a range of the folded text came from.
    #[must_use]
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.starts.get(range.start).copied().unwrap_or(self.source_len);
        let end = if range.end <= range.start { start } else { self.starts.get(range.end).copied().unwrap_or(self.source_len) };
        start as usize..end as usize
    }

    /// The byte of the folded text that stands for a byte of the source.
    #[must_use]
    pub fn from_source(&self, at: usize) -> usize {
        self.starts.partition_point(|start| (*start as usize) < at)
    }

    fn push_source_char(&mut self, at: usize, c: char) {
        match c {
            ' '..='~' if c != ' ' => self.push(at, c),
            _ if c.is_whitespace() => self.push_space(at),
            _ if is_invisible(c) => {}
            _ => match plain_form(c) {
                Some(plain) => plain.chars().for_each(|c| self.push(at, c)),
                None if c.is_ascii() => self.push_space(at),
                None => c.nfkc().for_each(|c| if c.is_whitespace() { self.push_space(at) } else { self.push(at, c) }),
            },
        }
    }

    fn push(&mut self, at: usize, c: char) {
        self.text.push(c);
        self.starts.resize(self.text.len(), offset(at));
    }

    fn push_space(&mut self, at: usize) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.push(at, ' ');
        }
    }

    /// Replaces Cyrillic and Greek letters that look Latin where they stand in a word with Latin letters.
    fn fold_look_alikes(&mut self) {
        if !self.text.chars().any(|c| latin_look_alike(c).is_some()) {
            return;
        }
        let mut folded = Self { text: String::with_capacity(self.text.len()), starts: Vec::new(), source_len: self.source_len };
        for piece in split_words(&self.text) {
            let word = &self.text[piece.clone()];
            let mixed = word.chars().any(|c| c.is_ascii_alphabetic());
            for (at, c) in word.char_indices() {
                let plain = if mixed { latin_look_alike(c).unwrap_or(c) } else { c };
                folded.push(self.starts[piece.start + at] as usize, plain);
            }
        }
        *self = folded;
    }
}

/// Documents are far below 4 GiB; a longer one keeps its words and loses its last offsets.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Alternating runs of letters and of everything else, covering the text.
fn split_words(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut inside = None;
    for (at, c) in text.char_indices() {
        let letter = c.is_alphanumeric();
        if inside.is_some_and(|inside| inside != letter) {
            pieces.push(start..at);
            start = at;
        }
        inside = Some(letter);
    }
    if start < text.len() {
        pieces.push(start..text.len());
    }
    pieces
}

/// Zero-width, bidirectional and soft-hyphen characters: they show nothing and change nothing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn plain_form(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' | '\u{60}' => "'",
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "...",
        _ => return None,
    })
}

fn latin_look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' => 'a',
        'е' => 'e',
        'о' => 'o',
        'р' => 'p',
        'с' => 'c',
        'х' => 'x',
        'у' => 'y',
        'і' => 'i',
        'ѕ' => 's',
        'ј' => 'j',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'С' => 'C',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        'ο' => 'o',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_invisible_characters_and_look_alikes_fold() {
        let check = |source: &str, folded: &str| assert_eq!(Normal::of(source).text(), folded);
        check("  we\u{a0}may \n use ", "we may use");
        check("\u{201c}don\u{2019}t\u{201d} \u{2013} \u{2026}", "\"don't\" - ...");
        check("A\u{200b}I fea\u{ad}tures", "AI features");
        check("trаin models", "train models"); // the first a is Cyrillic
        check("навчати моделі", "навчати моделі"); // wholly Cyrillic stays
        check("ﬁne-tune", "fine-tune");
    }

    #[test]
    fn offsets_lead_back_to_the_source() {
        let source = "x \u{201c}train\u{ad}ing\u{201d} y";
        let normal = Normal::of(source);
        let at = normal.text().find("training").unwrap();
        assert_eq!(&source[normal.source_range(at..at + 8)], "train\u{ad}ing");
        assert_eq!(normal.from_source(source.find('y').unwrap()), normal.text().find('y').unwrap());
    }
}
