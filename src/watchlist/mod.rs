//! The user's and the operator's files. In: the text of `watchlist.toml` and `fineprint.toml`. Out: watches and settings, or an
//! error that points at file, line and column and says what to do. This room must never rewrite a file but by a format-keeping edit.

/// stub
#[must_use]
pub fn next_due(_schedule: &crate::model::Schedule, _id: &crate::model::WatchId, after: jiff::Timestamp) -> jiff::Timestamp {
    after + jiff::SignedDuration::from_hours(6)
}
