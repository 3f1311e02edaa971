//! The candidate's side of the chat: what is typed, what waits on disk, what was not read yet.

use super::visit::Visit;
use super::{Booth, Effect};
use crate::keyboard::{Key, Keyboard};
use crate::room::{Body, Post, Room};
use crate::view::{Chat, Document, DocumentState, Line, LineBody, LineKey, LineState, Notice, QuickAnswer};
use engawa_protocol::{Actor, Command, CommandId, RoomId, Seq};

/// Lines that are shown: the latest.
const LINES: usize = 200;

/// One line or file of the booth's queue, as its keeper tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The queue and the count in it.
    pub id: CommandId,
    /// What it says.
    pub body: LineBody,
    /// How far it is.
    pub state: LineState,
}

/// The chat of a visit, beside the posts that the log holds.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// Open, with what is typed; what was typed stays while it is closed.
    open: bool,
    keyboard: Option<Keyboard>,
    /// The last post that was on the screen.
    read: Seq,
    queued: Vec<Queued>,
    document: Option<(Seq, DocumentState)>,
}

impl Talk {
    pub fn document(&self) -> Option<Seq> {
        self.document.map(|(post, _)| post)
    }
}

impl Booth {
    pub(super) fn open_chat(&mut self, open: bool) {
        let locale = self.locale;
        let Some(visit) = self.visit().filter(|visit| visit.can_chat()) else { return };
        visit.talk.open = open;
        visit.talk.keyboard.get_or_insert_with(|| Keyboard::for_text(locale));
        visit.see_posts();
    }

    pub(super) fn chat_key(&mut self, key: Key) {
        let Some(visit) = self.visit().filter(|visit| visit.talk.open) else { return };
        if let Some(keyboard) = &mut visit.talk.keyboard {
            keyboard.press(key);
        }
    }

    pub(super) fn send_typed(&mut self) {
        let locale = self.locale;
        let Some(visit) = self.visit().filter(|visit| visit.talk.open) else { return };
        let Some(keyboard) = visit.talk.keyboard.as_mut().filter(|keyboard| !keyboard.text().trim().is_empty()) else {
            return;
        };
        let text = std::mem::replace(keyboard, Keyboard::for_text(locale)).text();
        self.write(text);
    }

    pub(super) fn quick(&mut self, answer: QuickAnswer) {
        self.write(answer.text(self.locale).to_owned());
    }

    /// Everything goes through the queue on disk, so that nothing said is lost with the line (T8).
    fn write(&mut self, text: String) {
        let Some(visit) = self.visit().filter(|visit| visit.can_chat()) else { return };
        if let Some((room, _)) = &visit.room {
            let room = room.clone();
            self.effects.push_back(Effect::Write { room, text });
        }
    }

    /// The room whose chat takes something from the candidate at this moment.
    pub fn chat_room(&self) -> Option<&RoomId> {
        let super::Stage::Visit(visit) = &self.stage else { return None };
        visit.room.as_ref().filter(|_| visit.can_chat()).map(|(room, _)| room)
    }

    pub(super) fn delete_post(&mut self, post: Seq) {
        let Some(me) = self.actor() else { return };
        let Some((room, state)) = self.visit().and_then(|visit| visit.room.as_ref()) else { return };
        let own = state.post(post).is_some_and(|post| post.by == me && post.body != Body::Deleted);
        if own {
            let room = room.clone();
            self.command(room, Command::DeletePost { post });
        }
    }

    pub(super) fn show_file(&mut self, post: Seq) {
        let Some(visit) = self.visit() else { return };
        let Some((room, state)) = &visit.room else { return };
        let Some(Post { body: Body::File(file), .. }) = state.post(post) else { return };
        let fetch = Effect::Fetch { room: room.clone(), post, file: file.clone() };
        visit.talk.document = Some((post, DocumentState::Loading));
        self.effects.push_back(fetch);
    }

    pub(super) fn close_document(&mut self) {
        if self.visit().is_some_and(|visit| visit.talk.document.take().is_some()) {
            self.effects.push_back(Effect::CloseFile);
        }
    }

    pub(super) fn fetched(&mut self, room: &RoomId, post: Seq, here: bool) {
        let Some(visit) = self.visit_of(room) else { return };
        if let Some((shown, state)) = &mut visit.talk.document
            && *shown == post
        {
            *state = if here { DocumentState::Here } else { DocumentState::Failed };
        }
    }

