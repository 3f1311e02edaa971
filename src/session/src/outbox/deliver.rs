//! What goes out next, and what becomes of it.

use super::backlog::{Backlog, Step, UPLOADS};
use super::{Effect, Item, Outbox, Reason, Undelivered};
use engawa_protocol::{CommandId, Millis, Refusal, RoomId};
use std::time::Instant;

impl Outbox {
    /// Sends what is due. A session's first entry alone is under way: only so does the order hold
    /// when the service cannot store one and takes the next. Who is there goes before who has left.
    pub(super) fn deliver(&mut self, now: Instant) {
        if !self.online {
            return;
        }
        let (there, gone): (Vec<_>, Vec<_>) =
            (0..self.sessions.len()).partition(|at| !self.sessions[*at].session.ended);
        for at in there.into_iter().chain(gone) {
            if self.due(&self.sessions[at]).is_some_and(|due| due <= now) {
                self.deliver_first(at, now);
            }
        }
    }

    fn deliver_first(&mut self, at: usize, now: Instant) {
        let backlog = &mut self.sessions[at];
        let room = backlog.session.room.clone();
        let Some(first) = backlog.entries.front_mut() else { return };
        let id = first.entry.id.clone();
        match (&first.entry.item, first.step) {
            (Item::File(card), Step::Waiting) => {
                first.step = Step::Uploading;
                let card = card.clone();
                self.uploading = Some(id.clone());
                self.effects.push_back(Effect::Upload { id, room, card });
            }
            _ => {
                first.step = Step::Sent(now);
                let command = first.entry.command();
                self.next_send = now + self.config.pace;
                self.effects.push_back(Effect::Send { room, id, command });
            }
        }
    }

    /// When the session's first entry is to be sent; none while nothing can be done for it.
    pub(super) fn due(&self, backlog: &Backlog) -> Option<Instant> {
        let first = backlog.entries.front().filter(|_| self.online)?;
        let rested = |at: Instant| backlog.pause.until().map_or(at, |until| until.max(at));
        match first.step {
            Step::Keeping | Step::Uploading => None,
            Step::Waiting if first.is_file() => self.uploading.is_none().then(|| rested(self.started)),
            Step::Waiting | Step::Uploaded => Some(rested(self.next_send)),
            Step::Sent(at) => Some(self.next_send.max(at + self.config.answer)),
        }
    }

    pub(super) fn link_up(&mut self, service: Millis, now: Instant) {
        (self.online, self.clock) = (true, Some((service, now)));
        for backlog in &mut self.sessions {
            backlog.pause.over();
            let Some(since) = backlog.session.since else {
                // The first time that its age can be told.
                backlog.session.since = Some(service);
                self.effects.push_back(Effect::KeepSession(backlog.session.clone()));
                continue;
            };
            let age = std::time::Duration::from_millis(service.0.saturating_sub(since.0));
            let left = self.config.late.saturating_sub(age);
            backlog.drop_at = backlog.drop_at.min(now + left);
        }
    }

    pub(super) fn link_down(&mut self) {
        self.online = false;
        // What was sent may have arrived: it is sent again under the same name.
        for post in self.sessions.iter_mut().flat_map(|backlog| &mut backlog.entries) {
            if let Step::Sent(_) = post.step {
                post.step = post.unsent();
            }
        }
    }

    pub(super) fn refused(&mut self, id: &CommandId, reason: Refusal, now: Instant) {
        let Some(post) = self.backlog(id).and_then(|backlog| backlog.find(id)) else { return };
        let again = match reason {
            Refusal::Unavailable => post.unsent(),
            // An upload that was not followed up in time is thrown away there.
            Refusal::NoSuchFile if post.is_file() && post.uploads < UPLOADS => Step::Waiting,
            reason => return self.give_up(id, Reason::Refused(reason)),
        };
        self.change(id, |post, pause| {
            post.step = again;
            pause.failed(now);
        });
    }

    pub(super) fn upload_over(&mut self, id: &CommandId) {
        self.uploading.take_if(|uploading| uploading == id);
    }

    /// Takes an entry out that will not be delivered; who wrote it is told.
    pub(super) fn give_up(&mut self, id: &CommandId, reason: Reason) {
        let Some(backlog) = self.backlog(id) else { return };
        let Some(post) = backlog.take(id) else { return };
        if !backlog.session.ended {
            backlog.undelivered.push(Undelivered { id: id.clone(), item: post.entry.item, reason });
        }
        if !matches!(reason, Reason::NotKept(_)) {
            self.effects.push_back(Effect::Forget(id.clone()));
        }
    }

    pub(super) fn end(&mut self, room: &RoomId, now: Instant) {
        let since = self.service_time(now);
        let drop_at = now + self.config.late;
        let Some(backlog) = self.sessions.iter_mut().find(|backlog| backlog.session.room == *room) else { return };
        backlog.undelivered.clear();
        if !backlog.session.ended {
            backlog.drop_at = drop_at;
            backlog.session.ended = true;
            backlog.session.since = since.or(backlog.session.since);
            if !backlog.entries.is_empty() {
                self.effects.push_back(Effect::KeepSession(backlog.session.clone()));
            }
        }
    }

    /// Lets go of the sessions that are over; with the last of them everything is wiped.
    pub(super) fn settle(&mut self) {
        let before = self.sessions.len();
        let (over, stay) = std::mem::take(&mut self.sessions).into_iter().partition::<Vec<_>, _>(Backlog::is_over);
        self.sessions = stay;
        self.effects.extend(over.into_iter().map(|backlog| Effect::ForgetSession(backlog.session.queue)));
        if before > 0 && self.sessions.is_empty() {
            self.effects.push_back(Effect::Wipe);
        }
    }
}
