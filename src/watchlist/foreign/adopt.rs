use super::ForeignWatch;
use crate::model::{Watch, WatchId};
use crate::watchlist::edit::{self, NewWatch};
use crate::watchlist::parse::parse_unfinished;
use crate::watchlist::problem::Problem;
use std::collections::{HashMap, HashSet};

/// How often a number is put behind a name before it is given up.
const NUMBERS: u32 = 1_000;

/// A watchlist with entries of another program's list in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adoption {
    /// The watchlist; every byte of it that stood there before stands there still.
    pub text: String,
    /// The new entries as they are written, without what stood there before.
    pub entries: String,
    /// What was added, with what could not be carried over.
    pub added: Vec<(WatchId, Vec<String>)>,
    /// What was not added, and why.
    pub skipped: Vec<(String, String)>,
}

/// Puts entries of another program's list into a watchlist. What is watched already is skipped.
///
/// # Errors
/// The first problem of a watchlist that is broken before.
pub fn adopt(text: &str, file: &str, foreign: Vec<ForeignWatch>) -> Result<Adoption, Problem> {
    let list = parse_unfinished(text, file).map_err(|mut problems| problems.swap_remove(0))?;
    let watches = || list.watches.iter().chain(&list.disabled);
    let mut ids: HashSet<WatchId> = watches().map(|watch| watch.id.clone()).collect();
    let mut pages: HashMap<String, WatchId> = watches().flat_map(pages_of).collect();
    let (mut adoption, mut news) = (Adoption::default(), Vec::new());
    for watch in foreign {
        let ForeignWatch { name, new, is_named_by_us, left } = watch;
        if new.urls.is_empty() {
            adoption.skipped.push((name, if left.is_empty() { "it has no address".to_owned() } else { left.join(", ") }));
            continue;
        }
        if let Some(id) = new.urls.iter().find_map(|url| pages.get(&page(url))) {
            adoption.skipped.push((name, format!("its page is watched already, as {id}")));
            continue;
        }
        let new = if is_named_by_us { numbered(new, &ids) } else { new };
        let id = WatchId::new(&new.platform, &new.document);
        if ids.contains(&id) {
            adoption.skipped.push((name, format!("{id} is watched already, at another address")));
            continue;
        }
        match edit::checked_entry(&new) {
            Ok(entry) => {
                pages.extend(new.urls.iter().map(|url| (page(url), id.clone())));
                ids.insert(id.clone());
                if !adoption.entries.is_empty() {
                    adoption.entries.push('\n');
                }
                adoption.entries.push_str(&entry);
                adoption.added.push((id, left));
                news.push(new);
            }
            Err(problem) => adoption.skipped.push((name, problem.message)),
        }
    }
    adoption.text = edit::add_all(text, file, &news)?;
    Ok(adoption)
}

fn pages_of(watch: &Watch) -> impl Iterator<Item = (String, WatchId)> + '_ {
    watch.urls.iter().map(|url| (page(url), watch.id.clone()))
}

/// An address without what does not tell pages apart.
fn page(url: &str) -> String {
    let bare = url.trim().trim_end_matches('/');
    bare.split_once("://").map_or(bare, |(_, rest)| rest).to_owned()
}

/// The entry under a name that is free.
fn numbered(new: NewWatch, ids: &HashSet<WatchId>) -> NewWatch {
    let name = |number: u32| if number == 1 { new.document.clone() } else { format!("{} {number}", new.document) };
    let free = (1..NUMBERS).map(name).find(|document| !ids.contains(&WatchId::new(&new.platform, document)));
    match free {
        Some(document) => NewWatch { document, ..new },
        None => new,
    }
}
