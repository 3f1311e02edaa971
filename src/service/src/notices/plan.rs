//! When a booking's notices are due: values with time as an argument.

use engawa_protocol::{Booking, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR: u64 = 60 * 60 * 1000;
const DAY: u64 = 24 * HOUR;
/// Tries before a notice is given up.
const TRIES: u32 = 12;
/// Longest time between two tries.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// Which of a booking's notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Confirmed,
    DayBefore,
    HourBefore,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Confirmed, Kind::DayBefore, Kind::HourBefore];

    pub fn word(self) -> &'static str {
        match self {
            Kind::Confirmed => "confirmed",
            Kind::DayBefore => "day_before",
            Kind::HourBefore => "hour_before",
        }
    }
}

/// How far one notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum State {
    Due {
        at: Millis,
        tries: u32,
    },
    Sent {
        at: Millis,
    },
    /// Its time was over before it could be sent, or it was never due.
    Skipped,
    GaveUp,
}

/// The notices of one booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    starts: Millis,
    cancelled: bool,
    notices: BTreeMap<Kind, State>,
    /// A node is sending until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leased: Option<Millis>,
}

impl Plan {
    /// The notices of a booking that was made at `now`: what would be due before it is not sent.
    pub fn new(booking: &Booking, now: Millis) -> Self {
        let mut plan = Self { starts: booking.slot.starts, cancelled: false, notices: BTreeMap::new(), leased: None };
        plan.notices.insert(Kind::Confirmed, State::Due { at: now, tries: 0 });
        plan.time(now);
        plan
    }

    /// Takes over what has changed in the booking; true when something of the plan did.
    pub fn follow(&mut self, booking: &Booking, cancelled: bool, now: Millis) -> bool {
        let before = self.clone();
        self.cancelled = cancelled;
        if booking.slot.starts != self.starts {
            self.starts = booking.slot.starts;
            // At its new time, it is another appointment.
            self.time(now);
        }
        // After a long absence the day's notice gives way to the hour's, and nothing is sent into the slot.
        for (kind, until) in [(Kind::DayBefore, self.starts.0.saturating_sub(HOUR)), (Kind::HourBefore, self.starts.0)]
        {
            if let Some(State::Due { .. }) = self.notices.get(&kind)
                && now.0 >= until
            {
                self.notices.insert(kind, State::Skipped);
            }
        }
        *self != before
    }

    /// When the next notice is due, or a lease is over.
    pub fn next(&self) -> Option<Millis> {
        if self.cancelled {
            return None;
        }
        let due = self.notices.values().filter_map(|state| match state {
            State::Due { at, .. } => Some(*at),
            State::Sent { .. } | State::Skipped | State::GaveUp => None,
        });
        due.min().map(|at| self.leased.map_or(at, |leased| at.max(leased)))
    }

    /// The notice that is due.
    pub fn due(&self, now: Millis) -> Option<Kind> {
        if self.next().is_none_or(|at| at > now) {
            return None;
        }
        let is_due = |kind: &Kind| matches!(self.notices.get(kind), Some(State::Due { at, .. }) if *at <= now);
        Kind::ALL.into_iter().find(is_due)
    }

    /// It was delivered.
    pub fn sent(&mut self, kind: Kind, now: Millis) {
        self.notices.insert(kind, State::Sent { at: now });
    }

    /// It was not delivered; tried again later and later, unless the interview begins before.
    pub fn failed(&mut self, kind: Kind, now: Millis, first: Duration, starts: Millis) {
        let Some(State::Due { tries, .. }) = self.notices.get(&kind).copied() else { return };
        let wait = first.saturating_mul(1 << tries.min(16)).min(LONGEST).as_millis() as u64;
        // Up to a quarter more, so that many do not come back at the same instant.
        let at = Millis(now.0 + wait + now.0 % (wait / 4 + 1));
        let state = match tries + 1 < TRIES && at < starts {
            true => State::Due { at, tries: tries + 1 },
            false => State::GaveUp,
        };
        self.notices.insert(kind, state);
    }

