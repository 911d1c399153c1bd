//! Dates, as systems and teachers write them, and seconds since 1970.

use regex_lite::Regex;

const DAY: i64 = 86_400;

/// Seconds since 1970 of a date that begins a text: `2026-11-20 10:00:00 +0100`, with or
/// without seconds and a time zone, or a day alone, which then means its last second.
/// `zone` is that of a text that does not say it, in seconds east of Greenwich.
pub fn seconds(text: &str, zone: i64) -> Option<i64> {
    let form = Regex::new(
        r"^\s*([0-9]{4})-([01][0-9])-([0-3][0-9])(?:[T -]([01][0-9]|2[0-3])[:-]([0-5][0-9])(?:[:-]([0-5][0-9]|60)(?:\.[0-9]+)?)?\s*(?:(Z|UTC)|([+-][0-9]{2}:?[0-9]{2}))?)?\s*$",
    );
    let found = form.expect("it is written above").captures(text)?;
    let number = |at: usize| found.get(at).and_then(|it| it.as_str().parse::<i64>().ok());
    let day = days(number(1)?, number(2)?, number(3)?)?;
    let Some(hour) = number(4) else {
        return Some((day + 1) * DAY - 1 - zone);
    };
    let of_day = hour * 3_600 + number(5)? * 60 + number(6).unwrap_or(0);
    let east = match (found.get(7), found.get(8)) {
        (Some(_), _) => 0,
        (None, Some(text)) => offset(text.as_str())?,
        (None, None) => zone,
    };
    Some(day * DAY + of_day - east)
}

/// Seconds east of Greenwich that `+01:00` or `-0800` means.
pub fn offset(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = (digits.get(..2)?, digits.get(2..4)?);
    let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
    // No place on earth is further from Greenwich.
    if hours > 14 || minutes > 59 {
        return None;
    }
    let east = hours * 3_600 + minutes * 60;
    match text.chars().next()? {
        '+' => Some(east),
        '-' => Some(-east),
        _ => None,
    }
}

/// Days from 1970 to a date; none, if there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    // The years begin in March, so that a leap day is the last of them.
    let (year_of, month_of) = match month {
        3.. => (year, month - 3),
        _ => (year - 1, month + 9),
    };
    let (era, of_era) = (year_of.div_euclid(400), year_of.rem_euclid(400));
    let of_year = (153 * month_of + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}

/// Seconds since 1970 as a date in UTC.
pub fn date(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let (days, rest) = (seconds / DAY, seconds % DAY);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Days since 1970 as year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (of_month, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_dates() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date(1_795_859_999), "2026-11-28T09:59:59Z");
    }

    #[test]
    fn dates_are_seconds_however_a_system_writes_them() {
        let noon = 1_795_867_200;
        for text in [
            "2026-11-28T12:00:00Z",
            "2026-11-28 12:00:00.123456789 Z",
            "2026-11-28 12:00:00 UTC",
            "2026-11-28 04:00:00 -0800",
            "2026-11-28T13:00+01:00",
            // As Blackboard does; it does not say where.
            "2026-11-28-13-00-00",
        ] {
            assert_eq!(seconds(text, 3_600), Some(noon), "{text}");
        }
        assert_eq!(seconds("2026-11-28", 0), Some(noon + 12 * 3_600 - 1));
        assert_eq!(seconds("2000-02-29T00:00:00Z", 0), Some(951_782_400));
        assert_eq!(
            seconds("2026-11-28T11:59:60Z", 0),
            Some(noon),
            "a leap second"
        );
        for text in ["", "yesterday", "2026-02-29", "2026-13-01", "2026-11-28T12"] {
            assert_eq!(seconds(text, 0), None, "{text}");
        }
        for text in [
            "2026-11-28T24:00:00Z",
            "2026-11-28T25:00",
            "2026-11-28T12:60Z",
        ] {
            assert_eq!(seconds(text, 0), None, "{text}");
        }
    }
}
