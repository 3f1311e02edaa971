//! One candidate's interview: the wish to talk, the room's log, the peer connections.

use super::chat::Talk;
use super::invite::Invitation;
use super::links::Links;
use super::{Booth, Effect, MediaCommand, Saved, Stage};
use crate::room::Room;
use crate::view::{Devices, End, Loss, Note};
use engawa_protocol::{
    ClientMessage, Codec, Command, CompanyId, EndCause, Progress, Recorded, Reentry, Refusal, RoomId, Seat, Seq,
};
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

/// H264 first; VP8 for a peer that cannot.
fn codec_for(receives: &[Codec]) -> Codec {
    if receives.contains(&Codec::H264) || receives.is_empty() { Codec::H264 } else { Codec::Vp8 }
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

    fn take_seat(&mut self, room: &RoomId) {
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

    pub(super) fn follow(&mut self) {
        let Some((room, state)) = self.visit().and_then(|visit| visit.room.as_ref()) else { return };
        let (room, after) = (room.clone(), state.last());
        if self.online() {
            self.send(ClientMessage::Follow { room, after });
        }
    }

    pub(super) fn follow_events(&mut self, id: &RoomId, events: &[Recorded], last: Seq) {
        let Some(visit) = self.visit_of(id) else { return };
        let Some((_, room)) = visit.room.as_mut() else { return };
        let was_current = std::mem::take(&mut visit.current);
        let mut news = Vec::new();
        if last < room.last() {
            // The service has lost what it had acknowledged: this interview is not there any more.
            return self.finish_with(Stage::Ended(End::Lost, None));
        }
        for event in events {
            if event.seq > room.last() + 1 {
                // One was lost on the way; without it nothing after it can be trusted.
                return self.follow();
            }
            if was_current && event.seq > room.last() {
                news.push(event);
            }
            room.apply(event);
        }
        let state = room.clone();
        // While catching up, what was true for a moment long ago decides nothing.
        visit.current = room.last() >= last;
        visit.see_posts();
        if visit.lost_document() {
            self.close_document();
        }
        news.into_iter().for_each(|event| self.tell(&state, event));
        let Some(visit) = self.visit_of(id) else { return };
        if visit.current && !was_current {
            self.ask_for_still();
        }
        self.after_events();
    }

    /// Makes the walk and the connections what the log says.
    fn after_events(&mut self) {
        let (now, online, service_clock) = (self.now, self.online(), self.service_clock);
        let (client, me) = (self.client.clone(), self.me.clone());
        let Some(visit) = self.visit() else { return };
        let Some((id, room)) = visit.room.clone().filter(|_| visit.current) else { return };
        if let Some(company) = room.company() {
            visit.company = Some(company.clone());
        }
        if room.booth().is_some() {
            visit.name = room.guest().to_owned();
        }
        if room.is_over() {
            return self.over(&room);
        }
        // Taken back before a restart, or by the service for a line that was away too long.
        let stands = matches!(room.progress(), Progress::Open | Progress::Booked);
        if stands && room.last() > 0 && !self.knock_waits(&id) {
            let Some(visit) = self.visit() else { return };
            visit.asked = None;
        }
        let Some(visit) = self.visit() else { return };
        if room.progress() == Progress::InCall && visit.asked.is_none() {
            // Let in at the very moment of taking the request back: nobody is shown against their wish.
            let company = visit.company.clone();
            return match company {
                Some(company) => {
                    let next = Visit { ready: true, ..Visit::new(company, visit.name.clone()) };
                    self.leave_room();
                    self.stage = Stage::Visit(Box::new(next));
                    self.effects.push_back(Effect::Forget);
                }
                None => self.leave(None),
            };
        }
        if room.progress() == Progress::InCall {
            let ago = service_clock.map_or(0, |(then, at)| {
                let service_now = then.0 + now.saturating_duration_since(at).as_millis() as u64;
                service_now.saturating_sub(room.since().0)
            });
            visit.admitted.get_or_insert(now.checked_sub(Duration::from_millis(ago)).unwrap_or(now));
        }
        let mine = room.person(Seat::GUEST).is_some_and(|p| p.client == client);
        if mine {
            visit.returning = None;
            if !self.commands.any(&id, |c| matches!(c, Command::Switch { .. })) {
                self.obey_switches(&room);
            }
        } else if online
            && me.is_some()
            && room.booth() == me.as_ref()
            && !self.commands.any(&id, |c| matches!(c, Command::Join { .. }))
        {
            // After a restart, or when the first try could not be stored.
            self.take_seat(&id);
        }
        self.set_links(&room, mine);
    }

    fn set_links(&mut self, room: &Room, mine: bool) {
        let links = if mine { room.links(Seat::GUEST) } else { Vec::new() };
        let wanted: Vec<_> = links.into_iter().map(|(peer, receives)| (peer, codec_for(receives))).collect();
        let (ice, now) = (self.ice_servers.clone(), self.now);
        let Some(visit) = self.visit() else { return };
        let commands = visit.links.set(&wanted, &ice, now);
        commands.into_iter().for_each(|command| self.media_command(command));
    }

    fn over(&mut self, room: &Room) {
        let company = room.company().cloned();
        let note = room.note().map(|(from, text)| Note { from: from.to_owned(), text: text.to_owned() });
        let refused = |unanswered, note, company| Stage::Refused { company, note, unanswered };
        let next = match (room.progress(), room.end(), company) {
            (Progress::Refused, _, Some(company)) => refused(false, note, company),
            (_, Some(EndCause::Unanswered), Some(company)) => refused(true, None, company),
            (_, Some(EndCause::Guest), _) => Stage::Ended(End::Left, None),
            (_, Some(EndCause::GuestLost | EndCause::HostLost), _) => Stage::Ended(End::Lost, None),
            (_, Some(EndCause::SlotOver), _) => Stage::Ended(End::SlotOver, None),
            (_, Some(EndCause::Cancelled), _) => Stage::Ended(End::Cancelled, None),
            _ => Stage::Ended(End::Done, None),
        };
        self.finish_with(next);
    }

    /// A command of ours was not carried out.
    pub(super) fn refused(&mut self, room: &RoomId, command: &Command, reason: Refusal) {
        let Some(visit) = self.visit_of(room) else { return };
        match (command, reason) {
            // The log tells what it is instead.
            (_, Refusal::Over | Refusal::WrongMoment) => {}
            (Command::Knock { .. }, _) => {
                visit.asked = None;
                self.knock_refused(reason);
            }
            // The slot went by while the booth was away: the log says the rest.
            (Command::Join { .. }, Refusal::TooEarly | Refusal::TooLate) => {}
            (_, Refusal::NoSuchRoom | Refusal::NotAllowed) => self.finish_with(Stage::Welcome),
            _ => {}
        }
    }

    /// A room that does not come back after a restart is given up.
    pub(super) fn return_deadline(&self) -> Option<Instant> {
        let Stage::Visit(visit) = &self.stage else { return None };
        visit.returning.filter(|_| self.online()).map(|since| since + RETURNING)
    }
}
