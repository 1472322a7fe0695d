//! A store that lasts as long as the process, for dry runs, replays and tests.

use super::engine::{Engine, Given};
use super::tables::{Entry, KeyRange, Order, Table, Tables, Write};
use super::{Commit, Room, StoreError, draft};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

/// A store in memory; the same code and the same bytes as on the disk, without the disk.
#[derive(Default)]
pub struct MemoryStore {
    /// One writer or many readers: a reader sees whole commits only.
    maps: RwLock<Maps>,
    /// Numbers given out.
    given: Given,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Engine for MemoryStore {
    fn read<R>(&self, reader: impl FnOnce(&dyn Tables) -> Result<R, StoreError>) -> Result<R, StoreError> {
        reader(&*self.maps.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn still<R>(&self, reader: impl FnOnce(&dyn Tables) -> Result<R, StoreError>) -> Result<R, StoreError> {
        self.read(reader)
    }

    fn write(&self, commit: Commit) -> Result<(), StoreError> {
        let mut maps = self.maps.write().unwrap_or_else(PoisonError::into_inner);
        let writes = draft::writes(&*maps, commit)?;
        maps.apply(writes);
        Ok(())
    }

    fn room(&self) -> Result<Room, StoreError> {
        Ok(Room::ENDLESS)
    }

    fn given(&self) -> &Given {
        &self.given
    }
}

/// One sorted map a table.
#[derive(Default)]
struct Maps([BTreeMap<Vec<u8>, Vec<u8>>; Table::ALL.len()]);

impl Maps {
    fn apply(&mut self, writes: Vec<Write>) {
        for ((table, key), value) in writes {
            let map = &mut self.0[table as usize];
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
    }
}

impl Tables for Maps {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0[table as usize].get(key).cloned())
    }

    fn scan(&self, table: Table, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Entry>, StoreError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let map = &self.0[table as usize];
        let entries = match &range.to {
            Some(to) => map.range(range.from.clone()..to.clone()),
            None => map.range(range.from.clone()..),
        };
        let entries = entries.map(|(key, value)| (key.clone(), value.clone()));
        Ok(match order {
            Order::Rising => entries.take(limit).collect(),
            Order::Falling => entries.rev().take(limit).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[test]
    fn it_behaves_as_a_store_must() {
        for (name, behaviour) in conformance::ALL {
            println!("{name}");
            behaviour(&MemoryStore::new());
        }
    }
}
