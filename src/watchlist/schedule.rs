use super::amount::{duration, write_duration};
use super::problem::Complaint;
use crate::model::{Schedule, Sha256, WatchId};
use croner::Cron;
use croner::parser::{CronParser, Year};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::time::Duration;

/// How often a document is fetched when the watchlist doesn't say.
pub const DEFAULT_SCHEDULE: Duration = Duration::from_hours(6);

/// How long a difference must last before it is believed when the watchlist doesn't say.
pub const DEFAULT_CONFIRM_AFTER: Duration = Duration::from_mins(15);

/// The time zone of cron expressions when the watchlist doesn't say.
pub const DEFAULT_ZONE: &str = "UTC";

/// A document is not fetched more often: terms don't change by the minute, and somebody pays for the traffic.
pub const LEAST_INTERVAL: Duration = Duration::from_mins(5);

/// Two fetches in the same moment are one; two that are minutes apart tell a half-finished roll-out from a change.
pub const LEAST_CONFIRM_AFTER: Duration = Duration::from_secs(1);

/// How many activations of a cron expression are looked at to find the two that are closest together.
///
/// With gaps of at least five minutes a day has at most 288, so that the wrap at midnight is among them.
const CRON_SAMPLE: usize = 300;

/// When a watch is due, before its time zone is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rhythm {
    Every(Duration),
    Cron(String),
}

impl Rhythm {
    pub(super) fn in_zone(self, zone: &str) -> Schedule {
        match self {
            Self::Every(interval) => Schedule::Every(interval),
            Self::Cron(expression) => Schedule::Cron { expression, zone: zone.to_owned() },
        }
    }
}

/// An interval ("every 6h", "30m") or a cron expression ("15 */6 * * *").
pub(super) fn rhythm(text: &str) -> Result<Rhythm, Complaint> {
    let text = text.trim();
    let interval = text.strip_prefix("every ").unwrap_or(text);
    if let Ok(interval) = duration(interval) {
        return if interval < LEAST_INTERVAL { Err(too_frequent(text)) } else { Ok(Rhythm::Every(interval)) };
    }
    // Cron expressions have five fields or begin with @; anything else was meant as an interval.
    if text.split_whitespace().count() < 5 && !text.starts_with('@') {
        return Err(Complaint::new(
            format!("{text:?} is no schedule"),
            "write an interval such as \"every 6h\", or a cron expression such as \"15 */6 * * *\"",
        ));
    }
    let cron = parse_cron(text).map_err(|reason| {
        Complaint::new(
            format!("{text:?} is no cron expression: {reason}"),
            "write minute, hour, day, month and weekday, such as \"15 */6 * * *\", or an interval such as \"every 6h\"",
        )
    })?;
    check_cron_gaps(&cron, text)?;
    Ok(Rhythm::Cron(text.to_owned()))
}

fn too_frequent(text: &str) -> Complaint {
    Complaint::new(format!("{text:?} is too frequent"), format!("leave at least {} between two fetches", write_duration(LEAST_INTERVAL)))
}

fn parse_cron(expression: &str) -> Result<Cron, String> {
    let parser = CronParser::builder().year(Year::Disallowed).build();
    parser.parse(expression).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.trim_start_matches("Component error: ").trim_start_matches("Invalid pattern: ").trim_end_matches('.');
        reason.to_lowercase()
    })
}

fn check_cron_gaps(cron: &Cron, text: &str) -> Result<(), Complaint> {
    // Any start would do; a fixed one keeps the check independent of the day on which it runs.
    let mut last = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    for nth in 0..CRON_SAMPLE {
        let Ok(next) = cron.find_next_occurrence(&last, false) else {
            return if nth == 0 { Err(never_due(text)) } else { Ok(()) };
        };
        if nth > 0 && last.duration_until(&next).unsigned_abs() < LEAST_INTERVAL {
            return Err(too_frequent(text));
        }
        last = next;
    }
    Ok(())
}

fn never_due(text: &str) -> Complaint {
    Complaint::new(format!("{text:?} never comes"), "choose a day that the month has")
}

