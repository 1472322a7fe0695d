use super::chain::Frame;
use super::read::{self, each};
use super::tables::{Table, Tables};
use super::{StoreError, codec};

/// What the snapshots take, before sled's own overhead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Bodies that stand alone.
    pub alone: Share,
    /// Bodies that build on another.
    pub built: Share,
    /// Bodies that are those of another.
    pub repeated: Share,
    /// The records of the fetches: address, time, headers, digest.
    pub records: Share,
}

/// A number of values, and the bytes that they take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// How long they are together, as stored.
    pub bytes: u64,
}

impl Share {
    /// The mean length.
    #[must_use]
    pub fn mean(self) -> u64 {
        self.bytes / self.count.max(1)
    }

    pub(super) fn add(&mut self, bytes: usize) {
        self.count += 1;
        self.bytes += bytes as u64;
    }
}

pub(super) fn footprint(tables: &dyn Tables) -> Result<Footprint, StoreError> {
    let mut found = Footprint::default();
    each(tables, Table::Snapshots, |(_, head)| {
        found.records.add(head.len());
        Ok(())
    })?;
    each(tables, Table::Bodies, |(key, _)| {
        let bytes = read::value(tables, Table::Bodies, key)?.unwrap_or_default();
        let frame = Frame::decode(&bytes).map_err(|reason| codec::damaged(Table::Bodies, key, reason))?;
        let share = match (frame.base, frame.repeats()) {
            (0, _) => &mut found.alone,
            (_, true) => &mut found.repeated,
            (_, false) => &mut found.built,
        };
        share.add(bytes.len());
        Ok(())
    })?;
    Ok(found)
}
