//! The fold: what each event of the log makes of a room.

use super::chat::Body;
use super::history::Presence;
use super::{Person, Preset, Room};
use engawa_protocol::{Actor, CommandId, EndCause, Event, LeaveCause, Millis, Progress, Recorded, Role, Seat};

impl Room {
    /// Folds one event in. Events at or before [`Room::last`] change nothing.
    pub fn apply(&mut self, recorded: &Recorded) {
        let Recorded { seq, at, by, command, event } = recorded;
        if *seq <= self.last {
            return;
        }
        self.last = *seq;
        if let Some(CommandId { client, n }) = command {
            self.done.insert((by.clone(), client.clone(), *n));
        }
        match event {
            Event::Booked { booking } => self.fold_booked(booking, *at),
            Event::BookingCancelled => self.close(Progress::Cancelled, Some(EndCause::Cancelled), *at),
            Event::Knocked { company, name, locale } => {
                if let Actor::Guest { booth } = by {
                    self.booth = Some(booth.clone());
                }
                if self.company.is_none() {
                    self.opened = *at;
                }
                self.company = Some(company.clone());
                self.guest = name.clone();
                self.locale = *locale;
                (self.note, self.knocked, self.moved) = (None, Some(*at), None);
                self.advance(Progress::Knocking, *at);
                self.fold_knock_ring(*at);
            }
            Event::KnockCancelled => self.advance(Progress::Open, *at),
            Event::Rang { account } => self.fold_rang(account.as_ref(), *at),
            Event::AskedToWait { message, from } => self.note = Some((from.clone(), message.clone())),
            Event::Refused { message, from } => {
                self.note = Some((from.clone(), message.clone()));
                self.close(Progress::Refused, None, *at);
            }
            Event::Admitted => {
                self.note = None;
                self.advance(Progress::InCall, *at);
            }
            Event::Joined { .. } => self.fold_joined(recorded),
            Event::Switched { seat, microphone, camera } => {
                if let Some(person) = self.people.get_mut(seat) {
                    (person.microphone, person.camera) = (*microphone, *camera);
                }
            }
            Event::Lost { seat } => self.set_lost(*seat, Some(*at)),
            Event::Back { seat } => self.set_lost(*seat, None),
            Event::Left { seat, cause } => self.fold_left(*seat, *cause, *at),
            Event::GuestMoved => self.fold_moved(by, *seq, *at),
            Event::Held => self.held = true,
            Event::Resumed => self.held = false,
            Event::Silenced { microphones, cameras, except } => {
                for (_, person) in self.people.iter_mut().filter(|(seat, _)| *seat != except) {
                    person.microphone &= !microphones;
                    person.camera &= !cameras;
                }
            }
            Event::Preset { microphone, camera, names } => {
                self.preset = Preset { microphone: *microphone, camera: *camera, names: *names };
            }
            Event::Extended { ends } => self.ends = Some(*ends),
            Event::EndsSoon { ends } => self.announced = Some(*ends),
            Event::Said { text, late } => self.fold_post(*seq, *at, by, Body::Text(text.clone()), *late),
            Event::FileSent { file, late } => self.fold_post(*seq, *at, by, Body::File(file.clone()), *late),
            Event::PostDeleted { post } => self.fold_deletion(|p| p.seq == *post),
            Event::ChatCleared => self.fold_deletion(|_| true),
            Event::HandRaised { seat } => {
                if !self.hands.contains(seat) {
                    self.hands.push(*seat);
                }
            }
            Event::HandLowered { seat } => self.hands.retain(|hand| hand != seat),
            Event::Ended { cause } => {
                let begun = self.progress == Progress::InCall;
                let progress = match cause {
                    EndCause::Unanswered => Progress::Missed,
                    EndCause::SlotOver if !begun => Progress::Missed,
                    EndCause::Cancelled => Progress::Cancelled,
                    _ => Progress::Ended,
                };
                self.close(progress, Some(*cause), *at);
            }
        }
    }

    fn fold_joined(&mut self, recorded: &Recorded) {
        let Recorded { seq, at, by, command: Some(CommandId { client, .. }), event } = recorded else { return };
        let Event::Joined { seat, role, name, title, receives, returns } = event else { return };
        if let Actor::Host { account } = by
            && self.seat_of(by).is_none()
        {
            self.accounts.push(account.clone());
        }
        if self.people.contains_key(seat) {
            self.fold_left(*seat, returns.unwrap_or(LeaveCause::Restart), *at);
        }
        if *role == Role::Guest {
            (self.away, self.moved) = (None, None);
        }
        // The preset greets whoever comes for the first time; who returns says by a switch what is on.
        let Preset { microphone, camera, .. } = if returns.is_none() { self.preset } else { Preset::default() };
        let person = Person {
            since: *seq,
            actor: by.clone(),
            client: client.clone(),
            role: *role,
            name: name.clone(),
            title: title.clone(),
            receives: receives.clone(),
            microphone,
            camera,
            lost: None,
        };
        self.people.insert(*seat, person);
        let (seat, by, role, name) = (*seat, by.clone(), *role, name.clone());
        self.begin_presence(Presence { seat, by, role, name, from: *at, until: None, cause: None });
    }

    pub(super) fn fold_left(&mut self, seat: Seat, cause: LeaveCause, at: Millis) {
        self.people.remove(&seat);
        self.hands.retain(|hand| *hand != seat);
        self.end_presence(seat, at, Some(cause));
        if seat == Seat::GUEST && cause == LeaveCause::Button && self.progress == Progress::InCall {
            self.away = Some(at);
        }
    }

    fn close(&mut self, progress: Progress, end: Option<EndCause>, at: Millis) {
        self.end = end;
        self.advance(progress, at);
        for seat in std::mem::take(&mut self.people).into_keys() {
            self.end_presence(seat, at, None);
        }
        self.hands.clear();
        (self.held, self.away, self.moved) = (false, None, None);
    }

    pub(super) fn advance(&mut self, progress: Progress, at: Millis) {
        self.progress = progress;
        self.since = at;
    }

    fn set_lost(&mut self, seat: Seat, lost: Option<Millis>) {
        if let Some(person) = self.people.get_mut(&seat) {
            person.lost = lost;
        }
    }
}
