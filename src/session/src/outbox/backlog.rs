//! One session's entries in their order, and how far the first of them is.

use super::entry::{Entry, Item, Kept, Session};
use super::port::{Progress, Undelivered};
use engawa_protocol::CommandId;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A file that the service says it does not have is brought there this often.
pub const UPLOADS: u32 = 3;

#[derive(Debug)]
pub struct Backlog {
    pub session: Session,
    pub entries: VecDeque<Post>,
    pub undelivered: Vec<Undelivered>,
    pub pause: Pause,
    /// An ended session is dropped then, delivered or not.
    pub drop_at: Instant,
}

#[derive(Debug)]
pub struct Post {
    pub entry: Entry,
    pub step: Step,
    /// Bytes of the file that the service has.
    pub sent: u32,
    /// How often the whole file was brought there.
    pub uploads: u32,
}

/// How far an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// On its way to the disk; nobody sees it yet.
    Keeping,
    /// On the disk.
    Waiting,
    /// The file's bytes are going out.
    Uploading,
    /// The service has the file's bytes.
    Uploaded,
    /// Sent at this moment.
    Sent(Instant),
}

impl Post {
    pub fn new(entry: Entry, step: Step) -> Self {
        Self { entry, step, sent: 0, uploads: 0 }
    }

    pub fn is_file(&self) -> bool {
        matches!(self.entry.item, Item::File(_))
    }

    /// Where it stands when its command has to be sent again.
    pub fn unsent(&self) -> Step {
        if self.is_file() { Step::Uploaded } else { Step::Waiting }
    }

    /// As people see it; nothing that is not on the disk is seen.
    pub fn progress(&self) -> Option<Progress> {
        match self.step {
            Step::Keeping => None,
            Step::Waiting if self.sent > 0 => Some(Progress::Uploading { sent: self.sent }),
            Step::Waiting => Some(Progress::Waiting),
            Step::Uploading => Some(Progress::Uploading { sent: self.sent }),
            Step::Uploaded | Step::Sent(_) => Some(Progress::Sent),
        }
    }
}

impl Backlog {
    pub fn new(session: Session, drop_at: Instant) -> Self {
        Self { session, entries: VecDeque::new(), undelivered: Vec::new(), pause: Pause::default(), drop_at }
    }

    pub fn from_disk(kept: Kept, drop_at: Instant) -> Self {
        let entries = kept.entries.into_iter().map(|entry| Post::new(entry, Step::Waiting)).collect();
        Self { entries, ..Self::new(kept.session, drop_at) }
    }

    pub fn find(&mut self, id: &CommandId) -> Option<&mut Post> {
        self.entries.iter_mut().find(|post| post.entry.id == *id)
    }

    pub fn take(&mut self, id: &CommandId) -> Option<Post> {
        let at = self.entries.iter().position(|post| post.entry.id == *id)?;
        self.entries.remove(at)
    }

    /// The candidate is gone and nothing is left to deliver.
    pub fn is_over(&self) -> bool {
        self.session.ended && self.entries.is_empty()
    }
}

/// A rest after a failure, longer with every further one.
#[derive(Debug, Default, Clone, Copy)]
pub struct Pause {
    failures: u32,
    until: Option<Instant>,
}

impl Pause {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(60);

    pub fn failed(&mut self, now: Instant) {
        let wait = Self::FIRST.saturating_mul(1 << self.failures.min(10)).min(Self::LONGEST);
        self.failures += 1;
        self.until = Some(now + wait);
    }

    pub fn over(&mut self) {
        *self = Self::default();
    }

    pub fn until(&self) -> Option<Instant> {
        self.until
    }
}
