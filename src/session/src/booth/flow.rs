//! The media of a visit: what it tells, what peers signal, and opening it again when it broke.

use super::links::Links;
use super::{Booth, MediaCommand, MediaInput, Stage};
use crate::health::Part;
use engawa_protocol::{ClientMessage, LinkId, Peer, RoomId, Signal};
use std::time::{Duration, Instant};

/// Broken media is opened again after this, doubling.
const REOPEN: Duration = Duration::from_secs(1);
const REOPEN_LONGEST: Duration = Duration::from_secs(8);

/// Media that broke in an interview.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repair {
    since: Instant,
    /// When it is opened again; none while that is being tried.
    pub at: Option<Instant>,
    wait: Duration,
}

impl Booth {
    pub(super) fn signal(&mut self, room: &RoomId, from: Peer, to: Peer, attempt: u32, signal: Signal) {
        let Some(actor) = self.actor() else { return };
        let (client, now) = (self.client.clone(), self.now);
        let Some(visit) = self.visit_of(room) else { return };
        let me = visit.room.as_ref().and_then(|(_, state)| state.peer_of(&actor, &client));
        let link = LinkId { peer: from, attempt };
        if me != Some(to) || !visit.links.is_current(link) {
            return;
        }
        if signal == Signal::Rebuild {
            return visit.links.rebuild(link, now);
        }
        self.media_command(MediaCommand::Signal { link, signal });
    }

    pub(super) fn media(&mut self, input: MediaInput) {
        let now = self.now;
        match input {
            MediaInput::Heard { level, voice } => {
                self.repair = None;
                let muted = !self.devices.microphone && self.visit().is_some_and(|visit| visit.in_call());
                self.meter.hear(level, voice, muted, now);
            }
            MediaInput::SourceLost(source) => {
                self.lost_sources.insert(source);
            }
            MediaInput::SourceBack(source) => {
                self.lost_sources.remove(&source);
            }
            MediaInput::Still { room, jpeg } => {
                let wanted = self.visit_of(&room).is_some_and(|visit| visit.asked.is_some());
                if wanted && self.devices.camera && self.online() {
                    self.send(ClientMessage::Still { room, jpeg });
                }
            }
            MediaInput::Broken => self.media_broken(),
            MediaInput::Signal { link, signal } => {
                let Some((room, true)) = self.visit().and_then(|visit| {
                    let (room, _) = visit.room.as_ref()?;
                    Some((room.clone(), visit.links.is_current(link)))
                }) else {
                    return;
                };
                if self.online() {
                    self.send(ClientMessage::Signal { room, to: link.peer, attempt: link.attempt, signal });
                } else if let Some(visit) = self.visit().filter(|v| !v.links.flows(link)) {
                    // A signal that cannot be delivered leaves the connection half built.
                    visit.links.failed(link, now);
                }
            }
            MediaInput::Connected(link) => self.with_links(|links| links.connected(link)),
            MediaInput::Interrupted(link) => self.with_links(|links| links.interrupted(link)),
            MediaInput::Failed(link) => self.with_links(|links| links.failed(link, now)),
            MediaInput::Picture(link) => self.with_links(|links| links.picture(link)),
        }
    }

    fn with_links(&mut self, act: impl FnOnce(&mut Links)) {
        if let Some(visit) = self.visit() {
            act(&mut visit.links);
        }
    }

    /// The media as a whole is gone: in an interview it is opened again, else the booth says so.
    fn media_broken(&mut self) {
        if !self.media_open {
            return;
        }
        let now = self.now;
        let Some(visit) = self.visit() else { return self.close_media() };
        if visit.room.is_none() {
            return self.cannot_capture();
        }
        let repair = self.repair.unwrap_or(Repair { since: now, at: None, wait: REOPEN });
        if now >= repair.since + self.config.give_up {
            self.leave_room();
            return self.cannot_capture();
        }
        let wait = (repair.wait * 2).min(REOPEN_LONGEST);
        self.repair = Some(Repair { since: repair.since, at: Some(now + repair.wait), wait });
    }

    /// A check tells more, and heals it.
    fn cannot_capture(&mut self) {
        self.health.failed(Part::Camera, "the media could not be started: look at camera and sound card", self.now);
        self.finish_with(Stage::Welcome);
    }

    pub(super) fn retry_media(&mut self) {
        let now = self.now;
        let Some(repair) = self.repair.as_mut().filter(|repair| repair.at.is_some_and(|at| at <= now)) else { return };
        repair.at = None;
        self.open_media();
        self.with_links(|links| links.begin_again(now));
    }
}
