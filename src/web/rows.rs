//! A change as a line of a list.

use crate::compose::clean::{self, time};
use crate::compose::{self, wording};
use crate::model::{Change, Event, Severity, Topic};
use jiff::Timestamp;

/// A line of a list of changes.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) path: String,
    pub(super) document_path: String,
    pub(super) source: String,
    pub(super) said: String,
    pub(super) grade: Option<String>,
    pub(super) tone: &'static str,
    pub(super) stamp: String,
    pub(super) date: String,
    pub(super) more: usize,
}

impl Row {
    pub(super) fn of(change: &Change) -> Self {
        Self::with(change, &change.events.iter().collect::<Vec<_>>())
    }

    /// The line of a change of which these events matter.
    pub(super) fn with(change: &Change, events: &[&Event]) -> Self {
        let first = events.first();
        let said = first.map_or_else(
            || if change.date_only { "Only its date changed".to_owned() } else { "Changed, not about AI".to_owned() },
            |event| clean::line(&event.summary, 300),
        );
        Self {
            path: path(change),
            document_path: format!("/documents/{}", change.watch),
            source: format!("{} · {}", clean::line(&change.platform, 80), clean::line(&change.document, 80)),
            said,
            grade: first.map(|event| wording::grade(event)),
            tone: first.map_or("calm", |event| compose::tone(event).class()),
            stamp: stamp(change.confirmed),
            date: day(change.confirmed),
            more: events.len().saturating_sub(1),
        }
    }
}

/// The path of a change's page.
pub(super) fn path(change: &Change) -> String {
    format!("/changes/{}", change.id)
}

/// A time for programs, to the second (HTML allows no more than three digits behind it).
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A day as people write it.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// A time as people write it.
pub(super) fn minute(at: Timestamp) -> String {
    time(at)
}

/// Changes by the time at which they were confirmed, imported ones among those of their time: those after the one whose number is the
/// one below `before`.
pub(super) fn newest_first(mut changes: Vec<Change>, before: Option<u64>) -> Vec<Change> {
    changes.sort_by_key(|change| std::cmp::Reverse((change.confirmed, change.id)));
    let Some(before) = before else { return changes };
    match changes.iter().position(|change| change.id.0.checked_add(1) == Some(before)) {
        Some(place) => changes.split_off(place),
        None => changes.into_iter().filter(|change| change.id.0 < before).collect(),
    }
}

/// Which changes a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) platform: Option<String>,
    pub(super) watch: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) topic: Option<Topic>,
    pub(super) severity: Option<Severity>,
    /// Whether changes that are not about AI are in it.
    pub(super) all: bool,
}

impl Filter {
    /// The events of a change that the list is about; `None` where the change is not in it.
    pub(super) fn of<'a>(&self, change: &'a Change) -> Option<Vec<&'a Event>> {
        let slug = super::shelf::slug_of(&change.watch);
        let fits = self.platform.as_deref().is_none_or(|platform| platform == slug)
            && self.watch.as_deref().is_none_or(|watch| watch == change.watch.as_str())
            && self.tag.as_deref().is_none_or(|tag| change.tags.iter().any(|other| other.eq_ignore_ascii_case(tag)));
        let asked = |event: &&Event| {
            self.topic.is_none_or(|topic| event.topic == topic) && self.severity.is_none_or(|severity| event.severity >= severity)
        };
        let events: Vec<&Event> = change.events.iter().filter(asked).collect();
        let whole = self.all && self.topic.is_none() && self.severity.is_none();
        (fits && (whole || !events.is_empty())).then_some(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChangeId;

    #[test]
    fn imported_changes_stand_among_those_of_their_time() {
        let change = |(id, day): (u64, i64)| Change {
            id: ChangeId(id),
            confirmed: Timestamp::from_second(day * 86_400).unwrap(),
            ..compose::sample_change(Timestamp::UNIX_EPOCH)
        };
        let listed = |before| -> Vec<u64> {
            let changes = [(4, 2), (3, 1), (2, 9), (1, 8)].map(change).to_vec();
            newest_first(changes, before).iter().map(|change| change.id.0).collect()
        };
        assert_eq!(listed(None), [2, 1, 4, 3]);
        assert_eq!(listed(Some(5)), [4, 3], "from the one that the page before named");
        assert_eq!(listed(Some(9)), [2, 1, 4, 3], "a number that no page named");
    }
}
