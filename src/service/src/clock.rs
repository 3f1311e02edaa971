//! The service's clock, in the wire's units.

use engawa_protocol::Millis;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(since.as_millis() as u64)
}

/// When the day of `now` began in `timezone`.
pub fn day_begin(now: Millis, timezone: &TimeZone) -> Millis {
    let begin = Timestamp::from_millisecond(now.0 as i64)
        .and_then(|at| at.to_zoned(timezone.clone()).start_of_day())
        .map(|day| day.timestamp().as_millisecond());
    begin.map_or(Millis(0), |begin| Millis(begin.max(0) as u64))
}

/// The day of `at` in `timezone`, as `2026-11-21`.
pub fn day(at: Millis, timezone: &TimeZone) -> String {
    let day = Timestamp::from_millisecond(at.0 as i64).map(|at| at.to_zoned(timezone.clone()).date().to_string());
    day.unwrap_or_default()
}

/// A moment in `timezone` as people and spreadsheets read it, `2026/11/21 10:05:00`.
pub fn written(at: Millis, timezone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(at.0 as i64).map(|at| at.to_zoned(timezone.clone()));
    at.map(|at| at.strftime("%Y/%m/%d %H:%M:%S").to_string()).unwrap_or_default()
}

/// Days in the order of their texts, the last one as well.
pub type Days = std::ops::RangeInclusive<String>;

/// One day; none when the text names none.
pub fn days(day: &str) -> Option<Days> {
    let day = day.parse::<Date>().ok()?.to_string();
    Some(day.clone()..=day)
}

/// A month such as `2026-11`; none when the text names none.
pub fn month(month: &str) -> Option<Days> {
    let first = format!("{month}-01").parse::<Date>().ok()?;
    Some(first.to_string()..=first.last_of_month().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_told_by_their_names() {
        assert_eq!(month("2028-02"), Some("2028-02-01".to_owned()..="2028-02-29".to_owned()));
        assert_eq!((month("2028-13"), days("2028-02-30"), days("today")), (None, None, None));
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(day(Millis(1_795_190_400_000), &tokyo), "2026-11-21");
        assert!(month("2026-11").unwrap().contains(&"2026-11-21".to_owned()));
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_events_place() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        // 2026-11-20 16:00 UTC is 01:00 on the 21st in Tokyo.
        let now = Millis(1_795_190_400_000);
        assert_eq!(day_begin(now, &tokyo), Millis(now.0 - 60 * 60 * 1000));
    }
}
