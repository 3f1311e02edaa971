//! Following the room's log: the walk and the peer connections are made what it says.

use super::visit::Visit;
use super::{Booth, Effect, Stage};
use crate::room::{Room, Sender};
use crate::view::{End, Note};
use engawa_protocol::{ClientMessage, Codec, Command, EndCause, Progress, Recorded, Refusal, RoomId, Seat, Seq};
use std::time::Duration;

impl Booth {
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
        let asked = visit.asked.is_some();
        if room.is_over() {
            return self.over(&room);
        }
        // The guest went on at another booth. Whoever comes back here with a ticket has not asked yet, or asks now.
        let moved = me.as_ref().is_some_and(|me| room.moved_from(&Sender::Guest { booth: me.clone() }).is_some());
        if moved && asked && !self.knock_waits(&id) {
            return self.finish_with(Stage::Ended(End::TakenOver, None));
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
}

/// H264 first; VP8 for a peer that cannot.
fn codec_for(receives: &[Codec]) -> Codec {
    if receives.contains(&Codec::H264) || receives.is_empty() { Codec::H264 } else { Codec::Vp8 }
}