/// The name of a time zone as the IANA database writes it.
pub(super) fn zone(text: &str) -> Result<String, Complaint> {
    let unknown = || Complaint::new(format!("{text:?} is no known time zone"), "write an IANA name, such as \"Europe/Dublin\" or \"UTC\"");
    let zone = TimeZone::get(text).map_err(|_| unknown())?;
    zone.iana_name().map(str::to_owned).ok_or_else(unknown)
}

/// When a watch is due next after it was last checked.
///
/// An interval is lengthened or shortened by up to a tenth, always the same for one watch, so that watches spread out. A cron
/// expression is read in its time zone: "0 18 * * *" is six in the evening there, in summer and in winter. A cron schedule that
/// [`parse`](super::parse) would refuse counts as the default interval.
#[must_use]
pub fn next_due(schedule: &Schedule, id: &WatchId, after: Timestamp) -> Timestamp {
    match schedule {
        Schedule::Every(interval) => later(after, jittered(*interval, id)),
        Schedule::Cron { expression, zone } => {
            next_cron(expression, zone, after).unwrap_or_else(|| later(after, jittered(DEFAULT_SCHEDULE, id)))
        }
    }
}

fn next_cron(expression: &str, zone: &str, after: Timestamp) -> Option<Timestamp> {
    let cron = parse_cron(expression).ok()?;
    let after: Zoned = after.in_tz(zone).ok()?;
    cron.find_next_occurrence(&after, false).ok().map(|next| next.timestamp())
}

