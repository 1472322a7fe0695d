//! How keys are laid out: numbers big-endian, so that they sort; watch ids end with a zero byte, so that none is a prefix of another.

use super::tables::Table;
use crate::model::WatchId;
use jiff::Timestamp;

/// Length of a time in a key.
const TIME: usize = 16;

/// Of a watch, and the prefix of everything that is numbered within it.
pub(super) fn watch(watch: &WatchId) -> Vec<u8> {
    let mut key = watch.as_str().as_bytes().to_vec();
    key.push(0);
    key
}

/// Of something numbered within a watch: a part, a version, a line of history.
pub(super) fn numbered(of: &WatchId, number: u32) -> Vec<u8> {
    join(watch(of), &number.to_be_bytes())
}

/// Of a snapshot.
pub(super) fn snapshot(watch: &WatchId, part: u32, number: u32) -> Vec<u8> {
    join(numbered(watch, part), &number.to_be_bytes())
}

/// Of something with a number of its own: a change, a mail, a subscription.
pub(super) fn id(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

/// Of a change under its watch.
pub(super) fn change_of(of: &WatchId, change: u64) -> Vec<u8> {
    join(watch(of), &change.to_be_bytes())
}

/// Of a watch in the due-queue.
pub(super) fn due(at: Timestamp, of: &WatchId) -> Vec<u8> {
    join(time(at), &watch(of))
}

/// Of a mail among those to be tried.
pub(super) fn outbox_due(at: Timestamp, mail: u64) -> Vec<u8> {
    join(time(at), &mail.to_be_bytes())
}

/// Of a mail under its subscription.
pub(super) fn mail_of(subscription: u64, mail: u64) -> Vec<u8> {
    join(id(subscription), &mail.to_be_bytes())
}

/// Of a piece of a value.
pub(super) fn piece(table: Table, key: &[u8], number: u32) -> Vec<u8> {
    join(join(vec![table as u8], key), &number.to_be_bytes())
}

/// A time, in an order that sorts: the sign bit is flipped, so that times before 1970 come first.
pub(super) fn time(at: Timestamp) -> Vec<u8> {
    (at.as_nanosecond().cast_unsigned() ^ (1 << 127)).to_be_bytes().to_vec()
}

/// The time at the head of a key.
pub(super) fn time_of(key: &[u8]) -> Option<Timestamp> {
    let bytes = key.get(..TIME)?.try_into().ok()?;
    Timestamp::from_nanosecond((u128::from_be_bytes(bytes) ^ (1 << 127)).cast_signed()).ok()
}

/// The number at the end of a key.
pub(super) fn last_u64(key: &[u8]) -> Option<u64> {
    key.last_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

/// The number at the end of a key.
pub(super) fn last_u32(key: &[u8]) -> Option<u32> {
    key.last_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// An entry's place, as people can read it: the table, the watch where the key begins with one, then numbers.
pub(super) fn describe(table: Table, key: &[u8]) -> String {
    let (text, number) = split(table, key);
    let numbers = match (table, number.len()) {
        (_, 0) => Vec::new(),
        (Table::Bodies | Table::Snapshots | Table::Dropped, 8) => {
            number.chunks(4).map(|half| last_u32(half).unwrap_or_default().to_string()).collect()
        }
        (_, 4) => vec![last_u32(number).unwrap_or_default().to_string()],
        (_, 8) => vec![last_u64(number).unwrap_or_default().to_string()],
        _ => vec![number.escape_ascii().to_string()],
    };
    let text = String::from_utf8_lossy(text);
    let words = [table.name(), &*text].into_iter().chain(numbers.iter().map(String::as_str));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text that a key begins with, and its numbers.
fn split(table: Table, key: &[u8]) -> (&[u8], &[u8]) {
    match table {
        Table::About | Table::Counters => (key, &[]),
        Table::Changes
        | Table::Tellings
        | Table::Outbox
        | Table::Subscriptions
        | Table::Forgotten
        | Table::MailsOf
        | Table::Due
        | Table::OutboxDue
        | Table::Pieces => (&[], key),
        _ => key.iter().position(|byte| *byte == 0).map_or((key, &[]), |end| (&key[..end], &key[end + 1..])),
    }
}

fn join(mut head: Vec<u8>, tail: &[u8]) -> Vec<u8> {
    head.extend_from_slice(tail);
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_and_read_back() {
        let times = [Timestamp::MIN, "1969-12-31T23:59:59.5Z".parse().unwrap(), Timestamp::UNIX_EPOCH, Timestamp::MAX];
        let keys: Vec<_> = times.iter().map(|at| time(*at)).collect();
        assert!(keys.is_sorted());
        assert_eq!(keys.iter().map(|key| time_of(key).unwrap()).collect::<Vec<_>>(), times);
        assert!(keys.iter().all(|key| key.len() == TIME));
    }

    #[test]
    fn places_are_readable() {
        let watch = WatchId::new("Ünï 音", "Terms");
        assert_eq!(describe(Table::Snapshots, &snapshot(&watch, 1, 7)), "snapshots ünï-音/terms 1 7");
        assert_eq!(describe(Table::Versions, &numbered(&watch, 3)), "versions ünï-音/terms 3");
        assert_eq!(describe(Table::States, &super::watch(&watch)), "states ünï-音/terms");
        assert_eq!(describe(Table::Changes, &id(12)), "changes 12");
        assert_eq!(describe(Table::About, b"layout"), "about layout");
    }
}
