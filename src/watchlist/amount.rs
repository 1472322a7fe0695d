use super::problem::Complaint;
use std::time::Duration;

/// How long a unit is, in milliseconds, under all the names that it goes by.
const TIME_UNITS: &[(&[&str], u64)] = &[
    (&["ms", "millisecond", "milliseconds"], 1),
    (&["s", "sec", "second", "seconds"], 1_000),
    (&["m", "min", "minute", "minutes"], 60_000),
    (&["h", "hour", "hours"], 3_600_000),
    (&["d", "day", "days"], 86_400_000),
    (&["w", "week", "weeks"], 604_800_000),
];

/// How many bytes a unit of size has.
const SIZE_UNITS: &[(&[&str], u64)] = &[
    (&["b", "byte", "bytes"], 1),
    (&["kb"], 1_000),
    (&["kib"], 1 << 10),
    (&["mb"], 1_000_000),
    (&["mib"], 1 << 20),
    (&["gb"], 1_000_000_000),
    (&["gib"], 1 << 30),
];

/// A length of time such as `15m`, `6h` or `1h 30m`.
pub(super) fn duration(text: &str) -> Result<Duration, Complaint> {
    amount(text, TIME_UNITS).map(Duration::from_millis).ok_or_else(|| {
        Complaint::new(format!("{text:?} is no length of time"), "write a number and a unit, such as \"15m\", \"6h\" or \"1d\"")
    })
}

/// A size such as `8 MiB`.
pub(super) fn size(text: &str) -> Result<usize, Complaint> {
    amount(text, SIZE_UNITS)
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| Complaint::new(format!("{text:?} is no size"), "write a number and a unit, such as \"512 KiB\" or \"8 MiB\""))
}

/// The sum of numbers with units; `None` where a unit is missing or unknown, or the sum too large.
fn amount(text: &str, units: &[(&[&str], u64)]) -> Option<u64> {
    let mut rest = text.trim();
    let mut sum: Option<u64> = None;
    while !rest.is_empty() {
        let (digits, behind) = split_where(rest, |c| c.is_ascii_digit());
        let (unit, behind) = split_where(behind.trim_start(), char::is_alphabetic);
        let unit = unit.to_lowercase();
        let (_, factor) = units.iter().find(|(names, _)| names.contains(&unit.as_str()))?;
        let part = digits.parse::<u64>().ok()?.checked_mul(*factor)?;
        sum = Some(sum.unwrap_or(0).checked_add(part)?);
        rest = behind.trim_start();
    }
    sum
}

fn split_where(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// The shortest way to write a length of time, such as `15m`.
pub(super) fn write_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let (names, factor) =
        TIME_UNITS.iter().rev().find(|(_, factor)| milliseconds.is_multiple_of(u128::from(*factor))).unwrap_or(&TIME_UNITS[0]);
    format!("{}{}", milliseconds / u128::from(*factor), names[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, seconds) in
            [("6h", 21_600), ("30m", 1_800), ("1d", 86_400), ("1h 30m", 5_400), ("1h30m", 5_400), (" 10 minutes ", 600), ("2W", 1_209_600)]
        {
            assert_eq!(duration(text).unwrap(), Duration::from_secs(seconds), "{text}");
        }
        assert_eq!(duration("250ms").unwrap(), Duration::from_millis(250));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for bad in ["", "6", "h", "6 parsecs", "-1h", "1.5h", "6h,", "99999999999999999999d", "9999999999999999d", "6h 5"] {
            assert_eq!(duration(bad).unwrap_err().message, format!("{bad:?} is no length of time"));
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [("8 MiB", 8 << 20), ("512KiB", 512 << 10), ("1 MB", 1_000_000), ("100 bytes", 100)] {
            assert_eq!(size(text).unwrap(), bytes, "{text}");
        }
        for bad in ["", "8", "8 M", "MiB", "99999999999 GiB"] {
            assert_eq!(size(bad).unwrap_err().message, format!("{bad:?} is no size"));
        }
    }

    #[test]
    fn a_length_of_time_is_written_in_its_largest_whole_unit() {
        for text in ["15m", "6h", "1d", "90s", "2w", "1500ms"] {
            assert_eq!(write_duration(duration(text).unwrap()), text);
        }
    }
}
