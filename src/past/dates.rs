use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use regex::Regex;
use std::sync::LazyLock;

/// A date, and a time of day behind it; the separators are those that file names have.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r"(?:^|[^0-9])((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:[Tt_ -]{0,2}([01]\d|2[0-3])[-:.]?([0-5]\d)(?:[-:.]?([0-5]\d))?[Zz]?)?(?:[^0-9]|$)";
    Regex::new(pattern).ok()
});

/// The first date in a file's name, in UTC; midnight where the name has no time of day.
pub(super) fn date_of(name: &str) -> Option<Timestamp> {
    let found = DATE.as_ref()?.captures(name)?;
    let number = |group| found.get(group).and_then(|digits| digits.as_str().parse::<i8>().ok());
    let year = found.get(1)?.as_str().parse().ok()?;
    let time =
        DateTime::new(year, number(2)?, number(3)?, number(4).unwrap_or(0), number(5).unwrap_or(0), number(6).unwrap_or(0), 0).ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_names_are_read_as_utc() {
        for (name, expected) in [
            ("2024-02-07.html", "2024-02-07T00:00:00Z"),
            ("20240207T101500Z.html", "2024-02-07T10:15:00Z"),
            ("20240207101500.html", "2024-02-07T10:15:00Z"),
            ("2024-02-07--10-15-00.html", "2024-02-07T10:15:00Z"),
            ("2024-02-07T10:15:30Z.html", "2024-02-07T10:15:30Z"),
            ("terms-2024-02-07_1015.pdf", "2024-02-07T10:15:00Z"),
            ("terms 2024-02-07 final.md", "2024-02-07T00:00:00Z"),
        ] {
            assert_eq!(date_of(name).map(|at| at.to_string()).as_deref(), Some(expected), "{name}");
        }
        for name in ["terms.html", "2024-13-07.html", "2023-02-30.html", "120240207.html", ""] {
            assert_eq!(date_of(name), None, "{name}");
        }
    }
}