    /// What the queue holds now; of an earlier candidate's room nothing is shown.
    pub(super) fn queued(&mut self, room: &RoomId, queued: Vec<Queued>) {
        if let Some(visit) = self.visit_of(room) {
            visit.talk.queued = queued;
        }
    }

    pub(super) fn queue_full(&mut self) {
        self.notify(Notice::QueueFull);
    }

    pub(super) fn dismiss(&mut self, id: CommandId) {
        self.effects.push_back(Effect::Dismiss(id));
    }

    pub(super) fn raise_hand(&mut self) {
        let Some((room, up)) = self.visit().filter(|visit| visit.in_call()).and_then(|visit| {
            let (room, state) = visit.room.as_ref()?;
            Some((room.clone(), !state.hands().contains(&engawa_protocol::Seat::GUEST)))
        }) else {
            return;
        };
        if !self.commands.any(&room, |command| matches!(command, Command::RaiseHand { .. })) {
            self.command(room, Command::RaiseHand { up });
        }
    }

    pub(super) fn chat_view(&self, visit: &Visit) -> Option<Chat> {
        let (_, room) = visit.room.as_ref().filter(|_| visit.can_chat())?;
        let me = self.actor()?;
        let posted = room.posts().iter().map(|post| line(post, &me));
        // What is in the log already is not shown a second time while the queue still holds it.
        let waiting = visit.talk.queued.iter().filter(|queued| !room.has_done(&me, &queued.id));
        let waiting = waiting.map(|queued| Line {
            key: LineKey::Waiting(queued.id.clone()),
            mine: true,
            name: String::new(),
            at: None,
            body: queued.body.clone(),
            state: queued.state,
        });
        let mut lines: Vec<_> = posted.chain(waiting).collect();
        lines.drain(..lines.len().saturating_sub(LINES));
        let new = |post: &&Post| post.seq > visit.talk.read && post.by != me && post.body != Body::Deleted;
        let keyboard = visit.talk.keyboard.as_ref().filter(|_| visit.talk.open);
        Some(Chat {
            lines,
            unread: room.posts().iter().filter(new).count() as u32,
            keyboard: keyboard.map(Keyboard::view),
            can_send: keyboard.is_some_and(|keyboard| !keyboard.text().trim().is_empty()),
            quick: if visit.talk.open { &QuickAnswer::ALL } else { &[] },
        })
    }

    pub(super) fn document_view(&self, visit: &Visit) -> Option<Document> {
        let (post, state) = visit.talk.document?;
        let (_, room) = visit.room.as_ref()?;
        let Body::File(file) = &room.post(post)?.body else { return None };
        Some(Document { post, name: file.name.clone(), media_type: file.media_type.clone(), state })
    }
}

impl Visit {
    /// There is somebody to write to, or to read it later: the request was made once.
    pub fn can_chat(&self) -> bool {
        self.room.as_ref().is_some_and(|(_, room)| room.booth().is_some() && !room.is_over())
    }

    /// With the chat open, whatever came is seen.
    pub fn see_posts(&mut self) {
        if let Some((_, room)) = self.room.as_ref().filter(|_| self.talk.open) {
            self.talk.read = room.last();
        }
    }

    /// The file that is shown was taken back.
    pub fn lost_document(&self) -> bool {
        let shown = |room: &Room, post| matches!(room.post(post), Some(Post { body: Body::File(_), .. }));
        let document = self.talk.document();
        document.is_some_and(|post| self.room.as_ref().is_none_or(|(_, room)| !shown(room, post)))
    }
}

fn line(post: &Post, me: &Actor) -> Line {
    let mine = post.by == *me;
    let body = match &post.body {
        Body::Text(text) => LineBody::Text(text.clone()),
        Body::File(file) => {
            LineBody::File { name: file.name.clone(), size: file.size, media_type: file.media_type.clone() }
        }
        Body::Deleted => LineBody::Deleted,
    };
    let name = if mine { String::new() } else { post.name.clone() };
    Line { key: LineKey::Post(post.seq), mine, name, at: Some(post.at), body, state: LineState::Posted }
}