fn later(after: Timestamp, wait: Duration) -> Timestamp {
    after.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// The interval times 0.9 to 1.1.
fn jittered(interval: Duration, id: &WatchId) -> Duration {
    let [a, b, ..] = Sha256::of(id.as_str().as_bytes()).0;
    let share = u32::from(u16::from_be_bytes([a, b]));
    let tenth = interval / 10;
    let jitter = (tenth / u32::from(u16::MAX)).saturating_mul(share).saturating_mul(2);
    interval.saturating_sub(tenth).saturating_add(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<Rhythm, &str>) {
        assert_eq!(rhythm(text).map_err(|complaint| complaint.message), expect.map_err(str::to_owned), "{text}");
    }

    fn hours(hours: u64) -> Rhythm {
        Rhythm::Every(Duration::from_hours(hours))
    }

    #[test]
    fn intervals_and_cron_expressions_are_told_apart() {
        check("every 6h", Ok(hours(6)));
        check("6h", Ok(hours(6)));
        check("every 1 day", Ok(hours(24)));
        check("30m", Ok(Rhythm::Every(Duration::from_mins(30))));
        check("5m", Ok(Rhythm::Every(Duration::from_mins(5))));
        check("15 */6 * * *", Ok(Rhythm::Cron("15 */6 * * *".to_owned())));
        check("0 15 */6 * * MON-FRI", Ok(Rhythm::Cron("0 15 */6 * * MON-FRI".to_owned())));
        check("@daily", Ok(Rhythm::Cron("@daily".to_owned())));
    }

    #[test]
    fn a_broken_schedule_says_why() {
        check("", Err("\"\" is no schedule"));
        check("evry 6h", Err("\"evry 6h\" is no schedule"));
        check("every monday", Err("\"every monday\" is no schedule"));
        check("4m", Err("\"4m\" is too frequent"));
        check("every 299s", Err("\"every 299s\" is too frequent"));
        check("* * * * *", Err("\"* * * * *\" is too frequent"));
        check("*/4 * * * *", Err("\"*/4 * * * *\" is too frequent"));
        check("1,58 0,23 * * *", Err("\"1,58 0,23 * * *\" is too frequent"));
        check("* 0 0 1 1 *", Err("\"* 0 0 1 1 *\" is too frequent"));
        check("0 0 30 2 *", Err("\"0 0 30 2 *\" never comes"));
        check("61 * * * *", Err("\"61 * * * *\" is no cron expression: number out of bounds"));
        check(
            "0 0 0 1 1 * 2030",
            Err("\"0 0 0 1 1 * 2030\" is no cron expression: pattern must have 5 or 6 fields when years are disallowed"),
        );
    }

    #[test]
    fn zones_are_iana_names() {
        assert_eq!(zone("Europe/Dublin").unwrap(), "Europe/Dublin");
        assert_eq!(zone("europe/dublin").unwrap(), "Europe/Dublin");
        assert_eq!(zone("UTC").unwrap(), "UTC");
        for bad in ["", "Dublin", "Europe/Atlantis", "+02:00", "../../etc/passwd"] {
            assert_eq!(zone(bad).unwrap_err().message, format!("{bad:?} is no known time zone"));
        }
    }

    fn cron(expression: &str, zone: &str) -> Schedule {
        Schedule::Cron { expression: expression.to_owned(), zone: zone.to_owned() }
    }

    fn due(schedule: &Schedule, after: &str) -> String {
        next_due(schedule, &WatchId::new("SoundCloud", "Terms of Service"), after.parse().unwrap()).to_string()
    }

    #[test]
    fn a_cron_schedule_keeps_its_local_hour_when_the_clocks_change() {
        let evening = cron("0 18 * * *", "Europe/Dublin");
        for (after, expect) in [
            ("2026-03-28T12:00:00Z", "2026-03-28T18:00:00Z"),
            ("2026-03-28T18:00:00Z", "2026-03-29T17:00:00Z"),
            ("2026-10-24T17:00:00Z", "2026-10-25T18:00:00Z"),
        ] {
            assert_eq!(due(&evening, after), expect);
        }
    }

    #[test]
    fn an_hour_that_the_clocks_skip_or_repeat_is_due_once() {
        // On 29 March 2026 01:00 to 02:00 doesn't exist in Dublin; on 25 October it comes twice.
        let night = cron("30 1 * * *", "Europe/Dublin");
        assert_eq!(due(&night, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
        assert_eq!(due(&night, "2026-03-29T01:00:00Z"), "2026-03-30T00:30:00Z");
        assert_eq!(due(&night, "2026-10-24T12:00:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(due(&night, "2026-10-25T00:30:00Z"), "2026-10-26T01:30:00Z");
    }

    #[test]
    fn intervals_spread_by_a_tenth_and_always_in_the_same_way() {
        let after: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let waits: Vec<f64> = (0..500)
            .map(|n| {
                let id = WatchId::new(&format!("platform {n}"), "terms");
                let due = next_due(&Schedule::Every(DEFAULT_SCHEDULE), &id, after);
                assert_eq!(due, next_due(&Schedule::Every(DEFAULT_SCHEDULE), &id, after));
                after.duration_until(due).as_secs_f64() / DEFAULT_SCHEDULE.as_secs_f64()
            })
            .collect();
        assert!(waits.iter().all(|wait| (0.9..=1.1).contains(wait)));
        assert!(waits.iter().any(|wait| *wait < 0.92) && waits.iter().any(|wait| *wait > 1.08));
    }

    #[test]
    fn the_jitter_of_a_watch_is_the_same_in_every_release() {
        assert_eq!(due(&Schedule::Every(DEFAULT_SCHEDULE), "2026-01-01T00:00:00Z"), "2026-01-01T06:35:08.91275624Z");
    }

    #[test]
    fn a_schedule_beyond_all_bounds_is_due_at_the_end_of_time() {
        let due = next_due(&Schedule::Every(Duration::MAX), &WatchId::new("a", "b"), Timestamp::UNIX_EPOCH);
        assert_eq!(due, Timestamp::MAX);
    }

    #[test]
    fn a_cron_schedule_that_was_never_checked_falls_back_to_the_default() {
        let fallback = due(&Schedule::Every(DEFAULT_SCHEDULE), "2026-01-01T00:00:00Z");
        assert_eq!(due(&cron("nonsense", "UTC"), "2026-01-01T00:00:00Z"), fallback);
        assert_eq!(due(&cron("0 18 * * *", "Europe/Atlantis"), "2026-01-01T00:00:00Z"), fallback);
    }
}
