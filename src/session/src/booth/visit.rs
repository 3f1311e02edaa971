//! One candidate's interview: the wish to talk, the room's log, the peer connections.

use super::chat::Talk;
use super::invite::Invitation;
use super::links::Links;
use super::{Booth, Effect, MediaCommand, Saved, Stage};
use crate::room::Room;
use crate::view::{Devices, End, Loss};
use engawa_protocol::{Command, CompanyId, Progress, Reentry, Refusal, RoomId, Seat};
use std::time::{Duration, Instant};

/// After a restart, the room is waited for this long once the service is there.
const RETURNING: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Visit {
    pub company: Option<CompanyId>,
    pub name: String,
    /// The candidate has said to be ready.
    pub ready: bool,
    /// The room, from the first request on.
    pub room: Option<(RoomId, Room)>,
    /// The booking that led here; none for a walk-up and after a restart.
    pub invitation: Option<Box<Invitation>>,
    /// Why the last request was not taken.
    pub refused: Option<Refusal>,
    pub talk: Talk,
    /// The candidate wants to be let in, since then.
    pub asked: Option<Instant>,
    pub place: Option<u32>,
    /// The log is known to its end: without that, no connection is begun.
    pub current: bool,
    pub links: Links,
    /// Came back after a restart and has not taken the seat yet, since then.
    pub returning: Option<Instant>,
    /// Why it has to come back.
    pub loss: Loss,
    /// When the booth learnt of being let in.
    pub admitted: Option<Instant>,
    /// Which seat's picture is large; the outer none until somebody chose.
    pub enlarged: Option<Option<Seat>>,
}

impl Visit {
    pub fn new(company: CompanyId, name: String) -> Self {
        Self { company: Some(company), name, ..Self::empty() }
    }

    fn empty() -> Self {
        Self {
            company: None,
            name: String::new(),
            ready: false,
            room: None,
            invitation: None,
            refused: None,
            talk: Talk::default(),
            asked: None,
            place: None,
            current: false,
            links: Links::default(),
            returning: None,
            loss: Loss::Booth,
            admitted: None,
            enlarged: None,
        }
    }

    pub fn progress(&self) -> Progress {
        self.room.as_ref().map_or(Progress::Open, |(_, room)| room.progress())
    }

    pub fn in_call(&self) -> bool {
        self.progress() == Progress::InCall
    }
}

impl Booth {
    pub(super) fn visit(&mut self) -> Option<&mut Visit> {
        match &mut self.stage {
            Stage::Visit(visit) => Some(visit),
            _ => None,
        }
    }

    pub(super) fn visit_of(&mut self, id: &RoomId) -> Option<&mut Visit> {
        self.visit().filter(|visit| visit.room.as_ref().is_some_and(|(room, _)| room == id))
    }

    /// After a restart: the interview goes on where the log says it is.
    pub(super) fn return_to(&mut self, saved: Saved, loss: Loss) {
        self.locale = saved.locale;
        self.devices = Devices { microphone: saved.microphone, camera: saved.camera, noise: saved.noise };
        self.stage = Stage::Visit(Box::new(Visit {
            room: Some((saved.room, Room::new(self.config.policy))),
            asked: saved.asked.then_some(self.now),
            returning: Some(self.now),
            loss,
            ready: true,
            ..Visit::empty()
        }));
        self.open_media();
    }

    pub(super) fn saved(&self) -> Option<Saved> {
        let Stage::Visit(visit) = &self.stage else { return None };
        let Devices { microphone, camera, noise } = self.devices;
        let (room, _) = visit.room.as_ref()?;
        let asked = visit.asked.is_some();
        Some(Saved { room: room.clone(), locale: self.locale, microphone, camera, noise, asked })
    }

    pub(super) fn store(&mut self) {
        if let Some(saved) = self.saved() {
            self.effects.push_back(Effect::Store(saved));
        }
    }

