//! What a booth's user sends, from the pen to the service's durable "done".
//!
//! [`Outbox`] owns the order and the fate of every line and file: it is shown as waiting only when
//! the disk has it, goes out one after the other under a name that survives a restart, and is
//! forgotten when the service has it for good, when the service refuses it for good, or when it
//! has become too old. It holds several candidates' sessions and shows each to its own room only.
//! Never does: I/O; the disk, the line and the upload are adapters that carry out [`Effect`]s.

mod backlog;
mod deliver;
mod entry;
mod port;

pub use entry::{Contents, Entry, Item, Kept, Session};
pub use port::{Draft, Effect, Input, KeepFault, OutboxError, Progress, Reason, Undelivered, UploadFault, Waiting};

use backlog::{Backlog, Pause, Post, Step};
use engawa_protocol::{ClientId, CommandId, Millis, Refusal, RoomId, clean_post, limits};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The queue's bounds.
#[derive(Debug, Clone)]
pub struct Config {
    /// Bytes on disk, of all sessions together.
    pub bytes: u64,
    /// Entries on disk, of all sessions together.
    pub entries: usize,
    /// What is left of an ended session is dropped after this, delivered or not; the room takes
    /// nothing later either.
    pub late: Duration,
    /// An answer that does not come for this long was lost on the way.
    pub answer: Duration,
    /// Between two commands: well below [`limits::RATE_PER_SECOND`], which the call needs too.
    pub pace: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024 * 1024,
            entries: 2048,
            late: Duration::from_secs(24 * 60 * 60),
            answer: Duration::from_secs(20),
            pace: Duration::from_millis(40),
        }
    }
}

/// The queue of a booth.
pub struct Outbox {
    config: Config,
    random: Box<dyn FnMut() -> [u8; 16] + Send>,
    sessions: Vec<Backlog>,
    online: bool,
    /// The service's clock at a moment of ours.
    clock: Option<(Millis, Instant)>,
    /// The one file on its way.
    uploading: Option<CommandId>,
    /// Nothing is due earlier.
    started: Instant,
    /// The next command goes out no earlier.
    next_send: Instant,
    effects: VecDeque<Effect>,
}

impl Outbox {
    /// A queue with what the disk gave back. Every session but that of `current`, the interview
    /// that the booth returns to, has ended.
    ///
    /// `random` answers 128 fresh random bits at each call, for the queues' names.
    pub fn new(
        config: Config,
        kept: Vec<Kept>,
        current: Option<&RoomId>,
        random: impl FnMut() -> [u8; 16] + Send + 'static,
        now: Instant,
    ) -> Self {
        let drop_at = now + config.late;
        let mut outbox = Self {
            config,
            random: Box::new(random),
            sessions: kept.into_iter().map(|kept| Backlog::from_disk(kept, drop_at)).collect(),
            online: false,
            clock: None,
            uploading: None,
            started: now,
            next_send: now,
            effects: VecDeque::new(),
        };
        let rooms: Vec<_> = outbox.sessions.iter().map(|backlog| backlog.session.room.clone()).collect();
        rooms.iter().filter(|room| Some(*room) != current).for_each(|room| outbox.end(room, now));
        outbox.settle();
        outbox
    }

    /// Takes something that the user sends to `room`; it is shown as waiting once the disk has it.
    pub fn write(&mut self, room: &RoomId, draft: Draft, now: Instant) -> Result<CommandId, OutboxError> {
        let (item, contents) = checked(draft)?;
        let at = self.session(room, now);
        let since = self.service_time(now);
        let backlog = &mut self.sessions[at];
        let id = CommandId { client: backlog.session.queue.clone(), n: backlog.session.last + 1 };
        let entry = Entry { id: id.clone(), item };
        if self.count() >= self.config.entries || self.bytes() + entry.cost() > self.config.bytes {
            return Err(OutboxError::Full);
        }
        let backlog = &mut self.sessions[at];
        backlog.session.last = id.n;
        backlog.session.ended = false;
        backlog.session.since = since.or(backlog.session.since);
        backlog.entries.push_back(Post::new(entry.clone(), Step::Keeping));
        let session = backlog.session.clone();
        self.effects.push_back(Effect::Keep { session, entry, contents });
        Ok(id)
    }

