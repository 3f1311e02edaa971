//! Who was in the room, from when to when, and why they went (L2, R1).

use super::Room;
use engawa_protocol::{Actor, LeaveCause, Millis, Role, Seat};

/// One presence, present or past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The seat.
    pub seat: Seat,
    /// Whose.
    pub by: Actor,
    /// Guest or host.
    pub role: Role,
    /// Shown name.
    pub name: String,
    /// When it began.
    pub from: Millis,
    /// When it ended; none while it stands.
    pub until: Option<Millis>,
    /// Why it ended; none while it stands and when the room's end ended it.
    pub cause: Option<LeaveCause>,
}

impl Room {
    /// Every presence in the order in which it began.
    pub fn history(&self) -> &[Presence] {
        &self.history
    }

    pub(super) fn begin_presence(&mut self, presence: Presence) {
        self.history.push(presence);
    }

    pub(super) fn end_presence(&mut self, seat: Seat, until: Millis, cause: Option<LeaveCause>) {
        let standing = self.history.iter_mut().rev().find(|p| p.seat == seat && p.until.is_none());
        if let Some(presence) = standing {
            (presence.until, presence.cause) = (Some(until), cause);
        }
    }

    /// Why the seat is empty now; none when nobody sat there yet.
    pub(super) fn last_cause(&self, seat: Seat) -> Option<LeaveCause> {
        self.history.iter().rev().find(|p| p.seat == seat)?.cause
    }

    /// The shown name under which `by` was last here.
    pub(super) fn name_of(&self, by: &Actor) -> String {
        self.history.iter().rev().find(|p| p.by == *by).map(|p| p.name.clone()).unwrap_or_default()
    }
}
