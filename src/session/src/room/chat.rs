//! The chat of a room: what stands in it, and who may write and take back (T1 to T7).

use super::{Room, Sender, after};
use engawa_protocol::{Actor, Event, FileCard, FileId, Millis, Recorded, Refusal, Role, Seq, clean_post, limits};
use std::borrow::Cow;

/// One post of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Number of the event that posted it: its name.
    pub seq: Seq,
    /// When the service took it.
    pub at: Millis,
    /// Whose it is.
    pub by: Actor,
    /// Guest or host.
    pub role: Role,
    /// The author's shown name at that time.
    pub name: String,
    /// What it says.
    pub body: Body,
    /// It came after the end.
    pub late: bool,
}

/// What a post says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Words.
    Text(String),
    /// A file.
    File(FileCard),
    /// It was taken back; nothing of it is left.
    Deleted,
}

impl Room {
    /// Every post in order; one that was taken back has no words any more.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// The post of this number.
    pub fn post(&self, seq: Seq) -> Option<&Post> {
        let at = self.posts.binary_search_by_key(&seq, |post| post.seq).ok()?;
        self.posts.get(at)
    }

    /// An event of this room's log as it is read now: without the words of a post that was taken back.
    pub fn redact<'a>(&self, recorded: &'a Recorded) -> Cow<'a, Recorded> {
        let deleted = self.post(recorded.seq).is_some_and(|post| post.body == Body::Deleted);
        let event = match &recorded.event {
            Event::Said { late, .. } if deleted => Event::Said { text: String::new(), late: *late },
            Event::FileSent { file, late } if deleted => {
                Event::FileSent { file: FileCard { name: String::new(), ..file.clone() }, late: *late }
            }
            _ => return Cow::Borrowed(recorded),
        };
        Cow::Owned(Recorded { event, ..recorded.clone() })
    }

    pub(super) fn fold_post(&mut self, seq: Seq, at: Millis, by: &Actor, body: Body, late: bool) {
        let (role, name) = match by {
            Actor::Guest { .. } => (Role::Guest, self.guest.clone()),
            _ => (Role::Host, self.name_of(by)),
        };
        self.posts.push(Post { seq, at, by: by.clone(), role, name, body, late });
    }

    pub(super) fn fold_deletion(&mut self, which: impl Fn(&Post) -> bool) {
        let gone = self.posts.iter_mut().filter(|post| which(post));
        gone.for_each(|post| post.body = Body::Deleted);
    }

    pub(super) fn say(&self, from: &Sender, text: &str, late: bool) -> Result<Vec<Event>, Refusal> {
        self.chat_is_open(from)?;
        let text = clean_post(text).map_err(|_| Refusal::BadText)?;
        Ok(vec![Event::Said { text, late }])
    }

    pub(super) fn send_file(
        &self,
        from: &Sender,
        file: &FileId,
        card: Option<&FileCard>,
        late: bool,
    ) -> Result<Vec<Event>, Refusal> {
        self.chat_is_open(from)?;
        let fits = |card: &&FileCard| {
            card.file == *file
                && card.size <= limits::FILE_BYTES
                && (1..=limits::FILE_NAME_CHARS).contains(&card.name.chars().count())
        };
        let file = card.filter(fits).cloned().ok_or(Refusal::NoSuchFile)?;
        Ok(vec![Event::FileSent { file, late }])
    }

    pub(super) fn delete_post(&self, from: &Sender, seq: Seq) -> Result<Vec<Event>, Refusal> {
        // The guest is the same at every booth.
        let guest = matches!(from, Sender::Guest { .. });
        let own = |post: &&Post| post.by == from.actor() || (guest && post.role == Role::Guest);
        let own = self.post(seq).filter(own).ok_or(Refusal::NoSuchPost)?;
        Ok(if own.body == Body::Deleted { Vec::new() } else { vec![Event::PostDeleted { post: seq }] })
    }

    pub(super) fn clear_chat(&self) -> Vec<Event> {
        let any = self.posts.iter().any(|post| post.body != Body::Deleted);
        if any { vec![Event::ChatCleared] } else { Vec::new() }
    }

    /// The room is over, or the guest has moved, and what a queue held through that is still taken.
    pub(super) fn takes_late(&self, from: &Sender, now: Millis) -> bool {
        let Sender::Guest { booth } = from else { return false };
        let since = match self.booth.as_ref() == Some(booth) {
            true => self.is_over().then_some(self.since),
            false => self.moved_at(booth),
        };
        since.is_some_and(|since| now < after(since, self.policy.late))
    }

    /// Somebody is there to write or to read: the guest has knocked, or a host has joined.
    fn chat_is_open(&self, from: &Sender) -> Result<(), Refusal> {
        let open = match from {
            Sender::Guest { booth } => self.booth.as_ref() == Some(booth) || self.moved_at(booth).is_some(),
            _ => self.booth.is_some() || !self.accounts.is_empty(),
        };
        if open { Ok(()) } else { Err(Refusal::WrongMoment) }
    }
}
