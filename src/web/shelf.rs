//! What the pages show, gathered from watchlist and store. A reading is made once for each version and kept.

use crate::model::{Document, Stance, Topic, Version, Watch, WatchId, WatchState};
use crate::monitor::Monitor;
use crate::reading::{self, Reading};
use crate::signals::{self, Signal};
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The stances of one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stances {
    by_topic: BTreeMap<Topic, Stance>,
    /// Whether its language is read.
    pub(super) read: bool,
}

impl Stances {
    fn of(reading: &Reading) -> Self {
        Self { by_topic: reading.stances.clone(), read: reading.supported }
    }

    pub(super) fn get(&self, topic: Topic) -> Stance {
        self.by_topic.get(&topic).copied().unwrap_or(Stance::Silent)
    }
}

/// A document that is watched, or was.
#[derive(Debug, Clone)]
pub(super) struct Shelved {
    pub(super) id: WatchId,
    pub(super) platform: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) tags: Vec<String>,
    pub(super) state: WatchState,
}

impl Shelved {
    /// The path of its page.
    pub(super) fn path(&self) -> String {
        format!("/documents/{}", self.id)
    }
}

/// A platform and its documents.
#[derive(Debug, Clone)]
pub(super) struct Platform {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) documents: Vec<Shelved>,
}

impl Platform {
    /// The path of its page.
    pub(super) fn path(&self) -> String {
        format!("/platforms/{}", self.slug)
    }

    /// The document that speaks for the platform on a topic, with what it says.
    pub(super) fn speaks(&self, on: &Shelf, topic: Topic) -> Result<(Stance, Option<&Shelved>), StoreError> {
        let mut said = Vec::new();
        for document in self.documents.iter().filter(|document| document.state.version > 0 && !document.id.is_of_signals()) {
            said.push((on.stances(&document.id, document.state.version)?.get(topic), document));
        }
        let together = super::stances::together(said.iter().map(|(stance, _)| *stance));
        let speaker = said.into_iter().find(|(stance, _)| *stance == together && together != Stance::Silent);
        Ok((together, speaker.map(|(_, document)| document)))
    }

    /// Whether anything of it was read yet.
    pub(super) fn is_read(&self) -> bool {
        self.documents.iter().any(|document| document.state.version > 0)
    }
}

/// Watchlist and store, as the pages see them.
pub(super) struct Shelf {
    pub(super) monitor: Monitor,
    watches: Arc<dyn Fn() -> Arc<Vec<Watch>> + Send + Sync>,
    stances: Mutex<HashMap<WatchId, Vec<Option<Arc<Stances>>>>>,
}

impl Shelf {
    pub(super) fn new(monitor: Monitor, watches: Arc<dyn Fn() -> Arc<Vec<Watch>> + Send + Sync>) -> Self {
        Self { monitor, watches, stances: Mutex::default() }
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.monitor.store().as_ref()
    }

    pub(super) fn watches(&self) -> Arc<Vec<Watch>> {
        (self.watches)()
    }

    /// The platforms in the order of their names, each with its documents.
    pub(super) fn platforms(&self) -> Result<Vec<Platform>, StoreError> {
        let mut platforms: BTreeMap<String, Platform> = BTreeMap::new();
        for watch in self.watches().iter() {
            let document = self.shelved(watch)?;
            let slug = slug_of(&watch.id).to_owned();
            let platform = platforms.entry(watch.platform.to_lowercase()).or_insert_with(|| Platform {
                slug,
                name: watch.platform.clone(),
                documents: Vec::new(),
            });
            platform.documents.push(document);
        }
        Ok(platforms.into_values().collect())
    }

    /// The tags of the watchlist, the most used first.
    pub(super) fn tags(&self) -> Vec<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for tag in self.watches().iter().flat_map(|watch| &watch.tags) {
            *counts.entry(tag.to_lowercase()).or_default() += 1;
        }
        let mut tags: Vec<(String, usize)> = counts.into_iter().collect();
        tags.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
        tags.into_iter().map(|(tag, _)| tag).collect()
    }

    fn shelved(&self, watch: &Watch) -> Result<Shelved, StoreError> {
        Ok(Shelved {
            id: watch.id.clone(),
            platform: watch.platform.clone(),
            name: watch.document.clone(),
            url: watch.urls.first().cloned().unwrap_or_default(),
            tags: watch.tags.clone(),
            state: self.store().state(&watch.id)?,
        })
    }

    /// A document by its id; one that left the watchlist is still there, by the names in its changes.
    pub(super) fn document(&self, id: &WatchId) -> Result<Option<Shelved>, StoreError> {
        if let Some(watch) = self.watches().iter().find(|watch| watch.id == *id) {
            return self.shelved(watch).map(Some);
        }
        let state = self.store().state(id)?;
        if state.version == 0 {
            return Ok(None);
        }
        let last = self.store().changes(Some(id), 1)?.into_iter().next();
        let (slug, name) = id.as_str().split_once('/').unwrap_or((id.as_str(), id.as_str()));
        let (platform, name, url, tags) = match last {
            Some(change) => (change.platform, change.document, change.url, change.tags),
            None => (slug.to_owned(), name.to_owned(), String::new(), Vec::new()),
        };
        Ok(Some(Shelved { id: id.clone(), platform, name, url, tags, state }))
    }

    /// What a version says.
    pub(super) fn stances(&self, id: &WatchId, version: u32) -> Result<Arc<Stances>, StoreError> {
        let place = version as usize;
        let lock = || self.stances.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Some(known)) = lock().get(id).and_then(|versions| versions.get(place)) {
            return Ok(known.clone());
        }
        if id.is_of_signals() {
            return Ok(Arc::default());
        }
        let stances = Arc::new(self.text(id, version)?.map(|document| Stances::of(&reading::read(&document))).unwrap_or_default());
        let mut kept = lock();
        let versions = kept.entry(id.clone()).or_default();
        if versions.len() <= place {
            versions.resize(place + 1, None);
        }
        // Neighbours mostly say the same: they share what they say.
        let same = versions[place.saturating_sub(1)..].iter().flatten().find(|one| **one == stances).cloned();
        let stances = same.unwrap_or(stances);
        versions[place] = Some(stances.clone());
        Ok(stances)
    }

    /// What the sites of a document's platform say to machines, and where it stands; `None` where it was not read yet.
    pub(super) fn signals(&self, of: &WatchId) -> Result<Option<(WatchId, Vec<Signal>)>, StoreError> {
        let id = WatchId::of_signals(slug_of(of));
        let version = self.store().state(&id)?.version;
        let text = if version == 0 { None } else { self.text(&id, version)? };
        Ok(text.map(|text| (id, signals::signals(&text))))
    }

    /// The text of a version.
    pub(super) fn text(&self, id: &WatchId, version: u32) -> Result<Option<Document>, StoreError> {
        self.store().document(id, version)
    }

    /// The record of a version.
    pub(super) fn version(&self, id: &WatchId, version: u32) -> Result<Option<Version>, StoreError> {
        self.store().version(id, version)
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

/// The platform's part of an id.
pub(super) fn slug_of(id: &WatchId) -> &str {
    id.as_str().split_once('/').map_or(id.as_str(), |(platform, _)| platform)
}