    fn time(&mut self, now: Millis) {
        for (kind, ahead) in [(Kind::DayBefore, DAY), (Kind::HourBefore, HOUR)] {
            let at = Millis(self.starts.0.saturating_sub(ahead));
            self.notices.insert(kind, if at > now { State::Due { at, tries: 0 } } else { State::Skipped });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engawa_protocol::{InterviewKind, NameRule, Reentry, Slot};

    const NOW: Millis = Millis(1_795_235_400_000);

    fn booking(ahead: u64) -> Booking {
        let starts = Millis(NOW.0 + ahead);
        Booking {
            company: "minato".parse().unwrap(),
            kind: InterviewKind::Interview,
            slot: Slot { starts, ends: Millis(starts.0 + HOUR / 2) },
            guest: String::new(),
            locale: None,
            hosts: vec![],
            booth: None,
            reentry: Reentry::default(),
            name: NameRule::default(),
        }
    }

    fn sent_at(plan: &mut Plan, at: u64) -> Option<Kind> {
        let kind = plan.due(Millis(at))?;
        plan.sent(kind, Millis(at));
        Some(kind)
    }

    // E6
    #[test]
    fn three_notices_are_due_at_their_times_and_once() {
        let (booking, mut plan) = (booking(3 * DAY), Plan::new(&booking(3 * DAY), NOW));
        assert_eq!(sent_at(&mut plan, NOW.0), Some(Kind::Confirmed));
        assert_eq!(sent_at(&mut plan, NOW.0), None);
        let day = booking.slot.starts.0 - DAY;
        assert_eq!(plan.next(), Some(Millis(day)));
        assert_eq!(sent_at(&mut plan, day - 1), None);
        assert_eq!(sent_at(&mut plan, day), Some(Kind::DayBefore));
        assert_eq!(sent_at(&mut plan, booking.slot.starts.0 - HOUR), Some(Kind::HourBefore));
        assert_eq!(plan.next(), None);
    }

    // E6
    #[test]
    fn a_late_booking_skips_what_is_past_and_a_new_time_has_new_notices() {
        let mut plan = Plan::new(&booking(HOUR / 2), NOW);
        assert_eq!(sent_at(&mut plan, NOW.0), Some(Kind::Confirmed));
        assert_eq!(plan.next(), None);
        assert!(plan.follow(&booking(2 * DAY), false, NOW));
        assert_eq!(plan.next(), Some(Millis(NOW.0 + DAY)));
        assert!(plan.follow(&booking(2 * DAY), true, NOW));
        assert_eq!((plan.next(), plan.due(Millis(NOW.0 + 2 * DAY))), (None, None));
    }

    // E6
    #[test]
    fn after_a_long_absence_only_what_still_helps_is_sent() {
        let there = booking(2 * DAY);
        let mut plan = Plan::new(&there, NOW);
        assert_eq!(sent_at(&mut plan, NOW.0), Some(Kind::Confirmed));
        let back = Millis(there.slot.starts.0 - HOUR / 2);
        assert!(plan.follow(&there, false, back));
        assert_eq!(sent_at(&mut plan, back.0), Some(Kind::HourBefore));
        assert_eq!(plan.next(), None);
    }

    // E6
    #[test]
    fn tries_come_later_and_later_and_end() {
        let there = booking(30 * DAY);
        let mut plan = Plan::new(&there, NOW);
        let (mut now, mut tries, mut last) = (NOW, 0, 0);
        while let Some(Kind::Confirmed) = plan.due(now) {
            plan.failed(Kind::Confirmed, now, Duration::from_secs(10), there.slot.starts);
            tries += 1;
            let Some(next) = plan.next().filter(|next| next.0 < there.slot.starts.0 - DAY) else { break };
            let wait = next.0 - now.0;
            assert!(wait >= last.min(LONGEST.as_millis() as u64) && wait <= LONGEST.as_millis() as u64 * 5 / 4);
            (now, last) = (next, wait * 4 / 5);
        }
        assert_eq!(tries, TRIES);
        plan.leased = Some(Millis(now.0 + DAY));
        assert_eq!(plan.due(now), None);
    }
}
