//! The line to the service: what comes over it, and the commands that go.

use super::{Booth, Effect, LinkFault};
use engawa_protocol::{ClientMessage, Command, Millis, Refusal, RoomId, ServiceMessage, You};
use std::time::{Duration, Instant};

/// The connection to the service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Link {
    /// Open, and hello was sent.
    Greeting {
        down_since: Instant,
    },
    /// Welcomed.
    Up,
    Down {
        since: Instant,
        fault: LinkFault,
    },
}

impl Booth {
    /// The service can be reached.
    pub(super) fn online(&self) -> bool {
        self.link == Link::Up
    }

    /// The service's clock, while it can be reached.
    pub fn service_time(&self) -> Option<Millis> {
        self.service_now().filter(|_| self.online())
    }

    pub(super) fn down_since(&self) -> Instant {
        match self.link {
            Link::Up => self.now,
            Link::Down { since, .. } => since,
            Link::Greeting { down_since } => down_since,
        }
    }

    /// For how long the service has been away.
    pub(super) fn offline_for(&self) -> Duration {
        self.now.saturating_duration_since(self.down_since())
    }

    pub(super) fn receive(&mut self, message: ServiceMessage) {
        match message {
            ServiceMessage::Welcome { you: You::Booth { name, booth }, ice_servers, now, .. } => {
                (self.link, self.tries) = (Link::Up, 0);
                self.me = Some(booth);
                (self.shown_name, self.ice_servers) = (name, ice_servers);
                self.service_clock = Some((now, self.now));
                // The wait for the room begins with the service.
                let now = self.now;
                if let Some(visit) = self.visit() {
                    visit.returning = visit.returning.map(|_| now);
                }
                // What was not answered goes first: it may be what opens the room.
                self.commands.ready();
                self.send_commands();
                self.follow();
                self.call_again();
                self.device_untold();
                self.check_soon();
            }
            ServiceMessage::Directory { companies } => self.companies = companies,
            ServiceMessage::Queue { room, place } => {
                if let Some(visit) = self.visit_of(&room) {
                    visit.place = Some(place);
                }
            }
            ServiceMessage::Events { room, events, last } => self.follow_events(&room, &events, last),
            // The queue's own commands are answered to its keeper.
            ServiceMessage::Done { queue: Some(_), .. } | ServiceMessage::Refused { queue: Some(_), .. } => {}
            ServiceMessage::Done { n, .. } => {
                self.commands.answered(n);
            }
            // It could not be stored: the same again in a moment, under the same number.
            ServiceMessage::Refused { n, reason: Refusal::Unavailable, .. } => self.commands.postpone(n, self.now),
            ServiceMessage::Refused { room, n, reason, .. } => {
                if let Some(command) = self.commands.answered(n) {
                    self.refused(&room, &command, reason);
                }
            }
            ServiceMessage::Invited { n, room, booking, goes_on, now } => {
                self.invited(n, room, booking, goes_on, now);
            }
            ServiceMessage::NotInvited { n, reason } => self.not_invited(n, reason),
            ServiceMessage::Signal { room, from, to, attempt, signal } => self.signal(&room, from, to, attempt, signal),
            ServiceMessage::StaffCall { called, attended_by } => self.called(called, attended_by),
            // For hosts, or nothing to decide on.
            ServiceMessage::Welcome { .. }
            | ServiceMessage::Lobby { .. }
            | ServiceMessage::Floor { .. }
            | ServiceMessage::Still { .. }
            | ServiceMessage::Pong { .. }
            | ServiceMessage::Fault { .. } => {}
        }
    }

    /// Has a command carried out: sent now, or when the link is back, until it is answered.
    pub(super) fn command(&mut self, room: RoomId, command: Command) {
        self.commands.push(room, command);
        self.send_commands();
    }

    pub(super) fn send_commands(&mut self) {
        if self.online() {
            for message in self.commands.take_due(self.now) {
                self.send(message);
            }
        }
    }

    pub(super) fn send(&mut self, message: ClientMessage) {
        self.effects.push_back(Effect::Send(message));
    }
}
