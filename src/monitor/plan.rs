use crate::model::{CheckResult, Watch};
use crate::watchlist;
use jiff::{SignedDuration, Timestamp};

/// A watch whose fetch failed is tried again at the latest after so long, twice as long after every further failure.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(15);

/// When a watch is due after a check.
pub(super) fn next_due(watch: &Watch, result: &CheckResult, failures: u32, now: Timestamp) -> Timestamp {
    let scheduled = watchlist::next_due(&watch.schedule, &watch.id, now);
    let sooner = match result {
        CheckResult::Held => SignedDuration::try_from(watch.confirm_after).ok(),
        CheckResult::Rejected(_) => FIRST_RETRY.checked_mul(1 << failures.saturating_sub(1).min(10)),
        _ => None,
    };
    sooner.and_then(|pause| now.checked_add(pause).ok()).map_or(scheduled, |at| at.min(scheduled))
}