    /// Asks to join (W11).
    pub(super) fn ask(&mut self) {
        let fresh = RoomId::from_random((self.random)());
        let (policy, now, locale, online) = (self.config.policy, self.now, self.locale, self.online());
        let Some(visit) = self.visit() else { return };
        let Some(company) = visit.company.clone() else { return };
        let fresh_follow = visit.room.is_none();
        if visit.asked.is_some() || !visit.ready || !online {
            return;
        }
        (visit.asked, visit.refused) = (Some(now), None);
        let first = visit.room.as_ref().is_none_or(|(_, room)| room.person(Seat::GUEST).is_none());
        let (room, _) = visit.room.get_or_insert_with(|| (fresh, Room::new(policy)));
        let (room, name) = (room.clone(), visit.name.clone());
        self.command(room.clone(), Command::Knock { company, name, locale });
        if first {
            self.take_seat(&room);
        }
        if fresh_follow {
            self.follow();
        }
        self.store();
        self.ask_for_still();
    }

    /// The hosts see who knocks (W12): the service has the picture in memory only, so it is sent
    /// again whenever the knock stands anew for it.
    pub(super) fn ask_for_still(&mut self) {
        let camera = self.devices.camera;
        let Some(visit) = self.visit().filter(|visit| visit.asked.is_some() && !visit.in_call()) else { return };
        if let Some((room, _)) = visit.room.clone().filter(|_| camera) {
            self.media_command(MediaCommand::Still(room));
        }
    }

    /// Takes the request back; the log may already say otherwise, see [`Booth::after_events`].
    pub(super) fn cancel(&mut self) {
        let Some(visit) = self.visit() else { return };
        if visit.asked.take().is_none() {
            return;
        }
        if let Some((room, _)) = &visit.room {
            let room = room.clone();
            self.command(room, Command::CancelKnock);
        }
        self.touched = self.now;
        self.store();
    }

    pub(super) fn take_seat(&mut self, room: &RoomId) {
        let receives = self.config.receives.clone();
        self.command(room.clone(), Command::Join { receives, take_over: true });
        // What the host has set for everybody holds for who comes the first time (W9).
        let preset = self.visit().and_then(|visit| visit.room.as_ref()).and_then(|(_, state)| {
            let first = state.history().iter().all(|presence| presence.seat != Seat::GUEST);
            first.then(|| state.preset())
        });
        if let Some(preset) = preset {
            self.devices.microphone &= preset.microphone;
            self.devices.camera &= preset.camera;
            self.media_command(MediaCommand::Devices(self.devices));
        }
        // Joining begins with both on.
        let Devices { microphone, camera, .. } = self.devices;
        if !(microphone && camera) {
            self.command(room.clone(), Command::Switch { microphone, camera });
        }
    }

    pub(super) fn tell_switches(&mut self) {
        let Devices { microphone, camera, .. } = self.devices;
        let Some((room, state)) = self.visit().and_then(|visit| visit.room.clone()) else { return };
        let told = state.person(Seat::GUEST).map_or((true, true), |p| (p.microphone, p.camera));
        let pending = self.commands.any(&room, |c| matches!(c, Command::Switch { .. }));
        if told != (microphone, camera) || pending {
            self.command(room, Command::Switch { microphone, camera });
        }
    }

    /// Leaves for good; the others are told now or when the line is back.
    pub(super) fn leave(&mut self, end: Option<End>) {
        self.leave_room();
        match end {
            Some(end) => self.finish_with(Stage::Ended(end, None)),
            None => self.finish_with(Stage::Welcome),
        }
    }

    /// Leaves by the button, to come back or not (X5, X7).
    pub(super) fn leave_by_button(&mut self) {
        let saved = self.saved().filter(|_| self.may_return());
        self.leave_room();
        self.finish_with(Stage::Ended(End::Left, saved));
    }

    /// Leaving the call by the button would not end it.
    pub(super) fn may_return(&self) -> bool {
        let Stage::Visit(visit) = &self.stage else { return false };
        let always = |room: &Room| room.reentry() == Reentry::Always && room.progress() == Progress::InCall;
        visit.room.as_ref().is_some_and(|(_, room)| always(room))
    }

    pub(super) fn leave_room(&mut self) {
        if let Some((room, _)) = self.visit().and_then(|visit| visit.room.take()) {
            self.commands.drop_room(&room);
            self.effects.push_back(Effect::EndSession(room.clone()));
            self.command(room, Command::Leave);
        }
    }

    /// A room that does not come back after a restart is given up.
    pub(super) fn return_deadline(&self) -> Option<Instant> {
        let Stage::Visit(visit) = &self.stage else { return None };
        visit.returning.filter(|_| self.online()).map(|since| since + RETURNING)
    }
}
