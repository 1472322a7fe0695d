//! The key-value face behind which a store keeps its bytes, and the tables that there are.

use super::StoreError;

/// Defines the tables once, so that no list of them can forget one.
macro_rules! tables {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A sorted map from keys to values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Table { $($(#[$doc])* $variant,)* }

        impl Table {
            /// Every table, in order.
            pub(super) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name that it has on the disk and in messages.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

// The order is the order of writing within a commit: pieces first, so that a head never stands without them.
// The position is the tag in the keys of `Pieces`: new tables go to the end.
tables! {
    /// Table's tag, key, piece number → what did not fit into the head.
    Pieces = "pieces",
    /// Watch, part, number → the frame of a snapshot's bytes.
    Bodies = "bodies",
    /// Watch, part, number → the record of a snapshot.
    Snapshots = "snapshots",
    /// Watch, part → the newest snapshots.
    Newest = "newest",
    /// Watch, number → the text of a version.
    Documents = "documents",
    /// Watch, number → the record of a version.
    Versions = "versions",
    /// Watch → what it remembers.
    Memories = "memories",
    /// Watch → its state.
    States = "states",
    /// Watch, running number → a line of its history.
    History = "history",
    /// Id → a change.
    Changes = "changes",
    /// Watch, id → nothing; the changes of a watch.
    ChangesOf = "changes-of",
    /// Time, watch → the watch; the due-queue.
    Due = "due",
    /// Watch → the time under which it stands in the due-queue.
    DueAt = "due-at",
    /// Id → a mail.
    Outbox = "outbox",
    /// Time, id → nothing; the mails that are to be tried.
    OutboxDue = "outbox-due",
    /// Subscription, mail → nothing; the mails of a subscription.
    MailsOf = "mails-of",
    /// Id → a subscription.
    Subscriptions = "subscriptions",
    /// Id → nothing; the subscriptions that were forgotten.
    Forgotten = "forgotten",
    /// Sequence → the highest number committed.
    Counters = "counters",
    /// What this store is: its layout.
    About = "about",
    /// Digest of a token that was used → until when it is worth remembering.
    Spent = "spent",
    /// Key → an incident that the operator was told of.
    Incidents = "incidents",
    /// Watch → the words of its versions.
    Words = "words",
    /// Name → a secret of this store.
    Secrets = "secrets",
    /// Watch, part, number → nothing; the snapshots whose bytes were dropped.
    Dropped = "dropped",
    /// Id of a change → the first mail that may be one of it; the changes of which not everybody was told yet.
    Tellings = "tellings",
}

/// A key and its value, as stored.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// A run of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyRange {
    /// The first key that may be in it.
    pub(super) from: Vec<u8>,
    /// The first key behind it; `None`: to the end of the table.
    pub(super) to: Option<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub(super) fn all() -> Self {
        Self { from: Vec::new(), to: None }
    }

    /// The keys that begin with `prefix`.
    pub(super) fn under(prefix: &[u8]) -> Self {
        let mut to = prefix.to_vec();
        while let Some(last) = to.pop() {
            if let Some(next) = last.checked_add(1) {
                to.push(next);
                return Self { from: prefix.to_vec(), to: Some(to) };
            }
        }
        Self { from: prefix.to_vec(), to: None }
    }

    /// Leaves what stands behind `last`.
    pub(super) fn skip_past(&mut self, last: &[u8]) {
        self.from = [last, &[0]].concat();
    }

    /// Whether no key can be in it; sorted maps refuse such a range instead of finding nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to <= self.from)
    }
}

/// Which end of a range to begin at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Lowest key first.
    Rising,
    /// Highest key first.
    Falling,
}

/// Something that holds the tables. What it gives must not change while one reader looks at it.
pub(super) trait Tables {
    /// The value of a key.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// At most `limit` entries of a range.
    fn scan(&self, table: Table, range: &KeyRange, order: Order, limit: usize) -> Result<Vec<Entry>, StoreError>;
}

/// One key's new value; `None` removes it.
pub(super) type Write = ((Table, Vec<u8>), Option<Vec<u8>>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_the_next_one_begins() {
        assert_eq!(KeyRange::under(b"ab"), KeyRange { from: b"ab".to_vec(), to: Some(b"ac".to_vec()) });
        assert_eq!(KeyRange::under(b"a\xff"), KeyRange { from: b"a\xff".to_vec(), to: Some(b"b".to_vec()) });
        assert_eq!(KeyRange::under(b"\xff\xff"), KeyRange { from: b"\xff\xff".to_vec(), to: None });
    }

    #[test]
    fn the_tags_of_the_tables_are_for_ever() {
        // Tags are stored: this list may only grow at its end.
        let names: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
        assert_eq!(names[..5], ["pieces", "bodies", "snapshots", "newest", "documents"]);
        assert_eq!(names[5..10], ["versions", "memories", "states", "history", "changes"]);
        assert_eq!(names[10..15], ["changes-of", "due", "due-at", "outbox", "outbox-due"]);
        assert_eq!(names[15..20], ["mails-of", "subscriptions", "forgotten", "counters", "about"]);
        assert_eq!(names[20..26], ["spent", "incidents", "words", "secrets", "dropped", "tellings"]);
    }
}