    /// Takes what happened.
    pub fn handle(&mut self, input: Input, now: Instant) {
        match input {
            Input::Kept(id) => self.change(&id, |post, _| {
                if post.step == Step::Keeping {
                    post.step = Step::Waiting;
                }
            }),
            Input::KeepFailed(id, fault) => self.give_up(&id, Reason::NotKept(fault)),
            Input::LinkUp { now: service } => self.link_up(service, now),
            Input::LinkDown => self.link_down(),
            Input::Done(id) => {
                if let Some(backlog) = self.backlog(&id)
                    && backlog.take(&id).is_some()
                {
                    backlog.pause.over();
                    self.effects.push_back(Effect::Forget(id));
                }
            }
            Input::Refused(id, reason) => self.refused(&id, reason, now),
            Input::Uploading { id, sent } => self.change(&id, |post, _| post.sent = sent),
            Input::Uploaded(id) => {
                self.upload_over(&id);
                self.change(&id, |post, pause| {
                    if let Step::Waiting | Step::Uploading = post.step {
                        (post.step, post.sent) = (Step::Uploaded, 0);
                        post.uploads += 1;
                        pause.over();
                    }
                });
            }
            Input::UploadFailed { id, sent, fault } => {
                self.upload_over(&id);
                match fault {
                    UploadFault::Away | UploadFault::Refused(Refusal::Unavailable) => {
                        self.change(&id, |post, pause| {
                            if sent > post.sent {
                                pause.over();
                            }
                            (post.step, post.sent) = (Step::Waiting, sent);
                            pause.failed(now);
                        });
                    }
                    UploadFault::Refused(reason) => self.give_up(&id, Reason::Refused(reason)),
                }
            }
            Input::SessionEnded { room } => self.end(&room, now),
            Input::Dismissed(id) => {
                if let Some(backlog) = self.backlog(&id) {
                    backlog.undelivered.retain(|undelivered| undelivered.id != id);
                }
            }
        }
        self.handle_timeout(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        for at in 0..self.sessions.len() {
            let backlog = &mut self.sessions[at];
            if backlog.session.ended && backlog.drop_at <= now {
                let dropped = backlog.entries.drain(..).map(|post| Effect::Forget(post.entry.id));
                self.effects.extend(dropped);
            }
        }
        self.settle();
        self.deliver(now);
    }

    /// What to do next; ask until there is nothing, and carry it out in this order.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to call [`Outbox::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        let wakes = self.sessions.iter().filter_map(|backlog| {
            let due = self.due(backlog);
            let dropped = backlog.session.ended.then_some(backlog.drop_at);
            due.into_iter().chain(dropped).min()
        });
        wakes.min()
    }

    /// What of `room` is on the disk and not delivered, in order.
    pub fn waiting(&self, room: &RoomId) -> Vec<Waiting> {
        let posts = self.of(room).into_iter().flat_map(|backlog| &backlog.entries);
        posts
            .filter_map(|post| {
                let Entry { id, item } = post.entry.clone();
                Some(Waiting { id, item, progress: post.progress()? })
            })
            .collect()
    }

    /// What of `room` will not be delivered, and why.
    pub fn undelivered(&self, room: &RoomId) -> &[Undelivered] {
        self.of(room).map_or(&[], |backlog| &backlog.undelivered)
    }

    fn of(&self, room: &RoomId) -> Option<&Backlog> {
        self.sessions.iter().find(|backlog| backlog.session.room == *room)
    }

    fn backlog(&mut self, id: &CommandId) -> Option<&mut Backlog> {
        self.sessions.iter_mut().find(|backlog| backlog.session.queue == id.client)
    }

    fn change(&mut self, id: &CommandId, with: impl FnOnce(&mut Post, &mut Pause)) {
        let Some(backlog) = self.backlog(id) else { return };
        let mut pause = backlog.pause;
        if let Some(post) = backlog.find(id) {
            with(post, &mut pause);
            backlog.pause = pause;
        }
    }

    fn count(&self) -> usize {
        self.sessions.iter().map(|backlog| backlog.entries.len()).sum()
    }

    fn bytes(&self) -> u64 {
        self.sessions.iter().flat_map(|backlog| &backlog.entries).map(|post| post.entry.cost()).sum()
    }

    fn service_time(&self, now: Instant) -> Option<Millis> {
        let (Millis(then), at) = self.clock?;
        Some(Millis(then + now.saturating_duration_since(at).as_millis() as u64))
    }

    /// The room's session, a new one if it has none.
    fn session(&mut self, room: &RoomId, now: Instant) -> usize {
        if let Some(at) = self.sessions.iter().position(|backlog| backlog.session.room == *room) {
            return at;
        }
        let queue = ClientId::from_random((self.random)());
        let session = Session { queue, room: room.clone(), last: 0, ended: false, since: self.service_time(now) };
        self.sessions.push(Backlog::new(session, now + self.config.late));
        self.sessions.len() - 1
    }
}

/// Makes an entry's item of a draft, or says why not.
fn checked(draft: Draft) -> Result<(Item, Option<Contents>), OutboxError> {
    match draft {
        Draft::Line(text) => {
            let text = clean_post(&text).map_err(OutboxError::Text)?;
            Ok((Item::Line { text }, None))
        }
        Draft::File { card, contents } => {
            if contents.bytes().len() > limits::FILE_BYTES as usize {
                return Err(OutboxError::TooLarge(limits::FILE_BYTES));
            }
            if card.size as usize != contents.bytes().len() || card.name.chars().count() > limits::FILE_NAME_CHARS {
                return Err(OutboxError::Card);
            }
            Ok((Item::File(card), Some(contents)))
        }
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("online", &self.online).field("waiting", &self.count()).finish_non_exhaustive()
    }
}
