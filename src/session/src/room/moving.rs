//! A guest who goes on at another booth, with a ticket of the booking (E8).

use super::{Room, Sender};
use engawa_protocol::{Actor, BoothId, Event, LeaveCause, Millis, Progress, Refusal, Seat, Seq};

impl Room {
    /// Decides on a ticket of this booking that is redeemed at `booth`. No events mean that the guest
    /// may simply come: nobody sits at another booth.
    ///
    /// # Errors
    /// [`Refusal::AlreadyHere`] when the guest is connected elsewhere and did not confirm; or why this
    /// booth cannot have the interview.
    pub fn move_guest(&self, booth: &BoothId, take_over: bool, now: Millis) -> Result<Vec<Event>, Refusal> {
        let booking = self.booking().ok_or(Refusal::NotAllowed)?;
        if booking.booth.as_ref().is_some_and(|booked| booked != booth) {
            return Err(Refusal::NotAllowed);
        }
        if self.is_over() {
            return Err(Refusal::Over);
        }
        if self.slot_end().is_some_and(|ends| ends <= now) {
            return Err(Refusal::TooLate);
        }
        if self.booth() == Some(booth) || self.guest_moves() {
            return Ok(Vec::new());
        }
        if self.sits_at_a_booth() && !take_over {
            return Err(Refusal::AlreadyHere);
        }
        Ok(vec![Event::GuestMoved])
    }

    /// The guest at `booth` has knocked, or was let in: there is something to go on with.
    pub fn goes_on_at(&self, booth: &BoothId) -> bool {
        self.booth() == Some(booth) && matches!(self.progress, Progress::Knocking | Progress::InCall)
    }

    /// The last event for a booth whose guest went on elsewhere: that of the move.
    pub fn moved_from(&self, sender: &Sender) -> Option<Seq> {
        let Sender::Guest { booth } = sender else { return None };
        self.former.get(booth).filter(|_| self.booth() != Some(booth)).map(|(seq, _)| *seq)
    }

    /// When the guest went on from this booth.
    pub(super) fn moved_at(&self, booth: &BoothId) -> Option<Millis> {
        self.former.get(booth).filter(|_| self.booth() != Some(booth)).map(|(_, at)| *at)
    }

    pub(super) fn fold_moved(&mut self, by: &Actor, seq: Seq, at: Millis) {
        let Actor::Guest { booth } = by else { return };
        if self.person(Seat::GUEST).is_some() {
            self.fold_left(Seat::GUEST, LeaveCause::TakenOver, at);
        }
        if let Some(before) = self.booth.replace(booth.clone()) {
            self.former.insert(before, (seq, at));
        }
        if self.away.is_none() {
            self.moved = Some(at);
        }
    }

    /// Whoever knocked and has not taken the seat yet is about to; whoever left or lost the line is not there.
    fn sits_at_a_booth(&self) -> bool {
        self.person(Seat::GUEST).map_or(self.away.is_none(), |guest| guest.lost.is_none())
    }
}
