use super::dates::date_of;
use super::{Archive, DatedPage, Holder, Past, PastError, Place, Wanted, content_type, kind_of, pass_over, unreadable};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// The pages of a folder whose names hold a date.
pub(super) fn open(source: &Path, wanted: Wanted<'_>) -> Result<Past, PastError> {
    let (mut pages, mut passed_over) = (Vec::new(), BTreeMap::new());
    for entry in std::fs::read_dir(source).map_err(|reason| unreadable(source, reason))? {
        let path = entry.map_err(|reason| unreadable(source, reason))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        match (date_of(&name), kind_of(&name)) {
            _ if !path.is_file() => pass_over(&mut passed_over, "is no file"),
            (None, _) => pass_over(&mut passed_over, "has no date in its name"),
            (_, None) => pass_over(&mut passed_over, "is neither HTML nor PDF, Markdown or text"),
            (Some(at), Some(kind)) => {
                pages.push(DatedPage { at, part: 0, name, status: 200, headers: content_type(kind), place: Place::File(path) });
            }
        }
    }
    Ok(Past { archive: Archive::Folder, pages, passed_over, holder: Holder::Folder, longest: wanted.longest })
}

pub(super) fn body(path: &Path, longest: usize) -> Result<Vec<u8>, PastError> {
    let file = std::fs::File::open(path).map_err(|reason| unreadable(path, reason))?;
    let mut body = Vec::new();
    file.take(longest as u64 + 1).read_to_end(&mut body).map_err(|reason| unreadable(path, reason))?;
    if body.len() > longest { Err(PastError::TooLong { name: path.display().to_string(), longest }) } else { Ok(body) }
}
