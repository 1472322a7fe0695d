use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// When a subscriber is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rhythm {
    /// As soon as a change is confirmed.
    #[default]
    AtOnce,
    /// All of a day in one mail.
    Daily(Hour),
    /// All of a week in one mail: the day of the week, 1 Monday to 7 Sunday, and the hour.
    Weekly(i8, Hour),
}

/// An hour of the day somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// 0 to 23.
    pub hour: i8,
    /// An IANA time zone, such as `Europe/Dublin`.
    pub zone: String,
}

impl Rhythm {
    /// The rhythm of what a form or a command line says: `at-once`, `daily` or `weekly`, a day of the week (`monday`), an hour and a zone.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn parse(kind: &str, day: &str, hour: i8, zone: &str) -> Result<Self, String> {
        let at = || {
            if !(0..=23).contains(&hour) {
                return Err(format!("{hour} is no hour of the day; write one from 0 to 23"));
            }
            TimeZone::get(zone).map_err(|_| format!("{zone:?} is no time zone; write one such as Europe/Dublin"))?;
            Ok(Hour { hour, zone: zone.to_owned() })
        };
        match kind {
            "" | "at-once" => Ok(Self::AtOnce),
            "daily" => Ok(Self::Daily(at()?)),
            "weekly" => {
                let days = DAYS.iter().zip(1..).find(|(name, _)| name.eq_ignore_ascii_case(day));
                let (_, number) = days.ok_or_else(|| format!("{day:?} is no day of the week; write one such as monday"))?;
                Ok(Self::Weekly(number, at()?))
            }
            other => Err(format!("{other:?} is no rhythm; choose at-once, daily or weekly")),
        }
    }

    /// The word for it: `at-once`, `daily` or `weekly`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::Daily(_) => "daily",
            Self::Weekly(..) => "weekly",
        }
    }

    /// The day of the week, in lower case, where there is one.
    #[must_use]
    pub fn day(&self) -> Option<&'static str> {
        match self {
            Self::Weekly(day, _) => DAYS.get(usize::try_from(*day - 1).ok()?).copied(),
            _ => None,
        }
    }

    /// The hour, where there is one.
    #[must_use]
    pub fn hour(&self) -> Option<&Hour> {
        match self {
            Self::AtOnce => None,
            Self::Daily(hour) | Self::Weekly(_, hour) => Some(hour),
        }
    }

    /// The first time of its kind after `now`; `None` where the subscriber is told at once. An hour that a change of daylight saving time
    /// skips is the one behind the gap, one that it repeats is the first of the two (RFC 5545).
    #[must_use]
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        let hour = self.hour()?;
        let zone = TimeZone::get(&hour.zone).unwrap_or(TimeZone::UTC);
        let today = now.to_zoned(zone.clone()).date();
        let fits = |date: jiff::civil::Date| match self {
            Self::Weekly(day, _) => Weekday::from_monday_one_offset(*day).is_ok_and(|day| date.weekday() == day),
            _ => true,
        };
        let days = (0..=8).filter_map(|ahead| today.checked_add(i64::from(ahead).days()).ok());
        let times = days.filter(|date| fits(*date)).filter_map(|date| date.at(hour.hour, 0, 0, 0).to_zoned(zone.clone()).ok());
        times.map(|zoned| zoned.timestamp()).find(|at| *at > now)
    }
}

/// The days of the week.
pub const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[cfg(test)]
mod tests {
    use super::*;

    fn after(rhythm: &Rhythm, now: &str) -> String {
        rhythm.next_after(now.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_hour_is_that_of_the_subscribers_clock() {
        let daily = Rhythm::parse("daily", "", 8, "Europe/Berlin").unwrap();
        assert_eq!(after(&daily, "2026-01-10T06:59:59Z"), "2026-01-10T07:00:00Z");
        assert_eq!(after(&daily, "2026-01-10T07:00:00Z"), "2026-01-11T07:00:00Z");
        assert_eq!(after(&daily, "2026-07-10T12:00:00Z"), "2026-07-11T06:00:00Z", "in summer");
        let weekly = Rhythm::parse("weekly", "Monday", 18, "America/New_York").unwrap();
        assert_eq!(after(&weekly, "2026-11-25T12:00:00Z"), "2026-11-30T23:00:00Z");
        assert_eq!(Rhythm::AtOnce.next_after(Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn an_hour_that_is_skipped_or_repeated_comes_once() {
        let skipped = Rhythm::parse("daily", "", 2, "Europe/Berlin").unwrap();
        assert_eq!(after(&skipped, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
        assert_eq!(after(&skipped, "2026-10-24T12:00:00Z"), "2026-10-25T00:00:00Z");
        assert_eq!(after(&skipped, "2026-10-25T00:00:00Z"), "2026-10-26T01:00:00Z");
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_words() {
        for (kind, day, hour, zone) in
            [("hourly", "", 1, "UTC"), ("daily", "", 24, "UTC"), ("daily", "", 1, "Mars/Base"), ("weekly", "someday", 1, "UTC")]
        {
            assert!(Rhythm::parse(kind, day, hour, zone).is_err(), "{kind} {day} {hour} {zone}");
        }
    }
}
