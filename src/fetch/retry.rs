//! When to try again: how long a server asks to be left alone, and how long we pause where it doesn't say.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use std::time::Duration;

/// The longest pause within one fetch; a server that asks for more is reported instead of being waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The longest time that a host is left alone on its own word: whoever asks for a year, by mistake or to be forgotten, is asked
/// again after a day.
const LONGEST_QUIET: Duration = Duration::from_hours(24);

/// The statuses that promise a better answer later: RFC 9110, section 15.5.9 and 15.6, and RFC 6585, section 4.
pub(super) fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Reads a Retry-After header, which holds seconds or a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let asked = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // What overflows is longer than a day as well.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        Duration::try_from(http_date(value)?.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(asked.min(LONGEST_QUIET))
}

/// Reads a date in the three forms that a recipient must accept (RFC 9110, section 5.6.7).
fn http_date(value: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = rfc2822::DateTimeParser::new().parse_timestamp(value) {
        return Some(timestamp);
    }
    let of_form = |form: &str| -> Option<DateTime> { BrokenDownTime::parse(form, value).ok()?.to_datetime().ok() };
    let date = of_form("%A, %d-%b-%y %H:%M:%S GMT").or_else(|| of_form("%a %b %e %H:%M:%S %Y"))?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The pause before the next attempt, after `failures` attempts: doubling, with full jitter, so that many watches that failed
/// together don't return together.
pub(super) fn back_off(first: Duration, failures: u32) -> Duration {
    let ceiling = first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(PATIENCE);
    ceiling.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let cases = [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("31536000", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30)),
            ("Sun Nov  6 08:49:37 1994", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 2049 23:59:59 GMT", Some(86_400)),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_are_spread() {
        let first = Duration::from_secs(2);
        for (failures, ceiling) in [(1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (40, 30), (u32::MAX, 30)] {
            let pauses: Vec<Duration> = (0..200).map(|_| back_off(first, failures)).collect();
            let ceiling = Duration::from_secs(ceiling);
            assert!(pauses.iter().all(|pause| *pause <= ceiling));
            assert!(pauses.iter().any(|pause| *pause < ceiling / 4) && pauses.iter().any(|pause| *pause > ceiling / 2));
        }
        assert_eq!(back_off(Duration::ZERO, 3), Duration::ZERO);
    }
}
