//! The service's clock, in the wire's units.

use engawa_protocol::Millis;
use jiff::Timestamp;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_the_events_place() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        // 2026-11-20 16:00 UTC is 01:00 on the 21st in Tokyo.
        let now = Millis(1_795_190_400_000);
        assert_eq!(day_begin(now, &tokyo), Millis(now.0 - 60 * 60 * 1000));
    }
}
