//! Which bodies may go: never one that a version or a sighting under watch cites, nor the newest of a page.

use super::codec::Newest;
use super::footprint::Share;
use super::read::{self, each};
use super::tables::{Table, Tables};
use super::{StoreError, keys};
use crate::model::{Keep, Snapshot, Version, WatchState};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;

/// The rule, and the places of the bodies that it does not reach.
#[derive(Debug, Default)]
pub(super) struct Retention {
    keep: Keep,
    now: Timestamp,
    cited: HashSet<Vec<u8>>,
}

impl Retention {
    /// Nothing is dropped.
    pub(super) fn everything() -> Self {
        Self::default()
    }

    /// What a rule drops now.
    pub(super) fn of(tables: &dyn Tables, keep: Keep, now: Timestamp) -> Result<Self, StoreError> {
        let mut cited = HashSet::new();
        each(tables, Table::Versions, |entry| {
            let version: Version = read::record_of(tables, Table::Versions, entry)?;
            cited.extend((0..).zip(&version.snapshots).map(|(part, number)| keys::snapshot(&version.watch, part, *number)));
            Ok(())
        })?;
        each(tables, Table::States, |entry| {
            let state: WatchState = read::record_of(tables, Table::States, entry)?;
            let held = state.held.map(|held| held.snapshots).unwrap_or_default();
            cited.extend((0_u32..).zip(held).map(|(part, number)| [&entry.0[..], &part.to_be_bytes(), &number.to_be_bytes()].concat()));
            Ok(())
        })?;
        each(tables, Table::Newest, |entry| {
            let newest: Newest = read::record_of(tables, Table::Newest, entry)?;
            cited.extend([newest.accepted, newest.rejected].map(|number| [&entry.0[..], &number.to_be_bytes()].concat()));
            Ok(())
        })?;
        Ok(Self { keep, now, cited })
    }

    /// Whether the body of a snapshot goes.
    pub(super) fn drops(&self, tables: &dyn Tables, snapshot: &Snapshot) -> Result<bool, StoreError> {
        let Keep { days, snapshots } = self.keep;
        let age = self.now.duration_since(snapshot.fetched);
        let old = days.is_some_and(|days| age > SignedDuration::from_hours(24 * i64::from(days)));
        let many = match snapshots {
            Some(most) => read::newest(tables, &snapshot.watch, snapshot.part)?.number().saturating_sub(snapshot.number) >= most,
            None => false,
        };
        Ok((old || many) && !self.cited.contains(&keys::snapshot(&snapshot.watch, snapshot.part, snapshot.number)))
    }
}

/// How many bodies a rule would drop now, and what they take.
pub(super) fn surplus(tables: &dyn Tables, keep: Keep, now: Timestamp) -> Result<Share, StoreError> {
    let retention = Retention::of(tables, keep, now)?;
    let mut share = Share::default();
    each(tables, Table::Snapshots, |entry| {
        let snapshot: Snapshot = read::record_of(tables, Table::Snapshots, entry)?;
        if retention.drops(tables, &snapshot)?
            && let Some(body) = read::value(tables, Table::Bodies, &entry.0)?
        {
            share.add(body.len());
        }
        Ok(())
    })?;
    Ok(share)
}
