//! The watches that follow from the watchlist's: the pages that an index lists, and what the platforms' sites say to machines.

use crate::model::{Schedule, Watch, WatchId, WatchKind};
use crate::page;
use crate::signals;
use crate::store::{Store, StoreError};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Signals are asked for once a day.
const SIGNALS_EVERY: Duration = Duration::from_hours(24);
/// A platform's documents stand on a few sites; those beyond are not asked.
const MOST_SITES: usize = 3;

/// The listed watches with what follows from them. The pages of an index are those that its accepted version lists.
///
/// # Errors
/// When the store can't be read.
pub(super) fn with_derived(listed: Vec<Watch>, with_signals: bool, store: &dyn Store) -> Result<Vec<Watch>, StoreError> {
    let mut known: HashSet<WatchId> = listed.iter().map(|watch| watch.id.clone()).collect();
    let mut all = Vec::with_capacity(listed.len());
    for watch in listed {
        let pages = if watch.kind == WatchKind::Index { pages_of(&watch, store)? } else { Vec::new() };
        all.push(watch);
        all.extend(pages.into_iter().filter(|page| known.insert(page.id.clone())));
    }
    if with_signals {
        let signals = signals_of(&all);
        all.extend(signals);
    }
    Ok(all)
}

fn pages_of(index: &Watch, store: &dyn Store) -> Result<Vec<Watch>, StoreError> {
    let version = store.state(&index.id)?.version;
    let Some(document) = (if version == 0 { None } else { store.document(&index.id, version)? }) else { return Ok(Vec::new()) };
    Ok(page::listed(&document).into_iter().map(|listed| page_of(index, listed.url)).collect())
}

/// A listed page as a watch. Its name is made of its address: the words of a link change more often.
fn page_of(index: &Watch, url: String) -> Watch {
    let document = format!("{}: {}", index.document, name_of(&url));
    let id = WatchId::new(&index.platform, &document);
    Watch { id, kind: WatchKind::Document, document, urls: vec![url], links: Vec::new(), ..index.clone() }
}

fn name_of(url: &str) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split_once('/').map_or("", |(_, path)| path);
    let words: String = path.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "page".to_owned() } else { words }
}

/// For each platform one watch of the signals of its sites.
fn signals_of(watches: &[Watch]) -> Vec<Watch> {
    let mut made: Vec<Watch> = Vec::new();
    let mut places: HashMap<WatchId, usize> = HashMap::new();
    for watch in watches {
        let id = WatchId::of_signals(&watch.platform);
        let sites = watch.urls.iter().filter_map(|url| signals::addresses(url));
        let place = *places.entry(id).or_insert_with_key(|id| {
            made.push(Watch {
                id: id.clone(),
                kind: WatchKind::Signals,
                document: "AI signals".to_owned(),
                urls: Vec::new(),
                select: Vec::new(),
                remove: Vec::new(),
                links: Vec::new(),
                schedule: Schedule::Every(SIGNALS_EVERY),
                language: None,
                ignore_robots: false,
                needs_browser: false,
                ..watch.clone()
            });
            made.len() - 1
        });
        for site in sites {
            let one = &mut made[place];
            if !one.urls.contains(&site[0]) && one.urls.len() < MOST_SITES * site.len() {
                one.urls.extend(site);
            }
        }
    }
    made.retain(|watch| !watch.urls.is_empty());
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchlist;

    fn watches(text: &str) -> Vec<Watch> {
        watchlist::parse(text, "watchlist.toml").unwrap().watches
    }

    #[test]
    fn a_platform_has_one_watch_of_the_signals_of_all_its_sites() {
        let text = "[[watch]]\nplatform = \"Songs\"\ndocument = \"Terms\"\nurl = \"https://songs.example/terms\"\n\
            [[watch]]\nplatform = \"Songs\"\ndocument = \"Help\"\nurl = \"https://help.songs.example/ai?x=1\"\n\
            [[watch]]\nplatform = \"Songs\"\ndocument = \"Privacy\"\nurl = \"https://songs.example/privacy\"\n\
            [[watch]]\nplatform = \"Words\"\ndocument = \"Terms\"\nurl = \"https://words.example/terms\"\n";
        let signals = signals_of(&watches(text));
        assert_eq!(signals.iter().map(|watch| watch.id.as_str()).collect::<Vec<_>>(), ["songs/ai-signals", "words/ai-signals"]);
        let robots: Vec<&String> = signals[0].urls.iter().filter(|url| url.ends_with("/robots.txt")).collect();
        assert_eq!(robots, ["https://songs.example/robots.txt", "https://help.songs.example/robots.txt"]);
        assert!(signals[0].id.is_of_signals());
    }

    #[test]
    fn a_listed_page_is_named_by_its_address() {
        let index = watches(
            "[[watch]]\nplatform = \"Songs\"\ndocument = \"Policies\"\nindex = \"https://songs.example/legal\"\nlinks = [\"/legal/*\"]\n",
        );
        let page = page_of(&index[0], "https://songs.example/legal/ai-policy".to_owned());
        assert_eq!((page.id.as_str(), page.document.as_str()), ("songs/policies-legal-ai-policy", "Policies: legal ai policy"));
    }
}
