use super::problem::Report;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, Error};

/// What to do about a syntax error, by the beginning of the parser's message.
const HELP: &[(&str, &str)] = &[
    ("string values must be quoted", "put the value in double quotes"),
    ("invalid basic string", "close the text with a double quote"),
    ("missing escaped value", "write a backslash twice, or put the text in single quotes"),
    ("key with no value", "write name = \"value\""),
    ("invalid unquoted key", "write name = \"value\"; a comment begins with #"),
    ("unclosed array table", "write [[watch]] with two brackets on either side"),
    ("unclosed array", "close the list with ]"),
    ("unclosed inline table", "close it with }"),
    ("missing comma", "put a comma between two values, or close the brackets before it"),
    ("duplicate key", "keep one of the two"),
];

/// The root of a file. What is no TOML is reported; then it is that of the text with every damaged table blanked out, put into `mended`:
/// the rest still stands where it stood.
pub(super) fn root<'text>(text: &'text str, mended: &'text mut String, report: &mut Report<'_>) -> DeTable<'text> {
    match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(first) => {
            *mended = sound_text(text, &first, report);
            DeTable::parse(mended).map(Spanned::into_inner).unwrap_or_default()
        }
    }
}

/// Each table is judged alone, so that a forgotten bracket in one is not taken for an error in all that follow.
fn sound_text(text: &str, first: &Error, report: &mut Report<'_>) -> String {
    let mut sound = text.to_owned();
    for table in tables(text) {
        if let Err(error) = DeTable::parse(&text[table.clone()]) {
            complain(&error, table.start, report);
            blank(&mut sound, table);
        }
    }
    match DeTable::parse(&sound) {
        Ok(_) if report.is_empty() => complain(first, 0, report),
        Ok(_) => return sound,
        // What clashes only between tables, such as a second [defaults].
        Err(error) => complain(&error, 0, report),
    }
    String::new()
}

fn complain(error: &Error, offset: usize, report: &mut Report<'_>) {
    let span = error.span().unwrap_or_default();
    // What the parser expected next is its own business; what to do is said by the help.
    let message = error.message().split([',', '\n']).next().unwrap_or_default().trim();
    let help = HELP
        .iter()
        .find(|(beginning, _)| message.starts_with(beginning))
        .map_or("check the quotes, brackets and commas here", |(_, help)| help);
    report.add(span.start + offset..span.end + offset, message, help);
}

/// The parts of a file that begin with a table's header; the first part is what stands before any header.
fn tables(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if is_header(line) {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// Whether a line begins a table; a line of a list begins with a quote, and `[watch.select]` belongs to the table above it.
fn is_header(line: &str) -> bool {
    let name = line.strip_prefix("[[").or_else(|| line.strip_prefix('[')).unwrap_or_default();
    let name = name.split(']').next().unwrap_or_default().trim();
    name.starts_with(char::is_alphabetic) && !name.contains('.')
}

/// Overwrites with spaces, byte for byte, so that places and lines behind it stay as they are.
fn blank(text: &mut String, range: Range<usize>) {
    let spaces: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &spaces);
}
