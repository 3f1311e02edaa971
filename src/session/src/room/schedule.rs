//! A booked room: its slot, who may come when, and how it moves (E4, E7, X1 to X4).

use super::{Around, Room, Sender, after, before};
use engawa_protocol::{Booking, CompanyId, Event, Millis, Progress, Refusal, Slot, clean_name, limits};

const MINUTE_MS: u64 = 60_000;

impl Room {
    /// What is booked; none for a walk-up.
    pub fn booking(&self) -> Option<&Booking> {
        self.booking.as_ref()
    }

    /// The booked slot, with its end as extended.
    pub fn slot(&self) -> Option<Slot> {
        let booking = self.booking.as_ref()?;
        Some(Slot { starts: booking.slot.starts, ends: self.ends.unwrap_or(booking.slot.ends) })
    }

    /// When a booked room can be entered first (E7).
    pub fn opens(&self) -> Option<Millis> {
        self.slot().map(|slot| before(slot.starts, self.policy.early))
    }

    /// The end was announced, and has not moved since (X2).
    pub fn ends_soon(&self) -> bool {
        self.announced.is_some() && self.announced == self.slot().map(|slot| slot.ends)
    }

    /// When the next announcement of the end is due.
    pub(super) fn announcement(&self) -> Option<(Millis, Millis)> {
        let ends = self.slot()?.ends;
        let due = !self.people.is_empty() && self.announced != Some(ends);
        due.then(|| (before(ends, self.policy.ends_soon), ends))
    }

    pub(super) fn within_slot(&self, now: Millis) -> Result<(), Refusal> {
        match (self.opens(), self.slot()) {
            (Some(opens), _) if now < opens => Err(Refusal::TooEarly),
            (_, Some(slot)) if now >= slot.ends => Err(Refusal::TooLate),
            _ => Ok(()),
        }
    }

    pub(super) fn book(&self, from: &Sender, booking: &Booking, around: &Around) -> Result<Vec<Event>, Refusal> {
        if !may_book(from, &booking.company) || self.company.as_ref().is_some_and(|c| *c != booking.company) {
            return Err(Refusal::NotAllowed);
        }
        // A walk-up stays one, and what goes on already is extended instead.
        if self.company.is_some() && self.booking.is_none() {
            return Err(Refusal::WrongMoment);
        }
        self.only(&[Progress::Booked, Progress::Open, Progress::Knocking])?;
        let booking = check(booking, around.now)?;
        if self.booking.as_ref() == Some(&booking) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Booked { booking }])
    }

    pub(super) fn cancel_booking(&self) -> Result<Vec<Event>, Refusal> {
        if self.booking.is_none() {
            return Err(Refusal::WrongMoment);
        }
        self.only(&[Progress::Booked, Progress::Open, Progress::Knocking])?;
        Ok(vec![Event::BookingCancelled])
    }

    pub(super) fn extend(&self, minutes: u32, around: &Around) -> Result<Vec<Event>, Refusal> {
        let slot = self.slot().ok_or(Refusal::WrongMoment)?;
        if !(1..=limits::EXTEND_MINUTES).contains(&minutes) {
            return Err(Refusal::BadText);
        }
        let ends = Millis(slot.ends.0 + u64::from(minutes) * MINUTE_MS);
        if ends.0 - slot.starts.0 > limits::SLOT_MS {
            return Err(Refusal::BadText);
        }
        if around.next.is_some_and(|next| ends > next) {
            return Err(Refusal::NextSlot);
        }
        Ok(vec![Event::Extended { ends }])
    }

    /// A knock is rung from its beginning, but passed on and given up only in the slot: who comes an
    /// hour early waits for it.
    pub(super) fn knock_counts_from(&self) -> Millis {
        self.slot().map_or(self.since, |slot| self.since.max(slot.starts))
    }

    /// A booked interview that has not begun outlives a guest who goes away: it can be entered again.
    pub(super) fn keeps_waiting(&self) -> bool {
        self.booking.is_some() && self.progress != Progress::InCall
    }

    pub(super) fn guest_moves(&self) -> bool {
        let vacant = !self.people.contains_key(&engawa_protocol::Seat::GUEST);
        let waits = vacant && matches!(self.progress, Progress::Booked | Progress::Open);
        self.booking.is_some() && (self.booth.is_none() || waits)
    }

    pub(super) fn fold_booked(&mut self, booking: &Booking, at: Millis) {
        if self.company.is_none() {
            (self.company, self.opened) = (Some(booking.company.clone()), at);
            self.advance(Progress::Booked, at);
        }
        if self.booth.is_none() {
            self.guest = booking.guest.clone();
            self.locale = booking.locale.unwrap_or_default();
        }
        self.ends = Some(booking.slot.ends);
        self.booking = Some(booking.clone());
    }

    pub(super) fn slot_end(&self) -> Option<Millis> {
        self.slot().map(|slot| slot.ends)
    }

    /// Until when a guest who left by the button may come back, where that is allowed at all (X7).
    pub(super) fn return_until(&self) -> Option<Millis> {
        let left = self.away?;
        Some(self.slot_end().unwrap_or_else(|| after(left, self.policy.guest_grace)))
    }
}

fn may_book(from: &Sender, wanted: &CompanyId) -> bool {
    match from {
        Sender::Guest { .. } => false,
        Sender::Host { company, .. } => company == wanted,
        Sender::Staff { .. } => true,
    }
}

fn check(booking: &Booking, now: Millis) -> Result<Booking, Refusal> {
    let Slot { starts, ends } = booking.slot;
    let length = ends.0.checked_sub(starts.0).filter(|length| (1..=limits::SLOT_MS).contains(length));
    // The last moment that every language's number can hold, with room for extensions.
    let readable = ends.0 <= (1 << 53) - 1 - limits::SLOT_MS;
    let unique = (1..booking.hosts.len()).all(|i| !booking.hosts[..i].contains(&booking.hosts[i]));
    if length.is_none() || !readable || !unique || booking.hosts.len() > limits::BOOKING_HOSTS {
        return Err(Refusal::BadText);
    }
    if ends <= now {
        return Err(Refusal::TooLate);
    }
    let nameless = booking.guest.trim().is_empty();
    let guest = if nameless { Ok(String::new()) } else { clean_name(&booking.guest) };
    Ok(Booking { guest: guest.map_err(|_| Refusal::BadText)?, ..booking.clone() })
}
