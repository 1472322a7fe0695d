use crate::page::{self, Page, Rules};
use std::path::Path;

/// Reads a page from a file; the content type is taken from the file's name.
pub(crate) fn read_file(path: &Path) -> miette::Result<Page> {
    let body = std::fs::read(path).map_err(|error| miette::miette!(help = "name a file that exists, or a URL that begins with http:// or https://", "{} can't be read: {error}", path.display()))?;
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "htm" | "xhtml") => Some("text/html"),
        Some("md" | "markdown") => Some("text/markdown"),
        Some("txt") => Some("text/plain"),
        _ => None,
    };
    page::read(&body, kind, Rules::default()).map_err(|rejection| miette::miette!("{} can't be read as a page: {rejection}", path.display()))
}
