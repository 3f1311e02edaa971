//! What is appended next: by command, and by a connection that comes or goes.

use super::{Around, Room, Sender};
use engawa_protocol::{
    Actor, ClientId, Command, CommandId, CompanyId, EndCause, Event, LeaveCause, Locale, Progress, Refusal, clean_line,
    clean_name, limits,
};

impl Room {
    /// Decides a command. No events mean that nothing is left to do, as when it was carried out before.
    ///
    /// # Errors
    /// The reason for which it is not carried out; nothing changes then.
    pub fn decide(
        &self,
        from: &Sender,
        id: &CommandId,
        command: &Command,
        around: &Around,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.company.is_some();
        let late = self.takes_late(from, around.now);
        let admitted = self.admits(from);
        if known && !admitted && !late {
            return Err(Refusal::NotAllowed);
        }
        if !known && !matches!(command, Command::Knock { .. } | Command::Book { .. }) {
            return Err(Refusal::NoSuchRoom);
        }
        if self.has_done(&from.actor(), id) {
            return Ok(Vec::new());
        }
        if late && !matches!(command, Command::Say { .. } | Command::SendFile { .. }) {
            return Err(if admitted { Refusal::Over } else { Refusal::NotAllowed });
        }
        if self.is_over() && !late {
            return Err(Refusal::Over);
        }
        let closing = matches!(command, Command::Leave | Command::End | Command::CancelBooking);
        if self.last >= limits::ROOM_EVENTS && !closing {
            return Err(Refusal::Full);
        }
        match (command, from) {
            (Command::Say { text }, Sender::Guest { .. } | Sender::Host { .. }) => self.say(from, text, late),
            (Command::SendFile { file }, Sender::Guest { .. } | Sender::Host { .. }) => {
                self.send_file(from, file, around.file.as_ref(), late)
            }
            (Command::DeletePost { post }, _) => self.delete_post(from, *post),
            (Command::Join { receives, take_over }, Sender::Host { .. }) => {
                self.join(from, id, receives, *take_over, around)
            }
            (Command::Switch { microphone, camera }, _) => {
                let seat = self.own_seat(from, id)?;
                Ok(vec![Event::Switched { seat, microphone: *microphone, camera: *camera }])
            }
            (Command::RaiseHand { up }, _) => self.raise_hand(self.own_seat(from, id)?, *up),
            (_, Sender::Guest { .. }) => self.decide_for_guest(from, id, command, around),
            (_, Sender::Host { name, .. }) => self.decide_for_host(from, name, id, command, around),
            (_, Sender::Staff { .. }) => self.decide_for_staff(from, command, around),
        }
    }

    fn decide_for_guest(
        &self,
        from: &Sender,
        id: &CommandId,
        command: &Command,
        around: &Around,
    ) -> Result<Vec<Event>, Refusal> {
        // Whoever only holds the ticket so far knocks first.
        let knocked = matches!(from, Sender::Guest { booth } if self.booth.as_ref() == Some(booth));
        match command {
            Command::Knock { company, name, locale } => self.knock(company, name, *locale, around),
            Command::Leave if !knocked => Ok(Vec::new()),
            Command::Join { .. } | Command::CancelKnock if !knocked => Err(Refusal::WrongMoment),
            Command::Join { receives, take_over } => self.join(from, id, receives, *take_over, around),
            Command::CancelKnock => {
                self.only(&[Progress::Knocking])?;
                Ok(vec![Event::KnockCancelled])
            }
            Command::Leave => Ok(self.guest_leaves()),
            _ => Err(Refusal::NotAllowed),
        }
    }

    fn decide_for_host(
        &self,
        from: &Sender,
        name: &str,
        id: &CommandId,
        command: &Command,
        around: &Around,
    ) -> Result<Vec<Event>, Refusal> {
        let line = |message: &str| clean_line(message).map_err(|_| Refusal::BadText);
        match command {
            Command::Wait { message } => {
                self.only(&[Progress::Knocking])?;
                Ok(vec![Event::AskedToWait { message: line(message)?, from: name.to_owned() }])
            }
            Command::Refuse { message } => {
                self.only(&[Progress::Knocking])?;
                Ok(vec![Event::Refused { message: line(message)?, from: name.to_owned() }])
            }
            Command::Admit => {
                self.only(&[Progress::Knocking])?;
                Ok(vec![Event::Admitted])
            }
            Command::Leave => Ok(self.host_leaves(self.own_seat(from, id)?, LeaveCause::Button)),
            Command::End => {
                self.only(&[Progress::InCall])?;
                Ok(vec![Event::Ended { cause: EndCause::Host }])
            }
            Command::Hold { on } => self.own_seat(from, id).and_then(|_| self.hold(*on)),
            Command::MuteAll => self.silence(self.own_seat(from, id)?, true, false),
            Command::CamerasOff => self.silence(self.own_seat(from, id)?, false, true),
            Command::Preset { microphone, camera, names } => {
                Ok(vec![Event::Preset { microphone: *microphone, camera: *camera, names: *names }])
            }
            Command::ClearChat => Ok(self.clear_chat()),
            Command::Extend { minutes } => self.extend(*minutes, around),
            Command::Book { booking } => self.book(from, booking, around),
            Command::CancelBooking => self.cancel_booking(),
            _ => Err(Refusal::NotAllowed),
        }
    }

    fn decide_for_staff(&self, from: &Sender, command: &Command, around: &Around) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Book { booking } => self.book(from, booking, around),
            Command::CancelBooking => self.cancel_booking(),
            Command::End => {
                self.only(&[Progress::Open, Progress::Knocking, Progress::InCall])?;
                Ok(vec![Event::Ended { cause: EndCause::Host }])
            }
            _ => Err(Refusal::NotAllowed),
        }
    }

    fn knock(&self, company: &CompanyId, name: &str, locale: Locale, around: &Around) -> Result<Vec<Event>, Refusal> {
        if self.company.as_ref().is_some_and(|known| known != company) {
            return Err(Refusal::NotAllowed);
        }
        if self.booking.is_none() && !around.walk_up {
            return Err(Refusal::Booked);
        }
        self.only(&[Progress::Open, Progress::Booked])?;
        self.within_slot(around.now)?;
        let booked = self.booking.as_ref().map(|booking| booking.guest.as_str()).filter(|_| name.trim().is_empty());
        let name = clean_name(booked.unwrap_or(name)).map_err(|_| Refusal::BadText)?;
        Ok(vec![Event::Knocked { company: company.clone(), name, locale }])
    }

    /// Notes that a connection of `actor`'s client came or went; answers what the others are told.
    ///
    /// The client counts as connected from here on, whether or not the events get appended.
    pub fn connection(&mut self, actor: &Actor, client: &ClientId, up: bool) -> Vec<Event> {
        let which = (actor.clone(), client.clone());
        if up {
            self.connected.insert(which);
        } else {
            self.connected.remove(&which);
        }
        let Some(peer) = self.peer_of(actor, client) else { return Vec::new() };
        let lost = self.person(peer.seat).is_some_and(|person| person.lost.is_some());
        match (up, lost) {
            (true, true) => vec![Event::Back { seat: peer.seat }],
            (false, false) => vec![Event::Lost { seat: peer.seat }],
            _ => Vec::new(),
        }
    }

    pub(super) fn only(&self, when: &[Progress]) -> Result<(), Refusal> {
        if when.contains(&self.progress) { Ok(()) } else { Err(Refusal::WrongMoment) }
    }
}
