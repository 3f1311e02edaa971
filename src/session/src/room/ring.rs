//! Whom a standing knock rings, and to whom it is passed on (W14).

use super::{Around, Room, after};
use engawa_protocol::{AccountId, Event, Millis, Progress, Ring};

impl Room {
    /// Who is told of the standing knock.
    pub fn ring(&self) -> Ring {
        match self.progress {
            Progress::Knocking => self.ring.clone(),
            _ => Ring::None,
        }
    }

    /// The latest knock was passed on to the staff, whatever came of it.
    pub fn rang_staff(&self) -> bool {
        self.ring == Ring::Staff
    }

    /// A new knock rings the first of the booking's hosts, or the whole company.
    pub(super) fn fold_knock_ring(&mut self, at: Millis) {
        let first = self.booking.as_ref().and_then(|booking| booking.hosts.first().cloned());
        self.rung = first.iter().cloned().collect();
        self.ring = first.map_or(Ring::All, |account| Ring::Host { account });
        self.rung_at = Some(at);
    }

    pub(super) fn fold_rang(&mut self, account: Option<&AccountId>, at: Millis) {
        self.rung.extend(account.cloned());
        self.ring = account.map_or(Ring::Staff, |account| Ring::Host { account: account.clone() });
        self.rung_at = Some(at);
    }

    /// When the knock is passed on next. Whoever was asked to wait has been noticed.
    pub(super) fn pass_on_at(&self) -> Option<Millis> {
        let rung = self.rung_at.filter(|_| self.progress == Progress::Knocking && self.note.is_none())?;
        let last = self.ring == Ring::Staff;
        (!last).then(|| after(rung.max(self.knock_counts_from()), self.policy.pass_on))
    }

    /// The next of the booking's hosts, then of those on call, then the staff.
    pub(super) fn pass_on(&self, around: &Around) -> Event {
        if self.ring == Ring::All {
            return Event::Rang { account: None };
        }
        let booked = self.booking.iter().flat_map(|booking| &booking.hosts);
        let mut order = booked.chain(&around.on_call);
        Event::Rang { account: order.find(|account| !self.rung.contains(account)).cloned() }
    }
}
