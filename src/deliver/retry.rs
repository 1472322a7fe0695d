//! When to try a mail again.

use jiff::{SignedDuration, Timestamp};

/// How long a mail is tried before it is given up; RFC 5321, section 4.5.4.1, asks for at least four to five days.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// The first pauses: short for a greylisting or a restart, longer for an outage.
const FIRST_PAUSES: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(6),
];
/// Every later pause.
const LATER_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// When a mail is tried again that has failed `attempts` times for now; `None` gives it up.
#[must_use]
pub fn next_attempt(attempts: u32, now: Timestamp) -> Option<Timestamp> {
    let Some(last) = attempts.checked_sub(1) else { return Some(now) };
    let mut waited = SignedDuration::ZERO;
    for attempt in 0..=last {
        waited += pause(attempt);
        if waited > GIVE_UP_AFTER {
            return None;
        }
    }
    now.checked_add(pause(last)).ok()
}

fn pause(attempt: u32) -> SignedDuration {
    usize::try_from(attempt).ok().and_then(|attempt| FIRST_PAUSES.get(attempt)).copied().unwrap_or(LATER_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes_after(attempts: u32) -> Option<i64> {
        let now: Timestamp = "2026-03-05T07:00:00Z".parse().expect("a timestamp");
        next_attempt(attempts, now).map(|at| now.duration_until(at).as_mins())
    }

    #[test]
    fn the_pauses_grow_to_half_a_day() {
        let expected = [0, 1, 5, 30, 120, 360, 720, 720];
        for (attempts, minutes) in (0..).zip(expected) {
            assert_eq!(minutes_after(attempts), Some(minutes), "after {attempts} attempts");
        }
    }

    #[test]
    fn a_mail_is_given_up_after_five_days() {
        let waited: i64 = (1..).map_while(minutes_after).sum();
        assert!((4 * 24 * 60..=5 * 24 * 60).contains(&waited), "{waited} minutes");
        assert_eq!(minutes_after(1_000_000), None);
        assert_eq!(minutes_after(u32::MAX), None);
    }
}
