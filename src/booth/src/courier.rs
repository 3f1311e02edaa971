//! The queue's keeper: carries out what [`engawa_session::outbox`] decides, on the disk and over
//! HTTP, and tells the candidate's walk what waits.
//!
//! Owns: the queue and its two adapters, so that the program's loop sees one value. Never does:
//! decisions about what goes when.

use crate::store;
use crate::upload::{Job, Uploads};
use engawa_protocol::{ClientMessage, CommandId, RoomId, ServiceMessage};
use engawa_session::booth::{Input as BoothInput, Queued};
use engawa_session::outbox::{
    Config, Draft, Effect, Input, Item, Kept, Outbox, Progress, Reason, Undelivered, UploadFault, Waiting,
};
use engawa_session::view::{LineBody, LineState};
use std::collections::VecDeque;
use std::time::Instant;

/// Something for the loop to pass on.
#[derive(Debug)]
pub enum Outgoing {
    /// To the service.
    Send(ClientMessage),
    /// To the candidate's walk.
    Tell(BoothInput),
}

/// The keeper.
#[derive(Debug)]
pub struct Courier {
    queue: Outbox,
    disk: store::Outbox,
    uploads: Uploads,
    /// Whose queue is shown.
    room: Option<RoomId>,
    shown: Vec<Queued>,
    outgoing: VecDeque<Outgoing>,
}

impl Courier {
    /// A keeper of what the disk gave back; `current` is the interview that the booth returns to.
    pub fn new(
        (disk, kept): (store::Outbox, Vec<Kept>),
        uploads: Uploads,
        current: Option<RoomId>,
        random: impl FnMut() -> [u8; 16] + Send + 'static,
        now: Instant,
    ) -> Self {
        let queue = Outbox::new(Config::default(), kept, current.as_ref(), random, now);
        let (shown, outgoing) = (Vec::new(), VecDeque::new());
        let mut courier = Self { queue, disk, uploads, room: current, shown, outgoing };
        courier.work(now);
        courier
    }

    /// Takes what the candidate sends.
    pub fn write(&mut self, room: RoomId, draft: Draft, now: Instant) {
        if let Err(error) = self.queue.write(&room, draft, now) {
            tracing::warn!(%error, "the queue takes nothing");
            self.outgoing.push_back(Outgoing::Tell(BoothInput::QueueFull));
        }
        if self.room.as_ref() != Some(&room) {
            (self.room, self.shown) = (Some(room), Vec::new());
        }
        self.work(now);
    }

    /// The candidate has read why something was not delivered.
    pub fn dismiss(&mut self, id: CommandId, now: Instant) {
        self.handle(Input::Dismissed(id), now);
    }

    /// The candidate is gone.
    pub fn end_session(&mut self, room: RoomId, now: Instant) {
        self.room.take_if(|shown| *shown == room);
        self.handle(Input::SessionEnded { room }, now);
    }

    /// Looks at what the service says, before the walk does.
    pub fn heard(&mut self, message: &ServiceMessage, now: Instant) {
        let input = match message {
            ServiceMessage::Welcome { now, .. } => Input::LinkUp { now: *now },
            ServiceMessage::Done { n, queue: Some(queue), .. } => {
                Input::Done(CommandId { client: queue.clone(), n: *n })
            }
            ServiceMessage::Refused { n, reason, queue: Some(queue), .. } => {
                Input::Refused(CommandId { client: queue.clone(), n: *n }, *reason)
            }
            _ => return,
        };
        self.handle(input, now);
    }

    /// The service is away.
    pub fn link_down(&mut self, now: Instant) {
        self.handle(Input::LinkDown, now);
    }

    /// Takes what an upload tells.
    pub fn handle(&mut self, input: Input, now: Instant) {
        self.queue.handle(input, now);
        self.work(now);
    }

    /// When to call [`Courier::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.queue.poll_timeout()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.queue.handle_timeout(now);
        self.work(now);
    }

    /// What to pass on; ask until there is nothing.
    pub fn poll(&mut self) -> Option<Outgoing> {
        self.outgoing.pop_front()
    }

    fn work(&mut self, now: Instant) {
        while let Some(effect) = self.queue.poll_effect() {
            if let Some(answer) = self.carry_out(effect) {
                self.queue.handle(answer, now);
            }
        }
        self.show();
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Input> {
        let done = match effect {
            Effect::Keep { session, entry, contents } => {
                let kept = self.disk.keep(&session, &entry, contents.as_ref());
                let answer = match &kept {
                    Ok(()) => Input::Kept(entry.id),
                    Err(error) => Input::KeepFailed(entry.id, error.fault()),
                };
                log(kept);
                return Some(answer);
            }
            Effect::Upload { id, room, card } => match self.disk.file(&id) {
                Ok(file) => {
                    self.uploads.start(Job { id, room, card, file });
                    return None;
                }
                Err(error) => {
                    tracing::error!(%error, "a file of the queue cannot be opened");
                    return Some(Input::UploadFailed { id, sent: 0, fault: UploadFault::Away });
                }
            },
            Effect::Send { room, id: CommandId { client, n }, command } => {
                let message = ClientMessage::Command { room, n, command, queue: Some(client) };
                self.outgoing.push_back(Outgoing::Send(message));
                return None;
            }
            Effect::KeepSession(session) => self.disk.keep_session(&session),
            Effect::Forget(id) => self.disk.forget(&id),
            Effect::ForgetSession(queue) => self.disk.forget_session(&queue),
            Effect::Wipe => self.disk.wipe(),
        };
        log(done);
        None
    }

    /// Tells the walk what waits, when that changed.
    fn show(&mut self) {
        let Some(room) = self.room.clone() else { return };
        let mut queued: Vec<_> = self.queue.waiting(&room).into_iter().map(waiting).collect();
        queued.extend(self.queue.undelivered(&room).iter().cloned().map(undelivered));
        queued.sort_by_key(|queued| queued.id.n);
        if queued != self.shown {
            self.shown.clone_from(&queued);
            self.outgoing.push_back(Outgoing::Tell(BoothInput::Queued { room, queued }));
        }
    }
}

fn waiting(Waiting { id, item, progress }: Waiting) -> Queued {
    let state = match progress {
        Progress::Uploading { sent } => LineState::Sending { sent },
        Progress::Waiting | Progress::Sent => LineState::Waiting,
    };
    Queued { id, body: body(item), state }
}

fn undelivered(Undelivered { id, item, reason }: Undelivered) -> Queued {
    let reason = match reason {
        Reason::Refused(reason) => Some(reason),
        Reason::NotKept(_) => None,
    };
    Queued { id, body: body(item), state: LineState::Failed(reason) }
}

fn body(item: Item) -> LineBody {
    match item {
        Item::Line { text } => LineBody::Text(text),
        Item::File(card) => LineBody::File { name: card.name, size: card.size, media_type: card.media_type },
    }
}

/// A disk that fails costs what is being written, and the user is told; not the interview.
fn log(done: Result<(), store::StoreError>) {
    if let Err(error) = done {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, cause, "the queue's disk");
    }
}
